//! Another client: sends a line, reads until its tag; what tests use to see and change a mailbox from outside.
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};

use super::User;

trait Duplex: Read + Write + Send {}
impl<T: Read + Write + Send> Duplex for T {}

/// A blocking IMAP connection without opinions.
pub struct RawImap {
    stream: BufReader<Box<dyn Duplex>>,
    next_tag: u32,
    /// The server's greeting, without the line end.
    pub greeting: String,
}

/// What came until the tagged line: untagged lines with their literals inside, and the tagged line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Untagged responses, each with its literals, without the last line end.
    pub untagged: Vec<Vec<u8>>,
    /// The tagged line without the tag: `OK …`, `NO …`, `BAD …`.
    pub tagged: String,
}

impl Answer {
    /// Whether the command was done.
    pub fn is_ok(&self) -> bool {
        self.tagged.starts_with("OK")
    }

    /// The untagged responses as text, one a line.
    pub fn text(&self) -> String {
        let lines: Vec<_> = self.untagged.iter().map(|line| String::from_utf8_lossy(line)).collect();
        lines.join("\n")
    }

    /// The first untagged response that begins with this (after `* `), as text.
    pub fn line(&self, begins: &str) -> Option<String> {
        let wanted = format!("* {begins}");
        let found = self.untagged.iter().find(|line| line.starts_with(wanted.as_bytes()))?;
        Some(String::from_utf8_lossy(found).into_owned())
    }
}

impl RawImap {
    /// Connects in plain text and reads the greeting.
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        Self::over(Box::new(dial(address)?))
    }

    /// Connects with TLS, trusting that authority only.
    pub fn connect_tls(address: SocketAddr, host: &str, ca_pem: &str) -> io::Result<Self> {
        let mut roots = rustls::RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(ca_pem.as_bytes()).map_err(io::Error::other)?;
        roots.add(authority).map_err(io::Error::other)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let session = rustls::ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        Self::over(Box::new(rustls::StreamOwned::new(session, dial(address)?)))
    }

    fn over(stream: Box<dyn Duplex>) -> io::Result<Self> {
        let mut client = Self { stream: BufReader::new(stream), next_tag: 0, greeting: String::new() };
        client.greeting = String::from_utf8_lossy(&client.response()?).into_owned();
        Ok(client)
    }

    /// Logs in; a refusal is an error with the server's words.
    pub fn login(&mut self, user: &User) -> io::Result<Answer> {
        self.done(&format!("LOGIN {} {}", quoted(&user.name), quoted(&user.password)))
    }

    /// Sends one command and reads to its tagged answer, whatever that is.
    pub fn command(&mut self, command: &str) -> io::Result<Answer> {
        let tag = self.tag();
        self.send(format!("{tag} {command}\r\n").as_bytes())?;
        self.answer(&tag)
    }

    /// Sends one command; NO and BAD are errors.
    pub fn done(&mut self, command: &str) -> io::Result<Answer> {
        let answer = self.command(command)?;
        if answer.is_ok() { Ok(answer) } else { Err(io::Error::other(answer.tagged)) }
    }

    /// Stores a message in a mailbox. `flags` without parentheses: `\Seen $Label1`.
    pub fn append(&mut self, mailbox: &str, flags: &str, raw: &[u8]) -> io::Result<Answer> {
        let tag = self.tag();
        let head = format!("{tag} APPEND {} ({flags}) {{{}}}\r\n", quoted(mailbox), raw.len());
        self.send(head.as_bytes())?;
        loop {
            let line = self.response()?;
            if line.starts_with(b"+") {
                break;
            }
            if line.starts_with(tag.as_bytes()) {
                return Err(io::Error::other(String::from_utf8_lossy(&line).into_owned()));
            }
        }
        self.send(raw)?;
        self.send(b"\r\n")?;
        let answer = self.answer(&tag)?;
        if answer.is_ok() { Ok(answer) } else { Err(io::Error::other(answer.tagged)) }
    }

    /// The UIDs a search finds in the selected mailbox.
    pub fn uid_search(&mut self, criteria: &str) -> io::Result<Vec<u32>> {
        let answer = self.done(&format!("UID SEARCH {criteria}"))?;
        let line = answer.line("SEARCH").unwrap_or_default();
        Ok(line.split_ascii_whitespace().filter_map(|word| word.parse().ok()).collect())
    }

    /// The flags of one message of the selected mailbox, sorted, without `\Recent`.
    pub fn flags(&mut self, uid: u32) -> io::Result<Vec<String>> {
        let text = self.done(&format!("UID FETCH {uid} (FLAGS)"))?.text();
        let inside = text.split_once("FLAGS (").and_then(|(_, rest)| rest.split_once(')'));
        let words = inside.ok_or_else(|| io::Error::other(format!("no FLAGS in {text:?}")))?.0;
        let mut flags: Vec<_> = words.split_ascii_whitespace().map(str::to_owned).collect();
        flags.retain(|flag| flag != "\\Recent");
        flags.sort();
        Ok(flags)
    }

    fn tag(&mut self) -> String {
        self.next_tag += 1;
        format!("x{}", self.next_tag)
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)?;
        self.stream.get_mut().flush()
    }

    fn answer(&mut self, tag: &str) -> io::Result<Answer> {
        let mut untagged = Vec::new();
        loop {
            let line = self.response()?;
            let text = String::from_utf8_lossy(&line);
            match text.strip_prefix(tag).and_then(|rest| rest.strip_prefix(' ')) {
                Some(tagged) => return Ok(Answer { untagged, tagged: tagged.to_owned() }),
                None => untagged.push(line),
            }
        }
    }

    /// One response with its literals inside, without the last line end.
    fn response(&mut self) -> io::Result<Vec<u8>> {
        let mut whole = Vec::new();
        loop {
            if self.stream.read_until(b'\n', &mut whole)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            while whole.last().is_some_and(|&byte| byte == b'\n' || byte == b'\r') {
                whole.pop();
            }
            let Some(length) = announced_literal(&whole) else { return Ok(whole) };
            whole.extend_from_slice(b"\r\n");
            let got = self.stream.by_ref().take(length).read_to_end(&mut whole)?;
            if (got as u64) < length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

fn dial(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, Duration::from_secs(10))?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn announced_literal(line: &[u8]) -> Option<u64> {
    let inside = line.strip_suffix(b"}")?;
    let open = inside.iter().rposition(|&byte| byte == b'{')?;
    std::str::from_utf8(inside.get(open + 1..)?).ok()?.parse().ok()
}

/// An IMAP quoted string.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
