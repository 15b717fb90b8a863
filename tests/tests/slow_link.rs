//! The slow link itself: what it delays, counts and swallows, over real servers.
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use satchel_tests::link::{Counts, DelayProxy, Link, LinkOptions};
use satchel_tests::servers::{
    Dovecot, DovecotOptions, MailServer, RawImap, Servers, Service, User, alice, or_skip, ports,
};

/// Greeting, LOGIN, two NOOPs: the greeting is the server's, so each command is one turn.
fn converse(address: SocketAddr, user: &User) -> std::io::Result<Duration> {
    let mut client = RawImap::connect(address)?;
    client.login(user)?;
    let begun = Instant::now();
    client.done("NOOP")?;
    client.done("NOOP")?;
    Ok(begun.elapsed() / 2)
}

#[test]
fn each_command_over_the_link_takes_its_round_trip_and_counts_as_one_turn() {
    let Some(link) = or_skip(Link::open(LinkOptions::default())) else { return };
    let options = DovecotOptions {
        namespace: Some(link.far_namespace().to_owned()),
        listen: vec![link.far_address().to_string()],
        ..DovecotOptions::default()
    };
    let Some(dovecot) = or_skip(Dovecot::start(&options)) else { return };
    let address = SocketAddr::new(link.far_address(), dovecot.ports().imap);
    let up = link.on_near_side(|| ports::wait_until(|| ports::greeting(address), || true)).unwrap();
    up.unwrap_or_else(|why| panic!("{why}: {}", dovecot.log_tail()));

    link.reset_counts();
    let took = link.on_near_side(|| converse(address, &alice())).unwrap().unwrap();
    assert!(took >= Duration::from_millis(50), "{took:?}: the link is faster than light");
    let counts = link.counts();
    assert_eq!((counts.turns, counts.connections, counts.dropped), (3, 1, 0), "{counts:?}");
    assert!(counts.bytes_down > 500 && counts.packets_up >= 6, "{counts:?}");

    link.set_black_hole(true);
    let swallowed =
        link.on_near_side(|| std::net::TcpStream::connect_timeout(&address, Duration::from_millis(300)));
    assert_eq!(swallowed.unwrap().unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    assert!(link.counts().dropped > 0);
    link.set_black_hole(false);

    let mut before = link.on_near_side(|| RawImap::connect(address)).unwrap().unwrap();
    link.change_address().unwrap();
    let after = link.on_near_side(|| converse(address, &alice())).unwrap();
    assert!(after.is_ok(), "a new connection from the new address: {after:?}");
    let dead = std::thread::spawn(move || before.done("NOOP"));
    std::thread::sleep(Duration::from_millis(500));
    assert!(!dead.is_finished() || dead.join().unwrap().is_err(), "the old connection outlived its address");
}

#[test]
fn a_lossy_link_loses_packets_and_no_mail() {
    let Some(link) = or_skip(Link::open(LinkOptions {
        one_way: Duration::from_millis(5),
        loss: 0.05,
        reorder: 0.05,
        ..LinkOptions::default()
    })) else {
        return;
    };
    let options = DovecotOptions {
        namespace: Some(link.far_namespace().to_owned()),
        listen: vec![link.far_address().to_string()],
        ..DovecotOptions::default()
    };
    let Some(dovecot) = or_skip(Dovecot::start(&options)) else { return };
    let address = SocketAddr::new(link.far_address(), dovecot.ports().imap);
    let raw = satchel_tests::workload::synthetic::large(200_000);
    let back = link
        .on_near_side(|| -> std::io::Result<Vec<u8>> {
            let mut client = ports::wait_until(|| RawImap::connect(address), || true)?;
            client.login(&alice())?;
            client.append("INBOX", "", &raw)?;
            client.done("SELECT INBOX")?;
            Ok(client.done("FETCH 1 BODY.PEEK[]")?.untagged.concat())
        })
        .unwrap()
        .unwrap();
    assert!(back.windows(raw.len()).any(|window| window == raw.as_slice()), "the mail came back changed");
    assert!(link.counts().dropped > 0, "{:?}", link.counts());
}

#[test]
fn the_proxy_delays_and_counts_as_the_link_does() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let proxy = DelayProxy::start(dovecot.endpoint(Service::Imap).unwrap(), LinkOptions::default()).unwrap();
    let took = converse(proxy.address(), &dovecot.fresh_user()).unwrap();
    assert!(took >= Duration::from_millis(50), "{took:?}");
    let Counts { turns, connections, .. } = proxy.counts();
    assert_eq!((turns, connections), (3, 1));
}
