//! `cargo xtask swift`: the Swift package laid out, read and tested, by the machine's Swift or by one in a chroot.
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bindings::{self, Made};
use crate::counts::Sum;
use crate::{Done, cargo, layout, prepare};

const LIMIT_MINUTES: u32 = 30;

/// Layout, syntax of what only Apple's compilers build, tests against the library.
pub(crate) fn prove() -> Done<Sum> {
    let made = bindings::make(false)?;
    let tests = tests(&made)?;
    cargo::show(&tests);
    let outcome = cargo::watched(&tests, LIMIT_MINUTES)?;
    let mut sum = Sum::of_tests(outcome.counts, outcome.success);
    let mut format = vec!["swift", "format", "lint", "--strict"];
    let sources = sources()?;
    format.extend(sources.iter().map(String::as_str));
    println!("$ swift format lint --strict …");
    sum.step("swift format lint", cargo::watched(&swift(&format, &[])?, LIMIT_MINUTES)?.success);
    sum.step(
        "reading what only Apple's compilers build",
        cargo::succeeds(&swift(&["bash", "parse-check.sh"], &[])?, LIMIT_MINUTES)?,
    );
    Ok(sum)
}

fn package() -> PathBuf {
    layout::root().join("ios")
}

/// What calls cost, with this library.
pub(crate) fn bench(made: &Made, native: &Path) -> Done<Command> {
    package_tests(made, native, &["--filter", "BenchTests"], "1")
}

fn tests(made: &Made) -> Done<Command> {
    package_tests(made, &made.native(), &[], "")
}

fn package_tests(made: &Made, native: &Path, more: &[&str], bench: &str) -> Done<Command> {
    let (search, scratch) = (format!("-L{}", native.display()), made.folder.join("swift-build"));
    let (native, scratch) = (native.display().to_string(), scratch.display().to_string());
    let mut words = vec![
        "swift",
        "test",
        "--scratch-path",
        &scratch,
        // With XCTest alone it would end by saying that 0 tests ran.
        "--disable-swift-testing",
        "-Xlinker",
        &search,
        "-Xlinker",
        "-rpath",
        "-Xlinker",
        &native,
    ];
    words.extend(more);
    let environment = [
        ("SATCHEL_POSTOFFICE", made.post_office()),
        ("SATCHEL_NEWER", made.newer()),
        ("SATCHEL_BENCH", bench.into()),
    ];
    swift(&words, &environment)
}

/// Hand-written sources, as git sees them, relative to the package.
fn sources() -> Done<Vec<String>> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "*.swift"])
        .current_dir(package())
        .output()
        .map_err(|why| format!("git cannot be started: {why}"))?;
    let names = String::from_utf8_lossy(&listed.stdout);
    Ok(names.lines().filter(|name| package().join(name).is_file()).map(str::to_owned).collect())
}

/// Runs these words in the package, where there is a Swift.
fn swift(words: &[&str], environment: &[(&str, PathBuf)]) -> Done<Command> {
    if prepare::has_swift() {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(package());
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        layout::forget_library_paths(&mut command);
        return Ok(command);
    }
    let root = prepare::swift_root();
    if !root.join(".ready").is_file() {
        return Err("there is no Swift 6 here (cargo xtask prepare swift)".to_owned());
    }
    Ok(inside(&root, words, environment))
}

/// Mounts vanish with the command: they are made in a namespace of its own. Paths are the same inside.
fn inside(root: &Path, words: &[&str], environment: &[(&str, PathBuf)]) -> Command {
    let script = "root=$1 repository=$2 target=$3; shift 3
        mount -t proc proc \"$root/proc\" && mount --bind /dev \"$root/dev\" || exit 1
        for folder in \"$repository\" \"$target\"; do
            mkdir -p \"$root$folder\" && mount --bind \"$folder\" \"$root$folder\" || exit 1
        done
        exec chroot \"$root\" env -i PATH=/usr/bin:/bin HOME=/tmp LC_ALL=C.UTF-8 \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--mount", "bash", "-c", script, "bash"]);
    command.arg(root).arg(layout::root()).arg(layout::target());
    for (name, value) in environment {
        let mut pair = OsStr::new(name).to_owned();
        pair.push("=");
        pair.push(value);
        command.arg(pair);
    }
    command.args(["sh", "-c", "cd \"$0\" && exec \"$@\""]).arg(package()).args(words);
    command
}
