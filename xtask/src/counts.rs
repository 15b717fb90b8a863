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
    fn a_line_that_only_looks_like_a_result_counts_nothing() {
        assert_eq!(
            read("note: test result: ok. 9 passed; 0 failed\n12 passed, 0 failed\n"),
            Counts::default()
        );
    }
}
