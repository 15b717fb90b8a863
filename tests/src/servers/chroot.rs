//! Servers whose packages exclude one another run in a chroot each, inside mount and PID namespaces of their own.
//!
//! The chroots lie in the cache folder and stay pristine: what an instance writes goes to a folder bound at
//! `/srv/t` and to a tmpfs, so that several may run at once, and killing the first process kills all.
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Missing, Unavailable, User, cache, find_command, is_root};

/// How many users beside alice and bob a server of the matrix is given at its start.
pub(super) const FRESH_USERS: u32 = 40;

/// The chroot of that name, or what is missing for it.
pub(super) fn find(part: &'static str, name: &str) -> Result<PathBuf, Unavailable> {
    let missing = |lacks: String, remedy: String| Err(Unavailable::Missing(Missing { part, lacks, remedy }));
    let root = cache::folder().join("chroots").join(name);
    // The mark is written last: a chroot whose making was cut off does not count.
    if !root.join(".complete").is_file() {
        return missing(
            format!("the chroot `{name}` is not in the cache folder"),
            format!("cargo xtask prepare {name} (as root, needs debootstrap)"),
        );
    }
    if !is_root() {
        return missing("a chroot needs root".to_owned(), "run the tests as root".to_owned());
    }
    if find_command("unshare").is_none() {
        return missing(
            "the command `unshare` is missing".to_owned(),
            "apt-get install util-linux".to_owned(),
        );
    }
    Ok(root)
}

/// Runs `DIR/start.sh` inside: `dir` is at `/srv/t`, `/run` is empty, `shadow` folders may be written to.
pub(super) fn command(root: &Path, dir: &Path, shadow: &[&str]) -> Command {
    let script = "set -e; root=$1; dir=$2; shift 2
mount -t proc proc \"$root/proc\"
mount -t tmpfs tmpfs \"$root/run\"
for folder in \"$@\"; do
  mkdir -p \"$root/run/shadow/$folder\"
  cp -a \"$root/$folder/.\" \"$root/run/shadow/$folder\"
  mount --bind \"$root/run/shadow/$folder\" \"$root/$folder\"
done
mkdir -p \"$root/srv/t\"
mount --bind \"$dir\" \"$root/srv/t\"
exec chroot \"$root\" bash /srv/t/start.sh";
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh"])
        .arg(root)
        .arg(dir)
        .args(shadow)
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    command
}

/// The n-th of the users made at the start; beyond the last one they would be shared, so that is an error.
pub(super) fn fresh_user(number: u32) -> User {
    assert!(number <= FRESH_USERS, "only {FRESH_USERS} fresh users on this server");
    User::new(&format!("t-{number}"), "pass")
}

/// The names of all users: alice, bob and the fresh ones.
pub(super) fn user_names() -> Vec<String> {
    let fresh = (1..=FRESH_USERS).map(|number| format!("t-{number}"));
    ["alice", "bob"].into_iter().map(str::to_owned).chain(fresh).collect()
}
