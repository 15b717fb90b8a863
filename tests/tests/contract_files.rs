//! What every `Files` promises: the real file system and the simulated disk keep the same contract.
#![allow(clippy::unwrap_used, reason = "a test says what it expects")]

use satchel_core::ports::Files;
use satchel_core::store::RealFiles;
use satchel_tests::sim::disk::Disk;
use satchel_tests::sim::fault::{Fault, Survivors};
use satchel_tests::sim::files::SimFiles;
use satchel_tests::sim::meter::Plan;
use satchel_tests::sim::power::after_power_loss;
use satchel_tests::sim::world::World;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

fn p(path: &str) -> &Path {
    Path::new(path)
}

/// The contract, on an empty home.
fn keeps_the_contract(files: &dyn Files) {
    nothing_there(files);
    write_and_read(files);
    rename_and_remove(files);
    directories(files);
    paths_that_leave(files);
}

fn nothing_there(files: &dyn Files) {
    assert_eq!(files.size(p("a")).unwrap(), None);
    assert_eq!(files.read(p("a")).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(files.sync(p("a")).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(files.rename(p("a"), p("b")).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(files.sync_dir(p("none")).unwrap_err().kind(), ErrorKind::NotFound);
    files.remove(p("a")).unwrap();
    assert_eq!(files.list(p("none")).unwrap(), Vec::<String>::new());
    assert_eq!(files.write(p("none/a"), b"x").unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(files.append(p("none/a"), b"x").unwrap_err().kind(), ErrorKind::NotFound);
}

fn write_and_read(files: &dyn Files) {
    files.write(p("a"), b"long content").unwrap();
    files.write(p("a"), b"short").unwrap();
    assert_eq!(files.read(p("a")).unwrap(), b"short", "write replaces everything");
    files.append(p("a"), b"er").unwrap();
    files.append(p("new"), b"made by append").unwrap();
    assert_eq!(files.read(p("a")).unwrap(), b"shorter");
    assert_eq!(files.read(p("new")).unwrap(), b"made by append");
    assert_eq!(files.size(p("a")).unwrap(), Some(7));
    files.write(p("empty"), b"").unwrap();
    assert_eq!(files.size(p("empty")).unwrap(), Some(0));
    let large: Vec<u8> = (0..200_000u32).map(|i| (i % 251) as u8).collect();
    files.write(p("large"), &large).unwrap();
    files.sync(p("large")).unwrap();
    assert_eq!(files.read(p("large")).unwrap(), large);
    assert_eq!(files.read(p("./a")).unwrap(), b"shorter");
}

fn rename_and_remove(files: &dyn Files) {
    files.rename(p("new"), p("a")).unwrap();
    assert_eq!(files.read(p("a")).unwrap(), b"made by append", "rename replaces what is there");
    assert_eq!(files.size(p("new")).unwrap(), None);
    assert_eq!(files.list(p("")).unwrap(), ["a", "empty", "large"]);
    files.rename(p("a"), p("a")).unwrap();
    assert_eq!(files.read(p("a")).unwrap(), b"made by append", "a file renamed to itself is still there");
    files.remove(p("a")).unwrap();
    files.remove(p("a")).unwrap();
    assert_eq!(files.list(p("")).unwrap(), ["empty", "large"]);
}

fn directories(files: &dyn Files) {
    files.create_dir(p("deep/er")).unwrap();
    files.create_dir(p("deep/er")).unwrap();
    files.write(p("deep/er/z"), b"1").unwrap();
    files.write(p("deep/er/b"), b"2").unwrap();
    files.write(p("deep/x"), b"3").unwrap();
    files.sync(p("deep/er/z")).unwrap();
    files.sync_dir(p("deep/er")).unwrap();
    files.sync_dir(p("")).unwrap();
    assert_eq!(files.list(p("deep/er")).unwrap(), ["b", "z"], "sorted");
    assert_eq!(files.list(p("deep")).unwrap(), ["x"], "directories are not listed, nor what is in them");
    files.rename(p("deep/er/z"), p("deep/y")).unwrap();
    assert_eq!(files.list(p("deep")).unwrap(), ["x", "y"]);
    assert_eq!(files.rename(p("deep/y"), p("none/y")).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(files.read(p("deep/y")).unwrap(), b"1", "a failed rename changes nothing");
}

fn paths_that_leave(files: &dyn Files) {
    for path in ["../a", "deep/../../a", "/etc/passwd"] {
        let refused =
            |result: std::io::Result<()>| assert_eq!(result.unwrap_err().kind(), ErrorKind::InvalidInput);
        refused(files.read(p(path)).map(drop));
        refused(files.write(p(path), b"x"));
        refused(files.append(p(path), b"x"));
        refused(files.rename(p("deep/x"), p(path)));
        refused(files.rename(p(path), p("deep/x")));
        refused(files.remove(p(path)));
        refused(files.size(p(path)).map(drop));
        refused(files.list(p(path)).map(drop));
        refused(files.create_dir(p(path)));
        refused(files.sync(p(path)));
        refused(files.sync_dir(p(path)));
    }
}

fn sim(disk: Disk, plan: Option<Plan>) -> (Arc<World>, SimFiles) {
    let world = World::new(disk, plan);
    (world.clone(), SimFiles::new(world))
}

#[test]
fn the_real_file_system_keeps_the_contract() {
    let home = tempfile::tempdir().unwrap();
    keeps_the_contract(&RealFiles::new(home.path()));
}

#[test]
fn the_simulated_disk_keeps_the_contract() {
    keeps_the_contract(&sim(Disk::default(), None).1);
}

/// The way of the product: temporary file, sync, rename, sync of the directory.
fn put(files: &dyn Files, sync: bool, sync_dir: bool) -> std::io::Result<()> {
    files.write(p("d/t"), b"a body of some length")?;
    if sync {
        files.sync(p("d/t"))?;
    }
    files.rename(p("d/t"), p("d/f"))?;
    if sync_dir {
        files.sync_dir(p("d"))?;
    }
    Ok(())
}

#[test]
fn what_was_not_synced_is_gone_after_a_power_loss_and_what_was_is_there() {
    for (sync, sync_dir, expected) in [
        (true, true, Some(b"a body of some length".to_vec())),
        (false, true, Some(Vec::new())),
        (true, false, None),
        (false, false, None),
    ] {
        let (world, files) = sim(Disk::default(), None);
        files.create_dir(p("d")).unwrap();
        put(&files, sync, sync_dir).unwrap();
        let (_, found) = sim(after_power_loss(&world.disk(), Survivors::Nothing), None);
        assert_eq!(found.read(p("d/f")).ok(), expected, "sync {sync}, sync_dir {sync_dir}");
        assert_eq!(found.size(p("d/t")).unwrap(), None);
    }
}

#[test]
fn whatever_survives_a_power_loss_the_final_name_has_all_bytes_or_is_not_there() {
    let (world, files) = sim(Disk::default(), None);
    files.create_dir(p("d")).unwrap();
    let start = world.disk();
    put(&files, true, true).unwrap();
    let all = world.passed().points - 1;
    let mut found_some = 0;
    for point in 1..=all {
        let (world, files) = sim(start.clone(), Some(Plan { point, fault: Fault::Stop }));
        assert!(put(&files, true, true).is_err(), "point {point}");
        for n in 0..20 {
            for survivors in [Survivors::Prefix(n), Survivors::Subset(n), Survivors::Torn(n)] {
                let (_, after) = sim(after_power_loss(&world.disk(), survivors), None);
                if let Ok(bytes) = after.read(p("d/f")) {
                    found_some += 1;
                    assert_eq!(bytes, b"a body of some length", "point {point}, {survivors:?}");
                }
            }
        }
    }
    assert!(found_some > 0, "the rename never survived");
}

#[test]
fn no_space_leaves_half_a_file_and_says_so() {
    let (_, files) = sim(Disk::default(), Some(Plan { point: 2, fault: Fault::Full }));
    let error = files.write(p("a"), b"12345678").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
    assert_eq!(files.read(p("a")).unwrap(), b"1234");
    files.write(p("a"), b"12345678").unwrap();
}
