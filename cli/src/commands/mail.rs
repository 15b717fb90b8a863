//! What a person does to mail: `flag`, `move`, `copy`, `archive`, `junk`, `delete`, `undo`, and `operations`.

use crate::output::{self, Failure, Side, Table};
use crate::shell::Shell;
use satchel_core::client::{OperationView, Satchel};
use satchel_core::ids::{MailboxId, PlacementId};
use serde_json::Value;

pub(super) async fn flag(
    words: &[String],
    clear: &[String],
    satchel: &Satchel,
    shell: &mut Shell,
) -> Result<u8, Failure> {
    let (mut ids, mut add) = (Vec::new(), Vec::new());
    for word in words {
        if let Some(name) = word.strip_prefix('+') {
            add.push(wire_name(name));
        } else {
            let id = word.parse::<PlacementId>();
            ids.push(id.map_err(|_| {
                Failure::usage("flag", format!("{word} is neither the id of a message nor +FLAG or -FLAG"))
            })?);
        }
    }
    let remove: Vec<_> = clear.iter().map(|name| wire_name(name)).collect();
    if ids.is_empty() || add.is_empty() && remove.is_empty() {
        return Err(Failure::usage("flag", "say which messages and what: satchel flag 12 13 +seen -flagged"));
    }
    done(satchel.flag(&ids, &add, &remove).await?, shell)
}

/// System flags may be written without the backslash that shells eat (RFC 3501 §2.3.2).
fn wire_name(name: &str) -> String {
    let system = ["Seen", "Flagged", "Answered", "Draft"];
    let bare = name.strip_prefix('\\').unwrap_or(name);
    let found = system.iter().find(|system| system.eq_ignore_ascii_case(bare));
    found.map_or_else(|| name.to_owned(), |system| format!("\\{system}"))
}

pub(super) async fn move_to(words: &[i64], satchel: &Satchel, shell: &mut Shell) -> Result<u8, Failure> {
    let (ids, to) = messages_and_mailbox(words)?;
    done(satchel.move_to(&ids, to).await?, shell)
}

pub(super) async fn copy_to(words: &[i64], satchel: &Satchel, shell: &mut Shell) -> Result<u8, Failure> {
    let (ids, to) = messages_and_mailbox(words)?;
    done(satchel.copy_to(&ids, to).await?, shell)
}

fn messages_and_mailbox(words: &[i64]) -> Result<(Vec<PlacementId>, MailboxId), Failure> {
    match words.split_last() {
        Some((mailbox, ids)) if !ids.is_empty() => {
            Ok((ids.iter().copied().map(PlacementId).collect(), MailboxId(*mailbox)))
        }
        _ => Err(Failure::usage("command", "give the ids of messages, then the id of the mailbox")),
    }
}

/// Says what became of operations.
#[allow(clippy::unnecessary_wraps, reason = "every command ends in this")]
pub(super) fn done(operations: Vec<OperationView>, shell: &mut Shell) -> Result<u8, Failure> {
    if shell.json {
        shell.document(&output::done(&operations));
        return Ok(0);
    }
    for operation in &operations {
        let then =
            if operation.state.is_open() { "done here, the next sync tells the server" } else { "done" };
        let on = operation.placement.map_or_else(String::new, |id| format!(" of message {id}"));
        let kind = operation.kind.as_str().replace('_', " ");
        shell.say(format!("{kind}{on}: {then} (satchel undo {} takes it back)", operation.id));
    }
    Ok(0)
}

pub(super) async fn operations(satchel: &Satchel, shell: &mut Shell) -> Result<u8, Failure> {
    let operations = satchel.operations().await?;
    if shell.json {
        let all: Value = operations.iter().map(output::operation).collect();
        shell.document(&all);
        return Ok(0);
    }
    if operations.is_empty() {
        shell.say("Nothing was done here yet.");
        return Ok(0);
    }
    let mut table = Table::new(&[
        ("ID", Side::Right),
        ("WHAT", Side::Left),
        ("MESSAGE", Side::Right),
        ("STATE", Side::Left),
        ("TRIES", Side::Right),
        ("WHY", Side::Cut),
    ]);
    for operation in &operations {
        let cells = [
            operation.id.to_string(),
            operation.kind.as_str().replace('_', " "),
            operation.placement.map(|id| id.to_string()).unwrap_or_default(),
            operation.state.as_str().to_owned(),
            operation.attempts.to_string(),
            operation.last_error.clone().unwrap_or_default(),
        ];
        table.strong_row(cells, operation.state.is_open());
    }
    shell.print(table.render(shell.style));
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_written_as_people_write_them() {
        let table = [
            ("seen", "\\Seen"),
            ("SEEN", "\\Seen"),
            ("\\flagged", "\\Flagged"),
            ("$Junk", "$Junk"),
            ("work", "work"),
            ("\\Recent", "\\Recent"),
        ];
        for (typed, wire) in table {
            assert_eq!(wire_name(typed), wire);
        }
    }
}
