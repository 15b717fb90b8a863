//! A server process on a leash: it ends, and its folder goes, when its owner is dropped or the test process dies.
//!
//! A shared server lives in a `static` that is never dropped, and a test process may be killed. So a small
//! shell waits for the end of a pipe that only this process holds, then ends the server and removes the folder.
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// How a server is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// TERM, and KILL after three seconds.
    Ask,
    /// KILL at once: right for a PID namespace, whose other processes die with the first.
    Kill,
}

/// A running server and the folder that belongs to it.
#[derive(Debug)]
pub struct Leash {
    server: Child,
    keeper: Child,
    log: PathBuf,
}

impl Leash {
    /// Starts `command` with its output in `DIR/output.log`; `dir` is removed at the end.
    pub fn start(mut command: Command, dir: &Path, ending: Ending) -> io::Result<Self> {
        let log = dir.join("output.log");
        let output = File::create(&log)?;
        let mut server = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()?;
        match Self::keeper(server.id(), dir, ending) {
            Ok(keeper) => Ok(Self { server, keeper, log }),
            Err(why) => {
                let _ = server.kill();
                let _ = server.wait();
                Err(why)
            }
        }
    }

    fn keeper(pid: u32, dir: &Path, ending: Ending) -> io::Result<Child> {
        let script = match ending {
            Ending::Ask => {
                "read -r _; kill -TERM $1; i=0; \
                 while kill -0 $1 2>/dev/null && [ $i -lt 30 ]; do sleep 0.1; i=$((i+1)); done; \
                 kill -KILL $1 2>/dev/null; rm -rf -- \"$2\""
            }
            // Also the child: PDEATHSIG of `unshare --kill-child` is gone once a server has changed its user.
            Ending::Kill => {
                "read -r _; kill -KILL $(cat /proc/$1/task/$1/children) $1; sleep 0.1; rm -rf -- \"$2\""
            }
        };
        Command::new("sh")
            .args(["-c", script, "leash", &pid.to_string()])
            .arg(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C reaches the foreground group: the keeper must outlive it to do its work.
            .process_group(0)
            .spawn()
    }

    /// False once the server has ended.
    pub fn alive(&mut self) -> bool {
        matches!(self.server.try_wait(), Ok(None))
    }

    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.server.id()
    }

    /// The end of what the server wrote to its output and to the given log files.
    pub fn log_tail(&self, others: &[PathBuf]) -> String {
        let mut text = String::new();
        for path in std::iter::once(&self.log).chain(others) {
            let bytes = std::fs::read(path).unwrap_or_default();
            let from = bytes.len().saturating_sub(2_000);
            text.push_str(&String::from_utf8_lossy(bytes.get(from..).unwrap_or_default()));
        }
        text
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Reaped first: to the keeper a zombie still looks alive.
        let _ = self.server.wait();
        let _ = self.keeper.wait();
    }
}

/// A new folder under the system's temporary one that other users may enter: servers drop their rights.
pub fn folder(name: &str) -> io::Result<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::Builder::new().prefix(&format!("satchel-{name}-")).tempdir()?.keep();
    std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o755))?;
    Ok(dir)
}
