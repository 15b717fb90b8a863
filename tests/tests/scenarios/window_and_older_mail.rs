//! The newest mail first, and older mail when it is asked for, without a gap.

use satchel_core::account::Window;
use satchel_core::client::{AccountSettings, PassOptions};
use satchel_postoffice::Features;
use satchel_tests::phone::{Phone, USER, mail, office_with};

async fn phone_with(count: i64, window: Window) -> Phone {
    let office = office_with(Features::rich());
    for n in 0..count {
        office.deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_760_000_000 + n * 86_400).unwrap();
    }
    let phone = Phone::imap(&office).await;
    let settings = AccountSettings { window: Some(window), ..AccountSettings::default() };
    phone.satchel.change_account(phone.id(), settings).await.unwrap();
    phone
}

fn newest(count: i64, of: i64) -> Vec<String> {
    (of - count..of).rev().map(|n| format!("m{n}")).collect()
}

#[tokio::test]
async fn the_window_holds_the_newest_and_older_mail_comes_on_request() {
    let phone = phone_with(700, Window::Count(300)).await;
    phone.sync().await;
    assert_eq!(phone.subjects("INBOX").await, newest(300, 700));
    let older = PassOptions { older: 50, ..PassOptions::default() };
    phone.try_sync(&older).await.unwrap();
    assert_eq!(phone.subjects("INBOX").await, newest(350, 700));
    phone.sync().await;
    assert_eq!(phone.subjects("INBOX").await, newest(350, 700), "what was paged to stays");
    let all = PassOptions { older: 1_000, ..PassOptions::default() };
    phone.try_sync(&all).await.unwrap();
    assert_eq!(phone.subjects("INBOX").await, newest(700, 700));
}

#[tokio::test]
async fn older_mail_has_no_gap_when_others_deleted_some_meanwhile() {
    let phone = phone_with(400, Window::Count(100)).await;
    phone.sync().await;
    for uid in [350, 360, 200, 201, 100] {
        phone.office.expunge(USER, "INBOX", uid).unwrap();
    }
    let older = PassOptions { older: 1_000, ..PassOptions::default() };
    phone.try_sync(&older).await.unwrap();
    let gone = ["m349", "m359", "m199", "m200", "m99"];
    let expected: Vec<String> =
        newest(400, 400).into_iter().filter(|s| !gone.contains(&s.as_str())).collect();
    assert_eq!(phone.subjects("INBOX").await, expected);
}

#[tokio::test]
async fn a_window_of_days_holds_what_came_within_them() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    let office = office_with(Features::rich());
    for days in (0..100).rev() {
        office.deliver(USER, "INBOX", mail(&format!("d{days}")), [""; 0], now - days * 86_400).unwrap();
    }
    let phone = Phone::imap(&office).await;
    let settings = AccountSettings { window: Some(Window::Days(30)), ..AccountSettings::default() };
    phone.satchel.change_account(phone.id(), settings).await.unwrap();
    phone.sync().await;
    let subjects = phone.subjects("INBOX").await;
    assert!((31..=33).contains(&subjects.len()), "{}", subjects.len());
    assert_eq!(subjects.first().map(String::as_str), Some("d0"));
}

#[tokio::test]
async fn many_new_messages_at_once_all_come() {
    let phone = phone_with(20, Window::Count(1_000)).await;
    phone.sync().await;
    for n in 20..900 {
        phone
            .office
            .deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_760_000_000 + n * 86_400)
            .unwrap();
    }
    phone.office.expunge(USER, "INBOX", 3).unwrap();
    let report = phone.sync().await;
    assert_eq!((report.new, report.removed), (880, 1));
    let expected: Vec<String> = newest(900, 900).into_iter().filter(|s| s != "m2").collect();
    assert_eq!(phone.subjects("INBOX").await, expected);
}
