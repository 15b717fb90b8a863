//! The documents of the contract: names and shapes that scripts rely on.

use super::time::{iso_ms, iso_seconds};
use satchel_core::account::{CredentialRef, Security, Server};
use satchel_core::client::{
    AccountStatus, AccountView, Address, Attachment, BodyState, LedgerRow, ListRow, MailboxView,
    MessageContent, OperationView, Page, PassReport, Usage,
};
use satchel_core::mailbox::Role;
use satchel_core::ports::Trust;
use serde_json::{Map, Value, json};

/// An account; there is no secret in it.
pub(crate) fn account(account: &AccountView) -> Value {
    let trust = match &account.trust {
        Trust::Platform => json!({"kind": "platform"}),
        Trust::PlatformAnd(_) => json!({"kind": "platform_and_ca"}),
        Trust::Pin(sha256) => json!({"kind": "pin", "sha256": hex(sha256)}),
    };
    let credential = match &account.credential {
        CredentialRef::Stored(_) => json!({"kind": "stored"}),
        CredentialRef::Environment(name) => json!({"kind": "environment", "variable": name}),
    };
    json!({
        "id": account.id,
        "address": account.address,
        "protocol": account.protocol.as_str(),
        "incoming": server(&account.incoming),
        "submission": account.submission.as_ref().map(server),
        "trust": trust,
        "credential": credential,
        "window": account.window.to_string(),
        "bodies": account.bodies.as_str(),
        "pop_rule": account.pop_rule.to_string(),
    })
}

fn server(server: &Server) -> Value {
    json!({
        "host": server.host,
        "port": server.port,
        "security": security(server.security),
        "username": server.username,
    })
}

/// How a connection is protected, in a word.
pub(crate) fn security(security: Security) -> &'static str {
    match security {
        Security::ImplicitTls => "tls",
        Security::StartTls => "starttls",
        Security::Insecure => "insecure",
    }
}

/// A pass. `sent` counts submitted mail; there is none before sending exists.
pub(crate) fn pass(account: &AccountView, report: &PassReport) -> Value {
    json!({
        "account": account.id,
        "turns": report.turns,
        "bytes_up": report.bytes_up,
        "bytes_down": report.bytes_down,
        "new": report.new,
        "changed": report.changed,
        "removed": report.removed,
        "sent": 0,
        "operations_done": report.operations_done,
        "operations_failed": report.operations_failed,
        "left_over": report.left_over,
        "duration_ms": report.duration_ms,
    })
}

/// A mailbox.
pub(crate) fn mailbox(mailbox: &MailboxView) -> Value {
    json!({
        "id": mailbox.id,
        "account": mailbox.account,
        "name": mailbox.name,
        "role": mailbox.role.map(Role::as_str),
        "kind": mailbox.kind.as_str(),
        "selectable": mailbox.selectable,
        "total": mailbox.total,
        "unread": mailbox.unread,
        "on_server": mailbox.on_server,
    })
}

/// A page of a list. With `threads` each row stands for its conversation.
pub(crate) fn page(page: &Page, threads: bool) -> Value {
    let messages: Vec<_> = page.rows.iter().map(|row| message(row, threads)).collect();
    json!({"messages": messages, "next": page.next.map(|cursor| cursor.to_string())})
}

fn message(row: &ListRow, threads: bool) -> Value {
    let mut value = json!({
        "id": row.placement,
        "message_id": row.message,
        "mailbox_id": row.mailbox,
        "date": row.date.and_then(iso_seconds),
        "received_at": iso_ms(row.received_at),
        "from": addresses(&row.from),
        "to": addresses(&row.to),
        "subject": row.subject,
        "preview": row.preview,
        "flags": row.flags.names(),
        "size": row.size,
        "has_attachments": row.has_attachments,
        "thread_id": row.thread,
        "body": body(row.body),
        "on_server": row.on_server,
    });
    if let Some(fields) = value.as_object_mut().filter(|_| threads) {
        fields.insert("thread_count".to_owned(), json!(row.thread_count));
        fields.insert("thread_unread".to_owned(), json!(row.thread_unread));
    }
    value
}

fn body(state: BodyState) -> &'static str {
    match state {
        BodyState::Absent => "absent",
        BodyState::Partial => "partial",
        BodyState::Present => "present",
    }
}

fn addresses(addresses: &[Address]) -> Value {
    addresses.iter().map(|a| json!({"name": a.name, "address": a.address})).collect()
}

/// A message that was opened. `block`: its header as it is, where that was asked for.
pub(crate) fn content(content: &MessageContent, block: Option<&[u8]>) -> Value {
    let envelope = &content.envelope;
    let mut headers = json!({
        "date": envelope.date.and_then(iso_seconds),
        "subject": envelope.subject,
        "from": addresses(&envelope.from),
        "sender": addresses(&envelope.sender),
        "reply_to": addresses(&envelope.reply_to),
        "to": addresses(&envelope.to),
        "cc": addresses(&envelope.cc),
        "bcc": addresses(&envelope.bcc),
        "message_id": envelope.message_id,
        "in_reply_to": envelope.in_reply_to,
        "references": envelope.references,
        "list_id": envelope.list_id,
    });
    if let (Some(fields), Some(block)) = (headers.as_object_mut(), block) {
        fields.insert("block".to_owned(), json!(String::from_utf8_lossy(block)));
    }
    let held_back: Vec<_> = content.html.iter().flat_map(|html| &html.held_back).collect();
    let held_back: Vec<_> = held_back
        .iter()
        .map(|held| json!({"kind": format!("{:?}", held.kind).to_lowercase(), "host": held.host, "count": held.count}))
        .collect();
    json!({
        "id": content.row.placement,
        "headers": headers,
        "text": content.text,
        "html": content.html.as_ref().map(|html| &html.html),
        "held_back": held_back,
        "encrypted": content.encrypted.is_some(),
        "parts": content.parts.iter().map(part).collect::<Vec<_>>(),
    })
}

fn part(attachment: &Attachment) -> Value {
    let mut value = self::attachment(attachment);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("is_attachment".to_owned(), json!(attachment.part.is_attachment));
    }
    value
}

/// One part of a message. `name` is as written; `safe_name` may be given to a file system.
pub(crate) fn attachment(attachment: &Attachment) -> Value {
    json!({
        "section": attachment.part.section,
        "name": attachment.part.name,
        "safe_name": attachment.safe_name,
        "media_type": attachment.part.media_type,
        "size": attachment.size,
        "present": attachment.present,
    })
}

/// What a changing command answers.
pub(crate) fn done(operations: &[OperationView]) -> Value {
    let short = |o: &OperationView| json!({"id": o.id, "kind": o.kind.as_str(), "state": o.state.as_str()});
    json!({"operations": operations.iter().map(short).collect::<Vec<_>>()})
}

/// An operation of the list.
pub(crate) fn operation(operation: &OperationView) -> Value {
    json!({
        "id": operation.id,
        "account": operation.account,
        "kind": operation.kind.as_str(),
        "state": operation.state.as_str(),
        "message": operation.placement,
        "attempts": operation.attempts,
        "last_error": operation.last_error,
        "not_before": Some(operation.not_before).filter(|ms| *ms > 0).and_then(iso_ms),
    })
}

/// How an account stands. `connection`: `offline`, `never` (no pass yet), `ok`, or the kind of the last pass's error.
pub(crate) fn status(status: &AccountStatus) -> Value {
    json!({
        "account": status.account,
        "address": status.address,
        "protocol": status.protocol.as_str(),
        "connection": connection(status),
        "last_success": status.last_success.and_then(iso_ms),
        "last_attempt": status.last_attempt.and_then(iso_ms),
        "waiting_operations": status.waiting_operations,
        "failed_operations": status.failed_operations,
    })
}

/// The state of the connection in a word.
pub(crate) fn connection(status: &AccountStatus) -> &str {
    if status.online { status.last_outcome.as_deref().unwrap_or("never") } else { "offline" }
}

/// Room taken. There is no budget in this version.
pub(crate) fn storage(usage: &Usage) -> Value {
    json!({
        "budget": Value::Null,
        "used": usage.database + usage.body_files,
        "by_kind": {"database": usage.database, "body_files": usage.body_files, "body_rows": usage.body_rows},
        "sole_copies": usage.sole_copies,
        "evictable": usage.evictable,
    })
}

/// A row of POP's ledger.
pub(crate) fn ledger(row: &LedgerRow) -> Value {
    json!({
        "uidl": String::from_utf8_lossy(&row.uidl),
        "state": row.state.as_str(),
        "message_id": row.message,
        "size": row.size,
        "first_seen": iso_ms(row.first_seen),
        "last_seen": iso_ms(row.last_seen),
        "sha256": row.sha256.as_ref().map(|sha256| hex(sha256)),
    })
}

/// An event of `watch`, stamped.
pub(crate) fn stamped(at_ms: i64, kind: &str, rest: Value) -> Value {
    let mut fields = Map::new();
    fields.insert("at".to_owned(), json!(iso_ms(at_ms)));
    fields.insert("kind".to_owned(), json!(kind));
    if let Value::Object(rest) = rest {
        fields.extend(rest.into_iter().filter(|(name, _)| name != "kind"));
    }
    Value::Object(fields)
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
