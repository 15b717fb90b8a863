//! Decisions apart from deeds: two snapshots in, steps out. Nothing here waits or writes.

pub mod imap;
pub mod pop;
