//! A post office that other languages' tests drive: its own ports, which can be closed, opened again, slowed and throttled.

use base64::Engine;
use satchel_postoffice::{Certificate, ConnectionOptions, PostOffice, Protocol, TlsMode};
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// How the server's answers come.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// Each after so long.
    Slow(Duration),
    /// So many bytes a second; 0: as they come.
    Rate(u64),
}

#[derive(Debug, Default)]
struct Paces {
    slow_ms: AtomicU64,
    rate: AtomicU64,
    /// The client said something since the last answer.
    asked: AtomicBool,
}

/// The doors of a post office.
#[derive(Debug)]
pub struct Counter {
    doors: [(Protocol, TlsMode, u16); 4],
    ca_pem: String,
    paces: Arc<Paces>,
    open: Vec<JoinHandle<()>>,
}

impl Counter {
    /// Opens IMAP, IMAP over TLS, POP and POP over TLS on ports of the system's choice.
    ///
    /// # Errors
    /// If no port can be had.
    pub async fn open(office: &PostOffice) -> io::Result<Self> {
        let (start, implicit) = (TlsMode::StartTls(Certificate::Good), TlsMode::Implicit(Certificate::Good));
        let (imap, pop) = (Protocol::Imap, Protocol::Pop);
        let doors = [(imap, start, 0), (imap, implicit, 0), (pop, start, 0), (pop, implicit, 0)];
        let mut counter = Self { doors, ca_pem: office.ca_pem()?, paces: Arc::default(), open: Vec::new() };
        counter.up(office).await?;
        Ok(counter)
    }

    /// IMAP, IMAPS, POP3, POP3S. They stay the same when the doors are closed and opened again.
    pub fn ports(&self) -> [u16; 4] {
        self.doors.map(|(_, _, port)| port)
    }

    /// The test authority's certificate.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// From now on, also on open connections.
    pub fn pace(&self, pace: Pace) {
        match pace {
            Pace::Slow(each) => self.paces.slow_ms.store(each.as_millis() as u64, Ordering::Relaxed),
            Pace::Rate(rate) => self.paces.rate.store(rate, Ordering::Relaxed),
        }
    }

    /// Nobody answers any more, and open connections are cut.
    pub async fn down(&mut self) {
        for door in self.open.drain(..) {
            door.abort();
            // Only then its port is closed.
            let _ = door.await;
        }
    }

    /// Opens the doors that `down` closed.
    ///
    /// # Errors
    /// If somebody else took a port meanwhile.
    pub async fn up(&mut self, office: &PostOffice) -> io::Result<()> {
        self.down().await;
        for door in &mut self.doors {
            let listener = bind(door.2).await?;
            door.2 = listener.local_addr()?.port();
            let (office, paces, (protocol, tls, _)) = (office.clone(), Arc::clone(&self.paces), *door);
            let task = tokio::spawn(async move {
                // Connections end with the door.
                let mut within = JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    within.spawn(relay(office.clone(), protocol, tls, stream, Arc::clone(&paces)));
                    while within.try_join_next().is_some() {}
                }
            });
            self.open.push(task);
        }
        Ok(())
    }
}

/// A door that was just closed may hold its port for a moment.
async fn bind(port: u16) -> io::Result<TcpListener> {
    let mut tries = 0;
    loop {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Err(e) if e.kind() == io::ErrorKind::AddrInUse && tries < 200 => tries += 1,
            done => return done,
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn relay(office: PostOffice, protocol: Protocol, tls: TlsMode, stream: TcpStream, paces: Arc<Paces>) {
    let _ = stream.set_nodelay(true);
    let (here, there) = tokio::io::duplex(16 * 1024);
    let options = ConnectionOptions { tls, ..ConnectionOptions::default() };
    let (from_client, to_client) = stream.into_split();
    let (from_office, to_office) = tokio::io::split(here);
    let mut serving = JoinSet::new();
    // On its own: what it says last has to get out after it has ended.
    serving.spawn(office.serve(protocol, there, options));
    tokio::select! {
        () = inward(from_client, to_office, &paces) => {}
        () = outward(from_office, to_client, &paces) => {}
    }
}

async fn inward(mut from: OwnedReadHalf, mut to: WriteHalf<DuplexStream>, paces: &Paces) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(n @ 1..) = from.read(&mut buffer).await {
        paces.asked.store(true, Ordering::Relaxed);
        if to.write_all(&buffer[..n]).await.is_err() {
            return;
        }
    }
}

async fn outward(mut from: ReadHalf<DuplexStream>, mut to: OwnedWriteHalf, paces: &Paces) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let rate = paces.rate.load(Ordering::Relaxed);
        // Twenty small pieces a second show progress better than one large one.
        let at_most = if rate == 0 { buffer.len() } else { (rate as usize / 20).clamp(1, buffer.len()) };
        let Ok(n @ 1..) = from.read(&mut buffer[..at_most]).await else { break };
        if paces.asked.swap(false, Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(paces.slow_ms.load(Ordering::Relaxed))).await;
        }
        if let Some(micros) = (n as u64 * 1_000_000).checked_div(rate) {
            tokio::time::sleep(Duration::from_micros(micros)).await;
        }
        if to.write_all(&buffer[..n]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

const PEOPLE: [(&str, &str); 6] = [
    ("Ben", "ben@example.org"),
    ("Carla Jensen", "carla@example.org"),
    ("Harbour Office", "harbour@example.org"),
    ("Layla", "layla@example.org"),
    ("Nordwind Sails", "billing@example.com"),
    ("Sailing Weekly", "news@news.example.com"),
];

/// So many letters, the last one now and a minute between them; every third was read. Each has an id of its own.
pub fn letters(count: u64, now: i64) -> impl Iterator<Item = (String, bool, i64)> {
    (1..=count).map(move |n| {
        let (name, address) = PEOPLE[n as usize % PEOPLE.len()];
        let at = now - (count - n) as i64 * 60;
        let raw = format!(
            "From: {name} <{address}>\r\nTo: Ann <ann@example.org>\r\nSubject: Message {n}\r\n{}\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nText of message {n}.\r\n",
            dated(at)
        );
        (raw, n % 3 == 0, at)
    })
}

fn dated(at: i64) -> String {
    static LETTERS: AtomicU64 = AtomicU64::new(1);
    let number = LETTERS.fetch_add(1, Ordering::Relaxed);
    let date = OffsetDateTime::from_unix_timestamp(at).ok().and_then(|at| at.format(&Rfc2822).ok());
    format!("Date: {}\r\nMessage-ID: <letter.{number}@example.org>\r\n", date.unwrap_or_default())
}

/// A letter with `plan.bin` of exactly so many bytes.
pub fn with_attachment(bytes: usize, now: i64) -> String {
    let whole = "QUJD".repeat(19) + "\r\n";
    let (lines, rest) = (bytes / 57, bytes % 57);
    let last = match rest % 3 {
        1 => "QUJD".repeat(rest / 3) + "QQ==",
        2 => "QUJD".repeat(rest / 3) + "QUI=",
        _ => "QUJD".repeat(rest / 3),
    };
    format!(
        "From: Carla Jensen <carla@example.org>\r\nTo: Ann <ann@example.org>\r\nSubject: With attachment\r\n\
         {}MIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=sea\r\n\r\n--sea\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nThe plan is attached.\r\n--sea\r\n\
         Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=plan.bin\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}{last}\r\n--sea--\r\n",
        dated(now),
        whole.repeat(lines)
    )
}

/// The bytes of base64, as a test writes it on one line.
pub fn decoded(encoded: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(encoded).ok()
}

/// Sets or clears one flag of a message and leaves the others.
///
/// # Errors
/// A sentence if there is no such message.
pub fn set_flag(office: &PostOffice, of: (&str, &str, u32), flag: &str, on: bool) -> Result<(), String> {
    let (user, mailbox, uid) = of;
    let mut flags = flags(office, user, mailbox, uid)?;
    flags.retain(|there| !there.eq_ignore_ascii_case(flag));
    if on {
        flags.push(flag.to_owned());
    }
    office.set_flags(user, mailbox, uid, flags).map_err(|why| why.to_string())
}

/// `flags USER MAILBOX UID`, `count USER MAILBOX`, `subjects USER MAILBOX`.
///
/// # Errors
/// A sentence if there is no such mailbox or message, or no such question.
pub fn asked(office: &PostOffice, question: &str, words: &[&str]) -> Result<String, String> {
    match (question, words) {
        ("flags", [user, mailbox, uid]) => {
            let uid = uid.parse().map_err(|_| format!("{uid} is not a number"))?;
            Ok(flags(office, user, mailbox, uid)?.join(" "))
        }
        ("count", [user, mailbox]) => Ok(messages(office, user, mailbox)?.len().to_string()),
        ("subjects", [user, mailbox]) => {
            let all = messages(office, user, mailbox)?;
            let subject = |m: &satchel_postoffice::MessageSnapshot| {
                let text = String::from_utf8_lossy(&m.bytes).into_owned();
                text.lines()
                    .find_map(|line| line.strip_prefix("Subject: ").map(str::to_owned))
                    .unwrap_or_default()
            };
            Ok(all.iter().map(subject).collect::<Vec<_>>().join("\t"))
        }
        _ => Err(format!("{question} needs other words")),
    }
}

fn flags(office: &PostOffice, user: &str, mailbox: &str, uid: u32) -> Result<Vec<String>, String> {
    let all = messages(office, user, mailbox)?;
    let message = all.iter().find(|m| m.uid == uid).ok_or("no such message")?;
    Ok(message.flags.names().into_iter().map(str::to_owned).collect())
}

fn messages(
    office: &PostOffice,
    user: &str,
    mailbox: &str,
) -> Result<Vec<satchel_postoffice::MessageSnapshot>, String> {
    let snapshot = office.snapshot(user).map_err(|why| why.to_string())?;
    Ok(snapshot.mailbox(mailbox).ok_or("no such mailbox")?.messages.clone())
}
