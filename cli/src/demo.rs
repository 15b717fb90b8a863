//! The demo: a mail server of its own on loopback, and the main job walked through in a minute, command by command.

mod walk;

use crate::output::Failure;
use crate::shell::Shell;
use satchel_core::error::MailError;
use satchel_postoffice::PostOffice;
use satchel_postoffice::sample::{self as mail, ANN, BEN, PASSWORD};
use serde_json::Value;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use walk::Walk;

/// Walks through everything; the first step that goes wrong ends it.
pub(crate) async fn run(keep: bool, shell: &mut Shell) -> Result<u8, Failure> {
    let folder = Folder::make(keep)?;
    let office = mail::office().map_err(|error| broken(&error.to_string()))?;
    let listening = office.listen().await?;
    std::fs::write(folder.path.join("ca.pem"), &listening.ca_pem)?;
    let imap = format!("imaps://localhost:{}", listening.imaps);
    let pop = format!("pop3s://localhost:{}", listening.pops);
    let mut walk = Walk::new(folder.path.clone(), shell);
    walk.tell("A post office of the demo's own opens on this machine: IMAP and POP over TLS, with a test authority.")?;
    imap_mail(&mut walk, &office, &imap).await?;
    pop_mail(&mut walk, &pop).await?;
    without_network(&mut walk, &office).await?;
    second_device(&mut walk, &imap).await?;
    let home = folder.path.join("home");
    let kept = if keep {
        format!(
            "The mail store is kept; its server is gone: satchel --home {} --offline status",
            home.display()
        )
    } else {
        "What the demo made is removed again; --keep keeps the mail store to look around.".to_owned()
    };
    walk.end(&[
        &kept,
        "Your own mail: satchel account add you@example.org --incoming imaps://mail.example.org, then satchel sync",
        "All commands: satchel --help. How it is built: ARCHITECTURE.md",
    ])?;
    Ok(0)
}

async fn imap_mail(walk: &mut Walk<'_>, office: &PostOffice, server: &str) -> Result<(), Failure> {
    let add = ["account", "add", ANN, "--incoming", server, "--ca", "ca.pem", "--password-stdin"];
    walk.step("An IMAP account; nothing is kept unless the login works", &add).await?;
    walk.step("First sync: mailboxes and the newest messages", &["sync", ANN]).await?;
    let inbox = walk.mailbox(ANN, "INBOX").await?;
    walk.step("The inbox, from this device", &["list", &inbox]).await?;
    let plan = walk.message(&inbox, mail::PLAN).await?;
    walk.step("Opening a message fetches its text, not its attachment", &["show", &plan]).await?;
    walk.step("The attachment, when it is wanted", &["attachment", "list", &plan]).await?;
    let section = walk.query(&["attachment", "list", &plan]).await?;
    let section = section.pointer("/0/section").and_then(Value::as_str).unwrap_or_default().to_owned();
    walk.step(
        "… into a file that appears only when it is whole",
        &["attachment", "get", &plan, &section, "-o", "plan.csv"],
    )
    .await?;
    walk.step("Read and starred: done here at once", &["flag", &plan, "+seen", "+flagged"]).await?;
    walk.step("The next sync tells the server", &["sync", ANN]).await?;
    check(
        mail::has_flag(office, ANN, "INBOX", mail::PLAN, "\\Flagged"),
        "the server does not hold the star",
    )?;
    walk.told("The server holds the star: any other client sees it")
}

async fn pop_mail(walk: &mut Walk<'_>, server: &str) -> Result<(), Failure> {
    let add = ["account", "add", BEN, "--incoming", server, "--ca", "ca.pem", "--password-stdin"];
    walk.step("A POP account beside it", &add).await?;
    walk.step("Its mail is brought here whole; the server keeps its copies", &["sync", BEN]).await?;
    walk.step("The ledger knows each message of the maildrop", &["pop", "state", BEN]).await
}

async fn without_network(walk: &mut Walk<'_>, office: &PostOffice) -> Result<(), Failure> {
    let inbox = walk.mailbox(ANN, "INBOX").await?;
    let projects = walk.mailbox(ANN, mail::PROJECTS).await?;
    let boat = walk.message(&inbox, mail::BOAT).await?;
    let invoice = walk.message(&inbox, mail::INVOICE).await?;
    walk.step("No network: a flag", &["--offline", "flag", &boat, "+flagged"]).await?;
    walk.step("… a move", &["--offline", "move", &invoice, &projects]).await?;
    walk.step("… and a search", &["--offline", "search", "from:hanako has:attachment"]).await?;
    walk.step("What waits for the network", &["--offline", "operations"]).await?;
    check(
        !mail::has_flag(office, ANN, "INBOX", mail::BOAT, "\\Flagged"),
        "the server heard of it without a network",
    )?;
    walk.step("The network is back: all accounts", &["sync"]).await?;
    check(
        mail::has_flag(office, ANN, "INBOX", mail::BOAT, "\\Flagged"),
        "the server does not hold the flag",
    )?;
    check(mail::is_in(office, ANN, mail::PROJECTS, mail::INVOICE), "the server does not hold the move")?;
    check(!mail::is_in(office, ANN, "INBOX", mail::INVOICE), "the server holds the moved message twice")?;
    walk.told("The server holds the flag and the move, once each")
}

async fn second_device(walk: &mut Walk<'_>, server: &str) -> Result<(), Failure> {
    walk.turn_to("second-device");
    let add = ["account", "add", ANN, "--incoming", server, "--ca", "ca.pem", "--password-stdin"];
    walk.step("A second device with a mail store of its own", &add).await?;
    walk.step("… syncs", &["sync"]).await?;
    let projects = walk.mailbox(ANN, mail::PROJECTS).await?;
    walk.message(&projects, mail::INVOICE).await?;
    walk.step("… and sees the moved message", &["list", &projects]).await
}

fn check(holds: bool, otherwise: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(broken(otherwise)) }
}

fn broken(reason: &str) -> Failure {
    MailError::Internal { reason: format!("the demo broke: {reason}") }.into()
}

/// Where everything of the demo lies; removed with it unless it is kept.
struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    fn make(keep: bool) -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("satchel-demo-{}", std::process::id()));
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self { path, keep })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep && std::fs::remove_dir_all(&self.path).is_err() {
            log::warn!("the demo's folder could not be removed");
        }
    }
}
