//! What every `StoreExecutor` promises: the threads of the product and the two that replay keep the same contract.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it expects")]

use satchel_core::ports::{Class, Files, StoreExecutor};
use satchel_core::store::{
    Ground, Opener, PathOpener, Planted, RealFiles, Store, StoreError, WriterExecutor, open_writer,
};
use satchel_tests::sim::clock::SimClock;
use satchel_tests::sim::disk::Disk;
use satchel_tests::sim::events::RecordingSink;
use satchel_tests::sim::executor::{Delayed, Inline};
use satchel_tests::sim::fault::Kind;
use satchel_tests::sim::files::SimFiles;
use satchel_tests::sim::ground::SimOpener;
use satchel_tests::sim::world::World;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::oneshot;

fn opened(opener: &dyn Opener, files: &Arc<dyn Files>) -> Ground {
    open_writer(opener, files).unwrap().writer
}

fn simulated(world: &Arc<World>) -> Ground {
    let files: Arc<dyn Files> = Arc::new(SimFiles::new(world.clone()));
    opened(&SimOpener(world.clone()), &files)
}

fn threads(home: &std::path::Path) -> WriterExecutor {
    let files: Arc<dyn Files> = Arc::new(RealFiles::new(home));
    let opener = PathOpener(home.join("mail.db"));
    WriterExecutor::start(Some(opened(&opener, &files)), &opener, &files, 2).unwrap()
}

async fn run<T: Send + 'static>(
    executor: &dyn StoreExecutor<Ground>,
    class: Class,
    f: impl FnOnce(&mut Ground) -> T + Send + 'static,
) -> Result<T, oneshot::error::RecvError> {
    let (send, receive) = oneshot::channel();
    executor.submit(class, Box::new(move |ground| drop(send.send(f(ground)))));
    receive.await
}

/// The contract.
async fn keeps_the_contract(executor: Arc<dyn StoreExecutor<Ground>>) {
    writes_run_in_the_order_given(executor.as_ref()).await;
    a_read_sees_what_was_acknowledged(executor.as_ref()).await;
    a_class_sets_synchronous(executor.clone()).await;
    an_error_rolls_back_and_the_next_job_works(executor).await;
}

async fn writes_run_in_the_order_given(executor: &dyn StoreExecutor<Ground>) {
    let order = Arc::new(Mutex::new(Vec::new()));
    for i in 0..200 {
        let order = order.clone();
        let class = if i % 3 == 0 { Class::Durable } else { Class::Cache };
        executor.submit(class, Box::new(move |_| order.lock().unwrap().push(i)));
    }
    run(executor, Class::Cache, |_| ()).await.unwrap();
    assert_eq!(*order.lock().unwrap(), (0..200).collect::<Vec<_>>());
}

async fn a_read_sees_what_was_acknowledged(executor: &dyn StoreExecutor<Ground>) {
    run(executor, Class::Durable, |g| g.db.execute_batch("CREATE TABLE seen(n INTEGER) STRICT").unwrap())
        .await
        .unwrap();
    for i in 1..=20 {
        let write = move |g: &mut Ground| g.db.execute("INSERT INTO seen VALUES (?1)", [i]).unwrap();
        run(executor, Class::Cache, write).await.unwrap();
        let read =
            |g: &mut Ground| g.db.query_row("SELECT count(*) FROM seen", [], |r| r.get::<_, i64>(0)).unwrap();
        assert_eq!(run(executor, Class::Read, read).await.unwrap(), i);
    }
}

fn store(executor: Arc<dyn StoreExecutor<Ground>>) -> Store {
    Store::new(
        executor,
        Arc::new(RecordingSink::default()),
        Arc::new(SimClock::start(0, Duration::ZERO)),
        Planted::default(),
    )
}

async fn a_class_sets_synchronous(executor: Arc<dyn StoreExecutor<Ground>>) {
    let store = store(executor);
    for (class, expected) in [(Class::Durable, 2), (Class::Cache, 1), (Class::Durable, 2)] {
        let level =
            store.write(class, |w| Ok(w.query_row("PRAGMA synchronous", [], |r| r.get::<_, i64>(0))?));
        assert_eq!(level.await.unwrap(), expected, "{class:?}");
    }
}

async fn an_error_rolls_back_and_the_next_job_works(executor: Arc<dyn StoreExecutor<Ground>>) {
    let store = store(executor);
    let failed: Result<(), _> = store
        .write(Class::Durable, |w| {
            w.execute("DELETE FROM seen", [])?;
            Err(StoreError::NotFound("what was looked for"))
        })
        .await;
    assert!(matches!(failed, Err(StoreError::NotFound(_))));
    let count =
        |db: &rusqlite::Connection| db.query_row("SELECT count(*) FROM seen", [], |r| r.get::<_, i64>(0));
    assert_eq!(store.read(move |db, _| Ok(count(db)?)).await.unwrap(), 20);
    assert_eq!(store.write(Class::Cache, move |w| Ok(count(w)?)).await.unwrap(), 20);
}

#[tokio::test]
async fn the_threads_of_the_product_keep_the_contract() {
    let home = tempfile::tempdir().unwrap();
    keeps_the_contract(Arc::new(threads(home.path()))).await;
}

#[tokio::test]
async fn the_threads_of_the_product_keep_the_contract_on_the_simulated_disk() {
    let world = World::new(Disk::default(), None);
    let files: Arc<dyn Files> = Arc::new(SimFiles::new(world.clone()));
    let opener = SimOpener(world.clone());
    let executor = WriterExecutor::start(Some(opened(&opener, &files)), &opener, &files, 2).unwrap();
    keeps_the_contract(Arc::new(executor)).await;
}

#[tokio::test(start_paused = true)]
async fn inline_keeps_the_contract() {
    keeps_the_contract(Arc::new(Inline::new(simulated(&World::new(Disk::default(), None))))).await;
}

#[tokio::test(start_paused = true)]
async fn delayed_keeps_the_contract() {
    let ground = simulated(&World::new(Disk::default(), None));
    keeps_the_contract(Arc::new(Delayed::start(ground, 7, Duration::from_millis(50)))).await;
}

#[tokio::test(start_paused = true)]
async fn after_the_end_a_job_is_dropped_and_its_caller_hears_it() {
    let ground = || simulated(&World::new(Disk::default(), None));
    let inline = Inline::new(ground());
    inline.close();
    assert!(run(&inline, Class::Durable, |_| ()).await.is_err());
    let delayed = Delayed::start(ground(), 7, Duration::from_millis(50));
    delayed.close().await;
    assert!(run(&delayed, Class::Durable, |_| ()).await.is_err());
    let reading = tempfile::tempdir().unwrap();
    drop(threads(reading.path()));
    let files: Arc<dyn Files> = Arc::new(RealFiles::new(reading.path()));
    let opener = PathOpener(reading.path().join("mail.db"));
    let readers = WriterExecutor::start(None, &opener, &files, 1).unwrap();
    assert!(run(&readers, Class::Durable, |_| ()).await.is_err(), "a home opened for reading drops writes");
    assert!(run(&readers, Class::Read, |_| ()).await.is_ok());
}

#[tokio::test]
async fn jobs_in_the_queue_are_run_before_the_end() {
    let done = Arc::new(Mutex::new(0));
    let home = tempfile::tempdir().unwrap();
    let count = |executor: &dyn StoreExecutor<Ground>| {
        for _ in 0..100 {
            let done = done.clone();
            executor.submit(Class::Cache, Box::new(move |_| *done.lock().unwrap() += 1));
        }
    };
    let executor = threads(home.path());
    count(&executor);
    drop(executor);
    assert_eq!(*done.lock().unwrap(), 100);
    let ground = simulated(&World::new(Disk::default(), None));
    let delayed = Delayed::start(ground, 7, Duration::from_millis(1));
    count(&delayed);
    delayed.close().await;
    assert_eq!(*done.lock().unwrap(), 200);
}

/// A job that panics ends only itself: what it did is undone, its caller hears of it, and the next job runs.
async fn a_panic_ends_only_its_job(executor: Arc<dyn StoreExecutor<Ground>>) {
    let store = store(executor.clone());
    store
        .write(Class::Durable, |w| Ok(w.execute_batch("CREATE TABLE kept(n INTEGER) STRICT")?))
        .await
        .unwrap();
    for class in [Class::Durable, Class::Cache] {
        let write: Result<(), _> = store
            .write(class, |w| {
                w.execute("INSERT INTO kept VALUES (1)", [])?;
                panic!("a test's own panic")
            })
            .await;
        assert!(matches!(write, Err(StoreError::Panicked)), "{write:?}");
    }
    // More of them than there are readers.
    for _ in 0..5 {
        let read: Result<(), _> = store.read(|_, _| panic!("a test's own panic")).await;
        assert!(matches!(read, Err(StoreError::Panicked)), "{read:?}");
    }
    // A job of no transaction of the store's that leaves its own open.
    let left_open = run(executor.as_ref(), Class::Cache, |g| {
        g.db.execute_batch("BEGIN IMMEDIATE; INSERT INTO kept VALUES (2)").unwrap();
        panic!("a test's own panic")
    });
    let _: Result<(), _> = left_open.await;
    let count =
        |db: &rusqlite::Connection| db.query_row("SELECT count(*) FROM kept", [], |r| r.get::<_, i64>(0));
    assert_eq!(store.read(move |db, _| Ok(count(db)?)).await.unwrap(), 0);
    store.write(Class::Durable, |w| Ok(w.execute("INSERT INTO kept VALUES (3)", [])?)).await.unwrap();
    assert_eq!(store.write(Class::Cache, move |w| Ok(count(w)?)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_panic_in_a_job_does_not_end_the_threads_of_the_product() {
    let home = tempfile::tempdir().unwrap();
    a_panic_ends_only_its_job(Arc::new(threads(home.path()))).await;
}

#[tokio::test]
async fn a_read_runs_beside_a_write_on_the_threads_of_the_product() {
    let home = tempfile::tempdir().unwrap();
    let executor = threads(home.path());
    let (release, held) = std::sync::mpsc::channel::<()>();
    executor.submit(Class::Durable, Box::new(move |_| held.recv().unwrap()));
    let read = tokio::time::timeout(Duration::from_secs(20), run(&executor, Class::Read, |_| 1));
    assert_eq!(read.await.unwrap().unwrap(), 1);
    release.send(()).unwrap();
}

#[tokio::test(start_paused = true)]
async fn work_of_the_delayed_executor_takes_simulated_time_and_shows_time_outs() {
    let delayed = Delayed::start(simulated(&World::new(Disk::default(), None)), 7, Duration::from_secs(10));
    let begun = tokio::time::Instant::now();
    for _ in 0..10 {
        run(&delayed, Class::Cache, |_| ()).await.unwrap();
    }
    let took = begun.elapsed();
    assert!(took > Duration::from_secs(10) && took < Duration::from_secs(100), "{took:?}");
    let late = tokio::time::timeout(Duration::from_millis(1), run(&delayed, Class::Cache, |_| ()));
    assert!(late.await.is_err(), "a time-out around a store call is seen");
}

#[tokio::test(start_paused = true)]
async fn a_durable_write_syncs_and_a_cache_write_does_not() {
    let world = World::new(Disk::default(), None);
    let store = store(Arc::new(Inline::new(simulated(&world))));
    world.keep_log();
    let mut seen = 0;
    for (class, syncs) in [(Class::Durable, true), (Class::Cache, false), (Class::Durable, true)] {
        store
            .write(class, |w| Ok(w.execute("INSERT INTO setting VALUES (hex(randomblob(8)), '1')", [])?))
            .await
            .unwrap();
        let all = world.passed().log.iter().filter(|p| p.kind == Kind::Sync).count();
        assert_eq!(all > seen, syncs, "{class:?}");
        seen = all;
    }
}
