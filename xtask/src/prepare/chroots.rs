//! A minimal Debian per server whose packages exclude the others; a mark is written when one is complete.
use std::path::{Path, PathBuf};
use std::process::Command;

use super::apt;
use crate::{Done, layout};

const SUITE: &str = "bookworm";

/// Whether the chroot was made to its end.
pub(super) fn is_complete(name: &str) -> bool {
    folder(name).join(".complete").is_file()
}

/// Makes a chroot with these packages. Needs root and debootstrap; about a minute for the first, seconds for more.
pub(super) fn make(name: &str, packages: &[&str]) -> Done {
    if !apt::is_root() {
        return Err(format!("a chroot is made by root only; run: sudo cargo xtask prepare {name}"));
    }
    if !layout::has_command("debootstrap") {
        apt::install(&["debootstrap"])?;
    }
    if !is_complete("base") {
        make_base()?;
    }
    let place = folder(name);
    remove(&place)?;
    run(Command::new("cp").arg("-a").arg(folder("base")).arg(&place))?;
    // The copy brought the mark along; it is not complete yet.
    std::fs::remove_file(place.join(".complete")).map_err(|why| why.to_string())?;
    apt::write_policy(&place.join("usr/sbin/policy-rc.d"))?;
    install_inside(&place, packages)?;
    mark(&place)
}

/// Installs packages in a chroot.
pub(super) fn install_inside(place: &Path, packages: &[&str]) -> Done {
    // /proc in a mount namespace of its own: nothing to unmount, whatever happens.
    let script = "root=$1; shift; mount -t proc proc \"$root/proc\" && exec chroot \"$root\" \
                  apt-get install -y -qq --no-install-recommends \"$@\"";
    run(Command::new("unshare")
        .args(["--mount", "sh", "-c", script, "sh"])
        .arg(place)
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
}

fn make_base() -> Done {
    let place = folder("base");
    remove(&place)?;
    debootstrap(SUITE, &place)?;
    mark(&place)
}

/// A minimal Debian of this suite, from nothing.
pub(super) fn debootstrap(suite: &str, place: &Path) -> Done {
    std::fs::create_dir_all(place).map_err(|why| format!("{} cannot be made: {why}", place.display()))?;
    let mut command = Command::new("debootstrap");
    command.args(["--variant=minbase", suite]).arg(place);
    command.args(mirror());
    run(&mut command)
}

/// A Debian mirror has all suites.
const DEBIANS: [&str; 3] = [SUITE, "trixie", "forky"];

/// The mirror of this machine when it runs Debian: it may be the only one that can be reached.
fn mirror() -> Option<String> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    if let Ok(entries) = std::fs::read_dir("/etc/apt/sources.list.d") {
        files.extend(entries.filter_map(Result::ok).map(|entry| entry.path()));
    }
    files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).find_map(|text| mirror_in(&text))
}

/// Reads both forms of a sources file: `deb URI SUITE …` and the fields `URIs:`, `Suites:`.
fn mirror_in(text: &str) -> Option<String> {
    let mut uri = None;
    for line in text.lines() {
        let words: Vec<_> = line.split_whitespace().filter(|word| !word.starts_with('[')).collect();
        match words.as_slice() {
            ["deb", uri, suite, ..] if DEBIANS.contains(suite) => return Some((*uri).to_owned()),
            ["URIs:", first, ..] => uri = Some((*first).to_owned()),
            ["Suites:", suites @ ..] if suites.iter().any(|suite| DEBIANS.contains(suite)) => return uri,
            _ => {}
        }
    }
    None
}

fn folder(name: &str) -> PathBuf {
    layout::cache().join("chroots").join(name)
}

fn mark(place: &Path) -> Done {
    std::fs::write(place.join(".complete"), "").map_err(|why| why.to_string())
}

pub(super) fn remove(place: &Path) -> Done {
    if !place.exists() {
        return Ok(());
    }
    // One file system only: a /proc somebody mounted by hand is not walked into.
    run(Command::new("rm").args(["-rf", "--one-file-system", "--"]).arg(place))
}

pub(super) fn run(command: &mut Command) -> Done {
    let name = command.get_program().display().to_string();
    println!(
        "$ {name} {}",
        command.get_args().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    );
    match command.stdout(std::process::Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name} failed ({status})")),
        Err(why) => Err(format!("{name} cannot be started: {why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_read_from_both_forms_and_only_of_a_debian() {
        let old = "# x\ndeb [signed-by=/k] https://mirror.example/debian bookworm main\n";
        assert_eq!(mirror_in(old).as_deref(), Some("https://mirror.example/debian"));
        let new = "Types: deb\nURIs: https://m.example/d\nSuites: bookworm bookworm-updates\n";
        assert_eq!(mirror_in(new).as_deref(), Some("https://m.example/d"));
        assert_eq!(
            mirror_in("deb https://m.example/n trixie main\n").as_deref(),
            Some("https://m.example/n")
        );
        assert_eq!(mirror_in("deb https://m.example/u noble main\n"), None);
        assert_eq!(mirror_in("URIs: https://m.example/s\nSuites: bookworm-security\n"), None);
    }
}
