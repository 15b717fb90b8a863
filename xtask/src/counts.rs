//! Reads how many tests passed and failed from what cargo printed.

/// What a run of tests printed, summed up.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Tests marked `#[ignore]`: they prove nothing, so they are shown.
    pub(crate) ignored: u64,
    pub(crate) failures: Vec<String>,
}

impl Counts {
    /// Takes one line of output into account.
    pub(crate) fn read_line(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("test result: ") {
            let numbers = rest.split([';', '.']).filter_map(|part| {
                let mut words = part.split_whitespace();
                Some((words.next()?.parse::<u64>().ok()?, words.next()?))
            });
            for (number, what) in numbers {
                match what {
                    "passed" => self.passed += number,
                    "failed" => self.failed += number,
                    "ignored" => self.ignored += number,
                    _ => {}
                }
            }
        } else if let Some(name) =
            line.strip_prefix("test ").and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            self.failures.push(name.to_owned());
        } else if let Some(case) = line.strip_prefix("Test Case '") {
            self.read_case(case);
        }
    }

    /// A line of Swift's tests: `ReadingTests.testX' passed (0.1 seconds)`.
    fn read_case(&mut self, case: &str) {
        match case.rsplit_once("' ") {
            Some((_, outcome)) if outcome.starts_with("passed (") => self.passed += 1,
            Some((_, outcome)) if outcome.starts_with("skipped (") => self.ignored += 1,
            Some((name, outcome)) if outcome.starts_with("failed (") => {
                self.failed += 1;
                self.failures.push(name.to_owned());
            }
            _ => {}
        }
    }
}

/// What a part of several steps came to.
#[derive(Debug, Default)]
pub(crate) struct Sum {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) notes: Vec<String>,
}

impl Sum {
    /// The sum of a run of tests. No test, or no success without a failed test, is a failure too.
    pub(crate) fn of_tests(counts: Counts, success: bool) -> Self {
        let mut sum = Self { passed: counts.passed, failed: counts.failed, notes: Vec::new() };
        sum.notes.extend(counts.failures.iter().map(|name| format!("failed: {name}")));
        if counts.failed == 0 && (!success || counts.passed == 0) {
            sum.failed += 1;
            sum.notes.push("the tests did not build, or did not run to their end".to_owned());
        }
        if counts.ignored > 0 {
            sum.failed += 1;
            sum.notes.push(format!("{} tests were skipped: they prove nothing", counts.ignored));
        }
        sum
    }

    /// One more step, that passed or failed as a whole.
    pub(crate) fn step(&mut self, name: &str, good: bool) {
        if good {
            self.passed += 1;
        } else {
            self.failed += 1;
            self.notes.push(format!("failed: {name}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Counts {
        let mut counts = Counts::default();
        text.lines().for_each(|line| counts.read_line(line));
        counts
    }

    #[test]
    fn results_of_several_test_programs_are_summed() {
        let counts = read(
            "running 2 tests\ntest a ... ok\ntest b::c ... FAILED\n\
             test result: FAILED. 1 passed; 1 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.10s\n\
             test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out; finished in 4.58s\n",
        );
        assert_eq!((counts.passed, counts.failed, counts.ignored), (41, 1, 3));
        assert_eq!(counts.failures, ["b::c"]);
    }

    #[test]
    fn cases_of_swift_are_counted_one_by_one() {
        let counts = read(
            "Test Case 'ReadingTests.testA' started at 2026-11-24 01:00:00.000\n\
             Test Case 'ReadingTests.testA' passed (0.012 seconds)\n\
             Test Case 'ReadingTests.testB' failed (1.5 seconds)\n\
             Test Case '-[SatchelTests.ActingTests testC]' passed (0.001 seconds).\n\
             Test Case 'X.testD' skipped (0.0 seconds)\n\
             Executed 4 tests, with 1 failure (0 unexpected) in 1.5 (1.5) seconds\n",
        );
        assert_eq!((counts.passed, counts.failed, counts.ignored), (2, 1, 1));
        assert_eq!(counts.failures, ["ReadingTests.testB"]);
    }

    #[test]
    fn a_run_without_a_test_or_that_broke_off_is_no_success() {
        let some = || Counts { passed: 3, ..Counts::default() };
        assert_eq!(Sum::of_tests(some(), true).failed, 0);
        assert_eq!(Sum::of_tests(some(), false).failed, 1);
        assert_eq!(Sum::of_tests(Counts::default(), true).failed, 1);
        assert_eq!(Sum::of_tests(Counts { ignored: 1, ..some() }, true).failed, 1);
    }

    #[test]
    fn a_line_that_only_looks_like_a_result_counts_nothing() {
        assert_eq!(
            read("note: test result: ok. 9 passed; 0 failed\n12 passed, 0 failed\n"),
            Counts::default()
        );
    }
}
