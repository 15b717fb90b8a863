//! What the tests stand on: a home in a folder of its own, a post office, and the program with its words.

use satchel_postoffice::{Certificate, Features, Listening, PostOffice, Role};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub(crate) const ANN: &str = "ann@example.org";
pub(crate) const BEN: &str = "ben@example.org";
pub(crate) const PASSWORD: &str = "canary sea, salt";

/// How a run of the program ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) err: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            bytes: output.stdout,
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// It went well.
    #[track_caller]
    pub(crate) fn well(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        assert_eq!(self.err, "", "{}", self.out);
        self
    }

    /// It went well and answered one document.
    #[track_caller]
    pub(crate) fn document(self) -> Value {
        self.well().json()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}{}", self.out, self.err))
    }
}

/// A mail store in a folder of its own.
pub(crate) struct Home {
    pub(crate) folder: tempfile::TempDir,
    name: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::at("home")
    }

    /// At this path in its folder.
    pub(crate) fn at(name: &str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), name: name.to_owned() }
    }

    /// Where the mail store is.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    /// The program on this home, not started.
    pub(crate) fn command<S: AsRef<std::ffi::OsStr>>(&self, words: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_satchel"));
        command
            .current_dir(self.folder.path())
            .args(["--home", &self.name, "--credential-store", "file"])
            .args(words);
        command.env_clear().envs([("TZ", "UTC"), ("TMPDIR", self.folder.path().to_str().unwrap())]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(&self, words: &[S]) -> Ran {
        Ran::of(self.command(words).output().unwrap())
    }

    /// With `--json`.
    pub(crate) fn json(&self, words: &[&str]) -> Ran {
        self.run(&[&["--json"], words].concat())
    }

    /// With a password on standard input.
    pub(crate) fn with_password(&self, words: &[&str], password: &str) -> Ran {
        let mut child = self.command(words).stdin(Stdio::piped()).spawn().unwrap();
        // The program may end without having read it.
        let _ = writeln!(child.stdin.take().unwrap(), "{password}");
        Ran::of(child.wait_with_output().unwrap())
    }

    /// Adds an account with the right password.
    pub(crate) fn add(&self, address: &str, url: &str) -> Ran {
        self.with_password(&Self::add_words(address, url), PASSWORD)
    }

    pub(crate) fn add_words<'a>(address: &'a str, url: &'a str) -> Vec<&'a str> {
        vec!["--json", "account", "add", address, "--incoming", url, "--ca", "ca.pem", "--password-stdin"]
    }

    /// The id of a mailbox.
    #[track_caller]
    pub(crate) fn mailbox(&self, account: &str, name: &str) -> String {
        let all = self.json(&["mailboxes", account]).document();
        let found = all.as_array().unwrap().iter().find(|mailbox| mailbox["name"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {all}"))["id"].to_string()
    }

    /// The id of a message.
    #[track_caller]
    pub(crate) fn message(&self, mailbox: &str, subject: &str) -> String {
        let page = self.json(&["list", mailbox]).document();
        let found = page["messages"].as_array().unwrap().iter().find(|row| row["subject"] == subject);
        found.unwrap_or_else(|| panic!("no {subject} in {page}"))["id"].to_string()
    }

    /// A running `watch` that takes commands.
    pub(crate) fn watch(&self, words: &[&str]) -> Watch {
        let mut child = self.command(&[&["--json", "watch"], words].concat()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().map(Result::unwrap).unwrap_or_default();
        assert!(first.contains("\"watching\""), "{first}");
        let (send, heard) = std::sync::mpsc::channel();
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| drop(send.send(line))));
        Watch { child, heard }
    }
}

/// A running `watch`.
pub(crate) struct Watch {
    child: Child,
    heard: std::sync::mpsc::Receiver<String>,
}

impl Watch {
    /// Waits until it says something of this kind.
    #[track_caller]
    pub(crate) fn hear(&self, kind: &str) -> Value {
        let begun = Instant::now();
        while let Ok(line) = self.heard.recv_timeout(Duration::from_secs(20).saturating_sub(begun.elapsed()))
        {
            let value: Value = serde_json::from_str(&line).unwrap();
            if value["kind"] == kind {
                return value;
            }
        }
        panic!("the watch never said {kind}");
    }

    /// Ends it as a service manager does, and gives its exit code.
    pub(crate) fn end(mut self) -> i32 {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap().code().unwrap_or(-1)
    }

    /// Ends it without a word.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A post office with Ann's and Ben's mail, open on loopback.
pub(crate) struct Office {
    pub(crate) post: PostOffice,
    pub(crate) listening: Listening,
    _runtime: tokio::runtime::Runtime,
}

impl Office {
    /// With the good certificate.
    pub(crate) fn open(home: &Home) -> Self {
        Self::open_as(home, Features::rich(), Certificate::Good)
    }

    pub(crate) fn open_as(home: &Home, features: Features, certificate: Certificate) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let post = PostOffice::new(features);
        for person in [ANN, BEN] {
            post.add_user(person, PASSWORD);
        }
        post.create_mailbox(ANN, "Projects", None).unwrap();
        post.create_mailbox(ANN, "Archive", Some(Role::Archive)).unwrap();
        post.create_mailbox(ANN, "Trash", Some(Role::Trash)).unwrap();
        let listening = runtime.block_on(post.listen_as(certificate)).unwrap();
        std::fs::write(home.folder.path().join("ca.pem"), &listening.ca_pem).unwrap();
        Self { post, listening, _runtime: runtime }
    }

    pub(crate) fn imaps(&self) -> String {
        format!("imaps://localhost:{}", self.listening.imaps)
    }

    pub(crate) fn pops(&self) -> String {
        format!("pop3s://localhost:{}", self.listening.pops)
    }

    /// Puts a message into an inbox; `at` counts hours from the first of January 2026.
    pub(crate) fn deliver(&self, user: &str, raw: &str, hour: i64) {
        let raw = raw.replace('\n', "\r\n");
        self.post.deliver(user, "INBOX", raw, [""; 0], 1_767_225_600 + hour * 3600).unwrap();
    }

    /// Whether the server holds a flag on the message with this subject.
    pub(crate) fn has_flag(&self, mailbox: &str, subject: &str, flag: &str) -> bool {
        let snapshot = self.post.snapshot(ANN).unwrap();
        let messages = &snapshot.mailbox(mailbox).unwrap().messages;
        let subject = format!("Subject: {subject}\r\n");
        let found = messages.iter().find(|m| String::from_utf8_lossy(&m.bytes).contains(&subject));
        found.is_some_and(|m| m.flags.names().iter().any(|name| name.eq_ignore_ascii_case(flag)))
    }

    /// How many messages the server holds in a mailbox.
    pub(crate) fn count(&self, mailbox: &str) -> usize {
        self.post.snapshot(ANN).unwrap().mailbox(mailbox).unwrap().messages.len()
    }
}

/// A small message.
pub(crate) fn letter(subject: &str) -> String {
    format!(
        "From: Carla <carla@example.org>\nTo: Ann <ann@example.org>\nSubject: {subject}\n\
         Date: Thu, 1 Jan 2026 10:00:00 +0100\nMessage-ID: <{}@example.org>\n\nHello Ann,\n\nsee you there.\n",
        subject.len()
    )
}

/// One with an attachment and HTML that would tell on its reader.
pub(crate) fn rich_letter() -> String {
    let rows: String =
        (0..20_000).flat_map(|n| ["row ".to_owned(), n.to_string(), "\n".to_owned()]).collect();
    format!(
        "From: Ben <ben@example.org>\nTo: Ann <ann@example.org>\nCc: carla@example.org\nSubject: The plan\n\
         Date: Thu, 1 Jan 2026 12:00:00 +0000\nMessage-ID: <plan@example.org>\nIn-Reply-To: <5@example.org>\n\
         References: <5@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
         --b\nContent-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain; charset=utf-8\n\n\
         The plan is attached.\n--a\nContent-Type: text/html; charset=utf-8\n\n\
         <p>The <b>plan</b> is attached.</p><script>alert(1)</script><img src=\"https://track.example.com/x.gif\">\n\
         --a--\n--b\nContent-Type: text/plain; name=\"../../plan.txt\"\n\
         Content-Disposition: attachment; filename=\"../../plan.txt\"\n\n{rows}--b--\n"
    )
}

/// Waits for something that comes by itself.
#[track_caller]
pub(crate) fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// All files below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found
}
