//! A small mail engine and its scenario: it proves the harness, and does not change when the product does.
//!
//! It has a cursor, a ledger, files with rows that name them, an intent of the person's and a draft that exists only
//! here, so that every planted bug has something to break. It shares nothing with the product but the ports.

mod engine;
mod server;

pub use server::Maildrop;

use crate::sim::harness::Scenario;
use crate::sim::hash;
use crate::sim::look::Look;
use crate::sim::process::Process;
use satchel_core::ports::BoxFuture;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Fetches a maildrop in three sessions; even seeds leave mail on the server, odd ones delete it there.
#[derive(Clone, Copy, Debug)]
pub struct Mini;

/// Whether this seed deletes what it has fetched.
pub(crate) fn deletes(seed: u64) -> bool {
    seed % 2 == 1
}

fn sha(bytes: &[u8]) -> String {
    hash::hex(&Sha256::digest(bytes))
}

/// How many good copies of each body are here: rows whose body, in the row or in a file, has the right hash.
fn good_copies(look: &Look<'_, Maildrop>) -> Result<BTreeMap<String, usize>, String> {
    let mut copies = BTreeMap::new();
    for line in look.lines("SELECT sha, coalesce(file, ''), hex(body) FROM msg WHERE local = 0")? {
        let mut cells = line.splitn(3, '|');
        let (sha_is, file, hex) =
            (cells.next().unwrap_or(""), cells.next().unwrap_or(""), cells.next().unwrap_or(""));
        let body =
            if file.is_empty() { unhex(hex) } else { look.files.read(file.as_ref()).unwrap_or_default() };
        if sha(&body) != sha_is {
            return Err(format!("no good local copy: the row says {sha_is}, {} bytes are there", body.len()));
        }
        *copies.entry(sha_is.to_owned()).or_default() += 1;
    }
    Ok(copies)
}

fn unhex(hex: &str) -> Vec<u8> {
    let byte = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|s| u8::from_str_radix(s, 16).ok());
    hex.as_bytes().chunks(2).filter_map(byte).collect()
}

impl Scenario for Mini {
    type Server = Maildrop;

    fn name(&self) -> &'static str {
        "mini"
    }
    fn server(&self, seed: u64) -> Maildrop {
        Maildrop::of_seed(seed)
    }
    fn set_up<'a>(&'a self, process: &'a Process<Maildrop>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(engine::set_up(process))
    }
    fn run<'a>(&'a self, process: &'a Process<Maildrop>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(engine::run(process))
    }

    fn check_after_recovery(&self, look: &Look<'_, Maildrop>) -> Result<(), String> {
        let copies = good_copies(look)?;
        for (number, body) in Maildrop::bodies(look.seed) {
            if !copies.contains_key(&sha(&body)) && !look.server.holds(number) {
                return Err(format!("zero copies of message {number}: neither here nor on the server"));
            }
        }
        if look.value::<i64>("SELECT count(*) FROM msg WHERE local = 1")? != 1 {
            return Err("the draft, which exists only here, is lost".to_owned());
        }
        let bare = "SELECT count(*) FROM ledger WHERE sha NOT IN (SELECT sha FROM msg)";
        if look.value::<i64>(bare)? != 0 {
            return Err("the ledger says stored, and no row is here".to_owned());
        }
        let cursor = look.value::<i64>("SELECT cursor FROM state")?;
        let applied = format!("SELECT count(*) FROM msg WHERE local = 0 AND number BETWEEN 1 AND {cursor}");
        if look.value::<i64>(&applied)? < cursor {
            return Err(format!("the cursor is at {cursor}, ahead of the applied changes"));
        }
        let waiting = look.value::<i64>("SELECT count(*) FROM op")?;
        if waiting == 0 && look.server.flagged() != [1] {
            return Err("the person's intent is neither waiting here nor done on the server".to_owned());
        }
        Ok(())
    }

    fn check_at_end(&self, look: &Look<'_, Maildrop>) -> Result<(), String> {
        self.check_after_recovery(look)?;
        let copies = good_copies(look)?;
        for (number, body) in Maildrop::bodies(look.seed) {
            match copies.get(&sha(&body)) {
                Some(1) => {}
                n => return Err(format!("message {number} is here {} times", n.unwrap_or(&0))),
            }
            if deletes(look.seed) == look.server.holds(number) {
                return Err(format!(
                    "message {number} is on the wrong side: committed implies absent on the server"
                ));
            }
        }
        Ok(())
    }

    fn final_state(&self, look: &Look<'_, Maildrop>) -> Result<String, String> {
        let mut lines =
            look.lines("SELECT 'msg', number, uidl, sha, file, local FROM msg ORDER BY sha, local")?;
        lines.extend(look.lines("SELECT 'ledger', uidl, sha, state FROM ledger ORDER BY uidl")?);
        lines.extend(look.lines("SELECT 'state', validity, cursor FROM state")?);
        lines.extend(look.lines("SELECT 'op', number FROM op")?);
        lines.extend(look.files.list("mail".as_ref()).map_err(|e| e.to_string())?);
        lines.push(format!("flagged {:?}", look.server.flagged()));
        Ok(lines.join("\n"))
    }
}
