//! Runs an IMAP script.

use std::collections::BTreeSet;

use tokio::io::{AsyncRead, AsyncWrite};

use super::normalize::{Known, Wish, code, untagged};
use super::{Heard, Reader, Script, ScriptError, Send, Site, Step, Transcript};

struct Run<'a, S> {
    reader: Reader<S>,
    site: &'a Site,
    own: String,
    known: Known,
    tag: u32,
}

pub(super) async fn run<S>(reader: Reader<S>, site: &Site, script: &Script) -> Result<Transcript, ScriptError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let own = format!("script-{}", script.name.replace(' ', "-"));
    let mut run = Run { reader, site, own, known: Known::default(), tag: 0 };
    run.reader.line("greeting").await?;
    let login = format!("LOGIN \"{}\" \"{}\"", site.user, site.password);
    let heard = run.command("login", login.as_bytes(), &[]).await?.0;
    if heard.status != "OK" {
        return Err(ScriptError::Login(heard.status));
    }
    let mut transcript = Transcript { capabilities: run.capabilities().await?, ..Transcript::default() };
    let has = |need: &&str| transcript.capabilities.contains(*need);
    for step in script.steps.iter().filter(|step| step.needs.iter().all(has)) {
        if let Some(mut heard) = run.step(step).await? {
            if step.status_only {
                heard.facts.clear();
            }
            transcript.heard.insert(step.name.clone(), heard);
        }
    }
    // A server that only hangs up has said enough.
    let _ = run.command("logout", b"LOGOUT", &[]).await;
    Ok(transcript)
}

impl<S: AsyncRead + AsyncWrite + Unpin> Run<'_, S> {
    async fn capabilities(&mut self) -> Result<BTreeSet<String>, ScriptError> {
        let (_, responses) = self.command("capability", b"CAPABILITY", &[]).await?;
        let words = responses.iter().filter_map(|response| {
            let text = String::from_utf8_lossy(response).to_uppercase();
            Some(text.strip_prefix("CAPABILITY ")?.split(' ').map(str::to_owned).collect::<Vec<_>>())
        });
        Ok(words.flatten().collect())
    }

    /// Fills in what a template leaves open.
    fn fill(&self, template: &str) -> String {
        let name = format!("{}{}", self.site.prefix, self.own);
        let mut text = template
            .replace("{uidvalidity}", &self.known.uid_validity)
            .replace("{modseq}", &self.known.marked)
            .replace("{emailid}", self.known.first_object("EMAILID"))
            .replace("{threadid}", self.known.first_object("THREADID"))
            .replace("{box}", &format!("\"{name}\""));
        while let Some((before, rest)) = text.split_once("{box/") {
            let Some((below, after)) = rest.split_once('}') else { break };
            let delimiter = self.site.delimiter;
            let below = below.replace('/', &delimiter.to_string());
            text = format!("{before}\"{name}{delimiter}{below}\"{after}");
        }
        text
    }

    async fn step(&mut self, step: &Step) -> Result<Option<Heard>, ScriptError> {
        match &step.send {
            Send::Mark => {
                self.known.marked.clone_from(&self.known.modseq);
                Ok(None)
            }
            Send::Command(template) => {
                let text = self.fill(template);
                Ok(Some(self.command(&step.name, text.as_bytes(), &[]).await?.0))
            }
            Send::Append(flags, date, octets) => {
                let text = self.fill(&format!("APPEND {{box}} ({flags}) \"{date}\" {{{}}}", octets.len()));
                Ok(Some(self.command(&step.name, text.as_bytes(), octets).await?.0))
            }
        }
    }

    /// Sends a command, its literal when the server asks for it, and reads to the tagged reply.
    async fn command(
        &mut self,
        step: &str,
        command: &[u8],
        literal: &[u8],
    ) -> Result<(Heard, Vec<Vec<u8>>), ScriptError> {
        self.tag += 1;
        let tag = format!("s{}", self.tag);
        let upper = String::from_utf8_lossy(command).to_uppercase();
        let (own, site) = (self.own.clone(), self.site);
        let wish = Wish { command: &upper, own: &own, prefix: &site.prefix, delimiter: site.delimiter };
        self.known.begin_step();
        self.reader.send(&[tag.as_bytes(), b" ", command, b"\r\n"].concat()).await?;
        let mut heard = Heard::default();
        let mut responses = Vec::new();
        let before = self.known.exists;
        loop {
            let response = self.response(step).await?;
            if response.starts_with(b"+") {
                self.reader.send(&[literal, b"\r\n"].concat()).await?;
            } else if let Some(rest) = response.strip_prefix(b"* ") {
                untagged(rest, &wish, &mut self.known, &mut heard.facts);
                responses.push(rest.to_vec());
            } else {
                let line = String::from_utf8_lossy(&response).into_owned();
                let Some(rest) = line.strip_prefix(&format!("{tag} ")) else {
                    return Err(ScriptError::NotUnderstood(step.to_owned(), line));
                };
                heard.status = rest.split(' ').next().unwrap_or_default().to_uppercase();
                code(rest, &mut self.known, &mut heard.facts);
                break;
            }
        }
        let opens = upper.starts_with("SELECT") || upper.starts_with("EXAMINE");
        if (opens && heard.status != "OK") || upper == "CLOSE" {
            self.known.exists = 0;
        } else if opens || before != self.known.exists {
            heard.facts.insert(format!("exists {}", self.known.exists));
        }
        Ok((heard, responses))
    }

    /// One response with its literals, the last CRLF left out.
    async fn response(&mut self, step: &str) -> Result<Vec<u8>, ScriptError> {
        let mut response = self.reader.line(step).await?;
        loop {
            let literal = response
                .iter()
                .rposition(|byte| *byte == b'{')
                .and_then(|at| response.get(at..))
                .and_then(|tail| std::str::from_utf8(tail).ok())
                .and_then(|tail| tail.strip_prefix('{')?.strip_suffix('}')?.parse::<usize>().ok());
            let Some(size) = literal else { return Ok(response) };
            response.extend_from_slice(b"\r\n");
            response.extend(self.reader.octets(size, step).await?);
            response.extend(self.reader.line(step).await?);
        }
    }
}
