//! One process on a simulated device: made from what outlives it, run to its end or its fault, and taken apart.

use crate::sim::clock::SimClock;
use crate::sim::credentials::SimCredentials;
use crate::sim::disk::Disk;
use crate::sim::events::RecordingSink;
use crate::sim::executor::{Delayed, Inline};
use crate::sim::files::SimFiles;
use crate::sim::ground::SimOpener;
use crate::sim::harness::{Scenario, Server};
use crate::sim::hash;
use crate::sim::meter::Plan;
use crate::sim::network::SimNetwork;
use crate::sim::random::SeededRandom;
use crate::sim::vfs;
use crate::sim::world::{Passed, World};
use satchel_core::ports::{Files, StoreExecutor};
use satchel_core::store::{Ground, Planted, Store, StoreError, open_writer};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Whether bytes replay too: only where one thread of the whole process uses SQLite.
static BYTES_REPLAY: AtomicBool = AtomicBool::new(false);

/// Declares that this process runs simulations on one thread only, so that SQLite's generator can be seeded and equal
/// disks of different runs are equal to the byte.
pub fn one_thread_only() {
    BYTES_REPLAY.store(true, Ordering::Relaxed);
}

/// Simulated time after which a process that does not end is taken to be stuck.
const STUCK: Duration = Duration::from_hours(30 * 24);

/// What outlives a process.
#[derive(Debug)]
pub struct Machine<S> {
    /// The disk.
    pub disk: Disk,
    /// The server at the other end.
    pub server: S,
    /// The keystore.
    pub credentials: SimCredentials,
}

impl<S: Server> Machine<S> {
    /// A copy that shares nothing that can change.
    pub fn copy(&self) -> Self {
        Self { disk: self.disk.clone(), server: self.server.copy(), credentials: self.credentials.clone() }
    }
    /// Equal machines have equal hashes.
    pub fn hash(&self) -> (u64, u64) {
        (self.disk.hash(), self.beside_the_disk())
    }
    /// The hash of all but the disk.
    pub fn beside_the_disk(&self) -> u64 {
        let keys = self.credentials.keys();
        keys.iter().fold(self.server.digest(), |h, key| hash::mix_bytes(h, key.as_bytes()))
    }
}

/// How store jobs run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Jobs {
    /// At once.
    Inline,
    /// One by one, after a seeded while.
    Delayed,
}

impl Jobs {
    /// A quarter of the seeds delays.
    pub fn of(seed: u64) -> Self {
        if seed.is_multiple_of(4) { Self::Delayed } else { Self::Inline }
    }
}

enum Running {
    Inline(Arc<Inline>),
    Delayed(Arc<Delayed>),
}

/// The ports of one process, and what the simulation holds behind them.
pub struct Process<S> {
    /// The device.
    pub world: Arc<World>,
    /// The server.
    pub server: Arc<S>,
    /// The network.
    pub network: Arc<SimNetwork>,
    /// Files of the home.
    pub files: Arc<dyn Files>,
    /// Opens the database.
    pub opener: SimOpener,
    /// Clocks.
    pub clock: Arc<SimClock>,
    /// Chance of the product.
    pub random: Arc<SeededRandom>,
    /// What the product told.
    pub events: Arc<RecordingSink>,
    /// The keystore.
    pub credentials: Arc<SimCredentials>,
    /// Seed of the scenario.
    pub seed: u64,
    /// 0 for the first process, 1 for the one that recovers …
    pub number: u32,
    /// Bugs to plant.
    pub planted: Planted,
    running: Mutex<Vec<Running>>,
}

impl<S: Server> Process<S> {
    fn start(machine: Machine<S>, task: &Task, world: &Arc<World>) -> Self {
        let number = u64::from(task.number);
        let seed = hash::of(&[task.seed, number, u64::from(task.setup)]);
        // Every process begins an hour after the one before, whenever that ended: a recovery depends on the disk only.
        let wall_ms = 1_767_225_600_000 + number as i64 * 3_600_000;
        let clock = Arc::new(SimClock::start(wall_ms, Duration::from_secs(1_000 + number * 3_600)));
        world.set_clock(clock.clone());
        let server = Arc::new(machine.server);
        let behind = server.clone();
        let serve = Arc::new(move |to: &_, stream| behind.clone().serve(to, stream));
        Self {
            world: world.clone(),
            server,
            network: Arc::new(SimNetwork::new(world.clone(), serve)),
            files: Arc::new(SimFiles::new(world.clone())),
            opener: SimOpener(world.clone()),
            clock,
            random: Arc::new(SeededRandom::new(seed)),
            events: Arc::default(),
            credentials: Arc::new(machine.credentials),
            seed: task.seed,
            number: task.number,
            planted: task.planted,
            running: Mutex::default(),
        }
    }

    /// An executor on this ground, inline or delayed by the seed; the harness closes it at the end of the process.
    pub fn execute(&self, ground: Ground) -> Arc<dyn StoreExecutor<Ground>> {
        let (executor, running): (Arc<dyn StoreExecutor<Ground>>, _) = match Jobs::of(self.seed) {
            Jobs::Inline => {
                let inline = Arc::new(Inline::new(ground));
                (inline.clone(), Running::Inline(inline))
            }
            Jobs::Delayed => {
                let seed = hash::of(&[self.seed, u64::from(self.number)]);
                let delayed = Arc::new(Delayed::start(ground, seed, Duration::from_millis(20)));
                (delayed.clone(), Running::Delayed(delayed))
            }
        };
        self.running.lock().unwrap_or_else(PoisonError::into_inner).push(running);
        executor
    }

    /// The product's store on this device.
    pub fn store(&self) -> Result<Store, StoreError> {
        let opened = open_writer(&self.opener, &self.files)?;
        Ok(Store::new(self.execute(opened.writer), self.events.clone(), self.clock.clone(), self.planted))
    }

    /// Closes what was opened, in good order: closing is a sequence of points as well.
    async fn close(&self) {
        let running = std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
        for executor in running {
            match executor {
                Running::Inline(inline) => inline.close(),
                Running::Delayed(delayed) => delayed.close().await,
            }
        }
    }
}

/// What a process is to do.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// Seed of the scenario.
    pub seed: u64,
    /// 0 for the first process, 1 for the one that recovers …
    pub number: u32,
    /// Make the initial state instead of running.
    pub setup: bool,
    /// The fault.
    pub plan: Option<Plan>,
    /// Bugs to plant.
    pub planted: Planted,
    /// Keep all points.
    pub log: bool,
}

impl Task {
    /// The uninterrupted first process.
    pub fn new(seed: u64) -> Self {
        Self { seed, number: 0, setup: false, plan: None, planted: Planted::default(), log: false }
    }
}

/// How a process ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// By itself, content or not.
    Ended(Result<(), String>),
    /// By the fault.
    Killed,
    /// It panicked.
    Panicked(String),
    /// It did not end.
    Stuck,
}

/// What is left of a process.
#[derive(Debug)]
pub struct Remains<S> {
    /// What outlived it.
    pub machine: Machine<S>,
    /// How it ended.
    pub outcome: Outcome,
    /// What it passed.
    pub passed: Passed,
}

/// The words of a panic.
pub fn panic_words(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words").to_owned()
}

/// Runs one process of a scenario.
///
/// When it is killed, its tasks are dropped, and only then the server may finish what had reached it.
pub fn run<C: Scenario>(scenario: &C, machine: Machine<C::Server>, task: &Task) -> Remains<C::Server> {
    if BYTES_REPLAY.load(Ordering::Relaxed) {
        vfs::seed_generator(hash::of(&[7, task.seed, u64::from(task.number), u64::from(task.setup)]));
    }
    let world = World::new(machine.disk.clone(), task.plan);
    if task.log {
        world.keep_log();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    #[allow(clippy::expect_used, reason = "a runtime without I/O needs nothing that could be missing")]
    let runtime = runtime.expect("a runtime without I/O");
    let process = {
        let _inside = runtime.enter();
        Process::start(machine, task, &world)
    };
    let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(live(scenario, &process, task))));
    let outcome = match ended {
        Ok(_) if world.passed().endless => Outcome::Stuck,
        Ok(outcome) => outcome,
        Err(panic) => Outcome::Panicked(panic_words(panic.as_ref())),
    };
    process.network.hang_up();
    runtime.block_on(process.network.settle());
    let Process { server, credentials, .. } = process;
    drop(runtime);
    let mut disk = world.disk();
    disk.forget_nameless();
    let server = Arc::try_unwrap(server).unwrap_or_else(|shared| shared.copy());
    let credentials = SimCredentials::clone(&credentials);
    Remains { machine: Machine { disk, server, credentials }, outcome, passed: world.passed() }
}

async fn live<C: Scenario>(scenario: &C, process: &Process<C::Server>, task: &Task) -> Outcome {
    let life = async {
        let outcome = if task.setup { scenario.set_up(process).await } else { scenario.run(process).await };
        process.close().await;
        outcome
    };
    tokio::select! {
        biased;
        () = process.world.died() => Outcome::Killed,
        ended = tokio::time::timeout(STUCK, life) => match ended {
            // The last point may have been passed in closing.
            _ if process.world.is_dead() => Outcome::Killed,
            Ok(outcome) => Outcome::Ended(outcome),
            Err(_) => Outcome::Stuck,
        },
    }
}
