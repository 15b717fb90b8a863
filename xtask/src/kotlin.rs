//! `cargo xtask kotlin` and `screens`: the Kotlin modules tested, laid out, documented; their pictures compared.
use std::path::Path;
use std::process::Command;

use crate::bindings::{self, Made};
use crate::counts::Sum;
use crate::{Done, cargo, maven, prepare, window};

/// The class that draws the screens; a part of its own.
const PICTURES: &str = "PicturesTest";
const LIMIT_MINUTES: u32 = 15;

/// Tests of all modules but the pictures, then layout, habits, documentation.
pub(crate) fn prove() -> Done<Sum> {
    let made = bindings::make(false)?;
    let mut sum = tests(&made, "kotlin", &[&format!("-Dsurefire.excludes=**/{PICTURES}*"), "test"])?;
    sum.step("ktlint", lint(&prepare::ktlint(), &["--relative", "*/src/**/*.kt"])?);
    sum.step(
        "detekt",
        lint(
            &prepare::detekt(),
            &["--input", &sources(), "--config", "detekt.yml", "--build-upon-default-config"],
        )?,
    );
    sum.step("Dokka", maven::run("dokka", &made, &["-q", "-pl", "mail,ui", "compile", "dokka:dokka"])?);
    Ok(sum)
}

/// Lays the Kotlin sources out anew, as far as that can be done without thinking.
pub(crate) fn fix() -> Done {
    let good = lint(&prepare::ktlint(), &["--format", "--relative", "*/src/**/*.kt"])?;
    if good { Ok(()) } else { Err("the rest is for a person".to_owned()) }
}

/// The pictures of the screens, and the screens against the phone's own classes.
pub(crate) fn screens(bless: bool) -> Done<Sum> {
    let made = bindings::make(false)?;
    let blessing = format!("-Dbless={bless}");
    let only = format!("-Dtest={PICTURES}");
    let mut sum = tests(&made, "screens", &["-pl", "ui", "-am", &only, &blessing, "test"])?;
    // The second one stands on what the first one made.
    for (what, script) in [("screens", "ui/android-check/check.sh"), ("app", "app/phone-check/check.sh")] {
        let mut check = Command::new("bash");
        check.arg(maven::android().join(script));
        check.env("SATCHEL_MAVEN_REPO", maven::repository()).env("SATCHEL_BINDINGS", &made.folder);
        let compiles = cargo::succeeds(&check, LIMIT_MINUTES)?;
        sum.step(&format!("compiling the {what} against the phone's classes"), compiles);
    }
    Ok(sum)
}

/// A window of the app over a sample post office.
pub(crate) fn window() -> Done {
    match window::no_display() {
        Some(why) => Err(why),
        None => window::open(&bindings::make(false)?),
    }
}

fn tests(made: &Made, name: &str, arguments: &[&str]) -> Done<Sum> {
    maven::forget_reports();
    // A failed test of the facade keeps nobody from running those of the screens: the reports tell.
    let mut all = vec!["-Dmaven.test.failure.ignore=true", "-Dsurefire.failIfNoSpecifiedTests=false"];
    all.extend(arguments);
    let success = maven::run(name, made, &all)?;
    Ok(Sum::of_tests(maven::counts(), success))
}

fn lint(jar: &Path, arguments: &[&str]) -> Done<bool> {
    let mut command = Command::new("java");
    command.arg("-jar").arg(jar).args(arguments).current_dir(maven::android());
    cargo::succeeds(&command, LIMIT_MINUTES)
}

/// Hand-written sources of the modules that are there.
fn sources() -> String {
    let there =
        ["mail/src", "ui/src", "app/src"].iter().filter(|folder| maven::android().join(folder).is_dir());
    there.copied().collect::<Vec<_>>().join(",")
}
