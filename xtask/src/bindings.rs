//! `cargo xtask bindings`: the library, its Kotlin and Swift sides, the list of all that crosses, what the shells' tests start.
//!
//! Everything lies in `bindings/` of cargo's target folder; Swift's side is laid into the package as well, where git ignores it.
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Done, cargo, layout};

/// The list that is committed; the library holds its hash.
const LISTING: &str = "bindings/api.txt";

/// Where the made things are.
pub(crate) struct Made {
    pub(crate) folder: PathBuf,
}

impl Made {
    pub(crate) fn native(&self) -> PathBuf {
        self.folder.join("lib")
    }

    pub(crate) fn newer(&self) -> PathBuf {
        self.folder.join("newer")
    }

    pub(crate) fn post_office(&self) -> PathBuf {
        self.folder.join("bin/postoffice")
    }
}

/// Makes everything. A library that exports other things than the list says is refused, or with `bless` listed anew.
pub(crate) fn make(bless: bool) -> Done<Made> {
    let made = Made { folder: layout::target().join("bindings") };
    cargo::run(&["build", "-p", "satchel-bindgen"])?;
    // One library after the other, the true one last: cargo keeps one name for both.
    let newer = build_library(&["--features", "newer-for-tests"])?;
    copy_into(&newer, &made.newer())?;
    let library = build_library(&[])?;
    let silent = asked(&["undocumented"], &library)?;
    if !silent.is_empty() {
        return Err(format!(
            "what crosses the boundary is documented for Kotlin and Swift, but:\n{}",
            silent.trim_end()
        ));
    }
    let listing = listing_of(&library)?;
    if hold_to_listing(&listing, bless)? {
        // The hash of the list is a part of the library.
        build_library(&[])?;
        copy_into(&build_library(&["--features", "newer-for-tests"])?, &made.newer())?;
        build_library(&[])?;
    }
    copy_into(&library, &made.native())?;
    generate(&made, &library)?;
    write_fingerprint(&made, &asked(&["fingerprint"], &library)?)?;
    lay_into_swift_package(&made)?;
    build_post_office(&made)?;
    println!("bindings: {}", made.folder.display());
    Ok(made)
}

/// Builds the library alone: with the whole workspace, what only tests switch on would be switched on in it.
fn build_library(further: &[&str]) -> Done<PathBuf> {
    let mut arguments = vec!["build", "-p", "satchel-ffi"];
    arguments.extend(further);
    cargo::run(&arguments)?;
    let (before, after) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    Ok(layout::target().join("debug").join(format!("{before}satchel_ffi{after}")))
}

fn build_post_office(made: &Made) -> Done {
    // With the features of the test parts, so that the core is not built once more.
    cargo::run(&["build", "--workspace", "--features", "satchel/demo", "--bin", "postoffice"])?;
    copy_into(&layout::target().join("debug/postoffice"), &made.folder.join("bin"))
}

fn bindgen() -> Command {
    let mut command = Command::new(layout::target().join("debug/satchel-bindgen"));
    command.current_dir(layout::root());
    command
}

fn asked(words: &[&str], library: &Path) -> Done<String> {
    let output = bindgen()
        .args(words)
        .arg(library)
        .output()
        .map_err(|why| format!("satchel-bindgen cannot be started: {why}"))?;
    if !output.status.success() {
        return Err(format!("satchel-bindgen: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    String::from_utf8(output.stdout).map_err(|why| why.to_string())
}

fn listing_of(library: &Path) -> Done<String> {
    asked(&["listing"], library)
}

/// Compares with the committed list; true if a new one was written.
fn hold_to_listing(listing: &str, bless: bool) -> Done<bool> {
    let place = layout::root().join(LISTING);
    let listed = std::fs::read_to_string(&place).unwrap_or_default();
    if listed == listing {
        return Ok(false);
    }
    if bless {
        std::fs::write(&place, listing).map_err(|why| format!("{LISTING} cannot be written: {why}"))?;
        println!("bindings: {LISTING} is new; commit it");
        return Ok(true);
    }
    show_difference(&place, listing);
    Err(format!(
        "the library exports other things than {LISTING} says; if that is meant: cargo xtask bindings --bless"
    ))
}

fn show_difference(place: &Path, listing: &str) {
    let other = layout::target().join("bindings/api.txt");
    if write_if_other(&other, listing.as_bytes()).is_ok() {
        let mut diff = Command::new("git");
        diff.args(["--no-pager", "diff", "--no-index", "--no-color", "-U2", "--"]).arg(place).arg(other);
        let _shown = diff.status();
    }
}

fn generate(made: &Made, library: &Path) -> Done {
    let fresh = made.folder.join("fresh");
    let _none_before = std::fs::remove_dir_all(&fresh);
    for (language, name, further) in [
        ("kotlin", "kotlin", None),
        ("kotlin", "kotlin-android", Some("bindings/uniffi-android.toml")),
        ("swift", "swift", None),
    ] {
        let mut command = bindgen();
        command.args(["generate", "--no-format", "--language", language]);
        if let Some(config) = further {
            command.args(["--config", config]);
        }
        command.arg("--out-dir").arg(fresh.join(name)).arg(library);
        let output = command.output().map_err(|why| format!("satchel-bindgen cannot be started: {why}"))?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        // It warns of a configuration that it then ignores.
        if !output.status.success() || !said.is_empty() {
            return Err(format!("satchel-bindgen for {name}: {said}"));
        }
    }
    let kotlin = Path::new("org/satchel/ffi/satchel_ffi.kt");
    for (name, file) in [
        ("kotlin", kotlin),
        ("kotlin-android", kotlin),
        ("swift", Path::new("SatchelCore.swift")),
        ("swift", Path::new("SatchelFFI.h")),
    ] {
        let text = std::fs::read(fresh.join(name).join(file))
            .map_err(|why| format!("{} was not generated for {name}: {why}", file.display()))?;
        write_if_other(&made.folder.join(name).join(file), &text)?;
    }
    std::fs::remove_dir_all(&fresh).map_err(|why| why.to_string())
}

/// Tells each side which library it was made from; the facade compares it with the one that is loaded.
fn write_fingerprint(made: &Made, fingerprint: &str) -> Done {
    let fingerprint = fingerprint.trim();
    let first = "// Which library the generated code was made from; the facade compares it with the one that is loaded.";
    let kotlin = format!(
        "{first}\npackage org.satchel.ffi\n\ninternal const val API_FINGERPRINT: String = \"{fingerprint}\"\n"
    );
    for name in ["kotlin", "kotlin-android"] {
        let place = made.folder.join(name).join("org/satchel/ffi/ApiFingerprint.kt");
        write_if_other(&place, kotlin.as_bytes())?;
    }
    let swift = format!("{first}\npublic let apiFingerprintOfBindings = \"{fingerprint}\"\n");
    write_if_other(&made.folder.join("swift/ApiFingerprint.swift"), swift.as_bytes())
}

/// A package takes sources from its own folder only.
fn lay_into_swift_package(made: &Made) -> Done {
    let sources = layout::root().join("ios/Sources");
    for (file, folder) in [
        ("SatchelCore.swift", "SatchelCore/Generated"),
        ("ApiFingerprint.swift", "SatchelCore/Generated"),
        ("SatchelFFI.h", "SatchelFFI"),
    ] {
        copy_into(&made.folder.join("swift").join(file), &sources.join(folder))?;
    }
    Ok(())
}

fn copy_into(file: &Path, folder: &Path) -> Done {
    let bytes = std::fs::read(file).map_err(|why| format!("{} cannot be read: {why}", file.display()))?;
    let place = folder.join(file.file_name().unwrap_or_default());
    write_if_other(&place, &bytes)?;
    let permissions = std::fs::metadata(file).map_err(|why| why.to_string())?.permissions();
    std::fs::set_permissions(&place, permissions).map_err(|why| why.to_string())
}

/// What did not change keeps its time, so that Maven and Swift build nothing anew. Replaced as a whole: a test may have
/// the old library open.
fn write_if_other(place: &Path, bytes: &[u8]) -> Done {
    if std::fs::read(place).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let failed = |why: std::io::Error| format!("{} cannot be written: {why}", place.display());
    let folder = place.parent().unwrap_or(place);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let part = place.with_extension("part");
    std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, place)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_change_is_not_written_again_and_what_did_is_replaced() {
        let folder = std::env::temp_dir().join(format!("satchel-bindings-{}", std::process::id()));
        let place = folder.join("a/b.kt");
        write_if_other(&place, b"one").expect("a first time");
        let open = std::fs::File::open(&place).expect("it is there");
        let then = open.metadata().and_then(|known| known.modified()).expect("a time");
        write_if_other(&place, b"one").expect("the same");
        let now = std::fs::metadata(&place).and_then(|known| known.modified()).expect("a time");
        assert_eq!(now, then);
        write_if_other(&place, b"two").expect("another");
        assert_eq!(std::fs::read(&place).expect("readable"), b"two");
        assert_eq!(std::io::read_to_string(open).expect("still open"), "one");
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
