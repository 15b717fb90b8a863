//! The seams: one trait per outside thing, each with a real part, a fake and one contract suite for both.
//!
//! Sleep and time-out are tokio's own and no port. This is the one file of the words that names tokio, and only
//! its two stream traits: a stream has to be something async-imap can read.

use crate::error::TlsProblem;
use secrecy::SecretString;
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

/// A future in a box, so that a port can be a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A connection in both directions, plain or TLS.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + fmt::Debug> Stream for T {}

/// Whose certificates are believed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Trust {
    /// The platform's, user and enterprise authorities included.
    #[default]
    Platform,
    /// The platform's and these authorities, PEM.
    PlatformAnd(Vec<u8>),
    /// Exactly one certificate, by the SHA-256 of its DER, whoever signed it and whatever host it names.
    Pin([u8; 32]),
}

/// Where to connect, and how safe it has to be before the first byte is given out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// `true`: TLS from the first byte (RFC 8314). `false`: plain; the tongue upgrades or not.
    pub implicit_tls: bool,
    /// Whose certificates are believed.
    pub trust: Trust,
}

/// Why no connection came about or why it broke.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The name has no address.
    #[error("the name {0} is not known")]
    UnknownHost(String),
    /// Nobody listens there.
    #[error("nobody answers at port {0}")]
    Refused(u16),
    /// It took too long.
    #[error("no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// TLS failed; the certificate's SHA-256 if one was shown.
    #[error("{reason}")]
    Tls {
        /// The kind.
        problem: TlsProblem,
        /// What happened and what to do.
        reason: String,
        /// Hash of the certificate that was shown.
        sha256: Option<[u8; 32]>,
    },
    /// The app was told that there is no network.
    #[error("there is no network")]
    Offline,
    /// Anything else of the operating system's.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Opens TCP and TLS streams. Real: `net::TcpDialer`.
pub trait Dialer: Send + Sync + fmt::Debug {
    /// Connects within a bounded time. With `implicit_tls` the handshake is done and the certificate checked.
    fn dial<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>>;
    /// Turns a plain stream into TLS after STARTTLS or STLS. The caller has made sure nothing is left unread.
    fn upgrade<'a>(
        &'a self,
        plain: Box<dyn Stream>,
        to: &'a Endpoint,
    ) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>>;
}

/// One DNS SRV record (RFC 2782).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Srv {
    /// Lower first.
    pub priority: u16,
    /// Share among equals.
    pub weight: u16,
    /// Port of the service.
    pub port: u16,
    /// Host of the service, without the final dot.
    pub target: String,
}

/// Asks the DNS. Real: `net::SystemResolver`.
pub trait Resolver: Send + Sync + fmt::Debug {
    /// Addresses of a host, in the order to try.
    fn addresses<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, NetError>>;
    /// SRV records of e.g. `_imaps._tcp.example.org`; empty if there are none.
    fn srv<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<Srv>, NetError>>;
    /// Mail exchangers of a domain, best first; empty if there are none.
    fn mx<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Result<Vec<String>, NetError>>;
    /// The servers to ask from now on (Android hands over the system's); empty: the system's own way.
    fn set_servers(&self, servers: &[SocketAddr]);
}

/// A request for [`Http`].
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// An absolute `https:` URL; `http:` is refused unless the implementation is told otherwise by tests.
    pub url: String,
    /// Extra header fields.
    pub headers: Vec<(String, String)>,
    /// Body of a POST.
    pub body: Vec<u8>,
    /// More than this many bytes of answer are an error.
    pub limit: usize,
    /// Whole request, name to last byte.
    pub timeout: Duration,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    /// Status code.
    pub status: u16,
    /// Media type, if named.
    pub content_type: Option<String>,
    /// Target of a redirect; following one is the caller's decision.
    pub location: Option<String>,
    /// The bytes.
    pub body: Vec<u8>,
}

/// Fetches small things over HTTPS: autoconfig, OAuth, remote images on request. Real: `net::HttpClient`.
pub trait Http: Send + Sync + fmt::Debug {
    /// One request, no redirect followed.
    fn request(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, NetError>>;
}

/// Files of the home, by path relative to it. Blocking; reached only inside a store job.
pub trait Files: Send + Sync + fmt::Debug {
    /// Creates or truncates a file and writes all of `bytes`. Not durable yet.
    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()>;
    /// Appends, creating the file if needed. Not durable yet.
    fn append(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()>;
    /// Makes a file's content durable (F_FULLFSYNC on Apple).
    fn sync(&self, path: &Path) -> std::io::Result<()>;
    /// Renames over whatever is there. Durable only after [`Files::sync_dir`].
    fn rename(&self, from: &Path, to: &Path) -> std::io::Result<()>;
    /// Makes the entries of a directory durable.
    fn sync_dir(&self, dir: &Path) -> std::io::Result<()>;
    /// Removes a file; one that is not there is no error.
    fn remove(&self, path: &Path) -> std::io::Result<()>;
    /// The whole file.
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>>;
    /// Size in bytes, `None` if it is not there.
    fn size(&self, path: &Path) -> std::io::Result<Option<u64>>;
    /// File names directly in a directory, sorted; empty if it is not there.
    fn list(&self, dir: &Path) -> std::io::Result<Vec<String>>;
    /// Makes a directory and its parents, durably.
    fn create_dir(&self, dir: &Path) -> std::io::Result<()>;
}

/// How durable a store job has to be when it returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Reads only; may run beside a write.
    Read,
    /// Can be fetched again: `synchronous=NORMAL`.
    Cache,
    /// The person's intent, ledgers, sole copies: `synchronous=FULL` before BEGIN.
    Durable,
}

/// A job for the store's ground `G`.
pub type Job<G> = Box<dyn FnOnce(&mut G) + Send>;

/// Runs store jobs, writes one after the other in the order given. Real: `store::WriterExecutor`.
pub trait StoreExecutor<G>: Send + Sync {
    /// Takes a job. If it can no longer be run it is dropped, and with it the sender the job holds. One that panics
    /// ends only itself: what it did is rolled back and the next job runs. (Where a test runs jobs without threads the
    /// panic goes on to the test, which must see it.)
    fn submit(&self, class: Class, job: Job<G>);
}

/// Why a credential could not be had.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// Locked until the person unlocks the device; try again later, wipe nothing.
    #[error("the credential store is locked")]
    Locked,
    /// There is no credential store here, or it failed. The reason never holds a secret.
    #[error("the credential store failed: {0}")]
    Failed(String),
}

/// Keeps passwords and tokens, by a key that is random per account. Real: `credentials`.
pub trait CredentialStore: Send + Sync + fmt::Debug {
    /// The secret, `None` if there is none under that key.
    fn get(&self, key: &str) -> Result<Option<SecretString>, CredentialError>;
    /// Keeps a secret, replacing an older one.
    fn set(&self, key: &str, secret: &SecretString) -> Result<(), CredentialError>;
    /// Forgets a secret; one that is not there is no error.
    fn delete(&self, key: &str) -> Result<(), CredentialError>;
}

/// Two clocks. Deadlines and the age of connections are judged by the second one.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Milliseconds since 1970 UTC; may jump.
    fn wall_ms(&self) -> i64;
    /// Time since boot, running on while the device sleeps; never jumps.
    fn boot(&self) -> Duration;
}

/// Randomness, seeded in tests.
pub trait Random: Send + Sync + fmt::Debug {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Hears what changed. Called from our threads, never under a lock, and must return at once.
pub trait EventSink: Send + Sync + fmt::Debug {
    /// One thing changed.
    fn event(&self, event: crate::event::Event);
}
