//! Maven over the Kotlin modules: a local repository in the cache folder, offline once everything came, results read
//! from the reports.
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bindings::Made;
use crate::counts::Counts;
use crate::{Done, cargo, layout};

const MODULES: [&str; 3] = ["mail", "ui", "app"];
const LIMIT_MINUTES: u32 = 30;

/// Where what Maven fetched is kept.
pub(crate) fn repository() -> PathBuf {
    layout::cache().join("maven")
}

pub(crate) fn android() -> PathBuf {
    layout::root().join("android")
}

/// Maven with its own repository.
pub(crate) fn command() -> Command {
    let mut command = Command::new("mvn");
    command.args(["-B", "-ntp"]).arg(format!("-Dmaven.repo.local={}", repository().display()));
    command.current_dir(android());
    layout::forget_library_paths(&mut command);
    command
}

/// Runs Maven in `android/`; `name` tells apart what different runs fetch.
pub(crate) fn run(name: &str, made: &Made, arguments: &[&str]) -> Done<bool> {
    let stamp = repository().join(format!(".complete-{name}"));
    let asked = poms();
    let offline = std::fs::read_to_string(&stamp).is_ok_and(|there| there == asked);
    let mut command = command();
    if offline {
        command.arg("--offline");
    }
    command.arg(format!("-Dbindings.dir={}", made.folder.display())).args(arguments);
    cargo::show(&command);
    let outcome = cargo::watched(&command, LIMIT_MINUTES)?;
    if outcome.success && !offline {
        std::fs::write(&stamp, asked).map_err(|why| why.to_string())?;
    }
    Ok(outcome.success)
}

/// What is fetched depends on these.
fn poms() -> String {
    let files = MODULES.iter().map(|module| android().join(module).join("pom.xml"));
    let files = files.chain([android().join("pom.xml")]);
    files.filter_map(|file| std::fs::read_to_string(file).ok()).collect()
}

/// Removes the reports of earlier runs: what is not written now did not run.
pub(crate) fn forget_reports() {
    for module in MODULES {
        let _none = std::fs::remove_dir_all(reports_of(module));
    }
}

fn reports_of(module: &str) -> PathBuf {
    android().join(module).join("target/surefire-reports")
}

/// What the tests of these modules came to.
pub(crate) fn counts() -> Counts {
    let mut counts = Counts::default();
    for module in MODULES {
        let Ok(entries) = std::fs::read_dir(reports_of(module)) else { continue };
        let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        for file in files.iter().filter(|file| is_report(file)) {
            read_report(&std::fs::read_to_string(file).unwrap_or_default(), &mut counts);
        }
    }
    counts
}

fn is_report(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("TEST-") && name.ends_with(".xml")
}

/// Each test is an element with its outcome inside; what a test printed is text, in which `<` cannot stand bare.
fn read_report(xml: &str, counts: &mut Counts) {
    for test in without_texts(xml).split("<testcase ").skip(1) {
        let test = test.split("</testcase>").next().unwrap_or(test);
        // An empty element ends with its own tag, and what follows belongs to nobody.
        let head = test.split('>').next().unwrap_or(test);
        let inside = if head.ends_with('/') { "" } else { test };
        if inside.contains("<failure") || inside.contains("<error") {
            counts.failed += 1;
            let class = attribute(head, "classname").rsplit('.').next().unwrap_or_default();
            counts.failures.push(format!("{class}: {}", attribute(head, "name")));
        } else if inside.contains("<skipped") {
            counts.ignored += 1;
        } else {
            counts.passed += 1;
        }
    }
}

/// Takes away CDATA, where `<` may stand.
fn without_texts(xml: &str) -> String {
    let mut rest = xml;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("<![CDATA[") {
        kept.push_str(before);
        rest = after.split_once("]]>").map_or("", |(_, after)| after);
    }
    kept + rest
}

fn attribute<'a>(head: &'a str, name: &str) -> &'a str {
    let Some((_, value)) = head.split_once(&format!("{name}=\"")) else { return "" };
    value.split('"').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_from_the_elements_and_not_from_what_a_test_printed() {
        let xml = r#"<testsuite tests="4">
            <testcase name="a person reads" classname="org.satchel.mail.ReadingTest" time="0.1"/>
            <testcase name="fails" classname="org.satchel.mail.ReadingTest"><failure message="no">at</failure></testcase>
            <testcase name="prints" classname="X"><system-out><![CDATA[<failure> <testcase name="x"]]></system-out></testcase>
            <testcase name="off" classname="X"><skipped/></testcase>
            <testcase name="broke" classname="a.Y"><error type="E">at</error></testcase></testsuite>"#;
        let mut counts = Counts::default();
        read_report(xml, &mut counts);
        assert_eq!((counts.passed, counts.failed, counts.ignored), (2, 2, 1));
        assert_eq!(counts.failures, ["ReadingTest: fails", "Y: broke"]);
    }
}
