//! The real resolver, before a tiny DNS server, and the zones in memory keep the contract; wrong resolvers do not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a suite; what its functions meet is a failure")]

use satchel_core::net::SystemResolver;
use satchel_core::ports::{BoxFuture, NetError, Resolver, Srv};
use satchel_tests::contract::{broken_in_time, resolver as suite};
use satchel_tests::internet::names::{Kind, Record, Reply, Zone, ZoneResolver};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;

const TYPES: [(u16, Kind); 4] = [(1, Kind::A), (15, Kind::Mx), (28, Kind::Aaaa), (33, Kind::Srv)];

fn name(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in text.split('.').filter(|l| !l.is_empty()) {
        out.push(u8::try_from(label.len()).unwrap());
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
    out
}

fn data(record: &Record) -> Vec<u8> {
    match record {
        Record::Address(IpAddr::V4(four)) => four.octets().into(),
        Record::Address(IpAddr::V6(six)) => six.octets().into(),
        Record::Mx(preference, host) => [preference.to_be_bytes().to_vec(), name(host)].concat(),
        Record::Srv(srv) => {
            let numbers = [srv.priority, srv.weight, srv.port];
            [numbers.iter().flat_map(|n| n.to_be_bytes()).collect(), name(&srv.target)].concat()
        }
    }
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

fn reply(message: &[u8], answer: &Reply) -> Option<Vec<u8>> {
    let (_, kind, end) = question(message);
    // Response codes: 3 no such name, 2 server failure, 5 refused. A kind nobody knows is refused.
    let (records, code) = match answer {
        Reply::Records(records) => (records.as_slice(), 0),
        Reply::NoSuchName => (&[][..], 3),
        Reply::Failure => (&[][..], if kind % 2 == 0 { 5 } else { 2 }),
        Reply::Silence => return None,
    };
    let count = u16::try_from(records.len()).unwrap().to_be_bytes();
    let mut out = vec![message[0], message[1], 0x81, 0x80 | code, 0, 1, count[0], count[1], 0, 0, 0, 0];
    out.extend_from_slice(&message[12..end]);
    for record in records {
        out.extend_from_slice(&[0xc0, 12]);
        out.extend_from_slice(&kind.to_be_bytes());
        out.extend_from_slice(&[0, 1, 0, 0, 0, 60]);
        let data = data(record);
        out.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
        out.extend_from_slice(&data);
    }
    Some(out)
}

struct Dns {
    at: SocketAddr,
    asked: Arc<Mutex<Vec<(String, u16)>>>,
}

async fn dns(zone: Zone) -> Dns {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (at, asked) = (socket.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let heard = asked.clone();
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((read, from)) = socket.recv_from(&mut buffer).await {
            let message = &buffer[..read];
            let (name, kind, _) = question(message);
            heard.lock().unwrap().push((name.clone(), kind));
            let known = TYPES.iter().find(|(number, _)| *number == kind);
            let answer = known.map_or(Reply::Failure, |(_, kind)| zone.ask(&name, *kind));
            if let Some(reply) = reply(message, &answer) {
                socket.send_to(&reply, from).await.unwrap();
            }
        }
    });
    Dns { at, asked }
}

async fn example() -> Dns {
    dns(suite::zone()).await
}

#[tokio::test]
async fn the_systems_resolver_keeps_the_contract() {
    let (dns, other) = (example().await, dns(suite::other_zone()).await);
    let resolver = Arc::new(SystemResolver::with_servers(&[dns.at]));
    suite::keeps_the_contract(resolver, other.at).await;
    assert!(dns.asked.lock().unwrap().iter().all(|(name, _)| !name.contains("localhost")));
}

#[tokio::test(start_paused = true)]
async fn the_zones_in_memory_keep_the_contract() {
    let other = "192.0.2.53:53".parse().unwrap();
    let resolver = Arc::new(ZoneResolver::new(suite::zone()).with_server(other, suite::other_zone()));
    suite::keeps_the_contract(resolver.clone(), other).await;
    let asked = resolver.asked();
    assert!(asked.contains(&("_imaps._tcp.example.org".to_owned(), Kind::Srv)));
    assert!(asked.iter().all(|(name, _)| !name.contains("localhost") && name.parse::<IpAddr>().is_err()));
}

/// What is wrong with a [`WrongResolver`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Flaw {
    ServicesAsTheyCome,
    ExchangersAsTheyCome,
    DeclinedIsNone,
    NullIsAHost,
    StrangeNames,
    FailureIsNone,
    UnknownIsEmpty,
    OneFamily,
    OneFailsBothFail,
    AddressesAreAsked,
    WaitsForEver,
    KeepsItsServer,
}

#[derive(Debug)]
struct WrongResolver(ZoneResolver, Flaw);

impl Resolver for WrongResolver {
    fn addresses<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, NetError>> {
        Box::pin(async move {
            if self.1 == Flaw::AddressesAreAsked && host.parse::<IpAddr>().is_ok() {
                return Err(NetError::UnknownHost(host.to_owned()));
            }
            let found = self.0.addresses(host).await;
            match (self.1, found) {
                (Flaw::UnknownIsEmpty, Err(NetError::UnknownHost(_))) => Ok(Vec::new()),
                (Flaw::FailureIsNone, Err(NetError::Io(_))) => Err(NetError::UnknownHost(host.to_owned())),
                (Flaw::OneFamily, Ok(found)) => Ok(found.into_iter().take(1).collect()),
                (Flaw::OneFailsBothFail, Ok(found)) if found.len() == 1 && host.contains("example") => {
                    Err(std::io::Error::other("one family failed").into())
                }
                (_, found) => found,
            }
        })
    }
    fn srv<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<Srv>, NetError>> {
        Box::pin(async move {
            if self.1 == Flaw::WaitsForEver && name.contains("silent") {
                return std::future::pending().await;
            }
            let mut found = match (self.1, self.0.srv(name).await) {
                (Flaw::FailureIsNone, Err(NetError::Io(_))) => Vec::new(),
                (_, found) => found?,
            };
            match self.1 {
                Flaw::ServicesAsTheyCome => found.reverse(),
                Flaw::DeclinedIsNone => found.retain(|srv| !srv.target.is_empty()),
                _ => {}
            }
            Ok(found)
        })
    }
    fn mx<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Result<Vec<String>, NetError>> {
        Box::pin(async move {
            let mut found = self.0.mx(domain).await?;
            match self.1 {
                Flaw::ExchangersAsTheyCome => found.reverse(),
                Flaw::NullIsAHost if domain.starts_with("null") => found.push(String::new()),
                Flaw::StrangeNames if domain.starts_with("odd") => found.insert(0, "evil\u{7}".into()),
                _ => {}
            }
            Ok(found)
        })
    }
    fn set_servers(&self, servers: &[SocketAddr]) {
        if self.1 != Flaw::KeepsItsServer {
            self.0.set_servers(servers);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_resolver_does_not_keep_it() {
    for (flaw, words) in [
        (Flaw::ServicesAsTheyCome, "services, best first"),
        (Flaw::ExchangersAsTheyCome, "exchangers, best first"),
        (Flaw::DeclinedIsNone, "a declined service"),
        (Flaw::NullIsAHost, "a null MX is none"),
        (Flaw::StrangeNames, "strange names"),
        (Flaw::FailureIsNone, "a failing server"),
        (Flaw::UnknownIsEmpty, "a name without address"),
        (Flaw::OneFamily, "addresses of imap.example.org"),
        (Flaw::OneFailsBothFail, "addresses of four.example.org"),
        (Flaw::AddressesAreAsked, "addresses of 192.0.2.9"),
        (Flaw::WaitsForEver, "without end"),
        (Flaw::KeepsItsServer, "the other server"),
    ] {
        let other = "192.0.2.53:53".parse().unwrap();
        let zones = ZoneResolver::new(suite::zone()).with_server(other, suite::other_zone());
        let said =
            broken_in_time(suite::keeps_the_contract(Arc::new(WrongResolver(zones, flaw)), other)).await;
        assert!(said.contains(words), "{flaw:?}: {said}");
    }
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
    let dns = dns(Zone::new().always("imap.example.org", &Reply::Silence)).await;
    let resolver = SystemResolver::with_servers(&[dns.at]);
    let began = Instant::now();
    let outcome = resolver.addresses("imap.example.org").await;
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
