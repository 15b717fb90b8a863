//! Rules for the boundary: short files, and functions so short that no decision fits in.
use crate::Tree;
use crate::rust_text::{Token, tokens};

const LONGEST_FILE: usize = 400;
const MEDIAN_FUNCTION: usize = 8;

/// Every broken rule, one line each.
pub(crate) fn violations(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    let mut functions = Vec::new();
    for (path, text) in tree {
        if !path.starts_with("bindings/src") || path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            found.push(format!("{}: {lines} lines, {LONGEST_FILE} are the most here", path.display()));
        }
        functions.extend(function_lengths(text));
    }
    functions.sort_unstable();
    let median = functions.get(functions.len() / 2).copied().unwrap_or_default();
    if median > MEDIAN_FUNCTION {
        found.push(format!(
            "bindings/src: half of the functions have {median} lines and more, {MEDIAN_FUNCTION} are the most: \
             the boundary mirrors, it does not decide"
        ));
    }
    found
}

/// The lines of each function with a body, its first and last included.
pub(crate) fn function_lengths(text: &str) -> Vec<usize> {
    let mut lengths = Vec::new();
    let lines: Vec<_> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let names = tokens(line);
        let begins = names.windows(2).any(|pair| matches!(pair, [Token::Name("fn"), Token::Name(_)]));
        if begins && let Some(length) = length_of(&lines[at..]) {
            lengths.push(length);
        }
    }
    lengths
}

/// How many lines until the braces that open here are closed; none for a function without a body.
fn length_of(lines: &[&str]) -> Option<usize> {
    let mut depth = 0_usize;
    for (count, line) in lines.iter().enumerate() {
        for token in tokens(line) {
            match token {
                Token::Sign('{') => depth += 1,
                Token::Sign('}') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(count + 1);
                    }
                }
                Token::Sign(';') if depth == 0 => return None,
                _ => {}
            }
        }
    }
    None
}
