//! What goes out: tables and sentences for people, JSON for programs, errors for both.

mod error;
mod json;
mod style;
mod table;
mod text;
mod time;

pub(crate) use error::Failure;
pub(crate) use json::*;
pub(crate) use style::Style;
pub(crate) use table::{Side, Table};
pub(crate) use text::{block, line};
pub(crate) use time::{local_ms, written};

/// A size for people: powers of 1000, as the contract counts.
pub(crate) fn size(bytes: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut scaled = bytes as f64;
    let mut unit = 0;
    while scaled >= 999.5 && unit + 1 < units.len() {
        scaled /= 1000.0;
        unit += 1;
    }
    let name = units.get(unit).copied().unwrap_or_default();
    if unit == 0 || scaled >= 99.95 { format!("{scaled:.0} {name}") } else { format!("{scaled:.1} {name}") }
}

/// `1 message`, `2 messages`.
pub(crate) fn count(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_in_powers_of_a_thousand() {
        let table = [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (99_949, "99.9 kB"),
            (99_951, "100 kB"),
            (999_499, "999 kB"),
            (999_600, "1.0 MB"),
            (25_000_000_000, "25.0 GB"),
            (u64::MAX, "18446744 TB"),
        ];
        for (bytes, shown) in table {
            assert_eq!(size(bytes), shown);
        }
    }
}
