//! Mail and mailboxes that come at a bad moment or with bad names: rows are neither lost, doubled nor mixed up.

use satchel_core::client::{AccountRequest, PassOptions, Password};
use satchel_core::error::MailError;
use satchel_postoffice::{Fault, When};
use satchel_tests::phone::{PASSWORD, Phone, USER, mail, office, request};
use std::collections::BTreeSet;
use std::time::Duration;

const OTHER: &str = "ben@example.org";

#[tokio::test]
async fn two_accounts_with_the_same_message_id_have_a_message_each() {
    let office = office();
    office.add_user(OTHER, PASSWORD);
    for user in [USER, OTHER] {
        office.deliver_now(user, mail("the same")).unwrap();
    }
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    let password = Password::Given(PASSWORD.to_owned().into());
    let wanted =
        AccountRequest { address: OTHER.to_owned(), password, ..request("imap://localhost?insecure") };
    let other = phone.satchel.add_account(wanted).await.unwrap().id;
    phone.satchel.sync(other, &PassOptions::default(), None).await.unwrap();
    let all = phone.satchel.mailboxes(other).await.unwrap();
    let inbox = all.iter().find(|m| m.name == "INBOX").unwrap().id;
    let mine = phone.row("INBOX", "the same").await;
    let theirs = phone.rows(inbox).await.remove(0);
    assert_ne!((mine.message, mine.thread), (theirs.message, theirs.thread));
    phone.satchel.flag(&[mine.placement], &["\\Answered".to_owned()], &[]).await.unwrap();
    assert!(!phone.rows(inbox).await[0].flags.answered);
    phone.satchel.open_message(mine.placement).await.unwrap();
    // One account goes with all it had; the other's copy of the same bytes stays.
    phone.satchel.open_message(theirs.placement).await.unwrap();
    phone.satchel.remove_account(phone.id(), true).await.unwrap();
    phone.satchel.set_offline(true);
    let kept = phone.satchel.raw_message(theirs.placement, &mut |_, _| {}).await.unwrap();
    assert_eq!(kept, mail("the same"));
}

#[tokio::test]
async fn an_account_removed_during_its_pass_is_gone_and_the_pass_ends() {
    let office = office();
    for n in 0..40 {
        office.deliver_now(USER, mail(&format!("m{n}"))).unwrap();
    }
    for wait in [0, 5, 20, 60, 120] {
        let phone = Phone::imap(&office).await;
        office.inject(When::imap().verb("FETCH"), Fault::DelayBefore(Duration::from_millis(50)));
        let removed = async {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            phone.satchel.remove_account(phone.id(), true).await
        };
        let options = PassOptions::default();
        let pass = tokio::time::timeout(Duration::from_secs(20), phone.try_sync(&options));
        let (pass, removed) = tokio::join!(pass, removed);
        removed.unwrap();
        let pass = pass.expect("the pass ends");
        assert!(pass.is_ok() || matches!(pass, Err(MailError::NotFound { .. })), "after {wait} ms: {pass:?}");
        assert!(phone.satchel.accounts().await.unwrap().is_empty());
        assert!(phone.try_sync(&options).await.is_err());
        office.clear_faults();
        // Nothing of it comes back, also not with the next start.
        let phone = phone.restart();
        assert!(phone.satchel.accounts().await.unwrap().is_empty());
        let found = phone.satchel.search("subject:m1", None, 10, None).await.unwrap();
        assert!(found.rows.is_empty());
    }
}

#[tokio::test]
async fn mail_deleted_by_others_while_it_is_fetched_is_gone_and_the_rest_is_whole() {
    let office = office();
    for n in 0..30 {
        office.deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_767_000_000 + n).unwrap();
    }
    for wait in [0, 10, 30, 50, 80] {
        let phone = Phone::imap(&office).await;
        let rule = office.inject(When::imap().verb("FETCH"), Fault::DelayBefore(Duration::from_millis(25)));
        let uids = office.snapshot(USER).unwrap().mailbox("INBOX").unwrap().uids();
        let deleted = async {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            for uid in [uids[0], uids[uids.len() / 2], uids[uids.len() - 1]] {
                office.expunge(USER, "INBOX", uid).unwrap();
            }
        };
        let options = PassOptions::default();
        let (pass, ()) = tokio::join!(phone.try_sync(&options), deleted);
        pass.unwrap();
        office.remove_fault(rule);
        phone.sync().await;
        let rows = phone.subjects("INBOX").await;
        let here: BTreeSet<_> = rows.iter().cloned().collect();
        let there = office.snapshot(USER).unwrap().mailbox("INBOX").unwrap().messages.len();
        assert_eq!((rows.len(), here.len()), (there, there), "after {wait} ms: {rows:?}");
        assert!(rows.iter().all(|s| s.starts_with('m')), "after {wait} ms: {rows:?}");
    }
}

/// Names are shown and sent back; none is ever a path, and none stops the listing.
#[tokio::test]
async fn mailbox_names_from_hell_are_mailboxes_and_nothing_else() {
    let office = office();
    office.deliver_now(USER, mail("m0")).unwrap();
    let long = format!("* LIST () \"/\" {}\r\n", "n".repeat(9_000));
    let mut lines: Vec<Vec<u8>> = [
        "* LIST () \"/\" \"../../etc/passwd\"\r\n",
        "* LIST () \"/\" \"/absolute\"\r\n",
        "* LIST () \"/\" \"..\"\r\n",
        "* LIST () \"/\" \"&bad-utf7\"\r\n",
        "* LIST () \"/\" \"&BdAF0QXS-\"\r\n",
        "* LIST () \"/\" \"\u{202e}gpj.exe\"\r\n",
        "* LIST (\\Noselect) \"/\" \"loop\"\r\n* LIST (\\Noselect) \"/\" \"loop/loop\"\r\n",
        "* LIST () \"/\" {3}\r\na\0b\r\n",
    ]
    .iter()
    .map(|line| line.as_bytes().to_vec())
    .collect();
    lines.push(long.into_bytes());
    for line in lines {
        let said = String::from_utf8_lossy(&line).chars().take(60).collect::<String>();
        let phone = Phone::imap(&office).await;
        let rule = office.inject(When::imap().verb("LIST"), Fault::Insert(line));
        office.inject(When::imap().verb("LSUB"), Fault::Insert(b"* LSUB () \"/\" \"..\"\r\n".to_vec()));
        // A mailbox that is listed and not there is refused when it is selected: that mailbox alone.
        let pass = phone.try_sync(&PassOptions::default()).await;
        assert!(matches!(pass, Ok(_) | Err(MailError::ServerRejected { .. })), "{said}: {pass:?}");
        assert_eq!(phone.subjects("INBOX").await, ["m0"], "{said}");
        office.remove_fault(rule);
        office.clear_faults();
        phone.sync().await;
        let below: Vec<_> = std::fs::read_dir(phone.home())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.starts_with("mail.db") && name != "cache" && name != "sole")
            .collect();
        assert!(below.iter().all(|name| name.starts_with("engine")), "{said}: {below:?}");
    }
}
