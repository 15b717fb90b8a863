//! A device without space, with a clock that jumps, before a server that breaks off: simulated, with the real client.

use satchel_core::client::{AccountRequest, PassOptions, Password, Ports, Satchel};
use satchel_core::error::{MailError, StorageProblem};
use satchel_core::ids::AccountId;
use satchel_core::ports::{BoxFuture, Endpoint, Files};
use satchel_core::store::{Planted, open_writer};
use satchel_postoffice::{Fault as Wrong, PostOffice, When};
use satchel_tests::phone::{USER, mail, office, request};
use satchel_tests::sim::clock::SimClock;
use satchel_tests::sim::credentials::SimCredentials;
use satchel_tests::sim::disk::Disk;
use satchel_tests::sim::events::RecordingSink;
use satchel_tests::sim::executor::Inline;
use satchel_tests::sim::fault::Fault;
use satchel_tests::sim::files::SimFiles;
use satchel_tests::sim::ground::SimOpener;
use satchel_tests::sim::meter::Plan;
use satchel_tests::sim::network::SimNetwork;
use satchel_tests::sim::random::SeededRandom;
use satchel_tests::sim::world::World;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const YEAR_MS: i64 = 365 * 24 * 3_600_000;

/// The app on a simulated device, while it runs.
struct Running {
    clock: Arc<SimClock>,
    satchel: Satchel,
}

fn started(
    world: &Arc<World>,
    office: &PostOffice,
    credentials: &Arc<SimCredentials>,
) -> Result<Running, MailError> {
    let files: Arc<dyn Files> = Arc::new(SimFiles::new(world.clone()));
    let opened = open_writer(&SimOpener(world.clone()), &files)?;
    let office = office.clone();
    let serve = Arc::new(move |_: &Endpoint, stream| -> Option<BoxFuture<'static, ()>> {
        let office = office.clone();
        Some(Box::pin(async move {
            office.imap(stream).await;
        }))
    });
    let clock = Arc::new(SimClock::start(1_767_700_000_000, Duration::from_hours(1)));
    let ports = Ports {
        dialer: Arc::new(SimNetwork::new(world.clone(), serve)),
        executor: Arc::new(Inline::new(opened.writer)),
        credentials: credentials.clone(),
        clock: clock.clone(),
        random: Arc::new(SeededRandom::new(1)),
        events: Arc::new(RecordingSink::default()),
    };
    let satchel = Satchel::new(ports, None, opened.set_aside, Planted::default());
    Ok(Running { clock, satchel })
}

impl Running {
    async fn account(&self) -> AccountId {
        self.satchel.accounts().await.unwrap()[0].id
    }
    async fn sync(&self) -> Result<(), MailError> {
        self.satchel.sync(self.account().await, &PassOptions::default(), None).await.map(drop)
    }
    /// Subjects of the inbox and how often each is shown.
    async fn shown(&self) -> BTreeMap<String, usize> {
        let all = self.satchel.mailboxes(self.account().await).await.unwrap();
        let inbox = all.iter().find(|m| m.name == "INBOX").unwrap().id;
        let page = self.satchel.messages(inbox, 100, None).await.unwrap();
        let mut shown = BTreeMap::new();
        for row in page.rows {
            *shown.entry(row.subject).or_default() += 1;
        }
        shown
    }
    async fn flag(&self, subject: &str) -> Result<(), MailError> {
        let all = self.satchel.mailboxes(self.account().await).await?;
        let inbox = all.iter().find(|m| m.name == "INBOX").unwrap().id;
        let page = self.satchel.messages(inbox, 100, None).await?;
        let row = page.rows.iter().find(|r| r.subject == subject).unwrap().placement;
        self.satchel.flag(&[row], &["\\Answered".to_owned()], &[]).await.map(drop)
    }
}

fn deliver(office: &PostOffice, subjects: std::ops::Range<i64>) {
    for n in subjects {
        office.deliver(USER, "INBOX", mail(&format!("m{n}")), [""; 0], 1_767_000_000 + n).unwrap();
    }
}

fn once(subjects: std::ops::Range<i64>) -> BTreeMap<String, usize> {
    subjects.map(|n| (format!("m{n}"), 1)).collect()
}

/// A device with an account and six mails.
async fn furnished(office: &PostOffice) -> (Disk, Arc<SimCredentials>) {
    deliver(office, 0..6);
    let (world, credentials) = (World::new(Disk::default(), None), Arc::new(SimCredentials::default()));
    let app = started(&world, office, &credentials).unwrap();
    let password = Password::Given(satchel_tests::phone::PASSWORD.to_owned().into());
    let wanted = AccountRequest { password, ..request("imap://localhost?insecure") };
    app.satchel.add_account(wanted).await.unwrap();
    app.sync().await.unwrap();
    assert_eq!(app.shown().await, once(0..6));
    (world.disk(), credentials)
}

/// What the person reads, and the kind a screen acts on.
#[track_caller]
fn says_full(error: &MailError, at: u64) {
    let MailError::Storage { problem: StorageProblem::Full, .. } = error else {
        panic!("no space at point {at}: {error:?}");
    };
    let sentence = error.to_string();
    assert!(sentence.starts_with("there is no space left on the device: free some"), "{sentence}");
}

fn answered_on_server(office: &PostOffice) -> bool {
    let snapshot = office.snapshot(USER).unwrap();
    let inbox = snapshot.mailbox("INBOX").unwrap();
    inbox.messages.iter().any(|m| m.flags.names().join(" ").contains("Answered"))
}

#[tokio::test(start_paused = true)]
async fn without_space_at_any_write_the_sentence_says_so_and_nothing_is_lost() {
    let (mut refused, mut kept) = (0, 0);
    let mut point = 1;
    loop {
        let office = office();
        let (disk, credentials) = furnished(&office).await;
        deliver(&office, 6..12);
        let plan = Plan { point, fault: Fault::FullSticky };
        let world = World::new(disk, Some(plan));
        let mut flagged = false;
        match started(&world, &office, &credentials) {
            Err(error) => says_full(&error, point),
            Ok(app) => {
                match app.flag("m1").await {
                    Ok(()) => flagged = true,
                    Err(error) => says_full(&error, point),
                }
                match app.sync().await {
                    Ok(()) => {}
                    Err(error) => {
                        refused += 1;
                        says_full(&error, point);
                    }
                }
                assert!(app.shown().await.len() >= 6, "what is here can be read at point {point}");
                drop(app);
            }
        }
        let (hit, points) = (world.passed().hit, world.passed().points);
        // There is space again.
        let world = World::new(world.disk(), None);
        let app = started(&world, &office, &credentials).unwrap();
        assert_eq!(app.satchel.damaged_database(), None, "point {point}");
        app.sync().await.unwrap();
        assert_eq!(app.shown().await, once(0..12), "point {point}");
        if flagged {
            kept += 1;
            assert!(answered_on_server(&office), "what was confirmed is lost at point {point}");
        }
        if !hit && point > points {
            break;
        }
        point += 3;
    }
    assert!(refused > 5 && kept > 5, "refused {refused}, confirmed {kept}");
}

#[tokio::test(start_paused = true)]
async fn a_clock_ten_years_ahead_and_ten_behind_neither_loses_nor_doubles() {
    let office = office();
    let (disk, credentials) = furnished(&office).await;
    let world = World::new(disk, None);
    let app = started(&world, &office, &credentials).unwrap();
    for (n, jump) in [(6, 10), (7, -20), (8, 10), (9, -10)] {
        app.clock.set_wall_by(jump * YEAR_MS);
        deliver(&office, n..n + 1);
        app.flag(&format!("m{}", n - 6)).await.unwrap();
        app.sync().await.unwrap();
        assert_eq!(app.shown().await, once(0..n + 1));
        let open = app.satchel.operations().await.unwrap();
        assert!(open.iter().all(|o| !o.state.is_open()), "after {jump} years: {open:?}");
    }
    drop(app);
    let app = started(&World::new(world.disk(), None), &office, &credentials).unwrap();
    app.sync().await.unwrap();
    assert_eq!(app.shown().await, once(0..10));
}

#[tokio::test(start_paused = true)]
async fn a_literal_that_never_ends_is_a_sentence_after_a_minute() {
    let office = office();
    let (disk, credentials) = furnished(&office).await;
    deliver(&office, 6..8);
    let world = World::new(disk, None);
    let app = started(&world, &office, &credentials).unwrap();
    office.inject(When::imap().verb("FETCH"), Wrong::CutLiteral("5000".to_owned(), 3));
    let begun = tokio::time::Instant::now();
    let error = app.sync().await.unwrap_err();
    assert!(matches!(&error, MailError::Network { host, .. } if host == "localhost"), "{error:?}");
    assert_eq!(error.to_string(), "no connection to localhost: no answer to FETCH within 60 s");
    assert!(begun.elapsed() < Duration::from_mins(3), "{:?}", begun.elapsed());
    assert_eq!(app.shown().await, once(0..6));
    office.clear_faults();
    app.sync().await.unwrap();
    assert_eq!(app.shown().await, once(0..8));
}

#[tokio::test(start_paused = true)]
async fn an_absurd_literal_is_a_sentence_at_once() {
    for (size, words) in [
        ("500000000", "the server sent too much"),
        ("4294967295", "the server sent too much"),
        ("99999999999999999999", "a literal of impossible size"),
    ] {
        let office = office();
        let (disk, credentials) = furnished(&office).await;
        deliver(&office, 6..8);
        let app = started(&World::new(disk, None), &office, &credentials).unwrap();
        office.inject(When::imap().verb("FETCH"), Wrong::LiteralSize(size.to_owned()));
        let begun = tokio::time::Instant::now();
        let error = app.sync().await.unwrap_err();
        assert!(
            matches!(&error, MailError::Network { host, .. } if host == "localhost"),
            "{size}: {error:?}"
        );
        let sentence = error.to_string();
        assert!(sentence.starts_with("no connection to localhost: "), "{size}: {sentence}");
        assert!(sentence.contains(words), "{size}: {sentence}");
        assert!(begun.elapsed() < Duration::from_secs(1), "{size}: {:?}", begun.elapsed());
        assert_eq!(app.shown().await, once(0..6), "{size}");
        office.clear_faults();
        app.sync().await.unwrap();
        assert_eq!(app.shown().await, once(0..8), "{size}");
    }
}
