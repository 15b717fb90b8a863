//! What a person does, from one end to the other, against the post office.

// A scenario that cannot go on ends where it stands, also in what its tests share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bodies_in_bulk;
mod cases_device;
mod cases_home;
mod cases_mail;
mod clicks_during_a_pass;
mod copy_then_delete;
mod first_flight;
mod flag_and_move_offline;
mod lost_copies;
mod mailbox_intents_refused;
mod mailboxes_change;
mod namespace_prefix;
mod new_mail_and_flags;
mod open_a_message;
mod parts_or_whole;
mod pop_leave;
mod pop_lost_and_tried;
mod search_for_anything;
mod slices_and_meters;
mod too_much;
mod uidvalidity_changes;
mod unreadable_rows;
mod window_and_older_mail;
