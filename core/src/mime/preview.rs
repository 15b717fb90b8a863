//! The first words of a message for a list: quotes, signatures and white space left out.

use super::words;

/// Longest preview, in characters.
const LIMIT: usize = 200;
/// Characters of the text that are looked at.
const LOOK: usize = 20_000;

/// The first 200 characters of sense of a plain text, on one line. Quoted lines, the line that announces them and
/// everything after a signature mark are passed over; if nothing else is there, they are used after all.
pub fn preview(text: &str) -> String {
    let head = text.char_indices().nth(LOOK).and_then(|(at, _)| text.get(..at)).unwrap_or(text);
    let own = collapse(own_lines(head));
    if own.is_empty() { collapse(head.lines().map(|l| l.trim_start_matches(['>', ' ']))) } else { own }
}

/// Lines the writer wrote.
fn own_lines(text: &str) -> impl Iterator<Item = &str> {
    let lines: Vec<&str> =
        text.lines().take_while(|l| !matches!(l.trim_end_matches('\r'), "-- " | "--")).collect();
    let quoted: Vec<bool> = lines.iter().map(|l| l.trim_start().starts_with('>')).collect();
    let announces = move |i: usize, line: &str| {
        let line = line.trim_end();
        line.ends_with(':')
            && (0..3).any(|ahead| quoted.get(i + 1 + ahead) == Some(&true))
            && line.len() < 300
    };
    lines
        .into_iter()
        .enumerate()
        .filter(move |(i, line)| {
            let line = line.trim();
            !line.starts_with('>') && !is_rule(line) && !announces(*i, line)
        })
        .map(|(_, line)| line)
}

/// A line drawn with characters.
fn is_rule(line: &str) -> bool {
    line.len() >= 3 && line.chars().all(|c| matches!(c, '-' | '_' | '=' | '*' | '~' | '#' | '─' | ' '))
}

fn collapse<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for line in lines {
        let line = words::clean(line);
        if line.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&line);
        if out.len() > LIMIT * 4 {
            break;
        }
    }
    let out = words::shorten(out, LIMIT);
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_shows_what_the_writer_wrote() {
        for (text, expect) in [
            ("Hello  there,\r\n\r\nhow\tare you?", "Hello there, how are you?"),
            ("On Monday Ann wrote:\n> old\n> news\n\nYes!\n-- \nBo", "Yes!"),
            (
                "On Monday, Ann Lee <a@b.c>\nwrote:\n\n> old\nYes: here",
                "On Monday, Ann Lee <a@b.c> Yes: here",
            ),
            ("> only\n> quoted", "only quoted"),
            ("-- \nsignature", "-- signature"),
            ("=====\nNews\n-----\n", "News"),
            ("\u{200b}\u{feff}\u{34f}Dear \u{200c}\u{a0}you", "Dear you"),
            ("", ""),
        ] {
            assert_eq!(preview(text), expect, "{text:?}");
        }
        assert_eq!(preview(&"ä ".repeat(10_000_000)).chars().count(), 199);
    }
}
