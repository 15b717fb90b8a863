//! `satchel`, the terminal shell: arguments in, core calls, tables or JSON out.

// Help texts are shown to a person as they stand here, brackets and all.
#![allow(rustdoc::broken_intra_doc_links)]

mod args;
mod commands;
#[cfg(feature = "demo")]
mod demo;
mod engine;
mod handover;
mod home;
mod output;
mod prompt;
mod run;
mod shell;

fn main() -> std::process::ExitCode {
    run::from_the_terminal(std::env::args_os().collect())
}
