//! Bodies: a message's text when it is opened, parts when they are asked for, resumed where they stopped.

use super::imap_mailbox::MailboxPass;
use super::imap_pass::ImapPass;
use super::{EngineError, PassReport};
use crate::ids::{MessageId, PlacementId, Uid};
use crate::imap::{ImapError, Session};
use crate::message::Part;
use crate::mime;
use crate::ports::Class;
use crate::store::{self, Download, HEADER_SECTION, MessageRow, PlacementRow, Store};
use std::path::Path;

/// What of a message is wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// What a person reads: text and HTML.
    Text,
    /// The exact bytes of the whole message.
    Raw,
    /// The header block.
    Header,
    /// One part, decoded.
    Section(String),
}

/// A message up to this size is fetched whole when it is opened: one turn, signed bytes untouched, its identity known.
pub(super) const WHOLE_UP_TO: u64 = 128 * 1000;
/// Up to this size a message is fetched whole where the server refuses one of its parts.
const WHOLE_INSTEAD: u64 = 8 * 1000 * 1000;
/// Bytes asked for at once of a large part; each such piece is durable before the next one is asked for.
const PIECE: u64 = 256 * 1024;
/// No section is taken beyond this, whatever was announced: it has to go through memory to be read.
const LARGEST: u64 = 200 * 1024 * 1024;
/// What a section may be longer than four times what was announced. Servers count line ends and encodings differently.
const SLACK: u64 = 32 * 1024 * 1024;
/// A header block longer than this is none.
const LARGEST_HEADER: u64 = 4 * 1024 * 1024;

/// How much of a section is taken before its server is taken not to end it. Nothing announced: nothing known.
fn most(announced: u64) -> u64 {
    if announced == 0 { LARGEST } else { announced.saturating_mul(4).saturating_add(SLACK).min(LARGEST) }
}

/// Fetches what is wanted of one message, if it is not here yet. `progress` hears bytes so far and bytes announced.
pub async fn fetch_body(
    pass: &ImapPass<'_>,
    placement: PlacementId,
    wanted: &Wanted,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(), EngineError> {
    let (row, message) = look_up(pass.store, placement).await?;
    if is_here(&message, wanted) {
        return Ok(());
    }
    let mut session = Box::pin(super::first_flight::open(pass, None)).await?;
    let row = locate(pass, &mut session, row).await?;
    let done = fetch(pass.store, &mut session, &row, &message, wanted, progress).await;
    session.leave().await;
    done
}

async fn look_up(store: &Store, id: PlacementId) -> Result<(PlacementRow, MessageRow), EngineError> {
    let read = store.read(move |db, _| {
        let row = store::placement(db, id)?;
        let message = store::message(db, row.message)?;
        Ok((row, message))
    });
    Ok(read.await?)
}

/// Whether everything wanted is on this device.
pub(crate) fn is_here(message: &MessageRow, wanted: &Wanted) -> bool {
    let has = |section: &str| message.fetched.iter().any(|(s, _)| s == section);
    message.raw.is_some()
        || match wanted {
            Wanted::Raw => false,
            Wanted::Header => has(HEADER_SECTION),
            Wanted::Section(section) => has(section),
            Wanted::Text => text_sections(message).is_some_and(|all| all.iter().all(|p| has(&p.section))),
        }
}

/// The sections a person reads; `None` if the structure is not known, and then the whole message is needed.
fn text_sections(message: &MessageRow) -> Option<Vec<Part>> {
    Some(mime::body_parts(message.structure.as_ref()?).cloned().collect())
}

/// Selects the mailbox a placement is in on the server. If its incarnation or the UID is not known, the mailbox is
/// synced first.
async fn locate(
    pass: &ImapPass<'_>,
    session: &mut Session,
    row: PlacementRow,
) -> Result<PlacementRow, EngineError> {
    let mailbox = row.server_mailbox.ok_or(EngineError::NotFound("the message on the server"))?;
    let mut report = PassReport::default();
    let mut opened = MailboxPass::open(session, pass.store, pass.account, mailbox, &mut report).await?;
    if row.uid.is_some() && opened.cursor.uidvalidity == opened.server.uidvalidity {
        return Ok(row);
    }
    opened.run(0).await?;
    let (row, _) = look_up(pass.store, row.id).await?;
    if row.uid.is_none() { Err(EngineError::NotFound("the message on the server")) } else { Ok(row) }
}

async fn fetch(
    store: &Store,
    session: &mut Session,
    row: &PlacementRow,
    message: &MessageRow,
    wanted: &Wanted,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(), EngineError> {
    let uid = row.uid.ok_or(EngineError::NotFound("the message on the server"))?;
    match wanted {
        Wanted::Raw => whole(store, session, row, message, progress).await,
        Wanted::Text if message.size <= WHOLE_UP_TO => whole(store, session, row, message, progress).await,
        Wanted::Text => match text_sections(message) {
            None => whole(store, session, row, message, progress).await,
            Some(parts) if parts.is_empty() => whole(store, session, row, message, progress).await,
            Some(parts) => {
                for part in parts {
                    if !part_or_whole(store, session, row, message, &part, progress).await? {
                        return Ok(());
                    }
                }
                keep_text(store, message.id).await
            }
        },
        Wanted::Header => {
            let bytes = header(session, uid).await?;
            let id = message.id;
            store.write(Class::Cache, move |w| store::set_part(w, id, HEADER_SECTION, &bytes)).await?;
            Ok(())
        }
        Wanted::Section(section) => {
            let parts = message.structure.iter().flat_map(|s| &s.parts);
            match parts.into_iter().find(|p| p.section == *section) {
                Some(part) => {
                    part_or_whole(store, session, row, message, part, progress).await?;
                    Ok(())
                }
                None if message.structure.is_none() => whole(store, session, row, message, progress).await,
                None => Err(EngineError::NotFound("the part")),
            }
        }
    }
}

/// One part; or, from a server that told of it and then refuses it, the whole message. Says whether it was the part.
async fn part_or_whole(
    store: &Store,
    session: &mut Session,
    row: &PlacementRow,
    message: &MessageRow,
    part: &Part,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<bool, EngineError> {
    match one_part(store, session, row, message, part, progress).await {
        Ok(()) => Ok(true),
        Err(EngineError::Imap(ImapError::No { .. } | ImapError::Bad { .. }))
            if message.size <= WHOLE_INSTEAD =>
        {
            whole(store, session, row, message, progress).await?;
            Ok(false)
        }
        Err(e) => Err(e),
    }
}

/// The whole message of a row whose mailbox is selected.
pub(super) async fn fetch_whole(
    store: &Store,
    session: &mut Session,
    placement: PlacementId,
) -> Result<(), EngineError> {
    let (row, message) = look_up(store, placement).await?;
    fetch(store, session, &row, &message, &Wanted::Raw, &mut |_, _| {}).await
}

async fn header(session: &mut Session, uid: Uid) -> Result<Vec<u8>, EngineError> {
    let mut bytes = Vec::new();
    let mut keep = |chunk: &[u8]| bytes.extend_from_slice(chunk);
    let end = session.fetch_section(uid, "HEADER", 0, Some(LARGEST_HEADER), &mut keep).await?;
    if end.bytes >= LARGEST_HEADER {
        return Err(ImapError::TooLarge { most: LARGEST_HEADER }.into());
    }
    if end.found { Ok(bytes) } else { Err(EngineError::NotFound("the message on the server")) }
}

async fn whole(
    store: &Store,
    session: &mut Session,
    row: &PlacementRow,
    message: &MessageRow,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(), EngineError> {
    let raw = in_pieces(store, session, row, message.id, "", message.size, progress).await?;
    let id = message.id;
    let read = mime::read(&raw);
    store
        .write(Class::Cache, move |w| {
            store::end_download(w, id, "")?;
            store::set_raw(w, id, &raw, true)?;
            store::set_structure(w, id, &read.structure)?;
            // What is closed has no first words, whatever the server told.
            if !read.preview.is_empty() || read.encrypted.is_some() {
                store::set_preview(w, id, &read.preview)?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

async fn one_part(
    store: &Store,
    session: &mut Session,
    row: &PlacementRow,
    message: &MessageRow,
    part: &Part,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(), EngineError> {
    if message.fetched.iter().any(|(s, _)| *s == part.section) {
        return Ok(());
    }
    let encoded = in_pieces(store, session, row, message.id, &part.section, part.size, progress).await?;
    let (id, section) = (message.id, part.section.clone());
    let decoded = mime::decode_body(&encoded, &part.encoding);
    store
        .write(Class::Cache, move |w| {
            store::end_download(w, id, &section)?;
            store::set_part(w, id, &section, &decoded)
        })
        .await?;
    Ok(())
}

/// What is known of a message now that its text parts are here.
async fn keep_text(store: &Store, id: MessageId) -> Result<(), EngineError> {
    Ok(store.write(Class::Cache, move |w| store::keep_text_of_parts(w, id)).await?)
}

/// A section from where an earlier try stopped. A short piece ends it, and so does one longer than asked for, which a
/// server sends that knows no ranges: announced sizes lie and serve progress, and to see that a section has no end.
async fn in_pieces(
    store: &Store,
    session: &mut Session,
    row: &PlacementRow,
    id: MessageId,
    section: &str,
    announced: u64,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<Vec<u8>, EngineError> {
    let (Some(mailbox), Some(uid)) = (row.server_mailbox, row.uid) else {
        return Err(EngineError::NotFound("the message on the server"));
    };
    let uidvalidity = store
        .read(move |db, _| store::mailbox(db, mailbox))
        .await?
        .cursor
        .uidvalidity
        .ok_or(EngineError::NotFound("the mailbox on the server"))?;
    let fresh = Download {
        message: id,
        section: section.to_owned(),
        path: Path::new(store::CACHE).join(format!("{id}-{}.part", section.replace('.', "-"))),
        offset: 0,
        mailbox,
        uidvalidity,
        uid,
        size: announced,
    };
    let most = most(announced);
    let mut download = begun(store, &fresh).await?.unwrap_or(fresh);
    if download.offset > most {
        // An earlier try found no end of it.
        return Err(ImapError::TooLarge { most }.into());
    }
    let mut small = Vec::new();
    loop {
        progress(download.offset + small.len() as u64, announced);
        let mut bytes = Vec::new();
        let at = download.offset;
        let asked = session
            .fetch_section(uid, section, at, Some(PIECE), &mut |chunk| bytes.extend_from_slice(chunk))
            .await;
        let too_large = match &asked {
            Ok(_) => at.saturating_add(bytes.len() as u64) > most,
            Err(e) => matches!(e, ImapError::TooLarge { .. }),
        };
        if too_large {
            download.offset = most + 1;
            store.write(Class::Cache, move |w| store::give_up_download(w, &download)).await?;
            return Err(ImapError::TooLarge { most }.into());
        }
        let end = asked?;
        if !end.found {
            return Err(EngineError::NotFound("the message on the server"));
        }
        let last = bytes.len() as u64 != PIECE;
        if at == 0 && last {
            small = bytes;
            break;
        }
        if !bytes.is_empty() {
            let before = download.clone();
            download = store.write(Class::Cache, move |w| store::append_download(w, before, &bytes)).await?;
        }
        if last {
            break;
        }
    }
    if download.offset > 0 {
        let (path, offset) = (download.path.clone(), download.offset as usize);
        small = store
            .read(move |_, files| {
                let mut bytes = files.read(&path)?;
                bytes.truncate(offset);
                Ok(bytes)
            })
            .await?;
    }
    progress(small.len() as u64, announced);
    Ok(small)
}

/// A download of exactly this that was begun before, or given up; one of another incarnation is forgotten.
async fn begun(store: &Store, fresh: &Download) -> Result<Option<Download>, EngineError> {
    let (id, section, most) = (fresh.message, fresh.section.clone(), most(fresh.size));
    let found = store.read(move |db, files| {
        let Some(d) = store::download(db, id, &section)? else { return Ok(None) };
        let given_up = d.offset > most;
        let whole = given_up || files.size(&d.path)?.is_some_and(|size| size >= d.offset);
        Ok(Some((d, whole)))
    });
    match found.await? {
        Some((d, true))
            if d.mailbox == fresh.mailbox && d.uidvalidity == fresh.uidvalidity && d.uid == fresh.uid =>
        {
            Ok(Some(d))
        }
        Some((d, _)) => {
            store.write(Class::Cache, move |w| store::end_download(w, d.message, &d.section)).await?;
            Ok(None)
        }
        None => Ok(None),
    }
}
