//! Small requests over HTTPS: one connection each, no redirect, everything bounded.

use crate::ports::{BoxFuture, Dialer, Endpoint, Http, HttpRequest, HttpResponse, NetError, Trust};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use std::io;
use std::sync::Arc;

/// Header section of an answer, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;
/// Fields of the request that only this client may write.
const OURS: [HeaderName; 6] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::UPGRADE,
    header::EXPECT,
];

/// Fetches over a [`Dialer`], so that what holds for mail connections holds here too: trust, time-outs, offline.
#[derive(Debug)]
pub struct HttpClient {
    dialer: Arc<dyn Dialer>,
    trust: Trust,
    plain: bool,
}

impl HttpClient {
    /// `https:` only.
    pub fn new(dialer: Arc<dyn Dialer>, trust: Trust) -> Self {
        Self { dialer, trust, plain: false }
    }

    /// `http:` too. For tests: a shell has no reason to call this.
    pub fn allowing_plain(dialer: Arc<dyn Dialer>, trust: Trust) -> Self {
        Self { dialer, trust, plain: true }
    }

    async fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, NetError> {
        let (endpoint, uri) = self.target(&request.url)?;
        let wanted = build(&request, &endpoint, &uri)?;
        let stream = self.dialer.dial(&endpoint).await?;
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(HEAD_LIMIT)
            .max_headers(100)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(http_failure)?;
        let exchange = async {
            let answer = sender.send_request(wanted).await.map_err(http_failure)?;
            read(answer, request.limit).await
        };
        // The connection does the reading and writing; it may end before the body has been taken out of it.
        tokio::pin!(exchange, connection);
        tokio::select! {
            biased;
            answer = &mut exchange => answer,
            _ended = &mut connection => exchange.await,
        }
    }

    fn target(&self, url: &str) -> Result<(Endpoint, Uri), NetError> {
        let uri: Uri = url.parse().map_err(|_| invalid("the URL cannot be read"))?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if self.plain => false,
            _ => return Err(invalid("only https: is fetched")),
        };
        let authority = uri.authority().ok_or_else(|| invalid("the URL names no host"))?;
        if authority.as_str().contains('@') {
            return Err(invalid("a URL with a user name in it is not fetched"));
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err(invalid("the URL names no host"));
        }
        let port = match authority.port_u16() {
            Some(port) => port,
            None if authority.as_str().len() > authority.host().len() => {
                return Err(invalid("the URL's port cannot be read"));
            }
            None if tls => 443,
            None => 80,
        };
        Ok((Endpoint { host, port, implicit_tls: tls, trust: self.trust.clone() }, uri))
    }
}

impl Http for HttpClient {
    fn request(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, NetError>> {
        Box::pin(async move {
            let limit = request.timeout;
            tokio::time::timeout(limit, self.fetch(request)).await.map_err(|_| NetError::Timeout(limit))?
        })
    }
}

fn build(request: &HttpRequest, to: &Endpoint, uri: &Uri) -> Result<Request<Full<Bytes>>, NetError> {
    if !matches!(request.method, "GET" | "POST") {
        return Err(invalid("only GET and POST are sent"));
    }
    if request.method == "GET" && !request.body.is_empty() {
        return Err(invalid("a GET has no body"));
    }
    let path = uri.path_and_query().map_or("/", |p| p.as_str());
    let mut wanted = Request::new(Full::new(Bytes::from(request.body.clone())));
    *wanted.method_mut() = request.method.parse().map_err(|_| invalid("only GET and POST are sent"))?;
    *wanted.uri_mut() = path.parse().map_err(|_| invalid("the URL's path cannot be read"))?;
    let host = if to.host.contains(':') { format!("[{}]", to.host) } else { to.host.clone() };
    let host = match (to.implicit_tls, to.port) {
        (true, 443) | (false, 80) => host,
        (_, port) => format!("{host}:{port}"),
    };
    let fields = wanted.headers_mut();
    fields.insert(header::HOST, value(&host)?);
    fields.insert(header::CONNECTION, HeaderValue::from_static("close"));
    // Nothing here unpacks, so nothing packed is asked for.
    fields.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    for (name, content) in &request.headers {
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid("bad name of a header field"))?;
        if OURS.contains(&name) {
            return Err(invalid("this header field is written by the client itself"));
        }
        fields.append(name, value(content)?);
    }
    Ok(wanted)
}

fn value(content: &str) -> Result<HeaderValue, NetError> {
    let mut value = HeaderValue::from_str(content).map_err(|_| invalid("bad content of a header field"))?;
    // Keeps tokens out of any Debug output on the way.
    value.set_sensitive(true);
    Ok(value)
}

async fn read(mut answer: Response<Incoming>, limit: usize) -> Result<HttpResponse, NetError> {
    let text = |fields: &HeaderMap, name| fields.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let content_type = text(answer.headers(), header::CONTENT_TYPE);
    let location = text(answer.headers(), header::LOCATION);
    if answer.headers().get(header::CONTENT_ENCODING).is_some_and(|e| e != "identity") {
        return Err(broken("the answer is packed though that was not asked for"));
    }
    let too_long = || broken("the answer is longer than allowed");
    if hyper::body::Body::size_hint(answer.body()).lower() > limit as u64 {
        return Err(too_long());
    }
    let mut body = Vec::new();
    while let Some(frame) = answer.body_mut().frame().await {
        let Ok(part) = frame.map_err(http_failure)?.into_data() else { continue };
        if part.len() > limit.saturating_sub(body.len()) {
            return Err(too_long());
        }
        body.extend_from_slice(&part);
    }
    Ok(HttpResponse { status: answer.status().as_u16(), content_type, location, body })
}

fn invalid(why: &'static str) -> NetError {
    NetError::Io(io::Error::new(io::ErrorKind::InvalidInput, why))
}

fn broken(why: &'static str) -> NetError {
    NetError::Io(io::Error::new(io::ErrorKind::InvalidData, why))
}

fn http_failure(error: hyper::Error) -> NetError {
    let below =
        std::error::Error::source(&error).and_then(|e| e.downcast_ref::<io::Error>()).map(io::Error::kind);
    if error.is_incomplete_message() || below == Some(io::ErrorKind::UnexpectedEof) {
        return NetError::Io(io::Error::new(io::ErrorKind::UnexpectedEof, "the answer ended too early"));
    }
    if error.is_parse() {
        return broken("the answer is no HTTP");
    }
    NetError::Io(io::Error::new(below.unwrap_or(io::ErrorKind::Other), "the HTTP exchange failed"))
}
