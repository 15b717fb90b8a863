//! The command line: every command and flag of the contract that exists by now, read by clap.

mod later;
mod read;

pub(crate) use read::{Asked, read};

use clap::{Args, Parser, Subcommand, ValueEnum};
use satchel_core::client::PageCursor;
use satchel_core::ids::{MailboxId, OperationId, PlacementId};
use std::path::PathBuf;
use std::time::Duration;

/// Mail for scripts and terminals: kept on this device, in step with the server.
#[derive(Parser, Debug)]
#[command(name = "satchel", version, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args, Debug, Clone)]
pub(crate) struct Global {
    /// Folder of the mail store (default: the platform's data folder)
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// One JSON document on standard output, also for errors
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Behave as a phone without network
    #[arg(long, global = true)]
    pub(crate) offline: bool,
    /// What to log to standard error: off, error, warn, info, debug or trace
    #[arg(long, global = true, value_name = "LEVEL", default_value = "off")]
    pub(crate) log: log::LevelFilter,
    /// Where passwords are kept
    #[arg(long, global = true, value_enum, default_value_t = CredentialPlace::Keyring)]
    pub(crate) credential_store: CredentialPlace,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CredentialPlace {
    /// The system's keyring
    Keyring,
    /// A file in the home that only its owner can read
    File,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// See everything work in a minute, with a mail server of its own
    Demo {
        /// Keep the mail store afterwards
        #[arg(long)]
        keep: bool,
    },
    /// Add, look at, change and remove accounts
    #[command(subcommand)]
    Account(AccountCommand),
    /// Bring mail in and tell the server what was done here
    Sync(SyncArguments),
    /// The mailboxes of an account
    Mailboxes {
        /// Id or address
        account: String,
    },
    /// The messages of a mailbox, newest first
    List {
        /// Id, as `mailboxes` shows it
        mailbox: MailboxId,
        #[command(flatten)]
        page: PageArguments,
        /// One row per conversation
        #[arg(long)]
        threads: bool,
    },
    /// A message
    Show(ShowArguments),
    /// The attachments of a message
    #[command(subcommand)]
    Attachment(AttachmentCommand),
    /// Set and clear flags: `flag 12 13 +seen -flagged`
    Flag {
        /// Ids of messages, then +FLAG and -FLAG (seen, flagged, answered, draft or a keyword)
        #[arg(required = true, value_name = "ID… +FLAG -FLAG")]
        words: Vec<String>,
        // `-flagged` reaches clap as `--clear=flagged`, see `read`.
        #[arg(long, hide = true)]
        clear: Vec<String>,
    },
    /// Move messages to another mailbox of the account
    Move(TransferArguments),
    /// Copy messages to another mailbox of the account
    Copy(TransferArguments),
    /// Move messages to the archive
    Archive(Ids),
    /// Move messages to junk
    Junk(Ids),
    /// Move messages to the trash; delete those that are there already
    Delete(Ids),
    /// Take an operation back
    Undo {
        /// Id, as `operations` shows it
        operation: OperationId,
    },
    /// What was done here, and whether the server was told
    Operations,
    /// Find messages on this device
    Search(SearchArguments),
    /// How each account stands
    Status,
    /// How much room the mail store takes
    Storage {
        // `budget SIZE` comes later; taken here so that the answer can say so.
        #[arg(hide = true)]
        words: Vec<String>,
    },
    /// POP's ledger
    #[command(subcommand)]
    Pop(PopCommand),
    /// Make, rename and delete mailboxes
    #[command(subcommand)]
    Mailbox(MailboxCommand),
    /// Stay in step with the servers until ended, and print what changes
    Watch {
        /// End after so many seconds
        #[arg(long, value_name = "N", value_parser = seconds)]
        seconds: Option<Duration>,
    },
    /// Tell a running `watch` about the network
    Network {
        #[arg(value_enum)]
        state: NetworkState,
    },
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NetworkState {
    /// There is a network: bring everything up to date now
    Up,
    /// There is none: try nothing
    Down,
    /// There is one that costs money
    Metered,
}

#[derive(Subcommand, Debug)]
pub(crate) enum AccountCommand {
    /// Add an account; the login is tried before anything is kept
    Add(Box<AddArguments>),
    /// All accounts
    List,
    /// One account
    Show {
        /// Id or address
        account: String,
    },
    /// Remove an account, its mail here and its password; the server is not touched
    Remove {
        /// Id or address
        account: String,
        /// Also if mail that exists only on this device goes with it
        #[arg(long)]
        discard_sole_copies: bool,
    },
    /// Change settings: window=all|Nd|COUNT, bodies=on-open|unread|all, pop-rule=…
    Set {
        /// Id or address
        account: String,
        /// What to change
        #[arg(required = true, value_name = "KEY=VALUE")]
        settings: Vec<String>,
    },
}

#[derive(Args, Debug)]
pub(crate) struct AddArguments {
    /// The mail address
    pub(crate) address: String,
    /// imap or pop (default: by the URL)
    #[arg(long)]
    pub(crate) protocol: Option<String>,
    /// scheme://[user@]host[:port] with imaps, imap, pop3s or pop3; the ones without s require STARTTLS, or end in
    /// `?insecure`
    #[arg(long, value_name = "URL")]
    pub(crate) incoming: Option<String>,
    /// The same with smtps or smtp
    #[arg(long, value_name = "URL")]
    pub(crate) submission: Option<String>,
    /// Take the password from this environment variable each time it is needed; only the name is kept
    #[arg(long, value_name = "VAR", conflicts_with = "password_stdin")]
    pub(crate) password_env: Option<String>,
    /// Read the password from the first line of standard input
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// Believe these authorities too (PEM)
    #[arg(long, value_name = "FILE", conflicts_with = "pin")]
    pub(crate) ca: Option<PathBuf>,
    /// Believe exactly this certificate
    #[arg(long, value_name = "SHA256")]
    pub(crate) pin: Option<String>,
    /// What happens to the server's copy
    #[arg(long, value_name = "RULE", default_value = "leave")]
    pub(crate) pop_rule: String,
}

#[derive(Args, Debug)]
pub(crate) struct SyncArguments {
    /// Id or address (default: all accounts)
    pub(crate) account: Option<String>,
    /// Only this mailbox
    #[arg(long, value_name = "NAME")]
    pub(crate) mailbox: Option<String>,
    /// So many messages older than those that are here
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) older: u32,
    /// Stop after so many seconds; what is left over is named
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) deadline: Option<Duration>,
}

#[derive(Args, Debug)]
pub(crate) struct PageArguments {
    /// Rows of the page, 1 to 100
    #[arg(long, value_name = "N", default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) limit: u32,
    /// Where the page before ended (`next`)
    #[arg(long, value_name = "CURSOR", value_parser = cursor)]
    pub(crate) before: Option<PageCursor>,
}

#[derive(Args, Debug)]
#[group(id = "form", multiple = false)]
pub(crate) struct ShowForm {
    /// The exact bytes and nothing else
    #[arg(long, group = "form")]
    pub(crate) raw: bool,
    /// The text only
    #[arg(long, group = "form")]
    pub(crate) text: bool,
    /// The HTML, made safe
    #[arg(long, group = "form")]
    pub(crate) html: bool,
    /// The header
    #[arg(long, group = "form")]
    pub(crate) headers: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ShowArguments {
    /// Id, as `list` shows it
    pub(crate) id: PlacementId,
    #[command(flatten)]
    pub(crate) form: ShowForm,
}

#[derive(Subcommand, Debug)]
pub(crate) enum AttachmentCommand {
    /// What is attached
    List {
        /// Id of the message
        id: PlacementId,
    },
    /// Save one; goes on where an earlier try stopped
    Get {
        /// Id of the message
        id: PlacementId,
        /// Section, as `attachment list` shows it
        section: String,
        /// File to write; it appears only when it is whole
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
}

#[derive(Args, Debug)]
pub(crate) struct TransferArguments {
    /// Ids of messages, then the id of the mailbox
    #[arg(required = true, num_args = 2.., value_name = "ID… MAILBOX_ID")]
    pub(crate) ids: Vec<i64>,
}

#[derive(Args, Debug)]
pub(crate) struct Ids {
    /// Ids of messages
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<PlacementId>,
}

#[derive(Args, Debug)]
pub(crate) struct SearchArguments {
    /// Words, and from: to: cc: subject: has:attachment is:unread is:flagged before: after: in:
    #[arg(required = true, value_name = "QUERY")]
    pub(crate) query: Vec<String>,
    /// Id or address (default: all accounts)
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// Ask the server too
    #[arg(long)]
    pub(crate) server: bool,
    #[command(flatten)]
    pub(crate) page: PageArguments,
}

#[derive(Subcommand, Debug)]
pub(crate) enum PopCommand {
    /// What became of each message of the maildrop
    State {
        /// Id or address
        account: String,
    },
}

#[derive(Subcommand, Debug)]
pub(crate) enum MailboxCommand {
    /// Make a mailbox
    Create {
        /// Id or address
        account: String,
        /// Whole path
        name: String,
        /// Only on this device
        #[arg(long)]
        local: bool,
    },
    /// Rename a mailbox and those below it
    Rename {
        /// Id, as `mailboxes` shows it
        mailbox: MailboxId,
        /// Whole path
        name: String,
    },
    /// Delete an empty mailbox
    Delete {
        /// Id, as `mailboxes` shows it
        mailbox: MailboxId,
    },
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 = text.parse().map_err(|_| "give a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(number).map_err(|_| "give a number of seconds, 0 or more".to_owned())
}

fn cursor(text: &str) -> Result<PageCursor, String> {
    text.parse().map_err(|_| "this is no cursor that a list gave as `next`".to_owned())
}
