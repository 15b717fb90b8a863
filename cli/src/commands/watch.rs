//! `watch`: keeps the accounts in step until it is ended, says what changes, and does the commands of other processes.

mod schedule;
mod voice;

use crate::engine::Door;
use crate::handover::{Desk, Socket};
use crate::output::Failure;
use crate::shell::Shell;
use satchel_core::client::{AccountView, PassOptions, PassReport, Satchel};
use satchel_core::error::MailError;
use schedule::Schedule;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use voice::Voice;

/// Commands of other processes that run when the watch ends are waited for so long.
const FAREWELL: Duration = Duration::from_secs(10);
/// Longer than anyone watches.
const FOR_EVER: Duration = Duration::from_hours(100 * 365 * 24);

type Pass = (AccountView, Result<PassReport, MailError>);

/// Watches until a signal, or for so long.
pub(crate) async fn run(door: &Door, seconds: Option<Duration>, shell: &mut Shell) -> Result<u8, Failure> {
    let end = Instant::now() + seconds.unwrap_or(FOR_EVER).min(FOR_EVER);
    let satchel = door.engine(false)?;
    satchel.set_offline(shell.offline);
    crate::run::tell_of_damage(&satchel, shell);
    let socket = Socket::open(&door.home)?;
    let desk = Desk {
        satchel: satchel.clone(),
        door: door.clone(),
        now: Arc::new(Notify::new()),
        looked: Arc::new(Notify::new()),
    };
    let mut watch = Watch { satchel: satchel.clone(), schedule: Schedule::new(), passes: JoinSet::new() };
    let mut voice = Voice::new(shell.json, &satchel);
    let mut talks = JoinSet::new();
    let ended = watch.until(end, door, &desk, &socket, &mut talks, &mut voice).await;
    watch.passes.abort_all();
    drop(socket);
    let talking = async { while talks.join_next().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, talking).await.is_err() {
        log::warn!("a command of another process was cut off");
    }
    satchel.settle().await?;
    ended.map(|()| 0)
}

struct Watch {
    satchel: Satchel,
    schedule: Schedule,
    passes: JoinSet<Pass>,
}

impl Watch {
    async fn until(
        &mut self,
        end: Instant,
        door: &Door,
        desk: &Desk,
        socket: &Socket,
        talks: &mut JoinSet<()>,
        voice: &mut Voice,
    ) -> Result<(), Failure> {
        let mut events = door.feed.listen();
        let mut signals = Signals::new()?;
        voice.begun(&door.home)?;
        loop {
            tokio::select! {
                biased;
                () = signals.come() => return Ok(()),
                () = tokio::time::sleep_until(end) => return Ok(()),
                event = events.recv() => voice.event(event).await?,
                Some(pass) = self.passes.join_next() => {
                    // A pass that broke off has left its account due.
                    if let Ok((account, done)) = pass {
                        self.schedule.passed(account.id, done.is_ok(), Instant::now());
                        voice.passed(&account, &done)?;
                    }
                }
                Some(_) = talks.join_next() => {}
                stream = socket.accept() => if let Ok(stream) = stream {
                    talks.spawn(desk.clone().serve(stream));
                },
                () = desk.looked.notified() => self.schedule.all_looked_at(Instant::now()),
                () = desk.now.notified() => {
                    self.schedule.all_due(Instant::now());
                    self.start_due().await?;
                }
                () = tokio::time::sleep_until(self.schedule.next()) => self.start_due().await?,
            }
        }
    }

    async fn start_due(&mut self) -> Result<(), Failure> {
        let accounts = self.satchel.accounts().await?;
        let ids: Vec<_> = accounts.iter().map(|account| account.id).collect();
        let due = self.schedule.take_due(&ids, Instant::now());
        if self.satchel.is_offline() {
            return Ok(());
        }
        for account in accounts.into_iter().filter(|account| due.contains(&account.id)) {
            let satchel = self.satchel.clone();
            self.schedule.started(account.id);
            self.passes.spawn(async move {
                let done = satchel.sync(account.id, &PassOptions::default(), None).await;
                (account, done)
            });
        }
        Ok(())
    }
}

/// The ways a program is told to end.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn come(&mut self) {
        tokio::select! {
            biased;
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}
