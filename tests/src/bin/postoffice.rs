//! A mail server for the tests of other languages: a child process, told what to do by lines, answering each with one.
//!
//! The first line it writes is `ready imap=PORT imaps=PORT pop=PORT pops=PORT ca=FILE`; then each line it reads is
//! answered by `ok …` or `error …`. It ends with its standard input. `help` lists the orders.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that is talked to")]

use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::time::Duration;

use satchel_postoffice::{Features, PostOffice, Role, sample};
use satchel_tests::counter::{self, Counter, Pace};

const HELP: &str = "user NAME PASSWORD | password NAME PASSWORD | mailbox NAME MAILBOX [ROLE] | deliver NAME MAILBOX COUNT | \
deliver-with-attachment NAME MAILBOX BYTES | deliver-raw NAME MAILBOX BASE64 | flag NAME MAILBOX UID FLAG on|off | \
flags NAME MAILBOX UID | count NAME MAILBOX | subjects NAME MAILBOX | expunge NAME MAILBOX UID | slow MILLISECONDS | \
throttle BYTES-PER-SECOND | down | up | sample | quit";

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("postoffice: {why}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let office = PostOffice::with_clock(Features::rich(), sample::now);
    let mut counter = runtime.block_on(Counter::open(&office))?;
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, counter.ca_pem())?;
    let ports = counter.ports();
    println!(
        "ready imap={} imaps={} pop={} pops={} ca={}",
        ports[0],
        ports[1],
        ports[2],
        ports[3],
        ca.display()
    );
    for line in io::stdin().lock().lines() {
        let line = line?;
        if line.trim() == "quit" {
            println!("ok");
            break;
        }
        match runtime.block_on(order(&office, &mut counter, &line)) {
            Ok(answer) => println!("{}", format!("ok {answer}").trim_end()),
            Err(why) => println!("error {}", why.replace('\n', " ")),
        }
        io::stdout().flush()?;
    }
    runtime.shutdown_background();
    Ok(())
}

async fn order(office: &PostOffice, counter: &mut Counter, line: &str) -> Result<String, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let Some((verb, rest)) = words.split_first() else { return Err(HELP.to_owned()) };
    match (*verb, rest) {
        ("user", [name, password @ ..]) => office.add_user(name, &password.join(" ")),
        ("password", [name, password @ ..]) => said(office.set_password(name, &password.join(" ")))?,
        ("mailbox", [user, name]) => said(office.create_mailbox(user, name, None))?,
        ("mailbox", [user, name, role]) => {
            let role = named(role).ok_or_else(|| format!("{role} is no role"))?;
            said(office.create_mailbox(user, name, Some(role)))?;
        }
        ("deliver", [user, mailbox, count]) => {
            for (raw, seen, at) in counter::letters(number(count)?, sample::now()) {
                said(office.deliver(user, mailbox, raw, seen.then_some("\\Seen"), at))?;
            }
        }
        ("deliver-with-attachment", [user, mailbox, bytes]) => {
            let raw = counter::with_attachment(number(bytes)? as usize, sample::now());
            said(office.deliver(user, mailbox, raw, [""; 0], sample::now()))?;
        }
        ("deliver-raw", [user, mailbox, encoded]) => {
            let raw = counter::decoded(encoded).ok_or("that is not base64")?;
            said(office.deliver(user, mailbox, raw, [""; 0], sample::now()))?;
        }
        ("expunge", [user, mailbox, uid]) => said(office.expunge(user, mailbox, number(uid)? as u32))?,
        ("slow", [ms]) => counter.pace(Pace::Slow(Duration::from_millis(number(ms)?))),
        ("throttle", [rate]) => counter.pace(Pace::Rate(number(rate)?)),
        ("down", []) => counter.down().await,
        ("up", []) => said(counter.up(office).await)?,
        ("sample", []) => {
            said(sample::fill(office))?;
            return Ok(format!("{} {} {}", sample::ANN, sample::BEN, sample::PASSWORD));
        }
        ("flag", [user, mailbox, uid, flag, on @ ("on" | "off")]) => {
            counter::set_flag(office, (user, mailbox, number(uid)? as u32), flag, *on == "on")?;
        }
        ("flags" | "count" | "subjects", _) => return counter::asked(office, verb, rest),
        _ => return Err(HELP.to_owned()),
    }
    Ok(String::new())
}

fn said<T, E: ToString>(done: Result<T, E>) -> Result<(), String> {
    done.map(|_| ()).map_err(|why| why.to_string())
}

fn number(word: &str) -> Result<u64, String> {
    word.parse().map_err(|_| format!("{word} is not a number"))
}

fn named(role: &str) -> Option<Role> {
    let all = [Role::Drafts, Role::Sent, Role::Archive, Role::Junk, Role::Trash];
    all.into_iter().find(|known| format!("{known:?}").eq_ignore_ascii_case(role))
}
