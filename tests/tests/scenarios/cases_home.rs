//! A home that was damaged, ran full or lacks descriptors: what is left of it is kept, and the server gives the rest.

use satchel_core::client::{PassOptions, RealParts, Satchel, open_home};
use satchel_core::credentials::MemoryStore;
use satchel_core::error::{MailError, StorageProblem};
use satchel_postoffice::PostOffice;
use satchel_tests::phone::{Heard, OfficeDialer, USER, mail, mail_with, office, request};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// Under this variable a test runs as the child of itself, in the folder it names.
const CHILD: &str = "SATCHEL_TEST_FOLDER";

fn open(home: &Path, office: &PostOffice, credentials: &Arc<MemoryStore>) -> Result<Satchel, MailError> {
    let parts = RealParts {
        credentials: credentials.clone(),
        events: Arc::new(Heard::default()),
        dialer: Some(Arc::new(OfficeDialer(office.clone()))),
    };
    open_home(home, parts)
}

fn deliver(office: &PostOffice, subjects: std::ops::Range<i64>) {
    for n in subjects {
        let subject = format!("m{n} {}", "long subject ".repeat(8));
        office.deliver(USER, "INBOX", mail(&subject), [""; 0], 1_767_000_000 + n).unwrap();
    }
}

async fn sync(satchel: &Satchel) -> Result<(), MailError> {
    let account = satchel.accounts().await?.first().unwrap().id;
    satchel.sync(account, &PassOptions::default(), None).await.map(drop)
}

async fn shown(satchel: &Satchel) -> Vec<String> {
    let account = satchel.accounts().await.unwrap().first().unwrap().id;
    let all = satchel.mailboxes(account).await.unwrap();
    let inbox = all.iter().find(|m| m.name.eq_ignore_ascii_case("inbox")).unwrap().id;
    let (mut subjects, mut before) = (Vec::new(), None);
    loop {
        let page = satchel.messages(inbox, 100, before).await.unwrap();
        subjects.extend(page.rows.iter().map(|r| r.subject.split(' ').next().unwrap().to_owned()));
        before = page.next;
        if before.is_none() {
            return subjects;
        }
    }
}

/// Each of these once.
async fn shows_each_once(satchel: &Satchel, count: usize, case: &str) {
    let subjects = shown(satchel).await;
    let different: BTreeSet<_> = subjects.iter().collect();
    assert_eq!((subjects.len(), different.len()), (count, count), "{case}");
}

/// The app is killed: what lies in its home then, the WAL not yet merged.
fn copy(home: &Path, to: &Path) {
    for entry in std::fs::read_dir(home).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else if entry.file_type().unwrap().is_file() && entry.file_name() != "mail.db-shm" {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn a_database_cut_short_bit_flipped_or_without_its_wal_is_filled_again_from_the_server() {
    let (office, credentials) = (office(), Arc::new(MemoryStore::new()));
    let killed = killed(&office, &credentials).await;
    type Damage = fn(&mut Vec<u8>);
    let cases: [(&str, bool, Damage); 6] = [
        ("WAL gone", true, |_| {}),
        ("cut to a half", true, |bytes| bytes.truncate(bytes.len() / 2)),
        ("cut within a page", true, |bytes| bytes.truncate(bytes.len() - 1_000)),
        ("one page left", true, |bytes| bytes.truncate(4_096)),
        ("bits everywhere but in the first page", true, |bytes| {
            bytes[4_096..].iter_mut().step_by(97).for_each(|byte| *byte ^= 4);
        }),
        ("bits beside a whole WAL", false, |bytes| {
            bytes[4_096..].iter_mut().step_by(997).for_each(|byte| *byte ^= 4);
        }),
    ];
    for (case, without_wal, damage) in cases {
        let home = damaged(killed.path(), without_wal, damage);
        heals(home.path(), &office, &credentials, case).await;
    }
}

/// The first: what is readable and wrong is not met as damage, the pass ends with an internal error at each start.
/// The second: what is taken over meets a constraint, and the home does not open.
#[ignore = "known: the store neither takes rows of a wrong type for damage nor survives every row it takes over"]
#[tokio::test]
async fn a_database_whose_pages_say_something_else_is_filled_again_from_the_server() {
    let (office, credentials) = (office(), Arc::new(MemoryStore::new()));
    let killed = killed(&office, &credentials).await;
    for at in [9, 0] {
        let home = damaged(killed.path(), true, |bytes| {
            bytes.chunks_mut(4_096).skip(1).step_by(20).for_each(|page| page[at] ^= 0x55);
        });
        heals(home.path(), &office, &credentials, &format!("byte {at} of each 20th page")).await;
    }
}

/// The home of an app that was killed: 120 mails in the database, 10 more in its WAL.
async fn killed(office: &PostOffice, credentials: &Arc<MemoryStore>) -> tempfile::TempDir {
    deliver(office, 0..120);
    let home = tempfile::tempdir().unwrap();
    let satchel = open(home.path(), office, credentials).unwrap();
    satchel.add_account(request("imap://localhost?insecure")).await.unwrap();
    sync(&satchel).await.unwrap();
    drop(satchel);
    merge_wal(home.path());
    let satchel = open(home.path(), office, credentials).unwrap();
    deliver(office, 120..130);
    sync(&satchel).await.unwrap();
    let killed = tempfile::tempdir().unwrap();
    copy(home.path(), killed.path());
    drop(satchel);
    let size = std::fs::metadata(killed.path().join("mail.db")).unwrap().len();
    assert!(size > 100_000 && killed.path().join("mail.db-wal").exists(), "{size}");
    killed
}

/// All into the database, and SQLite's other files away.
fn merge_wal(home: &Path) {
    let db = rusqlite::Connection::open(home.join("mail.db")).unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}

fn damaged(killed: &Path, without_wal: bool, damage: impl Fn(&mut Vec<u8>)) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    copy(killed, home.path());
    if without_wal {
        std::fs::remove_file(home.path().join("mail.db-wal")).unwrap();
    }
    let mut bytes = std::fs::read(home.path().join("mail.db")).unwrap();
    damage(&mut bytes);
    std::fs::write(home.path().join("mail.db"), &bytes).unwrap();
    home
}

/// Damage may be met at the start or in the middle of a pass: then the next start mends it.
async fn heals(home: &Path, office: &PostOffice, credentials: &Arc<MemoryStore>, case: &str) {
    for _ in 0..3 {
        let satchel = match open(home, office, credentials) {
            Ok(satchel) => satchel,
            Err(error) => panic!("{case}: the home does not open: {error}"),
        };
        if satchel.accounts().await.is_ok_and(|all| all.is_empty()) {
            assert!(satchel.damaged_database().is_some(), "{case}: the account is gone without a word");
            satchel.add_account(request("imap://localhost?insecure")).await.unwrap();
        }
        match sync(&satchel).await {
            Ok(()) => {
                shows_each_once(&satchel, 130, case).await;
                return;
            }
            Err(MailError::Storage { problem: StorageProblem::Damaged, reason }) => {
                assert!(reason.contains("the next start sets it aside"), "{case}: {reason}");
            }
            Err(error) => panic!("{case}: {error:?}"),
        }
    }
    panic!("{case}: still damaged");
}

/// Runs one test of this program as a child, by a script that ends with `exec "$@"`; `None` if the script cannot.
fn as_child(name: &str, folder: &Path, program: &str, script: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(script).arg(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture", "--test-threads", "1"]);
    command.env(CHILD, folder).stdin(Stdio::null());
    let output = command.output().ok()?;
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    if !said.contains("running 1 test") {
        return None;
    }
    assert!(output.status.success(), "{said}");
    Some(said)
}

/// Space is what the file system has left: everything up to so many bytes is filled.
fn fill(folder: &Path, spare: u64) {
    let filler = folder.join("filler");
    let mut size = 0;
    let mut file = std::fs::File::create(&filler).unwrap();
    while std::io::Write::write_all(&mut file, &[0; 4_096]).is_ok() {
        size += 4_096;
    }
    file.set_len(u64::saturating_sub(size, spare)).unwrap();
}

#[tokio::test]
async fn a_full_file_system_is_said_so_and_with_space_again_nothing_is_missing() {
    let Ok(folder) = std::env::var(CHILD) else {
        let folder = tempfile::tempdir().unwrap();
        let script =
            format!("mount -t tmpfs -o size=6m tmpfs '{}' && exec \"$0\" \"$@\"", folder.path().display());
        let name = "cases_home::a_full_file_system_is_said_so_and_with_space_again_nothing_is_missing";
        let said = as_child(name, folder.path(), "unshare", &["-rm", "sh", "-c", &script]);
        // `cases_device` shows the same on a simulated disk, everywhere.
        println!("{}", said.unwrap_or_else(|| "not run: no mounts of one's own here".to_owned()));
        return;
    };
    let (folder, mut refused) = (Path::new(&folder), 0);
    for spare in [0_u64, 40_960, 65_536, 98_304, 131_072, 200_704] {
        let (office, credentials, home) = (office(), Arc::new(MemoryStore::new()), folder.join("home"));
        deliver(&office, 0..10);
        let satchel = open(&home, &office, &credentials).unwrap();
        satchel.add_account(request("imap://localhost?insecure")).await.unwrap();
        sync(&satchel).await.unwrap();
        deliver(&office, 10..600);
        fill(folder, spare);
        let first = sync(&satchel).await;
        println!("{spare}: {first:?}");
        if let Err(error) = first {
            refused += 1;
            says_full(&error);
        }
        assert!(shown(&satchel).await.len() >= 10, "what is here can be read");
        drop(satchel);
        std::fs::remove_file(folder.join("filler")).unwrap();
        merge_wal(&home);
        fill(folder, spare);
        // Without space for SQLite's shared memory not even the home opens; that is not yet told apart from EIO.
        if let Err(error) = open(&home, &office, &credentials) {
            println!("{spare}, opened anew: {error:?}");
            assert!(matches!(error, MailError::Storage { .. }), "{error:?}");
        }
        std::fs::remove_file(folder.join("filler")).unwrap();
        let satchel = open(&home, &office, &credentials).unwrap();
        assert_eq!(satchel.damaged_database(), None);
        sync(&satchel).await.unwrap();
        shows_each_once(&satchel, 600, "with space again").await;
        drop(satchel);
        std::fs::remove_dir_all(&home).unwrap();
    }
    assert!(refused > 2, "it never ran full");
}

#[track_caller]
fn says_full(error: &MailError) {
    assert!(matches!(error, MailError::Storage { problem: StorageProblem::Full, .. }), "{error:?}");
    assert!(error.to_string().starts_with("there is no space left on the device: free some"), "{error}");
}

#[tokio::test]
async fn without_descriptors_the_store_fails_as_a_store_and_loses_nothing() {
    let Ok(folder) = std::env::var(CHILD) else {
        let folder = tempfile::tempdir().unwrap();
        let name = "cases_home::without_descriptors_the_store_fails_as_a_store_and_loses_nothing";
        let script = ["-c", "ulimit -n 64 && exec \"$0\" \"$@\""];
        println!("{}", as_child(name, folder.path(), "sh", &script).unwrap());
        return;
    };
    let (office, credentials) = (office(), Arc::new(MemoryStore::new()));
    let home = Path::new(&folder).join("home");
    deliver(&office, 0..5);
    let satchel = open(&home, &office, &credentials).unwrap();
    satchel.add_account(request("imap://localhost?insecure")).await.unwrap();
    sync(&satchel).await.unwrap();
    drop(satchel);
    let (mut refused, mut worked) = (0, 0);
    for spare in 0..24 {
        let mut held = Vec::new();
        while let Ok(file) = std::fs::File::open("/dev/null") {
            held.push(file);
        }
        held.truncate(held.len().saturating_sub(spare));
        let outcome = match open(&home, &office, &credentials) {
            Ok(satchel) => sync(&satchel).await,
            Err(error) => Err(error),
        };
        drop(held);
        match outcome {
            Ok(()) => worked += 1,
            Err(MailError::Storage { .. }) => refused += 1,
            Err(error) => panic!("{spare} descriptors: {error:?}"),
        }
        let satchel = open(&home, &office, &credentials).unwrap();
        assert_eq!(satchel.damaged_database(), None, "{spare} descriptors");
        shows_each_once(&satchel, 5, "afterwards").await;
    }
    assert!(refused > 2 && worked > 2, "refused {refused}, worked {worked}");
}

/// Keeps every line of the log of this process.
struct Log(Mutex<String>);

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        self.0.lock().unwrap().push_str(&line);
    }
    fn flush(&self) {}
}

#[tokio::test]
async fn what_a_person_writes_is_in_no_log_and_in_no_temporary_file() {
    let Ok(folder) = std::env::var(CHILD) else {
        let folder = tempfile::tempdir().unwrap();
        let temporary = folder.path().join("tmp");
        std::fs::create_dir(&temporary).unwrap();
        let name = "cases_home::what_a_person_writes_is_in_no_log_and_in_no_temporary_file";
        let script = format!("TMPDIR='{}' exec \"$0\" \"$@\"", temporary.display());
        as_child(name, folder.path(), "sh", &["-c", &script]).unwrap();
        assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "a temporary file is left behind");
        return;
    };
    let log: &'static Log = Box::leak(Box::new(Log(Mutex::default())));
    log::set_logger(log).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    for incoming in ["imap://localhost?insecure", "pop3://localhost?insecure"] {
        let (office, credentials) = (office(), Arc::new(MemoryStore::new()));
        let home = Path::new(&folder).join(&incoming[..4]);
        let letter = mail_with("canary-subject", "X-Canary: canary-field\r\n", "canary-body\r\n");
        office.deliver_now(USER, letter).unwrap();
        let satchel = open(&home, &office, &credentials).unwrap();
        satchel.add_account(request(incoming)).await.unwrap();
        sync(&satchel).await.unwrap();
        let found = satchel.search("canary-subject", None, 10, None).await.unwrap().rows;
        let row = found.first().unwrap();
        satchel.open_message(row.placement).await.unwrap();
        satchel.raw_message(row.placement, &mut |_, _| {}).await.unwrap();
        satchel.headers(row.placement).await.unwrap();
        satchel.flag(&[row.placement], &["canary-keyword".to_owned()], &[]).await.unwrap();
        sync(&satchel).await.unwrap();
        satchel.settle().await.unwrap();
    }
    let said = log.0.lock().unwrap().clone();
    assert!(said.contains("rusqlite_migration"), "nothing was logged: {said}");
    assert!(!said.contains("canary"), "{said}");
}
