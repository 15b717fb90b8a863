//! The end of the running `watch`: takes commands of other processes and does them with its engine.

use super::{Answer, LONGEST, Request, VERSION, is_our_own, reach};
use crate::args::{self, AccountCommand, Arguments, Asked, Command, CredentialPlace, NetworkState};
use crate::commands::{self, Need};
use crate::engine::Door;
use crate::output::Failure;
use crate::shell::Shell;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType};
use satchel_core::client::Satchel;
use satchel_core::error::{MailError, StorageProblem};
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Notify;

/// A request line has to come within this.
const REQUEST: Duration = Duration::from_secs(5);

/// The socket in the home, removed when dropped.
#[derive(Debug)]
pub(crate) struct Socket {
    path: PathBuf,
    listener: UnixListener,
    _folder: Option<OwnedFd>,
}

impl Socket {
    /// Opens it. Only the holder of the engine lease may: a socket that lies there is then a dead one's.
    pub(crate) fn open(home: &Path) -> io::Result<Self> {
        let (path, folder) = reach(home)?;
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let socket = rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
        fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
        rustix::net::bind(&socket, &SocketAddrUnix::new(&path)?)?;
        // Before listen: until then nobody can connect, whatever the mode was.
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        rustix::net::listen(&socket, 16)?;
        let listener = std::os::unix::net::UnixListener::from(socket);
        listener.set_nonblocking(true)?;
        Ok(Self { path, listener: UnixListener::from_std(listener)?, _folder: folder })
    }

    /// The next one who asks.
    pub(crate) async fn accept(&self) -> io::Result<UnixStream> {
        Ok(self.listener.accept().await?.0)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// What commands of other processes need of the running `watch`.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) satchel: Satchel,
    pub(crate) door: Door,
    /// Wakes the watch: something is to be told to the servers, or an account is new.
    pub(crate) now: Arc<Notify>,
    /// Tells the watch that all accounts were just looked at.
    pub(crate) looked: Arc<Notify>,
}

impl Desk {
    /// Does one command of another process. A broken connection ends the talk, not the command.
    pub(crate) async fn serve(self, stream: UnixStream) {
        if !is_our_own(&stream) {
            return;
        }
        let mut stream = BufReader::new(stream);
        let Ok(Some(request)) = tokio::time::timeout(REQUEST, read(&mut stream)).await else { return };
        let (exit, shell) = self.perform(request).await;
        let answer = Answer { exit, out: shell.out.len() as u64, err: shell.err.len() as u64 };
        let Ok(mut head) = serde_json::to_vec(&answer) else { return };
        head.push(b'\n');
        head.extend_from_slice(&shell.out);
        head.extend_from_slice(&shell.err);
        if stream.write_all(&head).await.is_err() {
            log::info!("whoever asked for a command went away before it was done");
        }
    }

    async fn perform(&self, request: Request) -> (u8, Shell) {
        let mut shell = Shell {
            folder: request.folder,
            style: crate::output::Style { progress: false, ..request.style },
            password: request.password.map(SecretString::from),
            for_another: true,
            ..Shell::default()
        };
        let argv: Vec<_> = request.argv.into_iter().map(Into::into).collect();
        let exit = match args::read(&argv) {
            Asked::Command(asked) => {
                shell.json = asked.global.json;
                shell.offline = asked.global.offline;
                let done = if request.version == VERSION {
                    self.run(&asked, &mut shell).await
                } else {
                    Err(stranger())
                };
                done.unwrap_or_else(|failure| shell.fail(&failure))
            }
            Asked::Text(text) => {
                shell.print(text);
                0
            }
            Asked::Wrong(failure, json) => {
                shell.json = json;
                shell.fail(&failure)
            }
        };
        (exit, shell)
    }

    async fn run(&self, asked: &Arguments, shell: &mut Shell) -> Result<u8, Failure> {
        if let Command::Network { state } = &asked.command {
            return self.network(*state, shell).await;
        }
        let need = commands::need(&asked.command, shell.offline);
        if !matches!(need, Need::Engine | Need::ReaderFirst | Need::News) {
            return Err(Failure::usage("command", "this command is not for a running watch"));
        }
        self.same_credentials(&asked.command, asked.global.credential_store)?;
        let exit = commands::run(&asked.command, &self.satchel, &self.door.feed, shell).await?;
        if need == Need::Engine && !matches!(asked.command, Command::Sync(_)) {
            self.now.notify_one();
        }
        Ok(exit)
    }

    /// A password that is put where the watch does not look would never be found.
    fn same_credentials(&self, command: &Command, place: CredentialPlace) -> Result<(), Failure> {
        let touches =
            matches!(command, Command::Account(AccountCommand::Add(_) | AccountCommand::Remove { .. }));
        if !touches || place == self.door.credentials {
            return Ok(());
        }
        let theirs = match self.door.credentials {
            CredentialPlace::Keyring => "keyring",
            CredentialPlace::File => "file",
        };
        Err(Failure::usage(
            "credential-store",
            format!(
                "the running watch keeps passwords in another place: say --credential-store {theirs}, or end it first"
            ),
        ))
    }

    async fn network(&self, state: NetworkState, shell: &mut Shell) -> Result<u8, Failure> {
        self.satchel.set_offline(state == NetworkState::Down);
        self.satchel.set_metered(state == NetworkState::Metered);
        if state == NetworkState::Down {
            shell.answer(&serde_json::json!([]), "The running watch tries nothing until satchel network up.");
            return Ok(0);
        }
        self.looked.notify_one();
        commands::sync::everything(&self.satchel, &self.door.feed, shell).await
    }
}

fn stranger() -> Failure {
    let reason = "the running watch is of another version of satchel: end it and try again".to_owned();
    MailError::Storage { problem: StorageProblem::InUse, reason }.into()
}

async fn read(stream: &mut BufReader<UnixStream>) -> Option<Request> {
    let mut line = Zeroizing::new(Vec::with_capacity(16 * 1024));
    (&mut *stream).take(LONGEST).read_until(b'\n', &mut line).await.ok()?;
    serde_json::from_slice(&line).ok()
}
