//! Satchel itself as a peer: the real core on a real home, through its door, on real sockets.
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use satchel_core::account::{Bodies, PopRule, Window};
use satchel_core::client::{
    AccountRequest, AccountSettings, PassOptions, Password, RealParts, Satchel, open_home,
};
use satchel_core::credentials::MemoryStore;
use satchel_core::event::Event;
use satchel_core::ids::{AccountId, MailboxId, PlacementId};
use satchel_core::mailbox::Role;
use satchel_core::ports::EventSink;
use secrecy::SecretString;
use tempfile::TempDir;

use super::{Pass, Peer, Side, Target};

/// Nobody listens.
#[derive(Debug)]
struct Deaf;

impl EventSink for Deaf {
    fn event(&self, _: Event) {}
}

/// Satchel with a home of its own.
pub struct SatchelPeer {
    target: Target,
    window: Window,
    bodies: Bodies,
    only_inbox: bool,
    state: Option<State>,
}

struct State {
    satchel: Satchel,
    account: AccountId,
    home: TempDir,
}

impl SatchelPeer {
    /// Satchel with that window and rule for bodies.
    pub fn new(target: Target, window: Window, bodies: Bodies) -> Self {
        Self { target, window, bodies, only_inbox: false, state: None }
    }

    /// A pass looks at INBOX only, once the mailbox is known.
    pub fn only_inbox(mut self) -> Self {
        self.only_inbox = true;
        self
    }

    /// The engine, once a pass has been made.
    pub fn engine(&self) -> Option<(&Satchel, AccountId, &Path)> {
        self.state.as_ref().map(|state| (&state.satchel, state.account, state.home.path()))
    }

    /// Gives the home away; the engine is closed.
    pub fn into_home(self) -> Option<TempDir> {
        self.state.map(|state| state.home)
    }

    /// How many messages are here to their last byte, and how many of all the search knows.
    pub fn bodies(&self) -> io::Result<(usize, usize)> {
        let state = self.state.as_ref().ok_or_else(|| io::Error::other("no pass was made"))?;
        let count = "SELECT count(raw_blob_id), count(*) FILTER (WHERE indexed > 0) FROM message";
        let read = state.satchel.store_for_tests().read(move |db, _| {
            Ok(db
                .query_row(count, [], |r| Ok((r.get::<_, i64>(0)? as usize, r.get::<_, i64>(1)? as usize)))?)
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(read).map_err(io::Error::other)
    }

    fn request(&self) -> io::Result<AccountRequest> {
        let (scheme, tail) = if self.target.tls { ("imaps", "") } else { ("imap", "?insecure") };
        let Target { user, host, .. } = &self.target;
        Ok(AccountRequest {
            address: user.address(),
            protocol: None,
            incoming: format!("{scheme}://{}@{host}:{}{tail}", user.name, self.target.port()),
            submission: None,
            password: Password::Given(SecretString::from(user.password.clone())),
            authorities: Some(std::fs::read(&self.target.ca)?),
            pin: None,
            pop_rule: PopRule::default(),
            prove: false,
        })
    }

    async fn begin(&self) -> io::Result<State> {
        let home = TempDir::new()?;
        let parts =
            RealParts { credentials: Arc::new(MemoryStore::new()), events: Arc::new(Deaf), dialer: None };
        let satchel = open_home(home.path(), parts).map_err(io::Error::other)?;
        let account = satchel.add_account(self.request()?).await.map_err(io::Error::other)?.id;
        let settings = AccountSettings {
            window: Some(self.window),
            bodies: Some(self.bodies),
            ..AccountSettings::default()
        };
        satchel.change_account(account, settings).await.map_err(io::Error::other)?;
        Ok(State { satchel, account, home })
    }

    async fn measure(&self, state: &State) -> io::Result<Pass> {
        let inbox = inbox(state).await?;
        let before = match inbox {
            Some(inbox) => page(state, inbox).await?.into_iter().collect(),
            None => BTreeSet::new(),
        };
        let options = PassOptions { mailbox: inbox.filter(|_| self.only_inbox), ..PassOptions::default() };
        let files = newest_change(state.home.path());
        let mut pass = Pass::default();
        let begun = Instant::now();
        let work = state.satchel.sync(state.account, &options, None);
        tokio::pin!(work);
        let report = loop {
            tokio::select! {
                biased;
                report = &mut work => break report.map_err(io::Error::other)?,
                () = tokio::time::sleep(Duration::from_millis(2)), if !pass.marks.contains_key("rows_50") => {
                    mark_rows(state, &before, begun, &mut pass).await?;
                }
            }
        };
        pass.seconds = begun.elapsed().as_secs_f64();
        mark_rows(state, &before, begun, &mut pass).await?;
        if !report.left_over.is_empty() {
            return Err(io::Error::other(format!("left over: {}", report.left_over.join(", "))));
        }
        pass.facts.insert("rows", report.new as f64);
        pass.facts.insert("own_turns", report.turns as f64);
        pass.facts.insert("home_written", f64::from(u8::from(newest_change(state.home.path()) != files)));
        Ok(pass)
    }
}

impl Peer for SatchelPeer {
    fn name(&self) -> String {
        "Satchel".to_owned()
    }

    fn version(&self) -> String {
        let profile =
            if cfg!(debug_assertions) { "debug build: figures mean nothing" } else { "release build" };
        format!("{} ({profile})", env!("CARGO_PKG_VERSION"))
    }

    fn forget(&mut self) -> io::Result<()> {
        self.state = None;
        Ok(())
    }

    fn pass(&mut self, side: Side<'_>) -> io::Result<Pass> {
        let (this, state) = (&*self, self.state.as_ref());
        // A runtime on the near side's own thread: its sockets belong to that side.
        let (made, pass) = side.run(|| -> io::Result<(Option<State>, Pass)> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                if let Some(state) = state {
                    return Ok((None, this.measure(state).await?));
                }
                let made = this.begin().await?;
                let pass = this.measure(&made).await?;
                Ok((Some(made), pass))
            })
        })??;
        if let Some(made) = made {
            self.state = Some(made);
        }
        Ok(pass)
    }

    fn holds(&self) -> Option<usize> {
        if self.bodies == Bodies::All {
            return self.bodies().ok().map(|(bodies, found)| bodies.min(found));
        }
        let state = self.state.as_ref()?;
        let runtime = tokio::runtime::Builder::new_current_thread().build().ok()?;
        let mailboxes = runtime.block_on(state.satchel.mailboxes(state.account)).ok()?;
        Some(mailboxes.iter().map(|mailbox| mailbox.total as usize).sum())
    }
}

async fn inbox(state: &State) -> io::Result<Option<MailboxId>> {
    let all = state.satchel.mailboxes(state.account).await.map_err(io::Error::other)?;
    Ok(all.iter().find(|mailbox| mailbox.role == Some(Role::Inbox)).map(|mailbox| mailbox.id))
}

async fn page(state: &State, inbox: MailboxId) -> io::Result<Vec<PlacementId>> {
    let page = state.satchel.messages(inbox, 50, None).await.map_err(io::Error::other)?;
    Ok(page.rows.iter().map(|row| row.placement).collect())
}

/// Notes when the first screen (12 rows) and the first page (50) consist of rows that were not there before.
async fn mark_rows(
    state: &State,
    before: &BTreeSet<PlacementId>,
    begun: Instant,
    pass: &mut Pass,
) -> io::Result<()> {
    let Some(inbox) = inbox(state).await? else { return Ok(()) };
    let new = page(state, inbox).await?.iter().take_while(|&id| !before.contains(id)).count();
    let now = begun.elapsed().as_secs_f64();
    for (mark, rows) in [("rows_12", 12), ("rows_50", 50)] {
        if new >= rows {
            pass.marks.entry(mark).or_insert(now);
        }
    }
    Ok(())
}

/// The latest change of any file of a home: an unchanged pass must not write.
fn newest_change(home: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(home).ok()?.filter_map(Result::ok);
    entries
        .filter_map(|entry| {
            // The shared memory beside the database is memory: readers write there.
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension.to_string_lossy().ends_with("-shm")) {
                return None;
            }
            if path.is_dir() { newest_change(&path) } else { entry.metadata().ok()?.modified().ok() }
        })
        .max()
}
