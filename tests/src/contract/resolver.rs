//! What every Resolver promises: the best first, "none" apart from "not known", names as they are, an end in time.

use crate::internet::names::{Kind, Reply, Zone};
use satchel_core::ports::{NetError, Resolver, Srv};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

fn ips(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|t| t.parse().unwrap()).collect()
}

/// What the resolver's server has to know.
pub fn zone() -> Zone {
    let [six, four] = ["2001:db8::7", "192.0.2.7"].map(|a| a.parse::<IpAddr>().unwrap());
    let none = Reply::Records(Vec::new());
    Zone::new()
        .srv("_imaps._tcp.example.org", (20, 0, 993, "spare.example.org"))
        .srv("_imaps._tcp.example.org", (10, 1, 1993, "light.example.org"))
        .srv("_imaps._tcp.example.org", (10, 9, 993, "IMAP.example.org"))
        .srv("_pop3s._tcp.example.org", (0, 0, 0, ""))
        .mx("example.org", 20, "b.example.org")
        .mx("example.org", 5, "a.example.org")
        .mx("null.example.org", 0, "")
        .mx("odd.example.org", 1, "evil\u{7}.example.org")
        .mx("odd.example.org", 2, "good.example.org")
        .address("imap.example.org", four)
        .address("imap.example.org", six)
        .address("four.example.org", four)
        .says("four.example.org", Kind::Aaaa, Reply::Failure)
        .address("six.example.org", six)
        .says("six.example.org", Kind::A, Reply::Failure)
        .always("nodata.example.org", &none)
        .always("broken.example.org", &Reply::Failure)
        .always("silent.example.org", &Reply::Silence)
}

/// What the other server knows.
pub fn other_zone() -> Zone {
    Zone::new().mx("example.org", 1, "elsewhere.example.org")
}

/// The contract, for one that asks the server with [`zone`]; at `other` is one with [`other_zone`].
pub async fn keeps_the_contract(resolver: Arc<dyn Resolver>, other: SocketAddr) {
    let resolver = resolver.as_ref();
    services_come_best_first(resolver).await;
    exchangers_come_best_first(resolver).await;
    none_is_empty_and_a_failure_is_none(resolver).await;
    addresses_come_of_both_families(resolver).await;
    silence_is_left_in_time(resolver).await;
    resolver.set_servers(&[other]);
    assert_eq!(resolver.mx("example.org").await.unwrap(), ["elsewhere.example.org"], "the other server");
    assert_eq!(
        resolver.srv("_imaps._tcp.example.org").await.unwrap(),
        [],
        "a server that was replaced is asked"
    );
}

async fn services_come_best_first(resolver: &dyn Resolver) {
    let one = |priority, weight, port, target: &str| Srv { priority, weight, port, target: target.into() };
    for name in ["_imaps._tcp.example.org", "_IMAPS._tcp.Example.ORG", "_imaps._tcp.example.org."] {
        let expected = [
            one(10, 9, 993, "imap.example.org"),
            one(10, 1, 1993, "light.example.org"),
            one(20, 0, 993, "spare.example.org"),
        ];
        assert_eq!(resolver.srv(name).await.unwrap(), expected, "services, best first");
    }
    let declined = resolver.srv("_pop3s._tcp.example.org").await.unwrap();
    assert_eq!(declined, [one(0, 0, 0, "")], "a declined service has an empty target");
}

async fn exchangers_come_best_first(resolver: &dyn Resolver) {
    let found = resolver.mx("example.org").await.unwrap();
    assert_eq!(found, ["a.example.org", "b.example.org"], "exchangers, best first");
    assert_eq!(
        resolver.mx("odd.example.org").await.unwrap(),
        ["good.example.org"],
        "strange names are left out"
    );
    assert_eq!(resolver.mx("null.example.org").await.unwrap(), [""; 0], "a null MX is none");
}

async fn none_is_empty_and_a_failure_is_none(resolver: &dyn Resolver) {
    for nothing in ["no.such.example.org", "nodata.example.org"] {
        assert_eq!(resolver.srv(nothing).await.expect("no service is no error"), []);
        assert_eq!(resolver.mx(nothing).await.expect("no exchanger is no error"), [""; 0]);
        match resolver.addresses(nothing).await {
            Err(NetError::UnknownHost(name)) => assert_eq!(name, nothing, "another name is unknown"),
            found => panic!("a name without address: {found:?}"),
        }
    }
    let failing = "broken.example.org";
    for outcome in [
        resolver.srv(failing).await.map(drop),
        resolver.mx(failing).await.map(drop),
        resolver.addresses(failing).await.map(drop),
    ] {
        assert!(
            matches!(outcome, Err(NetError::Io(_))),
            "a failing server is neither none nor unknown: {outcome:?}"
        );
    }
    for bad in ["", ".", "a..b", &"x".repeat(70), &"abcdefgh.".repeat(40)] {
        assert!(resolver.srv(bad).await.is_err(), "{bad:?} is no name");
        assert!(resolver.mx(bad).await.is_err(), "{bad:?} is no name");
        assert!(resolver.addresses(bad).await.is_err(), "{bad:?} is no name");
    }
}

async fn addresses_come_of_both_families(resolver: &dyn Resolver) {
    for (host, expected) in [
        ("imap.example.org", ["2001:db8::7", "192.0.2.7"].as_slice()),
        ("four.example.org", &["192.0.2.7"]),
        ("six.example.org", &["2001:db8::7"]),
        ("192.0.2.9", &["192.0.2.9"]),
        ("::1", &["::1"]),
        ("localhost", &["127.0.0.1", "::1"]),
        ("LOCALHOST.", &["127.0.0.1", "::1"]),
        ("mail.localhost", &["127.0.0.1", "::1"]),
    ] {
        let found = resolver.addresses(host).await;
        assert_eq!(found.ok(), Some(ips(expected)), "addresses of {host}");
    }
}

async fn silence_is_left_in_time(resolver: &dyn Resolver) {
    let began = Instant::now();
    let asked = tokio::time::timeout(Duration::from_secs(20), resolver.srv("silent.example.org"));
    let outcome = asked.await.expect("a silent server is waited for without end");
    assert!(matches!(outcome, Err(NetError::Timeout(_))), "a silent server: {outcome:?}");
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
}
