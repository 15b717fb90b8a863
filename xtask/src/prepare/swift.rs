//! A Debian with Swift 6 in the cache folder, for machines whose own system has none.
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{apt, chroots};
use crate::{Done, layout};

const SUITE: &str = "trixie";
const PACKAGES: [&str; 3] = ["swiftlang", "libc6-dev", "libstdc++-14-dev"];

/// Where the chroot is; another number, another chroot.
pub(crate) fn root() -> PathBuf {
    layout::cache().join("swift/trixie-1")
}

/// Whether the machine's own Swift will do.
pub(crate) fn has_swift() -> bool {
    let output = Command::new("swift").arg("--version").output();
    output.is_ok_and(|output| is_new_enough(&String::from_utf8_lossy(&output.stdout)))
}

fn is_new_enough(said: &str) -> bool {
    let version = said.split_once("Swift version ").map_or("", |(_, rest)| rest);
    let major = version.split(['.', ' ', '-']).next().unwrap_or_default();
    major.parse().is_ok_and(|major: u32| major >= 6)
}

/// Makes the chroot (about two minutes, 2.7 GB). Others who want it meanwhile wait for it.
pub(super) fn make() -> Done {
    if !apt::is_root() {
        return Err("no Swift 6 on PATH, and a chroot is made by root only; \
                    install Swift, or run: sudo cargo xtask prepare swift"
            .to_owned());
    }
    if !layout::has_command("debootstrap") {
        apt::install(&["debootstrap"])?;
    }
    let place = root();
    let folder = place.parent().unwrap_or(&place);
    std::fs::create_dir_all(folder).map_err(|why| format!("{} cannot be made: {why}", folder.display()))?;
    let lock = File::create(place.with_extension("lock")).map_err(|why| why.to_string())?;
    lock.lock().map_err(|why| why.to_string())?;
    if place.join(".ready").is_file() {
        return Ok(());
    }
    chroots::remove(&place)?;
    let part = place.with_extension("new");
    build(&part)?;
    std::fs::rename(&part, &place).map_err(|why| why.to_string())
}

/// What was broken off is thrown away, since its mark is missing.
fn build(part: &Path) -> Done {
    chroots::remove(part)?;
    chroots::debootstrap(SUITE, part)?;
    chroots::install_inside(part, &PACKAGES)?;
    chroots::run(Command::new("chroot").arg(part).args(["apt-get", "clean"]))?;
    std::fs::write(part.join(".ready"), "").map_err(|why| why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swift_6_and_later_will_do() {
        assert!(is_new_enough("Swift version 6.0.3 (swift-6.0.3-RELEASE)\nTarget: x"));
        assert!(is_new_enough("Apple Swift version 10.1 (swiftlang-10)"));
        assert!(!is_new_enough("Apple Swift version 5.10 (swiftlang-5.10)"));
        assert!(!is_new_enough("swift: not found"));
    }
}
