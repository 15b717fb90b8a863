//! Many short sessions in memory under the paused clock: equal runs, and quick ones.

use std::time::Duration;

use satchel_postoffice::{Fault, Features, Protocol, When};

use crate::client::{Client, office};

async fn run(seed: u64) -> (Vec<String>, String) {
    let office = office(Features::rich());
    office.inject(When::imap().verb("FETCH").nth(2), Fault::CutAnswer((seed % 50) as usize));
    office.inject(When::pop().verb("RETR"), Fault::Delay(Duration::from_secs(seed)));
    let mut heard = Vec::new();
    for _ in 0..3 {
        let mut imap = Client::greeted(&office, Protocol::Imap).await;
        imap.send("a LOGIN bob secret\r\nb SELECT INBOX\r\nc FETCH 1:* (FLAGS)\r\nd FETCH 1:* BODY[]\r\n")
            .await;
        heard.push(imap.rest().await);
        let mut pop = Client::greeted(&office, Protocol::Pop).await;
        pop.send("USER bob\r\nPASS secret\r\nUIDL\r\nRETR 1\r\nQUIT\r\n").await;
        heard.push(pop.rest().await);
        office.deliver_now("bob", "Subject: new\r\n\r\nx\r\n").unwrap();
    }
    (heard, format!("{:?} {:?}", office.snapshot("bob"), office.counters()))
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let replay = |seed| {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(run(seed))
    };
    for seed in [3, 17, 40] {
        assert_eq!(replay(seed), replay(seed));
    }
    assert_ne!(replay(3).0, replay(17).0);
}

#[test]
fn a_thousand_sessions_take_moments() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let start = std::time::Instant::now();
    runtime.block_on(async {
        for _ in 0..1000 {
            let office = office(Features::rich());
            let mut client = Client::greeted(&office, Protocol::Imap).await;
            client
                .send("a LOGIN bob secret\r\nb SELECT INBOX\r\nc UID FETCH 1:* (FLAGS ENVELOPE)\r\nd LOGOUT\r\n")
                .await;
            client.rest().await;
        }
    });
    let each = start.elapsed() / 1000;
    println!("{each:?} per session");
    assert!(each < Duration::from_millis(20), "{each:?}");
}
