//! A person flags, moves, copies and deletes without a network; then it is back.

use super::day::{Day, furnished, words};
use super::invariants;
use crate::sim::harness::Scenario;
use crate::sim::look::Look;
use crate::sim::office::Office;
use crate::sim::process::Process;
use satchel_core::ids::PlacementId;
use satchel_core::ports::BoxFuture;
use satchel_postoffice::{Extension, Features};

/// What was confirmed survives, and is done on the server once.
#[derive(Clone, Copy, Debug)]
pub struct FlagAndMoveOffline;

const MAILS: [&str; 7] = ["m0", "m1", "m2", "m3", "large", "w0", "w1"];

/// Kind, subject, and the mailbox in which the server then holds it.
const CLICKS: [(&str, &str, &str); 4] =
    [("flag", "m0", "INBOX"), ("move", "m1", "WORK"), ("copy", "m2", "WORK"), ("delete", "m3", "TRASH")];

pub(super) fn dialect(seed: u64) -> Features {
    match seed % 4 {
        0 => Features::rich().without(Extension::Move).without(Extension::UidPlus),
        1 => Features::rich(),
        2 => Features::rich().without(Extension::Move),
        _ => Features::rich().without(Extension::UidPlus),
    }
}

async fn click(day: &Day<'_>, kind: &str, id: PlacementId) -> Result<(), String> {
    let satchel = &day.satchel;
    let work = day.mailbox("Work").await?;
    let recorded = match kind {
        "flag" => satchel.flag(&[id], &["\\Flagged".to_owned()], &[]).await,
        "move" => satchel.move_to(&[id], work).await,
        "copy" => satchel.copy_to(&[id], work).await,
        _ => satchel.delete(&[id]).await,
    };
    recorded.map(drop).map_err(words)
}

async fn clicks(day: &Day<'_>, server: &Office) -> Result<(), String> {
    let recorded = day.satchel.operations().await.map_err(words)?;
    for (kind, subject, _) in CLICKS {
        if recorded.iter().any(|o| o.kind.as_str() == kind) {
            continue;
        }
        let row = day.row("INBOX", subject).await?;
        click(day, kind, row.placement).await?;
        server.confirm(kind);
    }
    Ok(())
}

impl Scenario for FlagAndMoveOffline {
    type Server = Office;

    fn name(&self) -> &'static str {
        "flag_and_move_offline"
    }
    fn server(&self, seed: u64) -> Office {
        furnished(dialect(seed), seed)
    }
    fn set_up<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let day = Day::first(process, "imap://localhost?insecure").await?;
            day.sync_all().await
        })
    }
    fn run<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let day = Day::again(process).await?;
            day.satchel.set_offline(true);
            clicks(&day, &process.server).await?;
            day.satchel.set_offline(false);
            day.sync_all().await?;
            day.end().await
        })
    }
    fn check_after_recovery(&self, look: &Look<'_, Office>) -> Result<(), String> {
        invariants::always(look, &MAILS)?;
        let server = look.server.subjects()?;
        for (kind, subject, mailbox) in CLICKS {
            let states = look.lines(&format!("SELECT state FROM operation WHERE kind = '{kind}'"))?;
            if look.server.confirmed().contains(&kind) && states.is_empty() {
                return Err(format!("the confirmed {kind} is lost"));
            }
            let there = server.get(&(mailbox.to_owned(), subject.to_owned()));
            let done =
                there.is_some_and(|flags| kind != "flag" || flags.iter().any(|f| f.contains("Flagged")));
            if states.iter().any(|s| s == "done") && !done {
                return Err(format!("the {kind} is taken as done, and the server does not know of it"));
            }
        }
        Ok(())
    }
    fn check_at_end(&self, look: &Look<'_, Office>) -> Result<(), String> {
        self.check_after_recovery(look)?;
        invariants::at_end(look, &MAILS)
    }
    fn final_state(&self, look: &Look<'_, Office>) -> Result<String, String> {
        invariants::state(look)
    }
}
