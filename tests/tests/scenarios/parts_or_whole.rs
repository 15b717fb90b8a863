//! A message read part by part says and lists the same as the whole one.

use satchel_core::client::{BodyState, MessageContent};
use satchel_core::message::Encryption;
use satchel_postoffice::{Fault, Features, When};
use satchel_tests::phone::{Phone, USER, office, office_with};
use satchel_tests::workload::bodies::{SAMPLES, large, same};

async fn opened(phone: &Phone, subject: &str) -> MessageContent {
    let row = phone.row("INBOX", subject).await;
    phone.satchel.open_message(row.placement).await.unwrap()
}

#[tokio::test]
async fn a_message_read_by_parts_says_and_lists_what_the_whole_one_does() {
    for features in [Features::rich(), Features::bare()] {
        let office = office_with(features);
        for (name, sample, _) in SAMPLES {
            office.deliver_now(USER, large(name, sample)).unwrap();
        }
        let (by_parts, whole) = (Phone::imap(&office).await, Phone::imap(&office).await);
        by_parts.sync().await;
        whole.sync().await;
        for (name, _, words) in SAMPLES {
            let row = whole.row("INBOX", name).await;
            whole.satchel.raw_message(row.placement, &mut |_, _| {}).await.unwrap();
            let of_parts = opened(&by_parts, name).await;
            let of_whole = opened(&whole, name).await;
            assert_eq!(by_parts.row("INBOX", name).await.body, BodyState::Partial, "{name}");
            for word in *words {
                assert!(of_whole.text.contains(word), "{name}: {:?}", of_whole.text);
            }
            same(name, &of_parts, &of_whole);
            let previews = (by_parts.row("INBOX", name).await, whole.row("INBOX", name).await);
            assert_eq!(previews.0.preview, previews.1.preview, "{name}");
            assert_eq!(previews.0.has_attachments, previews.1.has_attachments, "{name}");
        }
        for (name, closed) in [
            ("OpenPGP in the text", Encryption::OpenPgp),
            ("an encrypted part beside a text", Encryption::OpenPgp),
            ("signed data of S/MIME beside a text", Encryption::SmimeSigned),
        ] {
            assert_eq!(opened(&by_parts, name).await.encrypted, Some(closed), "{name}");
        }
    }
}

#[tokio::test]
async fn a_message_read_by_parts_stays_so_without_a_network_and_its_texts_only_are_fetched() {
    let office = office_with(Features::rich());
    let (name, sample, words) = SAMPLES[1];
    office.deliver_now(USER, large(name, sample)).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    let before = office.counters().sent;
    opened(&phone, name).await;
    assert!(office.counters().sent - before < 20_000, "the attachment stays where it is");
    phone.satchel.set_offline(true);
    let phone = phone.restart();
    phone.satchel.set_offline(true);
    let again = opened(&phone, name).await;
    assert!(words.iter().all(|word| again.text.contains(word)), "{:?}", again.text);
}

#[tokio::test]
async fn a_server_that_refuses_a_part_it_told_of_gives_the_whole_message() {
    let office = office();
    let (name, sample, texts) = SAMPLES[0];
    office.deliver_now(USER, large(name, sample)).unwrap();
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    let refused = Fault::No(String::new(), "no such part".to_owned());
    office.inject(When::imap().verb("UID FETCH").times(1), refused);
    let opened = opened(&phone, name).await;
    assert_eq!(office.hits().len(), 1, "no part was refused");
    assert_eq!(opened.row.body, BodyState::Present);
    assert!(texts.iter().all(|text| opened.text.contains(text)), "{:?}", opened.text);
}
