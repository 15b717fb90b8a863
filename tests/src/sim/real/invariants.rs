//! What must hold after every fault, whatever the scenario: I1 to I8 as far as a device and a server can show them.

use crate::phone::USER;
use crate::sim::look::Look;
use crate::sim::office::Office;
use satchel_core::ids::BlobId;
use satchel_core::store;

/// What must hold right after a fault, before anything was repaired.
pub(super) fn always(look: &Look<'_, Office>, mails: &[&str]) -> Result<(), String> {
    bodies(look)?;
    cursors(look)?;
    let server = look.server.subjects()?;
    for mail in mails {
        if !server.keys().any(|(_, subject)| subject == mail) {
            return Err(format!("{mail} is lost on the server"));
        }
    }
    nothing(
        look,
        "SELECT server_mailbox_id, uid FROM placement WHERE uid IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1",
        "two rows for one UID",
    )?;
    nothing(
        look,
        "SELECT uidl FROM pop_ledger l LEFT JOIN message m ON m.id = l.message_id
         WHERE l.state = 'stored' AND m.raw_blob_id IS NULL",
        "the ledger says stored, and the bytes are not here",
    )
}

/// What must hold in the end, besides.
pub(super) fn at_end(look: &Look<'_, Office>, mails: &[&str]) -> Result<(), String> {
    always(look, mails)?;
    if let Some(name) = look.file_with(b"canary-5f2c") {
        return Err(format!("the password lies in {name}"));
    }
    let server = look.server.subjects()?;
    let shown =
        "SELECT upper(b.name), m.subject, count(*) FROM placement p JOIN mailbox b ON b.id = p.mailbox_id
        JOIN message m ON m.id = p.message_id WHERE p.removed_at IS NULL GROUP BY 1, 2";
    for line in look.lines(shown)? {
        let mut cells = line.split('|').map(str::to_owned);
        let (name, subject) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        let times: usize = cells.next().and_then(|n| n.parse().ok()).unwrap_or(0);
        let held = server.get(&(name.clone(), subject.clone())).map_or(0, Vec::len);
        if times != held {
            return Err(format!(
                "{subject} is shown {times} times in {name}, the server holds it {held} times"
            ));
        }
    }
    nothing(
        look,
        "SELECT kind, state, last_error FROM operation WHERE state NOT IN ('done', 'undone', 'cancelled')",
        "an operation did not come through",
    )
}

fn nothing(look: &Look<'_, Office>, sql: &str, what: &str) -> Result<(), String> {
    match look.lines(sql)?.as_slice() {
        [] => Ok(()),
        found => Err(format!("{what}: {}", found.join("; "))),
    }
}

/// Every body that a row names is here with the bytes it had, and is counted right.
fn bodies(look: &Look<'_, Office>) -> Result<(), String> {
    let files = look.files.as_ref();
    let missing = store::missing_files(&look.db, files).map_err(|e| e.to_string())?;
    if !missing.is_empty() {
        return Err(format!("a row names files that are not here: {}", missing.join(", ")));
    }
    for line in look.lines("SELECT id FROM blob")? {
        let id = BlobId(line.parse().map_err(|_| format!("no id: {line}"))?);
        store::read_blob(&look.db, files, id).map_err(|e| format!("a row names a body that is bad: {e}"))?;
    }
    nothing(
        look,
        "SELECT b.id, b.refcount FROM blob b WHERE b.refcount <>
            (SELECT count(*) FROM message m WHERE m.raw_blob_id = b.id)
            + (SELECT count(*) FROM part p WHERE p.blob_id = b.id)
            + (SELECT count(*) FROM outbox o WHERE o.blob_id = b.id)",
        "a body is counted wrong",
    )
}

/// The sync cursor is never ahead of the rows it stands for.
fn cursors(look: &Look<'_, Office>) -> Result<(), String> {
    let snapshot = look.server.post.snapshot(USER).map_err(|e| e.to_string())?;
    for mailbox in &snapshot.mailboxes {
        let mut statement = look
            .db
            .prepare(
                "SELECT id, window_floor, uidnext FROM mailbox WHERE upper(name) = upper(?1) AND kind = 'server'
                    AND uidvalidity = ?2 AND uidnext IS NOT NULL AND window_floor IS NOT NULL",
            )
            .map_err(|e| e.to_string())?;
        let found = statement
            .query_map((&mailbox.name, mailbox.uid_validity), |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .and_then(Iterator::collect::<Result<Vec<(i64, u32, u32)>, _>>)
            .map_err(|e| e.to_string())?;
        for (id, floor, next) in found {
            let sql = format!("SELECT uid FROM placement WHERE server_mailbox_id = {id} AND uid IS NOT NULL");
            let here = look.lines(&sql)?;
            let absent = mailbox.uids().into_iter().filter(|uid| (floor..next).contains(uid));
            if let Some(uid) = absent.into_iter().find(|uid| !here.contains(&uid.to_string())) {
                return Err(format!(
                    "the cursor of {} is ahead: {floor}..{next} is said to be here, {uid} is not",
                    mailbox.name
                ));
            }
        }
    }
    Ok(())
}

/// The end in words: what is shown, what is here, what is on the server. Without ids and times.
pub(super) fn state(look: &Look<'_, Office>) -> Result<String, String> {
    let mut lines = look.lines(
        "SELECT 'mailbox', name, role, kind, selectable, uidvalidity, uidnext, server_exists, window_complete
         FROM mailbox WHERE removed_at IS NULL ORDER BY kind, name",
    )?;
    lines.extend(look.lines(
        "SELECT 'row', b.name, m.subject, p.flags, p.server_flags, p.uid IS NOT NULL, p.awaiting,
            p.removed_at IS NOT NULL, m.raw_blob_id IS NOT NULL, m.size, m.preview, m.degraded
         FROM placement p JOIN mailbox b ON b.id = p.mailbox_id JOIN message m ON m.id = p.message_id
         ORDER BY b.kind, b.name, m.subject, p.flags",
    )?);
    lines.extend(look.lines("SELECT 'ledger', state, size FROM pop_ledger ORDER BY state, size, uidl")?);
    lines.extend(look.lines("SELECT 'thread', count, unread FROM thread ORDER BY count, unread")?);
    lines.extend(
        look.lines("SELECT 'body', hex(sha256), path, refetchable, refcount FROM blob ORDER BY sha256")?,
    );
    lines.extend(look.lines("SELECT 'download', count(*) FROM download")?);
    for dir in [store::CACHE, store::SOLE] {
        let names = look.files.list(dir.as_ref()).map_err(|e| e.to_string())?;
        lines.extend(names.into_iter().map(|name| format!("file {dir}/{name}")));
    }
    for ((mailbox, subject), mut flags) in look.server.subjects()? {
        flags.sort();
        lines.push(format!("server {mailbox}|{subject}|{}", flags.join(",")));
    }
    Ok(lines.join("\n"))
}
