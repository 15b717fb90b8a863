//! The server gives a mailbox another UIDVALIDITY while a body is here and a flag waits.

use super::day::{Day, furnished, large, words};
use super::first_imap_sync::features;
use super::invariants;
use crate::phone::USER;
use crate::sim::harness::Scenario;
use crate::sim::look::Look;
use crate::sim::office::Office;
use crate::sim::process::Process;
use satchel_core::ports::BoxFuture;

/// Rows keep their ids and bodies, and the flag reaches the right message.
#[derive(Clone, Copy, Debug)]
pub struct UidvalidityChange;

const MAILS: [&str; 6] = ["m1", "m2", "m3", "large", "w0", "w1"];

impl Scenario for UidvalidityChange {
    type Server = Office;

    fn name(&self) -> &'static str {
        "uidvalidity_change"
    }
    fn server(&self, seed: u64) -> Office {
        furnished(features(seed), seed)
    }
    fn set_up<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let day = Day::first(process, "imap://localhost?insecure").await?;
            day.sync_all().await?;
            day.open("INBOX", "large", &large(process.seed)).await?;
            let row = day.row("INBOX", "m2").await?;
            day.satchel.flag(&[row.placement], &["\\Flagged".to_owned()], &[]).await.map_err(words)?;
            let post = &process.server.post;
            post.expunge(USER, "INBOX", 1).map_err(words)?;
            post.change_uidvalidity(USER, "INBOX", true).map_err(words)?;
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
        invariants::always(look, &MAILS)?;
        let here = "SELECT count(*) FROM message WHERE subject = 'large' AND raw_blob_id IS NOT NULL";
        if look.value::<i64>(here)? != 1 {
            return Err("a body was dropped with the UIDVALIDITY".to_owned());
        }
        let kept = "SELECT count(*) FROM operation o JOIN placement p ON p.id = o.placement_id
            JOIN message m ON m.id = p.message_id WHERE m.subject = 'm2' AND o.state <> 'failed'";
        if look.value::<i64>(kept)? != 1 {
            return Err("the waiting flag was dropped with the UIDVALIDITY".to_owned());
        }
        Ok(())
    }
    fn check_at_end(&self, look: &Look<'_, Office>) -> Result<(), String> {
        self.check_after_recovery(look)?;
        invariants::at_end(look, &MAILS)
    }
    fn final_state(&self, look: &Look<'_, Office>) -> Result<String, String> {
        let ids = look.lines(
            "SELECT 'id', p.id, m.subject FROM placement p JOIN message m ON m.id = p.message_id ORDER BY 2",
        )?;
        Ok(invariants::state(look)? + "\n" + &ids.join("\n"))
    }
}
