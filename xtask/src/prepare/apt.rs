//! Debian packages, installed as root with the packages' daemons kept from starting.
use std::path::Path;
use std::process::Command;
use std::sync::Once;

use crate::{Done, layout};

/// What the Dovecot packages bring, one program each.
pub(super) const DOVECOT_PROGRAMS: [&str; 4] = [
    "/usr/lib/dovecot/imap",
    "/usr/lib/dovecot/pop3",
    "/usr/lib/dovecot/lmtp",
    "/usr/lib/dovecot/submission",
];

const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Installs packages; without apt-get or root, says which command a person would run.
pub(super) fn install(packages: &[&str]) -> Done {
    let by_hand = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    if !layout::has_command("apt-get") {
        return Err(format!("there is no apt-get here; on Debian: {by_hand}"));
    }
    if !is_root() {
        return Err(format!("packages are installed by root only; run: sudo {by_hand}"));
    }
    static UPDATED: Once = Once::new();
    // Errors show when installing: an old list may still do.
    UPDATED.call_once(|| drop(apt_get(&["update", "-qq"])));
    let _quiet = KeepDaemonsFromStarting::new()?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    apt_get(&arguments).map_err(|why| format!("{why}; by hand: {by_hand}"))
}

/// True for the superuser, as the tests see it.
pub(super) fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn apt_get(arguments: &[&str]) -> Done {
    println!("$ apt-get {}", arguments.join(" "));
    let status = Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("apt-get failed ({status})")),
        Err(why) => Err(format!("apt-get cannot be started: {why}")),
    }
}

/// Debian starts a daemon when its package is installed, unless a policy forbids it: the stock ports stay free.
struct KeepDaemonsFromStarting {
    made: bool,
}

impl KeepDaemonsFromStarting {
    fn new() -> Done<Self> {
        // Somebody else's policy stays as it is.
        if Path::new(POLICY).exists() {
            return Ok(Self { made: false });
        }
        write_policy(Path::new(POLICY))?;
        Ok(Self { made: true })
    }
}

impl Drop for KeepDaemonsFromStarting {
    fn drop(&mut self) {
        if self.made {
            let _ = std::fs::remove_file(POLICY);
        }
    }
}

/// Writes a policy that refuses every start.
pub(super) fn write_policy(path: &Path) -> Done {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, "#!/bin/sh\nexit 101\n")
        .and_then(|()| std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)))
        .map_err(|why| format!("{} cannot be written: {why}", path.display()))
}
