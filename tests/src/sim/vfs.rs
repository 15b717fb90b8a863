//! SQLite's virtual file system on simulated disks: one registered VFS, a world per path `/<world>/<file>`.
//!
//! This is the one file of the project with `unsafe`: SQLite calls through C function pointers.
//! The rules every function here relies on are SQLite's contract: pointers it passes are valid for the call, a file
//! that `xOpen` made is passed to one thread at a time and to `xClose` once, and buffers have the length it names.
#![allow(
    unsafe_code,
    reason = "a VFS is a table of C function pointers; nothing outside this file is unsafe"
)]

use crate::sim::disk::{Disk, Ino, Name, parent};
use crate::sim::locks::{Level, REGION};
use crate::sim::meter::Trouble;
use crate::sim::world::{SlotLock, World};
use rusqlite::ffi;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::sync::{Arc, Once};

/// Name of the VFS.
pub const NAME: &CStr = c"satchel-sim";

/// SQLite allocates by this for each connection; our paths are short.
const LONGEST_PATH: c_int = 128;

static REGISTER: Once = Once::new();
static NEXT_HANDLE: AtomicU64 = AtomicU64::new(1);

/// Registers the VFS, once for the process.
pub fn register() {
    REGISTER.call_once(|| {
        let vfs = Box::new(ffi::sqlite3_vfs {
            iVersion: 2,
            szOsFile: size_of::<SimFile>() as c_int,
            mxPathname: LONGEST_PATH,
            pNext: ptr::null_mut(),
            zName: NAME.as_ptr(),
            pAppData: ptr::null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: Some(get_last_error),
            xCurrentTimeInt64: Some(current_time_int64),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        });
        // SAFETY: sqlite3_config takes one int for this option and refuses by a code once SQLite runs (its counting
        // of memory is one lock for all threads: a quarter of the speed). The VFS lives for ever, as it must.
        unsafe {
            ffi::sqlite3_config(ffi::SQLITE_CONFIG_MEMSTATUS, 0 as c_int);
            let code = ffi::sqlite3_vfs_register(Box::leak(vfs), 0);
            assert_eq!(code, ffi::SQLITE_OK, "the VFS was not registered");
        }
    });
}

/// Seeds SQLite's own generator, which makes the salts of a WAL. It is one for the whole process, so this makes
/// bytes replay only where one thread uses SQLite.
pub fn seed_generator(seed: u64) {
    let seed = ((seed ^ (seed >> 32)) as c_int).max(1);
    // SAFETY: this control takes an int and a connection, which may be null.
    unsafe {
        ffi::sqlite3_test_control(ffi::SQLITE_TESTCTRL_PRNG_SEED, seed, ptr::null_mut::<ffi::sqlite3>());
    }
}

/// What SQLite allocates for a file: its own part first, then ours.
#[repr(C)]
struct SimFile {
    base: ffi::sqlite3_file,
    open: *mut Open,
}

struct Open {
    world: Arc<World>,
    ino: Ino,
    name: Name,
    handle: u64,
    /// The next sync also syncs the directory, as os_unix.c does for a journal or WAL opened with CREATE, *also when
    /// the file already existed*.
    sync_directory: bool,
    delete_on_close: bool,
    mapped: bool,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// What the call was for decides SQLite's code; ENOSPC has one of its own.
fn code(trouble: Trouble, otherwise: c_int) -> c_int {
    if trouble == Trouble::Full { ffi::SQLITE_FULL } else { otherwise }
}

fn answer(result: Result<(), Trouble>, otherwise: c_int) -> c_int {
    result.map_or_else(|trouble| code(trouble, otherwise), |()| ffi::SQLITE_OK)
}

/// # Safety
/// `file` is one that `open` filled in, and no other reference into it lives.
unsafe fn opened<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Open {
    // SAFETY: by the caller; `open` is a leaked box until `close`.
    unsafe { &mut *(*file.cast::<SimFile>()).open }
}

/// # Safety
/// `path` is null or a C string valid for the call.
unsafe fn found(path: *const c_char) -> Option<(Arc<World>, Name)> {
    if path.is_null() {
        return None;
    }
    // SAFETY: by the caller.
    World::of_path(unsafe { CStr::from_ptr(path) }.to_str().ok()?)
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let file = file.cast::<SimFile>();
    // SAFETY: SQLite gives szOsFile bytes; without methods it will not call xClose.
    unsafe { (*file).base.pMethods = ptr::null() };
    let has = |flag| flags & flag != 0;
    let (world, name, ino) = if path.is_null() {
        // A temporary file: it has no name, and no crash will ever look for it.
        let world = World::new(Disk::default(), None);
        let ino = world.open_nameless();
        (world, Name::from(""), ino)
    } else {
        // SAFETY: SQLite's path is a C string.
        let Some((world, name)) = (unsafe { found(path) }) else { return ffi::SQLITE_CANTOPEN };
        match world.open(&name, has(ffi::SQLITE_OPEN_CREATE), has(ffi::SQLITE_OPEN_EXCLUSIVE)) {
            Ok(ino) => (world, name, ino),
            Err(Trouble::Full) => return ffi::SQLITE_FULL,
            Err(_) => return ffi::SQLITE_CANTOPEN,
        }
    };
    let journal = ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL;
    let open = Open {
        world,
        ino,
        name,
        handle: NEXT_HANDLE.fetch_add(1, Ordering::Relaxed),
        sync_directory: has(ffi::SQLITE_OPEN_CREATE) && has(journal),
        delete_on_close: has(ffi::SQLITE_OPEN_DELETEONCLOSE),
        mapped: false,
    };
    // SAFETY: as above; out_flags may be null.
    unsafe {
        (*file).open = Box::into_raw(Box::new(open));
        (*file).base.pMethods = &raw const METHODS;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: the box was leaked by `open` and SQLite closes a file once.
    let open = unsafe { Box::from_raw((*file.cast::<SimFile>()).open) };
    open.world.unlock(open.ino, open.handle, Level::None);
    if open.mapped {
        open.world.unmap(open.ino, open.handle);
    }
    if open.delete_on_close && !open.name.is_empty() {
        return answer(open.world.delete(&open.name).map(drop), ffi::SQLITE_IOERR_DELETE);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, to: *mut c_void, n: c_int, at: i64) -> c_int {
    // SAFETY: see the module; `to` has n bytes.
    let (open, out) = unsafe { (opened(file), std::slice::from_raw_parts_mut(to.cast::<u8>(), n as usize)) };
    match open.world.read(open.ino, at as u64, out) {
        Ok(got) if got == out.len() => ffi::SQLITE_OK,
        Ok(got) => {
            out[got..].fill(0);
            ffi::SQLITE_IOERR_SHORT_READ
        }
        Err(_) => ffi::SQLITE_IOERR_READ,
    }
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, from: *const c_void, n: c_int, at: i64) -> c_int {
    // SAFETY: see the module; `from` has n bytes.
    let (open, data) = unsafe { (opened(file), std::slice::from_raw_parts(from.cast::<u8>(), n as usize)) };
    answer(open.world.write(open.ino, &open.name, at as u64, data), ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: see the module.
    let open = unsafe { opened(file) };
    answer(open.world.resize(open.ino, &open.name, size as u64), ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: see the module.
    let open = unsafe { opened(file) };
    if let Err(trouble) = open.world.sync(open.ino, &open.name, flags as u64) {
        return code(trouble, ffi::SQLITE_IOERR_FSYNC);
    }
    if open.sync_directory {
        if let Err(trouble) = open.world.sync_directory(&parent(&open.name).into()) {
            return code(trouble, ffi::SQLITE_IOERR_DIR_FSYNC);
        }
        open.sync_directory = false;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    // SAFETY: see the module.
    let open = unsafe { opened(file) };
    match open.world.size(open.ino) {
        Ok(n) => {
            // SAFETY: an out pointer of SQLite's.
            unsafe { *size = n as i64 };
            ffi::SQLITE_OK
        }
        Err(_) => ffi::SQLITE_IOERR_FSTAT,
    }
}

fn level(of: c_int) -> Level {
    match of {
        ffi::SQLITE_LOCK_NONE => Level::None,
        ffi::SQLITE_LOCK_SHARED => Level::Shared,
        ffi::SQLITE_LOCK_RESERVED => Level::Reserved,
        ffi::SQLITE_LOCK_PENDING => Level::Pending,
        _ => Level::Exclusive,
    }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, to: c_int) -> c_int {
    // SAFETY: see the module.
    let open = unsafe { opened(file) };
    match open.world.lock(open.ino, open.handle, level(to)) {
        Some(true) => ffi::SQLITE_OK,
        Some(false) => ffi::SQLITE_BUSY,
        None => ffi::SQLITE_IOERR_LOCK,
    }
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, to: c_int) -> c_int {
    // SAFETY: see the module.
    let open = unsafe { opened(file) };
    open.world.unlock(open.ino, open.handle, level(to));
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: see the module; `out` is an out pointer of SQLite's.
    unsafe {
        let open = opened(file);
        *out = c_int::from(open.world.is_reserved(open.ino));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4096
}

/// As os_unix.c on a common file system. ATOMIC or SEQUENTIAL would make SQLite leave out syncs.
unsafe extern "C" fn device_characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    index: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: see the module.
    let open = unsafe { opened(file) };
    if size as usize != REGION || open.world.is_dead() {
        return ffi::SQLITE_IOERR_SHMMAP;
    }
    open.mapped = true;
    let region = open.world.map_region(open.ino, open.handle, index as usize, extend != 0);
    // SAFETY: the world keeps the region until the last connection unmaps, so the pointer stays good; its words are
    // atomics, so that writing through a pointer is allowed.
    unsafe { *out = region.map_or(ptr::null_mut(), |r| r.as_ptr().cast_mut().cast()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, first: c_int, n: c_int, flags: c_int) -> c_int {
    // SAFETY: see the module.
    let open = unsafe { opened(file) };
    let how = match flags {
        f if f & ffi::SQLITE_SHM_UNLOCK != 0 => SlotLock::Unlock,
        f if f & ffi::SQLITE_SHM_SHARED != 0 => SlotLock::Shared,
        _ => SlotLock::Exclusive,
    };
    if how != SlotLock::Unlock && open.world.is_dead() {
        return ffi::SQLITE_IOERR_SHMLOCK;
    }
    let slots = first as usize..(first + n) as usize;
    if open.world.lock_slots(open.ino, open.handle, slots, how) { ffi::SQLITE_OK } else { ffi::SQLITE_BUSY }
}

unsafe extern "C" fn shm_barrier(_: *mut ffi::sqlite3_file) {
    fence(Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _delete: c_int) -> c_int {
    // SAFETY: see the module.
    let open = unsafe { opened(file) };
    open.mapped = false;
    open.world.unmap(open.ino, open.handle);
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, path: *const c_char, sync_directory: c_int) -> c_int {
    // SAFETY: SQLite's path is a C string.
    let Some((world, name)) = (unsafe { found(path) }) else { return ffi::SQLITE_IOERR_DELETE };
    match world.delete(&name) {
        Ok(true) if sync_directory & 1 != 0 => {
            answer(world.sync_directory(&parent(&name).into()), ffi::SQLITE_IOERR_DIR_FSYNC)
        }
        Ok(true) => ffi::SQLITE_OK,
        Ok(false) => ffi::SQLITE_IOERR_DELETE_NOENT,
        Err(trouble) => code(trouble, ffi::SQLITE_IOERR_DELETE),
    }
}

unsafe extern "C" fn access(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    _: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite's path is a C string, and `out` its out pointer.
    let (found, out) = unsafe { (found(path), &mut *out) };
    *out = 0;
    match found.map(|(world, name)| world.exists(&name)) {
        Some(Ok(there)) => {
            *out = c_int::from(there);
            ffi::SQLITE_OK
        }
        _ => ffi::SQLITE_IOERR_ACCESS,
    }
}

unsafe extern "C" fn full_pathname(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    n: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: `path` is a C string and `out` has n bytes.
    unsafe {
        let bytes = CStr::from_ptr(path).to_bytes_with_nul();
        if bytes.len() > n as usize {
            return ffi::SQLITE_CANTOPEN;
        }
        ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
    }
    ffi::SQLITE_OK
}

/// Constant: one seed is one run.
unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, n: c_int, out: *mut c_char) -> c_int {
    // SAFETY: `out` has n bytes.
    unsafe { ptr::write_bytes(out, 0x5a, n as usize) };
    n
}

/// Returns at once: waiting for a lock takes no real time.
unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    std::thread::yield_now();
    microseconds
}

/// 2026-01-01, as a Julian day in milliseconds.
const NOW: i64 = 212_633_985_600_000;

unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: an out pointer of SQLite's.
    unsafe { *out = NOW as f64 / 86_400_000.0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time_int64(_: *mut ffi::sqlite3_vfs, out: *mut i64) -> c_int {
    // SAFETY: an out pointer of SQLite's.
    unsafe { *out = NOW };
    ffi::SQLITE_OK
}

unsafe extern "C" fn get_last_error(_: *mut ffi::sqlite3_vfs, _: c_int, _: *mut c_char) -> c_int {
    0
}
