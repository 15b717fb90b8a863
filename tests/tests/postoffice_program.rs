//! The post office as a child process, as the tests of Kotlin and Swift drive it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends where it stands")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

struct Program {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    ready: String,
}

impl Program {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_postoffice"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (orders, answers) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        let mut program = Self { child, orders, answers, ready: String::new() };
        program.ready = program.line();
        program
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn ask(&mut self, order: &str) -> String {
        writeln!(self.orders.as_mut().unwrap(), "{order}").unwrap();
        self.line()
    }

    fn told(&self, name: &str) -> String {
        let prefix = format!("{name}=");
        self.ready.split(' ').find_map(|word| word.strip_prefix(&prefix)).unwrap().to_owned()
    }

    /// What the first line of a new POP connection is; empty if there is none.
    fn greeting(&self) -> String {
        let mut line = String::new();
        if let Ok(stream) = TcpStream::connect(("127.0.0.1", self.told("pop").parse().unwrap())) {
            let _ = BufReader::new(stream).read_line(&mut line);
        }
        line
    }
}

#[test]
fn does_what_it_is_told_and_ends_with_its_input() {
    let mut program = Program::start();
    assert!(program.ready.starts_with("ready imap="), "{}", program.ready);
    let ca = program.told("ca");
    assert!(std::fs::read_to_string(&ca).unwrap().contains("BEGIN CERTIFICATE"));
    assert_eq!(program.ask("user ann@example.org sea and salt"), "ok");
    assert_eq!(program.ask("deliver ann@example.org INBOX 7"), "ok");
    assert_eq!(program.ask("count ann@example.org INBOX"), "ok 7");
    assert_eq!(program.ask("flags ann@example.org INBOX 3"), "ok \\Seen");
    assert_eq!(program.ask("flag ann@example.org INBOX 3 \\Flagged on"), "ok");
    assert_eq!(program.ask("flag ann@example.org INBOX 3 \\Seen off"), "ok");
    assert_eq!(program.ask("flags ann@example.org INBOX 3"), "ok \\Flagged");
    assert_eq!(program.ask("deliver-raw ann@example.org INBOX U3ViamVjdDogSGkNCg0KeA0K"), "ok");
    let subjects = program.ask("subjects ann@example.org INBOX");
    assert!(subjects.starts_with("ok Message 1\t") && subjects.ends_with("\tHi"), "{subjects}");
    assert!(program.ask("deliver nobody INBOX 1").starts_with("error "));
    assert!(program.ask("count ann@example.org").starts_with("error "));
    assert!(program.ask("mailbox ann@example.org M banana").starts_with("error "));
    assert!(program.ask("flag ann@example.org INBOX 3 \\Seen yes").starts_with("error "));
    assert!(program.ask("dance").starts_with("error user NAME"));
    let mut other = Program::start();
    assert_eq!(other.ask("sample"), "ok ann@example.org ben@example.org sea and salt");
    assert_ne!(other.ask("count ann@example.org INBOX"), "ok 0");
    drop(program.orders.take());
    let mut rest = String::new();
    program.answers.read_to_string(&mut rest).unwrap();
    assert!(program.child.wait().unwrap().success());
    assert!(!std::path::Path::new(&ca).exists(), "its folder is removed with it");
}

#[test]
fn goes_down_and_comes_up_on_the_same_port_and_can_be_slow() {
    let mut program = Program::start();
    assert!(program.greeting().starts_with("+OK"));
    assert_eq!(program.ask("down"), "ok");
    assert_eq!(program.greeting(), "");
    assert_eq!(program.ask("up"), "ok");
    assert!(program.greeting().starts_with("+OK"));
    assert_eq!(program.ask("throttle 40"), "ok");
    let begun = Instant::now();
    assert!(program.greeting().starts_with("+OK"));
    assert!(begun.elapsed() > Duration::from_millis(200), "forty bytes a second");
}
