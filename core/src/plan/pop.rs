//! What a POP pass has to do, from the ledger and the server's listing.

use std::collections::{BTreeMap, BTreeSet};

/// What the ledger says of one UIDL, as far as the plan needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// Its bytes are not safe here yet (listed, lost, or a download that was cut).
    Wanted(Asked),
    /// Its bytes never came, and it was not listed any more when last looked.
    Missed(Asked),
    /// Its bytes are durable here.
    Stored,
    /// Stored here and not listed any more when last looked.
    Gone,
    /// Anything that deleting left behind.
    Deleting,
}

/// Whether a message was asked for before and did not come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asked {
    /// Not yet.
    Never,
    /// It was. It may be what ends the session, so it goes alone and behind all others.
    Before,
    /// So often that it is let be for a while.
    TooOften,
}

/// One thing to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Retrieve this message; its UIDL is new or was never finished.
    Retrieve {
        /// Message number in this session.
        number: u32,
        /// Its unique id.
        uidl: Vec<u8>,
        /// Nothing else may be on the way with it.
        alone: bool,
    },
    /// It stays on the server; the person is told why.
    LeaveOver {
        /// Message number in this session.
        number: u32,
        /// In our words.
        why: &'static str,
    },
    /// It is no longer there.
    MarkGone {
        /// Its unique id.
        uidl: Vec<u8>,
    },
    /// It was taken for gone and is listed again.
    MarkStored {
        /// Its unique id.
        uidl: Vec<u8>,
    },
}

/// The steps, oldest message first; those asked for in vain before come last. Of messages with one UIDL the first one is
/// retrieved: nothing tells the others apart between two sessions, so they stay on the server and are named.
/// An empty listing never clears anything: what is stored here stays, and is at most no longer listed there.
pub fn steps(ledger: &BTreeMap<Vec<u8>, Known>, listing: &[(u32, Vec<u8>)]) -> Vec<Step> {
    let (mut steps, mut last) = (Vec::new(), Vec::new());
    let mut listed = BTreeSet::new();
    for (number, uidl) in listing {
        let number = *number;
        if !listed.insert(uidl.as_slice()) {
            steps.push(Step::LeaveOver { number, why: "the server gives it the unique id of another one" });
            continue;
        }
        let retrieve = |alone| Step::Retrieve { number, uidl: uidl.clone(), alone };
        match ledger.get(uidl) {
            None | Some(Known::Wanted(Asked::Never) | Known::Missed(Asked::Never)) => {
                steps.push(retrieve(false));
            }
            Some(Known::Wanted(Asked::Before) | Known::Missed(Asked::Before)) => last.push(retrieve(true)),
            Some(Known::Wanted(Asked::TooOften) | Known::Missed(Asked::TooOften)) => {
                let why = "it was asked for several times and never came; it is tried again in a day";
                steps.push(Step::LeaveOver { number, why });
            }
            Some(Known::Gone) => steps.push(Step::MarkStored { uidl: uidl.clone() }),
            Some(Known::Stored | Known::Deleting) => {}
        }
    }
    let gone = ledger.iter().filter(|(uidl, known)| {
        matches!(known, Known::Stored | Known::Wanted(_)) && !listed.contains(uidl.as_slice())
    });
    steps.extend(gone.map(|(uidl, _)| Step::MarkGone { uidl: uidl.clone() }));
    steps.extend(last);
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uidl(s: &str) -> Vec<u8> {
        s.as_bytes().to_vec()
    }

    #[test]
    fn steps_by_table() {
        let ledger: BTreeMap<_, _> = [
            (uidl("a"), Known::Stored),
            (uidl("b"), Known::Wanted(Asked::Never)),
            (uidl("c"), Known::Gone),
            (uidl("d"), Known::Stored),
            (uidl("e"), Known::Deleting),
            (uidl("f"), Known::Wanted(Asked::Before)),
            (uidl("g"), Known::Wanted(Asked::TooOften)),
            (uidl("h"), Known::Wanted(Asked::Before)),
            (uidl("i"), Known::Missed(Asked::Never)),
            (uidl("j"), Known::Missed(Asked::Never)),
        ]
        .into();
        let names = ["f", "a", "b", "c", "new", "new", "g", "i"];
        let listing: Vec<_> = (1..).zip(names.map(uidl)).collect();
        let retrieve = |number, name, alone| Step::Retrieve { number, uidl: uidl(name), alone };
        let shown: Vec<_> = steps(&ledger, &listing)
            .into_iter()
            .map(|step| match step {
                Step::LeaveOver { number, .. } => Step::LeaveOver { number, why: "" },
                other => other,
            })
            .collect();
        assert_eq!(
            shown,
            vec![
                retrieve(3, "b", false),
                Step::MarkStored { uidl: uidl("c") },
                retrieve(5, "new", false),
                Step::LeaveOver { number: 6, why: "" },
                Step::LeaveOver { number: 7, why: "" },
                retrieve(8, "i", false),
                Step::MarkGone { uidl: uidl("d") },
                Step::MarkGone { uidl: uidl("h") },
                retrieve(1, "f", true),
            ]
        );
    }

    #[test]
    fn an_empty_listing_only_marks_what_was_listed_as_gone() {
        let ledger: BTreeMap<_, _> = [
            (uidl("a"), Known::Stored),
            (uidl("b"), Known::Wanted(Asked::Never)),
            (uidl("c"), Known::Missed(Asked::Never)),
            (uidl("d"), Known::Gone),
        ]
        .into();
        let gone = |name| Step::MarkGone { uidl: uidl(name) };
        assert_eq!(steps(&ledger, &[]), vec![gone("a"), gone("b")]);
    }
}
