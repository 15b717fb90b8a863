//! The real Http client and the pages in memory keep the contract; what only a wire can show stands beside it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a suite; what its functions meet is a failure")]

mod listeners;

use listeners::{Authority, FixedResolver, dead_port, listen};
use satchel_core::net::{HttpClient, TcpDialer};
use satchel_core::ports::{BoxFuture, Http, HttpRequest, HttpResponse, NetError, Trust};
use satchel_tests::contract::broken_in_time;
use satchel_tests::contract::http::{self as suite, Site, get};
use satchel_tests::internet::pages::{Page, Web};
use std::io::ErrorKind;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

fn dialer() -> Arc<TcpDialer> {
    Arc::new(TcpDialer::new(FixedResolver::new(&[("localhost", &["127.0.0.1"])])))
}

/// The head of a request and as much body as it announces.
async fn request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let (mut got, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&got).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "the client hung up: {text}");
        got.extend_from_slice(&buffer[..read]);
    }
}

async fn answer_with(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &str,
    heard: &Mutex<Vec<String>>,
) {
    let asked = request(&mut stream).await;
    heard.lock().unwrap().push(asked);
    drop(stream.write_all(answer.as_bytes()).await);
    drop(stream.shutdown().await);
}

/// Serves one answer to everybody, plain, and remembers the requests.
async fn plain(answer: impl Into<String>) -> (String, Arc<Mutex<Vec<String>>>) {
    let (answer, heard): (String, _) = (answer.into(), Arc::new(Mutex::new(Vec::new())));
    let log = heard.clone();
    let at = listen(move |stream| {
        let (answer, log) = (answer.clone(), log.clone());
        async move { answer_with(stream, &answer, &log).await }
    })
    .await;
    (format!("http://localhost:{}", at.port()), heard)
}

async fn fetch(answer: impl Into<String>) -> Result<HttpResponse, NetError> {
    let (base, _) = plain(answer).await;
    HttpClient::allowing_plain(dialer(), Trust::Platform).request(get(&format!("{base}/x"))).await
}

fn io_kind(outcome: Result<HttpResponse, NetError>) -> ErrorKind {
    match outcome {
        Err(NetError::Io(error)) => error.kind(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_page_over_https_comes_with_its_type_and_only_from_a_server_that_is_believed() {
    let authority = Authority::new();
    let acceptor = authority.sign(&["localhost"], |_| {}).acceptor(rustls::DEFAULT_VERSIONS);
    let at = listen(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\n<ok>";
                answer_with(stream, answer, &Mutex::default()).await;
            }
        }
    })
    .await;
    let url = format!("https://localhost:{}/mail/config-v1.1.xml?emailaddress=a%40b", at.port());
    let trusted = HttpClient::new(dialer(), Trust::PlatformAnd(authority.pem.clone()));
    let page = trusted.request(get(&url)).await.unwrap();
    assert_eq!(
        (page.status, page.content_type.as_deref(), page.body.as_slice()),
        (200, Some("text/xml"), &b"<ok>"[..])
    );
    let outcome = HttpClient::new(dialer(), Trust::Platform).request(get(&url)).await;
    assert!(matches!(outcome, Err(NetError::Tls { .. })), "{outcome:?}");
}

#[tokio::test]
async fn the_request_is_what_was_asked_for_and_names_its_host() {
    let (base, heard) = plain("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let client = HttpClient::allowing_plain(dialer(), Trust::Platform);
    client.request(get(&format!("{base}/a/b?c=d#fragment"))).await.unwrap();
    let post = HttpRequest {
        method: "POST",
        headers: vec![("Content-Type".into(), "application/x-www-form-urlencoded".into())],
        body: b"code=4711".to_vec(),
        ..get(&format!("{base}/token"))
    };
    client.request(post).await.unwrap();
    let heard = heard.lock().unwrap();
    let host = base.strip_prefix("http://").unwrap();
    assert!(heard[0].starts_with("GET /a/b?c=d HTTP/1.1\r\n"), "{}", heard[0]);
    assert!(
        heard[0].contains(&format!("host: {host}\r\n")) && !heard[0].contains("fragment"),
        "{}",
        heard[0]
    );
    assert!(
        heard[1].starts_with("POST /token HTTP/1.1\r\n") && heard[1].ends_with("\r\n\r\ncode=4711"),
        "{}",
        heard[1]
    );
}

#[tokio::test]
async fn bodies_come_whole_in_every_framing_and_never_beyond_the_limit() {
    let body = |n: usize| "x".repeat(n);
    let length = |n: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {n}\r\n\r\n{}", body(n));
    let chunked = |n: usize| {
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{n:x}\r\n{}\r\n0\r\n\r\n", body(n))
    };
    let until_close = |n: usize| format!("HTTP/1.1 200 OK\r\n\r\n{}", body(n));
    for n in [0_usize, 1, 999, 1_000] {
        for answer in [length(n), if n == 0 { length(0) } else { chunked(n) }, until_close(n)] {
            assert_eq!(fetch(answer).await.unwrap().body.len(), n);
        }
    }
    for n in [1_001, 100_000] {
        for answer in [length(n), chunked(n), until_close(n)] {
            assert_eq!(io_kind(fetch(answer).await), ErrorKind::InvalidData);
        }
    }
    let announced = "HTTP/1.1 200 OK\r\nContent-Length: 500000000\r\n\r\nxxx";
    assert_eq!(io_kind(fetch(announced).await), ErrorKind::InvalidData);
}

#[tokio::test]
async fn an_answer_that_ends_too_early_or_is_none_is_an_error() {
    for (answer, expected) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", ErrorKind::UnexpectedEof),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf", ErrorKind::UnexpectedEof),
        ("HTTP/1.1 200", ErrorKind::UnexpectedEof),
        ("", ErrorKind::UnexpectedEof),
        ("+OK POP3 ready\r\n", ErrorKind::InvalidData),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", ErrorKind::InvalidData),
    ] {
        assert_eq!(io_kind(fetch(answer).await), expected, "{answer:?}");
    }
    let endless = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(500_000));
    assert_eq!(io_kind(fetch(endless).await), ErrorKind::InvalidData);
}

#[tokio::test]
async fn a_body_over_tls_that_is_cut_without_close_notify_is_no_whole_body() {
    let authority = Authority::new();
    let acceptor = authority.sign(&["localhost"], |_| {}).acceptor(rustls::DEFAULT_VERSIONS);
    let at = listen(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await.unwrap();
            request(&mut stream).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhalf a pa").await.unwrap();
            stream.flush().await.unwrap();
            stream.get_mut().0.shutdown().await.unwrap();
        }
    })
    .await;
    let client = HttpClient::new(dialer(), Trust::PlatformAnd(authority.pem.clone()));
    let outcome = client.request(get(&format!("https://localhost:{}/", at.port()))).await;
    assert!(outcome.is_err(), "{outcome:?}");
}

#[tokio::test]
async fn a_server_that_hangs_anywhere_costs_no_more_than_the_time_given() {
    for said in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"] {
        let at = listen(move |mut stream| async move {
            request(&mut stream).await;
            stream.write_all(said.as_bytes()).await.unwrap();
            tokio::time::sleep(Duration::from_mins(1)).await;
        })
        .await;
        let began = Instant::now();
        let url = format!("http://127.0.0.1:{}/", at.port());
        let hurried = HttpRequest { timeout: Duration::from_millis(300), ..get(&url) };
        let outcome = HttpClient::allowing_plain(dialer(), Trust::Platform).request(hurried).await;
        assert!(matches!(outcome, Err(NetError::Timeout(_))), "{outcome:?}");
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}

/// The bytes with which a server says a page, and whether it ends the connection after them.
fn wire(page: &Page, asked: &str) -> (Vec<u8>, bool) {
    let field = |name: &str| {
        let line = asked.lines().find(|l| l.to_lowercase().starts_with(&format!("{name}:")));
        line.map(|l| l[name.len() + 1..].trim().to_owned())
    };
    let answer = match page {
        Page::Answer(answer) => answer.clone(),
        Page::Mirror(name) => HttpResponse {
            status: 200,
            content_type: field(name),
            location: None,
            // Read as Latin-1 below, so that each byte is one character.
            body: asked.split_once("\r\n\r\n").unwrap().1.chars().map(|c| c as u8).collect(),
        },
        Page::BreaksOff => return (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec(), true),
        Page::NoHttp => return (b"* OK IMAP4rev1 ready\r\n".to_vec(), true),
        Page::Silence => return (Vec::new(), false),
    };
    let mut head = format!("HTTP/1.1 {} Words\r\nContent-Length: {}\r\n", answer.status, answer.body.len());
    for (name, content) in [("Content-Type", answer.content_type), ("Location", answer.location)] {
        head.extend(content.map(|content| format!("{name}: {content}\r\n")));
    }
    ([format!("{head}\r\n").into_bytes(), answer.body].concat(), true)
}

/// A whole request as Latin-1.
async fn latin1(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut got = String::new();
    loop {
        if let Some((head, body)) = got.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) && body.chars().count() >= length.unwrap_or(0) {
                return Some(got);
            }
        }
        got.push(char::from(stream.read_u8().await.ok()?));
    }
}

/// Serves the suite's pages over TLS.
async fn site() -> (HttpClient, Site, Arc<AtomicUsize>) {
    let authority = Authority::new();
    let acceptor = authority.sign(&["localhost"], |_| {}).acceptor(rustls::DEFAULT_VERSIONS);
    let heard: Arc<AtomicUsize> = Arc::default();
    let count = heard.clone();
    let at = listen(move |stream| {
        let (acceptor, count) = (acceptor.clone(), count.clone());
        async move {
            let mut stream = acceptor.accept(stream).await.unwrap();
            let Some(asked) = latin1(&mut stream).await else { return };
            count.fetch_add(1, SeqCst);
            let path = asked.split(' ').nth(1).unwrap();
            let page = suite::pages().into_iter().find(|(p, _)| *p == path).map(|(_, page)| page);
            let (bytes, ends) = wire(&page.unwrap_or_else(|| Page::status(404)), &asked);
            drop(stream.write_all(&bytes).await);
            drop(stream.flush().await);
            if !ends {
                tokio::time::sleep(Duration::from_mins(1)).await;
            }
            drop(stream.shutdown().await);
        }
    })
    .await;
    let site = Site {
        base: format!("https://localhost:{}", at.port()),
        dead: format!("https://localhost:{}", dead_port().await),
        unknown: "https://no.such.example".into(),
    };
    (HttpClient::new(dialer(), Trust::PlatformAnd(authority.pem)), site, heard)
}

#[tokio::test]
async fn the_real_client_keeps_the_contract() {
    let (client, site, heard) = site().await;
    suite::keeps_the_contract(Arc::new(client), site, Arc::new(move || heard.load(SeqCst))).await;
}

fn web() -> (Arc<Web>, Site) {
    let base = "https://autoconfig.example.org";
    let add = |web: Web, (path, page): (&str, Page)| web.with(&format!("{base}{path}"), page);
    let web = suite::pages().into_iter().fold(Web::new(), add);
    let unknown = "https://no.such.example".into();
    (Arc::new(web), Site { base: base.into(), dead: format!("{base}:444"), unknown })
}

#[tokio::test(start_paused = true)]
async fn the_pages_in_memory_keep_the_contract() {
    let (web, site) = web();
    let counting = web.clone();
    suite::keeps_the_contract(web, site, Arc::new(move || counting.heard().len())).await;
}

/// What is wrong with a [`WrongHttp`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Flaw {
    Follows,
    NoType,
    CutsToTheLimit,
    DropsTheBody,
    DropsFields,
    HalfIsWhole,
    ErrorStatusIsAnError,
    WaitsForEver,
    UnknownIsRefused,
    SendsAnything,
    Plain,
}

#[derive(Debug)]
struct WrongHttp(Arc<Web>, Flaw);

impl WrongHttp {
    async fn spoilt(&self, mut request: HttpRequest) -> Result<HttpResponse, NetError> {
        let limit = request.limit;
        match self.1 {
            Flaw::CutsToTheLimit => request.limit = usize::MAX,
            Flaw::DropsTheBody => request.body.clear(),
            Flaw::DropsFields => request.headers.truncate(1),
            Flaw::WaitsForEver => request.timeout = Duration::from_hours(1),
            Flaw::SendsAnything => request.headers.clear(),
            Flaw::Plain => request.url = request.url.replace("http://", "https://"),
            _ => {}
        }
        let mut answer = match (self.0.request(request.clone()).await, self.1) {
            (Err(NetError::UnknownHost(_)), Flaw::UnknownIsRefused) => return Err(NetError::Refused(443)),
            (Err(_), Flaw::HalfIsWhole) if request.url.ends_with("breaks-off") => suite_page(b"half"),
            (answer, _) => answer?,
        };
        match self.1 {
            Flaw::Follows if answer.location.is_some() => return Ok(suite_page(b"evil")),
            Flaw::NoType => answer.content_type = None,
            Flaw::CutsToTheLimit => answer.body.truncate(limit),
            Flaw::ErrorStatusIsAnError if answer.status >= 400 => {
                return Err(std::io::Error::other("the server says no").into());
            }
            _ => {}
        }
        Ok(answer)
    }
}

fn suite_page(body: &[u8]) -> HttpResponse {
    HttpResponse { status: 200, content_type: None, location: None, body: body.to_vec() }
}

impl Http for WrongHttp {
    fn request(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, NetError>> {
        Box::pin(self.spoilt(request))
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_client_does_not_keep_it() {
    for (flaw, words) in [
        (Flaw::Follows, "the head of /moved"),
        (Flaw::NoType, "the head of /"),
        (Flaw::CutsToTheLimit, "longer than allowed"),
        (Flaw::DropsTheBody, "the body of the request"),
        (Flaw::DropsFields, "a header field of the request"),
        (Flaw::HalfIsWhole, "/breaks-off is no answer"),
        (Flaw::ErrorStatusIsAnError, "/gone: "),
        (Flaw::WaitsForEver, "without end"),
        (Flaw::UnknownIsRefused, "an unknown host"),
        (Flaw::SendsAnything, "a header field of the request"),
        (Flaw::Plain, "must not be sent: plain"),
    ] {
        let (web, site) = web();
        let heard = web.clone();
        let wrong = Arc::new(WrongHttp(web, flaw));
        let suite = suite::keeps_the_contract(wrong, site, Arc::new(move || heard.heard().len()));
        let said = broken_in_time(suite).await;
        assert!(said.contains(words), "{flaw:?}: {said}");
    }
}
