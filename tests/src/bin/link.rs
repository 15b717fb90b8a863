//! Runs a command behind a slow link: `link [--one-way-ms N] [--rate BITS] [--loss PART] [--dovecot] [--] CMD ARG…`.
//!
//! With `--dovecot` a server runs on the far side; the command finds it by `LINK_HOST`, `LINK_IMAP`, `LINK_IMAPS`,
//! `LINK_POP`, `LINK_POPS` and `LINK_CA`. What went over the link is printed at the end, as JSON, to stderr.
#![allow(clippy::print_stderr, reason = "a program: its errors and counts go to stderr")]

use std::process::ExitCode;
use std::time::Duration;

use satchel_tests::link::{Link, LinkOptions};
use satchel_tests::servers::{Dovecot, DovecotOptions};

const USAGE: &str = "usage: link [--one-way-ms N] [--rate BITS] [--loss PART] [--dovecot] [--] CMD ARG…";

struct Arguments {
    options: LinkOptions,
    dovecot: bool,
    command: Vec<String>,
}

fn main() -> ExitCode {
    let result = read(std::env::args().skip(1)).and_then(|arguments| run(&arguments));
    result.unwrap_or_else(|why| {
        eprintln!("link: {why}");
        ExitCode::from(2)
    })
}

fn read(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut options = LinkOptions::default();
    let mut dovecot = false;
    let mut command = Vec::new();
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|text| text.parse::<f64>().ok()).ok_or(USAGE);
        match word.as_str() {
            "--one-way-ms" => options.one_way = Duration::from_secs_f64(number()? / 1_000.0),
            "--rate" => options.bits_per_second = Some(number()? as u64),
            "--loss" => options.loss = number()?,
            "--dovecot" => dovecot = true,
            "--" => {
                command.extend(words);
                break;
            }
            _ if word.starts_with("--") => return Err(USAGE.to_owned()),
            _ => {
                command.push(word);
                command.extend(words);
                break;
            }
        }
    }
    if command.is_empty() { Err(USAGE.to_owned()) } else { Ok(Arguments { options, dovecot, command }) }
}

fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let link = Link::open(arguments.options).map_err(|why| why.to_string())?;
    let (program, rest) = arguments.command.split_first().ok_or(USAGE)?;
    let mut command = link.near_command(program);
    command.args(rest).env("LINK_HOST", link.far_address().to_string());
    let dovecot = arguments.dovecot.then(|| far_dovecot(&link)).transpose()?;
    if let Some(dovecot) = &dovecot {
        let ports = dovecot.ports();
        command.env("LINK_CA", dovecot.ca_path());
        for (name, port) in
            [("IMAP", ports.imap), ("IMAPS", ports.imaps), ("POP", ports.pop), ("POPS", ports.pops)]
        {
            command.env(format!("LINK_{name}"), port.to_string());
        }
    }
    let status = command.status().map_err(|why| why.to_string())?;
    eprintln!("{}", serde_json::to_string(&link.counts()).map_err(|why| why.to_string())?);
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn far_dovecot(link: &Link) -> Result<Dovecot, String> {
    let options = DovecotOptions {
        namespace: Some(link.far_namespace().to_owned()),
        listen: vec![link.far_address().to_string()],
        ..DovecotOptions::default()
    };
    let dovecot = Dovecot::start(&options).map_err(|why| why.to_string())?;
    // Nothing waits for it inside its namespace: the first greeting over the link says that it is up.
    let address = std::net::SocketAddr::new(link.far_address(), dovecot.ports().imap);
    link.on_near_side(|| {
        satchel_tests::servers::ports::wait_until(
            || satchel_tests::servers::ports::greeting(address),
            || true,
        )
    })
    .and_then(|greeted| greeted)
    .map_err(|why| why.to_string())?;
    link.reset_counts();
    Ok(dovecot)
}
