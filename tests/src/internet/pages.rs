//! The `Http` port in memory: pages by URL, servers that hang or break off, and a note of what was requested.

use satchel_core::ports::{BoxFuture, Http, HttpRequest, HttpResponse, NetError};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a server answers to a request.
#[derive(Clone, Debug)]
pub enum Page {
    /// This, whole.
    Answer(HttpResponse),
    /// The body of the request, with the named header field of it as media type.
    Mirror(&'static str),
    /// A body that breaks off.
    BreaksOff,
    /// Something that is no HTTP.
    NoHttp,
    /// Nothing, for ever.
    Silence,
}

impl Page {
    /// A page with status 200.
    pub fn text(content_type: &str, body: &[u8]) -> Self {
        let content_type = Some(content_type.to_owned());
        Self::Answer(HttpResponse { status: 200, content_type, location: None, body: body.to_vec() })
    }
    /// An answer with this status and no body.
    pub fn status(status: u16) -> Self {
        Self::Answer(HttpResponse { status, content_type: None, location: None, body: Vec::new() })
    }
    /// A redirect.
    pub fn redirect(to: &str) -> Self {
        let location = Some(to.to_owned());
        Self::Answer(HttpResponse { status: 302, content_type: None, location, body: Vec::new() })
    }
}

/// A web of pages. A host is there if it has one, at that port; other paths of it are 404.
#[derive(Debug, Default)]
pub struct Web {
    /// By host and port, then by path with its query.
    pages: BTreeMap<(String, u16), BTreeMap<String, Page>>,
    heard: Mutex<Vec<HttpRequest>>,
}

/// Fields only the client itself writes.
const OURS: [&str; 6] = ["host", "content-length", "transfer-encoding", "connection", "upgrade", "expect"];

fn invalid(why: &'static str) -> NetError {
    io::Error::new(ErrorKind::InvalidInput, why).into()
}

/// Host, port, path with query.
fn parts(url: &str) -> Result<(String, u16, String), NetError> {
    let rest = url.strip_prefix("https://").ok_or_else(|| invalid("only https: is fetched"))?;
    let rest = rest.split('#').next().unwrap_or_default();
    if rest.chars().any(|c| c.is_ascii_control() || c == ' ') {
        return Err(invalid("the URL cannot be read"));
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if authority.contains('@') {
        return Err(invalid("a URL with a user name in it is not fetched"));
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().map_err(|_| invalid("the URL's port cannot be read"))?),
        None => (authority, 443),
    };
    if host.is_empty() {
        return Err(invalid("the URL names no host"));
    }
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    Ok((host.to_ascii_lowercase(), port, path))
}

fn checked(request: &HttpRequest) -> Result<(), NetError> {
    if !matches!(request.method, "GET" | "POST") {
        return Err(invalid("only GET and POST are sent"));
    }
    if request.method == "GET" && !request.body.is_empty() {
        return Err(invalid("a GET has no body"));
    }
    let mut names = BTreeSet::new();
    for (name, content) in &request.headers {
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(token) {
            return Err(invalid("bad name of a header field"));
        }
        if content.chars().any(|c| c.is_ascii_control() && c != '\t') {
            return Err(invalid("bad content of a header field"));
        }
        names.insert(name.to_ascii_lowercase());
    }
    if OURS.iter().any(|name| names.contains(*name)) {
        return Err(invalid("this header field is written by the client itself"));
    }
    Ok(())
}

impl Web {
    /// Without a page.
    pub fn new() -> Self {
        Self::default()
    }
    /// With one page more. A URL that cannot be read is nobody's.
    pub fn with(mut self, url: &str, page: Page) -> Self {
        if let Ok((host, port, path)) = parts(url) {
            self.pages.entry((host, port)).or_default().insert(path, page);
        }
        self
    }
    /// The requests that reached a server so far.
    pub fn heard(&self) -> Vec<HttpRequest> {
        self.lock().clone()
    }
    fn lock(&self) -> MutexGuard<'_, Vec<HttpRequest>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, NetError> {
        let (host, port, path) = parts(&request.url)?;
        checked(&request)?;
        let Some(server) = self.pages.get(&(host.clone(), port)) else {
            let there = self.pages.keys().any(|(name, _)| *name == host);
            return Err(if there { NetError::Refused(port) } else { NetError::UnknownHost(host) });
        };
        self.lock().push(request.clone());
        let missing = Page::status(404);
        let answer = match server.get(&path).unwrap_or(&missing) {
            Page::Answer(answer) => answer.clone(),
            Page::Mirror(field) => {
                let sent = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(field));
                let content_type = sent.map(|(_, content)| content.clone());
                HttpResponse { status: 200, content_type, location: None, body: request.body.clone() }
            }
            Page::BreaksOff => return Err(io::Error::from(ErrorKind::UnexpectedEof).into()),
            Page::NoHttp => return Err(io::Error::from(ErrorKind::InvalidData).into()),
            Page::Silence => std::future::pending().await,
        };
        if answer.body.len() > request.limit {
            return Err(io::Error::new(ErrorKind::InvalidData, "longer than allowed").into());
        }
        Ok(answer)
    }
}

impl Http for Web {
    fn request(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, NetError>> {
        Box::pin(async move {
            let limit = request.timeout;
            tokio::time::timeout(limit, self.fetch(request)).await.map_err(|_| NetError::Timeout(limit))?
        })
    }
}
