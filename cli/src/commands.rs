//! The commands, one file per subject: each asks the core and says the answer. What they need of the home is here.

pub(crate) mod account;
mod attachment;
mod list;
mod mail;
mod mailbox;
mod show;
mod status;
pub(crate) mod sync;
pub(crate) mod watch;

use crate::args::{AccountCommand, AttachmentCommand, Command};
use crate::engine::Feed;
use crate::output::Failure;
use crate::shell::Shell;
use satchel_core::client::Satchel;

/// How a command wants the home opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Need {
    /// For reading, beside whoever runs there.
    Reader,
    /// For reading; with the engine only if something has to be fetched.
    ReaderFirst,
    /// The engine, here or in the running `watch`.
    Engine,
    /// What a running `watch` knows, else what can be read.
    News,
    /// Only a running `watch` can do it.
    Watch,
}

/// What this command needs.
pub(crate) fn need(command: &Command, offline: bool) -> Need {
    match command {
        Command::Account(AccountCommand::List | AccountCommand::Show { .. })
        | Command::Mailboxes { .. }
        | Command::List { .. }
        | Command::Operations
        | Command::Search(_)
        | Command::Storage { .. }
        | Command::Pop(_) => Need::Reader,
        Command::Show(_)
        | Command::Attachment(AttachmentCommand::List { .. } | AttachmentCommand::Get { .. }) => {
            Need::ReaderFirst
        }
        // Offline nothing can be synced: the core says so without the engine.
        Command::Sync(_) if offline => Need::Reader,
        Command::Status => Need::News,
        Command::Network { .. } => Need::Watch,
        _ => Need::Engine,
    }
}

/// Whether the command makes a home where there is none.
pub(crate) fn begins_a_home(command: &Command) -> bool {
    matches!(command, Command::Account(AccountCommand::Add(_)))
}

/// Does a command and gives its exit code.
pub(crate) async fn run(
    command: &Command,
    satchel: &Satchel,
    feed: &Feed,
    shell: &mut Shell,
) -> Result<u8, Failure> {
    // A pass is a large future, and this one is held by many.
    Box::pin(chosen(command, satchel, feed, shell)).await
}

async fn chosen(command: &Command, satchel: &Satchel, feed: &Feed, shell: &mut Shell) -> Result<u8, Failure> {
    match command {
        Command::Account(command) => account::run(command, satchel, shell).await,
        Command::Sync(arguments) => sync::run(arguments, satchel, feed, shell).await,
        Command::Mailboxes { account } => mailbox::list(account, satchel, shell).await,
        Command::Mailbox(command) => mailbox::change(command, satchel, shell).await,
        Command::List { mailbox, page, threads } => {
            list::list(*mailbox, page, *threads, satchel, shell).await
        }
        Command::Search(arguments) => list::search(arguments, satchel, shell).await,
        Command::Show(arguments) => show::run(arguments, satchel, shell).await,
        Command::Attachment(command) => attachment::run(command, satchel, shell).await,
        Command::Flag { words, clear } => mail::flag(words, clear, satchel, shell).await,
        Command::Move(words) => mail::move_to(&words.ids, satchel, shell).await,
        Command::Copy(words) => mail::copy_to(&words.ids, satchel, shell).await,
        Command::Archive(words) => mail::done(satchel.archive(&words.ids).await?, shell),
        Command::Junk(words) => mail::done(satchel.junk(&words.ids).await?, shell),
        Command::Delete(words) => mail::done(satchel.delete(&words.ids).await?, shell),
        Command::Undo { operation } => mail::done(vec![satchel.undo(*operation).await?], shell),
        Command::Operations => mail::operations(satchel, shell).await,
        Command::Status => status::status(satchel, shell).await,
        Command::Storage { words } => status::storage(words, satchel, shell).await,
        Command::Pop(command) => status::pop(command, satchel, shell).await,
        Command::Demo { .. } | Command::Watch { .. } | Command::Network { .. } => {
            Err(Failure::usage("command", "this command runs by itself"))
        }
    }
}
