//! `sync`: passes, and what they brought.

use crate::args::SyncArguments;
use crate::engine::Feed;
use crate::output::{self, Failure, count};
use crate::shell::Shell;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use satchel_core::client::{AccountView, PassOptions, PassReport, Satchel};
use satchel_core::error::MailError;
use satchel_core::event::Change;
use satchel_core::ids::MailboxId;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::task::JoinSet;

pub(super) async fn run(
    arguments: &SyncArguments,
    satchel: &Satchel,
    feed: &Feed,
    shell: &mut Shell,
) -> Result<u8, Failure> {
    let Some(name) = &arguments.account else {
        if arguments.mailbox.is_some() || arguments.older > 0 {
            return Err(Failure::usage("account", "with --mailbox or --older, name the account"));
        }
        let accounts = satchel.accounts().await?;
        return all(accounts, PassOptions::default(), arguments.deadline, satchel, feed, shell).await;
    };
    let account = satchel.find_account(name).await?;
    let mailbox = match &arguments.mailbox {
        Some(name) => Some(mailbox_named(name, &account, satchel).await?),
        None => None,
    };
    let options = PassOptions { mailbox, older: arguments.older };
    let shown = Shown::begin(feed, shell, "looking for news");
    let report = satchel.sync(account.id, &options, arguments.deadline).await;
    shown.end();
    let report = report?;
    shell.answer(&output::pass(&account, &report), sentence(&account, &report));
    Ok(exit(&report))
}

/// All accounts now.
pub(crate) async fn everything(satchel: &Satchel, feed: &Feed, shell: &mut Shell) -> Result<u8, Failure> {
    let accounts = satchel.accounts().await?;
    all(accounts, PassOptions::default(), None, satchel, feed, shell).await
}

/// Several accounts at once: each waits for its own server. The first that failed gives the exit code.
async fn all(
    accounts: Vec<AccountView>,
    options: PassOptions,
    deadline: Option<Duration>,
    satchel: &Satchel,
    feed: &Feed,
    shell: &mut Shell,
) -> Result<u8, Failure> {
    let shown = Shown::begin(feed, shell, "looking for news");
    let mut passes = JoinSet::new();
    for (index, account) in accounts.iter().enumerate() {
        let (satchel, options, id) = (satchel.clone(), options.clone(), account.id);
        passes.spawn(async move { (index, satchel.sync(id, &options, deadline).await) });
    }
    let mut ended = Vec::new();
    while let Some(pass) = passes.join_next().await {
        ended.push(pass.map_err(|_| MailError::Internal { reason: "a pass broke off".to_owned() })?);
    }
    shown.end();
    ended.sort_by_key(|(index, _)| *index);
    let mut code = 0;
    let mut documents = Vec::new();
    for (account, (_, pass)) in accounts.iter().zip(ended) {
        let (this, document) = match pass {
            Ok(report) => {
                if !shell.json {
                    shell.say(sentence(account, &report));
                }
                (exit(&report), output::pass(account, &report))
            }
            Err(error) => failed(account, error.into(), shell),
        };
        code = if code == 0 { this } else { code };
        documents.push(document);
    }
    if shell.json {
        shell.document(&Value::Array(documents));
    } else if accounts.is_empty() {
        shell.say("There is no account yet. Begin with satchel account add ADDRESS --incoming URL.");
    }
    Ok(code)
}

fn failed(account: &AccountView, failure: Failure, shell: &mut Shell) -> (u8, Value) {
    let code = failure.exit_code();
    let mut document = failure.document();
    if let Some(fields) = document.as_object_mut() {
        fields.insert("account".to_owned(), json!(account.id));
    }
    if !shell.json {
        shell.note(format!("{}: {failure}", account.address));
    }
    (code, document)
}

/// 9 if work was cut short.
fn exit(report: &PassReport) -> u8 {
    if report.cut_short { 9 } else { 0 }
}

/// A pass in a sentence for people.
pub(crate) fn sentence(account: &AccountView, report: &PassReport) -> String {
    let mut said = Vec::new();
    let mut add = |n: u64, what: &str| {
        if n > 0 {
            said.push(format!("{n} {what}"));
        }
    };
    add(report.new, "new");
    add(report.changed, "changed");
    add(report.removed, "removed");
    if report.operations_done > 0 {
        said.push(format!("the server was told of {}", count(report.operations_done, "operation")));
    }
    if report.operations_failed > 0 {
        said.push(format!("{} refused and taken back here", count(report.operations_failed, "operation")));
    }
    if said.is_empty() {
        said.push("nothing new".to_owned());
    }
    let mut text = format!(
        "{}: {} ({} down, {} up, {}, {:.1} s)",
        output::line(&account.address),
        said.join(", "),
        output::size(report.bytes_down),
        output::size(report.bytes_up),
        count(report.turns, "turn"),
        report.duration_ms as f64 / 1000.0
    );
    for left in &report.left_over {
        text.push_str("\n  left over: ");
        text.push_str(&output::line(left));
    }
    text
}

async fn mailbox_named(name: &str, account: &AccountView, satchel: &Satchel) -> Result<MailboxId, Failure> {
    let all = satchel.mailboxes(account.id).await?;
    // RFC 3501 §5.1: INBOX is the one name without case.
    let inbox = name.eq_ignore_ascii_case("INBOX");
    let found = all.iter().find(|m| m.name == name || inbox && m.name.eq_ignore_ascii_case("INBOX"));
    found.map(|mailbox| mailbox.id).ok_or_else(|| {
        let error = MailError::NotFound { what: "mailbox".to_owned() };
        Failure::from(error).hint(format!("satchel mailboxes {} shows their names", account.id))
    })
}

/// A spinner on standard error; hidden without a terminal.
pub(crate) fn spinner(shell: &Shell, what: &str) -> ProgressBar {
    bar(shell, ProgressBar::new_spinner(), "{spinner} {msg}", what)
}

/// A bar of bytes on standard error; hidden without a terminal.
pub(super) fn byte_bar(shell: &Shell, what: &str) -> ProgressBar {
    bar(shell, ProgressBar::new(0), "{msg} {bar:30} {decimal_bytes} of {decimal_total_bytes}", what)
}

fn bar(shell: &Shell, bar: ProgressBar, form: &str, what: &str) -> ProgressBar {
    let target =
        if shell.style.progress { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    bar.set_draw_target(target);
    if let Ok(style) = ProgressStyle::with_template(form) {
        bar.set_style(style);
    }
    bar.set_message(output::line(what));
    if shell.style.progress {
        bar.enable_steady_tick(Duration::from_millis(120));
    }
    bar
}

/// A spinner that counts the rows that come.
struct Shown {
    spinner: ProgressBar,
    counter: tokio::task::JoinHandle<()>,
}

impl Shown {
    fn begin(feed: &Feed, shell: &Shell, what: &'static str) -> Self {
        let spinner = spinner(shell, what);
        let (mut events, bar) = (feed.listen(), spinner.clone());
        let counter = tokio::spawn(async move {
            let mut rows = 0;
            while let Ok(event) = events.recv().await {
                if let Change::Messages { placements, .. } = event.change {
                    rows += placements.len() as u64;
                    bar.set_message(format!("{what}: {}", count(rows, "row")));
                }
            }
        });
        Self { spinner, counter }
    }

    fn end(self) {
        self.counter.abort();
        self.spinner.finish_and_clear();
    }
}
