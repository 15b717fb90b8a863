//! A pass over mailboxes that changed since the last one.

use super::day::{Day, deliver, furnished, large, words};
use super::first_imap_sync::features;
use super::invariants;
use crate::phone::USER;
use crate::sim::harness::Scenario;
use crate::sim::look::Look;
use crate::sim::office::Office;
use crate::sim::process::Process;
use satchel_core::ports::BoxFuture;

/// New mail, other flags and expunges by another client, in two mailboxes.
#[derive(Clone, Copy, Debug)]
pub struct Delta;

const MAILS: [&str; 8] = ["m0", "m2", "m3", "large", "n0", "n1", "w1", "w2"];

fn another_client(office: &Office, seed: u64) -> Result<(), String> {
    let post = &office.post;
    let uids = |name: &str| {
        let snapshot = post.snapshot(USER).map_err(words)?;
        Ok::<_, String>(
            snapshot.mailbox(name).map(satchel_postoffice::MailboxSnapshot::uids).unwrap_or_default(),
        )
    };
    let (inbox, work) = (uids("INBOX")?, uids("Work")?);
    let [m0, m1, m2, ..] = inbox.as_slice() else { return Err("INBOX has no mail".to_owned()) };
    post.set_flags(USER, "INBOX", *m0, ["\\Seen"]).map_err(words)?;
    post.set_flags(USER, "INBOX", *m2, ["\\Flagged", "$Later"]).map_err(words)?;
    post.expunge(USER, "INBOX", *m1).map_err(words)?;
    post.expunge(USER, "Work", *work.first().ok_or("Work has no mail")?).map_err(words)?;
    deliver(office, "INBOX", &["n0", "n1"], seed);
    deliver(office, "Work", &["w2"], seed);
    Ok(())
}

impl Scenario for Delta {
    type Server = Office;

    fn name(&self) -> &'static str {
        "delta"
    }
    fn server(&self, seed: u64) -> Office {
        furnished(features(seed), seed)
    }
    fn set_up<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let day = Day::first(process, "imap://localhost?insecure").await?;
            day.sync_all().await?;
            day.open("INBOX", "large", &large(process.seed)).await?;
            another_client(&process.server, process.seed)
        })
    }
    fn run<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let day = Day::again(process).await?;
            day.sync_all().await?;
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
