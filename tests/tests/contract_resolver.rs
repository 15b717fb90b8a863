//! What the Resolver promises, against a tiny DNS server that answers, refuses, lies or keeps silent.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a suite; what its functions meet is a failure")]

use satchel_core::net::SystemResolver;
use satchel_core::ports::{NetError, Resolver, Srv};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;

const A: u16 = 1;
const MX: u16 = 15;
const AAAA: u16 = 28;
const SRV: u16 = 33;

/// What the server says to a question.
#[derive(Clone)]
enum Answer {
    /// These records: type and data.
    Records(Vec<(u16, Vec<u8>)>),
    /// This response code: 3 = no such name, 2 = server failure, 5 = refused.
    Code(u8),
    Silence,
}

fn name(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in text.split('.').filter(|l| !l.is_empty()) {
        out.push(u8::try_from(label.len()).unwrap());
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
    out
}

fn srv(priority: u16, weight: u16, port: u16, target: &str) -> (u16, Vec<u8>) {
    let mut data: Vec<u8> = [priority, weight, port].iter().flat_map(|n| n.to_be_bytes()).collect();
    data.extend(name(target));
    (SRV, data)
}

fn mx(preference: u16, host: &str) -> (u16, Vec<u8>) {
    (MX, [preference.to_be_bytes().to_vec(), name(host)].concat())
}

/// The question of a message: its name as text, its type, and where it ends.
fn question(message: &[u8]) -> (String, u16, usize) {
    let (mut labels, mut at) = (Vec::new(), 12);
    while message[at] != 0 {
        let end = at + 1 + usize::from(message[at]);
        labels.push(String::from_utf8_lossy(&message[at + 1..end]).to_lowercase());
        at = end;
    }
    (labels.join("."), u16::from_be_bytes([message[at + 1], message[at + 2]]), at + 5)
}

fn reply(message: &[u8], answer: &Answer) -> Option<Vec<u8>> {
    let (_, _, end) = question(message);
    let (records, code) = match answer {
        Answer::Records(records) => (records.as_slice(), 0),
        Answer::Code(code) => (&[][..], *code),
        Answer::Silence => return None,
    };
    let count = u16::try_from(records.len()).unwrap().to_be_bytes();
    let mut out = vec![message[0], message[1], 0x81, 0x80 | code, 0, 1, count[0], count[1], 0, 0, 0, 0];
    out.extend_from_slice(&message[12..end]);
    for (kind, data) in records {
        out.extend_from_slice(&[0xc0, 12]);
        out.extend_from_slice(&kind.to_be_bytes());
        out.extend_from_slice(&[0, 1, 0, 0, 0, 60]);
        out.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
        out.extend_from_slice(data);
    }
    Some(out)
}

struct Dns {
    at: SocketAddr,
    asked: Arc<Mutex<Vec<(String, u16)>>>,
}

async fn dns(answer: impl Fn(&str, u16) -> Answer + Send + 'static) -> Dns {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (at, asked) = (socket.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let heard = asked.clone();
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((read, from)) = socket.recv_from(&mut buffer).await {
            let message = &buffer[..read];
            let (name, kind, _) = question(message);
            heard.lock().unwrap().push((name.clone(), kind));
            if let Some(reply) = reply(message, &answer(&name, kind)) {
                socket.send_to(&reply, from).await.unwrap();
            }
        }
    });
    Dns { at, asked }
}

async fn example() -> Dns {
    dns(|name, kind| match (name, kind) {
        ("_imaps._tcp.example.org", SRV) => Answer::Records(vec![
            srv(20, 0, 993, "spare.example.org"),
            srv(10, 1, 1993, "light.example.org"),
            srv(10, 9, 993, "IMAP.example.org"),
        ]),
        ("_pop3s._tcp.example.org", SRV) => Answer::Records(vec![srv(0, 0, 0, "")]),
        ("example.org", MX) => Answer::Records(vec![mx(20, "b.example.org"), mx(5, "a.example.org")]),
        ("null.example.org", MX) => Answer::Records(vec![mx(0, "")]),
        ("imap.example.org", A) => Answer::Records(vec![(A, vec![192, 0, 2, 7])]),
        ("imap.example.org", AAAA) => Answer::Records(vec![(
            AAAA,
            "2001:db8::7".parse::<std::net::Ipv6Addr>().unwrap().octets().into(),
        )]),
        ("four.example.org", A) => Answer::Records(vec![(A, vec![192, 0, 2, 4])]),
        ("four.example.org", AAAA) | ("broken.example.org", _) => Answer::Code(2),
        ("refused.example.org", _) => Answer::Code(5),
        ("nodata.example.org", _) => Answer::Records(Vec::new()),
        ("odd.example.org", MX) => {
            Answer::Records(vec![mx(1, "evil\u{7}.example.org"), mx(2, "good.example.org")])
        }
        _ => Answer::Code(3),
    })
    .await
}

#[tokio::test]
async fn service_records_come_best_first_and_a_declined_service_has_an_empty_target() {
    let dns = example().await;
    let resolver = SystemResolver::with_servers(&[dns.at]);
    let found = resolver.srv("_imaps._tcp.example.org").await.unwrap();
    let one = |priority, weight, port, target: &str| Srv { priority, weight, port, target: target.into() };
    assert_eq!(
        found,
        [
            one(10, 9, 993, "imap.example.org"),
            one(10, 1, 1993, "light.example.org"),
            one(20, 0, 993, "spare.example.org")
        ]
    );
    assert_eq!(resolver.srv("_pop3s._tcp.example.org").await.unwrap(), [one(0, 0, 0, "")]);
}

#[tokio::test]
async fn mail_exchangers_come_best_first_and_strange_names_are_left_out() {
    let dns = example().await;
    let resolver = SystemResolver::with_servers(&[dns.at]);
    assert_eq!(resolver.mx("example.org").await.unwrap(), ["a.example.org", "b.example.org"]);
    assert_eq!(resolver.mx("odd.example.org").await.unwrap(), ["good.example.org"]);
    assert_eq!(resolver.mx("null.example.org").await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn no_record_is_empty_but_a_failing_server_is_an_error() {
    let dns = example().await;
    let resolver = SystemResolver::with_servers(&[dns.at]);
    for nothing in ["no.such.example.org", "nodata.example.org"] {
        assert_eq!(resolver.srv(nothing).await.unwrap(), []);
        assert_eq!(resolver.mx(nothing).await.unwrap(), [""; 0]);
        match resolver.addresses(nothing).await {
            Err(NetError::UnknownHost(name)) => assert_eq!(name, nothing),
            other => panic!("{other:?}"),
        }
    }
    for failing in ["broken.example.org", "refused.example.org"] {
        for outcome in [
            resolver.srv(failing).await.map(drop),
            resolver.mx(failing).await.map(drop),
            resolver.addresses(failing).await.map(drop),
        ] {
            assert!(matches!(outcome, Err(NetError::Io(_))), "{failing}: {outcome:?}");
        }
    }
    for bad in ["", ".", "a..b", &"x".repeat(70), &"abcdefgh.".repeat(40)] {
        assert!(resolver.srv(bad).await.is_err(), "{bad}");
        assert!(resolver.addresses(bad).await.is_err(), "{bad}");
    }
}

#[tokio::test]
async fn addresses_of_both_families_come_and_one_family_that_fails_does_not_hide_the_other() {
    let dns = example().await;
    let resolver = SystemResolver::with_servers(&[dns.at]);
    let ips = |texts: &[&str]| texts.iter().map(|t| t.parse().unwrap()).collect::<Vec<IpAddr>>();
    assert_eq!(resolver.addresses("imap.example.org").await.unwrap(), ips(&["2001:db8::7", "192.0.2.7"]));
    assert_eq!(resolver.addresses("four.example.org").await.unwrap(), ips(&["192.0.2.4"]));
    let before = dns.asked.lock().unwrap().len();
    assert_eq!(resolver.addresses("192.0.2.9").await.unwrap(), ips(&["192.0.2.9"]));
    for local in ["localhost", "LOCALHOST.", "mail.localhost"] {
        assert_eq!(resolver.addresses(local).await.unwrap(), ips(&["127.0.0.1", "::1"]));
    }
    assert_eq!(dns.asked.lock().unwrap().len(), before, "none of these is a question for the DNS");
}

#[tokio::test]
async fn names_are_asked_for_as_they_are_with_no_search_domain_behind_them() {
    let dns = example().await;
    let resolver = SystemResolver::with_servers(&[dns.at]);
    resolver.srv("_imaps._tcp.no.such.example.org").await.unwrap();
    resolver.mx("host").await.unwrap();
    let asked: Vec<String> = dns.asked.lock().unwrap().iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(asked, ["_imaps._tcp.no.such.example.org", "host"]);
}

#[tokio::test]
async fn servers_that_are_handed_over_later_are_asked_from_then_on_and_no_others() {
    let (old, new) = (example().await, example().await);
    let resolver = SystemResolver::with_servers(&[old.at]);
    resolver.mx("example.org").await.unwrap();
    resolver.set_servers(&[new.at]);
    resolver.mx("example.org").await.unwrap();
    assert_eq!((old.asked.lock().unwrap().len(), new.asked.lock().unwrap().len()), (1, 1));
}

#[tokio::test]
async fn a_dns_that_hangs_is_left_in_time() {
    let dns = dns(|_, _| Answer::Silence).await;
    let resolver = SystemResolver::with_servers(&[dns.at]);
    let began = Instant::now();
    let outcome = resolver.srv("_imaps._tcp.example.org").await;
    assert!(matches!(outcome, Err(NetError::Timeout(_))), "{outcome:?}");
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
}

#[tokio::test]
async fn the_systems_own_way_knows_this_machine() {
    let resolver = SystemResolver::new();
    assert!(resolver.addresses("localhost").await.unwrap().iter().all(IpAddr::is_loopback));
    let outcome = resolver.addresses("no-such-host.invalid").await;
    assert!(matches!(outcome, Err(NetError::UnknownHost(_) | NetError::Timeout(_))), "{outcome:?}");
}
