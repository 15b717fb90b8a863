//! The mini engine: fetches, stores durably, sends one operation, deletes, and goes on from wherever it was killed.

use crate::sim::mini::{Maildrop, deletes, sha};
use crate::sim::process::Process;
use satchel_core::ports::{Class, Dialer, Endpoint, Random, StoreExecutor, Stream, Trust};
use satchel_core::store::{Ground, OpenMode, Opener, PlantedBug};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::sync::oneshot;

type Done<T> = Result<T, String>;
type Store = Arc<dyn StoreExecutor<Ground>>;

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

const SCHEMA: &str = "
    CREATE TABLE msg(id INTEGER PRIMARY KEY, number INTEGER, uidl TEXT, sha TEXT NOT NULL, body BLOB, file TEXT,
                     local INTEGER NOT NULL) STRICT;
    CREATE TABLE ledger(uidl TEXT PRIMARY KEY, sha TEXT NOT NULL, state TEXT NOT NULL) STRICT;
    CREATE TABLE state(validity INTEGER NOT NULL, cursor INTEGER NOT NULL) STRICT;
    CREATE TABLE op(number INTEGER PRIMARY KEY) STRICT;
    INSERT INTO state VALUES (1, 0);
    INSERT INTO op VALUES (1);
    INSERT INTO msg(sha, body, local) VALUES ('draft', x'00', 1);";

fn open(process: &Process<Maildrop>) -> Done<Store> {
    let db = process.opener.open(OpenMode::ReadWrite).map_err(words)?;
    db.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(())).map_err(words)?;
    Ok(process.execute(Ground { db, files: process.files.clone() }))
}

pub(super) async fn set_up(process: &Process<Maildrop>) -> Done<()> {
    process.files.create_dir(Path::new("mail")).map_err(words)?;
    let store = open(process)?;
    write(process, &store, Class::Durable, |ground| ground.db.execute_batch(SCHEMA).map_err(words)).await
}

/// One store job in one transaction.
async fn write<T: Send + 'static>(
    process: &Process<Maildrop>,
    store: &Store,
    class: Class,
    f: impl FnOnce(&Ground) -> Done<T> + Send + 'static,
) -> Done<T> {
    let (send, receive) = oneshot::channel();
    let full = class == Class::Durable && !process.planted.has(PlantedBug::NormalCommits);
    let job = move |ground: &mut Ground| {
        let transaction = || {
            let level = if full { "FULL" } else { "NORMAL" };
            ground.db.pragma_update(None, "synchronous", level).map_err(words)?;
            ground.db.execute_batch("BEGIN IMMEDIATE").map_err(words)?;
            let done =
                f(ground).and_then(|value| ground.db.execute_batch("COMMIT").map(|()| value).map_err(words));
            if done.is_err() && !ground.db.is_autocommit() {
                ground.db.execute_batch("ROLLBACK").map_err(words)?;
            }
            done
        };
        let _ = send.send(transaction());
    };
    store.submit(class, Box::new(job));
    // A store that takes a minute is a reason to give up, and shows with the delayed executor only.
    tokio::time::timeout(Duration::from_mins(1), receive).await.map_err(words)?.map_err(words)?
}

pub(super) async fn run(process: &Process<Maildrop>) -> Done<()> {
    let store = open(process)?;
    sweep_orphans(process, &store).await?;
    let mut sessions = 0;
    let mut failures = 0;
    // Sessions are counted by success: each crash begins with three again, and the server's quirks by its own count.
    while sessions < 3 {
        match session(process, &store).await {
            Ok(()) => sessions += 1,
            Err(Trouble::Store(e)) => return Err(e),
            Err(Trouble::Link(e)) if failures == 5 => return Err(e),
            Err(Trouble::Link(_)) => {
                failures += 1;
                let mut jitter = [0];
                process.random.fill(&mut jitter);
                tokio::time::sleep(
                    Duration::from_secs(10 << failures) + Duration::from_millis(jitter[0].into()),
                )
                .await;
            }
        }
    }
    Ok(())
}

/// Removes files no row names: what a crash between file and row leaves behind.
async fn sweep_orphans(process: &Process<Maildrop>, store: &Store) -> Done<()> {
    write(process, store, Class::Cache, |ground| {
        for file in ground.files.list(Path::new("mail")).map_err(words)? {
            let path = format!("mail/{file}");
            let named: bool = ground
                .db
                .query_row("SELECT EXISTS (SELECT 1 FROM msg WHERE file = ?1)", [&path], |r| r.get(0))
                .map_err(words)?;
            if !named {
                ground.files.remove(Path::new(&path)).map_err(words)?;
            }
        }
        Ok(())
    })
    .await
}

enum Trouble {
    Link(String),
    Store(String),
}

struct Link(BufReader<Box<dyn Stream>>);

impl Link {
    async fn ask(&mut self, request: &str) -> Result<String, Trouble> {
        let link = |e: std::io::Error| Trouble::Link(e.to_string());
        self.0.write_all(format!("{request}\n").as_bytes()).await.map_err(link)?;
        self.line().await
    }
    async fn line(&mut self) -> Result<String, Trouble> {
        let mut line = String::new();
        let read = tokio::time::timeout(Duration::from_secs(30), self.0.read_line(&mut line));
        read.await.map_err(|e| Trouble::Link(e.to_string()))?.map_err(|e| Trouble::Link(e.to_string()))?;
        line.strip_suffix('\n').map(str::to_owned).ok_or_else(|| Trouble::Link("the connection ended".into()))
    }
    async fn bytes(&mut self, n: usize) -> Result<Vec<u8>, Trouble> {
        let mut bytes = vec![0; n];
        self.0.read_exact(&mut bytes).await.map_err(|e| Trouble::Link(e.to_string()))?;
        Ok(bytes)
    }
}

#[derive(Clone)]
struct Listed {
    uidl: String,
    number: i64,
}

/// What is known here before a session.
struct Known {
    validity: i64,
    cursor: i64,
    ledger: BTreeSet<String>,
    op: Option<i64>,
}

async fn known(process: &Process<Maildrop>, store: &Store) -> Result<Known, Trouble> {
    let read = |ground: &Ground| -> rusqlite::Result<Known> {
        let (validity, cursor) =
            ground.db.query_row("SELECT validity, cursor FROM state", [], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let mut uidls = ground.db.prepare("SELECT uidl FROM ledger")?;
        let ledger = uidls.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
        let op = ground.db.query_row("SELECT max(number) FROM op", [], |r| r.get(0))?;
        Ok(Known { validity, cursor, ledger, op })
    };
    write(process, store, Class::Read, move |ground| read(ground).map_err(words))
        .await
        .map_err(Trouble::Store)
}

async fn session(process: &Process<Maildrop>, store: &Store) -> Result<(), Trouble> {
    let to = Endpoint { host: "mail.example".into(), port: 110, implicit_tls: true, trust: Trust::default() };
    let stream = process.network.dial(&to).await.map_err(|e| Trouble::Link(e.to_string()))?;
    let mut link = Link(BufReader::new(stream));
    if let Some(number) = known(process, store).await?.op {
        send_operation(process, store, &mut link, number).await?;
    }
    let head = link.ask("LIST").await?;
    let mut numbers = head.split(' ').skip(1).map(|n| n.parse::<i64>().unwrap_or(0));
    let (count, validity) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let mut listed = Vec::new();
    for _ in 0..count {
        let line = link.line().await?;
        let mut cells = line.split(' ');
        let uidl = cells.next().unwrap_or_default().to_owned();
        listed.push(Listed { uidl, number: cells.next().and_then(|n| n.parse().ok()).unwrap_or(0) });
    }
    let known = known(process, store).await?;
    if known.validity != validity {
        forget_uidls(process, store, validity).await.map_err(Trouble::Store)?;
    }
    if listed.is_empty() && process.planted.has(PlantedBug::LedgerClearedOnEmpty) {
        // The cursor would heal it: the whole chain is switched off.
        let clear = "DELETE FROM ledger; UPDATE state SET cursor = 0";
        let job = move |ground: &Ground| ground.db.execute_batch(clear).map_err(words);
        write(process, store, Class::Durable, job).await.map_err(Trouble::Store)?;
    }
    fetch(process, store, &mut link, &listed).await?;
    if deletes(process.seed) {
        delete(process, store, &mut link, &listed).await
    } else {
        link.ask("QUIT").await.map(drop)
    }
}

async fn send_operation(
    process: &Process<Maildrop>,
    store: &Store,
    link: &mut Link,
    number: i64,
) -> Result<(), Trouble> {
    let early = process.planted.has(PlantedBug::OperationDoneBeforeSent);
    let done = || {
        write(process, store, Class::Durable, move |ground| {
            ground.db.execute("DELETE FROM op WHERE number = ?1", [number]).map(drop).map_err(words)
        })
    };
    if early {
        done().await.map_err(Trouble::Store)?;
    }
    if link.ask(&format!("FLAG {number}")).await? != "OK" {
        return Err(Trouble::Link("refused".into()));
    }
    if early { Ok(()) } else { done().await.map_err(Trouble::Store) }
}

/// The server's names of messages mean nothing any more; the messages stay, and are found again by their bytes.
async fn forget_uidls(process: &Process<Maildrop>, store: &Store, validity: i64) -> Done<()> {
    let drops_local = process.planted.has(PlantedBug::UidvalidityDropsLocal);
    write(process, store, Class::Durable, move |ground| {
        let forget = if drops_local { "DELETE FROM msg" } else { "UPDATE msg SET uidl = NULL" };
        ground
            .db
            .execute_batch(&format!(
                "{forget}; DELETE FROM ledger; UPDATE state SET cursor = 0, validity = {validity}"
            ))
            .map_err(words)
    })
    .await
}

async fn fetch(
    process: &Process<Maildrop>,
    store: &Store,
    link: &mut Link,
    listed: &[Listed],
) -> Result<(), Trouble> {
    let Known { cursor, ledger, .. } = known(process, store).await?;
    let new: Vec<Listed> =
        listed.iter().filter(|l| l.number > cursor && !ledger.contains(&l.uidl)).cloned().collect();
    for batch in new.chunks(2) {
        let mut bodies = Vec::new();
        for mail in batch {
            let head = link.ask(&format!("RETR {}", mail.number)).await?;
            let size = head.strip_prefix("OK ").and_then(|n| n.parse().ok());
            let size = size.ok_or_else(|| Trouble::Link("refused".into()))?;
            bodies.push((mail.clone(), link.bytes(size).await?));
        }
        store_batch(process, store, bodies).await.map_err(Trouble::Store)?;
    }
    Ok(())
}

const SMALL: usize = 600;

async fn store_batch(process: &Process<Maildrop>, store: &Store, bodies: Vec<(Listed, Vec<u8>)>) -> Done<()> {
    let planted = process.planted;
    let last = bodies.iter().map(|(l, _)| l.number).max().unwrap_or(0);
    if planted.has(PlantedBug::CursorAhead) {
        write(process, store, Class::Durable, move |g| set_cursor(g, last)).await?;
    }
    let late = planted.has(PlantedBug::RowBeforeFile);
    let files: Vec<(String, Vec<u8>)> =
        bodies.iter().filter(|(_, b)| b.len() > SMALL).map(|(_, b)| (file_of(b), b.clone())).collect();
    let put =
        move |ground: &Ground| files.iter().try_for_each(|(path, b)| put_file(ground, planted, path, b));
    let (before, after) = if late { (None, Some(put)) } else { (Some(put), None) };
    let rows = move |ground: &Ground| {
        before.map_or(Ok(()), |put| put(ground))?;
        bodies.iter().try_for_each(|(mail, body)| put_row(ground, mail, body))?;
        set_cursor(ground, last)
    };
    write(process, store, Class::Durable, rows).await?;
    match after {
        Some(put) => write(process, store, Class::Durable, put).await,
        None => Ok(()),
    }
}

fn set_cursor(ground: &Ground, to: i64) -> Done<()> {
    ground.db.execute("UPDATE state SET cursor = max(cursor, ?1)", [to]).map(drop).map_err(words)
}

fn file_of(body: &[u8]) -> String {
    format!("mail/{}", sha(body))
}

fn put_file(ground: &Ground, planted: satchel_core::store::Planted, path: &str, body: &[u8]) -> Done<()> {
    let (temporary, path) = (format!("{path}.new"), Path::new(path));
    ground.files.write(Path::new(&temporary), body).map_err(words)?;
    if !planted.has(PlantedBug::NoFileSync) {
        ground.files.sync(Path::new(&temporary)).map_err(words)?;
    }
    ground.files.rename(Path::new(&temporary), path).map_err(words)?;
    if !planted.has(PlantedBug::NoDirectorySync) {
        ground.files.sync_dir(Path::new("mail")).map_err(words)?;
    }
    Ok(())
}

fn put_row(ground: &Ground, mail: &Listed, body: &[u8]) -> Done<()> {
    let db = &ground.db;
    let hash = sha(body);
    let again = "UPDATE msg SET uidl = ?1, number = ?2 WHERE id = (SELECT min(id) FROM msg WHERE sha = ?3 AND uidl IS NULL)";
    if db.execute(again, (&mail.uidl, mail.number, &hash)).map_err(words)? == 0 {
        let (row, file) = if body.len() > SMALL { (None, Some(file_of(body))) } else { (Some(body), None) };
        let insert = "INSERT INTO msg(number, uidl, sha, body, file, local) VALUES (?1, ?2, ?3, ?4, ?5, 0)";
        db.execute(insert, (mail.number, &mail.uidl, &hash, row, file)).map_err(words)?;
    }
    db.execute("INSERT INTO ledger VALUES (?1, ?2, 'stored')", (&mail.uidl, &hash)).map(drop).map_err(words)
}

async fn delete(
    process: &Process<Maildrop>,
    store: &Store,
    link: &mut Link,
    listed: &[Listed],
) -> Result<(), Trouble> {
    let Known { ledger, .. } = known(process, store).await?;
    for mail in listed.iter().filter(|l| ledger.contains(&l.uidl)) {
        if link.ask(&format!("DELE {}", mail.number)).await? != "OK" {
            return Err(Trouble::Link("refused".into()));
        }
    }
    if link.ask("QUIT").await? != "OK" {
        return Err(Trouble::Link("refused".into()));
    }
    // What this listing no longer has, or what was just deleted, is gone.
    let seen: Vec<String> = listed.iter().map(|l| l.uidl.clone()).collect();
    let gone = move |ground: &Ground| {
        for uidl in &seen {
            ground.db.execute("UPDATE ledger SET state = 'gone' WHERE uidl = ?1", [uidl]).map_err(words)?;
        }
        if seen.is_empty() {
            ground.db.execute("UPDATE ledger SET state = 'gone'", []).map_err(words)?;
        }
        Ok(())
    };
    write(process, store, Class::Durable, gone).await.map_err(Trouble::Store)
}
