//! `attachment list` and `attachment get`: a file appears only when it is whole.

use super::sync::byte_bar;
use crate::args::AttachmentCommand;
use crate::output::{self, Failure, Side, Table};
use crate::shell::Shell;
use satchel_core::client::{Attachment, Satchel, write_whole};
use satchel_core::ids::PlacementId;
use serde_json::{Value, json};
use std::path::Path;

pub(super) async fn run(
    command: &AttachmentCommand,
    satchel: &Satchel,
    shell: &mut Shell,
) -> Result<u8, Failure> {
    match command {
        AttachmentCommand::List { id } => list(*id, satchel, shell).await,
        AttachmentCommand::Get { id, section, output } => get(*id, section, output, satchel, shell).await,
    }
}

async fn list(id: PlacementId, satchel: &Satchel, shell: &mut Shell) -> Result<u8, Failure> {
    let parts = satchel.attachments(id).await?;
    let attached: Vec<&Attachment> = parts.iter().filter(|part| part.part.is_attachment).collect();
    if shell.json {
        let all: Value = attached.iter().map(|part| output::attachment(part)).collect();
        shell.document(&all);
        return Ok(0);
    }
    if attached.is_empty() {
        shell.say("Nothing is attached to this message.");
        return Ok(0);
    }
    let mut table = Table::new(&[
        ("SECTION", Side::Left),
        ("NAME", Side::Cut),
        ("TYPE", Side::Left),
        ("SIZE", Side::Right),
        ("HERE", Side::Left),
    ]);
    for part in attached {
        let here = if part.present { "yes" } else { "no" };
        let size = output::size(part.size);
        table.row([&part.part.section, &part.safe_name, &part.part.media_type, &size, here]);
    }
    shell.print(table.render(shell.style));
    Ok(0)
}

async fn get(
    id: PlacementId,
    section: &str,
    file: &Path,
    satchel: &Satchel,
    shell: &mut Shell,
) -> Result<u8, Failure> {
    let path = shell.path(file);
    if path.is_dir() {
        return Err(Failure::usage("output", format!("{} is a folder: name a file in it", file.display())));
    }
    let bar = byte_bar(shell, "fetching");
    let mut progress = |here, whole| {
        bar.set_length(whole);
        bar.set_position(here);
    };
    let bytes = Box::pin(satchel.attachment(id, section, &mut progress)).await;
    bar.finish_and_clear();
    let bytes = bytes?;
    write_whole(&path, &bytes).map_err(|error| {
        let reason = error.kind().to_string();
        Failure::from(error).saying(format!("{} cannot be written: {reason}", file.display()))
    })?;
    let document = json!({"id": id, "section": section, "path": path, "size": bytes.len()});
    shell.answer(
        &document,
        format!("{}: {}", output::line(&file.display().to_string()), output::size(bytes.len() as u64)),
    );
    Ok(0)
}
