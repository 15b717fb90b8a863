//! `cargo xtask mobile-check`: the library and all it stands on, type-checked for both phones. Nothing is linked.
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::counts::Sum;
use crate::prepare::{self, Compiler};
use crate::{Done, cargo, layout};

const LIMIT_MINUTES: u32 = 30;

/// `cargo check` never links, so an empty object does for what is written in C: it answers every call with that.
const STUB: &str = "#!/bin/sh
while [ $# -gt 0 ]; do
    case \"$1\" in
        -o) : > \"$2\"; shift ;;
        -E) exit 0 ;;
        *.a) : > \"$1\" ;;
    esac
    shift
done
";

/// Checks each target; one passed or failed for each.
pub(crate) fn prove() -> Done<Sum> {
    let compiler = prepare::phone_compiler().ok_or("there is no compiler for phones here")?;
    let tools = layout::target().join("mobile");
    let stub = write_stub(&tools)?;
    let mut sum = Sum::default();
    for target in prepare::PHONE_TARGETS {
        let command = check(target, &compiler, &tools, &stub);
        sum.step(target, cargo::succeeds(&command, LIMIT_MINUTES)?);
    }
    sum.notes.push(
        "types only: what is written in C, and linking, show in a build with the phones' own tools"
            .to_owned(),
    );
    Ok(sum)
}

fn write_stub(folder: &Path) -> Done<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let place = folder.join("stub-cc");
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&place, STUB))
        .and_then(|()| std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o755)))
        .map_err(|why| format!("{} cannot be written: {why}", place.display()))?;
    Ok(place)
}

fn check(target: &str, compiler: &Compiler, tools: &Path, stub: &Path) -> Command {
    let mut command = cargo::command(&["check", "-p", "satchel-ffi", "--target", target]);
    let name = target.replace('-', "_");
    command.env(format!("CC_{name}"), stub).env(format!("AR_{name}"), stub);
    // Any folder does: nothing is looked up in it.
    command.env("SDKROOT", tools);
    if let Compiler::Debian(root) = compiler {
        command.arg("-Zbuild-std=std,panic_unwind");
        command.env("RUSTC", root.join("usr/bin/rustc")).env("RUSTC_BOOTSTRAP", "1");
        let libraries = [root.join("usr/lib/x86_64-linux-gnu"), root.join("usr/lib")];
        let libraries: Vec<_> = libraries.iter().map(|folder| folder.display().to_string()).collect();
        command.env("LD_LIBRARY_PATH", libraries.join(":"));
        // Another compiler: the two would build all anew by turns.
        command.env("CARGO_TARGET_DIR", tools.join("target"));
    }
    command
}
