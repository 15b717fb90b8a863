//! What a server says it can do, and what of it this client uses.

use std::collections::BTreeSet;

/// Capabilities as a server announced them, upper case. Remembered ones may be given back to
/// [`super::OpenOptions::known`] to save a turn.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Capabilities(BTreeSet<String>);

impl Capabilities {
    /// Most capabilities that are kept, and the longest name.
    const MOST: usize = 500;
    const LONGEST: usize = 200;

    /// From words such as `IMAP4rev1`; those with bytes no capability has are dropped (`QUOTA\` exists in the field).
    pub fn from_words<'a>(words: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let fine = |w: &&[u8]| {
            !w.is_empty() && w.len() <= Self::LONGEST && w.iter().all(|b| b.is_ascii_graphic() && *b != b'\\')
        };
        let upper = |w: &[u8]| String::from_utf8_lossy(w).to_ascii_uppercase();
        Self(words.into_iter().filter(fine).take(Self::MOST).map(upper).collect())
    }
    /// Whether one is offered, in any case: `IDLE`, `AUTH=PLAIN`. What IMAP4rev2 contains counts as offered with it.
    pub fn has(&self, name: &str) -> bool {
        const REV2: [&str; 14] = [
            "NAMESPACE",
            "UNSELECT",
            "UIDPLUS",
            "ESEARCH",
            "SEARCHRES",
            "ENABLE",
            "IDLE",
            "SASL-IR",
            "LIST-EXTENDED",
            "LIST-STATUS",
            "MOVE",
            "LITERAL-",
            "SPECIAL-USE",
            "STATUS=SIZE",
        ];
        let name = name.to_ascii_uppercase();
        self.0.contains(&name) || (REV2.contains(&name.as_str()) && self.0.contains("IMAP4REV2"))
    }
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// All of them, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
    /// A CONDSTORE server (RFC 7162), also when it only says QRESYNC.
    pub fn condstore(&self) -> bool {
        self.has("CONDSTORE") || self.has("QRESYNC")
    }
}

impl<'a> FromIterator<&'a str> for Capabilities {
    fn from_iter<I: IntoIterator<Item = &'a str>>(words: I) -> Self {
        Self::from_words(words.into_iter().map(str::as_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_words_do_not_hide_the_others() {
        let caps =
            Capabilities::from_words([&b"IMAP4rev1"[..], b"QUOTA\\", b"auth=Plain", b"", b"\xff", b"Idle"]);
        assert!(caps.has("imap4REV1") && caps.has("AUTH=PLAIN") && caps.has("IDLE"));
        assert!(!caps.has("QUOTA") && !caps.has("MOVE"));
        assert_eq!(caps.iter().count(), 3);
    }

    #[test]
    fn rev2_brings_its_extensions() {
        let caps: Capabilities = ["IMAP4rev2"].into_iter().collect();
        assert!(caps.has("MOVE") && caps.has("LIST-STATUS") && !caps.condstore());
    }
}
