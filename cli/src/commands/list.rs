//! `list` and `search`: pages of messages, newest first.

use crate::args::{PageArguments, SearchArguments};
use crate::output::{self, Failure, Side, Style, Table};
use crate::shell::Shell;
use satchel_core::client::{Address, ListRow, Page, Satchel};
use satchel_core::ids::MailboxId;

pub(super) async fn list(
    mailbox: MailboxId,
    page: &PageArguments,
    threads: bool,
    satchel: &Satchel,
    shell: &mut Shell,
) -> Result<u8, Failure> {
    let found = if threads {
        satchel.threads(mailbox, page.limit, page.before).await?
    } else {
        satchel.messages(mailbox, page.limit, page.before).await?
    };
    say(&found, threads, shell);
    Ok(0)
}

pub(super) async fn search(
    arguments: &SearchArguments,
    satchel: &Satchel,
    shell: &mut Shell,
) -> Result<u8, Failure> {
    if arguments.server {
        return Err(Failure::usage(
            "server",
            "searching on the server comes with a later version; without --server the mail on this device is searched",
        ));
    }
    let account = match &arguments.account {
        Some(name) => Some(satchel.find_account(name).await?.id),
        None => None,
    };
    let query = arguments.query.join(" ");
    let page = &arguments.page;
    let found = satchel.search(&query, account, page.limit, page.before).await?;
    say(&found, false, shell);
    Ok(0)
}

fn say(page: &Page, threads: bool, shell: &mut Shell) {
    if shell.json {
        return shell.document(&output::page(page, threads));
    }
    if page.rows.is_empty() {
        return shell.say("No messages.");
    }
    shell.print(table(page, threads, shell.style));
    if let Some(next) = page.next {
        shell.say(shell.style.dim(&format!("More: --before {next}")));
    }
}

fn table(page: &Page, threads: bool, style: Style) -> String {
    let mut table = Table::new(&[
        ("ID", Side::Right),
        ("", Side::Left),
        ("RECEIVED", Side::Left),
        ("FROM", Side::Cut),
        ("SUBJECT", Side::Cut),
    ]);
    for row in &page.rows {
        let unread = if threads { row.thread_unread > 0 } else { !row.flags.seen };
        let many = threads && row.thread_count > 1;
        let subject =
            if many { format!("({}) {}", row.thread_count, row.subject) } else { row.subject.clone() };
        let cells = [
            row.placement.to_string(),
            marks(row, unread),
            output::local_ms(row.received_at),
            names(&row.from),
            subject,
        ];
        table.strong_row(cells, unread);
    }
    table.render(style)
}

/// N unread, F flagged, A answered, @ with attachments.
fn marks(row: &ListRow, unread: bool) -> String {
    let marks =
        [(unread, 'N'), (row.flags.flagged, 'F'), (row.flags.answered, 'A'), (row.has_attachments, '@')];
    marks.iter().filter(|(on, _)| *on).map(|(_, mark)| *mark).collect()
}

fn names(addresses: &[Address]) -> String {
    let name = |a: &Address| if a.name.trim().is_empty() { a.address.clone() } else { a.name.clone() };
    let first: Vec<_> = addresses.iter().take(3).map(name).collect();
    let more = if addresses.len() > 3 { ", …" } else { "" };
    format!("{}{more}", first.join(", "))
}
