//! A pass over an IMAP account: waiting operations out, the list of mailboxes, then each mailbox that changed.

use super::imap_list::{Reconciled, reconcile_mailboxes};
use super::imap_mailbox::{MailboxPass, local_mailbox};
use super::{EngineError, Network, PassOptions, PassReport, first_flight, index_some};
use crate::account::{Account, Bodies};
use crate::ids::MailboxId;
use crate::imap::Session;
use crate::mailbox::Role;
use crate::operations;
use crate::plan::imap::{ServerMailbox, unchanged};
use crate::store::Store;
use secrecy::SecretString;

/// What a pass runs with.
#[derive(Debug)]
pub struct ImapPass<'a> {
    /// The store.
    pub store: &'a Store,
    /// The account.
    pub account: &'a Account,
    /// The network.
    pub network: &'a Network,
    /// Its password.
    pub password: &'a SecretString,
}

/// Runs one pass. The report holds what was done also when the pass ends with an error.
pub async fn imap_pass(
    pass: &ImapPass<'_>,
    options: &PassOptions,
    report: &mut PassReport,
) -> Result<(), EngineError> {
    let mut session = Box::pin(first_flight::open(pass, Some(options))).await?;
    let done = run(pass, &mut session, options, report).await;
    session.leave().await;
    done
}

async fn run(
    pass: &ImapPass<'_>,
    session: &mut Session,
    options: &PassOptions,
    report: &mut PassReport,
) -> Result<(), EngineError> {
    let early = tell(pass, session, report).await?;
    let listed = session.list().await?;
    let mailboxes = reconcile_mailboxes(pass.store, pass.account.id, session, listed).await?;
    for mailbox in chosen(&mailboxes, options) {
        let older = if options.older > 0 && Some(mailbox.row.id) == older_in(&mailboxes, options) {
            options.older
        } else {
            0
        };
        if older == 0 && nothing_new(pass.store, mailbox).await? {
            continue;
        }
        let name = mailbox.row.name.clone();
        match one_mailbox(pass, session, mailbox.row.id, older, report).await {
            Ok(()) => {}
            // One mailbox that cannot be opened does not stop the others.
            Err(EngineError::Imap(e)) if e.session_lives() => report.left_over.push(format!("{name}: {e}")),
            Err(e @ EngineError::Lacks(_)) => report.left_over.push(format!("{name}: {e}")),
            Err(e) => return Err(e),
        }
    }
    if early > 0 {
        // What waited for a UID or a mailbox that this pass has found.
        tell(pass, session, report).await?;
    }
    if pass.account.bodies != Bodies::OnOpen {
        Box::pin(super::bulk::fetch_by_policy(pass, session, report)).await?;
    }
    index_some(pass.store).await?;
    Ok(())
}

/// Tells the server what waits; says how many were too early.
async fn tell(
    pass: &ImapPass<'_>,
    session: &mut Session,
    report: &mut PassReport,
) -> Result<u64, EngineError> {
    let told = operations::apply_remote(pass.store, pass.account.id, session).await?;
    report.operations_done += told.done;
    report.operations_failed += told.failed;
    report.left_over.extend(told.postponed);
    Ok(told.early)
}

async fn one_mailbox(
    pass: &ImapPass<'_>,
    session: &mut Session,
    mailbox: MailboxId,
    older: u32,
    report: &mut PassReport,
) -> Result<(), EngineError> {
    MailboxPass::open(session, pass.store, pass.account, mailbox, report).await?.run(older).await
}

/// The mailboxes to look into: INBOX first, then roles, then names.
fn chosen<'m>(mailboxes: &'m [Reconciled], options: &PassOptions) -> Vec<&'m Reconciled> {
    let older_in = (options.older > 0).then(|| older_in(mailboxes, options)).flatten();
    mailboxes
        .iter()
        .filter(|m| m.row.selectable)
        .filter(|m| match options.mailbox.or(older_in) {
            Some(id) => m.row.id == id,
            None => m.row.synced,
        })
        .collect()
}

fn older_in(mailboxes: &[Reconciled], options: &PassOptions) -> Option<MailboxId> {
    let inbox = || mailboxes.iter().find(|m| m.row.role == Some(Role::Inbox)).map(|m| m.row.id);
    options.mailbox.or_else(inbox)
}

/// Whether STATUS, asked after the waiting operations went out, says that nothing changed.
async fn nothing_new(store: &Store, mailbox: &Reconciled) -> Result<bool, EngineError> {
    let Some(status) = &mailbox.listed.status else { return Ok(false) };
    let (_, local) = local_mailbox(store, mailbox.row.id).await?;
    let server = ServerMailbox {
        uidvalidity: status.uidvalidity,
        uidnext: status.uidnext.map(crate::ids::Uid::get),
        exists: status.messages.unwrap_or(u32::MAX),
        highestmodseq: status.highestmodseq,
    };
    Ok(unchanged(&local, &server))
}
