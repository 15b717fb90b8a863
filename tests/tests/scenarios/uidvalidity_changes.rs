//! The server gives a mailbox another incarnation: ids, bodies and waiting intents stay.

use satchel_core::account::Window;
use satchel_core::client::AccountSettings;
use satchel_postoffice::{Extension, Features};
use satchel_tests::phone::{Phone, USER, mail, office_with};

#[tokio::test]
async fn local_ids_and_bodies_stay_and_waiting_operations_still_reach_the_right_message() {
    for features in [Features::rich(), Features::rich().without(Extension::ObjectId), Features::bare()] {
        let office = office_with(features);
        for n in 0..40 {
            office.deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_767_000_000 + n).unwrap();
        }
        let phone = Phone::imap(&office).await;
        phone.sync().await;
        let before = phone.row("INBOX", "m7").await;
        phone.satchel.open_message(before.placement).await.unwrap();
        phone.satchel.flag(&[before.placement], &["\\Flagged".to_owned()], &[]).await.unwrap();

        office.change_uidvalidity(USER, "INBOX", true).unwrap();
        office
            .expunge(USER, "INBOX", office.snapshot(USER).unwrap().mailbox("INBOX").unwrap().uids()[0])
            .unwrap();
        let report = phone.sync().await;
        assert_eq!((report.new, report.removed), (0, 1), "{report:?}");
        let after = phone.row("INBOX", "m7").await;
        assert_eq!((before.placement, before.message), (after.placement, after.message));
        assert_eq!(after.body, satchel_core::client::BodyState::Present);
        assert!(after.flags.flagged);
        let server = office.snapshot(USER).unwrap();
        let inbox = server.mailbox("INBOX").unwrap();
        let flagged: Vec<_> =
            inbox.messages.iter().filter(|m| m.flags.names().contains(&"\\Flagged")).collect();
        assert_eq!(flagged.len(), 1);
        assert!(flagged[0].bytes.windows(12).any(|w| w == b"Subject: m7\r"));
        assert_eq!(phone.subjects("INBOX").await.len(), 39);
    }
}

#[tokio::test]
async fn mail_that_came_meanwhile_pushes_no_row_out_of_the_window() {
    let office = office_with(Features::rich());
    let deliver = |range: std::ops::Range<i64>| {
        for n in range {
            office.deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_767_000_000 + n).unwrap();
        }
    };
    deliver(0..40);
    let phone = Phone::imap(&office).await;
    let settings = AccountSettings { window: Some(Window::Count(20)), ..AccountSettings::default() };
    phone.satchel.change_account(phone.id(), settings).await.unwrap();
    phone.sync().await;
    let oldest = phone.row("INBOX", "m20").await;

    office.change_uidvalidity(USER, "INBOX", true).unwrap();
    deliver(40..45);
    let report = phone.sync().await;
    assert_eq!((report.new, report.removed), (5, 0), "{report:?}");
    assert_eq!(phone.row("INBOX", "m20").await.placement, oldest.placement);
    assert_eq!(phone.subjects("INBOX").await.len(), 25);
}
