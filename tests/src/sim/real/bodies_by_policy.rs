//! All bodies come with the pass, many in one command and many in one commit.

use super::day::{Day, furnished, words};
use super::first_imap_sync::features;
use super::invariants;
use crate::sim::harness::Scenario;
use crate::sim::look::Look;
use crate::sim::office::Office;
use crate::sim::process::Process;
use satchel_core::account::Bodies;
use satchel_core::client::AccountSettings;
use satchel_core::ports::BoxFuture;

/// Overviews are here; the policy changes, and the bodies of two mailboxes come, one of them into a file.
#[derive(Clone, Copy, Debug)]
pub struct BodiesByPolicy;

const MAILS: [&str; 7] = ["m0", "m1", "m2", "m3", "large", "w0", "w1"];

impl Scenario for BodiesByPolicy {
    type Server = Office;

    fn name(&self) -> &'static str {
        "bodies_by_policy"
    }
    fn server(&self, seed: u64) -> Office {
        furnished(features(seed), seed)
    }
    fn set_up<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let day = Day::first(process, "imap://localhost?insecure").await?;
            day.sync_all().await?;
            let settings = AccountSettings { bodies: Some(Bodies::All), ..AccountSettings::default() };
            day.satchel.change_account(day.account, settings).await.map_err(words)?;
            Ok(())
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
        invariants::at_end(look, &MAILS)?;
        match look.value::<i64>("SELECT count(*) FROM message WHERE raw_blob_id IS NULL")? {
            0 => Ok(()),
            n => Err(format!("{n} bodies did not come")),
        }
    }
    fn final_state(&self, look: &Look<'_, Office>) -> Result<String, String> {
        invariants::state(look)
    }
}
