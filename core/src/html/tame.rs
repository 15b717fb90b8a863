//! Wild HTML made tame before any tree is built: known elements only, balanced, bounded in depth, count and size.
//!
//! A tree builder follows the standard, and the standard lets a small document cost a great deal: a million open
//! elements are walked for every `<p>`, formatting elements are cloned into every block, content in the wrong place of
//! a table is moved one by one. So elements are opened and closed here, under limits, and what the builder then sees is
//! a document in which none of that can happen.

use super::lexer::{Lexer, Token, unescape};

/// Bytes of HTML that are read.
pub(super) const INPUT: usize = 4 * 1024 * 1024;
/// Elements inside each other.
const DEPTH: usize = 128;
/// Elements in all.
const ELEMENTS: usize = 40_000;
/// Characters a builder may copy for the references of one text before it is cut in two.
const COPIED: usize = 4_000_000;

/// Elements that are kept, sorted.
pub(super) const ELEMENTS_KEPT: [&str; 80] = [
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "search",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

const VOID: [&str; 5] = ["br", "hr", "img", "col", "wbr"];
/// Elements that end an open paragraph when they begin.
const BLOCK: [&str; 36] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "details",
    "dir",
    "div",
    "dl",
    "dd",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "header",
    "hgroup",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
    "section",
    "summary",
    "table",
    "ul",
    "td",
];
/// Elements whose insides have nothing to do with what is open outside.
const WALLS: [&str; 4] = ["td", "th", "caption", "table"];

/// HTML that is tame.
#[derive(Debug, Default)]
pub(super) struct Tame {
    pub html: String,
    /// A limit was passed.
    pub truncated: bool,
}

/// Tames HTML. `seen` is shown every start tag with its attributes as written, also of elements that are dropped.
pub(super) fn tame<'a>(html: &'a str, mut seen: impl FnMut(&str, &[(String, &'a str)])) -> Tame {
    let mut end = html.len().min(INPUT);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let input = html.get(..end).unwrap_or_default();
    let mut writer = Writer { out: String::with_capacity(input.len()), ..Writer::default() };
    writer.truncated = end < html.len();
    for token in Lexer::new(input) {
        match token {
            Token::Text(text) => writer.text(text),
            Token::Open { name, attributes } => {
                seen(&name, &attributes);
                if writer.count >= ELEMENTS {
                    writer.truncated = true;
                    continue;
                }
                // A mail's own colours sit on its body.
                let name = if name == "body" { "div".to_owned() } else { name };
                writer.open(&name, &attributes);
            }
            Token::Close { name } => writer.close(if name == "body" { "div" } else { &name }),
        }
    }
    writer.pop_to(0);
    Tame { html: writer.out, truncated: writer.truncated }
}

/// The element as we know it, if it is kept.
fn kept(name: &str) -> Option<&'static str> {
    ELEMENTS_KEPT.binary_search(&name).ok().and_then(|at| ELEMENTS_KEPT.get(at).copied())
}

/// Writes a character so that it can only be text; whether it took a reference.
fn push_escaped(out: &mut String, c: char) -> bool {
    let reference = match c {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\0' => "",
        _ => {
            out.push(c);
            return false;
        }
    };
    out.push_str(reference);
    true
}

#[derive(Default)]
struct Writer {
    out: String,
    stack: Vec<&'static str>,
    count: usize,
    truncated: bool,
}

impl Writer {
    fn text(&mut self, text: &str) {
        if text.trim().is_empty() {
            if !self.in_table_parts() {
                self.out.push_str(text);
            }
            return;
        }
        self.make_cell();
        // References are resolved and written anew: a builder copies a text for each one it meets, and takes much
        // longer for those that are none.
        let (mut length, mut copied) = (0, 0);
        for c in unescape(text).chars() {
            length += 1;
            if push_escaped(&mut self.out, c) {
                copied += length;
                if copied > COPIED {
                    self.write_tag("wbr", &[]);
                    (length, copied) = (0, 0);
                }
            }
        }
    }

    fn open(&mut self, name: &str, attributes: &[(String, &str)]) {
        let Some(name) = kept(name) else { return };
        self.close_implied(name);
        if !self.fits_in_table(name) {
            return;
        }
        let is_void = VOID.contains(&name);
        if !is_void && self.stack.len() >= DEPTH {
            self.truncated = true;
            return;
        }
        self.write_tag(name, attributes);
        if !is_void {
            self.stack.push(name);
        }
    }

    fn write_tag(&mut self, name: &str, attributes: &[(String, &str)]) {
        self.count += 1;
        self.out.push('<');
        self.out.push_str(name);
        for (attribute, value) in attributes {
            if !super::policy::is_kept(name, attribute) {
                continue;
            }
            self.out.push(' ');
            self.out.push_str(attribute);
            self.out.push_str("=\"");
            for c in unescape(value).chars() {
                push_escaped(&mut self.out, c);
            }
            self.out.push('"');
        }
        self.out.push('>');
    }

    fn close(&mut self, name: &str) {
        if name == "br" {
            self.open("br", &[]);
            return;
        }
        let is_table = matches!(name, "table" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th" | "caption");
        let wall = if is_table && name != "table" {
            &["table"][..]
        } else if is_table {
            &[]
        } else {
            &WALLS[..]
        };
        if let Some(at) = self.find(&[name], wall) {
            self.pop_to(at);
        }
    }

    /// The innermost of `names` that is open, if no wall is in front of it.
    fn find(&self, names: &[&str], walls: &[&str]) -> Option<usize> {
        for (at, open) in self.stack.iter().enumerate().rev() {
            if names.contains(open) {
                return Some(at);
            }
            if walls.contains(open) {
                return None;
            }
        }
        None
    }

    /// Closes the element at `at` and everything inside it.
    fn pop_to(&mut self, at: usize) {
        while self.stack.len() > at {
            let Some(name) = self.stack.pop() else { return };
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
    }

    /// Closes what the standard closes without being told when `name` begins.
    fn close_implied(&mut self, name: &str) {
        let list = ["td", "th", "caption", "table", "ul", "ol", "dir", "menu"];
        let found = match name {
            "a" => self.find(&["a"], &WALLS),
            "li" => self.find(&["li"], &list),
            "dd" | "dt" => self.find(&["dd", "dt"], &["td", "th", "caption", "table", "dl"]),
            "td" | "th" => self.find(&["td", "th", "caption", "colgroup"], &["table"]),
            "tr" => self.find(&["tr", "caption", "colgroup"], &["table"]),
            "tbody" | "thead" | "tfoot" | "colgroup" => {
                self.find(&["tbody", "thead", "tfoot", "caption", "colgroup"], &["table"])
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => match self.stack.last() {
                Some(&("h1" | "h2" | "h3" | "h4" | "h5" | "h6")) => Some(self.stack.len() - 1),
                _ => None,
            },
            _ => None,
        };
        if let Some(at) = found {
            self.pop_to(at);
        }
        if BLOCK.contains(&name)
            && let Some(at) = self.find(&["p"], &WALLS)
        {
            self.pop_to(at);
        }
    }

    fn in_table_parts(&self) -> bool {
        matches!(self.stack.last(), Some(&("table" | "tbody" | "thead" | "tfoot" | "tr" | "colgroup")))
    }

    /// Puts content that stands between the parts of a table into a cell, where a browser would move it out.
    fn make_cell(&mut self) {
        if self.stack.last() == Some(&"colgroup") {
            self.pop_to(self.stack.len() - 1);
        }
        if matches!(self.stack.last(), Some(&("table" | "tbody" | "thead" | "tfoot"))) {
            self.push_bare("tr");
        }
        if self.stack.last() == Some(&"tr") {
            self.push_bare("td");
        }
    }

    fn push_bare(&mut self, name: &'static str) {
        self.write_tag(name, &[]);
        self.stack.push(name);
    }

    /// Makes room for an element of or in a table; `false` if it has no place here.
    fn fits_in_table(&mut self, name: &str) -> bool {
        let parts = ["table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup"];
        let table_part = match name {
            "table" => {
                self.make_cell();
                return true;
            }
            "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" | "caption" | "colgroup" | "col" => true,
            _ => false,
        };
        if !table_part {
            self.make_cell();
            return true;
        }
        // Anything open inside the innermost part of the table ends where a new part begins.
        let Some(at) = self.find(&parts, &[]) else { return false };
        let Some(&context) = self.stack.get(at) else { return false };
        let fits = match name {
            "td" | "th" => matches!(context, "tr" | "tbody" | "thead" | "tfoot" | "table"),
            "tr" => matches!(context, "tbody" | "thead" | "tfoot" | "table"),
            "col" => matches!(context, "colgroup" | "table"),
            _ => context == "table",
        };
        if !fits {
            return false;
        }
        self.pop_to(at + 1);
        if matches!(name, "td" | "th") && context != "tr" {
            self.push_bare("tr");
        }
        true
    }
}
