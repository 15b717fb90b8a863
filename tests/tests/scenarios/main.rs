//! What a person does, from one end to the other, against the post office.

// A scenario that cannot go on ends where it stands, also in what its tests share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bodies_in_bulk;
mod first_flight;
mod flag_and_move_offline;
mod mailboxes_change;
mod new_mail_and_flags;
mod open_a_message;
mod pop_leave;
mod uidvalidity_changes;
mod window_and_older_mail;
