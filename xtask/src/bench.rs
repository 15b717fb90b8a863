//! Starts the benches that live in the tests crate and says what they lack.
use crate::{Done, cargo, layout};

/// Runs one bench or all; the bench program writes JSON, a table and docs/benchmarks.md.
pub(crate) fn run(name: Option<&str>, rounds: u32) -> Done {
    for (peer, package) in [("mbsync", "isync"), ("interimap", "interimap"), ("dovecot", "dovecot-imapd")] {
        if !layout::has_command(peer) {
            println!("!! {peer} is missing (apt-get install {package}): its column stays empty");
        }
    }
    let rounds = rounds.to_string();
    let mut arguments =
        vec!["run", "-p", "satchel-tests", "--release", "--bin", "bench", "--", "--rounds", &rounds];
    arguments.extend(name);
    cargo::run(&arguments)
}
