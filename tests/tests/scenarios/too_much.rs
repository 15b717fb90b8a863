//! A server names or sends more than there is: neither memory nor disk fills, and what is here stays.

use satchel_core::client::PassOptions;
use satchel_core::error::MailError;
use satchel_postoffice::{Fault, Features, PostOffice, Protocol, When};
use satchel_tests::phone::{Phone, USER, mail, mail_with, office, office_with};
use std::time::Duration;

fn filled(features: Features, count: i64) -> PostOffice {
    let office = office_with(features);
    for n in 0..count {
        office.deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_767_000_000 + n).unwrap();
    }
    office
}

/// Every search finds all messages up to this UID.
fn finds_up_to(office: &PostOffice, last: u32) {
    let answer = format!("* ESEARCH (TAG \"{{tag}}\") UID ALL 1:{last}\r\n{{tag}} OK found\r\n");
    office.inject(When::imap().verb("SEARCH"), Fault::Answer(answer.into_bytes()));
}

/// A row that belongs to no message comes with every answer.
fn loses_a_row(office: &PostOffice) {
    office.inject(
        When::imap().verb("FETCH"),
        Fault::InsertBeforeTagged(b"* 1 FETCH (RFC822.SIZE 5)\r\n".to_vec()),
    );
}

#[tokio::test]
async fn a_search_that_finds_more_than_there_is_lists_nothing() {
    for last in [20_000, u32::MAX] {
        for far in [false, true] {
            let office = filled(Features::rich(), 5);
            let phone = Phone::imap(&office).await;
            phone.sync().await;
            office.deliver(USER, "INBOX", mail("new"), [""; 0], 1_767_000_100).unwrap();
            finds_up_to(&office, last);
            if far {
                office.inject(When::imap(), Fault::UidNext(u64::from(last)));
            } else {
                loses_a_row(&office);
            }
            let options = PassOptions::default();
            let pass = tokio::time::timeout(Duration::from_mins(1), phone.try_sync(&options));
            let report = pass.await.expect("the pass ends").unwrap();
            assert!(report.left_over.iter().any(|l| l.starts_with("INBOX")), "{last} {far}: {report:?}");
            assert_eq!(phone.subjects("INBOX").await.len(), 5, "{last} {far}");
            office.clear_faults();
            phone.sync().await;
            assert_eq!(phone.subjects("INBOX").await, ["new", "m4", "m3", "m2", "m1", "m0"]);
        }
    }
}

#[tokio::test]
async fn a_first_pass_believes_no_search_that_finds_more_than_there_is() {
    let office = filled(Features::rich(), 5);
    finds_up_to(&office, 20_000);
    loses_a_row(&office);
    office.inject(When::imap().verb("FETCH"), Fault::DropUntagged(b"UID 3 ".to_vec()));
    let phone = Phone::imap(&office).await;
    let options = PassOptions::default();
    let pass = tokio::time::timeout(Duration::from_mins(1), phone.try_sync(&options));
    pass.await.expect("the pass ends").unwrap();
    assert!(phone.subjects("INBOX").await.len() <= 5);
    office.clear_faults();
    phone.sync().await;
    let mut subjects = phone.subjects("INBOX").await;
    subjects.sort();
    assert_eq!(subjects, ["m0", "m1", "m2", "m3", "m4"]);
}

#[tokio::test]
async fn flags_of_more_messages_than_there_are_say_nothing() {
    let office = filled(Features::bare(), 5);
    let lie = office.inject(When::imap(), Fault::UidNext(100_000));
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    let many: Vec<String> =
        (1..20_000).map(|n| format!("* 1 FETCH (UID {n} FLAGS (\\Flagged))\r\n")).collect();
    let flags =
        office.inject(When::imap().verb("UID FETCH"), Fault::InsertBeforeTagged(many.concat().into_bytes()));
    let report = phone.sync().await;
    assert!(report.left_over.iter().any(|l| l.starts_with("INBOX")), "{report:?}");
    assert!(!phone.row("INBOX", "m1").await.flags.flagged, "none of it is believed");
    office.remove_fault(flags);
    office.remove_fault(lie);
    assert!(phone.sync().await.left_over.is_empty());
    assert_eq!(phone.subjects("INBOX").await.len(), 5);
}

#[tokio::test]
async fn a_count_of_four_thousand_million_does_not_end_the_store() {
    let office = filled(Features::rich(), 5);
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    office.deliver(USER, "INBOX", mail("m5"), [""; 0], 1_767_000_050).unwrap();
    let lie = office.inject(When::imap().verb("SELECT"), Fault::Exists(u64::from(u32::MAX)));
    phone.sync().await;
    office.remove_fault(lie);
    for n in 6..400 {
        office.deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_767_001_000 + n).unwrap();
    }
    phone.sync().await;
    assert_eq!(phone.subjects("INBOX").await.len(), 400);
}

#[tokio::test]
async fn messages_that_were_missed_come_in_whatever_their_number() {
    let office = filled(Features::rich(), 3);
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    for n in 3..700 {
        office.deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_767_001_000 + n).unwrap();
    }
    office.expunge(USER, "INBOX", 1).unwrap();
    // The first answers about many of them are left out, and nothing tells.
    let leaves_out = Fault::DropUntagged(b"Subject: m4".to_vec());
    office.inject(When::imap().verb("FETCH").times(3), leaves_out);
    phone.sync().await;
    assert_eq!(phone.subjects("INBOX").await.len(), 699);
    let report = phone.sync().await;
    assert_eq!((report.new, report.removed), (0, 0), "{report:?}");
}

fn with_attachment(size: usize) -> Vec<u8> {
    let line = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3\r\n";
    let attached = line.repeat(size / line.len() + 1);
    mail_with(
        "pictures",
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
        &format!(
            "--b\r\nContent-Type: text/plain\r\n\r\nSee the picture.\r\n--b\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.png\r\n\r\n{attached}--b--\r\n"
        ),
    )
}

/// Every piece of section 2 is full, wherever it begins.
fn never_ends(office: &PostOffice) -> u64 {
    let full = Fault::hook(|context, answer| {
        let text = String::from_utf8_lossy(&answer);
        let Some(at) = text.find("BODY[2]<") else { return answer };
        let offset: String = text[at + 8..].chars().take_while(char::is_ascii_digit).collect();
        let mut out = format!("* 1 FETCH (UID 1 BODY[2]<{offset}> {{262144}}\r\n").into_bytes();
        out.resize(out.len() + 262_144, b'A');
        out.extend_from_slice(format!(")\r\n{} OK done\r\n", context.tag).as_bytes());
        out
    });
    office.inject(When::imap().verb("FETCH"), full)
}

#[tokio::test]
async fn a_part_without_end_is_given_up_and_not_fetched_again() {
    let office = office();
    office.deliver_now(USER, with_attachment(400_000)).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    let row = phone.row("INBOX", "pictures").await;
    let rule = never_ends(&office);
    let mut told = 0;
    let mut progress = |so_far: u64, _: u64| told = told.max(so_far);
    let fetch = phone.satchel.attachment(row.placement, "2", &mut progress);
    let fetched = tokio::time::timeout(Duration::from_mins(1), fetch).await.expect("it ends");
    assert!(matches!(fetched, Err(MailError::ServerRejected { .. })), "{:?}", fetched.map(|b| b.len()));
    assert!((1_000_000..40_000_000).contains(&told), "{told}");
    let kept: u64 = std::fs::read_dir(phone.home().join("cache"))
        .unwrap()
        .map(|e| e.unwrap().metadata().unwrap().len())
        .sum();
    assert!(kept < 1_000_000, "{kept} bytes are left on the disk");
    let before = office.counters().of(Protocol::Imap, "UID FETCH");
    let again = phone.satchel.attachment(row.placement, "2", &mut |_, _| {}).await;
    assert!(again.is_err());
    assert_eq!(office.counters().of(Protocol::Imap, "UID FETCH"), before, "it is not asked for again");
    // The rest of the message can be read.
    let opened = phone.satchel.open_message(row.placement).await.unwrap();
    assert_eq!(opened.text.trim(), "See the picture.");
    office.remove_fault(rule);
    assert!(phone.sync().await.left_over.is_empty());
}
