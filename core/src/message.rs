//! Messages: envelopes, addresses, flags, parts. What every layer says about one mail.

use std::collections::BTreeSet;

/// A name and an address, decoded for showing. The name is never trusted to be one.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Address {
    /// Display name; empty if none.
    pub name: String,
    /// `local@domain` as written; empty for a group's name.
    pub address: String,
}

/// The envelope of a message, decoded (RFC 5322 header fields; RFC 3501 ENVELOPE).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Envelope {
    /// `Date:` in seconds since 1970 UTC, if it could be read and lies between the years 1970 and 9999.
    pub date: Option<i64>,
    /// The offset written in `Date:`, in minutes east of UTC.
    pub date_offset: i32,
    /// Subject, decoded.
    pub subject: String,
    /// Writers; at most 1,000 of each kind are kept.
    pub from: Vec<Address>,
    /// Who really sent it, if not the writer.
    pub sender: Vec<Address>,
    /// Where answers go.
    pub reply_to: Vec<Address>,
    /// Recipients.
    pub to: Vec<Address>,
    /// Copies.
    pub cc: Vec<Address>,
    /// Hidden copies (only in what was written here).
    pub bcc: Vec<Address>,
    /// Message-ID without the angle brackets.
    pub message_id: Option<String>,
    /// In-Reply-To, without brackets.
    pub in_reply_to: Vec<String>,
    /// References, oldest first, without brackets, at most 100 (the first and the last ones).
    pub references: Vec<String>,
    /// List-Id without brackets (RFC 2919).
    pub list_id: Option<String>,
}

/// The raw header fields that make the canonical key (DESIGN: versioned), unfolded by whoever hashes them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CanonicalKey {
    /// Version of the recipe.
    pub version: u8,
    /// SHA-256.
    pub hash: [u8; 32],
}

/// System flags (RFC 3501 §2.3.2) and keywords of one placement.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Flags {
    /// `\Seen`
    pub seen: bool,
    /// `\Answered`
    pub answered: bool,
    /// `\Flagged`
    pub flagged: bool,
    /// `\Deleted`
    pub deleted: bool,
    /// `\Draft`
    pub draft: bool,
    /// Keywords such as `$Junk`, at most 100 of at most 255 bytes are kept.
    pub keywords: BTreeSet<String>,
}

impl Flags {
    /// `\Seen` = 1, `\Answered` = 2, `\Flagged` = 4, `\Deleted` = 8, `\Draft` = 16.
    pub fn bits(&self) -> u8 {
        u8::from(self.seen)
            | u8::from(self.answered) << 1
            | u8::from(self.flagged) << 2
            | u8::from(self.deleted) << 3
            | u8::from(self.draft) << 4
    }
    /// The reverse of [`Flags::bits`], with these keywords.
    pub fn from_bits(bits: u8, keywords: BTreeSet<String>) -> Self {
        Self {
            seen: bits & 1 != 0,
            answered: bits & 2 != 0,
            flagged: bits & 4 != 0,
            deleted: bits & 8 != 0,
            draft: bits & 16 != 0,
            keywords,
        }
    }
    /// Sets or clears one flag by its wire name (`\Seen`, `$Junk`), in any case for system flags. `\Recent` and
    /// unknown backslash flags are ignored; so are keywords beyond the limits.
    pub fn set(&mut self, name: &str, on: bool) {
        match name.to_ascii_lowercase().as_str() {
            "\\seen" => self.seen = on,
            "\\answered" => self.answered = on,
            "\\flagged" => self.flagged = on,
            "\\deleted" => self.deleted = on,
            "\\draft" => self.draft = on,
            other if other.starts_with('\\') => {}
            _ if !on => {
                self.keywords.retain(|k| !k.eq_ignore_ascii_case(name));
            }
            _ => {
                let known = self.keywords.iter().any(|k| k.eq_ignore_ascii_case(name));
                if !known && !name.is_empty() && name.len() <= 255 && self.keywords.len() < 100 {
                    self.keywords.insert(name.to_owned());
                }
            }
        }
    }
    /// From the wire's list.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut flags = Self::default();
        names.into_iter().for_each(|n| flags.set(n, true));
        flags
    }
    /// Wire names, system flags first.
    pub fn names(&self) -> Vec<String> {
        let system = [
            (self.seen, "\\Seen"),
            (self.answered, "\\Answered"),
            (self.flagged, "\\Flagged"),
            (self.deleted, "\\Deleted"),
            (self.draft, "\\Draft"),
        ];
        system
            .into_iter()
            .filter(|(on, _)| *on)
            .map(|(_, n)| n.to_owned())
            .chain(self.keywords.iter().cloned())
            .collect()
    }
}

/// One leaf or container of a message's MIME tree, flattened in the order of the message.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Part {
    /// IMAP section number: `1`, `2.1` … (RFC 3501 §6.4.5). Empty for the root of a multipart.
    pub section: String,
    /// Lower-case media type: `text/plain`.
    pub media_type: String,
    /// `charset` parameter, lower case, for text.
    pub charset: Option<String>,
    /// Content-Transfer-Encoding, lower case.
    pub encoding: String,
    /// Size in bytes as on the wire (encoded); announced by servers, so for progress only.
    pub size: u64,
    /// File name, decoded but **not** safe for a file system; see `mime::safe_name`.
    pub name: Option<String>,
    /// Content-Disposition, lower case.
    pub disposition: Option<String>,
    /// Content-ID without brackets.
    pub content_id: Option<String>,
    /// Whether a screen lists it as an attachment.
    pub is_attachment: bool,
    /// Whether it belongs to the body as a screen of plain text shows it: of alternatives the plain one.
    pub in_text: bool,
    /// Whether it belongs to the body as a screen of HTML shows it: of alternatives the HTML one.
    pub in_html: bool,
    /// How the lines of a plain text are to be taken.
    pub format: LineFormat,
}

/// The `format` and `delsp` parameters of text/plain (RFC 3676).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum LineFormat {
    /// Lines end where they end.
    #[default]
    Fixed,
    /// A line that ends in a space goes on in the next one.
    Flowed,
    /// The same, and that space is dropped.
    FlowedDelSp,
}

/// How a message is closed to us.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encryption {
    /// multipart/encrypted (RFC 3156), or OpenPGP armour in the text.
    OpenPgp,
    /// application/pkcs7-mime, enveloped (RFC 8551).
    Smime,
    /// application/pkcs7-mime, only signed; the text is inside the signature.
    SmimeSigned,
}

/// The MIME tree of a message, flattened and limited.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Structure {
    /// Leaves and nested messages in order; containers are left out. At most 1,000.
    pub parts: Vec<Part>,
    /// Section of the text shown first, if any.
    pub text_section: Option<String>,
    /// Section of the HTML alternative, if any.
    pub html_section: Option<String>,
    /// What closes the content to us, as far as the media types say.
    pub encryption: Option<Encryption>,
    /// Something was left out because a limit was passed.
    pub truncated: bool,
}

/// Characters without a shape of their own.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\0' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
