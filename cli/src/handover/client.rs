//! The asking end: sends the command line and writes what comes back.

use super::{Answer, Request, VERSION, is_our_own, reach};
use crate::output::Failure;
use crate::shell::Shell;
use satchel_core::error::MailError;
use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;
use std::ffi::OsString;
use std::path::Path;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

/// Lets a running `watch` do the command; `None` if none runs here.
pub(crate) async fn ask(home: &Path, argv: &[OsString], shell: &mut Shell) -> Result<Option<u8>, Failure> {
    let Ok((path, _folder)) = reach(home) else { return Ok(None) };
    // No socket, a stale one, or one we may not use: then nobody is there for us.
    let Ok(stream) = UnixStream::connect(&path).await else { return Ok(None) };
    if !is_our_own(&stream) {
        return Ok(None);
    }
    let line = request(argv, shell)?;
    let mut stream = BufReader::new(stream);
    let spinner = crate::commands::sync::spinner(shell, "the running watch does it");
    let answered = exchange(&mut stream, &line, shell).await;
    spinner.finish_and_clear();
    // The other end may have done the command and died before it said so: nothing is tried twice.
    answered.map(Some).map_err(|_| {
        Failure::from(MailError::Cancelled)
            .saying("the running watch ended before it answered")
            .hint("look at satchel operations, then try again")
    })
}

fn request(argv: &[OsString], shell: &Shell) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let words: Option<Vec<_>> = argv.iter().map(|word| word.to_str().map(str::to_owned)).collect();
    let no_text =
        || Failure::usage("command", "words that are not UTF-8 cannot be handed to the running watch");
    let request = Request {
        version: VERSION,
        argv: words.ok_or_else(no_text)?,
        folder: shell.folder.clone(),
        style: shell.style,
        password: shell.password.as_ref().map(|password| password.expose_secret().to_owned()),
    };
    let mut line = Zeroizing::new(serde_json::to_vec(&request).map_err(|_| no_text())?);
    // The copy with the password goes the same way as the line itself.
    drop(request.password.map(Zeroizing::new));
    line.push(b'\n');
    Ok(line)
}

async fn exchange(stream: &mut BufReader<UnixStream>, line: &[u8], shell: &mut Shell) -> std::io::Result<u8> {
    stream.get_mut().write_all(line).await?;
    let mut head = String::new();
    stream.read_line(&mut head).await?;
    let answer: Answer = serde_json::from_str(&head)?;
    let mut out = Vec::new();
    let mut whole = stream.take(answer.out);
    whole.read_to_end(&mut out).await?;
    let mut err = Vec::new();
    let mut rest = whole.into_inner().take(answer.err);
    rest.read_to_end(&mut err).await?;
    if out.len() as u64 != answer.out || err.len() as u64 != answer.err {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    shell.out.append(&mut out);
    shell.err.append(&mut err);
    Ok(answer.exit)
}
