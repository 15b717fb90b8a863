//! HTML cut into tags and text: linear, without recursion, tolerant. What it hands on is written anew, never copied.

/// One piece of HTML.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Token<'a> {
    /// Text as it stands: character references are not resolved.
    Text(&'a str),
    /// A start tag.
    Open { name: String, attributes: Vec<(String, &'a str)> },
    /// An end tag.
    Close { name: String },
}

/// Attributes of one tag that are kept.
const ATTRIBUTES: usize = 64;
/// Longest name of a tag or an attribute; longer ones are nothing anybody knows.
const NAME: usize = 40;
/// Longest value that is kept.
const VALUE: usize = 16 * 1024;

/// Elements whose content is no markup (HTML §13.2.5): all of it is passed over, up to the end tag.
const RAW_TEXT: [&str; 10] =
    ["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext", "template"];

/// Reads HTML piece by piece. Comments, declarations and processing instructions are left out, and so is the content
/// of scripts, styles and the like.
pub(super) struct Lexer<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self { html, at: 0 }
    }

    fn rest(&self) -> &'a str {
        self.html.get(self.at..).unwrap_or_default()
    }

    /// Goes on behind the first occurrence of `end`, or to the end of all.
    fn skip_past(&mut self, end: &str) {
        self.at = self.rest().find(end).map_or(self.html.len(), |found| self.at + found + end.len());
    }

    fn text(&mut self) -> Token<'a> {
        let rest = self.rest();
        // A `<` that begins no tag is text.
        let from = usize::from(rest.starts_with('<'));
        let end = rest.get(from..).and_then(|r| r.find('<')).map_or(rest.len(), |found| from + found);
        self.at += end;
        Token::Text(rest.get(..end).unwrap_or_default())
    }

    fn name(&mut self, stops: &[u8]) -> &'a str {
        let rest = self.rest();
        let end =
            rest.bytes().position(|b| b.is_ascii_whitespace() || stops.contains(&b)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn skip_blanks(&mut self, also: &[u8]) {
        let rest = self.rest().bytes();
        self.at += rest.take_while(|b| b.is_ascii_whitespace() || also.contains(b)).count();
    }

    fn value(&mut self) -> &'a str {
        let rest = self.rest();
        let quote = rest.bytes().next().filter(|b| matches!(b, b'"' | b'\''));
        let Some(quote) = quote else { return self.name(b">") };
        let inside = rest.get(1..).unwrap_or_default();
        let end = inside.find(char::from(quote)).unwrap_or(inside.len());
        self.at = (self.at + end + 2).min(self.html.len());
        inside.get(..end).unwrap_or_default()
    }

    /// Stands behind `<` and the name; goes behind `>`.
    fn attributes(&mut self) -> Vec<(String, &'a str)> {
        let mut attributes: Vec<(String, &'a str)> = Vec::new();
        loop {
            self.skip_blanks(b"/");
            let rest = self.rest();
            if rest.is_empty() {
                return attributes;
            }
            if rest.starts_with('>') {
                self.at += 1;
                return attributes;
            }
            // The first character belongs to the name even if it is `=`.
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let start = self.at;
            self.at += first;
            self.name(b"=/>");
            let name = self.html.get(start..self.at).unwrap_or_default();
            self.skip_blanks(b"");
            let value = if self.rest().starts_with('=') {
                self.at += 1;
                self.skip_blanks(b"");
                self.value()
            } else {
                ""
            };
            let known = name.len() <= NAME && value.len() <= VALUE && attributes.len() < ATTRIBUTES;
            if known && !attributes.iter().any(|(n, _)| n.eq_ignore_ascii_case(name)) {
                attributes.push((name.to_ascii_lowercase(), value));
            }
        }
    }

    /// Passes over the content of an element that has no markup inside, its end tag included.
    fn skip_raw_text(&mut self, name: &str) {
        let end = |rest: &str| {
            let mut from = 0;
            while let Some(found) = rest.get(from..).and_then(|r| r.find("</")) {
                from += found + 2;
                let after = rest.get(from..from + name.len());
                if after.is_some_and(|n| n.eq_ignore_ascii_case(name)) {
                    return from + name.len();
                }
            }
            rest.len()
        };
        self.at += end(self.rest());
        if !self.rest().is_empty() {
            self.skip_past(">");
        }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = self.rest();
            let mut bytes = rest.bytes();
            match (bytes.next()?, bytes.next()) {
                (b'<', Some(b'!')) if rest.starts_with("<!--") => {
                    self.at += 4;
                    // `<!-->` and `<!--->` are whole comments.
                    if self.rest().starts_with('>') || self.rest().starts_with("->") {
                        self.skip_past(">");
                    } else {
                        self.skip_comment();
                    }
                }
                (b'<', Some(b'!' | b'?')) => self.skip_past(">"),
                (b'<', Some(b'/')) => {
                    if !bytes.next().is_some_and(|b| b.is_ascii_alphabetic()) {
                        self.skip_past(">");
                        continue;
                    }
                    self.at += 2;
                    let name = self.name(b"/>").to_ascii_lowercase();
                    self.attributes();
                    return Some(Token::Close { name });
                }
                (b'<', Some(b)) if b.is_ascii_alphabetic() => {
                    self.at += 1;
                    let name = self.name(b"/>");
                    let name = name.get(..NAME).unwrap_or(name).to_ascii_lowercase();
                    let attributes = self.attributes();
                    if RAW_TEXT.contains(&name.as_str()) {
                        self.skip_raw_text(&name);
                    }
                    return Some(Token::Open { name, attributes });
                }
                _ => return Some(self.text()),
            }
        }
    }
}

impl Lexer<'_> {
    /// A comment ends in `-->` or `--!>`; one that does not end hides the rest, as in a browser.
    fn skip_comment(&mut self) {
        let rest = self.rest();
        let ends = [rest.find("-->").map(|at| at + 3), rest.find("--!>").map(|at| at + 4)];
        match ends.into_iter().flatten().min() {
            Some(end) => self.at += end,
            None => self.at = self.html.len(),
        }
    }
}

/// The contents of all `<style>` elements, for counting what they would load.
pub(super) fn style_sheets(html: &str) -> impl Iterator<Item = &str> {
    let is_style = |piece: &&str| piece.get(..5).is_some_and(|n| n.eq_ignore_ascii_case("style"));
    // Pieces between `<`: a style sheet has no markup, so that its text is the rest of the piece.
    html.split('<').filter(is_style).filter_map(|piece| piece.split_once('>').map(|(_, css)| css))
}

/// Resolves character references.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let length = 1 + reference_length(tail.as_bytes());
        let name = tail.get(1..length).unwrap_or_default();
        let closed = tail.as_bytes().get(length) == Some(&b';');
        // `?a=1&copy=2` is an address, whatever `&copy` may be.
        let name = if tail.as_bytes().get(length) == Some(&b'=') { "" } else { name };
        if let Some(resolved) = reference(name, closed) {
            out.push_str(&resolved);
            rest = tail.get(length + usize::from(closed)..).unwrap_or_default();
        } else {
            out.push('&');
            rest = tail.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// Length of the name after an ampersand: a number or a word.
fn reference_length(tail: &[u8]) -> usize {
    let run = |from: usize, belongs: fn(&u8) -> bool| {
        tail.get(from..).unwrap_or_default().iter().take(40).take_while(|b| belongs(b)).count()
    };
    match (tail.get(1), tail.get(2)) {
        (Some(b'#'), Some(b'x' | b'X')) => 2 + run(3, u8::is_ascii_hexdigit),
        (Some(b'#'), _) => 1 + run(2, u8::is_ascii_digit),
        _ => run(1, u8::is_ascii_alphanumeric),
    }
}

fn reference(name: &str, closed: bool) -> Option<String> {
    // Without a semicolon only numbers and the oldest names are references.
    let old = matches!(name, "amp" | "lt" | "gt" | "quot" | "nbsp" | "copy" | "reg");
    if name.is_empty() || !(closed || old || name.starts_with('#')) {
        return None;
    }
    let written = format!("&{name};");
    let mut resolved = String::new();
    mail_parser::decoders::html::add_html_token(&mut resolved, written.as_bytes(), false);
    (resolved != written).then_some(resolved)
}

/// Makes text safe between tags and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> String {
        Lexer::new(html)
            .map(|t| match t {
                Token::Text(text) => format!("[{text}]"),
                Token::Open { name, attributes } => {
                    let list: Vec<_> = attributes.iter().map(|(n, v)| format!(" {n}={v}")).collect();
                    format!("<{name}{}>", list.concat())
                }
                Token::Close { name } => format!("</{name}>"),
            })
            .collect()
    }

    #[test]
    fn tags_and_text_as_people_break_them() {
        for (html, expect) in [
            ("a<b>c</b>", "[a]<b>[c]</b>"),
            ("<A HREF='x>y' b=\"1\" c=d e>t", "<a href=x>y b=1 c=d e=>[t]"),
            ("1 < 2 <3", "[1 ][< 2 ][<3]"),
            ("<br/><img src=a/b/>", "<br><img src=a/b/>"),
            ("<!doctype html><!-- <b> --><?x?>t", "[t]"),
            ("<!-->a<!--->b", "[a][b]"),
            ("a<!-- --!>b", "[a][b]"),
            ("a<!-- never", "[a]"),
            ("<script>if (a<b) </scrip></SCRIPT >x", "<script>[x]"),
            ("<style><b></style>x", "<style>[x]"),
            ("<title>no end", "<title>"),
            ("<a b", "<a b=>"),
            ("<a b='open", "<a b=open>"),
            ("<a =x=y>t", "<a =x=y>[t]"),
            ("</ x>a</>b</b c=d>", "[a][b]</b>"),
            ("<a a=1 A=2>", "<a a=1>"),
            ("é<p title=é>ü", "[é]<p title=é>[ü]"),
            ("", ""),
        ] {
            assert_eq!(shown(html), expect, "{html}");
        }
    }

    #[test]
    fn character_references() {
        for (text, expect) in [
            ("a&amp;b", "a&b"),
            ("&lt;b&gt;", "<b>"),
            ("&#233;&#xE9;&eacute;", "ééé"),
            ("&nbsp", "\u{a0}"),
            ("&#60script", "<script"),
            ("AT&T &unknown; & &;", "AT&T &unknown; & &;"),
            ("?a=1&copy=2&amp=3&lt", "?a=1&copy=2&amp=3<"),
            ("&#99999999999;", "&#99999999999;"),
            ("&#xD800;", "\u{fffd}"),
        ] {
            assert_eq!(unescape(text), expect, "{text}");
        }
    }
}
