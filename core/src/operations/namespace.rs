//! The personal namespace: a prefix such as `INBOX.` that a server wants in front of every name, and no person does.

use super::OperationError;
use crate::ids::AccountId;
use crate::imap::{ImapError, Namespace, Session, encode_mailbox_name as encode_name};
use crate::ports::Class;
use crate::store::{self, Store};

/// Under this name the prefix is kept among the facts of a server.
const FACT: &str = "personal_prefix";

/// The prefix of a person's own mailboxes (RFC 2342), with the delimiter that ends it; empty if there is none. Asked for
/// once, then remembered; `again` asks all the same.
pub async fn personal_prefix(
    store: &Store,
    account: AccountId,
    session: &mut Session,
    again: bool,
) -> Result<String, OperationError> {
    let known = store.read(move |db, _| store::fact(db, account, FACT)).await?;
    match known {
        Some(known) if !again => return Ok(known),
        _ if !session.capabilities().has("NAMESPACE") => return Ok(String::new()),
        _ => {}
    }
    let prefix = match session.namespaces().await {
        Ok((personal, ..)) => believed(&personal),
        // Not readable this time: asked again by the next pass.
        Err(ImapError::Protocol { .. }) => return Ok(String::new()),
        Err(e) if e.session_lives() => String::new(),
        Err(e) => return Err(e.into()),
    };
    let learned = prefix.clone();
    store.write(Class::Cache, move |w| store::learn_fact(w, account, FACT, &learned)).await?;
    Ok(prefix)
}

/// Of the first personal namespace; only one that ends a level, and reads the same on the wire and on a screen.
fn believed(personal: &[Namespace]) -> String {
    let prefix = personal.first().and_then(|n| {
        let prefix = std::str::from_utf8(&n.prefix).ok()?;
        let plain = prefix.chars().all(|c| c.is_ascii_graphic() && c != '&');
        (plain && prefix.len() <= 200 && n.delimiter.is_some_and(|d| prefix.ends_with(d))).then_some(prefix)
    });
    prefix.unwrap_or_default().to_owned()
}

/// A name without the personal prefix, as it is shown. `INBOX` in any case is one name (RFC 3501 §5.1).
pub fn without_prefix<'n>(prefix: &str, name: &'n str) -> &'n str {
    let (head, tail) = name.split_at_checked(prefix.len()).unwrap_or(("", name));
    if head.eq_ignore_ascii_case(prefix) && !tail.is_empty() { tail } else { name }
}

/// The wire form of a name that a person gave to a mailbox of their own, typed with the prefix or without.
pub(super) fn personal_wire_name(prefix: &str, name: &str) -> Vec<u8> {
    encode_name(&format!("{prefix}{}", without_prefix(prefix, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_goes_for_showing_and_comes_for_sending() {
        for (prefix, wire, shown) in [
            ("INBOX.", "INBOX.Name", "Name"),
            ("INBOX.", "Inbox.Name.Sub", "Name.Sub"),
            ("INBOX.", "INBOX", "INBOX"),
            ("INBOX.", "INBOX.", "INBOX."),
            ("INBOX.", "shared.Name", "shared.Name"),
            ("INBOX.", "ÄÖÜÄÖÜ", "ÄÖÜÄÖÜ"),
            ("mail/", "INBOX/Name", "INBOX/Name"),
            ("", "INBOX.Name", "INBOX.Name"),
        ] {
            assert_eq!(without_prefix(prefix, wire), shown, "{prefix} {wire}");
        }
        assert_eq!(personal_wire_name("INBOX.", "Name"), b"INBOX.Name");
        assert_eq!(personal_wire_name("INBOX.", "INBOX.Näme"), b"INBOX.N&AOQ-me");
        assert_eq!(personal_wire_name("", "INBOX.Name"), b"INBOX.Name");
    }

    #[test]
    fn a_prefix_that_is_none_is_not_believed() {
        let one = |prefix: &str, delimiter| vec![Namespace { prefix: prefix.into(), delimiter }];
        assert_eq!(believed(&one("INBOX.", Some('.'))), "INBOX.");
        for odd in [
            one("INBOX", Some('.')),
            one("INBOX.", None),
            one("&AOQ-.", Some('.')),
            one("a b/", Some('/')),
            vec![],
        ] {
            assert_eq!(believed(&odd), "", "{odd:?}");
        }
    }
}
