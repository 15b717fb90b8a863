//! What every Dialer promises, and what the real one promises about TLS, certificates, hanging and lying servers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a suite; what its functions meet is a failure")]

mod listeners;

use listeners::{
    Authority, FixedResolver, Shown, dead_port, echo, endpoint, listen, listen_tls, self_signed,
};
use rcgen::{BasicConstraints, ExtendedKeyUsagePurpose, IsCa, KeyPair, PKCS_ED25519, date_time_ymd};
use satchel_core::error::TlsProblem;
use satchel_core::net::{
    CountingDialer, DialLimits, OfflineSwitch, SwitchedDialer, TcpDialer, authorities_in,
};
use satchel_core::ports::{BoxFuture, Dialer, Endpoint, NetError, Stream, Trust};
use satchel_tests::contract::dialer::{self as suite, Manner, Net, serve};
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

fn resolver() -> Arc<FixedResolver> {
    FixedResolver::new(&[("localhost", &["127.0.0.1"]), ("other.example", &["127.0.0.1"])])
}

fn tcp_dialer() -> TcpDialer {
    TcpDialer::new(resolver())
}

async fn ping(stream: &mut Box<dyn Stream>) {
    suite::ping(stream, *b"ping").await;
}

/// Servers of each manner on this machine, plain or with TLS from the first byte.
struct Loopback {
    dialer: Arc<dyn Dialer>,
    host: &'static str,
    trust: Trust,
    tls: bool,
    ports: Vec<(Manner, u16)>,
    upgradable: u16,
    dead: u16,
    ended: Arc<AtomicUsize>,
    cut: Arc<Notify>,
}

impl Loopback {
    async fn new(dialer: Arc<dyn Dialer>, host: &'static str, tls: bool) -> Self {
        let authority = Authority::new();
        let shown = authority.sign(&["localhost", "127.0.0.1"], |_| {});
        let (ended, cut) = (Arc::default(), Arc::new(Notify::new()));
        let mut ports = Vec::new();
        for manner in Manner::ALL {
            let acceptor = tls.then(|| shown.acceptor(rustls::DEFAULT_VERSIONS));
            ports.push((manner, manners(manner, acceptor, &ended, &cut).await));
        }
        let (upgradable, dead) = (listen_tls(&shown).await.port(), dead_port().await);
        let trust = Trust::PlatformAnd(authority.pem.clone());
        Self { dialer, host, trust, tls, ports, upgradable, dead, ended, cut }
    }
}

/// Listens; a cut resets the connection, so that nothing of a proper end goes out.
async fn manners(
    manner: Manner,
    acceptor: Option<TlsAcceptor>,
    ended: &Arc<AtomicUsize>,
    cut: &Arc<Notify>,
) -> u16 {
    let (ended, cut) = (ended.clone(), cut.clone());
    let at = listen(move |mut stream| {
        let (acceptor, ended, cut) = (acceptor.clone(), ended.clone(), cut.clone());
        async move {
            let Some(acceptor) = acceptor else {
                tokio::select! {
                    biased;
                    () = cut.notified() => stream.set_zero_linger().unwrap(),
                    () = serve(manner, &mut stream, &ended) => {}
                }
                return;
            };
            let mut stream = acceptor.accept(stream).await.unwrap();
            tokio::select! {
                biased;
                () = cut.notified() => stream.get_ref().0.set_zero_linger().unwrap(),
                () = serve(manner, &mut stream, &ended) => {}
            }
        }
    });
    at.await.port()
}

impl Net for Loopback {
    fn dialer(&self) -> &dyn Dialer {
        self.dialer.as_ref()
    }
    fn server(&self, manner: Manner) -> Endpoint {
        let port = self.ports.iter().find(|(m, _)| *m == manner).unwrap().1;
        endpoint(self.host, port, self.tls, &self.trust)
    }
    fn upgradable(&self) -> Endpoint {
        endpoint(self.host, self.upgradable, false, &self.trust)
    }
    fn dead(&self) -> Endpoint {
        endpoint(self.host, self.dead, self.tls, &self.trust)
    }
    fn unknown(&self) -> Endpoint {
        endpoint("no.such.example", self.dead, self.tls, &self.trust)
    }
    fn ended(&self) -> usize {
        self.ended.load(SeqCst)
    }
    fn cut(&self) -> BoxFuture<'_, ()> {
        Box::pin(async { self.cut.notify_waiters() })
    }
}

#[tokio::test]
async fn the_real_dialer_keeps_the_contract_plain_and_with_tls() {
    for tls in [false, true] {
        for host in ["localhost", "localhost.", "LOCALHOST", "127.0.0.1"] {
            suite::keeps_the_contract(Arc::new(Loopback::new(Arc::new(tcp_dialer()), host, tls).await)).await;
        }
    }
}

#[tokio::test]
async fn the_dialers_that_switch_and_count_keep_it_too() {
    let switched = SwitchedDialer::new(Arc::new(tcp_dialer()), OfflineSwitch::new());
    let counting = CountingDialer::new(Arc::new(tcp_dialer()), Arc::default());
    for dialer in [Arc::new(switched) as Arc<dyn Dialer>, Arc::new(counting)] {
        suite::keeps_the_contract(Arc::new(Loopback::new(dialer, "localhost", true).await)).await;
    }
}

#[tokio::test]
async fn a_plain_stream_becomes_tls_on_request_and_only_with_a_certificate_that_is_believed() {
    let authority = Authority::new();
    let shown = authority.sign(&["localhost"], |_| {});
    let port = listen_tls(&shown).await.port();
    for (trust, works) in [(Trust::PlatformAnd(authority.pem.clone()), true), (Trust::Platform, false)] {
        let to = endpoint("localhost", port, false, &trust);
        let dialer = tcp_dialer();
        let plain = dialer.dial(&to).await.unwrap();
        match dialer.upgrade(plain, &to).await {
            Ok(mut stream) => {
                assert!(works);
                ping(&mut stream).await;
            }
            Err(error) => assert!(!works, "{error}"),
        }
    }
}

async fn refused(shown: &Shown, host: &str, trust: &Trust) -> Option<(TlsProblem, Option<[u8; 32]>, String)> {
    let port = listen_tls(shown).await.port();
    match tcp_dialer().dial(&endpoint(host, port, true, trust)).await {
        Ok(mut stream) => {
            ping(&mut stream).await;
            None
        }
        Err(NetError::Tls { problem, reason, sha256 }) => Some((problem, sha256, reason)),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn certificates_are_refused_for_what_is_wrong_with_them_and_named_by_their_hash() {
    let (ours, foreign) = (Authority::new(), Authority::new());
    let strange = Authority::with_key(KeyPair::generate_for(&PKCS_ED25519).unwrap());
    let trust = Trust::PlatformAnd(ours.pem.clone());
    let good = ours.sign(&["localhost", "127.0.0.1"], |_| {});
    let own = self_signed(&["localhost"], |_| {});
    let cases: Vec<(&str, Shown, &str, Trust, Option<TlsProblem>)> = vec![
        ("good", good.clone(), "localhost", trust.clone(), None),
        ("good, by address", good.clone(), "127.0.0.1", trust.clone(), None),
        ("authority not added", good.clone(), "localhost", Trust::Platform, Some(TlsProblem::UnknownIssuer)),
        (
            "foreign authority",
            foreign.sign(&["localhost"], |_| {}),
            "localhost",
            trust.clone(),
            Some(TlsProblem::UnknownIssuer),
        ),
        (
            "foreign authority with a key of another kind",
            strange.sign(&["localhost"], |_| {}),
            "localhost",
            trust.clone(),
            Some(TlsProblem::UnknownIssuer),
        ),
        ("wrong host", good.clone(), "other.example", trust.clone(), Some(TlsProblem::WrongHost)),
        (
            "no address in it",
            ours.sign(&["localhost"], |_| {}),
            "127.0.0.1",
            trust.clone(),
            Some(TlsProblem::WrongHost),
        ),
        (
            "expired",
            ours.sign(&["localhost"], |p| p.not_after = date_time_ymd(2020, 1, 1)),
            "localhost",
            trust.clone(),
            Some(TlsProblem::Expired),
        ),
        (
            "not yet valid",
            ours.sign(&["localhost"], |p| p.not_before = date_time_ymd(2300, 1, 1)),
            "localhost",
            trust.clone(),
            Some(TlsProblem::Expired),
        ),
        (
            "for clients",
            ours.sign(&["localhost"], |p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]),
            "localhost",
            trust.clone(),
            Some(TlsProblem::Unusable),
        ),
        ("self-signed", own.clone(), "localhost", trust.clone(), Some(TlsProblem::UnknownIssuer)),
        ("self-signed and added", own.clone(), "localhost", Trust::PlatformAnd(own.pem.clone()), None),
        (
            "self-signed authority as server",
            self_signed(&["localhost"], |p| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
            "localhost",
            Trust::Platform,
            Some(TlsProblem::UnknownIssuer),
        ),
        ("pinned", own.clone(), "localhost", Trust::Pin(own.sha256), None),
        ("pinned, whatever host", own.clone(), "other.example", Trust::Pin(own.sha256), None),
        (
            "another than the pinned one",
            good.clone(),
            "localhost",
            Trust::Pin(own.sha256),
            Some(TlsProblem::NotThePinnedOne),
        ),
        (
            "pinned, shown without its key",
            own.stolen(),
            "localhost",
            Trust::Pin(own.sha256),
            Some(TlsProblem::Unusable),
        ),
        (
            "good, shown without its key",
            good.stolen(),
            "localhost",
            trust.clone(),
            Some(TlsProblem::Unusable),
        ),
    ];
    for (case, shown, host, trust, expected) in cases {
        match (refused(&shown, host, &trust).await, expected) {
            (None, None) => {}
            (Some((problem, sha256, reason)), Some(expected)) => {
                assert_eq!(problem, expected, "{case}: {reason}");
                assert_eq!(sha256, Some(shown.sha256), "{case}");
                assert!(reason.len() > 20 && !reason.contains("UnknownIssuer"), "{case}: {reason}");
            }
            (found, expected) => panic!("{case}: {found:?} instead of {expected:?}"),
        }
    }
}

#[tokio::test]
async fn an_expired_certificate_is_believed_when_it_is_the_pinned_one() {
    let old = self_signed(&["elsewhere.example"], |p| p.not_after = date_time_ymd(2001, 1, 1));
    assert_eq!(refused(&old, "localhost", &Trust::Pin(old.sha256)).await, None);
}

#[tokio::test]
async fn tls_12_works_and_a_port_that_speaks_no_tls_is_named() {
    let authority = Authority::new();
    let trust = Trust::PlatformAnd(authority.pem.clone());
    let acceptor = authority.sign(&["localhost"], |_| {}).acceptor(&[&rustls::version::TLS12]);
    let old = listen(move |stream| {
        let acceptor = acceptor.clone();
        async move { echo(acceptor.accept(stream).await.unwrap()).await }
    });
    let mut stream = tcp_dialer().dial(&endpoint("localhost", old.await.port(), true, &trust)).await.unwrap();
    ping(&mut stream).await;

    let plain = listen(|mut stream| async move {
        stream.write_all(b"+OK POP3 ready\r\n").await.unwrap();
        drop(stream.read(&mut [0; 1024]).await);
    });
    match tcp_dialer().dial(&endpoint("localhost", plain.await.port(), true, &trust)).await.map(drop) {
        Err(NetError::Tls { problem: TlsProblem::Handshake, reason, sha256: None }) => {
            assert!(reason.contains("does not speak TLS"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_stream_cut_without_close_notify_is_an_error_and_a_closed_one_is_an_end() {
    let authority = Authority::new();
    let trust = Trust::PlatformAnd(authority.pem.clone());
    for properly in [true, false] {
        for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
            let acceptor = authority.sign(&["localhost"], |_| {}).acceptor(&[version]);
            let at = listen(move |stream| {
                let acceptor = acceptor.clone();
                async move {
                    let mut stream = acceptor.accept(stream).await.unwrap();
                    stream.write_all(b"half a mes").await.unwrap();
                    stream.flush().await.unwrap();
                    if properly {
                        stream.shutdown().await.unwrap();
                    } else {
                        stream.get_mut().0.shutdown().await.unwrap();
                    }
                }
            })
            .await;
            let to = endpoint("localhost", at.port(), true, &trust);
            let mut stream = tcp_dialer().dial(&to).await.unwrap();
            let mut got = Vec::new();
            let end = stream.read_to_end(&mut got).await;
            assert_eq!(got, b"half a mes");
            assert_eq!(
                end.map_err(|e| e.kind()).map(drop),
                if properly { Ok(()) } else { Err(ErrorKind::UnexpectedEof) }
            );
        }
    }
}

fn hurried(names: &[(&'static str, &[&str])]) -> TcpDialer {
    let limits = DialLimits {
        connect: Duration::from_millis(900),
        handshake: Duration::from_millis(300),
        ..DialLimits::default()
    };
    TcpDialer::with_limits(FixedResolver::new(names), limits)
}

#[tokio::test]
async fn a_server_that_hangs_in_the_handshake_or_never_answers_is_left_in_time() {
    let silent = listen(|stream| async move {
        tokio::time::sleep(Duration::from_mins(1)).await;
        drop(stream);
    })
    .await;
    let began = Instant::now();
    let dialer = hurried(&[]);
    match dialer.dial(&endpoint("127.0.0.1", silent.port(), true, &Trust::Platform)).await.map(drop) {
        Err(NetError::Timeout(after)) => assert_eq!(after, Duration::from_millis(300)),
        other => panic!("{other:?}"),
    }
    assert!(began.elapsed() < Duration::from_secs(5));
}

/// A listener whose queue is full: further SYNs are dropped, as by a black hole.
async fn black_hole() -> (TcpListener, Vec<tokio::task::JoinHandle<()>>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let at = listener.local_addr().unwrap();
    let fill = |_| {
        tokio::spawn(async move {
            let _held = tokio::net::TcpStream::connect(at).await;
            std::future::pending::<()>().await;
        })
    };
    let held = (0..4).map(fill).collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    (listener, held)
}

#[tokio::test]
async fn an_address_that_swallows_everything_costs_a_quarter_of_a_second_when_there_is_another() {
    let (hole, _held) = black_hole().await;
    let port = hole.local_addr().unwrap().port();
    let living = TcpListener::bind(("127.0.0.3", port)).await.unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = living.accept().await {
            tokio::spawn(echo(stream));
        }
    });
    let dialer = hurried(&[("both", &["127.0.0.2", "127.0.0.3"]), ("hole", &["127.0.0.2"])]);
    let began = Instant::now();
    let mut stream = dialer.dial(&endpoint("both", port, false, &Trust::Platform)).await.unwrap();
    ping(&mut stream).await;
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(250) && took < Duration::from_millis(850), "{took:?}");

    let began = Instant::now();
    match dialer.dial(&endpoint("hole", port, false, &Trust::Platform)).await.map(drop) {
        Err(NetError::Timeout(after)) => assert_eq!(after, Duration::from_millis(900)),
        other => panic!("{other:?}"),
    }
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[tokio::test]
async fn offline_nothing_is_tried_and_online_again_it_works() {
    let port = listen(echo).await.port();
    let resolver = resolver();
    let switch = OfflineSwitch::new();
    let dialer = SwitchedDialer::new(Arc::new(TcpDialer::new(resolver.clone())), switch.clone());
    let to = endpoint("localhost", port, false, &Trust::Platform);
    switch.set_offline(true);
    assert!(matches!(dialer.dial(&to).await.map(drop), Err(NetError::Offline)));
    assert!(resolver.asked.lock().unwrap().is_empty(), "not even the name may be looked up");
    switch.set_offline(false);
    ping(&mut dialer.dial(&to).await.unwrap()).await;
}

#[tokio::test]
async fn international_names_are_asked_for_in_their_ascii_form() {
    let resolver = FixedResolver::new(&[("xn--mnchen-3ya.example", &["127.0.0.1"])]);
    let authority = Authority::new();
    let port = listen_tls(&authority.sign(&["xn--mnchen-3ya.example"], |_| {})).await.port();
    let trust = Trust::PlatformAnd(authority.pem.clone());
    let dialer = TcpDialer::new(resolver.clone());
    ping(&mut dialer.dial(&endpoint("münchen.example", port, true, &trust)).await.unwrap()).await;
    assert_eq!(*resolver.asked.lock().unwrap(), ["xn--mnchen-3ya.example"]);
}

#[tokio::test]
async fn a_file_that_holds_no_authority_is_refused_before_and_at_the_connection() {
    let authority = Authority::new();
    assert_eq!(authorities_in(&authority.pem).unwrap(), 1);
    let damaged = String::from_utf8(authority.pem.clone()).unwrap().replace("MII", "MI!");
    for bad in ["", "hello", damaged.as_str()] {
        assert!(authorities_in(bad.as_bytes()).is_err(), "{bad:.20}");
        let shown = authority.sign(&["localhost"], |_| {});
        let trust = Trust::PlatformAnd(bad.as_bytes().to_vec());
        let (problem, ..) = refused(&shown, "localhost", &trust).await.unwrap();
        assert_eq!(problem, TlsProblem::Unusable);
    }
}
