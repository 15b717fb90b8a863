//! Rows of figures: medians with their spread, as a table for people and JSON for programs.
#![allow(clippy::format_push_string, reason = "a page is put together once")]
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use satchel_tests::link::Counts;
use serde::Serialize;

/// One bench: what was done, and a row per peer and measure.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) title: String,
    pub(crate) workload: String,
    pub(crate) rounds: usize,
    pub(crate) versions: BTreeMap<String, String>,
    pub(crate) rows: Vec<Row>,
    /// Sentences: goals and whether they were met, what does not compare.
    pub(crate) notes: Vec<String>,
    /// Peers that failed; their rows are missing.
    pub(crate) failed: Vec<String>,
}

/// Figures of one peer for one measure.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) peer: String,
    pub(crate) measure: String,
    pub(crate) unit: &'static str,
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
    pub(crate) samples: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<Counts>,
}

impl Row {
    /// A row of samples; `None` when there are none.
    pub(crate) fn of(
        peer: &str,
        measure: &str,
        unit: &'static str,
        samples: &[f64],
        counts: &[Counts],
    ) -> Option<Self> {
        Some(Self {
            peer: peer.to_owned(),
            measure: measure.to_owned(),
            unit,
            median: median(samples)?,
            least: samples.iter().copied().reduce(f64::min)?,
            most: samples.iter().copied().reduce(f64::max)?,
            samples: samples.len(),
            link: median_counts(counts),
        })
    }
}

/// The middle one, or the mean of the two in the middle.
pub(crate) fn median(samples: &[f64]) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 { Some(upper) } else { Some(f64::midpoint(*sorted.get(middle - 1)?, upper)) }
}

fn median_counts(counts: &[Counts]) -> Option<Counts> {
    if counts.is_empty() {
        return None;
    }
    let of = |get: fn(&Counts) -> u64| {
        let samples: Vec<_> = counts.iter().map(|count| get(count) as f64).collect();
        median(&samples).unwrap_or_default().round() as u64
    };
    Some(Counts {
        packets_up: of(|count| count.packets_up),
        packets_down: of(|count| count.packets_down),
        bytes_up: of(|count| count.bytes_up),
        bytes_down: of(|count| count.bytes_down),
        turns: of(|count| count.turns),
        connections: of(|count| count.connections),
        dropped: of(|count| count.dropped),
    })
}

impl Report {
    /// The figure of a peer, for notes.
    pub(crate) fn figure(&self, peer: &str, measure: &str) -> Option<f64> {
        self.rows.iter().find(|row| row.peer == peer && row.measure == measure).map(|row| row.median)
    }

    /// A note `what: value, goal …: met or not`.
    pub(crate) fn judge(&mut self, what: &str, value: Option<f64>, goal: &str, met: impl Fn(f64) -> bool) {
        let note = match value {
            Some(value) => {
                format!(
                    "{what}: {}, goal {goal}: {}",
                    number(value),
                    if met(value) { "met" } else { "NOT met" }
                )
            }
            None => format!("{what}: not measured, goal {goal}"),
        };
        self.notes.push(note);
    }

    /// Peers that failed.
    pub(crate) fn failures(&self) -> Vec<String> {
        self.failed.clone()
    }

    /// The report as one line of JSON.
    pub(crate) fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// The report as Markdown.
    pub(crate) fn table(&self) -> String {
        let mut lines = vec![
            format!("{} Medians of {} interleaved rounds.", self.workload, self.rounds),
            String::new(),
            "| peer | measure | median | least..most | connections | turns | bytes up | bytes down |"
                .to_owned(),
            "|---|---|---|---|---|---|---|---|".to_owned(),
        ];
        for row in &self.rows {
            let counts = row.link.map_or_else(
                || "| | | |".to_owned(),
                |link| {
                    format!(
                        "{} | {} | {} | {} |",
                        link.connections, link.turns, link.bytes_up, link.bytes_down
                    )
                },
            );
            let (median, least, most) = (number(row.median), number(row.least), number(row.most));
            lines.push(format!(
                "| {} | {} | {median} {} | {least}..{most} | {counts}",
                row.peer, row.measure, row.unit
            ));
        }
        lines.push(String::new());
        lines.extend(self.notes.iter().chain(&self.failed).map(|note| format!("* {note}")));
        let versions: Vec<_> =
            self.versions.iter().map(|(peer, version)| format!("{peer}: {version}")).collect();
        lines.push(format!("* versions: {}", versions.join("; ")));
        lines.join("\n")
    }

    /// Puts the table into docs/benchmarks.md, in place of the same bench's older one.
    pub(crate) fn write_into_docs(&self, name: &str) -> io::Result<()> {
        let path = docs();
        let old = fs::read_to_string(&path).unwrap_or_default();
        let mut sections = sections(&old);
        let body = format!(
            "{}\n\n`cargo xtask bench {name}`, {}, {} processors, load average at the end {}\n\n{}\n",
            self.title,
            today(),
            std::thread::available_parallelism().map_or(0, usize::from),
            load(),
            self.table()
        );
        sections.insert(name.to_owned(), body);
        // What stands before the first table is written by hand, and stays.
        let by_hand = old.split("\n## ").next().unwrap_or_default().trim_end();
        let mut text = format!("{}\n", if by_hand.is_empty() { "# Benchmarks" } else { by_hand });
        for (name, body) in sections {
            text.push_str(&format!("\n## {name}\n\n{}\n", body.trim()));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)
    }
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md")
}

fn sections(text: &str) -> BTreeMap<String, String> {
    text.split("\n## ")
        .skip(1)
        .filter_map(|section| section.split_once('\n'))
        .map(|(name, body)| (name.trim().to_owned(), body.to_owned()))
        .collect()
}

/// How busy the machine was in the last minute: a figure far above the bench's own share says that others were at work.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}

fn today() -> String {
    time::OffsetDateTime::now_utc().date().to_string()
}

/// Three digits that say something.
fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_is_between_the_two_in_the_middle() {
        assert_eq!(median(&[4.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn a_new_table_replaces_the_one_of_the_same_bench_only() {
        let kept = sections("# Benchmarks\n\nx\n\n## bulk\n\nold\n\n## local\n\nstays\n");
        assert_eq!(kept.get("local").map(|body| body.trim()), Some("stays"));
        assert_eq!(kept.len(), 2);
    }
}
