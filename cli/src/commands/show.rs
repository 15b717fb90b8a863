//! `show`: a message as a person reads it, or its text, HTML, header or exact bytes.

use super::sync::byte_bar;
use crate::args::ShowArguments;
use crate::output::{self, Failure};
use crate::shell::Shell;
use satchel_core::client::{Address, MessageContent, Satchel};
use satchel_core::html::SafeHtml;
use satchel_core::ids::PlacementId;

pub(super) async fn run(
    arguments: &ShowArguments,
    satchel: &Satchel,
    shell: &mut Shell,
) -> Result<u8, Failure> {
    let (id, form) = (arguments.id, &arguments.form);
    if shell.json {
        return document(id, form.headers || form.raw, satchel, shell).await;
    }
    if form.raw {
        let bar = byte_bar(shell, "fetching");
        let mut progress = |here, whole| {
            bar.set_length(whole);
            bar.set_position(here);
        };
        let bytes = Box::pin(satchel.raw_message(id, &mut progress)).await;
        bar.finish_and_clear();
        shell.out.extend(bytes?);
        return Ok(0);
    }
    if form.headers {
        let header = Box::pin(satchel.headers(id)).await?;
        let text = String::from_utf8_lossy(&header).replace("\r\n", "\n");
        exact(&text, shell);
        return Ok(0);
    }
    let content = Box::pin(satchel.open_message(id)).await?;
    if form.text {
        exact(&content.text, shell);
    } else if form.html {
        let none = || {
            Failure::from(satchel_core::error::MailError::NotFound {
                what: "HTML in this message".to_owned(),
            })
        };
        let html = content.html.as_ref().ok_or_else(none)?;
        exact(&html.html, shell);
    } else {
        person(&content, shell);
    }
    Ok(0)
}

async fn document(
    id: PlacementId,
    header: bool,
    satchel: &Satchel,
    shell: &mut Shell,
) -> Result<u8, Failure> {
    let content = Box::pin(satchel.open_message(id)).await?;
    let block = if header { Some(Box::pin(satchel.headers(id)).await?) } else { None };
    shell.document(&output::content(&content, block.as_deref()));
    Ok(0)
}

/// As it is for a program; without what would drive a terminal, for a terminal.
fn exact(text: &str, shell: &mut Shell) {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let shown = if shell.style.terminal { output::block(text) } else { text.to_owned() };
    shell.print(shown + end);
}

fn person(content: &MessageContent, shell: &mut Shell) {
    let envelope = &content.envelope;
    let date = match envelope.date {
        Some(seconds) => output::written(seconds, envelope.date_offset),
        None => output::local_ms(content.row.received_at),
    };
    let mut rows = vec![("From", addresses(&envelope.from)), ("To", addresses(&envelope.to))];
    rows.extend([("Cc", addresses(&envelope.cc)), ("Reply-To", reply_to(content)), ("Date", date)]);
    rows.push(("Subject", envelope.subject.clone()));
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        let name = shell.style.dim(&format!("{name:<10}"));
        shell.say(format!("{name}{}", output::line(value)));
    }
    for part in content.parts.iter().filter(|part| part.part.is_attachment) {
        let name = shell.style.dim("Attached  ");
        let (section, size) = (&part.part.section, output::size(part.size));
        shell.say(format!(
            "{name}{} ({section}, {}, {size})",
            output::line(&part.safe_name),
            output::line(&part.part.media_type)
        ));
    }
    let held_back = content.html.as_ref().map_or(0, SafeHtml::held_back_count);
    if held_back > 0 {
        shell.say(
            shell.style.dim(&format!(
                "{} to other servers was held back.",
                output::count(held_back.into(), "request")
            )),
        );
    }
    if content.encrypted.is_some() {
        shell.say(shell.style.dim(
            "Encrypted or sealed: save it with show --raw and open it with a program that has the key.",
        ));
    }
    shell.say("");
    let text = output::block(content.text.trim_end_matches('\n'));
    shell.say(if text.is_empty() { "(no text)".to_owned() } else { text });
}

/// Worth a line only if answers go elsewhere.
fn reply_to(content: &MessageContent) -> String {
    let (from, to) = (&content.envelope.from, &content.envelope.reply_to);
    let same = to.len() == from.len()
        && to.iter().zip(from).all(|(a, b)| a.address.eq_ignore_ascii_case(&b.address));
    if same { String::new() } else { addresses(to) }
}

/// The address is always shown: a name is whatever its writer wanted.
fn addresses(addresses: &[Address]) -> String {
    let one = |a: &Address| match (a.name.trim(), a.address.as_str()) {
        ("", address) => address.to_owned(),
        (name, "") => format!("{name}:"),
        (name, address) => format!("{name} <{address}>"),
    };
    let first: Vec<_> = addresses.iter().take(20).map(one).collect();
    let more = addresses.len().saturating_sub(20);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", first.join(", "))
}
