//! `status`, `storage` and `pop state`: how things stand.

use crate::args::PopCommand;
use crate::output::{self, Failure, Side, Table};
use crate::shell::Shell;
use satchel_core::client::Satchel;
use serde_json::Value;

pub(super) async fn status(satchel: &Satchel, shell: &mut Shell) -> Result<u8, Failure> {
    let all = satchel.status().await?;
    if shell.json {
        let all: Value = all.iter().map(output::status).collect();
        shell.document(&all);
        return Ok(0);
    }
    let mut table = Table::new(&[
        ("ID", Side::Right),
        ("ADDRESS", Side::Left),
        ("PROTOCOL", Side::Left),
        ("CONNECTION", Side::Left),
        ("LAST SUCCESS", Side::Left),
        ("WAITING", Side::Right),
        ("REFUSED", Side::Right),
    ]);
    for status in &all {
        table.row([
            status.account.to_string(),
            status.address.clone(),
            status.protocol.as_str().to_owned(),
            output::connection(status).replace('_', " "),
            status.last_success.map_or_else(|| "never".to_owned(), output::local_ms),
            status.waiting_operations.to_string(),
            status.failed_operations.to_string(),
        ]);
    }
    shell.print(table.render(shell.style));
    Ok(0)
}

pub(super) async fn storage(words: &[String], satchel: &Satchel, shell: &mut Shell) -> Result<u8, Failure> {
    match words.first().map(String::as_str) {
        None => {}
        Some("budget") => return Err(Failure::usage("budget", "comes with a later version")),
        Some(word) => return Err(Failure::usage("command", format!("storage takes no {word}"))),
    }
    let usage = satchel.storage().await?;
    if shell.json {
        shell.document(&output::storage(&usage));
        return Ok(0);
    }
    let rows = [
        ("Used", usage.database + usage.body_files),
        ("  database", usage.database),
        ("    bodies in it", usage.body_rows),
        ("  bodies as files", usage.body_files),
        ("Only on this device", usage.sole_copies),
        ("Can be fetched again", usage.evictable),
    ];
    for (name, bytes) in rows {
        shell.say(format!("{name:<22}{:>9}", output::size(bytes)));
    }
    Ok(0)
}

pub(super) async fn pop(command: &PopCommand, satchel: &Satchel, shell: &mut Shell) -> Result<u8, Failure> {
    let PopCommand::State { account } = command;
    let account = satchel.find_account(account).await?;
    let ledger = satchel.pop_state(account.id).await?;
    if shell.json {
        let all: Value = ledger.iter().map(output::ledger).collect();
        shell.document(&all);
        return Ok(0);
    }
    if ledger.is_empty() {
        shell.say("The ledger is empty.");
        return Ok(0);
    }
    let mut table = Table::new(&[
        ("UIDL", Side::Cut),
        ("STATE", Side::Left),
        ("MESSAGE", Side::Right),
        ("SIZE", Side::Right),
        ("FIRST SEEN", Side::Left),
    ]);
    for row in &ledger {
        table.row([
            String::from_utf8_lossy(&row.uidl).into_owned(),
            row.state.as_str().replace('_', " "),
            row.message.map(|id| id.to_string()).unwrap_or_default(),
            row.size.map(output::size).unwrap_or_default(),
            output::local_ms(row.first_seen),
        ]);
    }
    shell.print(table.render(shell.style));
    Ok(0)
}
