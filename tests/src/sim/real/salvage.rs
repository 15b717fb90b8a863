//! A database that went bad: it is set aside, what can be read of it is taken over, and a crash on the way loses nothing.

use super::day::{Day, deliver, large};
use super::invariants;
use crate::phone::{USER, mail};
use crate::sim::content::Content;
use crate::sim::ground::DATABASE;
use crate::sim::harness::Scenario;
use crate::sim::look::Look;
use crate::sim::office::Office;
use crate::sim::process::Process;
use crate::sim::random::Chance;
use satchel_core::ports::BoxFuture;
use satchel_core::store;
use satchel_postoffice::{Features, MailboxSnapshot};

/// The database lost its head, its end, all of it, or a page in the middle; a body lies in a file beside it. The server
/// has nothing any more: what is not here is lost.
#[derive(Clone, Copy, Debug)]
pub struct Salvage;

const MAILS: [&str; 5] = ["p0", "large", "p1", "p2", "p3"];
const INCOMING: &str = "pop3://localhost?insecure";
/// Page size of the database.
const PAGE: u64 = 4096;

/// How the database is spoiled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Harm {
    Head,
    Page,
    /// A page of an index: all rows can still be read.
    IndexPage,
    End,
    All,
}

fn harm(seed: u64) -> Harm {
    match seed % 5 {
        0 => Harm::Head,
        1 => Harm::Page,
        2 => Harm::IndexPage,
        3 => Harm::End,
        _ => Harm::All,
    }
}

fn spoil(process: &Process<Office>) {
    let world = &process.world;
    let disk = world.disk();
    let bytes = disk.lookup(DATABASE).and_then(|ino| disk.content(ino)).map(Content::to_vec);
    let bytes = bytes.unwrap_or_default();
    let mut chance = Chance::of(&[31, process.seed]);
    let page = chance.between(1, (bytes.len() as u64 / PAGE).saturating_sub(1));
    let garbage = |at: u64, chance: &mut Chance| {
        let mut garbage = [0; PAGE as usize];
        chance.fill(&mut garbage);
        world.spoil(DATABASE, at * PAGE, Some(&garbage));
    };
    match harm(process.seed) {
        Harm::Head => world.spoil(DATABASE, 0, Some(&[0; 100])),
        Harm::Page => garbage(page, &mut chance),
        Harm::IndexPage => {
            if let Some(at) = index_page(&bytes) {
                garbage(at, &mut chance);
            }
        }
        Harm::End => world.spoil(DATABASE, page * PAGE, None),
        Harm::All => world.spoil(DATABASE, 0, None),
    }
    // As a job leaves it that met damage: the next open looks at every page.
    world.spoil("mail.db.suspect", 0, Some(b""));
}

/// The page that holds the index of messages by their hash: found by its entries.
fn index_page(bytes: &[u8]) -> Option<u64> {
    let hash = store::sha256(&mail("p0"));
    let leaf_of_an_index = 0x0a;
    let holds = |page: &[u8]| page.first() == Some(&leaf_of_an_index) && page.windows(32).any(|w| w == hash);
    bytes.chunks(PAGE as usize).position(holds).map(|at| at as u64)
}

/// Another client takes all mail.
fn empty(office: &Office) {
    let Ok(all) = office.post.snapshot(USER) else { return };
    for uid in all.mailbox("INBOX").map(MailboxSnapshot::uids).unwrap_or_default() {
        // A mail that stays is seen at the end.
        let _ = office.post.expunge(USER, "INBOX", uid);
    }
}

/// What is shown is shown once, with the bytes that were sent.
fn shown(look: &Look<'_, Office>) -> Result<usize, String> {
    let rows = look.lines(
        "SELECT m.subject, coalesce(m.raw_blob_id, 0) FROM placement p JOIN message m ON m.id = p.message_id",
    )?;
    let mut seen = std::collections::BTreeSet::new();
    for row in &rows {
        let (subject, blob) = row.split_once('|').ok_or("a row without cells")?;
        let sent = if subject == "large" { large(look.seed) } else { mail(subject) };
        let id = satchel_core::ids::BlobId(blob.parse().map_err(|_| format!("no id: {blob}"))?);
        if id.0 != 0 && store::read_blob(&look.db, look.files.as_ref(), id).ok().as_ref() != Some(&sent) {
            return Err(format!("{subject} does not have the bytes that were sent"));
        }
        if !seen.insert(subject.to_owned()) {
            return Err(format!("{subject} is shown twice"));
        }
        if id.0 == 0 && harm(look.seed) == Harm::IndexPage {
            return Err(format!("{subject} lost its bytes, which lay whole in the damaged database"));
        }
    }
    Ok(rows.len())
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
                empty(&process.server);
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
        invariants::always(look, &[])?;
        let shown = shown(look)?;
        if harm(look.seed) == Harm::IndexPage && shown != MAILS.len() {
            return Err(format!("{shown} of {} mails are shown, all rows could be read", MAILS.len()));
        }
        let sent = store::hex(&store::sha256(&large(look.seed)));
        for dir in [store::SOLE, store::RECOVERED] {
            for name in look.files.list(dir.as_ref()).map_err(|e| e.to_string())? {
                let path = std::path::Path::new(dir).join(&name);
                if name.starts_with(&sent)
                    && store::is_whole_file(look.files.as_ref(), &path).map_err(|e| e.to_string())?
                {
                    return Ok(());
                }
            }
        }
        Err("the only copy of the body in a file is gone".to_owned())
    }
    fn final_state(&self, look: &Look<'_, Office>) -> Result<String, String> {
        let recovered = look.files.list(store::RECOVERED.as_ref()).unwrap_or_default();
        Ok(format!("{}\nrecovered {}", invariants::state(look)?, recovered.join(" ")))
    }
}
