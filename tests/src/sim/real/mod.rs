//! The product itself against the post office: scenarios that are interrupted at every point.

mod bodies_by_policy;
mod clicks_during_a_pass;
mod day;
mod delta;
mod first_imap_sync;
mod flag_and_move_offline;
mod invariants;
mod pop_leave;
mod salvage;
mod uidvalidity_change;

pub use bodies_by_policy::BodiesByPolicy;
pub use clicks_during_a_pass::ClicksDuringAPass;
pub use delta::Delta;
pub use first_imap_sync::FirstImapSync;
pub use flag_and_move_offline::FlagAndMoveOffline;
pub use pop_leave::PopLeave;
pub use salvage::Salvage;
pub use uidvalidity_change::UidvalidityChange;
