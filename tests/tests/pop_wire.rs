//! The POP wire against the test post office, over real sockets and TLS: logins, exact bytes, deleting, and links that
//! break at every byte.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a suite; what its functions meet is a failure")]

use satchel_core::account::{Security, Server};
use satchel_core::error::TlsProblem;
use satchel_core::net::{SystemResolver, TcpDialer};
use satchel_core::pop::{Limits, Piece, PopError, Session};
use satchel_core::ports::{NetError, Trust};
use satchel_postoffice::{Certificate, Fault, Features, Listening, PostOffice, Protocol, When};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;

const PASSWORD: &str = "canary-4711";

struct World {
    office: PostOffice,
    listening: Listening,
    trust: Trust,
    dialer: TcpDialer,
}

/// Mail with everything that framing can get wrong.
fn mails() -> Vec<Vec<u8>> {
    let mut mails: Vec<Vec<u8>> = [
        "Subject: one\r\n\r\ntext\r\n",
        "Subject: dots\r\n\r\n.\r\n..\r\n...three\r\n.\r\n\r\n",
        "Subject: empty\r\n\r\n",
        "Subject: odd\r\n\r\nbare cr \r here and 8bit \u{fc}\r\n",
    ]
    .iter()
    .map(|m| m.as_bytes().to_vec())
    .collect();
    let mut large = b"Subject: large\r\n\r\n".to_vec();
    for line in 0..4_000 {
        large.extend_from_slice(format!(".line {line} {}\r\n", "x".repeat(line % 70)).as_bytes());
    }
    mails.push(large);
    mails
}

async fn world_of(features: Features, certificate: Certificate) -> World {
    let office = PostOffice::new(features);
    office.add_user("ann", PASSWORD);
    for mail in mails() {
        office.deliver_now("ann", mail).unwrap();
    }
    let listening = office.listen_as(certificate).await.unwrap();
    let trust = Trust::PlatformAnd(listening.ca_pem.clone().into_bytes());
    let dialer = TcpDialer::new(Arc::new(SystemResolver::new()));
    World { office, listening, trust, dialer }
}

async fn world() -> World {
    world_of(Features::rich(), Certificate::Good).await
}

impl World {
    fn server(&self, security: Security) -> Server {
        let port = if security == Security::ImplicitTls { self.listening.pops } else { self.listening.pop };
        Server { host: "localhost".into(), port, security, username: "ann".into() }
    }
    async fn open_as(&self, security: Security, password: &str, trust: &Trust) -> Result<Session, PopError> {
        let limits = Limits { silence: Duration::from_secs(5), ..Limits::default() };
        let secret = SecretString::from(password);
        Session::open(&self.dialer, &self.server(security), trust, &secret, limits).await
    }
    async fn open(&self) -> Result<Session, PopError> {
        self.open_as(Security::ImplicitTls, PASSWORD, &self.trust).await
    }
    /// What the server holds now.
    fn held(&self) -> Vec<Vec<u8>> {
        let snapshot = self.office.snapshot("ann").unwrap();
        snapshot.mailbox("INBOX").unwrap().messages.iter().map(|m| m.bytes.clone()).collect()
    }
    fn verbs(&self) -> Vec<String> {
        self.office.log().into_iter().filter(|e| e.protocol == Protocol::Pop).map(|e| e.verb).collect()
    }
}

async fn whole(session: &mut Session, number: u32) -> Result<Vec<u8>, PopError> {
    let mut bytes = Vec::new();
    session.retrieve(number, &mut |part| bytes.extend_from_slice(part)).await?;
    Ok(bytes)
}

#[tokio::test]
async fn every_byte_of_every_mail_arrives_one_by_one_and_ahead_of_each_other() {
    for pipelining in [true, false] {
        for security in [Security::ImplicitTls, Security::StartTls] {
            let mut features = Features::rich();
            features.pop.pipelining = pipelining;
            let world = world_of(features, Certificate::Good).await;
            let mut session = world.open_as(security, PASSWORD, &world.trust).await.unwrap();
            assert_eq!(session.capabilities().pipelining, pipelining);
            let (count, octets) = session.stat().await.unwrap();
            assert_eq!((count, octets), (5, mails().iter().map(|m| m.len() as u64).sum()));
            let sizes: Vec<_> = session.list().await.unwrap();
            assert_eq!(sizes, (1..).zip(mails().iter().map(|m| Some(m.len() as u64))).collect::<Vec<_>>());
            for (number, mail) in (1..).zip(mails()) {
                assert_eq!(whole(&mut session, number).await.unwrap(), mail, "{number}");
            }
            let mut got: Vec<Vec<u8>> = vec![Vec::new(); 5];
            let mut ended = Vec::new();
            let numbers = [5, 4, 3, 2, 1, 99];
            session
                .retrieve_many(&numbers, &mut |number, piece| match piece {
                    Piece::Bytes(part) => got[number as usize - 1].extend_from_slice(part),
                    Piece::Whole(_) => ended.push(number),
                    Piece::Refused(_) => assert_eq!(number, 99),
                })
                .await
                .unwrap();
            assert_eq!((got, ended), (mails(), vec![5, 4, 3, 2, 1]));
            assert_eq!(session.top(5, 1).await.unwrap(), b"Subject: large\r\n\r\n.line 0 \r\n");
            session.quit().await.unwrap();
            assert_eq!(world.held(), mails());
        }
    }
}

#[tokio::test]
async fn what_was_marked_goes_with_quit_and_only_with_quit() {
    let world = world().await;
    let mut session = world.open().await.unwrap();
    session.dele(1).await.unwrap();
    drop(session);
    let mut session = reopened(&world).await;
    assert_eq!(world.held().len(), 5, "a lost link deletes nothing");
    let before = session.uidl().await.unwrap();
    let refused = session.dele_many(&[1, 3, 77]).await.unwrap();
    assert_eq!(refused.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [77]);
    session.quit().await.unwrap();
    let mut session = reopened(&world).await;
    let after = session.uidl().await.unwrap();
    let kept: Vec<_> = [1, 3, 4].iter().map(|i| before[*i].1.clone()).collect();
    assert_eq!(after.into_iter().map(|(_, uidl)| uidl).collect::<Vec<_>>(), kept);
}

/// The post office may need a moment to see that the last session is gone.
async fn reopened(world: &World) -> Session {
    for _ in 0..100 {
        match world.open().await {
            Err(PopError::InUse { .. }) => tokio::time::sleep(Duration::from_millis(20)).await,
            outcome => return outcome.unwrap(),
        }
    }
    panic!("the maildrop stays in use")
}

/// Takes everything there is in one session; what came whole so far, and how it ended.
async fn take_all(world: &World) -> (Vec<(u32, Vec<u8>)>, Result<(), PopError>) {
    let mut whole = Vec::new();
    let outcome = async {
        let mut session = world.open().await?;
        let numbers: Vec<u32> = session.uidl().await?.into_iter().map(|(number, _)| number).collect();
        let mut bytes = Vec::new();
        session
            .retrieve_many(&numbers, &mut |number, piece| match piece {
                Piece::Bytes(part) => bytes.extend_from_slice(part),
                Piece::Whole(_) => whole.push((number, std::mem::take(&mut bytes))),
                Piece::Refused(error) => panic!("{error:?}"),
            })
            .await?;
        session.quit().await
    };
    let outcome = outcome.await;
    (whole, outcome)
}

#[tokio::test]
async fn a_link_cut_after_any_number_of_bytes_gives_whole_mails_or_an_error() {
    let mut features = Features::rich();
    features.pop.lock = false;
    let world = world_of(features, Certificate::Good).await;
    let mails = mails();
    let mut ends = Vec::new();
    // The login and the small mails take about a thousand bytes; the large one the rest.
    for cut in (0..1_200).step_by(13).chain((1_200..400_000).step_by(39_989)) {
        world.office.clear_faults();
        world.office.inject(When::pop(), Fault::CutAfterSent(cut));
        if cut % 2 == 0 {
            world.office.inject(When::pop(), Fault::PoliteCuts);
        }
        let (whole, outcome) = take_all(&world).await;
        for (number, bytes) in &whole {
            assert_eq!(bytes, &mails[*number as usize - 1], "cut after {cut}");
        }
        match outcome {
            Ok(()) => assert_eq!(whole.len(), 5),
            Err(PopError::Closed { .. } | PopError::Net(NetError::Io(_))) => {}
            Err(other) => panic!("cut after {cut}: {other:?}"),
        }
        ends.push(whole.len());
    }
    assert!(ends.contains(&0) && ends.contains(&3) && ends.contains(&5), "the cuts hit every part: {ends:?}");
    assert_eq!(world.held(), mails);
}

#[tokio::test]
async fn a_link_lost_around_quit_is_told_and_the_next_listing_knows() {
    for (fault, gone) in [(Fault::CutBefore, false), (Fault::CutAfter, true), (Fault::CutAnswer(2), true)] {
        let world = world().await;
        world.office.inject(When::pop().verb("QUIT").times(1), fault);
        let mut session = world.open().await.unwrap();
        session.dele(2).await.unwrap();
        let outcome = session.quit().await;
        assert!(matches!(outcome, Err(PopError::Closed { during: "QUIT" })), "{outcome:?}");
        let listed = reopened(&world).await.uidl().await.unwrap().len();
        assert_eq!(listed, if gone { 4 } else { 5 });
    }
}

#[tokio::test]
async fn logins_that_fail_say_why_and_a_maildrop_in_use_is_no_wrong_password() {
    let world = world().await;
    let wrong = world.open_as(Security::StartTls, "wrong", &world.trust).await;
    assert!(matches!(wrong, Err(PopError::Authentication { .. })), "{wrong:?}");
    let _first = world.open().await.unwrap();
    let second = world.open().await;
    assert!(matches!(second, Err(PopError::InUse { .. })), "{second:?}");

    let mut features = Features::rich();
    features.pop.mechanisms.clear();
    features.pop.capa = false;
    let old = world_of(features, Certificate::Good).await;
    let mut session = old.open().await.unwrap();
    assert!(!session.capabilities().known);
    assert_eq!(session.stat().await.unwrap().0, 5);
}

#[tokio::test]
async fn a_server_without_stls_or_with_bytes_behind_it_never_sees_the_name() {
    for (fault, expected) in [
        (Fault::Answer(b"-ERR unknown command\r\n".to_vec()), TlsProblem::StartTlsMissing),
        (Fault::Append(b"+OK logged in\r\n".to_vec()), TlsProblem::Injected),
    ] {
        let world = world().await;
        world.office.inject(When::pop().verb("STLS"), fault);
        match world.open_as(Security::StartTls, PASSWORD, &world.trust).await {
            Err(PopError::Net(NetError::Tls { problem, .. })) => assert_eq!(problem, expected),
            other => panic!("{other:?}"),
        }
        assert_eq!(world.verbs(), ["STLS"]);
    }
}

#[tokio::test]
async fn no_bad_certificate_gets_a_word_and_each_can_be_pinned() {
    for certificate in Certificate::ALL {
        for security in [Security::ImplicitTls, Security::StartTls] {
            let world = world_of(Features::rich(), certificate).await;
            let sha256: [u8; 32] = Sha256::digest(world.office.certificate_der(certificate).unwrap()).into();
            let expected = match certificate {
                Certificate::Good => None,
                Certificate::Expired | Certificate::NotYetValid => Some(TlsProblem::Expired),
                Certificate::WrongHost => Some(TlsProblem::WrongHost),
                Certificate::SelfSigned | Certificate::ForeignCa => Some(TlsProblem::UnknownIssuer),
                Certificate::WrongUsage => Some(TlsProblem::Unusable),
            };
            match (world.open_as(security, PASSWORD, &world.trust).await, expected) {
                (Ok(session), None) => session.quit().await.unwrap(),
                (Err(PopError::Net(NetError::Tls { problem, sha256: shown, .. })), Some(expected)) => {
                    assert_eq!((problem, shown), (expected, Some(sha256)), "{certificate:?}");
                    assert!(!world.verbs().iter().any(|v| v != "STLS"), "{:?}", world.verbs());
                }
                (other, _) => panic!("{certificate:?}: {other:?}"),
            }
            let pinned = world.open_as(security, PASSWORD, &Trust::Pin(sha256)).await;
            pinned.unwrap().quit().await.unwrap();
        }
    }
}

#[tokio::test]
async fn retr_without_its_dot_times_out_and_sizes_that_lie_change_nothing() {
    let world = world().await;
    world.office.inject(When::pop(), Fault::ListSize(3));
    let mut session = world.open().await.unwrap();
    assert_eq!(session.list().await.unwrap()[4], (5, Some(3)));
    assert_eq!(whole(&mut session, 5).await.unwrap(), mails()[4]);
    world.office.inject(When::pop().verb("RETR"), Fault::NoDot);
    let outcome = whole(&mut session, 1).await;
    assert!(matches!(outcome, Err(PopError::Timeout { during: "RETR", .. })), "{outcome:?}");
    assert!(!session.is_usable());
}

#[tokio::test]
async fn repeated_and_changed_unique_ids_are_given_as_they_are() {
    let world = world().await;
    world.office.inject(When::pop(), Fault::SameUidl("same".into()));
    let mut session = world.open().await.unwrap();
    let listed = session.uidl().await.unwrap();
    assert_eq!(listed.len(), 5);
    assert!(listed.iter().all(|(_, uidl)| uidl.as_bytes() == b"same"));
    world.office.clear_faults();
    world.office.inject(When::pop(), Fault::PrefixUidl("z".repeat(10_000)));
    let long = session.uidl().await.unwrap();
    assert!(long.iter().all(|(_, uidl)| uidl.as_bytes().len() > 10_000));
    let (counts, last) = session.stat_and_uidl(5).await.unwrap();
    assert_eq!((counts.0, last.unwrap()), (5, long[4].1.clone()));
}
