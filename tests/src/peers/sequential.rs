//! A client that asks one thing at a time, as most mail apps do: what a first screen costs without pipelining.
//!
//! The order of commands follows K-9 Mail: `RealImapConnection.open` (greeting, CAPABILITY, login, NAMESPACE),
//! `RealImapFolder.open` (SELECT) and `getMessages` (UID SEARCH of the newest sequence numbers), then
//! `RealImapFolder.fetch` of envelopes and structure.
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use super::{Pass, Peer, Side, Target};
use crate::servers::RawImap;

/// The sequential client. It keeps nothing, so there is nothing to forget.
pub struct Sequential {
    target: Target,
    rows: u32,
}

impl Sequential {
    /// Shows so many of the newest rows.
    pub fn new(target: Target, rows: u32) -> Self {
        Self { target, rows }
    }

    fn show(&self) -> io::Result<Pass> {
        let begun = Instant::now();
        let ip = self.target.host.parse().map_err(io::Error::other)?;
        let address = SocketAddr::new(ip, self.target.port());
        let mut client = if self.target.tls {
            RawImap::connect_tls(address, &self.target.host, &fs::read_to_string(&self.target.ca)?)?
        } else {
            RawImap::connect(address)?
        };
        client.done("CAPABILITY")?;
        client.login(&self.target.user)?;
        client.done("NAMESPACE")?;
        let selected = client.done("SELECT INBOX")?.text();
        let exists = selected
            .lines()
            .find_map(|line| line.strip_prefix("* ")?.strip_suffix(" EXISTS")?.parse::<u32>().ok())
            .ok_or_else(|| io::Error::other("no EXISTS"))?;
        let first = exists.saturating_sub(self.rows).saturating_add(1);
        let uids = client.uid_search(&format!("{first}:{exists} NOT DELETED"))?;
        let set: Vec<_> = uids.iter().map(u32::to_string).collect();
        let items = "(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)";
        let rows = client.done(&format!("UID FETCH {} {items}", set.join(",")))?.untagged.len();
        let seconds = begun.elapsed().as_secs_f64();
        if rows != self.rows as usize {
            return Err(io::Error::other(format!("{rows} rows instead of {}", self.rows)));
        }
        let mark = if self.rows == 12 { "rows_12" } else { "rows_50" };
        Ok(Pass { seconds, marks: [(mark, seconds)].into(), ..Pass::default() })
    }
}

impl Peer for Sequential {
    fn name(&self) -> String {
        format!("sequential, {} rows", self.rows)
    }

    fn version(&self) -> String {
        "one command at a time, in this repository".to_owned()
    }

    fn forget(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn pass(&mut self, side: Side<'_>) -> io::Result<Pass> {
        side.run(|| self.show())?
    }

    fn holds(&self) -> Option<usize> {
        None
    }
}
