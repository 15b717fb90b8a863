//! Words of strangers made harmless for a terminal: no control characters, no tricks with the writing direction, cut by
//! the columns they take.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Ends the effect of right-to-left words on what follows them in the row.
const LEFT_TO_RIGHT_MARK: char = '\u{200e}';

/// One line: line ends and tabs become spaces, other controls and invisible direction marks go.
pub(crate) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' | '\u{85}' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c if is_harmful(c) => {}
            c => out.push(c),
        }
    }
    closed(out)
}

/// Several lines: line ends and tabs stay.
pub(crate) fn block(text: &str) -> String {
    text.split('\n')
        .map(|row| {
            let row: String = row.chars().filter(|c| *c == '\t' || !is_harmful(*c)).collect();
            closed(row)
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text in so many columns at most; `…` says that something is missing.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut taken = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if taken + wide + 1 > columns {
            break;
        }
        taken += wide;
        out.push(c);
    }
    if columns > 0 {
        out.push('…');
    }
    closed(out)
}

/// Controls (ESC among them), direction overrides and isolates, and characters that are not seen.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn closed(mut text: String) -> String {
    if text.chars().any(is_right_to_left) && !text.ends_with(LEFT_TO_RIGHT_MARK) {
        text.push(LEFT_TO_RIGHT_MARK);
    }
    text
}

/// Hebrew, Arabic and the other scripts of the blocks that Unicode gives to right-to-left writing.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_cannot_drive_the_terminal() {
        let table = [
            ("\u{1b}[2J\u{1b}]0;owned\u{7}hello", "[2J]0;ownedhello"),
            ("one\r\ntwo\tthree", "one two three"),
            ("\u{9b}31mred", "31mred"),
            ("exe.\u{202e}fdp.invoice", "exe.fdp.invoice"),
            ("a\u{200b}b\u{feff}c\u{2066}d\u{2069}", "abcd"),
            ("null\0byte\u{8}\u{7f}", "nullbyte"),
        ];
        for (given, shown) in table {
            assert_eq!(line(given), shown);
        }
    }

    #[test]
    fn right_to_left_words_do_not_reorder_what_follows() {
        assert_eq!(line("שלום"), "שלום\u{200e}");
        assert_eq!(width(&line("שלום")), 4);
        assert_eq!(block("مرحبا\nhello"), "مرحبا\u{200e}\nhello");
    }

    #[test]
    fn a_text_keeps_its_lines_and_loses_its_escapes() {
        assert_eq!(block("a\n\tb\u{1b}[31m\r\n\nc"), "a\n\tb[31m\n\nc");
    }

    #[test]
    fn wide_characters_count_twice_when_cut() {
        let table = [
            ("hello", 5, "hello"),
            ("hello", 4, "hel…"),
            ("日本語", 6, "日本語"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("x", 0, ""),
        ];
        for (text, columns, shown) in table {
            assert_eq!(cut(text, columns), shown);
            assert!(width(&cut(text, columns)) <= columns);
        }
    }
}
