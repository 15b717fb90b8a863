//! The first pass of an IMAP account, and the first body that is opened.

use super::day::{Day, furnished, large};
use super::invariants;
use crate::sim::harness::Scenario;
use crate::sim::look::Look;
use crate::sim::office::Office;
use crate::sim::process::Process;
use satchel_core::ports::BoxFuture;
use satchel_postoffice::Features;

/// Three mailboxes and more come here; a body larger than a row of the database is opened.
#[derive(Clone, Copy, Debug)]
pub struct FirstImapSync;

const MAILS: [&str; 7] = ["m0", "m1", "m2", "m3", "large", "w0", "w1"];

/// Rich and poor servers in turn.
pub(super) fn features(seed: u64) -> Features {
    match seed % 3 {
        0 => Features::bare(),
        1 => Features::rich(),
        _ => Features::dovecot(),
    }
}

impl Scenario for FirstImapSync {
    type Server = Office;

    fn name(&self) -> &'static str {
        "first_imap_sync"
    }
    fn server(&self, seed: u64) -> Office {
        furnished(features(seed), seed)
    }
    fn set_up<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            Day::first(process, "imap://localhost?insecure").await?;
            Ok(())
        })
    }
    fn run<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let day = Day::again(process).await?;
            day.sync_all().await?;
            day.open("INBOX", "large", &large(process.seed)).await?;
            day.end().await
        })
    }
    fn check_after_recovery(&self, look: &Look<'_, Office>) -> Result<(), String> {
        invariants::always(look, &MAILS)
    }
    fn check_at_end(&self, look: &Look<'_, Office>) -> Result<(), String> {
        invariants::at_end(look, &MAILS)
    }
    fn final_state(&self, look: &Look<'_, Office>) -> Result<String, String> {
        invariants::state(look)
    }
}
