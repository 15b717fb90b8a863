//! A compiler that checks for phones: rustup's targets, or Debian's compiler with the standard library's sources.
use std::path::PathBuf;
use std::process::Command;

use super::apt;
use crate::{Done, cargo, layout};

/// The phones' targets.
pub(crate) const TARGETS: [&str; 2] = ["aarch64-linux-android", "aarch64-apple-ios"];

/// They exclude the compiler of this machine, so they are unpacked and not installed.
const PACKAGES: [&str; 4] = ["rustc-web", "rust-web-src", "libstd-rust-web-1.96", "libstd-rust-web-dev"];

/// How a phone's code is checked here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Compiler {
    /// The targets are installed.
    Own,
    /// Debian's, in this folder; it builds the standard library itself.
    Debian(PathBuf),
}

/// What there is.
pub(crate) fn compiler() -> Option<Compiler> {
    if own_has_targets() {
        return Some(Compiler::Own);
    }
    let root = root();
    root.join(".ready").is_file().then_some(Compiler::Debian(root))
}

fn root() -> PathBuf {
    layout::cache().join("phones/rust-web-1")
}

fn own_has_targets() -> bool {
    let Ok(output) = Command::new("rustc").args(["--print", "sysroot"]).current_dir(layout::root()).output()
    else {
        return false;
    };
    let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    TARGETS.iter().all(|target| sysroot.join("lib/rustlib").join(target).join("lib").is_dir())
}

/// Adds rustup's targets, or unpacks Debian's compiler (107 MB) where rustup cannot.
pub(super) fn bring() -> Done {
    if layout::has_command("rustup") {
        let added = Command::new("rustup").args(["target", "add"]).args(TARGETS).status();
        if added.is_ok_and(|status| status.success()) && own_has_targets() {
            return Ok(());
        }
        println!("rustup cannot bring the targets; taking Debian's compiler");
    }
    if !layout::has_command("dpkg") {
        return Err(format!("install the targets {}", TARGETS.join(" and ")));
    }
    apt::install(&["libllvm22"])?;
    let root = root();
    let _none = std::fs::remove_dir_all(&root);
    std::fs::create_dir_all(&root).map_err(|why| format!("{} cannot be made: {why}", root.display()))?;
    run(Command::new("apt-get").arg("download").args(PACKAGES).current_dir(&root))?;
    let unpack = "for file in *.deb; do dpkg -x \"$file\" . && rm \"$file\" || exit 1; done";
    run(Command::new("sh").args(["-c", unpack]).current_dir(&root))?;
    std::fs::write(root.join(".ready"), "").map_err(|why| why.to_string())
}

fn run(command: &mut Command) -> Done {
    cargo::show(command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{} failed ({status})", command.get_program().display())),
        Err(why) => Err(format!("{} cannot be started: {why}", command.get_program().display())),
    }
}
