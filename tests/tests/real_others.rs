//! The same day of a person on every server of the matrix, rich and poor.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod real_world;

use real_world::{RealPhone, best_imap, mail, request};
use satchel_core::account::Window;
use satchel_core::client::PassOptions;
use satchel_core::error::{MailError, TlsProblem};
use satchel_tests::servers::{MailServer, RawImap, Servers, Service, User, or_skip};

/// The servers that are there, by name.
fn matrix() -> Vec<(&'static str, &'static dyn MailServer)> {
    Servers::all().into_iter().filter_map(|(name, server)| Some((name, or_skip(server)?))).collect()
}

/// A user with so many mails `m1` … in INBOX, received an hour apart, and the client that put them there.
fn with_mails(server: &dyn MailServer, count: usize) -> (User, RawImap) {
    let user = server.fresh_user();
    let mut client = server.outside(&user).unwrap_or_else(|why| panic!("{}: {why}", server.name()));
    for number in 1..=count {
        client.append("INBOX", "", &mail(&format!("m{number}"))).unwrap();
    }
    client.done("SELECT INBOX").unwrap();
    (user, client)
}

fn sorted(mut all: Vec<String>) -> Vec<String> {
    all.sort();
    all
}

#[tokio::test]
async fn mailboxes_mail_and_flags_go_both_ways() {
    for (name, server) in matrix() {
        let (user, mut client) = with_mails(server, 3);
        let phone = RealPhone::on(server, &user, best_imap(server)).await;
        assert_eq!(phone.sync().await.new, 3, "{name}");
        assert_eq!(sorted(phone.subjects("inbox").await), ["m1", "m2", "m3"], "{name}");
        let row = phone.row("inbox", "m2").await;
        assert!(phone.raw(&row).await == mail("m2"), "{name}: byte for byte");
        let read = phone.satchel.open_message(row.placement).await.unwrap();
        assert_eq!(read.text.trim_end(), "The text of m2.", "{name}");
        let alone = phone.satchel.open_message(phone.row("inbox", "m1").await.placement).await.unwrap();
        assert_eq!(
            alone.text,
            read.text.replace("m2", "m1"),
            "{name}: the text alone is as in the whole message"
        );

        phone.satchel.flag(&[row.placement], &["\\Seen".into(), "\\Flagged".into()], &[]).await.unwrap();
        client.done("UID STORE 3 +FLAGS (\\Answered)").unwrap();
        let report = phone.sync().await;
        assert!(report.operations_done >= 1, "{name}: {report:?}");
        client.done("NOOP").unwrap();
        assert_eq!(client.flags(2).unwrap(), ["\\Flagged", "\\Seen"], "{name}");
        assert!(phone.row("inbox", "m3").await.flags.answered, "{name}");
        let again = phone.sync().await;
        assert_eq!((again.new, again.changed, again.removed), (0, 0, 0), "{name}: {again:?}");
    }
}

#[tokio::test]
async fn the_newest_come_first_and_older_mail_on_request() {
    for (name, server) in matrix() {
        let (user, _client) = with_mails(server, 30);
        let phone = RealPhone::on(server, &user, best_imap(server)).await;
        phone.window(Window::Count(10)).await;
        assert_eq!(phone.sync().await.new, 10, "{name}");
        let newest: Vec<_> = (21..=30).map(|number| format!("m{number}")).collect();
        assert_eq!(sorted(phone.subjects("inbox").await), sorted(newest), "{name}");
        let older = PassOptions { older: 8, ..PassOptions::default() };
        assert_eq!(phone.sync_with(&older).await.new, 8, "{name}");
        let older: Vec<_> = (13..=30).map(|number| format!("m{number}")).collect();
        assert_eq!(sorted(phone.subjects("inbox").await), sorted(older), "{name}");
        let again = phone.sync().await;
        assert_eq!((again.new, again.changed, again.removed), (0, 0, 0), "{name}: {again:?}");
        let rest = PassOptions { older: 100, ..PassOptions::default() };
        assert_eq!(phone.sync_with(&rest).await.new, 12, "{name}");
        assert_eq!(phone.subjects("inbox").await.len(), 30, "{name}");
    }
}

#[tokio::test]
async fn moved_and_deleted_mail_is_where_another_client_looks_for_it() {
    for (name, server) in matrix() {
        let (user, mut client) = with_mails(server, 4);
        let phone = RealPhone::on(server, &user, best_imap(server)).await;
        phone.sync().await;
        let (made, _) = phone.satchel.create_mailbox(phone.account.id, "Kept things", false).await.unwrap();
        let (moved, deleted) = (phone.row("inbox", "m1").await, phone.row("inbox", "m2").await);
        phone.satchel.move_to(&[moved.placement], made.id).await.unwrap();
        phone.satchel.delete(&[deleted.placement]).await.unwrap();
        phone.sync().await;
        client.done("NOOP").unwrap();
        assert_eq!(client.uid_search("ALL").unwrap(), [3, 4], "{name}");
        for (mailbox, subject) in [("Kept things", "m1"), ("Trash", "m2")] {
            let place =
                on_server(&mut client, mailbox).unwrap_or_else(|all| panic!("{name}: no {mailbox}: {all}"));
            client.done(&format!("SELECT \"{place}\"")).unwrap();
            assert_eq!(
                client.uid_search(&format!("SUBJECT {subject}")).unwrap().len(),
                1,
                "{name}: {mailbox}"
            );
        }
        let again = phone.sync().await;
        assert_eq!((again.new, again.changed, again.removed), (0, 0, 0), "{name}: {again:?}");
        assert_eq!(phone.rows_of(made.id).await[0].placement, moved.placement, "{name}: it keeps its id");
        assert_eq!(phone.subjects("trash").await, ["m2"], "{name}");
        assert_eq!(sorted(phone.subjects("inbox").await), ["m3", "m4"], "{name}");

        // From the trash it goes for good.
        phone.satchel.delete(&[phone.row("trash", "m2").await.placement]).await.unwrap();
        phone.sync().await;
        client.done("NOOP").unwrap();
        assert_eq!(client.uid_search("ALL").unwrap(), Vec::<u32>::new(), "{name}");
    }
}

/// How the server calls a mailbox, with its prefix; all names if there is none.
fn on_server(client: &mut RawImap, name: &str) -> Result<String, String> {
    let listed = client.done("LIST \"\" *").unwrap().text();
    for place in [name.to_owned(), format!("INBOX.{name}")] {
        if listed
            .lines()
            .any(|line| line.ends_with(&format!(" \"{place}\"")) || line.ends_with(&format!(" {place}")))
        {
            return Ok(place);
        }
    }
    Err(listed)
}

#[tokio::test]
async fn mail_that_others_delete_goes_here_too() {
    for (name, server) in matrix() {
        let (user, mut client) = with_mails(server, 5);
        let phone = RealPhone::on(server, &user, best_imap(server)).await;
        phone.sync().await;
        client.done("UID STORE 2,4 +FLAGS (\\Deleted)").unwrap();
        client.done("EXPUNGE").unwrap();
        client.append("INBOX", "", &mail("m6")).unwrap();
        let report = phone.sync().await;
        assert_eq!((report.new, report.removed), (1, 2), "{name}: {report:?}");
        assert_eq!(sorted(phone.subjects("inbox").await), ["m1", "m3", "m5", "m6"], "{name}");
    }
}

#[tokio::test]
async fn pop_brings_everything_once_from_every_server() {
    for (name, server) in matrix() {
        let (user, client) = with_mails(server, 5);
        // Some hold the maildrop closed while another session is in it.
        drop(client);
        let phone = RealPhone::on(server, &user, Service::Pop).await;
        assert_eq!(phone.sync().await.new, 5, "{name}");
        let row = phone.row("inbox", "m4").await;
        phone.satchel.set_offline(true);
        assert!(phone.raw(&row).await == mail("m4"), "{name}: byte for byte");
        phone.satchel.set_offline(false);
        assert_eq!(phone.sync().await.new, 0, "{name}");
        assert_eq!(
            server.outside(&user).unwrap().done("EXAMINE INBOX").unwrap().line("5 EXISTS"),
            Some("* 5 EXISTS".to_owned()),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_server_without_starttls_is_told_so_and_a_person_may_insist() {
    let Some(greenmail) = or_skip(Servers::greenmail()) else { return };
    let user = greenmail.fresh_user();
    for (service, lacks) in [(Service::Imap, "STARTTLS"), (Service::Pop, "STLS")] {
        let mut safe = request(greenmail, &user, service);
        safe.incoming = safe.incoming.replace("?insecure", "");
        let refused = RealPhone::try_with(safe).await.err();
        let Some(MailError::Tls { problem, reason, .. }) = &refused else {
            panic!("{service:?}: {refused:?}")
        };
        assert_eq!(*problem, TlsProblem::StartTlsMissing, "{service:?}");
        assert!(reason.contains(lacks), "{service:?}: {reason}");
        RealPhone::on(greenmail, &user, service).await.sync().await;
    }
}
