//! `mailboxes` and `mailbox create`, `rename`, `delete`.

use super::mail;
use crate::args::MailboxCommand;
use crate::output::{self, Failure, Side, Table};
use crate::shell::Shell;
use satchel_core::client::Satchel;
use satchel_core::mailbox::MailboxKind;
use serde_json::{Value, json};

pub(super) async fn list(account: &str, satchel: &Satchel, shell: &mut Shell) -> Result<u8, Failure> {
    let account = satchel.find_account(account).await?;
    let mailboxes = satchel.mailboxes(account.id).await?;
    if shell.json {
        let all: Value = mailboxes.iter().map(output::mailbox).collect();
        shell.document(&all);
        return Ok(0);
    }
    if mailboxes.is_empty() {
        shell.say(format!(
            "Nothing is known of this account's mailboxes yet. Next: satchel sync {}",
            account.id
        ));
        return Ok(0);
    }
    let mut table = Table::new(&[
        ("ID", Side::Right),
        ("NAME", Side::Cut),
        ("ROLE", Side::Left),
        ("UNREAD", Side::Right),
        ("HERE", Side::Right),
        ("ON SERVER", Side::Right),
    ]);
    for mailbox in &mailboxes {
        let on_server = match (mailbox.kind, mailbox.on_server) {
            (MailboxKind::Local, _) => "only here".to_owned(),
            (MailboxKind::Server, Some(n)) => n.to_string(),
            (MailboxKind::Server, None) => String::new(),
        };
        let cells = [
            mailbox.id.to_string(),
            mailbox.name.clone(),
            mailbox.role.map_or("", |role| role.as_str()).to_owned(),
            mailbox.unread.to_string(),
            mailbox.total.to_string(),
            on_server,
        ];
        table.strong_row(cells, mailbox.unread > 0);
    }
    shell.print(table.render(shell.style));
    Ok(0)
}

pub(super) async fn change(
    command: &MailboxCommand,
    satchel: &Satchel,
    shell: &mut Shell,
) -> Result<u8, Failure> {
    match command {
        MailboxCommand::Create { account, name, local } => {
            let account = satchel.find_account(account).await?;
            let (mailbox, operation) = satchel.create_mailbox(account.id, name, *local).await?;
            if shell.json {
                let mut document = output::done(&[operation]);
                if let Some(fields) = document.as_object_mut() {
                    fields.insert("mailbox".to_owned(), json!(output::mailbox(&mailbox)));
                }
                shell.document(&document);
                return Ok(0);
            }
            shell.say(format!("{} has the id {}.", output::line(&mailbox.name), mailbox.id));
            mail::done(vec![operation], shell)
        }
        MailboxCommand::Rename { mailbox, name } => {
            mail::done(vec![satchel.rename_mailbox(*mailbox, name).await?], shell)
        }
        MailboxCommand::Delete { mailbox } => {
            mail::done(vec![satchel.delete_mailbox(*mailbox).await?], shell)
        }
    }
}
