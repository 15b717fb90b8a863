//! The post office as the other end of the simulated link, and what the person behind the phone remembers.

use crate::phone::USER;
use crate::sim::harness::Server;
use satchel_core::ports::{BoxFuture, Endpoint};
use satchel_postoffice::{Features, PostOffice};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::DuplexStream;

/// Her password: it must be found nowhere on the device but in the keystore.
pub const CANARY: &str = "canary-5f2c \"\\x";

/// 2026-01-05 10:00 UTC, for ever.
const NOW: i64 = 1_767_607_200;

/// What lies outside of the device and outlives each process.
#[derive(Debug)]
pub struct Office {
    /// IMAP at 143, POP at 110.
    pub post: PostOffice,
    /// What the person saw confirmed.
    confirmed: Mutex<BTreeSet<&'static str>>,
    /// The maildrop is shown empty.
    hidden: AtomicBool,
}

impl Office {
    /// An office with one user without mail.
    pub fn new(features: Features) -> Self {
        let post = PostOffice::with_clock(features, || NOW);
        post.add_user(USER, CANARY);
        Self { post, confirmed: Mutex::default(), hidden: AtomicBool::new(false) }
    }

    fn seen(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        self.confirmed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The app said that this is recorded.
    pub fn confirm(&self, what: &'static str) {
        self.seen().insert(what);
    }

    /// What the app said is recorded.
    pub fn confirmed(&self) -> Vec<&'static str> {
        self.seen().iter().copied().collect()
    }

    /// Lets connections from now on find an empty maildrop, as while another client holds it.
    pub fn hide_maildrop(&self, hidden: bool) {
        self.hidden.store(hidden, Ordering::Relaxed);
    }

    /// How often each subject is in each mailbox (upper case), with the flags.
    pub fn subjects(&self) -> Result<BTreeMap<(String, String), Vec<String>>, String> {
        let snapshot = self.post.snapshot(USER).map_err(|e| e.to_string())?;
        let mut all: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for mailbox in &snapshot.mailboxes {
            for message in &mailbox.messages {
                let key = (mailbox.name.to_ascii_uppercase(), subject_of(&message.bytes));
                all.entry(key).or_default().push(message.flags.names().join(" "));
            }
        }
        Ok(all)
    }
}

fn subject_of(bytes: &[u8]) -> String {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(400)).unwrap_or_default()).into_owned();
    head.lines().find_map(|l| l.strip_prefix("Subject: ")).unwrap_or_default().to_owned()
}

impl Server for Office {
    fn copy(&self) -> Self {
        let hidden = AtomicBool::new(self.hidden.load(Ordering::Relaxed));
        Self { post: self.post.copy(), confirmed: Mutex::new(self.seen().clone()), hidden }
    }

    fn digest(&self) -> u64 {
        let mut into = DefaultHasher::new();
        (self.post.digest(), &*self.seen(), self.hidden.load(Ordering::Relaxed)).hash(&mut into);
        into.finish()
    }

    fn serve(self: Arc<Self>, to: &Endpoint, stream: DuplexStream) -> Option<BoxFuture<'static, ()>> {
        match to.port {
            143 => Some(Box::pin(self.post.imap(stream))),
            110 if self.hidden.load(Ordering::Relaxed) => {
                Some(Box::pin(Self::new(self.post.features()).post.pop(stream)))
            }
            110 => Some(Box::pin(self.post.pop(stream))),
            _ => None,
        }
    }
}
