//! What a POP pass has to do, from the ledger and the server's listing.

use std::collections::{BTreeMap, BTreeSet};

/// What the ledger says of one UIDL, as far as the plan needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// Its bytes are not safe here yet (listed, partial, or a download that was cut).
    Wanted,
    /// Its bytes are durable here.
    Stored,
    /// Stored here and not listed any more when last looked.
    Gone,
    /// Anything that deleting left behind.
    Deleting,
}

/// One thing to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Retrieve this message; its UIDL is new or was never finished.
    Retrieve {
        /// Message number in this session.
        number: u32,
        /// Its unique id.
        uidl: Vec<u8>,
    },
    /// It is here and no longer there.
    MarkGone {
        /// Its unique id.
        uidl: Vec<u8>,
    },
    /// It was taken for gone and is listed again.
    MarkStored {
        /// Its unique id.
        uidl: Vec<u8>,
    },
}

/// The steps, oldest message first. A UIDL that the server lists twice is retrieved once: it names one message.
/// An empty listing never clears anything: what is stored here stays, and is at most no longer listed there.
pub fn steps(ledger: &BTreeMap<Vec<u8>, Known>, listing: &[(u32, Vec<u8>)]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut listed = BTreeSet::new();
    for (number, uidl) in listing {
        if !listed.insert(uidl.as_slice()) {
            continue;
        }
        match ledger.get(uidl) {
            None | Some(Known::Wanted) => steps.push(Step::Retrieve { number: *number, uidl: uidl.clone() }),
            Some(Known::Gone) => steps.push(Step::MarkStored { uidl: uidl.clone() }),
            Some(Known::Stored | Known::Deleting) => {}
        }
    }
    let gone =
        ledger.iter().filter(|(uidl, known)| **known == Known::Stored && !listed.contains(uidl.as_slice()));
    steps.extend(gone.map(|(uidl, _)| Step::MarkGone { uidl: uidl.clone() }));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uidl(s: &str) -> Vec<u8> {
        s.as_bytes().to_vec()
    }

    #[test]
    fn steps_by_table() {
        let ledger: BTreeMap<_, _> = [
            (uidl("a"), Known::Stored),
            (uidl("b"), Known::Wanted),
            (uidl("c"), Known::Gone),
            (uidl("d"), Known::Stored),
            (uidl("e"), Known::Deleting),
        ]
        .into();
        let listing =
            vec![(1, uidl("a")), (2, uidl("b")), (3, uidl("c")), (4, uidl("new")), (5, uidl("new"))];
        assert_eq!(
            steps(&ledger, &listing),
            vec![
                Step::Retrieve { number: 2, uidl: uidl("b") },
                Step::MarkStored { uidl: uidl("c") },
                Step::Retrieve { number: 4, uidl: uidl("new") },
                Step::MarkGone { uidl: uidl("d") },
            ]
        );
    }

    #[test]
    fn an_empty_listing_only_marks_what_is_stored_as_gone() {
        let ledger: BTreeMap<_, _> = [(uidl("a"), Known::Stored), (uidl("b"), Known::Wanted)].into();
        assert_eq!(steps(&ledger, &[]), vec![Step::MarkGone { uidl: uidl("a") }]);
    }
}
