//! The post office over streams: what a client sees, command by command.

mod client;
mod core_commands;
mod maildrop;
mod secured;
