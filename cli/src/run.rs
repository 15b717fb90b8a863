//! From the typed words to an exit code: picks how the home is opened, hands over to a running `watch` where that holds
//! the engine, and writes what the command said.

use crate::args::{self, Arguments, Asked, Command, Global};
use crate::commands::{self, Need};
use crate::engine::Door;
use crate::output::{Failure, Style};
use crate::shell::Shell;
use crate::{handover, home};
use satchel_core::error::{MailError, StorageProblem};
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::Instant;

/// A short command of another process ends sooner than this: it is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two tries to get the engine.
const PAUSE: Duration = Duration::from_millis(50);

/// The whole program.
pub(crate) fn from_the_terminal(argv: Vec<OsString>) -> ExitCode {
    let mut shell = Shell { style: Style::of_this_process(), ..Shell::default() };
    let code = match args::read(&argv) {
        Asked::Text(text) => {
            shell.print(text);
            0
        }
        Asked::Wrong(failure, json) => {
            shell.json = json;
            shell.fail(&failure)
        }
        Asked::Command(asked) => start(&asked, &argv, &mut shell),
    };
    flush(&shell);
    ExitCode::from(code)
}

fn start(asked: &Arguments, argv: &[OsString], shell: &mut Shell) -> u8 {
    listen_to_the_log(&asked.global);
    if let Some(files) = too_few_files() {
        let reason = format!("only {files} files may be open at a time, Satchel needs {FILES}");
        let error = MailError::Storage { problem: StorageProblem::Io, reason };
        return shell.fail(&Failure::from(error).hint("raise the limit: ulimit -n"));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    match (runtime, std::env::current_dir()) {
        (Ok(runtime), Ok(folder)) => {
            shell.folder = folder;
            runtime.block_on(perform(asked, argv, shell))
        }
        (Err(error), _) | (_, Err(error)) => shell.fail(&error.into()),
    }
}

/// Files that may be open at a time: the store's, a few connections', the runtime's.
const FILES: u64 = 64;

/// How many files may be open, where that is too few and cannot be changed: the runtime would panic.
fn too_few_files() -> Option<u64> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    let enough = |n: Option<u64>| n.is_none_or(|n| n >= FILES);
    if enough(limit.current) {
        return None;
    }
    limit.current = limit.maximum;
    let raised = enough(limit.maximum) && setrlimit(Resource::Nofile, limit).is_ok();
    if raised { None } else { limit.maximum }
}

/// Only what Satchel itself says: other crates log host names and addresses.
fn listen_to_the_log(global: &Global) {
    let mut log = env_logger::Builder::new();
    log.filter_module("satchel", global.log).filter_module("satchel_core", global.log);
    // A logger that is there already stays.
    let _ = log.target(env_logger::Target::Stderr).try_init();
}

fn flush(shell: &Shell) {
    // A reader that went away (`satchel list 1 | head -1`) is no error.
    let mut err = std::io::stderr().lock();
    let _ = err.write_all(&shell.err);
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(&shell.out).and_then(|()| out.flush());
}

/// Does one command, whoever asked; what it says is in the shell afterwards.
pub(crate) async fn perform(asked: &Arguments, argv: &[OsString], shell: &mut Shell) -> u8 {
    shell.json = asked.global.json;
    shell.offline = asked.global.offline;
    match dispatch(asked, argv, shell).await {
        Ok(code) => code,
        Err(failure) => shell.fail(&failure),
    }
}

async fn dispatch(asked: &Arguments, argv: &[OsString], shell: &mut Shell) -> Result<u8, Failure> {
    let command = &asked.command;
    if let Command::Demo { keep } = command {
        return demo(*keep, shell).await;
    }
    let home = home::home(asked.global.home.as_deref(), &shell.folder)?;
    let door = Door::new(home, asked.global.credential_store);
    if let Command::Watch { seconds } = command {
        return commands::watch::run(&door, *seconds, shell).await;
    }
    if shell.password.is_none() {
        shell.password = commands::account::password(command)?;
    }
    match commands::need(command, shell.offline) {
        Need::Reader => commands::run(command, &door.reader()?, &door.feed, shell).await,
        Need::ReaderFirst => match commands::run(command, &door.reader()?, &door.feed, shell).await {
            Err(failure) if matches!(failure.error(), MailError::Offline { .. }) && !shell.offline => {
                with_the_engine(command, argv, &door, shell).await
            }
            done => done,
        },
        Need::Engine => with_the_engine(command, argv, &door, shell).await,
        Need::News => {
            if let Some(code) = handover::ask(&door.home, argv, shell).await? {
                return Ok(code);
            }
            let satchel = door.reader()?;
            satchel.set_offline(shell.offline);
            commands::run(command, &satchel, &door.feed, shell).await
        }
        Need::Watch => handover::ask(&door.home, argv, shell).await?.ok_or_else(|| {
            let error = MailError::NotFound { what: "a running watch".to_owned() };
            Failure::from(error)
                .saying("no watch is running on this mail store")
                .hint("start one with satchel watch")
        }),
    }
}

async fn with_the_engine(
    command: &Command,
    argv: &[OsString],
    door: &Door,
    shell: &mut Shell,
) -> Result<u8, Failure> {
    let begun = Instant::now();
    loop {
        match door.engine(commands::begins_a_home(command)) {
            Ok(satchel) => {
                satchel.set_offline(shell.offline);
                tell_of_damage(&satchel, shell);
                let done = commands::run(command, &satchel, &door.feed, shell).await;
                let settled = satchel.settle().await;
                let code = done?;
                settled?;
                return Ok(code);
            }
            Err(failure) if failure.is_in_use() => {
                if let Some(code) = handover::ask(&door.home, argv, shell).await? {
                    return Ok(code);
                }
                if begun.elapsed() > PATIENCE {
                    return Err(failure);
                }
                tokio::time::sleep(PAUSE).await;
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// The person has to hear of it, whatever the command was.
pub(crate) fn tell_of_damage(satchel: &satchel_core::client::Satchel, shell: &mut Shell) {
    if let Some(name) = satchel.damaged_database() {
        shell.note(format!(
            "the mail store was damaged and was set aside as {name}; what could be read of it is kept, the rest comes again from the server"
        ));
    }
}

#[cfg(feature = "demo")]
async fn demo(keep: bool, shell: &mut Shell) -> Result<u8, Failure> {
    crate::demo::run(keep, shell).await
}

#[cfg(not(feature = "demo"))]
#[allow(clippy::unused_async, reason = "the same shape as with the feature")]
async fn demo(_keep: bool, _shell: &mut Shell) -> Result<u8, Failure> {
    Err(Failure::usage(
        "command",
        "this satchel was built without the demo: in its source folder, run cargo demo",
    ))
}
