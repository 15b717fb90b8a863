//! HTML of strangers made safe to show, and made readable as text. Nothing here fetches anything.
//!
//! Two walls. The first (`tame`) reads tags one by one and writes a new, balanced, bounded document of known elements
//! and attributes only. The second (ammonia, an allow-list on a real tree) cleans that again and judges every link,
//! picture and style. ADR 0007 says why.

mod lexer;
mod links;
mod policy;
mod style;
mod tame;
mod text;

#[cfg(test)]
mod tests;

pub use links::Link;
pub use text::to_text;

pub(crate) use lexer::escape;
pub(crate) use policy::referenced_ids;

/// What happens to pictures that would come from the network.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RemoteContent {
    /// They are held back and counted: showing the mail makes no request.
    Hold,
    /// Pictures of `<img src>` with http and https stay: the person asked for them, or trusts the writer. Nothing else
    /// that loads does.
    Allow,
}

/// What would have made a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum RemoteKind {
    /// A picture or a background.
    Image,
    /// A style sheet, a font, or a picture of a style.
    Style,
    /// A script.
    Script,
    /// Video or audio.
    Media,
    /// A frame or a plug-in.
    Frame,
    /// The target of a form.
    Form,
    /// A base address or a refresh to another page.
    Redirect,
}

/// References of one kind to one host that were held back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeldBack {
    /// What it was.
    pub kind: RemoteKind,
    /// To whom the request would have gone; empty for "others" after 100 kinds and hosts.
    pub host: String,
    /// How many.
    pub count: u32,
}

/// HTML that may be shown in a view without script and network.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SafeHtml {
    /// A fragment (no `<html>`, no `<body>`) with balanced tags. Pictures of the mail itself stay as `cid:`.
    pub html: String,
    /// What would have made a request, sorted.
    pub held_back: Vec<HeldBack>,
    /// Links that can be followed, in order, at most 1,000.
    pub links: Vec<Link>,
    /// Something was left out because the document is too large or too deep.
    pub truncated: bool,
}

impl SafeHtml {
    /// How many references were held back.
    pub fn held_back_count(&self) -> u32 {
        self.held_back.iter().fold(0, |sum, held| sum.saturating_add(held.count))
    }
}

/// Makes HTML safe: no script, no event handler, no form, no frame, no style sheet, no `javascript:` or `data:`, and with
/// [`RemoteContent::Hold`] nothing that loads. Links have only http, https, mailto and tel and carry
/// `rel="noreferrer noopener nofollow"`. Linear, no recursion; at most 4 MB are read.
pub fn sanitize(html: &str, remote: RemoteContent) -> SafeHtml {
    let mut ledger = policy::Ledger::default();
    policy::count_style_sheets(html, &mut ledger);
    let tame = tame::tame(html, |element, attributes| policy::count_tag(element, attributes, &mut ledger));
    let html = policy::clean(&tame.html, remote, &mut ledger);
    let links = links::collect(&html);
    SafeHtml { html, held_back: ledger.into_list(), links, truncated: tame.truncated }
}

/// `%41` resolved; what is not UTF-8 then becomes U+FFFD.
fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digit = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (byte, digit(at + 1), digit(at + 2)) {
            out.push((high << 4 | low) as u8);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
