//! What a watch says while it runs: one JSON document a line, or a sentence a line for people.

use crate::output::{self, Failure, count};
use satchel_core::client::{AccountView, PassReport, Satchel};
use satchel_core::error::MailError;
use satchel_core::event::{Change, Event};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::broadcast::error::RecvError;

/// Says things at once: whoever reads must not wait for a full buffer.
pub(super) struct Voice {
    json: bool,
    satchel: Satchel,
}

impl Voice {
    pub(super) fn new(json: bool, satchel: &Satchel) -> Self {
        Self { json, satchel: satchel.clone() }
    }

    /// From now on commands of other processes are taken.
    pub(super) fn begun(&self, home: &Path) -> Result<(), Failure> {
        self.say("watching", json!({"home": home}), "Watching. End it with Ctrl-C.")
    }

    /// Something changed in the store.
    pub(super) async fn event(&self, event: Result<Event, RecvError>) -> Result<(), Failure> {
        let event = match event {
            Ok(event) => event,
            Err(RecvError::Lagged(_)) => {
                return self.say(
                    "overflow",
                    json!({}),
                    "More changed than could be said: read everything again.",
                );
            }
            // The sender lives as long as this watch.
            Err(RecvError::Closed) => return Ok(()),
        };
        let value = serde_json::to_value(&event).unwrap_or_default();
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or("changed").to_owned();
        let sentence = if self.json { None } else { self.sentence(&event.change).await };
        match sentence {
            None if !self.json => Ok(()),
            sentence => self.say(&kind, value, &sentence.unwrap_or_default()),
        }
    }

    /// A pass ended.
    pub(super) fn passed(
        &self,
        account: &AccountView,
        done: &Result<PassReport, MailError>,
    ) -> Result<(), Failure> {
        match done {
            Ok(report) => {
                let quiet = report.new + report.changed + report.removed + report.operations_done == 0;
                if quiet && report.left_over.is_empty() && !self.json {
                    return Ok(());
                }
                self.say(
                    "synced",
                    output::pass(account, report),
                    &super::super::sync::sentence(account, report),
                )
            }
            Err(error) => {
                let failure = Failure::from(error.clone());
                let mut value = failure.document();
                if let Some(fields) = value.as_object_mut() {
                    fields.insert("account".to_owned(), json!(account.id));
                }
                self.say("failed", value, &format!("{}: {failure}", account.address))
            }
        }
    }

    async fn sentence(&self, change: &Change) -> Option<String> {
        match change {
            Change::Messages { mailbox, placements } => {
                let name = self.satchel.mailbox(*mailbox).await.ok()?.name;
                Some(match placements.len() as u64 {
                    0 => format!("{name}: many messages changed"),
                    n => format!("{name}: {} changed", count(n, "message")),
                })
            }
            Change::Operation { operation } => Some(format!("operation {operation} changed its state")),
            Change::Account { account } => Some(format!("account {account} changed")),
            Change::Mailbox { .. } | Change::Syncing { .. } => None,
        }
    }

    fn say(&self, kind: &str, value: Value, sentence: &str) -> Result<(), Failure> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        let text = if self.json {
            output::stamped(now, kind, value).to_string()
        } else {
            let rows: Vec<_> = sentence.lines().map(output::line).collect();
            format!("{}  {}", output::local_ms(now), rows.join("\n"))
        };
        let mut out = io::stdout().lock();
        writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| {
            let reader_left = error.kind() == io::ErrorKind::BrokenPipe;
            let failure = Failure::from(error);
            if reader_left { failure.saying("nobody reads what the watch says any more") } else { failure }
        })
    }
}
