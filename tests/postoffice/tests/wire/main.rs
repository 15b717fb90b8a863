//! The post office over streams: what a client sees, command by command.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this is test code")]

mod client;
mod core_commands;
mod extensions;
mod faults;
mod maildrop;
mod resynchronize;
mod script;
mod secured;
mod simulation;
mod submission;
mod two_clients;
