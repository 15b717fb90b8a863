//! What a pass has to do in one IMAP mailbox, from our cursor and the server's SELECT or STATUS answer.

use crate::account::Window;
use crate::ids::{ModSeq, UidValidity};
use crate::mailbox::Cursor;

/// What the server says of a mailbox (SELECT, or STATUS before it).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ServerMailbox {
    /// UIDVALIDITY; servers without it get 0.
    pub uidvalidity: Option<UidValidity>,
    /// UIDNEXT, if told.
    pub uidnext: Option<u32>,
    /// EXISTS or MESSAGES.
    pub exists: u32,
    /// HIGHESTMODSEQ; `None` after NOMODSEQ or without CONDSTORE.
    pub highestmodseq: Option<ModSeq>,
}

/// What is known here of the mailbox, beside its cursor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LocalMailbox {
    /// The stored cursor.
    pub cursor: Cursor,
    /// Rows here with a UID within the cursor's window, `window_floor..uidnext`.
    pub held: u32,
    /// All rows here that the server is known to hold, those that wait for their UID too.
    pub rows: u32,
    /// Some of them wait for their UID.
    pub awaiting: bool,
    /// The overview of some could not be read, and they will be asked for again.
    pub unread_overviews: bool,
}

/// One thing to do. Steps come in the order they are to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The UIDs here name nothing any more: forget them, keep the rows, match them again.
    Rematch,
    /// Fetch rows from this UID on: they are new.
    FetchNew {
        /// First UID.
        from: u32,
    },
    /// Fetch flags that changed after this modification sequence, from this UID on.
    FlagsSince {
        /// Exclusive.
        modseq: ModSeq,
        /// First UID.
        from: u32,
    },
    /// Fetch all flags from this UID on; says as well which UIDs are gone.
    FlagScan {
        /// First UID.
        from: u32,
    },
    /// Extend the window downwards.
    Extend,
}

/// Whether a mailbox has to be opened at all. Without modification sequences flags may have changed unseen.
pub fn unchanged(local: &LocalMailbox, server: &ServerMailbox) -> bool {
    let c = &local.cursor;
    c.window_complete
        && !local.awaiting
        && !local.unread_overviews
        && server.uidvalidity.is_some()
        && c.uidvalidity == server.uidvalidity
        && server.uidnext.is_some()
        && c.uidnext == server.uidnext
        && c.server_exists == Some(server.exists)
        && (server.exists == 0 || (c.highestmodseq.is_some() && c.highestmodseq == server.highestmodseq))
}

/// The steps for one selected mailbox.
pub fn steps(local: &LocalMailbox, server: &ServerMailbox) -> Vec<Step> {
    let c = &local.cursor;
    if c.uidvalidity.is_some() && c.uidvalidity != server.uidvalidity {
        return vec![Step::Rematch, Step::Extend];
    }
    let mut steps = Vec::new();
    if let (Some(uidnext), Some(floor)) = (c.uidnext, c.window_floor) {
        if server.uidnext.is_none_or(|next| next > uidnext) {
            steps.push(Step::FetchNew { from: uidnext });
        }
        if floor < uidnext {
            match (c.highestmodseq, server.highestmodseq) {
                (Some(ours), Some(theirs)) if ours == theirs => {}
                (Some(ours), Some(theirs)) if ours < theirs => {
                    steps.push(Step::FlagsSince { modseq: ours, from: floor });
                }
                // None yet, NOMODSEQ, or going backwards: look at every flag.
                _ => steps.push(Step::FlagScan { from: floor }),
            }
        }
    }
    if !c.window_complete || c.uidnext.is_none() {
        steps.push(Step::Extend);
    }
    steps
}

/// Messages on the server below the window, as far as the cursor knows.
pub fn below_window(local: &LocalMailbox) -> u32 {
    local.cursor.server_exists.map_or(0, |exists| exists.saturating_sub(local.held))
}

/// Whether rows vanished (or were missed): what should be there, with `new` rows come in, against EXISTS.
pub fn rows_vanished(local: &LocalMailbox, new: u32, exists: u32) -> bool {
    local.held.checked_add(new).and_then(|n| n.checked_add(below_window(local))) != Some(exists)
}

/// Whether the server's list of UIDs in the window may be believed when it would remove rows here: together with the
/// new rows it must not be more than EXISTS, and what remains for below the window cannot have grown.
pub fn may_remove(local: &LocalMailbox, listed: u32, new: u32, exists: u32) -> bool {
    match exists.checked_sub(listed.saturating_add(new)) {
        None => false,
        Some(below) => below <= below_window(local),
    }
}

/// How many rows the window wants, of those that the server holds. `by_date` is how many the server found for a
/// window of days.
pub fn wanted_rows(window: Window, target: Option<u32>, by_date: Option<u32>, exists: u32) -> u32 {
    let wanted = match window {
        Window::All => exists,
        Window::Count(n) => n,
        Window::Days(_) => by_date.unwrap_or(0),
    };
    wanted.max(target.unwrap_or(0)).min(exists)
}

/// Rows of a phone's first screen: asked for first, they fit the first TCP window.
pub const FIRST_ROWS: u32 = 12;
/// Rows asked for at once after that.
pub const CHUNK_ROWS: u32 = 250;

/// The next range of sequence numbers to fetch downwards, newest first; `None` when enough is held.
/// The range ends with the lowest row that is held, as an anchor that proves there is no gap.
pub fn next_range(held: u32, wanted: u32, exists: u32) -> Option<(u32, u32)> {
    if held >= wanted || held >= exists {
        return None;
    }
    let top = exists - held;
    let chunk = if held == 0 { FIRST_ROWS } else { CHUNK_ROWS }.min(wanted - held);
    let low = top.saturating_sub(chunk - 1).max(1);
    let anchor = u32::from(held > 0);
    Some((low, top + anchor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor {
        Cursor {
            uidvalidity: Some(UidValidity(7)),
            uidnext: Some(101),
            highestmodseq: Some(ModSeq(50)),
            window_floor: Some(1),
            window_complete: true,
            window_target: None,
            server_exists: Some(100),
            server_unseen: None,
        }
    }

    fn local() -> LocalMailbox {
        LocalMailbox { cursor: cursor(), held: 100, rows: 100, awaiting: false, unread_overviews: false }
    }

    fn server() -> ServerMailbox {
        ServerMailbox {
            uidvalidity: Some(UidValidity(7)),
            uidnext: Some(101),
            exists: 100,
            highestmodseq: Some(ModSeq(50)),
        }
    }

    #[test]
    fn nothing_changed_needs_no_select() {
        assert!(unchanged(&local(), &server()));
        assert!(steps(&local(), &server()).is_empty());
    }

    #[test]
    fn each_difference_opens_the_mailbox() {
        let base = server();
        let cases = [
            ServerMailbox { uidvalidity: Some(UidValidity(8)), ..base },
            ServerMailbox { uidvalidity: None, ..base },
            ServerMailbox { uidnext: Some(102), ..base },
            ServerMailbox { uidnext: None, ..base },
            ServerMailbox { exists: 99, ..base },
            ServerMailbox { highestmodseq: Some(ModSeq(51)), ..base },
            ServerMailbox { highestmodseq: None, ..base },
        ];
        for case in cases {
            assert!(!unchanged(&local(), &case), "{case:?}");
        }
        assert!(!unchanged(&LocalMailbox { awaiting: true, ..local() }, &base));
        assert!(!unchanged(&LocalMailbox { unread_overviews: true, ..local() }, &base));
        let unfinished = Cursor { window_complete: false, ..cursor() };
        assert!(!unchanged(&LocalMailbox { cursor: unfinished, ..local() }, &base));
    }

    #[test]
    fn steps_by_table() {
        let since = |m| Step::FlagsSince { modseq: ModSeq(m), from: 1 };
        let base = server();
        let table: Vec<(&str, LocalMailbox, ServerMailbox, Vec<Step>)> = vec![
            ("first time", LocalMailbox::default(), base, vec![Step::Extend]),
            (
                "new mail",
                local(),
                ServerMailbox { uidnext: Some(104), exists: 103, highestmodseq: Some(ModSeq(60)), ..base },
                vec![Step::FetchNew { from: 101 }, since(50)],
            ),
            ("flags", local(), ServerMailbox { highestmodseq: Some(ModSeq(51)), ..base }, vec![since(50)]),
            (
                "no modification sequences",
                local(),
                ServerMailbox { highestmodseq: None, ..base },
                vec![Step::FlagScan { from: 1 }],
            ),
            (
                "HIGHESTMODSEQ goes backwards",
                local(),
                ServerMailbox { highestmodseq: Some(ModSeq(3)), ..base },
                vec![Step::FlagScan { from: 1 }],
            ),
            (
                "no UIDNEXT told",
                local(),
                ServerMailbox { uidnext: None, ..base },
                vec![Step::FetchNew { from: 101 }],
            ),
            (
                "another incarnation",
                local(),
                ServerMailbox { uidvalidity: Some(UidValidity(9)), ..base },
                vec![Step::Rematch, Step::Extend],
            ),
        ];
        for (name, local, server, expected) in table {
            assert_eq!(steps(&local, &server), expected, "{name}");
        }
    }

    fn deep() -> LocalMailbox {
        LocalMailbox { cursor: Cursor { server_exists: Some(5_000), ..cursor() }, ..local() }
    }

    #[test]
    fn vanished_rows_are_noticed_by_counting() {
        assert!(!rows_vanished(&local(), 0, 100));
        assert!(!rows_vanished(&local(), 3, 103));
        assert!(rows_vanished(&local(), 3, 101));
        assert!(!rows_vanished(&deep(), 3, 5_003));
        assert!(rows_vanished(&deep(), 3, 5_002));
        assert!(rows_vanished(&local(), 0, 101), "a row was missed");
    }

    #[test]
    fn a_list_that_contradicts_exists_removes_nothing() {
        assert!(may_remove(&local(), 98, 0, 98));
        assert!(may_remove(&local(), 98, 3, 101));
        assert!(!may_remove(&local(), 0, 0, 100), "an empty SEARCH beside 100 messages");
        assert!(!may_remove(&local(), 101, 0, 100));
        assert!(may_remove(&deep(), 98, 0, 4_998));
        assert!(!may_remove(&deep(), 0, 0, 5_000));
    }

    #[test]
    fn the_window_is_walked_downwards_with_an_anchor() {
        assert_eq!(next_range(0, 1_000, 5_000), Some((4_989, 5_000)));
        assert_eq!(next_range(12, 1_000, 5_000), Some((4_739, 4_989)));
        assert_eq!(next_range(1_000, 1_000, 5_000), None);
        assert_eq!(next_range(0, 1_000, 3), Some((1, 3)));
        assert_eq!(next_range(3, 1_000, 3), None);
        assert_eq!(next_range(0, 0, 0), None);
        assert_eq!(next_range(995, 1_000, 5_000), Some((4_001, 4_006)));
    }

    #[test]
    fn the_window_wants_what_the_person_set_or_paged_to() {
        assert_eq!(wanted_rows(Window::Count(1_000), None, None, 5_000), 1_000);
        assert_eq!(wanted_rows(Window::Count(1_000), Some(1_200), None, 5_000), 1_200);
        assert_eq!(wanted_rows(Window::All, None, None, 5_000), 5_000);
        assert_eq!(wanted_rows(Window::Days(30), None, Some(70), 5_000), 70);
        assert_eq!(wanted_rows(Window::Count(9), None, None, 5), 5);
    }
}
