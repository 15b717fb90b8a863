//! Rust source as plain tokens: names and signs, without comments, strings and characters.

/// A name, `::`, or one sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// An identifier or keyword.
    Name(&'a str),
    /// `::`
    Path,
    /// Any other sign.
    Sign(char),
}

/// The tokens of a file.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '/' if rest.starts_with("//") => after(rest, "\n"),
            '/' if rest.starts_with("/*") => after(rest, "*/"),
            '"' => after_string(&rest[1..]),
            'r' | 'b' | 'c' if raw_string(rest).is_some() => raw_string(rest).unwrap_or_default(),
            '\'' => after_character(rest),
            ':' if rest.starts_with("::") => {
                found.push(Token::Path);
                &rest[2..]
            }
            _ if first.is_alphanumeric() || first == '_' => {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                found.push(Token::Name(&rest[..end]));
                &rest[end..]
            }
            _ => {
                if !first.is_whitespace() {
                    found.push(Token::Sign(first));
                }
                &rest[first.len_utf8()..]
            }
        };
    }
    found
}

fn after<'a>(rest: &'a str, end: &str) -> &'a str {
    rest.find(end).map_or("", |at| &rest[at + end.len()..])
}

fn after_string(rest: &str) -> &str {
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            '"' if !escaped => return &rest[at + 1..],
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    ""
}

/// What follows `r"…"`, `br#"…"#` and so on; `None` when it is a name that begins with that letter.
fn raw_string(rest: &str) -> Option<&str> {
    let body =
        rest.strip_prefix("br").or_else(|| rest.strip_prefix("cr")).or_else(|| rest.strip_prefix('r'))?;
    let marks = body.len() - body.trim_start_matches('#').len();
    let inside = body[marks..].strip_prefix('"')?;
    Some(after(inside, &format!("\"{}", "#".repeat(marks))))
}

/// A character literal is left out whole; of a lifetime only the tick.
fn after_character(rest: &str) -> &str {
    let inside = &rest[1..];
    if let Some(escape) = inside.strip_prefix('\\') {
        // The escaped sign itself may be a tick.
        let skip = escape.chars().next().map_or(0, char::len_utf8);
        return after(&escape[skip..], "'");
    }
    let width = inside.chars().next().map_or(0, char::len_utf8);
    inside.get(width..).and_then(|end| end.strip_prefix('\'')).unwrap_or(inside)
}

#[test]
fn comments_strings_and_characters_leave_no_names() {
    let text = "a /* crate::b */ // c\n\"d \\\" e\" r#\"f \" g\"# '\"' '\\'' 'h' &'life i::j";
    let names: Vec<_> = tokens(text)
        .into_iter()
        .filter_map(|token| if let Token::Name(name) = token { Some(name) } else { None })
        .collect();
    assert_eq!(names, ["a", "life", "i", "j"]);
}
