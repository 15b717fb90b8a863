//! A database that went bad: it is set aside, what can be read of it is taken over, and a crash on the way loses nothing.

use super::day::{Day, deliver};
use super::invariants;
use crate::sim::ground::DATABASE;
use crate::sim::harness::Scenario;
use crate::sim::look::Look;
use crate::sim::office::Office;
use crate::sim::process::Process;
use crate::sim::random::Chance;
use satchel_core::ports::BoxFuture;
use satchel_core::store;
use satchel_postoffice::Features;

/// The database lost its head, its end, all of it, or a page in the middle; a body lies in a file beside it.
#[derive(Clone, Copy, Debug)]
pub struct Salvage;

const MAILS: [&str; 5] = ["p0", "large", "p1", "p2", "p3"];
const INCOMING: &str = "pop3://localhost?insecure";
/// Page size of the database.
const PAGE: u64 = 4096;

fn spoil(process: &Process<Office>) {
    let world = &process.world;
    let disk = world.disk();
    let len = disk.lookup(DATABASE).and_then(|ino| disk.content(ino)).map_or(0, |c| c.len());
    let mut chance = Chance::of(&[31, process.seed]);
    let page = chance.between(1, (len / PAGE).saturating_sub(1));
    match process.seed % 4 {
        0 => world.spoil(DATABASE, 0, Some(&[0; 100])),
        1 => {
            let mut garbage = [0; PAGE as usize];
            chance.fill(&mut garbage);
            world.spoil(DATABASE, page * PAGE, Some(&garbage));
        }
        2 => world.spoil(DATABASE, page * PAGE, None),
        _ => world.spoil(DATABASE, 0, None),
    }
    // As a job leaves it that met damage: the next open looks at every page.
    world.spoil("mail.db.suspect", 0, Some(b""));
}

impl Scenario for Salvage {
    type Server = Office;

    fn name(&self) -> &'static str {
        "salvage"
    }
    fn server(&self, seed: u64) -> Office {
        let office = Office::new(Features::rich());
        deliver(&office, "INBOX", &MAILS, seed);
        office
    }
    fn set_up<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move { Day::first(process, INCOMING).await?.sync_all().await })
    }
    fn run<'a>(&'a self, process: &'a Process<Office>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            if process.number == 0 {
                spoil(process);
            }
            let day = Day::on_what_is_left(process, INCOMING).await?;
            day.sync_all().await?;
            day.end().await
        })
    }
    fn may_lie_damaged(&self) -> bool {
        true
    }
    fn check_after_recovery(&self, _: &Look<'_, Office>) -> Result<(), String> {
        Ok(())
    }
    fn check_at_end(&self, look: &Look<'_, Office>) -> Result<(), String> {
        invariants::at_end(look, &MAILS)?;
        let kept = [store::SOLE, store::RECOVERED]
            .map(|dir| look.files.list(dir.as_ref()).map_or(0, |names| names.len()));
        if kept.iter().sum::<usize>() == 0 { Err("the body in a file is gone".to_owned()) } else { Ok(()) }
    }
    fn final_state(&self, look: &Look<'_, Office>) -> Result<String, String> {
        let recovered = look.files.list(store::RECOVERED.as_ref()).unwrap_or_default();
        Ok(format!("{}\nrecovered {}", invariants::state(look)?, recovered.join(" ")))
    }
}
