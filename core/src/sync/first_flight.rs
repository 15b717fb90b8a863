//! What goes out in one write with the login: the list, and of the mailbox a person looks at what is new.
//!
//! It is a guess at what the pass will ask, from what the server offered last time. Whatever comes of it, the pass asks as
//! ever; an answer that is here already costs it no turn.

use super::imap_mailbox::{BATCH, local_mailbox, overview_items};
use super::imap_pass::ImapPass;
use super::{EngineError, PassOptions};
use crate::ids::{AccountId, MailboxId};
use crate::imap::{Capabilities, FetchItems, FetchSet, Flight, ImapError, OpenOptions, Session, UidSet};
use crate::ports::Class;
use crate::store::{self, Store};

/// What the server offered after its last login, as a fact of the account.
const CAPABILITIES: &str = "imap-capabilities";
/// When a connection broke over a first flight, milliseconds since 1970 UTC.
const BROKE: &str = "imap-first-flight-broke";
/// So long none is tried then.
const FORGIVEN_AFTER_MS: i64 = 30 * 24 * 3_600 * 1_000;

/// Connects and logs in. For a pass, the first flight goes along; its answers serve the first calls.
pub(super) async fn open(pass: &ImapPass<'_>, options: Option<&PassOptions>) -> Result<Session, EngineError> {
    let known = remembered(pass.store, pass.account.id).await?;
    let flight = match options {
        Some(options) => flight(pass, options, &known).await?,
        None => Flight::new(),
    };
    let opened = match log_in(pass, flight.clone(), &known).await {
        // Some gateways lose what comes behind a login, or hang up over it.
        Err(e) if !flight.is_empty() && may_be_the_flight(&e) => {
            note(pass, BROKE, pass.store.now_ms().to_string()).await?;
            log_in(pass, Flight::new(), &known).await
        }
        opened => opened,
    };
    let session = opened?;
    if known.capabilities.as_ref() != Some(session.capabilities()) {
        let words: Vec<&str> = session.capabilities().iter().collect();
        note(pass, CAPABILITIES, words.join(" ")).await?;
    }
    Ok(session)
}

fn may_be_the_flight(error: &ImapError) -> bool {
    matches!(error, ImapError::Closed { .. } | ImapError::Timeout { .. } | ImapError::Protocol { .. })
}

struct Remembered {
    capabilities: Option<Capabilities>,
    /// A first flight may be tried: it did not break a connection lately, and nothing waits that has to go out before.
    may_fly: bool,
}

async fn remembered(store: &Store, account: AccountId) -> Result<Remembered, EngineError> {
    let now = store.now_ms();
    let read = store.read(move |db, _| {
        let words = store::fact(db, account, CAPABILITIES)?;
        let broke = store::fact(db, account, BROKE)?.and_then(|at| at.parse::<i64>().ok());
        Ok(Remembered {
            capabilities: words.map(|words| words.split(' ').collect()),
            may_fly: broke.is_none_or(|at| now.saturating_sub(at) > FORGIVEN_AFTER_MS)
                && store::open_operations(db, account)?.is_empty(),
        })
    });
    Ok(read.await?)
}

async fn note(pass: &ImapPass<'_>, name: &'static str, value: String) -> Result<(), EngineError> {
    let account = pass.account.id;
    pass.store.write(Class::Cache, move |w| store::learn_fact(w, account, name, &value)).await?;
    Ok(())
}

async fn flight(
    pass: &ImapPass<'_>,
    options: &PassOptions,
    known: &Remembered,
) -> Result<Flight, EngineError> {
    if !known.may_fly {
        return Ok(Flight::new());
    }
    let flight = Flight::new().list();
    match (options.mailbox, &known.capabilities) {
        (Some(mailbox), Some(capabilities)) if options.older == 0 => {
            look_into(pass.store, mailbox, capabilities, flight).await
        }
        _ => Ok(flight),
    }
}

/// Opens a mailbox that is known here, with its new rows and its changed flags.
async fn look_into(
    store: &Store,
    mailbox: MailboxId,
    capabilities: &Capabilities,
    flight: Flight,
) -> Result<Flight, EngineError> {
    let (row, local) = match local_mailbox(store, mailbox).await {
        // The pass says so.
        Err(EngineError::Store(store::StoreError::NotFound(_))) => return Ok(flight),
        found => found?,
    };
    let cursor = local.cursor;
    let (Some(name), Some(uidnext), Some(floor)) = (row.wire_name, cursor.uidnext, cursor.window_floor)
    else {
        return Ok(flight);
    };
    // Bounded: after a long time there may be thousands.
    let new = UidSet::from_ranges([(uidnext, uidnext.saturating_add(BATCH - 1))]);
    let flight =
        flight.select(name, capabilities.condstore()).fetch(FetchSet::Uids(new), overview_items(), None);
    Ok(match cursor.highestmodseq.filter(|_| capabilities.condstore() && floor < uidnext) {
        Some(modseq) => {
            let window = UidSet::from_ranges([(floor, uidnext - 1)]);
            flight.fetch(FetchSet::Uids(window), FetchItems::flags_only(), Some(modseq))
        }
        None => flight,
    })
}

async fn log_in(pass: &ImapPass<'_>, flight: Flight, known: &Remembered) -> Result<Session, ImapError> {
    let account = pass.account;
    let first_flight = Some(flight.clone()).filter(|f| !f.is_empty());
    let options = OpenOptions { first_flight, known: known.capabilities.clone(), ..OpenOptions::default() };
    let (dialer, server, trust) = (&pass.network.dialer, &account.incoming, &account.trust);
    let (mut session, replies) = Session::open(dialer, server, trust, pass.password, options).await?;
    session.keep_early(flight, replies);
    Ok(session)
}
