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
/// Sole files found without a row after a damaged database was replaced.
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
    if let Some(found) = found {
        if found.refetchable && !refetchable {
            make_sole(w, &found, &hash, bytes)?;
        }
        w.prepare_cached("UPDATE blob SET refcount = refcount + 1 WHERE id = ?1")?.execute([found.id.0])?;
        return Ok(found.id);
    }
    let (codec, packed) = pack(bytes);
    let packed = packed.as_deref().unwrap_or(bytes);
    let (inline, path) = if packed.len() <= INLINE_MAX {
        (Some(packed), None)
    } else {
        (None, Some(store_file(w, root(refetchable), &hash, codec, packed)?))
    };
    w.prepare_cached(
        "INSERT INTO blob (sha256, codec, size, stored_size, bytes, path, refetchable, refcount, last_opened)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8)",
    )?
    .execute(params![
        hash,
        codec,
        bytes.len() as i64,
        packed.len() as i64,
        inline,
        path.as_ref().map(|p| p.to_string_lossy()),
        refetchable,
        w.now_ms(),
    ])?;
    Ok(BlobId(w.last_insert_rowid()))
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
            w.remove_file_after(PathBuf::from(old));
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
            w.remove_file_after(PathBuf::from(path));
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

/// Removes files that no row names: a crash between file and commit leaves them. After a damaged database was
/// replaced, sole files are kept apart instead.
pub(super) fn sweep_orphans(ground: &mut super::Ground, replaced: bool) -> Result<(), StoreError> {
    let (db, files) = (&ground.db, ground.files.as_ref());
    let mut named = db.prepare(
        "SELECT EXISTS (SELECT 1 FROM blob WHERE path = ?1) OR EXISTS (SELECT 1 FROM download WHERE path = ?1)",
    )?;
    for root in [CACHE, SOLE] {
        for name in files.list(Path::new(root))? {
            let path = Path::new(root).join(&name);
            if named.query_row([path.to_string_lossy()], |r| r.get::<_, bool>(0))? {
                continue;
            }
            if root == SOLE && replaced {
                files.create_dir(Path::new(RECOVERED))?;
                files.rename(&path, &Path::new(RECOVERED).join(&name))?;
                files.sync_dir(Path::new(RECOVERED))?;
            } else {
                files.remove(&path)?;
            }
        }
    }
    Ok(())
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
