//! The last thing `cargo xtask test` prints: a table of parts, and one line with the sum.
#![allow(clippy::format_push_string, reason = "a table is built line by line; no speed needed")]
use std::time::Duration;

/// How a part ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    Failed,
    Skipped(String),
}

/// One row.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) part: String,
    pub(crate) outcome: Outcome,
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) took: Duration,
    pub(crate) notes: Vec<String>,
}

/// The table and its last line, which stands alone: `N passed, N failed`.
pub(crate) fn render(rows: &[Row]) -> String {
    let mut text =
        format!("\n{:<10} {:<8} {:>7} {:>7} {:>8}\n", "part", "result", "passed", "failed", "time");
    for row in rows {
        let outcome = match row.outcome {
            Outcome::Passed => "pass",
            Outcome::Failed => "FAIL",
            Outcome::Skipped(_) => "SKIPPED",
        };
        let seconds = row.took.as_secs_f64();
        let line =
            format!("{:<10} {outcome:<8} {:>7} {:>7} {seconds:>7.1}s\n", row.part, row.passed, row.failed);
        text.push_str(&line);
        if let Outcome::Skipped(why) = &row.outcome {
            text.push_str(&format!("           !! not proved here: {why}\n"));
        }
        for note in &row.notes {
            text.push_str(&format!("           {note}\n"));
        }
    }
    let (passed, failed) = rows.iter().fold((0, 0), |sum, row| (sum.0 + row.passed, sum.1 + row.failed));
    text.push_str(&format!("\n{passed} passed, {failed} failed\n"));
    text
}

/// Whether the whole run counts as proved.
pub(crate) fn all_good(rows: &[Row]) -> bool {
    rows.iter().all(|row| row.outcome != Outcome::Failed && row.failed == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(outcome: Outcome, passed: u64, failed: u64) -> Row {
        Row { part: "x".to_owned(), outcome, passed, failed, took: Duration::ZERO, notes: Vec::new() }
    }

    #[test]
    fn the_last_line_is_the_sum_alone() {
        let rows = [
            row(Outcome::Passed, 40, 0),
            row(Outcome::Failed, 2, 1),
            row(Outcome::Skipped("y".to_owned()), 0, 0),
        ];
        assert_eq!(render(&rows).lines().last(), Some("42 passed, 1 failed"));
        assert!(!all_good(&rows));
    }

    #[test]
    fn a_skipped_part_is_loud_and_not_a_failure() {
        let rows = [row(Outcome::Skipped("no java".to_owned()), 0, 0)];
        assert!(render(&rows).contains("!! not proved here: no java"));
        assert!(all_good(&rows));
    }
}
