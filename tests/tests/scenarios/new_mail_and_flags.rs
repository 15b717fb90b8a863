//! Mail comes, flags change and messages go while the phone sleeps.

use satchel_postoffice::{Extension, Features};
use satchel_tests::phone::{Phone, USER, mail, office_with};

/// With modification sequences, and without: the same result by another way.
fn dialects() -> Vec<(&'static str, Features)> {
    vec![
        ("rich", Features::rich()),
        ("no CONDSTORE", Features::rich().without(Extension::Qresync).without(Extension::Condstore)),
        ("no LIST-STATUS", Features::rich().without(Extension::ListStatus)),
        ("no ESEARCH", Features::rich().without(Extension::Esearch)),
        ("bare", Features::bare()),
        ("like Dovecot", Features::dovecot()),
        ("like Cyrus", Features::cyrus()),
        ("like Courier", Features::courier()),
    ]
}

#[tokio::test]
async fn what_changed_meanwhile_is_shown_and_nothing_else_is_touched() {
    for (name, features) in dialects() {
        let office = office_with(features);
        for n in 0..30 {
            office.deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_767_000_000 + n).unwrap();
        }
        let phone = Phone::imap(&office).await;
        assert_eq!(phone.sync().await.new, 30, "{name}");
        let kept = phone.row("INBOX", "m20").await.placement;

        office.deliver_now(USER, mail("new one")).unwrap();
        office.deliver_now(USER, mail("new two")).unwrap();
        office.set_flags(USER, "INBOX", 6, ["\\Seen", "$Work"]).unwrap();
        office.expunge(USER, "INBOX", 11).unwrap();
        office.expunge(USER, "INBOX", 1).unwrap();
        let report = phone.sync().await;
        assert_eq!((report.new, report.removed), (2, 2), "{name}: {report:?}");
        assert!(report.changed >= 1, "{name}");
        let subjects = phone.subjects("INBOX").await;
        assert_eq!(subjects.len(), 30, "{name}");
        assert!(!subjects.contains(&"m10".to_owned()) && !subjects.contains(&"m0".to_owned()), "{name}");
        let row = phone.row("INBOX", "m5").await;
        assert!(row.flags.seen && row.flags.keywords.contains("$Work"), "{name}: {:?}", row.flags);
        assert_eq!(phone.row("INBOX", "m20").await.placement, kept, "{name}");

        let idle = phone.sync().await;
        assert_eq!((idle.new, idle.changed, idle.removed), (0, 0, 0), "{name}");
    }
}

#[tokio::test]
async fn an_unchanged_pass_tells_no_screen_anything() {
    let office = office_with(Features::rich());
    office.deliver_now(USER, mail("one")).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    phone.heard.take();
    phone.sync().await;
    let told = phone.heard.take();
    assert!(told.iter().all(|e| matches!(e.change, satchel_core::event::Change::Syncing { .. })), "{told:?}");
}
