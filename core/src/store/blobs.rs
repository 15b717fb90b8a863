//! Stored bytes: content-addressed, reference-counted, durable before a row names them.

use super::{PlantedBug, StoreError, Write};
use crate::ids::BlobId;
use crate::ports::Files;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// Files that may be lost: they can be fetched again. Excluded from the OS's backup by the shell.
pub const CACHE: &str = "cache";
/// Files that exist nowhere else. Included in the OS's backup.
pub const SOLE: &str = "sole";
/// Sole copies that no row names: after a damaged database was replaced, or an older one was put back. Under the hash of
/// their bytes; removed when the same bytes are stored again.
pub const RECOVERED: &str = "recovered";
/// Up to this size bytes lie in the database, larger ones in a file.
pub const INLINE_MAX: usize = 64 * 1000;
/// What a stored body may unpack to; larger ones were never stored.
const UNPACKED_MAX: usize = 1024 * 1024 * 1024;

/// SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|b| [b >> 4, b & 15]).filter_map(|d| char::from_digit(u32::from(d), 16)).collect()
}

struct Found {
    id: BlobId,
    path: Option<String>,
    refetchable: bool,
    codec: i64,
}

/// Stores bytes, or finds them stored, and counts one more reference. A large body is a durable file before the row
/// commits: write, fsync and rename here, the directory's fsync once before the commit, for all files of the
/// transaction. `refetchable` false makes (and keeps) it a sole copy.
pub fn put_blob(w: &mut Write<'_>, bytes: &[u8], refetchable: bool) -> Result<BlobId, StoreError> {
    put_hashed(w, bytes, sha256(bytes), refetchable)
}

/// The same for bytes whose hash was made already.
pub(super) fn put_hashed(
    w: &mut Write<'_>,
    bytes: &[u8],
    hash: [u8; 32],
    refetchable: bool,
) -> Result<BlobId, StoreError> {
    let found = w
        .prepare_cached("SELECT id, path, refetchable, codec FROM blob WHERE sha256 = ?1")?
        .query_row([hash], |r| {
            Ok(Found { id: BlobId(r.get(0)?), path: r.get(1)?, refetchable: r.get(2)?, codec: r.get(3)? })
        })
        .optional()?;
    if !refetchable {
        forget_recovered(w, &hash)?;
    }
    if let Some(found) = found {
        match read_blob(w, w.files(), found.id) {
            Ok(_) if found.refetchable && !refetchable => make_sole(w, &found, &hash, bytes)?,
            Ok(_) => {}
            Err(StoreError::DamagedBlob | StoreError::File(_)) => {
                log::warn!("a stored body was damaged; the same bytes came again and replace it");
                mend(w, &found, &hash, bytes, refetchable)?;
            }
            Err(e) => return Err(e),
        }
        w.prepare_cached("UPDATE blob SET refcount = refcount + 1 WHERE id = ?1")?.execute([found.id.0])?;
        return Ok(found.id);
    }
    let laid = lay_down(w, &hash, bytes, refetchable)?;
    w.prepare_cached(
        "INSERT INTO blob (sha256, codec, size, stored_size, bytes, path, refetchable, refcount, last_opened)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8)",
    )?
    .execute(params![
        hash,
        laid.codec,
        bytes.len() as i64,
        laid.stored_size,
        laid.inline,
        laid.path,
        refetchable,
        w.now_ms(),
    ])?;
    Ok(BlobId(w.last_insert_rowid()))
}

/// How bytes lie: in the row, or in a file.
struct Laid {
    codec: i64,
    stored_size: i64,
    inline: Option<Vec<u8>>,
    path: Option<String>,
}

fn lay_down(w: &mut Write<'_>, hash: &[u8; 32], bytes: &[u8], refetchable: bool) -> Result<Laid, StoreError> {
    let (codec, packed) = pack(bytes);
    let packed = packed.map_or(std::borrow::Cow::Borrowed(bytes), std::borrow::Cow::Owned);
    let stored_size = packed.len() as i64;
    let (inline, path) = if packed.len() <= INLINE_MAX {
        (Some(packed.into_owned()), None)
    } else {
        let path = store_file(w, root(refetchable), hash, codec, &packed)?;
        (None, Some(path.to_string_lossy().into_owned()))
    };
    Ok(Laid { codec, stored_size, inline, path })
}

/// Lays the bytes of a row anew whose own ones are missing or damaged.
fn mend(
    w: &mut Write<'_>,
    found: &Found,
    hash: &[u8; 32],
    bytes: &[u8],
    refetchable: bool,
) -> Result<(), StoreError> {
    let refetchable = refetchable && found.refetchable;
    let laid = lay_down(w, hash, bytes, refetchable)?;
    if let Some(old) = found.path.as_ref().filter(|old| Some(*old) != laid.path.as_ref()) {
        doom(w, old)?;
    }
    w.prepare_cached(
        "UPDATE blob SET codec = ?2, size = ?3, stored_size = ?4, bytes = ?5, path = ?6, refetchable = ?7 WHERE id = ?1",
    )?
    .execute(params![
        found.id.0,
        laid.codec,
        bytes.len() as i64,
        laid.stored_size,
        laid.inline,
        laid.path,
        refetchable
    ])?;
    Ok(())
}

/// Removes a file once no row names it any more. Of a sole one it is written down that it is to go: found without a row
/// and without that, it would be kept.
fn doom(w: &mut Write<'_>, path: &str) -> Result<(), StoreError> {
    if Path::new(path).starts_with(SOLE) {
        w.prepare_cached("INSERT OR IGNORE INTO doomed_file (path) VALUES (?1)")?.execute([path])?;
    }
    w.remove_file_after(PathBuf::from(path));
    Ok(())
}

/// The same bytes are stored again: what was kept apart is one copy too many, once that is durable.
fn forget_recovered(w: &mut Write<'_>, hash: &[u8; 32]) -> Result<(), StoreError> {
    for end in ["", ".zst"] {
        let path = Path::new(RECOVERED).join(format!("{}{end}", hex(hash)));
        if w.files().size(&path)?.is_some() {
            w.remove_file_after(path);
        }
    }
    Ok(())
}

fn root(refetchable: bool) -> &'static str {
    if refetchable { CACHE } else { SOLE }
}

thread_local! {
    /// Setting one up costs more than packing a small message.
    static PACKER: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
}

fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    PACKER.with_borrow_mut(|packer| {
        let packer = match packer {
            Some(packer) => packer,
            None => packer.insert(zstd::bulk::Compressor::new(1)?),
        };
        packer.compress(bytes)
    })
}

fn pack(bytes: &[u8]) -> (i64, Option<Vec<u8>>) {
    match compress(bytes) {
        Ok(packed) if packed.len() < bytes.len() - bytes.len() / 16 => (1, Some(packed)),
        _ => (0, None),
    }
}

fn store_file(
    w: &mut Write<'_>,
    root: &'static str,
    hash: &[u8; 32],
    codec: i64,
    packed: &[u8],
) -> Result<PathBuf, StoreError> {
    let name = format!("{}{}", hex(hash), if codec == 1 { ".zst" } else { "" });
    let path = Path::new(root).join(&name);
    // Deleted once by the person, and wanted again.
    w.prepare_cached("DELETE FROM doomed_file WHERE path = ?1")?.execute([path.to_string_lossy()])?;
    let planted = w.planted();
    if planted.has(PlantedBug::RowBeforeFile) {
        w.write_after(path.clone(), packed.to_vec());
        return Ok(path);
    }
    let temp = Path::new(root).join(format!("{name}.tmp"));
    let files = w.files();
    files.write(&temp, packed)?;
    if !planted.has(PlantedBug::NoFileSync) {
        files.sync(&temp)?;
    }
    files.rename(&temp, &path)?;
    if !planted.has(PlantedBug::NoDirectorySync) {
        w.sync_dir_before_commit(root);
    }
    Ok(path)
}

fn make_sole(w: &mut Write<'_>, found: &Found, hash: &[u8; 32], bytes: &[u8]) -> Result<(), StoreError> {
    let path = match &found.path {
        None => None,
        Some(old) => {
            // Written anew, not renamed: until the commit the old row still names the old file.
            let packed = if found.codec == 1 { pack(bytes).1 } else { None };
            let path = store_file(w, SOLE, hash, found.codec, packed.as_deref().unwrap_or(bytes))?;
            doom(w, old)?;
            Some(path)
        }
    };
    w.prepare_cached("UPDATE blob SET refetchable = 0, path = ?2 WHERE id = ?1")?
        .execute(params![found.id.0, path.map(|p| p.to_string_lossy().into_owned())])?;
    Ok(())
}

/// One reference fewer; with the last one the bytes go (the file after the commit).
pub fn release_blob(w: &mut Write<'_>, id: BlobId) -> Result<(), StoreError> {
    let left: Option<(i64, Option<String>)> = w
        .prepare_cached("UPDATE blob SET refcount = refcount - 1 WHERE id = ?1 RETURNING refcount, path")?
        .query_row([id.0], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    if let Some((refcount, path)) = left
        && refcount <= 0
    {
        w.prepare_cached("DELETE FROM blob WHERE id = ?1")?.execute([id.0])?;
        if let Some(path) = path {
            doom(w, &path)?;
        }
    }
    Ok(())
}

/// The bytes as they came. Checked against their hash: a damaged body is an error, never shown as whole.
pub fn read_blob(db: &Connection, files: &dyn Files, id: BlobId) -> Result<Vec<u8>, StoreError> {
    let (hash, codec, size, bytes, path) = db
        .prepare_cached("SELECT sha256, codec, size, bytes, path FROM blob WHERE id = ?1")?
        .query_row([id.0], |r| {
            Ok((
                r.get::<_, [u8; 32]>(0)?,
                r.get::<_, i64>(1)?,
                r.get::<_, i64>(2)? as usize,
                r.get::<_, Option<Vec<u8>>>(3)?,
                r.get::<_, Option<String>>(4)?,
            ))
        })
        .optional()?
        .ok_or(StoreError::NotFound("body"))?;
    let stored = match (bytes, path) {
        (Some(bytes), _) => bytes,
        (None, Some(path)) => files.read(Path::new(&path))?,
        (None, None) => return Err(StoreError::DamagedBlob),
    };
    let bytes = if codec == 1 {
        if size > UNPACKED_MAX {
            return Err(StoreError::DamagedBlob);
        }
        zstd::bulk::decompress(&stored, size).map_err(|_| StoreError::DamagedBlob)?
    } else {
        stored
    };
    if bytes.len() == size && sha256(&bytes) == hash { Ok(bytes) } else { Err(StoreError::DamagedBlob) }
}

/// Removes what a crash left behind: half-written files, copies that can be fetched again, and what was to be removed.
/// A sole file that no row names may be the only copy of a message (an older database was put back, a log was lost): it
/// is kept apart.
pub(super) fn sweep_orphans(ground: &mut super::Ground) -> Result<(), StoreError> {
    let (db, files) = (&ground.db, ground.files.as_ref());
    let mut named = db.prepare(
        "SELECT EXISTS (SELECT 1 FROM blob WHERE path = ?1) OR EXISTS (SELECT 1 FROM download WHERE path = ?1)",
    )?;
    let mut doomed = db.prepare("SELECT EXISTS (SELECT 1 FROM doomed_file WHERE path = ?1)")?;
    for root in [CACHE, SOLE] {
        for name in files.list(Path::new(root))? {
            let path = Path::new(root).join(&name);
            let text = path.to_string_lossy();
            if named.query_row([&text], |r| r.get::<_, bool>(0))? {
                continue;
            }
            if root == CACHE
                || path.extension().is_some_and(|end| end == "tmp")
                || doomed.query_row([&text], |r| r.get(0))?
            {
                files.remove(&path)?;
            } else {
                files.create_dir(Path::new(RECOVERED))?;
                files.rename(&path, &Path::new(RECOVERED).join(&name))?;
                files.sync_dir(Path::new(RECOVERED))?;
                log::warn!("a body that no row names was kept apart");
            }
        }
    }
    if db.query_row("SELECT EXISTS (SELECT 1 FROM doomed_file)", [], |r| r.get(0))? {
        files.sync_dir(Path::new(SOLE))?;
        db.execute("DELETE FROM doomed_file", [])?;
    }
    drop_recovered_twice(db, files)
}

/// A crash after the commit that stored the same bytes again leaves the copy that was kept apart.
fn drop_recovered_twice(db: &Connection, files: &dyn Files) -> Result<(), StoreError> {
    for name in files.list(Path::new(RECOVERED))? {
        let hash = name.strip_suffix(".zst").unwrap_or(&name);
        let held: Option<i64> = db
            .prepare_cached(
                "SELECT id FROM blob WHERE sha256 = unhex(?1) AND refetchable = 0 AND refcount > 0",
            )?
            .query_row([hash], |r| r.get(0))
            .optional()?;
        if let Some(id) = held
            && read_blob(db, files, BlobId(id)).is_ok()
        {
            files.remove(&Path::new(RECOVERED).join(&name))?;
        }
    }
    Ok(())
}

/// Keeps the bytes of a row apart, durably, before the row goes.
pub(super) fn keep_apart(files: &dyn Files, bytes: &[u8]) -> Result<(), StoreError> {
    let name = hex(&sha256(bytes));
    let temp = Path::new(SOLE).join(format!("{name}.tmp"));
    files.create_dir(Path::new(RECOVERED))?;
    files.write(&temp, bytes)?;
    files.sync(&temp)?;
    files.rename(&temp, &Path::new(RECOVERED).join(&name))?;
    files.sync_dir(Path::new(RECOVERED))?;
    Ok(())
}

/// Whether a file named after the hash of its bytes (`.zst`: packed) holds them.
pub fn is_whole_file(files: &dyn Files, path: &Path) -> Result<bool, StoreError> {
    use std::io::Read;
    let stored = files.read(path)?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let (mut hasher, mut piece) = (Sha256::new(), [0; 8192]);
    let Some(hash) = name.strip_suffix(".zst") else { return Ok(hex(&sha256(&stored)) == name) };
    let Ok(unpacker) = zstd::stream::read::Decoder::with_buffer(stored.as_slice()) else { return Ok(false) };
    let mut unpacker = unpacker.take(UNPACKED_MAX as u64);
    loop {
        match unpacker.read(&mut piece) {
            Ok(0) => return Ok(hex(&hasher.finalize()) == hash),
            Ok(n) => hasher.update(piece.get(..n).unwrap_or_default()),
            Err(_) => return Ok(false),
        }
    }
}

/// Whether every row's file is there: one part of what the crash harness asks.
pub fn missing_files(db: &Connection, files: &dyn Files) -> Result<Vec<String>, StoreError> {
    let mut missing = Vec::new();
    let mut statement = db.prepare("SELECT path FROM blob WHERE path IS NOT NULL")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let path: String = row.get(0)?;
        if files.size(Path::new(&path))?.is_none() {
            missing.push(path);
        }
    }
    Ok(missing)
}
