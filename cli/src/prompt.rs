//! A password from a person or a pipe, never from the command line: no echo, no trace.

use crate::output::Failure;
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use satchel_core::error::MailError;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use std::fs::File;
use std::io::{BufRead, Read, Write};

/// Longer than any password.
const LONGEST: usize = 4096;

/// The first line of standard input.
pub(crate) fn from_stdin() -> Result<SecretString, Failure> {
    first_line(std::io::stdin().lock())
}

fn first_line(input: impl BufRead) -> Result<SecretString, Failure> {
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST + 2));
    let read = input.take(LONGEST as u64 + 2).read_until(b'\n', &mut line);
    read.map_err(|_| Failure::usage("password-stdin", "standard input cannot be read"))?;
    if line.last() == Some(&b'\n') {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
    }
    secret("password-stdin", &line)
}

fn secret(field: &str, bytes: &[u8]) -> Result<SecretString, Failure> {
    if bytes.is_empty() {
        return Err(Failure::usage(field, "the password is empty"));
    }
    if bytes.len() > LONGEST {
        return Err(Failure::usage(field, "the password is far too long"));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Failure::usage(field, "the password is not UTF-8"))?;
    Ok(SecretString::from(text))
}

/// Asks the person at the terminal of this process; nothing that is typed is shown.
pub(crate) fn from_person(question: &str) -> Result<SecretString, Failure> {
    let no_terminal = |_| {
        Failure::usage(
            "password",
            "there is no terminal to ask at: use --password-env VAR or --password-stdin",
        )
    };
    let mut terminal = File::options().read(true).write(true).open("/dev/tty").map_err(no_terminal)?;
    let quiet = Quiet::make(&terminal).map_err(|e| no_terminal(e.into()))?;
    let _ = write!(terminal, "{question}").and_then(|()| terminal.flush());
    let typed = typed(&mut terminal);
    drop(quiet);
    let _ = writeln!(terminal);
    secret("password", &typed?)
}

fn typed(terminal: &mut File) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut typed = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    let mut byte = [0];
    loop {
        if !matches!(terminal.read(&mut byte), Ok(1)) {
            return Err(MailError::Cancelled.into());
        }
        match byte {
            [b'\r' | b'\n'] => return Ok(typed),
            // Ctrl-C and Ctrl-D: the terminal is raw here and makes no signal of them.
            [3 | 4] => return Err(MailError::Cancelled.into()),
            [8 | 127] => while typed.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {},
            // Ctrl-U
            [21] => typed.clear(),
            [byte] if typed.len() <= LONGEST => typed.push(byte),
            _ => {}
        }
    }
}

/// A terminal that shows nothing, until dropped.
struct Quiet {
    terminal: File,
    before: Termios,
}

impl Quiet {
    fn make(terminal: &File) -> rustix::io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut quiet = before.clone();
        // No signals either: Ctrl-C in the middle would leave the terminal without echo.
        quiet.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
        quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
        let own = terminal.try_clone().map_err(|_| rustix::io::Errno::IO)?;
        tcsetattr(terminal, OptionalActions::Flush, &quiet)?;
        Ok(Self { terminal: own, before })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn the_first_line_is_the_password_and_nothing_after_it() {
        for (given, password) in
            [("pa ss\n", "pa ss"), ("pass\r\nmore\n", "pass"), ("pass", "pass"), ("ä€\n", "ä€")]
        {
            assert_eq!(first_line(given.as_bytes()).unwrap().expose_secret(), password);
        }
        let long = vec![b'x'; LONGEST + 10];
        for given in [&b""[..], b"\n", b"\xff\xfe\n", &long] {
            assert_eq!(first_line(given).unwrap_err().exit_code(), 2);
        }
    }
}
