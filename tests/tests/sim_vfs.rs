//! SQLite on the simulated disk: what it may rely on there, and what a power loss does to it.
#![allow(clippy::unwrap_used, reason = "a test says what it expects")]

use rusqlite::Connection;
use satchel_core::store::{OpenMode, Opener};
use satchel_tests::sim::disk::Disk;
use satchel_tests::sim::fault::{Fault, Kind, Survivors};
use satchel_tests::sim::ground::SimOpener;
use satchel_tests::sim::meter::Plan;
use satchel_tests::sim::power::after_power_loss;
use satchel_tests::sim::world::World;
use std::sync::Arc;

fn open(world: &Arc<World>, synchronous: &str) -> rusqlite::Result<Connection> {
    let db = SimOpener(world.clone()).open(OpenMode::ReadWrite)?;
    let mode: String = db.query_row("PRAGMA journal_mode=WAL", [], |r| r.get(0))?;
    assert_eq!(mode, "wal", "without shared memory SQLite answers `delete` and no error");
    db.pragma_update(None, "synchronous", synchronous)?;
    Ok(db)
}

fn with_table(synchronous: &str) -> Disk {
    let world = World::new(Disk::default(), None);
    let db = open(&world, "FULL").unwrap();
    db.execute_batch("CREATE TABLE t(n INTEGER PRIMARY KEY, x BLOB) STRICT").unwrap();
    db.pragma_update(None, "synchronous", synchronous).unwrap();
    drop(db);
    let mut disk = world.disk();
    disk.settle();
    disk
}

/// Commits rows one by one; how many were acknowledged.
fn commits(world: &Arc<World>, synchronous: &str, n: i64) -> i64 {
    let Ok(db) = open(world, synchronous) else { return 0 };
    (1..=n)
        .take_while(|i| db.execute("INSERT INTO t VALUES (?1, zeroblob(300))", [i]).is_ok())
        .last()
        .unwrap_or(0)
}

fn sound_rows(disk: Disk) -> i64 {
    let db = open(&World::new(disk, None), "FULL").unwrap();
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let (count, highest): (i64, i64) = db
        .query_row("SELECT count(*), coalesce(max(n), 0) FROM t", [], |r| Ok((r.get(0)?, r.get(1)?)))
        .unwrap();
    assert_eq!(count, highest, "commits came back out of order");
    count
}

#[test]
fn synchronous_shows_in_syncs_as_it_does_on_a_real_file_system() {
    for (synchronous, wal, wal_at_checkpoint, db_at_checkpoint) in
        [("OFF", 0, 0, 0), ("NORMAL", 0, 1, 1), ("FULL", 10, 1, 1), ("EXTRA", 10, 1, 1)]
    {
        let world = World::new(with_table("FULL"), None);
        let db = open(&world, synchronous).unwrap();
        // The first commit also writes and syncs the header of the WAL.
        db.execute("INSERT INTO t VALUES (1000, NULL)", []).unwrap();
        world.keep_log();
        for i in 0..10 {
            db.execute("INSERT INTO t VALUES (?1, NULL)", [i]).unwrap();
        }
        let count = |name: &str| {
            let log = world.passed().log;
            log.iter().filter(|p| p.kind == Kind::Sync && p.what.ends_with(name)).count()
        };
        assert_eq!((count("-wal"), count(".db")), (wal, 0), "{synchronous}: commits");
        db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
        let counts = (count("-wal") - wal, count(".db"));
        assert_eq!(counts, (wal_at_checkpoint, db_at_checkpoint), "{synchronous}: checkpoint");
    }
}

#[test]
fn fullfsync_can_be_seen_in_the_flags_of_a_sync() {
    for (on, flags) in [(false, 2), (true, 3)] {
        let world = World::new(with_table("FULL"), None);
        let db = open(&world, "FULL").unwrap();
        db.pragma_update(None, "fullfsync", on).unwrap();
        world.keep_log();
        db.execute("INSERT INTO t VALUES (1, NULL)", []).unwrap();
        let log = world.passed().log;
        let last = log.iter().rfind(|p| p.kind == Kind::Sync).unwrap();
        assert_eq!(last.at, flags, "{last}");
    }
}

#[test]
fn an_acknowledged_full_commit_survives_every_power_loss_and_a_normal_one_does_not() {
    let start = with_table("FULL");
    let all = {
        let world = World::new(start.clone(), None);
        assert_eq!(commits(&world, "FULL", 12), 12);
        world.passed().points
    };
    assert!(all > 24, "{all}");
    let mut lost = [0, 0];
    let mut cases = 0;
    for (which, synchronous) in ["FULL", "NORMAL"].into_iter().enumerate() {
        for point in 1..=all {
            let world = World::new(start.clone(), Some(Plan { point, fault: Fault::Stop }));
            let acknowledged = commits(&world, synchronous, 12);
            let stopped = world.disk();
            assert!(
                sound_rows(stopped.clone()) >= acknowledged,
                "{synchronous} lost commits when killed at {point}"
            );
            let numbered =
                (1..4).flat_map(|n| [Survivors::Prefix(n), Survivors::Subset(n), Survivors::Torn(n)]);
            for survivors in numbered.chain([Survivors::Nothing]) {
                cases += 1;
                lost[which] += u32::from(sound_rows(after_power_loss(&stopped, survivors)) < acknowledged);
            }
        }
    }
    assert_eq!(lost[0], 0, "FULL lost acknowledged commits");
    assert!(lost[1] > cases / 10, "NORMAL lost only {} of {cases}: does the disk forget at all?", lost[1]);
}

#[test]
fn a_reader_keeps_its_snapshot_beside_a_writer_on_another_thread() {
    let world = World::new(with_table("FULL"), None);
    let writer = open(&world, "NORMAL").unwrap();
    let reader = SimOpener(world).open(OpenMode::ReadOnly).unwrap();
    let count = |db: &Connection| db.query_row("SELECT count(*) FROM t", [], |r| r.get::<_, i64>(0)).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(&reader), 0);
    let writer = std::thread::spawn(move || {
        for i in 0..500 {
            writer.execute("INSERT INTO t VALUES (?1, zeroblob(900))", [i]).unwrap();
        }
        writer
    });
    for _ in 0..50 {
        assert_eq!(count(&reader), 0, "the snapshot moved");
    }
    let writer = writer.join().unwrap();
    assert_eq!(count(&reader), 0);
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!((count(&reader), count(&writer)), (500, 500));
    assert!(reader.execute("DELETE FROM t", []).is_err(), "a reader cannot write");
}

#[test]
fn two_writers_wait_for_each_other() {
    let world = World::new(with_table("FULL"), None);
    let (one, two) = (open(&world, "FULL").unwrap(), open(&world, "FULL").unwrap());
    two.busy_timeout(std::time::Duration::ZERO).unwrap();
    one.execute_batch("BEGIN IMMEDIATE; INSERT INTO t VALUES (1, NULL)").unwrap();
    let refused = two.execute("INSERT INTO t VALUES (2, NULL)", []).unwrap_err();
    assert_eq!(refused.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy));
    one.execute_batch("COMMIT").unwrap();
    two.execute("INSERT INTO t VALUES (2, NULL)", []).unwrap();
}

#[test]
fn contentless_search_works_and_is_whole_after_any_power_loss() {
    let world = World::new(Disk::default(), None);
    let db = open(&world, "FULL").unwrap();
    db.execute_batch(
        "CREATE VIRTUAL TABLE f USING fts5(subject, body, content='', contentless_delete=1, detail=column)",
    )
    .unwrap();
    drop(db);
    let mut start = world.disk();
    start.settle();
    let work = |world: &Arc<World>| -> rusqlite::Result<()> {
        let db = open(world, "FULL")?;
        for i in 1..=8 {
            let words = format!("letter number {i} word{i}");
            db.execute("INSERT INTO f(rowid, subject, body) VALUES (?1, 'hello', ?2)", (i, words))?;
        }
        db.execute("DELETE FROM f WHERE rowid = 3", [])?;
        Ok(())
    };
    let world = World::new(start.clone(), None);
    work(&world).unwrap();
    let all = world.passed().points;
    for point in 1..=all + 1 {
        let world = World::new(start.clone(), Some(Plan { point, fault: Fault::Stop }));
        let done = work(&world).is_ok();
        for survivors in [Survivors::Nothing, Survivors::Subset(1), Survivors::Torn(2)] {
            let db = open(&World::new(after_power_loss(&world.disk(), survivors), None), "FULL").unwrap();
            db.execute("INSERT INTO f(f) VALUES ('integrity-check')", []).unwrap();
            let ids = |query: &str| {
                let mut found = db.prepare("SELECT rowid FROM f WHERE f MATCH ?1").unwrap();
                found.query_map([query], |r| r.get(0)).unwrap().collect::<Result<Vec<i64>, _>>().unwrap()
            };
            if done {
                assert_eq!(ids("word5"), [5]);
                assert_eq!(ids("hello"), [1, 2, 4, 5, 6, 7, 8]);
            }
        }
    }
}

#[test]
fn a_dead_world_answers_errors_and_its_disk_stays_as_it_was() {
    let world = World::new(with_table("FULL"), Some(Plan { point: 9, fault: Fault::Stop }));
    let db = open(&world, "FULL").unwrap();
    let done = (1..50).take_while(|i| db.execute("INSERT INTO t VALUES (?1, NULL)", [i]).is_ok()).count();
    assert!(world.is_dead() && done < 9, "{done}");
    let before = world.disk().hash();
    assert!(db.query_row("SELECT count(*) FROM t", [], |r| r.get::<_, i64>(0)).is_err() || world.is_dead());
    assert!(db.execute("INSERT INTO t VALUES (99, NULL)", []).is_err());
    // Closing checkpoints, if it can.
    drop(db);
    assert_eq!((world.disk().hash(), world.passed().points), (before, 9));
}

#[test]
fn no_space_and_errors_reach_the_caller_as_such_and_damage_nothing() {
    let start = with_table("FULL");
    let world = World::new(start.clone(), None);
    world.keep_log();
    commits(&world, "FULL", 5);
    let mut seen = std::collections::BTreeMap::new();
    for point in world.passed().log {
        for fault in [Fault::Io, Fault::IoSticky, Fault::IoDrop, Fault::Full, Fault::FullSticky] {
            if !fault.fits(point.kind) {
                continue;
            }
            let world = World::new(start.clone(), Some(Plan { point: point.number, fault }));
            let Ok(db) = open(&world, "FULL") else { continue };
            let done: Vec<i64> = (1..=5)
                .filter(|i| match db.execute("INSERT INTO t VALUES (?1, NULL)", [i]) {
                    Ok(_) => true,
                    Err(e) => {
                        *seen
                            .entry((fault.to_string(), format!("{:?}", e.sqlite_error_code())))
                            .or_insert(0) += 1;
                        false
                    }
                })
                .collect();
            drop(db);
            // The power goes: whatever was acknowledged after a failed sync must have been written anew.
            let after = after_power_loss(&world.disk(), Survivors::Nothing);
            let db = open(&World::new(after, None), "FULL").unwrap();
            let verdict: String = db.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
            assert_eq!(verdict, "ok", "{point}: {fault}");
            let rows: Vec<i64> = db
                .prepare("SELECT n FROM t ORDER BY n")
                .unwrap()
                .query_map([], |r| r.get(0))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            let kept = done.iter().all(|n| rows.contains(n));
            assert!(kept, "{point}: {fault}: acknowledged {done:?}, found {rows:?}");
        }
    }
    let full = Some(rusqlite::ErrorCode::DiskFull);
    let io = Some(rusqlite::ErrorCode::SystemIoFailure);
    for (fault, code) in
        [("full", full), ("full-sticky", full), ("io", io), ("io-sticky", io), ("io-drop", io)]
    {
        assert!(
            seen.contains_key(&(fault.to_owned(), format!("{code:?}"))),
            "{fault} never seen as {code:?}: {seen:?}"
        );
    }
}
