//! A slice of the background is short, and bytes may cost money.

use satchel_core::account::Bodies;
use satchel_core::client::{AccountSettings, BodyState, PassOptions};
use satchel_postoffice::{Fault, When};
use satchel_tests::phone::{Phone, USER, mail, office};
use std::time::Duration;

#[tokio::test]
async fn on_a_metered_network_bodies_wait_and_the_report_says_so() {
    let office = office();
    office.deliver_now(USER, mail("letter")).unwrap();
    let phone = Phone::imap(&office).await;
    let settings = AccountSettings { bodies: Some(Bodies::All), ..AccountSettings::default() };
    phone.satchel.change_account(phone.id(), settings).await.unwrap();
    phone.satchel.set_metered(true);
    let report = phone.satchel.sync(phone.id(), &PassOptions::default(), None).await.unwrap();
    assert!(report.left_over.iter().any(|left| left.contains("not metered")), "{report:?}");
    assert!(!report.cut_short);
    let row = &phone.rows(phone.mailbox("INBOX").await.id).await[0];
    assert_eq!((row.subject.as_str(), row.body), ("letter", BodyState::Absent));
    // What a person opens comes all the same.
    phone.satchel.raw_message(row.placement, &mut |_, _| {}).await.unwrap();

    office.deliver_now(USER, mail("another")).unwrap();
    phone.satchel.set_metered(false);
    let report = phone.satchel.sync(phone.id(), &PassOptions::default(), None).await.unwrap();
    assert!(report.left_over.is_empty(), "{report:?}");
    let rows = phone.rows(phone.mailbox("INBOX").await.id).await;
    assert!(rows.iter().all(|row| row.body == BodyState::Present), "{rows:?}");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_counts_from_the_call_though_another_pass_runs() {
    let office = office();
    office.deliver_now(USER, mail("letter")).unwrap();
    let phone = Phone::imap(&office).await;
    office.inject(When::imap().verb("SELECT"), Fault::DelayBefore(Duration::from_secs(20)));
    let long = phone.satchel.clone();
    let id = phone.id();
    let slow = tokio::spawn(async move { long.sync(id, &PassOptions::default(), None).await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let begun = tokio::time::Instant::now();
    let slice = phone.satchel.sync(id, &PassOptions::default(), Some(Duration::from_secs(5))).await.unwrap();
    assert!(slice.cut_short && begun.elapsed() < Duration::from_secs(6), "{slice:?} {:?}", begun.elapsed());
    slow.await.unwrap().unwrap();
    assert_eq!(phone.rows(phone.mailbox("INBOX").await.id).await.len(), 1);
}
