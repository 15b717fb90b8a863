//! Accounts, server facts and settings.

use super::{StoreError, Write};
use crate::account::{Account, Bodies, CredentialRef, PopRule, Protocol, Security, Server, Window};
use crate::error::MailError;
use crate::event::Change;
use crate::ids::AccountId;
use crate::ports::Trust;
use rusqlite::{Connection, OptionalExtension, Row, params};

const COLUMNS: &str = "id, address, protocol, incoming_host, incoming_port, incoming_security, incoming_user,
    submission_host, submission_port, submission_security, submission_user, trust_kind, trust_data,
    credential_kind, credential_key, \"window\", bodies, pop_rule,
    (SELECT sha256 FROM pinned_cert p WHERE p.account_id = account.id AND p.host = incoming_host AND p.port = incoming_port)";

fn security_number(security: Security) -> i64 {
    match security {
        Security::ImplicitTls => 0,
        Security::StartTls => 1,
        Security::Insecure => 2,
    }
}

fn security(number: i64) -> Security {
    match number {
        0 => Security::ImplicitTls,
        2 => Security::Insecure,
        // An unknown number never means less than TLS.
        _ => Security::StartTls,
    }
}

fn parsed<T: std::str::FromStr<Err = MailError> + Default>(text: String) -> T {
    text.parse().unwrap_or_default()
}

fn read_account(r: &Row<'_>) -> rusqlite::Result<Account> {
    let submission = match r.get::<_, Option<String>>(7)? {
        None => None,
        Some(host) => Some(Server {
            host,
            port: r.get(8)?,
            security: security(r.get(9)?),
            username: r.get::<_, Option<String>>(10)?.unwrap_or_default(),
        }),
    };
    let trust =
        match (r.get::<_, i64>(11)?, r.get::<_, Option<Vec<u8>>>(12)?, r.get::<_, Option<[u8; 32]>>(18)?) {
            (2, _, Some(sha256)) => Trust::Pin(sha256),
            // A pin that was lost must not become "trust anybody the platform trusts".
            (2, _, None) => Trust::Pin([0; 32]),
            (1, Some(pem), _) => Trust::PlatformAnd(pem),
            _ => Trust::Platform,
        };
    let key: String = r.get(14)?;
    Ok(Account {
        id: AccountId(r.get(0)?),
        address: r.get(1)?,
        protocol: if r.get::<_, String>(2)? == "pop" { Protocol::Pop } else { Protocol::Imap },
        incoming: Server {
            host: r.get(3)?,
            port: r.get(4)?,
            security: security(r.get(5)?),
            username: r.get(6)?,
        },
        submission,
        trust,
        credential: if r.get::<_, i64>(13)? == 1 {
            CredentialRef::Environment(key)
        } else {
            CredentialRef::Stored(key)
        },
        window: parsed::<Window>(r.get(15)?),
        bodies: parsed::<Bodies>(r.get(16)?),
        pop_rule: parsed::<PopRule>(r.get(17)?),
    })
}

/// Adds an account; its `id` is given here and returned. Two accounts of one address and protocol are refused.
pub fn insert_account(w: &mut Write<'_>, account: &Account) -> Result<AccountId, StoreError> {
    let taken = w
        .query_row(
            "SELECT 1 FROM account WHERE address = ?1 AND protocol = ?2",
            params![account.address, account.protocol.as_str()],
            |_| Ok(()),
        )
        .optional()?;
    if taken.is_some() {
        return Err(StoreError::Invalid {
            field: "address",
            reason: format!("there is already an account for {} with this protocol", account.address),
        });
    }
    let (trust_kind, trust_data) = match &account.trust {
        Trust::Platform => (0, None),
        Trust::PlatformAnd(pem) => (1, Some(pem.as_slice())),
        Trust::Pin(_) => (2, None),
    };
    let (credential_kind, key) = match &account.credential {
        CredentialRef::Stored(key) => (0, key),
        CredentialRef::Environment(name) => (1, name),
    };
    let submission = account.submission.as_ref();
    w.execute(
        "INSERT INTO account (address, protocol, incoming_host, incoming_port, incoming_security, incoming_user,
            submission_host, submission_port, submission_security, submission_user, trust_kind, trust_data,
            credential_kind, credential_key, \"window\", bodies, pop_rule, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        params![
            account.address,
            account.protocol.as_str(),
            account.incoming.host,
            account.incoming.port,
            security_number(account.incoming.security),
            account.incoming.username,
            submission.map(|s| &s.host),
            submission.map(|s| s.port),
            submission.map(|s| security_number(s.security)),
            submission.map(|s| &s.username),
            trust_kind,
            trust_data,
            credential_kind,
            key,
            account.window.to_string(),
            account.bodies.as_str(),
            account.pop_rule.to_string(),
            w.now_ms(),
        ],
    )?;
    let id = AccountId(w.last_insert_rowid());
    w.execute(
        "INSERT INTO identity (account_id, address, is_default) VALUES (?1, ?2, 1)",
        params![id.0, account.address],
    )?;
    if let Trust::Pin(sha256) = &account.trust {
        let mut servers = vec![(&account.incoming.host, account.incoming.port)];
        servers.extend(submission.map(|s| (&s.host, s.port)));
        for (host, port) in servers {
            w.execute(
                "INSERT OR REPLACE INTO pinned_cert (account_id, host, port, sha256, pinned_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id.0, host, port, sha256, w.now_ms()],
            )?;
        }
    }
    w.tell(Change::Account { account: id });
    Ok(id)
}

/// All accounts, oldest first.
pub fn accounts(db: &Connection) -> Result<Vec<Account>, StoreError> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM account ORDER BY id"))?;
    let rows = statement.query_map([], read_account)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One account.
pub fn account(db: &Connection, id: AccountId) -> Result<Account, StoreError> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM account WHERE id = ?1"))?;
    statement.query_row([id.0], read_account).optional()?.ok_or(StoreError::NotFound("account"))
}

/// Changes what a person may change: window, bodies, rule. A wider or narrower window applies from the next pass on.
pub fn update_account(w: &mut Write<'_>, account: &Account) -> Result<(), StoreError> {
    let before = self::account(w, account.id)?;
    w.execute(
        "UPDATE account SET \"window\" = ?2, bodies = ?3, pop_rule = ?4 WHERE id = ?1",
        params![
            account.id.0,
            account.window.to_string(),
            account.bodies.as_str(),
            account.pop_rule.to_string()
        ],
    )?;
    if before.window != account.window {
        w.execute(
            "UPDATE mailbox SET window_complete = 0, window_target = NULL WHERE account_id = ?1 AND kind = 'server'",
            [account.id.0],
        )?;
    }
    w.tell(Change::Account { account: account.id });
    Ok(())
}

/// How many messages of an account exist on this device only.
pub fn sole_copies(db: &Connection, id: AccountId) -> Result<u64, StoreError> {
    let n: i64 = db.query_row(
        "SELECT count(DISTINCT m.id) FROM message m JOIN placement p ON p.message_id = m.id
         LEFT JOIN blob b ON b.id = m.raw_blob_id
         WHERE m.account_id = ?1 AND p.server_mailbox_id IS NULL
           AND NOT EXISTS (SELECT 1 FROM pop_ledger l WHERE l.message_id = m.id AND l.state IN ('stored', 'listed'))",
        [id.0],
        |r| r.get(0),
    )?;
    Ok(n as u64)
}

/// Removes an account with all that belongs to it here. Nothing on a server is touched.
pub fn delete_account(w: &mut Write<'_>, id: AccountId) -> Result<(), StoreError> {
    account(w, id)?;
    // Whoever shows them hears it; the rows themselves go with the account.
    for mailbox in super::mailboxes::all_mailboxes(w, id)? {
        w.tell(Change::Messages { mailbox: mailbox.id, placements: Vec::new() });
        w.tell(Change::Mailbox { mailbox: mailbox.id });
    }
    let messages: Vec<i64> = w
        .prepare("SELECT id FROM message WHERE account_id = ?1")?
        .query_map([id.0], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    for message in messages {
        super::messages::forget_message(w, crate::ids::MessageId(message))?;
    }
    let held: Vec<i64> = w
        .prepare(
            "SELECT blob_id FROM outbox WHERE account_id = ?1
             UNION ALL SELECT a.blob_id FROM draft_attachment a JOIN draft d ON d.id = a.draft_id WHERE d.account_id = ?1",
        )?
        .query_map([id.0], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    w.execute("DELETE FROM outbox WHERE account_id = ?1", [id.0])?;
    w.execute("DELETE FROM draft WHERE account_id = ?1", [id.0])?;
    for blob in held {
        super::blobs::release_blob(w, crate::ids::BlobId(blob))?;
    }
    w.execute("DELETE FROM account WHERE id = ?1", [id.0])?;
    w.tell(Change::Account { account: id });
    Ok(())
}

/// Remembers something learned of an account's server.
pub fn learn_fact(w: &mut Write<'_>, account: AccountId, name: &str, value: &str) -> Result<(), StoreError> {
    w.prepare_cached(
        "INSERT INTO server_fact (account_id, name, value, learned_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (account_id, name) DO UPDATE SET value = excluded.value, learned_at = excluded.learned_at
         WHERE value <> excluded.value",
    )?
    .execute(params![account.0, name, value, w.now_ms()])?;
    Ok(())
}

/// What was learned of an account's server under this name.
pub fn fact(db: &Connection, account: AccountId, name: &str) -> Result<Option<String>, StoreError> {
    Ok(db
        .prepare_cached("SELECT value FROM server_fact WHERE account_id = ?1 AND name = ?2")?
        .query_row(params![account.0, name], |r| r.get(0))
        .optional()?)
}

/// A setting of the home.
pub fn setting(db: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    Ok(db
        .prepare_cached("SELECT value FROM setting WHERE name = ?1")?
        .query_row([name], |r| r.get(0))
        .optional()?)
}

/// Sets a setting of the home.
pub fn set_setting(w: &mut Write<'_>, name: &str, value: &str) -> Result<(), StoreError> {
    w.execute(
        "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, value],
    )?;
    Ok(())
}
