//! A person takes back, flags and moves mail at a seeded moment of the pass that tells the server of earlier clicks.

use super::day::{Day, deliver, furnished, words};
use super::flag_and_move_offline::dialect;
use super::invariants;
use crate::sim::harness::Scenario;
use crate::sim::look::Look;
use crate::sim::office::Office;
use crate::sim::process::{Jobs, Process};
use crate::sim::random::Chance;
use satchel_core::client::ListRow;
use satchel_core::error::MailError;
use satchel_core::ports::BoxFuture;
use satchel_core::store::OperationKind;
use std::future::poll_fn;
use std::pin::pin;
use tokio::sync::Notify;

/// What was last wanted is what phone and server hold; what was confirmed as taken back is there.
#[derive(Clone, Copy, Debug)]
pub struct ClicksDuringAPass;

/// `t0` may go: its deletion for good is taken back, which is refused when the server is being told.
const MAILS: [&str; 7] = ["m0", "m1", "m2", "m3", "w0", "w1", "t1"];
/// Where they are in the end.
const PLACES: [(&str, &str); 5] =
    [("m0", "INBOX"), ("m1", "INBOX"), ("m2", "ARCHIVE"), ("m3", "INBOX"), ("t1", "WORK")];
/// `t0` is not deleted, the app said.
const BACK: &str = "t0 is back";
/// The moment is before the passes have been woken this often; where store jobs take their time they are woken more.
const fn moments(jobs: Jobs) -> u64 {
    match jobs {
        Jobs::Inline => 30,
        Jobs::Delayed => 150,
    }
}

fn flags(name: &str) -> Vec<String> {
    vec![name.to_owned()]
}

/// Before the pass, all of it waiting.
async fn clicks_before(day: &Day<'_>) -> Result<(), String> {
    let (satchel, work) = (&day.satchel, day.mailbox("Work").await?);
    let of = async |mailbox, subject| Ok::<_, String>([day.row(mailbox, subject).await?.placement]);
    satchel.flag(&of("INBOX", "m0").await?, &flags("\\Flagged"), &[]).await.map_err(words)?;
    satchel.move_to(&of("INBOX", "m1").await?, work).await.map_err(words)?;
    satchel.move_to(&of("INBOX", "m2").await?, work).await.map_err(words)?;
    // The first deletion: it is known by that.
    satchel.delete(&of("Trash", "t0").await?).await.map_err(words)?;
    let only = of("Trash", "t1").await?;
    satchel.copy_to(&only, work).await.map_err(words)?;
    satchel.delete(&only).await.map(drop).map_err(words)
}

async fn shown(day: &Day<'_>, mailbox: &str, subject: &str) -> Option<ListRow> {
    day.row(mailbox, subject).await.ok()
}

/// During the pass; what was clicked before a fault is not clicked again.
async fn clicks(day: &Day<'_>, server: &Office) -> Result<(), String> {
    let satchel = &day.satchel;
    let mut recorded = satchel.operations().await.map_err(words)?;
    recorded.sort_by_key(|o| o.id);
    let deletion = recorded.iter().find(|o| o.kind == OperationKind::Delete).filter(|o| o.state.is_open());
    if let Some(deletion) = deletion {
        match satchel.undo(deletion.id).await {
            Ok(_) => server.confirm(BACK),
            // The server is being told.
            Err(MailError::InvalidInput { .. }) => {}
            Err(e) => return Err(words(e)),
        }
    }
    if let Some(row) = shown(day, "INBOX", "m0").await.filter(|row| row.flags.flagged) {
        satchel.flag(&[row.placement], &[], &flags("\\Flagged")).await.map_err(words)?;
    }
    if let Some(row) = shown(day, "Work", "m1").await {
        let moved =
            recorded.iter().find(|o| o.kind == OperationKind::Move && o.placement == Some(row.placement));
        satchel.undo(moved.ok_or("the move of m1 is lost")?.id).await.map_err(words)?;
    }
    if let Some(row) = shown(day, "Work", "m2").await {
        let archive = day.mailbox("Archive").await?;
        satchel.move_to(&[row.placement], archive).await.map_err(words)?;
    }
    Ok(())
}

/// Passes, and the person's clicks when the first of them has been woken so often. A pass goes on where a click failed.
async fn pass_with_clicks(day: &Day<'_>, server: &Office, moment: u64) -> Result<(), String> {
    let now = Notify::new();
    let passes = async {
        let mut passes = pin!(day.sync_all());
        let mut woken = 0;
        let ended = poll_fn(|cx| {
            woken += 1;
            if woken == moment {
                now.notify_one();
            }
            passes.as_mut().poll(cx)
        });
        let ended = ended.await;
        now.notify_one();
        ended
    };
    let person = async {
        now.notified().await;
        clicks(day, server).await
    };
    let (passes, clicked) = tokio::join!(passes, person);
    passes.and(clicked)
}

/// How often a subject is on the server, and how often it is shown.
fn counted(look: &Look<'_, Office>, subject: &str) -> Result<(usize, usize), String> {
    let server = look.server.subjects()?;
    let held = server.iter().filter(|((_, s), _)| s == subject).map(|(_, all)| all.len()).sum();
    let sql = format!(
        "SELECT p.id FROM placement p JOIN message m ON m.id = p.message_id
         WHERE m.subject = '{subject}' AND p.removed_at IS NULL"
    );
    Ok((held, look.lines(&sql)?.len()))
}

impl Scenario for ClicksDuringAPass {
    type Server = Office;

    fn name(&self) -> &'static str {
        "clicks_during_a_pass"
    }
    fn server(&self, seed: u64) -> Office {
        let office = furnished(dialect(seed), seed);
        deliver(&office, "Trash", &["t0", "t1"], seed);
        office
    }
    fn set_up<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let day = Day::first(process, "imap://localhost?insecure").await?;
            day.sync_all().await?;
            clicks_before(&day).await
        })
    }
    fn run<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let day = Day::again(process).await?;
            let last = moments(Jobs::of(process.seed));
            let moment = Chance::of(&[23, process.seed]).between(1, last);
            pass_with_clicks(&day, &process.server, moment).await?;
            day.sync_all().await?;
            day.end().await
        })
    }
    fn check_after_recovery(&self, look: &Look<'_, Office>) -> Result<(), String> {
        invariants::always(look, &MAILS)?;
        let (held, here) = counted(look, "t0")?;
        if look.server.confirmed().contains(&BACK) && (held, here) != (1, 1) {
            return Err(format!("t0 was taken back: on the server {held} times, shown {here} times"));
        }
        Ok(())
    }
    fn check_at_end(&self, look: &Look<'_, Office>) -> Result<(), String> {
        self.check_after_recovery(look)?;
        invariants::at_end(look, &MAILS)?;
        let server = look.server.subjects()?;
        for (subject, mailbox) in PLACES {
            let counted = counted(look, subject)?;
            let there = server.get(&(mailbox.to_owned(), subject.to_owned()));
            if counted != (1, 1) || there.is_none() {
                return Err(format!("{subject} is not in {mailbox} once: {counted:?}, {server:?}"));
            }
        }
        let starred = server.get(&("INBOX".to_owned(), "m0".to_owned()));
        if starred.is_some_and(|all| all.iter().any(|f| f.contains("Flagged"))) {
            return Err("the star of m0 was taken away and is back".to_owned());
        }
        let (held, here) = counted(look, "t0")?;
        if held == here { Ok(()) } else { Err(format!("t0: {held} times on the server, {here} shown")) }
    }
    /// The moment decides what becomes of `t0` and how often mail went to and fro, so neither it nor UIDs are compared.
    fn final_state(&self, look: &Look<'_, Office>) -> Result<String, String> {
        let state = invariants::state(look)?;
        let lines = state.lines().filter(|line| {
            !line.starts_with("mailbox|") && !line.starts_with("thread|") && !line.contains("|t0|")
        });
        Ok(lines.collect::<Vec<_>>().join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::registry::AnyScenario;

    #[test]
    fn no_moment_of_a_pass_is_a_bad_one_for_a_click() {
        for seed in 1..=120 {
            let run = ClicksDuringAPass.trace(seed);
            assert!(run.is_ok(), "{run:?}");
        }
    }
}
