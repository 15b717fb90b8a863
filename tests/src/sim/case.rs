//! The name of a case: scenario, seed, point and fault, and a second fault in the recovery run.

use crate::sim::fault::Fault;
use crate::sim::meter::Plan;
use std::fmt;
use std::str::FromStr;

/// A case, to be named and replayed: `pop_leave/5:24:stop`, `imap_first/2:3:stop+44:subset.7`; without a point
/// (`pop_leave/5`) it is the uninterrupted run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// Name of the scenario.
    pub scenario: String,
    /// What the scenario was made from.
    pub seed: u64,
    /// The fault, if there is one.
    pub first: Option<Plan>,
    /// A fault in the process that recovers from the first one.
    pub second: Option<Plan>,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.scenario, self.seed)?;
        if let Some(plan) = self.first {
            write!(f, ":{}:{}", plan.point, plan.fault)?;
        }
        if let Some(plan) = self.second {
            write!(f, "+{}:{}", plan.point, plan.fault)?;
        }
        Ok(())
    }
}

fn plan(s: &str) -> Result<Plan, String> {
    let (point, fault) = s.split_once(':').ok_or_else(|| format!("no POINT:FAULT in {s}"))?;
    let point = point.parse().ok().filter(|p| *p > 0).ok_or_else(|| format!("no point: {point}"))?;
    Ok(Plan { point, fault: fault.parse::<Fault>()? })
}

impl FromStr for Case {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        let (scenario, rest) = s.split_once('/').ok_or("write SCENARIO/SEED:POINT:FAULT")?;
        let (rest, second) = match rest.split_once('+') {
            Some((rest, second)) => (rest, Some(plan(second)?)),
            None => (rest, None),
        };
        let (seed, first) = match rest.split_once(':') {
            Some((seed, first)) => (seed, Some(plan(first)?)),
            None => (rest, None),
        };
        let seed = seed.parse().map_err(|_| format!("no seed: {seed}"))?;
        Ok(Self { scenario: scenario.to_owned(), seed, first, second })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::fault::Survivors;

    #[test]
    fn a_name_reads_back_as_what_it_names() {
        for name in [
            "pop_leave/5",
            "pop_leave/5:24:stop",
            "a/1:68:none",
            "a/3:17:torn.4",
            "a/3:17:prefix.1",
            "a/9:40:cut",
            "a/2:31:io",
            "a/2:31:io-sticky",
            "a/2:31:io-drop",
            "a/2:31:full",
            "a/2:31:full-sticky",
            "a/2:3:stop+44:subset.7",
        ] {
            assert_eq!(name.parse::<Case>().unwrap().to_string(), name);
        }
        let case: Case = "a/2:3:stop+44:subset.7".parse().unwrap();
        assert_eq!(case.second, Some(Plan { point: 44, fault: Fault::Power(Survivors::Subset(7)) }));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for name in [
            "",
            "a",
            "a/",
            "a/x",
            "a/1:2",
            "a/1:0:stop",
            "a/1:2:bang",
            "a/1:2:torn",
            "a/1:2:torn.x",
            "a/1+3:io+",
        ] {
            assert!(name.parse::<Case>().is_err(), "{name}");
        }
    }
}
