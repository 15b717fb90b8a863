//! Kotlin and Swift source without its comments; strings stay, since a query or a header may hide in one.

/// The lines of a file, each without what is comment.
pub(crate) fn code_lines(text: &str) -> Vec<String> {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            let comment = &rest[..block_comment(rest)];
            code.extend(comment.chars().filter(|c| *c == '\n'));
            comment.len()
        } else {
            let end = if first == '"' { string(rest) } else { first.len_utf8() };
            code.push_str(&rest[..end]);
            end
        };
        rest = &rest[taken..];
    }
    code.lines().map(str::to_owned).collect()
}

/// Where a block comment ends; they nest in both languages.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Where a string ends, of one line or between three quotes.
fn string(rest: &str) -> usize {
    if let Some(inside) = rest.strip_prefix("\"\"\"") {
        return inside.find("\"\"\"").map_or(rest.len(), |end| end + 6);
    }
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            '\n' => return at,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// Whether the word stands there on its own, not as a part of a longer name.
pub(crate) fn has_word(line: &str, word: &str) -> bool {
    let is_inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let (opens, ends) = (word.chars().next(), word.chars().next_back());
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !(is_inside(opens) && is_inside(before) || is_inside(ends) && is_inside(after))
    })
}

/// The words a line's names are made of, in small letters: `retryLater` is `retry` and `later`.
pub(crate) fn name_parts(line: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut before = ' ';
    for c in line.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && !before.is_uppercase()) {
            parts.push(String::new());
        }
        if let (true, Some(part)) = (c.is_alphanumeric(), parts.last_mut()) {
            part.extend(c.to_lowercase());
        }
        before = c;
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[test]
fn comments_go_and_strings_and_lines_stay() {
    let text = "a // b\n/* c /* d */\n e */ f(\"https://g\") \"h \\\" // i\" // j\n\"\"\"k // l\"\"\" m";
    assert_eq!(code_lines(text), ["a ", "", " f(\"https://g\") \"h \\\" // i\" ", "\"\"\"k // l\"\"\" m"]);
}

#[test]
fn a_word_is_found_alone_and_not_inside_another() {
    assert!(has_word("x.delay(5)", "delay(") && has_word("\"SELECT id\"", "SELECT"));
    assert!(!has_word("viewDelay(5)", "delay(") && !has_word("SELECTED", "SELECT"));
    assert_eq!(name_parts("fun retryLater(aURL: X)"), ["fun", "retry", "later", "a", "url", "x"]);
}
