//! What every Http promises: bounded in bytes and time, no redirect followed, nothing half taken for whole.

use crate::internet::pages::Page;
use satchel_core::ports::{Http, HttpRequest, HttpResponse, NetError};
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The longest answer the suite's requests allow.
pub const LIMIT: usize = 1_000;

/// What the server has to hold, by path.
pub fn pages() -> Vec<(&'static str, Page)> {
    let long = |n| Page::text("text/plain", &vec![b'x'; n]);
    vec![
        ("/", Page::text("text/html", b"home")),
        ("/config-v1.1.xml?emailaddress=a%40b", Page::text("text/xml", b"<ok>")),
        ("/moved", Page::redirect("https://evil.example/")),
        ("/gone", Page::status(410)),
        ("/empty", long(0)),
        ("/full", long(LIMIT)),
        ("/over", long(LIMIT + 1)),
        ("/far-over", long(LIMIT * 100)),
        ("/mirror", Page::Mirror("x-test")),
        ("/breaks-off", Page::BreaksOff),
        ("/no-http", Page::NoHttp),
        ("/silence", Page::Silence),
    ]
}

/// A GET.
pub fn get(url: &str) -> HttpRequest {
    HttpRequest {
        method: "GET",
        url: url.into(),
        headers: Vec::new(),
        body: Vec::new(),
        limit: LIMIT,
        timeout: Duration::from_secs(10),
    }
}

/// The web the suite walks in.
#[derive(Clone, Debug)]
pub struct Site {
    /// Where [`pages`] are, `https:` with host and port, without a path.
    pub base: String,
    /// The same host at a port where nobody listens.
    pub dead: String,
    /// A host that is not there.
    pub unknown: String,
}

/// The contract; `heard` says how many requests reached the server.
pub async fn keeps_the_contract(
    http: Arc<dyn Http>,
    site: Site,
    heard: Arc<dyn Fn() -> usize + Send + Sync>,
) {
    let (http, base) = (http.as_ref(), site.base.as_str());
    answers_come_as_they_are(http, base).await;
    no_answer_is_longer_than_allowed(http, base).await;
    a_post_brings_what_it_was_given(http, base).await;
    nothing_half_is_whole(http, base).await;
    silence_costs_the_time_given(http, base).await;
    hosts_that_are_not_there_are_told_apart(http, &site).await;
    what_must_not_be_sent_is_not_sent(http, base, heard.as_ref()).await;
    requests_do_not_mix(http, base).await;
}

fn kind(outcome: Result<HttpResponse, NetError>) -> Option<ErrorKind> {
    match outcome {
        Err(NetError::Io(error)) => Some(error.kind()),
        _ => None,
    }
}

async fn page(http: &dyn Http, url: &str) -> HttpResponse {
    http.request(get(url)).await.unwrap_or_else(|error| panic!("{url}: {error:?}"))
}

async fn answers_come_as_they_are(http: &dyn Http, base: &str) {
    for (path, status, content_type, location, body) in [
        ("/", 200, Some("text/html"), None, "home"),
        ("", 200, Some("text/html"), None, "home"),
        ("/#part", 200, Some("text/html"), None, "home"),
        ("/config-v1.1.xml?emailaddress=a%40b", 200, Some("text/xml"), None, "<ok>"),
        ("/moved", 302, None, Some("https://evil.example/"), ""),
        ("/gone", 410, None, None, ""),
        ("/nowhere", 404, None, None, ""),
    ] {
        let got = page(http, &format!("{base}{path}")).await;
        let words = (got.status, got.content_type.as_deref(), got.location.as_deref());
        assert_eq!(words, (status, content_type, location), "the head of {path}");
        assert_eq!(String::from_utf8_lossy(&got.body), body, "the body of {path}");
    }
}

async fn no_answer_is_longer_than_allowed(http: &dyn Http, base: &str) {
    for (path, length) in [("/empty", 0), ("/full", LIMIT)] {
        assert_eq!(page(http, &format!("{base}{path}")).await.body.len(), length, "{path}");
    }
    for path in ["/over", "/far-over"] {
        let outcome = http.request(get(&format!("{base}{path}"))).await;
        assert!(outcome.is_err(), "{path} is longer than allowed and was taken");
        assert_eq!(kind(outcome), Some(ErrorKind::InvalidData), "{path}");
    }
}

async fn a_post_brings_what_it_was_given(http: &dyn Http, base: &str) {
    let body: Vec<u8> = (0..=255).collect();
    let headers = vec![("X-Other".into(), "1".into()), ("X-Test".into(), "a value; b=\"c\"".into())];
    let post = HttpRequest { method: "POST", headers, body: body.clone(), ..get(&format!("{base}/mirror")) };
    let got = http.request(post).await.unwrap();
    assert_eq!(got.content_type.as_deref(), Some("a value; b=\"c\""), "a header field of the request");
    assert_eq!(got.body, body, "the body of the request");
}

async fn nothing_half_is_whole(http: &dyn Http, base: &str) {
    for (path, expected) in [("/breaks-off", ErrorKind::UnexpectedEof), ("/no-http", ErrorKind::InvalidData)]
    {
        let outcome = http.request(get(&format!("{base}{path}"))).await;
        assert_eq!(kind(outcome), Some(expected), "{path} is no answer");
    }
}

async fn silence_costs_the_time_given(http: &dyn Http, base: &str) {
    for ms in [50, 300] {
        let (time, began) = (Duration::from_millis(ms), Instant::now());
        let request = http.request(HttpRequest { timeout: time, ..get(&format!("{base}/silence")) });
        let outcome = tokio::time::timeout(Duration::from_secs(20), request).await;
        let outcome = outcome.expect("a silent server is waited for without end");
        assert!(matches!(&outcome, Err(NetError::Timeout(after)) if *after == time), "silence: {outcome:?}");
        assert!((time..time + Duration::from_secs(5)).contains(&began.elapsed()), "{:?}", began.elapsed());
    }
}

async fn hosts_that_are_not_there_are_told_apart(http: &dyn Http, site: &Site) {
    let dead = http.request(get(&format!("{}/", site.dead))).await;
    assert!(matches!(dead, Err(NetError::Refused(_))), "a dead port: {dead:?}");
    let unknown = http.request(get(&format!("{}/", site.unknown))).await;
    assert!(matches!(unknown, Err(NetError::UnknownHost(_))), "an unknown host: {unknown:?}");
}

async fn what_must_not_be_sent_is_not_sent(
    http: &dyn Http,
    base: &str,
    heard: &(dyn Fn() -> usize + Send + Sync),
) {
    let at = |rest: &str| get(&format!("{base}{rest}"));
    let with =
        |name: &str, content: &str| HttpRequest { headers: vec![(name.into(), content.into())], ..at("/") };
    let host = base.strip_prefix("https://").unwrap_or(base);
    let before = heard();
    for (case, wanted) in [
        ("plain", get(&format!("http://{host}/"))),
        ("file", get("file:///etc/passwd")),
        ("relative", get("/path")),
        ("no host", get("https:///x")),
        ("user", get(&format!("https://ann:pw@{host}/"))),
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
        let outcome = http.request(wanted).await;
        assert_eq!(kind(outcome), Some(ErrorKind::InvalidInput), "must not be sent: {case}");
    }
    assert_eq!(heard(), before, "something that must not be sent was heard");
}

async fn requests_do_not_mix(http: &dyn Http, base: &str) {
    let one = |n: u8| async move {
        let request = HttpRequest { method: "POST", body: vec![n; 9], ..get(&format!("{base}/mirror")) };
        (n, http.request(request).await.unwrap().body)
    };
    for (n, body) in futures_util::future::join_all((0..10).map(one)).await {
        assert_eq!(body, [n; 9], "another request's answer");
    }
    let before = page(http, base).await;
    assert_eq!(before.body, b"home");
}
