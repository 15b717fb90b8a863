//! A person types whatever comes to mind: search answers with what matches, or with nothing.

use satchel_tests::phone::{Phone, USER, mail_with, office};

#[tokio::test]
async fn odd_words_match_what_holds_them_and_nothing_else() {
    let office = office();
    let texts = [
        ("one", "Rabbits 🅐🅑 NEAR the 50% *star* said \"hop\" e\u{301}clair.\r\n"),
        ("two", "日本語のメール about sushi.\r\n"),
        ("three", "\u{1e900}\u{1e923}\u{1e924}\u{1e922}\u{1e925} x\u{19b0}y plain.\r\n"),
    ];
    for (subject, text) in texts {
        let utf8 = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
        office.deliver_now(USER, mail_with(subject, utf8, text)).unwrap();
    }
    let phone = Phone::imap(&office).await;
    phone.sync().await;
    for (subject, _) in texts {
        phone.satchel.open_message(phone.row("INBOX", subject).await.placement).await.unwrap();
    }
    let table: &[(&str, &[&str])] = &[
        ("rabbits", &["one"]),
        ("NEAR", &["one"]),
        ("near*", &["one"]),
        ("*star*", &["one"]),
        ("50%", &["one"]),
        ("\"hop", &["one"]),
        ("said \"hop\"", &["one"]),
        ("éclair", &["one"]),
        ("ECLAIR", &["one"]),
        ("日本", &["two"]),
        ("語", &["two"]),
        ("メール", &["two"]),
        ("英語", &[]),
        ("\u{1e900}\u{1e923}\u{1e924}\u{1e922}\u{1e925}", &["three"]),
        ("x\u{19b0}y", &["three"]),
        ("🅐🅑", &[]),
        ("🎉", &[]),
        ("!!!", &[]),
        ("subject:🎉", &[]),
        ("from:***", &[]),
        ("rabbits -🎉", &["one"]),
        ("rabbits -to:!!!", &["one"]),
        ("NOT rabbits", &[]),
        ("rabbits OR sushi", &[]),
        ("-rabbits -sushi", &["three"]),
    ];
    for (words, expected) in table {
        let page = phone.satchel.search(words, None, 10, None).await;
        let page = page.unwrap_or_else(|e| panic!("{words}: {e:?}"));
        let found: Vec<_> = page.rows.iter().map(|r| r.subject.as_str()).collect();
        assert_eq!(found, *expected, "{words}");
    }
    let long = format!("rabbits {}", "rabbits ".repeat(5_000));
    assert_eq!(phone.satchel.search(&long, None, 10, None).await.unwrap().rows.len(), 1);
    assert!(phone.satchel.search(&"日本語".repeat(5_000), None, 10, None).await.unwrap().rows.len() <= 1);
    assert!(phone.satchel.search("  ", None, 10, None).await.is_err(), "nothing was typed");
}
