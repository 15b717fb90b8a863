//! Servers that lie, break off or attack: each a clear error or a row that says so, and nothing lost.

// A scenario that cannot go on ends where it stands, also in what its tests share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use satchel_core::client::PassOptions;
use satchel_core::error::MailError;
use satchel_postoffice::{Fault, Features, PostOffice, When};
use satchel_tests::phone::{Phone, USER, mail, mail_with, office, office_with};

async fn phone_with_mail(office: &PostOffice) -> Phone {
    for n in 0..12 {
        office.deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_767_000_000 + n).unwrap();
    }
    let phone = Phone::imap(office).await;
    phone.sync().await;
    for n in 12..15 {
        office.deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_767_000_000 + n).unwrap();
    }
    phone
}

/// A pass under a fault either fails with a network error or a refusal, and the next one without it ends whole.
async fn heals(fault: Fault, verb: &str) {
    let office = office();
    let phone = phone_with_mail(&office).await;
    let name = format!("{fault:?}").chars().take(60).collect::<String>();
    let rule = office.inject(When::imap().verb(verb), fault);
    let first = phone.try_sync(&PassOptions::default()).await;
    if let Err(e) = &first {
        assert!(
            matches!(e, MailError::Network { .. } | MailError::ServerRejected { .. }),
            "{name} at {verb}: {e:?}"
        );
    }
    assert!(!office.hits().is_empty(), "{name} at {verb} never struck");
    office.remove_fault(rule);
    assert!(phone.subjects("INBOX").await.len() >= 12, "{name} at {verb}: rows are gone");
    phone.sync().await;
    let expected: Vec<String> = (0..15).rev().map(|n| format!("m{n}")).collect();
    let rows = phone.subjects("INBOX").await;
    assert_eq!(rows, expected, "{name} at {verb}");
}

#[tokio::test]
async fn a_server_that_closes_in_the_middle_loses_nothing() {
    for verb in ["LIST", "SELECT", "FETCH"] {
        heals(Fault::CutBefore, verb).await;
        heals(Fault::CutAfter, verb).await;
        heals(Fault::CutAnswer(7), verb).await;
        heals(Fault::CutAnswer(60), verb).await;
    }
}

#[tokio::test]
async fn a_truncated_literal_is_no_message() {
    heals(Fault::CutLiteral("5000".to_owned(), 3), "FETCH").await;
}

#[tokio::test]
async fn literals_of_absurd_sizes_cost_nothing() {
    for size in ["500000000", "4294967295", "99999999999999999999", "-1"] {
        heals(Fault::LiteralSize(size.to_owned()), "FETCH").await;
    }
}

#[tokio::test]
async fn a_refusal_of_one_command_is_no_empty_mailbox() {
    for verb in ["SELECT", "FETCH", "LIST"] {
        heals(Fault::No("UNAVAILABLE".to_owned(), "later".to_owned()), verb).await;
        heals(Fault::Bad("what?".to_owned()), verb).await;
        heals(Fault::Bye("closing".to_owned()), verb).await;
    }
}

#[tokio::test]
async fn counts_that_lie_remove_nothing() {
    for exists in [0, 3, 4_294_967_295] {
        heals(Fault::Exists(exists), "SELECT").await;
    }
    heals(Fault::HighestModseq(1), "SELECT").await;
    heals(Fault::NoModseq, "SELECT").await;
}

#[tokio::test]
async fn a_new_uidvalidity_at_every_select_neither_doubles_nor_loses() {
    heals(Fault::FreshUidValidity, "SELECT").await;
}

#[tokio::test]
async fn garbage_lines_cost_that_line_only() {
    heals(Fault::Insert(b"* \x00\xff garbage ( \" {\r\n".to_vec()), "FETCH").await;
    heals(Fault::Insert(b"* 4294967295 EXISTS\r\n* 0 EXPUNGE\r\n".to_vec()), "FETCH").await;
}

#[test]
fn structures_nested_100_000_deep_are_listed_on_a_small_stack() {
    // The whole core runs on this thread; only the store has threads of its own.
    let small = std::thread::Builder::new().stack_size(256 * 1024);
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let office = office();
        for n in 0..3 {
            office.deliver_now(USER, mail(&format!("m{n}"))).unwrap();
        }
        office.inject(When::imap().verb("FETCH"), Fault::NestedStructure(100_000));
        runtime.block_on(Box::pin(async {
            let phone = Phone::imap(&office).await;
            phone.sync().await;
            assert_eq!(phone.subjects("INBOX").await.len(), 3);
        }));
    };
    small.spawn(run).unwrap().join().expect("nothing aborts");
}

#[tokio::test]
async fn a_mail_of_hostile_nesting_opens_with_its_header() {
    let office = office();
    let level = |n: u32| format!("--b{n}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n", n + 1);
    let body = (0..100_000).map(level).collect::<Vec<_>>().concat();
    let hostile =
        mail_with("deep", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b0\r\n", &body);
    office.deliver_now(USER, hostile.clone()).unwrap();
    let phone = Phone::pop(&office).await;
    phone.sync().await;
    let row = phone.row("inbox", "deep").await;
    phone.satchel.open_message(row.placement).await.unwrap();
    assert!(phone.satchel.raw_message(row.placement, &mut |_, _| {}).await.unwrap() == hostile);
}

#[tokio::test]
async fn pop_that_breaks_off_or_lies_keeps_what_came_whole() {
    let faults = [
        Fault::CutAfterSent(900),
        Fault::CutAnswer(50),
        Fault::CutBefore,
        Fault::ListSize(1),
        Fault::SameUidl("x".to_owned()),
        Fault::NoDot,
    ];
    for fault in faults {
        let office = office_with(Features::rich());
        for n in 0..6 {
            office.deliver_now(USER, mail(&format!("m{n}"))).unwrap();
        }
        let phone = Phone::pop(&office).await;
        let name = format!("{fault:?}");
        let verb = match fault {
            Fault::ListSize(_) => "LIST",
            Fault::SameUidl(_) => "UIDL",
            _ => "RETR",
        };
        let rule = office.inject(When::pop().verb(verb), fault);
        let first = tokio::time::timeout(
            std::time::Duration::from_secs(3),
            phone.satchel.sync(phone.id(), &PassOptions::default(), Some(std::time::Duration::from_secs(1))),
        )
        .await
        .expect("the deadline ends it");
        if let Err(e) = first {
            assert!(
                matches!(e, MailError::Network { .. } | MailError::ServerRejected { .. }),
                "{name}: {e:?}"
            );
        }
        office.remove_fault(rule);
        phone.sync().await;
        let mut subjects = phone.subjects("inbox").await;
        subjects.sort();
        assert_eq!(subjects, ["m0", "m1", "m2", "m3", "m4", "m5"], "{name}");
    }
}
