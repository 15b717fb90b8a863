//! A POP account that leaves mail on the server; another client empties the listing for a while.

use super::day::{Day, deliver};
use super::invariants;
use crate::sim::harness::Scenario;
use crate::sim::look::Look;
use crate::sim::office::Office;
use crate::sim::process::Process;
use satchel_core::ports::BoxFuture;
use satchel_core::store;
use satchel_postoffice::{Features, Protocol};

/// Everything comes once, and what is stored never comes again.
#[derive(Clone, Copy, Debug)]
pub struct PopLeave;

/// Two mails are equal to the byte: they are two mails.
const MAILS: [&str; 6] = ["p0", "twin", "large", "twin", "p1", "p2"];

impl Scenario for PopLeave {
    type Server = Office;

    fn name(&self) -> &'static str {
        "pop_leave"
    }
    fn server(&self, seed: u64) -> Office {
        let office = Office::new(if seed.is_multiple_of(3) { Features::bare() } else { Features::rich() });
        deliver(&office, "INBOX", MAILS.get(..6 - (seed % 2) as usize).unwrap_or_default(), seed);
        office
    }
    fn set_up<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            Day::first(process, "pop3://localhost?insecure").await?;
            Ok(())
        })
    }
    fn run<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let server = &process.server;
            server.hide_maildrop(false);
            let day = Day::again(process).await?;
            day.sync().await?;
            let retrieved = || server.post.counters().of(Protocol::Pop, "RETR");
            let before = retrieved();
            server.hide_maildrop(true);
            day.sync().await?;
            server.hide_maildrop(false);
            day.sync().await?;
            if retrieved() != before {
                return Err(format!("{} stored mails came again", retrieved() - before));
            }
            day.end().await
        })
    }
    fn check_after_recovery(&self, look: &Look<'_, Office>) -> Result<(), String> {
        invariants::always(look, MAILS.get(..5).unwrap_or_default())
    }
    fn check_at_end(&self, look: &Look<'_, Office>) -> Result<(), String> {
        invariants::at_end(look, MAILS.get(..5).unwrap_or_default())?;
        // A crash between file and row keeps the file apart; the same bytes came again since.
        match look.files.list(store::RECOVERED.as_ref()).map_err(|e| e.to_string())?.as_slice() {
            [] => Ok(()),
            kept => Err(format!("what is stored was kept apart, too: {}", kept.join(", "))),
        }
    }
    fn final_state(&self, look: &Look<'_, Office>) -> Result<String, String> {
        invariants::state(look)
    }
}
