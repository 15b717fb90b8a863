//! Bodies that the account's policy wants here: many in one command, the next ones on their way while these are written.

use super::body::{self, WHOLE_UP_TO};
use super::imap_mailbox::MailboxPass;
use super::imap_pass::ImapPass;
use super::{EngineError, PassReport};
use crate::account::Bodies;
use crate::ids::{MailboxId, MessageId, PlacementId, Uid};
use crate::imap::{ImapError, Session, UidSet};
use crate::mime;
use crate::ports::Class;
use crate::store::{self, Missing, Store, WholeBody};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes, as announced, that one command asks for: so much may be lost with the link, and lies in memory twice.
const IN_FLIGHT: u64 = 1_000_000;
/// Messages that one command asks for.
const AT_ONCE: usize = 100;
/// Bytes of one command's answer that are kept; a server that sends more than it announced gets asked one by one.
const KEPT: usize = 4 * IN_FLIGHT as usize;
/// Messages looked up at once.
const LOOKED_UP: u32 = 5_000;
/// Messages that brought nothing, before the rest is left to the next pass.
const GIVEN_UP: usize = 1_000;

/// Fetches what is missing, by mailbox, newest first. Small messages come in groups, each group one commit; larger ones
/// alone, resumed where they stopped.
pub(super) async fn fetch_by_policy(
    pass: &ImapPass<'_>,
    session: &mut Session,
    report: &mut PassReport,
) -> Result<(), EngineError> {
    let (account, unread_only) = (pass.account.id, pass.account.bodies == Bodies::Unread);
    let mut given_up: BTreeSet<PlacementId> = BTreeSet::new();
    let mut last = Vec::new();
    let now = pass.store.now_ms();
    let let_be = pass.store.read(move |db, _| store::bodies_let_be(db, account, now)).await?;
    if let_be > 0 {
        let why = "the link broke each time they were asked for; they are tried again in a day";
        report.left_over.push(format!("bodies of {let_be} messages: {why}"));
    }
    while given_up.len() < GIVEN_UP {
        let limit = LOOKED_UP + given_up.len() as u32;
        let mut missing =
            pass.store.read(move |db, _| store::missing_bodies(db, account, unread_only, limit, now)).await?;
        missing.retain(|m| !given_up.contains(&m.placement));
        // What was asked for and is missing as before will not come in this pass.
        if missing.is_empty() || missing == last {
            break;
        }
        last.clone_from(&missing);
        // What the link broke on may break it again: all mailboxes get what else they miss before.
        let (fresh, tried): (Vec<_>, Vec<_>) = missing.into_iter().partition(|m| m.tries == 0);
        for (mailbox, missing) in by_mailbox(fresh).into_iter().chain(by_mailbox(tried)) {
            let asked: Vec<PlacementId> = missing.iter().map(|m| m.placement).collect();
            match one_mailbox(pass, session, mailbox, missing, report).await {
                Ok(nothing_came) => given_up.extend(nothing_came),
                // Its UIDs are not what they were, or it cannot be opened: the next pass sees to it.
                Err(EngineError::NotFound(_)) => given_up.extend(asked),
                Err(EngineError::Imap(e)) if e.session_lives() => {
                    report.left_over.push(format!("bodies: {e}"));
                    given_up.extend(asked);
                }
                Err(e) => return Err(e),
            }
        }
    }
    Ok(())
}

/// Each message once, though it may have several rows.
fn by_mailbox(missing: Vec<Missing>) -> BTreeMap<MailboxId, Vec<Missing>> {
    let mut seen: BTreeSet<MessageId> = BTreeSet::new();
    let mut by_mailbox: BTreeMap<MailboxId, Vec<Missing>> = BTreeMap::new();
    for one in missing.into_iter().filter(|m| seen.insert(m.message)) {
        by_mailbox.entry(one.mailbox).or_default().push(one);
    }
    by_mailbox
}

/// Brings the bodies of one mailbox and names those that did not come.
async fn one_mailbox(
    pass: &ImapPass<'_>,
    session: &mut Session,
    mailbox: MailboxId,
    missing: Vec<Missing>,
    report: &mut PassReport,
) -> Result<Vec<PlacementId>, EngineError> {
    let opened = MailboxPass::open(session, pass.store, pass.account, mailbox, report).await?;
    if opened.cursor.uidvalidity != opened.server.uidvalidity {
        return Err(EngineError::NotFound("the mailbox on the server"));
    }
    let (small, mut alone): (Vec<_>, Vec<_>) =
        missing.into_iter().partition(|m| m.size <= WHOLE_UP_TO && m.tries == 0);
    alone.extend(in_groups(pass.store, session, small).await?);
    let mut nothing_came = Vec::new();
    for one in alone {
        let before = come_so_far(pass.store, one.message).await?;
        match body::fetch_whole(pass.store, session, one.placement).await {
            Ok(()) => {}
            Err(EngineError::NotFound(_)) => nothing_came.push(one.placement),
            Err(EngineError::Imap(e)) if e.session_lives() => {
                report.left_over.push(format!("a body: {e}"));
                nothing_came.push(one.placement);
            }
            Err(e) => {
                // One that came further goes on from there the next time.
                if matches!(e, EngineError::Imap(_)) && come_so_far(pass.store, one.message).await? <= before
                {
                    count_try(pass.store, one.message).await?;
                }
                return Err(e);
            }
        }
    }
    Ok(nothing_came)
}

/// Bytes of a message that are here, if it is on its way.
async fn come_so_far(store: &Store, message: MessageId) -> Result<u64, EngineError> {
    let begun = store.read(move |db, _| store::download(db, message, "")).await?;
    Ok(begun.map_or(0, |download| download.offset))
}

async fn count_try(store: &Store, message: MessageId) -> Result<(), EngineError> {
    Ok(store.write(Class::Cache, move |w| store::count_body_try(w, message)).await?)
}

/// Messages that go together: bounded in number and in bytes, as announced.
fn groups(missing: Vec<Missing>) -> Vec<Vec<Missing>> {
    let mut groups: Vec<Vec<Missing>> = Vec::new();
    let mut bytes = 0;
    for one in missing {
        bytes += one.size;
        match groups.last_mut() {
            Some(group) if group.len() < AT_ONCE && bytes <= IN_FLIGHT => group.push(one),
            _ => {
                bytes = one.size;
                groups.push(vec![one]);
            }
        }
    }
    groups
}

/// Brings messages group by group; while a group is written the next one is on its way. Returns those whose answer was
/// missing or could not be read.
async fn in_groups(
    store: &Store,
    session: &mut Session,
    missing: Vec<Missing>,
) -> Result<Vec<Missing>, EngineError> {
    let mut left = Vec::new();
    let mut landed = Vec::new();
    for group in groups(missing) {
        // The command goes out before the group before is read and written.
        let before = std::mem::take(&mut landed);
        let ((bodies, flown), written) =
            futures_util::future::join(fly(session, &group), write(store, before)).await;
        written?;
        left.extend(group.iter().filter(|m| !bodies.contains_key(&m.uid)));
        // Servers answer in the order of UIDs: the first one that is missing was on its way.
        let next =
            group.iter().filter(|m| !bodies.contains_key(&m.uid)).min_by_key(|m| m.uid).map(|m| m.message);
        landed = landing(&group, bodies);
        if let Err(e) = flown {
            // What came whole before the link broke is not asked for again.
            write(store, landed).await?;
            if let Some(next) = next.filter(|_| !e.session_lives()) {
                count_try(store, next).await?;
            }
            return Err(e.into());
        }
    }
    write(store, landed).await?;
    Ok(left)
}

type Landed = Vec<(MessageId, Vec<u8>)>;

fn landing(group: &[Missing], mut bodies: BTreeMap<Uid, Vec<u8>>) -> Landed {
    group.iter().filter_map(|m| Some((m.message, bodies.remove(&m.uid)?))).collect()
}

async fn fly(session: &mut Session, group: &[Missing]) -> (BTreeMap<Uid, Vec<u8>>, Result<(), ImapError>) {
    let mut uids = UidSet::new();
    group.iter().for_each(|m| uids.insert(m.uid));
    let (mut bodies, mut bytes) = (BTreeMap::new(), 0);
    let flown = session
        .fetch_bodies(&uids, &mut |uid, raw| {
            bytes += raw.len();
            if bytes <= KEPT {
                // A second answer for the same message is dropped.
                bodies.entry(uid).or_insert(raw);
            }
        })
        .await;
    (bodies, flown)
}

async fn write(store: &Store, landed: Landed) -> Result<(), EngineError> {
    if landed.is_empty() {
        return Ok(());
    }
    let read = |(message, raw): (MessageId, Vec<u8>)| {
        let mime::Readable { envelope, structure, text, preview, encrypted, .. } = mime::read(&raw);
        // What is closed has no first words, whatever the server told.
        let preview = Some(preview).filter(|words| !words.is_empty() || encrypted.is_some());
        WholeBody { message, raw, structure, preview, envelope, text }
    };
    let bodies: Vec<WholeBody> = landed.into_iter().map(read).collect();
    store.write(Class::Cache, move |w| store::keep_bodies(w, &bodies)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(sizes: &[u64]) -> Vec<Missing> {
        let one = |(n, size): (usize, &u64)| Missing {
            placement: PlacementId(n as i64),
            message: MessageId(n as i64),
            mailbox: MailboxId(1),
            uid: Uid::new(n as u32 + 1).unwrap(),
            size: *size,
            tries: 0,
        };
        sizes.iter().enumerate().map(one).collect()
    }

    #[test]
    fn a_group_is_bounded_in_number_and_in_bytes_and_leaves_nobody_out() {
        let counts = |sizes: &[u64]| groups(missing(sizes)).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(counts(&[]), Vec::<usize>::new());
        assert_eq!(counts(&[10; 250]), [100, 100, 50]);
        assert_eq!(counts(&[400_000; 5]), [2, 2, 1]);
        assert_eq!(counts(&[1_000_000, 1, 999_999, 1]), [1, 2, 1]);
        assert_eq!(counts(&[5_000_000, 5_000_000]), [1, 1]);
    }
}
