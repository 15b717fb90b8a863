//! What Http promises: https only, bounded in bytes and time, no redirect followed, nothing half taken for whole.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a suite; what its functions meet is a failure")]

mod listeners;

use listeners::{Authority, FixedResolver, listen, listen_tls};
use satchel_core::net::{HttpClient, TcpDialer};
use satchel_core::ports::{Http, HttpRequest, HttpResponse, NetError, Trust};
use std::io::ErrorKind;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

fn dialer() -> Arc<TcpDialer> {
    Arc::new(TcpDialer::new(FixedResolver::new(&[("localhost", &["127.0.0.1"])])))
}

fn get(url: &str) -> HttpRequest {
    HttpRequest {
        method: "GET",
        url: url.into(),
        headers: Vec::new(),
        body: Vec::new(),
        limit: 1_000,
        timeout: Duration::from_secs(10),
    }
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
async fn a_redirect_is_reported_and_not_followed() {
    let (base, heard) =
        plain("HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n").await;
    let client = HttpClient::allowing_plain(dialer(), Trust::Platform);
    let answer = client.request(get(&base)).await.unwrap();
    assert_eq!((answer.status, answer.location.as_deref()), (302, Some("http://evil.example/")));
    assert_eq!(heard.lock().unwrap().len(), 1);
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

#[tokio::test]
async fn what_must_not_be_sent_is_refused_before_a_connection_is_made() {
    let authority = Authority::new();
    let port = listen_tls(&authority.sign(&["localhost"], |_| {})).await.port();
    let resolver = FixedResolver::new(&[("localhost", &["127.0.0.1"])]);
    let client = HttpClient::new(Arc::new(TcpDialer::new(resolver.clone())), Trust::Platform);
    let at = |rest: &str| get(&format!("https://localhost:{port}{rest}"));
    let with =
        |name: &str, content: &str| HttpRequest { headers: vec![(name.into(), content.into())], ..at("/") };
    for (case, wanted) in [
        ("plain", get("http://localhost/")),
        ("file", get("file:///etc/passwd")),
        ("relative", get("/path")),
        ("no host", get("https:///x")),
        ("user", get("https://ann:pw@localhost/")),
        ("bad port", get("https://localhost:99999/")),
        ("line break", at("/a\r\nX: y")),
        ("method", HttpRequest { method: "DELETE", ..at("/") }),
        ("method with a line break", HttpRequest { method: "GET / HTTP/1.1\r\nX: y", ..at("/") }),
        ("GET with a body", HttpRequest { body: b"x".to_vec(), ..at("/") }),
        ("field with a line break", with("X", "a\r\nY: b")),
        ("field name with a line break", with("X: a\r\nY", "b")),
        ("host", with("Host", "evil.example")),
        ("length", with("content-length", "0")),
        ("encoding", with("Transfer-Encoding", "chunked")),
        ("connection", with("Connection", "upgrade")),
    ] {
        let outcome = client.request(wanted).await;
        assert_eq!(io_kind(outcome), ErrorKind::InvalidInput, "{case}");
    }
    assert!(resolver.asked.lock().unwrap().is_empty());
}
