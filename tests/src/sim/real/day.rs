//! How scenarios use the product: opened on a simulated process, patient with the network, watched for secrets.

use crate::phone::{USER, mail, mail_with, request};
use crate::sim::office::{CANARY, Office};
use crate::sim::process::Process;
use crate::sim::random::Chance;
use satchel_core::client::{AccountRequest, ListRow, PassOptions, PassReport, Password, Ports, Satchel};
use satchel_core::error::MailError;
use satchel_core::ids::{AccountId, MailboxId};
use satchel_core::store::open_writer;
use satchel_postoffice::{Features, Role};

/// Tries of a call that needs the network, before a process gives up.
const TRIES: u32 = 3;
/// Connections one process may make: a few calls with [`TRIES`] each. I6 allows sixty in an hour.
const CONNECTS: u64 = 15;

pub(super) fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// One process of the app.
pub(super) struct Day<'a> {
    pub(super) satchel: Satchel,
    pub(super) account: AccountId,
    process: &'a Process<Office>,
}

impl<'a> Day<'a> {
    /// Starts the app for the first time, with an account that is not proved.
    pub(super) async fn first(process: &'a Process<Office>, incoming: &str) -> Result<Self, String> {
        let satchel = open(process)?;
        let account = satchel.add_account(wanted(incoming)).await.map_err(words)?.id;
        Ok(Self { satchel, account, process })
    }

    /// Starts the app again.
    pub(super) async fn again(process: &'a Process<Office>) -> Result<Self, String> {
        let satchel = open(process)?;
        let accounts = satchel.accounts().await.map_err(words)?;
        let account = accounts.first().ok_or("the account is lost")?.id;
        if let Some(damaged) = satchel.damaged_database() {
            return Err(format!("the database was set aside as {damaged}"));
        }
        Ok(Self { satchel, account, process })
    }

    /// Starts the app on what is left of its home; an account that is lost is added again.
    pub(super) async fn on_what_is_left(
        process: &'a Process<Office>,
        incoming: &str,
    ) -> Result<Self, String> {
        let satchel = open(process)?;
        let left = satchel.accounts().await.map_err(words)?.first().map(|a| a.id);
        let account = match left {
            Some(account) => account,
            None => satchel.add_account(wanted(incoming)).await.map_err(words)?.id,
        };
        Ok(Self { satchel, account, process })
    }

    /// A pass that goes well, after some tries if the link breaks.
    pub(super) async fn sync(&self) -> Result<PassReport, String> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.satchel.sync(self.account, &PassOptions::default(), None).await {
                Ok(report) => return Ok(report),
                Err(MailError::Network { .. }) if tries < TRIES => {}
                Err(e) => return Err(words(e)),
            }
        }
    }

    /// Passes until nothing waits, then one that finds everything in place.
    pub(super) async fn sync_all(&self) -> Result<(), String> {
        for _ in 0..3 {
            self.sync().await?;
            let operations = self.satchel.operations().await.map_err(words)?;
            if operations.iter().all(|o| !o.state.is_open()) {
                break;
            }
        }
        self.sync().await?;
        Ok(())
    }

    /// The mailbox of this name.
    pub(super) async fn mailbox(&self, name: &str) -> Result<MailboxId, String> {
        let all = self.satchel.mailboxes(self.account).await.map_err(words)?;
        let found = all.iter().find(|m| m.name.eq_ignore_ascii_case(name));
        found.map(|m| m.id).ok_or_else(|| format!("no mailbox {name}"))
    }

    /// The row of this subject.
    pub(super) async fn row(&self, mailbox: &str, subject: &str) -> Result<ListRow, String> {
        let page = self.satchel.messages(self.mailbox(mailbox).await?, 100, None).await.map_err(words)?;
        let found = page.rows.into_iter().find(|r| r.subject == subject);
        found.ok_or_else(|| format!("no message {subject} in {mailbox}"))
    }

    /// Opens a message, and sees that its bytes are those that were sent.
    pub(super) async fn open(&self, mailbox: &str, subject: &str, bytes: &[u8]) -> Result<(), String> {
        let row = self.row(mailbox, subject).await?;
        let mut tries = 0;
        loop {
            tries += 1;
            match self.satchel.raw_message(row.placement, &mut |_, _| {}).await {
                Ok(raw) if raw == bytes => return Ok(()),
                Ok(raw) => return Err(format!("{subject} came as {} bytes of others", raw.len())),
                Err(MailError::Network { .. }) if tries < TRIES => {}
                Err(e) => return Err(words(e)),
            }
        }
    }

    /// Settles, and checks what only a process knows: how often it connected, and that no event told a secret.
    pub(super) async fn end(self) -> Result<(), String> {
        self.satchel.settle().await.map_err(words)?;
        let connects = self.process.server.post.counters().all_connections();
        if connects > CONNECTS {
            return Err(format!("{connects} connections in one process"));
        }
        let told = format!("{:?}", self.process.events.take());
        if told.contains("canary-5f2c") { Err("an event holds the password".to_owned()) } else { Ok(()) }
    }
}

fn wanted(incoming: &str) -> AccountRequest {
    AccountRequest { password: Password::Given(CANARY.to_owned().into()), prove: false, ..request(incoming) }
}

fn open(p: &Process<Office>) -> Result<Satchel, String> {
    let opened = open_writer(&p.opener, &p.files).map_err(words)?;
    let ports = Ports {
        dialer: p.network.clone(),
        executor: p.execute(opened.writer),
        credentials: p.credentials.clone(),
        clock: p.clock.clone(),
        random: p.random.clone(),
        events: p.events.clone(),
    };
    Ok(Satchel::new(ports, None, opened.set_aside, p.planted))
}

/// A mail that does not fit into a row of the database, also when packed: a line of text and a large attachment.
pub(super) fn large(seed: u64) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut chance = Chance::of(&[21, seed]);
    let mut body = String::with_capacity(97_000);
    body.push_str("--x\r\nContent-Type: text/plain\r\n\r\nThe plan is attached.\r\n--x\r\n");
    body.push_str("Content-Type: application/octet-stream; name=plan.bin\r\n");
    body.push_str(
        "Content-Disposition: attachment; filename=plan.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n",
    );
    while body.len() < 95_000 {
        for _ in 0..9 {
            let word = chance.word();
            body.extend((0..8).map(|n| char::from(ALPHABET[(word >> (6 * n)) as usize % 64])));
        }
        body.push_str("\r\n");
    }
    body.push_str("--x--\r\n");
    mail_with("large", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n", &body)
}

/// Puts mails of these subjects into a mailbox; `large` is large.
pub(super) fn deliver(office: &Office, mailbox: &str, subjects: &[&str], seed: u64) {
    for (n, subject) in subjects.iter().enumerate() {
        let raw = if *subject == "large" { large(seed) } else { mail(subject) };
        let at = 1_767_000_000 + 60 * n as i64;
        // A scenario that names no mailbox of its office is seen at once: its mail is missing.
        let _ = office.post.deliver(USER, mailbox, raw, [""; 0], at);
    }
}

/// An office with INBOX, Work, Archive and Trash, and mail in two of them.
pub(super) fn furnished(features: Features, seed: u64) -> Office {
    let office = Office::new(features);
    for (name, role) in [("Work", None), ("Archive", Some(Role::Archive)), ("Trash", Some(Role::Trash))] {
        let _ = office.post.create_mailbox(USER, name, role);
    }
    let more = ["m4", "m5", "m6", "m7", "m8"];
    let more = more.get(..(seed % 5) as usize).unwrap_or_default();
    deliver(&office, "INBOX", &[&["m0", "m1", "m2", "m3", "large"], more].concat(), seed);
    deliver(&office, "Work", &["w0", "w1"], seed);
    office
}
