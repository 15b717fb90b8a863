//! Opening a home: schema, damage, orphans. What cannot be read is set aside, never deleted.

use super::executor::{Ground, OpenMode, Opener};
use super::{StoreError, blobs, salvage, schema};
use crate::ports::Files;
use std::path::Path;
use std::sync::Arc;

/// Name of the database file in a home: what opens it and what sets it aside speak of the same file.
pub const DATABASE: &str = "mail.db";
/// Written when a job met damage; the next open then checks everything. Kept, with [`CHECKED`] in it, when that check
/// found nothing: if damage is met again, it is of a sort the check does not see, and the database is set aside.
const SUSPECT: &str = "mail.db.suspect";
const CHECKED: &[u8] = b"checked\n";
const MET: &[u8] = b"met\n";

/// An opened home.
pub struct Opened {
    /// For the one writer.
    pub writer: Ground,
    /// The database was damaged, was set aside under this name, and what could be read of it is in the new one.
    pub set_aside: Option<String>,
}

/// Opens a home for writing: migrates, sets a damaged database aside, sweeps what a crash left behind.
/// A database of a newer version is refused and left untouched.
pub fn open_writer(opener: &dyn Opener, files: &Arc<dyn Files>) -> Result<Opened, StoreError> {
    for dir in [blobs::CACHE, blobs::SOLE] {
        files.create_dir(Path::new(dir))?;
    }
    let suspicion = suspicion(files.as_ref())?;
    let (mut writer, set_aside) = match salvage::unfinished(files.as_ref())? {
        // A process died over it: the new database is not whole yet, and must not be taken for an empty home.
        Some(aside) => (replace(opener, files, &aside)?, Some(aside)),
        None => match open_healthy(opener, files, suspicion)? {
            Some(writer) => (writer, None),
            None => {
                log::error!("the database is damaged; it is set aside and what can be read is taken over");
                let aside = salvage::begin(files.as_ref())?;
                (replace(opener, files, &aside)?, Some(aside))
            }
        },
    };
    match suspicion {
        Suspicion::None => {}
        Suspicion::Met if set_aside.is_none() => {
            files.write(Path::new(SUSPECT), CHECKED)?;
            files.sync(Path::new(SUSPECT))?;
        }
        Suspicion::Checked if set_aside.is_none() => {}
        _ => files.remove(Path::new(SUSPECT))?,
    }
    blobs::sweep_orphans(&mut writer)?;
    if set_aside.is_some() {
        salvage::end(files.as_ref())?;
    }
    Ok(Opened { writer, set_aside })
}

/// What former processes knew of damage.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Suspicion {
    None,
    /// A job met damage.
    Met,
    /// It had, and the check found nothing; since then all went well.
    Checked,
    /// A job met damage after the check.
    MetAgain,
}

fn suspicion(files: &dyn Files) -> Result<Suspicion, StoreError> {
    let path = Path::new(SUSPECT);
    if files.size(path)?.is_none() {
        return Ok(Suspicion::None);
    }
    let text = files.read(path)?;
    Ok(match (text.starts_with(CHECKED), text.ends_with(MET)) {
        (true, true) => Suspicion::MetAgain,
        (true, false) => Suspicion::Checked,
        (false, _) => Suspicion::Met,
    })
}

/// `None` for a database that is damaged.
fn open_healthy(
    opener: &dyn Opener,
    files: &Arc<dyn Files>,
    suspicion: Suspicion,
) -> Result<Option<Ground>, StoreError> {
    // What no new database cures is no damage of this one: it must not fill the device with copies.
    if suspicion == Suspicion::MetAgain && !salvage::was_often(files.as_ref())? {
        return Ok(None);
    }
    // Mail that is nowhere else beside no database, or an empty one: this is no new home, its rows were lost.
    let is_empty = files.size(Path::new(DATABASE))?.unwrap_or(0) == 0;
    if is_empty && !files.list(Path::new(blobs::SOLE))?.is_empty() {
        return Ok(None);
    }
    match open_once(opener, files, suspicion == Suspicion::Met) {
        Ok(writer) => Ok(Some(writer)),
        Err(e) if e.is_damage() => Ok(None),
        Err(e) => Err(e),
    }
}

/// Each step may have been done by a process that died; doing it again does no harm.
fn replace(opener: &dyn Opener, files: &Arc<dyn Files>, aside: &str) -> Result<Ground, StoreError> {
    salvage::put_aside(files.as_ref(), aside)?;
    let mut writer = match open_once(opener, files, false) {
        Err(e) if e.is_damage() => {
            salvage::discard_new(files.as_ref())?;
            open_once(opener, files, false)?
        }
        other => other?,
    };
    salvage::take_over(&mut writer, opener, aside)?;
    Ok(writer)
}

fn open_once(opener: &dyn Opener, files: &Arc<dyn Files>, check: bool) -> Result<Ground, StoreError> {
    let mut db = opener.open(OpenMode::ReadWrite)?;
    schema::set_up_writer(&mut db)?;
    // Cheap, and meets most damage of the first pages; the whole check runs only when there is a suspicion.
    db.query_row("SELECT (SELECT count(*) FROM sqlite_schema) + (SELECT count(*) FROM account)", [], |_| {
        Ok(())
    })?;
    if check {
        let verdict: String = db.query_row("PRAGMA integrity_check(1)", [], |r| r.get(0))?;
        if verdict != "ok" {
            return Err(StoreError::Database(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
                None,
            )));
        }
    }
    Ok(Ground { db, files: Arc::clone(files) })
}

/// Opens a home for reading beside a running engine.
pub fn open_reader(opener: &dyn Opener, files: &Arc<dyn Files>) -> Result<Ground, StoreError> {
    let db = opener.open(OpenMode::ReadOnly)?;
    schema::set_up_reader(&db)?;
    Ok(Ground { db, files: Arc::clone(files) })
}

/// Remembers that a job met what only damage explains, so that the next open checks everything.
pub(super) fn note_damage(files: &dyn Files, error: &StoreError) {
    if !error.is_damage() && !error.is_contradiction() {
        return;
    }
    let path = Path::new(SUSPECT);
    let before = files.read(path).unwrap_or_default();
    // A contradiction in a database that was found sound is a mistake of ours; setting that aside would cure nothing.
    let known = before.ends_with(MET) || (error.is_contradiction() && before.starts_with(CHECKED));
    if !known && files.append(path, MET).and_then(|()| files.sync(path)).is_err() {
        log::error!("damage was met and could not be noted");
    }
}
