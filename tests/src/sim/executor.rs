//! Two `StoreExecutor`s that replay: inline, and delayed by seeded sleeps so that time-outs and interleavings show.
//!
//! A thread lets tokio's paused clock run away while it works, and `spawn_blocking` has no order; so neither is used.

use crate::sim::random::Chance;
use satchel_core::ports::{Class, Job, StoreExecutor};
use satchel_core::store::Ground;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Runs a job while it is submitted. Store work takes no simulated time.
pub struct Inline(Mutex<Option<Ground>>);

impl Inline {
    /// Takes the ground.
    pub fn new(ground: Ground) -> Self {
        Self(Mutex::new(Some(ground)))
    }
    /// Closes the database, as the end of a process in good order does.
    pub fn close(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl StoreExecutor<Ground> for Inline {
    fn submit(&self, _class: Class, job: Job<Ground>) {
        if let Some(ground) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            job(ground);
        }
    }
}

/// One task: take a job, sleep a seeded while, run it.
pub struct Delayed {
    jobs: Mutex<Option<mpsc::UnboundedSender<Job<Ground>>>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Delayed {
    /// Starts the task on the current runtime; a job waits up to `longest`.
    pub fn start(mut ground: Ground, seed: u64, longest: Duration) -> Self {
        let (jobs, mut taken) = mpsc::unbounded_channel::<Job<Ground>>();
        let task = tokio::spawn(async move {
            let mut chance = Chance::new(seed);
            while let Some(job) = taken.recv().await {
                let wait = chance.below(longest.as_millis() as u64 + 1);
                tokio::time::sleep(Duration::from_millis(wait)).await;
                job(&mut ground);
            }
        });
        Self { jobs: Mutex::new(Some(jobs)), task: Mutex::new(Some(task)) }
    }
    /// Lets the jobs in the queue run, then closes the database.
    pub async fn close(&self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            // A job that panicked ended the task; whoever waited for the job has seen it.
            let _ = task.await;
        }
    }
}

impl StoreExecutor<Ground> for Delayed {
    fn submit(&self, _class: Class, job: Job<Ground>) {
        if let Some(jobs) = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            // After the task's end the job is dropped, and with it the sender it holds.
            let _ = jobs.send(job);
        }
    }
}

impl fmt::Debug for Inline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inline")
    }
}

impl fmt::Debug for Delayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Delayed")
    }
}
