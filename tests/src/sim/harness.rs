//! What a scenario has to say so that it can be interrupted at every point.

use crate::sim::look::Look;
use crate::sim::process::Process;
use satchel_core::ports::{BoxFuture, Endpoint};
use std::sync::Arc;
use tokio::io::DuplexStream;

/// The other end of the link: a server in memory whose state can be copied.
pub trait Server: Send + Sync + Sized + 'static {
    /// A copy that shares nothing that can change: several recoveries begin from it.
    fn copy(&self) -> Self;
    /// Equal states have equal digests; what no client can notice is left out.
    fn digest(&self) -> u64;
    /// Serves one connection to its end; `None` if nobody listens there. State changes go into `self`.
    fn serve(self: Arc<Self>, to: &Endpoint, stream: DuplexStream) -> Option<BoxFuture<'static, ()>>;
}

/// Something a person or a server does, from an initial state to an end that every crash has to come to as well.
///
/// Errors are sentences; they are printed with the name of the case.
pub trait Scenario: Send + Sync + 'static {
    /// Who is at the other end.
    type Server: Server;

    /// Stable name, part of each case's name.
    fn name(&self) -> &'static str;

    /// The server before anything happened. The seed decides what it holds and how it behaves.
    fn server(&self, seed: u64) -> Self::Server;

    /// Makes the initial state of the device. No fault happens here, and everything is durable afterwards.
    fn set_up<'a>(&'a self, process: &'a Process<Self::Server>) -> BoxFuture<'a, Result<(), String>>;

    /// Goes on from any durable state to the end. An error ends the process; without a fault there must be none.
    fn run<'a>(&'a self, process: &'a Process<Self::Server>) -> BoxFuture<'a, Result<(), String>>;

    /// Whether the database may lie damaged between two processes, so that only the next one can mend it.
    fn may_lie_damaged(&self) -> bool {
        false
    }

    /// What must hold right after a fault, before anything was repaired.
    fn check_after_recovery(&self, look: &Look<'_, Self::Server>) -> Result<(), String>;

    /// What must hold at the end, besides that the final state is that of the uninterrupted run.
    fn check_at_end(&self, look: &Look<'_, Self::Server>) -> Result<(), String>;

    /// The end in words, without what may differ (times, ids given in another order).
    fn final_state(&self, look: &Look<'_, Self::Server>) -> Result<String, String>;
}
