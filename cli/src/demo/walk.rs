//! One step after the other: the command as a person would type it, what it says, and whether it went well.

use super::{PASSWORD, broken};
use crate::args::{self, Asked};
use crate::output::Failure;
use crate::run::perform;
use crate::shell::Shell;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

/// The walk: says each step at once, or collects them for one JSON document.
pub(super) struct Walk<'a> {
    shell: &'a mut Shell,
    folder: PathBuf,
    device: &'static str,
    steps: Vec<Value>,
    begun: Instant,
}

impl<'a> Walk<'a> {
    pub(super) fn new(folder: PathBuf, shell: &'a mut Shell) -> Self {
        Self { shell, folder, device: "home", steps: Vec::new(), begun: Instant::now() }
    }

    /// From now on another mail store is used.
    pub(super) fn turn_to(&mut self, device: &'static str) {
        self.device = device;
    }

    /// Says something.
    pub(super) fn tell(&self, sentence: &str) -> Result<(), Failure> {
        self.print(&format!("{sentence}\n"))
    }

    /// Says what was found to be so.
    pub(super) fn told(&mut self, sentence: &str) -> Result<(), Failure> {
        self.steps.push(json!({"what": sentence, "command": null, "ok": true, "ms": 0}));
        self.print(&format!("\n{}\n", self.shell.style.bold(&format!("✓ {sentence}"))))
    }

    /// Does one command and shows it.
    pub(super) async fn step(&mut self, what: &str, words: &[&str]) -> Result<(), Failure> {
        let begun = Instant::now();
        let command = self.typed(words);
        let style = self.shell.style;
        self.print(&format!("\n{}\n  {}\n", style.bold(what), style.dim(&format!("$ {command}"))))?;
        let (code, said) = self.perform(words, false).await?;
        let ms = begun.elapsed().as_millis() as u64;
        self.steps.push(json!({"what": what, "command": command, "ok": code == 0, "ms": ms}));
        let all = [said.out.as_slice(), &said.err].concat();
        let text = String::from_utf8_lossy(&all);
        let indented: String = text.lines().flat_map(|line| ["  ", line, "\n"]).collect();
        let mark = if code == 0 { "✓" } else { "✗" };
        self.print(&format!("{indented}  {}\n", style.dim(&format!("{mark} {ms} ms"))))?;
        if code == 0 {
            Ok(())
        } else {
            Err(broken(&format!("{command} ended with exit code {code}: {}", text.trim())))
        }
    }

    /// The id of a mailbox.
    pub(super) async fn mailbox(&mut self, account: &str, name: &str) -> Result<String, Failure> {
        let all = self.query(&["mailboxes", account]).await?;
        id_of(all.as_array(), "name", name)
    }

    /// The id of a message.
    pub(super) async fn message(&mut self, mailbox: &str, subject: &str) -> Result<String, Failure> {
        let page = self.query(&["list", mailbox]).await?;
        id_of(page.get("messages").and_then(Value::as_array), "subject", subject)
    }

    /// What a command answers to a program; not shown.
    pub(super) async fn query(&mut self, words: &[&str]) -> Result<Value, Failure> {
        let (code, said) = self.perform(words, true).await?;
        let answer = serde_json::from_slice(&said.out).ok().filter(|_| code == 0);
        answer.ok_or_else(|| broken(&format!("satchel {} ended with exit code {code}", words.join(" "))))
    }

    /// Says the last words, or the whole document.
    pub(super) fn end(&mut self, last: &[&str]) -> Result<(), Failure> {
        let ms = self.begun.elapsed().as_millis() as u64;
        if self.shell.json {
            let document = json!({"steps": self.steps, "duration_ms": ms, "next": last});
            self.shell.document(&document);
            return Ok(());
        }
        self.print(&format!("\nAll of it took {:.1} s.\n", ms as f64 / 1000.0))?;
        last.iter().try_for_each(|line| self.print(&format!("{line}\n")))
    }

    /// The command as a person would type it: the folder of the demo is left out.
    fn typed(&self, words: &[&str]) -> String {
        let quoted = words.iter().map(|w| if w.contains(' ') { format!("'{w}'") } else { (*w).to_owned() });
        let words: Vec<_> = quoted.collect();
        let device = if self.device == "home" { "" } else { "--home second-device " };
        format!("satchel {device}{}", words.join(" "))
    }

    async fn perform(&self, words: &[&str], json: bool) -> Result<(u8, Shell), Failure> {
        let home = self.folder.join(self.device);
        let mut argv: Vec<OsString> = vec!["satchel".into(), "--home".into(), home.into()];
        argv.extend(["--credential-store".into(), "file".into()]);
        argv.extend(json.then(|| "--json".into()));
        argv.extend(words.iter().map(Into::into));
        let mut shell = Shell {
            folder: self.folder.clone(),
            style: crate::output::Style {
                progress: false,
                width: self.shell.style.width.map(|w| w - 2),
                ..self.shell.style
            },
            password: words.contains(&"--password-stdin").then(|| SecretString::from(PASSWORD)),
            ..Shell::default()
        };
        match args::read(&argv) {
            Asked::Command(asked) => {
                // The demo is itself a command: without the box its future would hold itself.
                let code = Box::pin(perform(&asked, &argv, &mut shell)).await;
                Ok((code, shell))
            }
            Asked::Text(_) => Err(broken("a step asked for help")),
            Asked::Wrong(failure, _) => Err(failure),
        }
    }

    fn print(&self, text: &str) -> Result<(), Failure> {
        if self.shell.json {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        Ok(out.write_all(text.as_bytes()).and_then(|()| out.flush())?)
    }
}

fn id_of(rows: Option<&Vec<Value>>, field: &str, value: &str) -> Result<String, Failure> {
    let rows = rows.into_iter().flatten();
    let mut found = rows.filter(|row| row.get(field).and_then(Value::as_str) == Some(value));
    let id = found.next().and_then(|row| row.get("id")).and_then(Value::as_i64);
    id.map(|id| id.to_string()).ok_or_else(|| broken(&format!("{value} is not there")))
}
