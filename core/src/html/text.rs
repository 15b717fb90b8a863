//! HTML as readable plain text: for the text view, the preview and the search of mails that have only HTML.

use super::lexer::{Lexer, Token, unescape};

/// Bytes of HTML that are read.
const INPUT: usize = 4 * 1024 * 1024;
/// Bytes of text that come out.
const OUTPUT: usize = 2_000_000;
/// Lists and quotes inside each other that are drawn; deeper ones look like the last.
const LEVELS: usize = 20;

/// Text of an HTML document: paragraphs, `- ` and `1. ` for lists, `> ` for quotes, link targets in brackets where the
/// text does not say them. Never fails; linear; at most 4 MB are read.
pub fn to_text(html: &str) -> String {
    let mut end = html.len().min(INPUT);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let mut writer = Writer::default();
    for token in Lexer::new(html.get(..end).unwrap_or_default()) {
        if writer.out.len() > OUTPUT {
            break;
        }
        match token {
            Token::Text(text) => writer.text(&unescape(text)),
            Token::Open { name, attributes } => writer.open(&name, &attributes),
            Token::Close { name } => writer.close(&name),
        }
    }
    writer.end_link();
    writer.finish()
}

#[derive(Clone, Copy)]
enum List {
    Bullets,
    Numbers(u32),
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Line ends owed before the next word.
    breaks: usize,
    space: bool,
    quotes: usize,
    lists: Vec<List>,
    /// Elements whose white space counts.
    preformatted: usize,
    /// Where the text of an open link begins, and its target.
    link: Option<(usize, String)>,
    /// An item's mark, written with its first word.
    mark: Option<String>,
    /// Something was written in this row of a table.
    cell: bool,
}

impl Writer {
    fn text(&mut self, text: &str) {
        if self.preformatted > 0 {
            for (i, line) in text.split('\n').enumerate() {
                if i > 0 {
                    self.breaks += 1;
                }
                if !line.trim().is_empty() {
                    self.word(line.trim_end_matches('\r'));
                } else if !line.is_empty() {
                    self.space = true;
                }
            }
            return;
        }
        // A no-break space is white space here, or layouts made of it stay.
        for (i, word) in text.split(|c: char| c.is_whitespace()).enumerate() {
            if i > 0 {
                self.space = true;
            }
            if !word.is_empty() {
                self.word(word);
            }
        }
    }

    fn word(&mut self, word: &str) {
        let word: String =
            word.chars().filter(|c| *c == '\t' || !(c.is_control() || is_filler(*c))).collect();
        if word.is_empty() {
            return;
        }
        if self.breaks > 0 || self.out.is_empty() {
            self.new_line();
        } else if self.space {
            self.out.push(' ');
        }
        self.space = false;
        self.cell = true;
        self.out.push_str(&word);
    }

    /// Writes the line ends that are owed, at most one empty line, and what begins a line.
    fn new_line(&mut self) {
        let quotes = "> ".repeat(self.quotes.min(LEVELS));
        if !self.out.is_empty() {
            let limit = if self.preformatted > 0 { 3 } else { 2 };
            for i in 0..self.breaks.min(limit) {
                if i > 0 {
                    self.out.push_str(quotes.trim_end());
                }
                self.out.push('\n');
            }
        }
        self.breaks = 0;
        self.out.push_str(&quotes);
        let depth = self.lists.len().min(LEVELS);
        match self.mark.take() {
            Some(mark) => {
                self.out.push_str(&"  ".repeat(depth.saturating_sub(1)));
                self.out.push_str(&mark);
            }
            None => self.out.push_str(&"  ".repeat(depth)),
        }
        if let Some((from, _)) = &mut self.link
            && *from >= self.out.len()
        {
            *from = self.out.len();
        }
    }

    fn owe(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
        self.space = false;
    }

    fn open(&mut self, name: &str, attributes: &[(String, &str)]) {
        match name {
            "br" => {
                self.breaks += 1;
                self.space = false;
            }
            "hr" => {
                self.owe(1);
                self.word("----------");
                self.owe(1);
            }
            "img" => {
                let alt =
                    attributes.iter().find(|(n, _)| n == "alt").map(|(_, v)| unescape(v)).unwrap_or_default();
                let alt = alt.trim();
                if !alt.is_empty() && alt.len() <= 500 {
                    self.text(&format!("[{alt}]"));
                }
            }
            "a" => {
                self.end_link();
                let href =
                    attributes.iter().find(|(n, _)| n == "href").map(|(_, v)| unescape(v).trim().to_owned());
                self.link = href.filter(|h| is_worth_saying(h)).map(|h| (self.out.len(), h));
            }
            "pre" => {
                self.owe(2);
                self.preformatted += 1;
            }
            "blockquote" => {
                self.owe(2);
                self.quotes += 1;
            }
            "ul" | "dir" | "menu" => self.open_list(List::Bullets),
            "ol" => self.open_list(List::Numbers(0)),
            "li" => self.item(),
            "td" | "th" => {
                if self.cell && self.breaks == 0 {
                    self.space = true;
                }
            }
            _ => self.block(name),
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "a" => self.end_link(),
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.owe(2);
            }
            "blockquote" => {
                self.quotes = self.quotes.saturating_sub(1);
                self.owe(2);
            }
            "ul" | "ol" | "dir" | "menu" => {
                self.lists.pop();
                self.mark = None;
                self.owe(if self.lists.is_empty() { 2 } else { 1 });
            }
            "td" | "th" => self.space = true,
            _ => self.block(name),
        }
    }

    fn block(&mut self, name: &str) {
        match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "dl" | "figure" => self.owe(2),
            "div" | "tr" | "li" | "section" | "article" | "header" | "footer" | "center" | "address"
            | "dt" | "dd" | "caption" | "body" | "main" | "nav" | "aside" | "summary" | "details"
            | "option" | "form" => {
                self.owe(1);
                self.cell = false;
            }
            _ => {}
        }
    }

    fn open_list(&mut self, list: List) {
        self.owe(if self.lists.is_empty() { 2 } else { 1 });
        // Deeper ones are counted too, so that their ends match.
        if self.lists.len() < 1_000 {
            self.lists.push(list);
        }
    }

    fn item(&mut self) {
        self.owe(1);
        self.mark = Some(match self.lists.last_mut() {
            Some(List::Numbers(number)) => {
                *number = number.saturating_add(1);
                format!("{number}. ")
            }
            _ => "- ".to_owned(),
        });
    }

    fn end_link(&mut self) {
        let Some((from, href)) = self.link.take() else { return };
        let said = self.out.get(from..).unwrap_or_default().trim();
        let bare = |s: &str| {
            let s = s.trim_end_matches('/').to_ascii_lowercase();
            let s = s.strip_prefix("https://").or_else(|| s.strip_prefix("http://")).unwrap_or(&s).to_owned();
            s.strip_prefix("mailto:").unwrap_or(&s).to_owned()
        };
        if !said.is_empty() && bare(said) != bare(&href) {
            self.space = true;
            self.word(&format!("<{href}>"));
        }
    }

    fn finish(self) -> String {
        let mut out = String::with_capacity(self.out.len());
        for line in self.out.lines() {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        let end = out.trim_end().len();
        out.truncate(end);
        out
    }
}

/// Zero-width characters newsletters pad their previews with.
fn is_filler(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200c}' | '\u{ad}' | '\u{34f}' | '\u{2060}' | '\u{feff}' | '\u{2007}')
}

fn is_worth_saying(href: &str) -> bool {
    let lower = href.get(..href.len().min(8)).unwrap_or_default().to_ascii_lowercase();
    href.len() <= 2_000 && ["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
}
