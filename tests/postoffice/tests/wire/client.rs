//! A client that types lines and shows what comes back.

use std::time::Duration;

use satchel_postoffice::{ConnectionOptions, Features, PostOffice, Protocol};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

pub(crate) struct Client {
    pub(crate) stream: Box<dyn Stream>,
    buffer: Vec<u8>,
    tag: u32,
}

/// A message with this subject and body.
pub(crate) fn mail(subject: &str, body: &str) -> String {
    format!(
        "From: Ann <ann@example.org>\r\nTo: bob@example.org\r\nSubject: {subject}\r\n\
         Date: Mon, 5 Jan 2026 10:00:00 +0000\r\nMessage-ID: <{subject}@example.org>\r\n\r\n{body}\r\n"
    )
}

/// An office with user bob (password `secret`) and three messages in INBOX.
pub(crate) fn office(features: Features) -> PostOffice {
    let office = PostOffice::new(features);
    office.add_user("bob", "secret");
    for subject in ["one", "two", "three"] {
        office.deliver("bob", "INBOX", mail(subject, "text"), [""; 0], 1_767_000_000).unwrap();
    }
    office
}

impl Client {
    pub(crate) fn over(stream: impl Stream + 'static) -> Self {
        Self { stream: Box::new(stream), buffer: Vec::new(), tag: 0 }
    }

    pub(crate) fn connect(office: &PostOffice, protocol: Protocol, options: ConnectionOptions) -> Self {
        let (near, far) = tokio::io::duplex(1 << 20);
        tokio::spawn(office.serve(protocol, far, options));
        Self::over(near)
    }

    /// A clear-text connection, greeting read.
    pub(crate) async fn greeted(office: &PostOffice, protocol: Protocol) -> Self {
        let mut client = Self::connect(office, protocol, ConnectionOptions::default());
        client.line().await.expect("no greeting");
        client
    }

    /// An IMAP connection logged in as bob.
    pub(crate) async fn imap(office: &PostOffice) -> Self {
        let mut client = Self::greeted(office, Protocol::Imap).await;
        client.ok("LOGIN bob secret").await;
        client
    }

    /// The same with INBOX selected.
    pub(crate) async fn inbox(office: &PostOffice) -> Self {
        let mut client = Self::imap(office).await;
        client.ok("SELECT INBOX").await;
        client
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.expect("the server is gone");
        self.stream.flush().await.expect("the server is gone");
    }

    async fn more(&mut self) -> bool {
        let mut chunk = vec![0; 64 << 10];
        // Under the paused clock this strikes at once when nothing is on its way.
        let read = tokio::time::timeout(Duration::from_hours(1), self.stream.read(&mut chunk)).await;
        let count = read.unwrap_or_else(|_| panic!("nothing comes; so far: {}", self.pending())).unwrap_or(0);
        self.buffer.extend_from_slice(&chunk[..count]);
        count > 0
    }

    pub(crate) fn pending(&self) -> String {
        String::from_utf8_lossy(&self.buffer).into_owned()
    }

    /// The next line without its end; `None` at the end of the stream.
    pub(crate) async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
                self.buffer.drain(..end + 2);
                return Some(line);
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// Lines up to and with the one that starts so.
    pub(crate) async fn until(&mut self, start: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let Some(line) = self.line().await else { panic!("ended before {start}: {lines:?}") };
            let found = line.starts_with(start);
            lines.push(line);
            if found {
                return lines;
            }
        }
    }

    /// Everything up to the end of the stream.
    pub(crate) async fn rest(&mut self) -> String {
        while self.more().await {}
        self.pending()
    }

    /// Whether nothing comes for an hour.
    pub(crate) async fn is_silent(&mut self) -> bool {
        let mut chunk = [0; 1];
        self.buffer.is_empty()
            && tokio::time::timeout(Duration::from_hours(1), self.stream.read(&mut chunk)).await.is_err()
    }

    /// Sends an IMAP command; the untagged lines and the tagged one without its tag.
    pub(crate) async fn say(&mut self, command: &str) -> Vec<String> {
        self.tag += 1;
        let tag = format!("t{} ", self.tag);
        self.send(format!("{tag}{command}\r\n")).await;
        let mut lines = self.until(&tag).await;
        let last = lines.pop().unwrap_or_default();
        lines.push(last[tag.len()..].to_owned());
        lines
    }

    /// The same, with the tagged line required to be OK; it is left out of what is returned.
    pub(crate) async fn ok(&mut self, command: &str) -> Vec<String> {
        let mut lines = self.say(command).await;
        let last = lines.pop().unwrap_or_default();
        assert!(last.starts_with("OK"), "{command}: {last}");
        lines
    }

    /// Sends a POP or SMTP command and reads one line.
    pub(crate) async fn ask(&mut self, command: &str) -> String {
        self.send(format!("{command}\r\n")).await;
        self.line().await.unwrap_or_else(|| panic!("no answer to {command}"))
    }

    /// Sends a POP command and reads lines up to the dot.
    pub(crate) async fn ask_lines(&mut self, command: &str) -> Vec<String> {
        self.send(format!("{command}\r\n")).await;
        let mut lines = self.until(".").await;
        while lines.last().is_some_and(|last| last != ".") {
            lines.extend(self.until(".").await);
        }
        lines.pop();
        lines
    }
}

/// The lines that hold this text.
pub(crate) fn with<'a>(lines: &'a [String], text: &str) -> Vec<&'a str> {
    lines.iter().map(String::as_str).filter(|line| line.contains(text)).collect()
}
