//! The mini scenario's server: a maildrop with a line protocol, and behaviour by seed.

use crate::sim::harness::Server;
use crate::sim::hash;
use crate::sim::random::Chance;
use satchel_core::ports::{BoxFuture, Endpoint};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};

#[derive(Clone, Debug)]
struct State {
    seed: u64,
    validity: u64,
    mails: BTreeMap<u64, Vec<u8>>,
    flagged: BTreeSet<u64>,
    sessions: u64,
}

/// Mails by number; the answer to LIST names them `validity-number`.
#[derive(Debug)]
pub struct Maildrop(Mutex<State>);

impl Maildrop {
    /// What the maildrop of this seed held at first: small bodies and some that go to files.
    pub fn bodies(seed: u64) -> BTreeMap<u64, Vec<u8>> {
        let mut chance = Chance::of(&[21, seed]);
        let n = chance.between(3, 5);
        let body = |number| {
            let len = if chance.happens(1, 2) { chance.between(20, 200) } else { chance.between(700, 3_000) };
            let mut body = vec![0; len as usize];
            chance.fill(&mut body);
            (number, body)
        };
        (1..=n).map(body).collect()
    }
    pub(crate) fn of_seed(seed: u64) -> Self {
        let mails = Self::bodies(seed);
        Self(Mutex::new(State { seed, validity: 1, mails, flagged: BTreeSet::new(), sessions: 0 }))
    }
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    pub(crate) fn holds(&self, number: u64) -> bool {
        self.state().mails.contains_key(&number)
    }
    pub(crate) fn flagged(&self) -> Vec<u64> {
        self.state().flagged.iter().copied().collect()
    }

    /// A listing, after what the seed does to this session.
    fn list(&self) -> String {
        let state = self.state();
        // The second session of some seeds lists nothing (another client holds the box).
        let empty = state.sessions == 2 && state.seed % 4 < 2;
        let mails = state.mails.iter().filter(|_| !empty);
        let lines: Vec<String> =
            mails.map(|(n, body)| format!("{}-{n} {n} {}\n", state.validity, body.len())).collect();
        format!("OK {} {}\n{}", lines.len(), state.validity, lines.concat())
    }

    fn begin(&self) {
        let mut state = self.state();
        state.sessions += 1;
        // The third session of some seeds finds a mailbox that was made anew. (Where mail is deleted, it would
        // depend on the crash which of its names a message was stored under.)
        if state.sessions == 3 && state.seed % 6 == 2 {
            state.validity += 1;
        }
    }

    async fn serve_lines(&self, stream: DuplexStream) -> std::io::Result<()> {
        self.begin();
        let mut stream = BufReader::new(stream);
        let mut marked = BTreeSet::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 || !line.ends_with('\n') {
                // RFC 1939: a session that ends without QUIT deletes nothing.
                return Ok(());
            }
            let (word, number) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), "0"));
            let number: u64 = number.parse().unwrap_or(0);
            let answer = match word {
                "LIST" => self.list().into_bytes(),
                "RETR" => self.retrieve(number),
                "FLAG" => {
                    self.state().flagged.insert(number);
                    b"OK\n".to_vec()
                }
                "DELE" => {
                    marked.insert(number);
                    b"OK\n".to_vec()
                }
                "QUIT" => {
                    self.state().mails.retain(|n, _| !marked.contains(n));
                    b"OK\n".to_vec()
                }
                _ => b"NO\n".to_vec(),
            };
            stream.write_all(&answer).await?;
        }
    }

    fn retrieve(&self, number: u64) -> Vec<u8> {
        match self.state().mails.get(&number) {
            Some(body) => [format!("OK {}\n", body.len()).as_bytes(), body].concat(),
            None => b"NO\n".to_vec(),
        }
    }
}

impl Server for Maildrop {
    fn copy(&self) -> Self {
        Self(Mutex::new(self.state().clone()))
    }
    fn digest(&self) -> u64 {
        let state = self.state();
        let words = [state.seed, state.validity, state.sessions.min(4)];
        let numbers = state.mails.keys().chain([&0]).chain(&state.flagged);
        numbers.fold(hash::of(&words), |h, n| hash::mix(h, *n))
    }
    fn serve(self: Arc<Self>, _: &Endpoint, stream: DuplexStream) -> Option<BoxFuture<'static, ()>> {
        Some(Box::pin(async move {
            // A broken connection is the client's affair.
            let _ = self.serve_lines(stream).await;
        }))
    }
}
