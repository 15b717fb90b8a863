//! Real mail servers for tests: started from installed packages, shared inside a process, gone with it.
//!
//! ```no_run
//! use satchel_tests::servers::{MailServer, Servers, Service, or_skip};
//!
//! let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
//! let user = dovecot.fresh_user();
//! let address = dovecot.endpoint(Service::Imaps);
//! ```
pub mod ca;
pub mod cache;
pub mod chroot;
pub mod courier;
pub mod cyrus;
pub mod dovecot;
mod dovecot_config;
pub mod greenmail;
pub mod leash;
pub mod maildir;
pub mod ports;
pub mod raw_imap;

use std::fmt;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::OnceLock;

pub use ca::TestCa;
pub use courier::Courier;
pub use cyrus::Cyrus;
pub use dovecot::{Dovecot, DovecotOptions, MailFormat};
pub use greenmail::GreenMail;
pub use maildir::Stored;
pub use raw_imap::{Answer, RawImap};

/// A part that is not on this machine, and what would bring it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What cannot be used: `Dovecot`, `the sample mails`.
    pub part: &'static str,
    /// What exactly is lacking: a command, a file, a right.
    pub lacks: String,
    /// The command that brings it.
    pub remedy: String,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be used: {} (remedy: {})", self.part, self.lacks, self.remedy)
    }
}

/// Why a real part is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unavailable {
    /// Not installed: a test may be skipped, loudly.
    Missing(Missing),
    /// Installed and yet not working: always a failure.
    Broken {
        /// What does not work.
        part: &'static str,
        /// What it said, with the end of its log.
        why: String,
    },
}

impl Unavailable {
    /// The error of a part that is there and failed.
    pub fn broken(part: &'static str, why: impl fmt::Display) -> Self {
        Self::Broken { part, why: why.to_string() }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(missing) => missing.fmt(f),
            Self::Broken { part, why } => write!(f, "{part} is installed but does not work: {why}"),
        }
    }
}

/// What a test does with a part that may be missing: `None` after a loud line, a panic where nothing may be
/// skipped (`CI=true` or `SATCHEL_REQUIRE=1`) and for a part that is there but broken.
///
/// The line goes past the test harness's capture, and to the file named by `SATCHEL_SKIPS`, which
/// `cargo xtask test` counts.
pub fn or_skip<T>(part: Result<T, Unavailable>) -> Option<T> {
    let strict = ["CI", "SATCHEL_REQUIRE"].iter().any(|name| is_set(std::env::var(name).ok().as_deref()));
    let missing = match judged(part, strict) {
        Ok(part) => return Some(part),
        Err(Ok(missing)) => missing,
        #[allow(clippy::panic, reason = "a broken part is a failed test, wherever it is asked for")]
        Err(Err(why)) => panic!("{why}"),
    };
    let line = format!("SKIPPED: {missing}\n");
    let _ = io::stderr().write_all(line.as_bytes());
    if let Some(path) = std::env::var_os("SATCHEL_SKIPS") {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
    }
    None
}

/// The part; or what is missing and may be skipped; or what must not be passed over.
fn judged<T>(part: Result<T, Unavailable>, strict: bool) -> Result<T, Result<Missing, Unavailable>> {
    part.map_err(|why| match why {
        Unavailable::Missing(missing) if !strict => Ok(missing),
        why => Err(why),
    })
}

fn is_set(variable: Option<&str>) -> bool {
    !matches!(variable, None | Some("" | "0" | "false"))
}

/// A thing a mail server listens for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// IMAP, STARTTLS where the server has a certificate.
    Imap,
    /// IMAP over TLS.
    Imaps,
    /// POP3, STLS where the server has a certificate.
    Pop,
    /// POP3 over TLS.
    Pops,
    /// LMTP, for delivery from outside.
    Lmtp,
    /// SMTP submission with STARTTLS.
    Submission,
    /// SMTP submission over TLS.
    Submissions,
}

impl Service {
    /// The URL scheme of the terminal shell.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Imaps => "imaps",
            Self::Pop => "pop3",
            Self::Pops => "pop3s",
            Self::Lmtp => "lmtp",
            Self::Submission => "smtp",
            Self::Submissions => "smtps",
        }
    }
}

/// Somebody with a mailbox on a test server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The name to log in with.
    pub name: String,
    /// The password.
    pub password: String,
}

impl User {
    /// A user by name and password.
    pub fn new(name: &str, password: &str) -> Self {
        Self { name: name.to_owned(), password: password.to_owned() }
    }

    /// The address that mail for the user goes to.
    pub fn address(&self) -> String {
        format!("{}@localhost", self.name)
    }
}

/// alice: a plain name and a plain password.
pub fn alice() -> User {
    User::new("alice", "pass")
}

/// bob: a password with a space, a quote and a backslash, to exercise quoting.
pub fn bob() -> User {
    User::new("bob", "pa ss\"\\x")
}

/// What every real server of the matrix offers.
pub trait MailServer: Sync {
    /// The server's name: `Dovecot`, `Cyrus` …
    fn name(&self) -> &'static str;
    /// Where a service listens; `None` when the server does not offer it.
    fn endpoint(&self, service: Service) -> Option<SocketAddr>;
    /// Users that exist from the start.
    fn users(&self) -> Vec<User>;
    /// The authority that signed the server's certificate, as PEM.
    fn ca_pem(&self) -> Option<&str>;
    /// A user nobody else in this process has been given.
    fn fresh_user(&self) -> User;

    /// The URL the terminal shell takes for `--incoming`. Without TLS it ends in `?insecure`.
    fn url(&self, service: Service, user: &User) -> Option<String> {
        let address = self.endpoint(service)?;
        let tail = match service {
            Service::Imap | Service::Pop | Service::Submission if self.ca_pem().is_none() => "?insecure",
            _ => "",
        };
        Some(format!("{}://{}@{}:{}{tail}", service.scheme(), user.name, address.ip(), address.port()))
    }

    /// A second client in plain text, logged in: to look at or change a mailbox from outside.
    fn outside(&self, user: &User) -> io::Result<RawImap> {
        let address = self.endpoint(Service::Imap).ok_or_else(|| io::Error::other("no IMAP here"))?;
        let mut client = RawImap::connect(address)?;
        client.login(user)?;
        Ok(client)
    }
}

/// One of each server for the whole process, started when first asked for.
pub struct Servers;

impl Servers {
    /// Dovecot with maildir, TLS and all its extensions: the rich server.
    pub fn dovecot() -> Result<&'static Dovecot, Unavailable> {
        static SHARED: OnceLock<Result<Dovecot, Unavailable>> = OnceLock::new();
        SHARED.get_or_init(|| Dovecot::start(&DovecotOptions::default())).as_ref().map_err(Clone::clone)
    }

    /// Cyrus: OBJECTID, special-use in lower case, a namespace of its own.
    pub fn cyrus() -> Result<&'static Cyrus, Unavailable> {
        static SHARED: OnceLock<Result<Cyrus, Unavailable>> = OnceLock::new();
        SHARED.get_or_init(Cyrus::start).as_ref().map_err(Clone::clone)
    }

    /// Courier: the poor server, with `INBOX.` before every name.
    pub fn courier() -> Result<&'static Courier, Unavailable> {
        static SHARED: OnceLock<Result<Courier, Unavailable>> = OnceLock::new();
        SHARED.get_or_init(Courier::start).as_ref().map_err(Clone::clone)
    }

    /// GreenMail: Java, little of everything.
    pub fn greenmail() -> Result<&'static GreenMail, Unavailable> {
        static SHARED: OnceLock<Result<GreenMail, Unavailable>> = OnceLock::new();
        SHARED.get_or_init(GreenMail::start).as_ref().map_err(Clone::clone)
    }

    /// The whole matrix, each by name: for tests that hold for every server.
    pub fn all() -> Vec<(&'static str, Result<&'static dyn MailServer, Unavailable>)> {
        vec![
            ("Dovecot", Self::dovecot().map(|server| server as &dyn MailServer)),
            ("Cyrus", Self::cyrus().map(|server| server as &dyn MailServer)),
            ("Courier", Self::courier().map(|server| server as &dyn MailServer)),
            ("GreenMail", Self::greenmail().map(|server| server as &dyn MailServer)),
        ]
    }
}

/// Finds a command on PATH or in the places where distributions keep daemons.
pub fn find_command(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/local/sbin", "/usr/sbin", "/sbin"].map(std::path::PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

/// True for the superuser: needed for chroots, network namespaces and TUN devices.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_part_is_skipped_by_people_and_never_by_ci_and_a_broken_one_by_nobody() {
        let missing = Missing { part: "x", lacks: "y".to_owned(), remedy: "z".to_owned() };
        let absent = || Err::<(), _>(Unavailable::Missing(missing.clone()));
        assert_eq!(judged(absent(), false), Err(Ok(missing.clone())));
        assert_eq!(judged(absent(), true), Err(Err(Unavailable::Missing(missing.clone()))));
        let broken = Unavailable::broken("x", "it burns");
        assert_eq!(judged(Err::<(), _>(broken.clone()), false), Err(Err(broken)));
        assert!(is_set(Some("true")) && is_set(Some("1")));
        assert!(!is_set(Some("false")) && !is_set(Some("")) && !is_set(None));
    }
}
