//! Runs a POP3 script.

use std::collections::BTreeSet;

use tokio::io::{AsyncRead, AsyncWrite};

use super::{Heard, Reader, Script, ScriptError, Send, Site, Transcript};

pub(super) async fn run<S>(
    mut reader: Reader<S>,
    site: &Site,
    script: &Script,
) -> Result<Transcript, ScriptError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    reader.line("greeting").await?;
    for command in [format!("USER {}", site.user), format!("PASS {}", site.password)] {
        let heard = ask(&mut reader, &command).await?;
        if heard.status != "+OK" {
            return Err(ScriptError::Login(heard.status));
        }
    }
    let mut transcript = Transcript::default();
    let capabilities = ask(&mut reader, "CAPA").await?;
    if capabilities.status == "+OK" {
        let words = capabilities.facts.iter().filter_map(|fact| fact.split(' ').nth(1));
        transcript.capabilities = words.map(str::to_uppercase).collect();
    }
    let has = |need: &&str| transcript.capabilities.contains(*need);
    for step in script.steps.iter().filter(|step| step.needs.iter().all(has)) {
        let Send::Command(command) = &step.send else { continue };
        transcript.heard.insert(step.name.clone(), ask(&mut reader, command).await?);
    }
    // What counts was heard before; whether QUIT is answered differs when the link is cut at once.
    let _ = ask(&mut reader, "QUIT").await;
    Ok(transcript)
}

async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    reader: &mut Reader<S>,
    command: &str,
) -> Result<Heard, ScriptError> {
    reader.send(format!("{command}\r\n").as_bytes()).await?;
    let first = String::from_utf8_lossy(&reader.line(command).await?).into_owned();
    let (status, text) = first.split_once(' ').unwrap_or((&first, ""));
    let mut heard = Heard { status: status.to_owned(), facts: BTreeSet::new() };
    let (verb, argument) = command.split_once(' ').unwrap_or((command, ""));
    let lines =
        matches!(verb, "RETR" | "TOP" | "CAPA") || (matches!(verb, "LIST" | "UIDL") && argument.is_empty());
    if status != "+OK" {
        return Ok(heard);
    }
    if matches!(verb, "STAT" | "LIST") && !lines {
        heard.facts.insert(format!("{} {text}", verb.to_lowercase()));
    }
    if !lines {
        return Ok(heard);
    }
    let mut number = 0;
    loop {
        let line = reader.line(command).await?;
        if line == b"." {
            break;
        }
        number += 1;
        let line = String::from_utf8_lossy(&line).into_owned();
        heard.facts.insert(match verb {
            // Ids are each server's own; that there is one per message is what compares.
            "UIDL" => format!("uidl {}", line.split(' ').next().unwrap_or_default()),
            "CAPA" => format!("capa {line}"),
            "LIST" => format!("list {line}"),
            _ => format!("line {number} {line}"),
        });
    }
    Ok(heard)
}
