//! Which top-level module of core refers to which, and whether the arrow may be there.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::Tree;
use crate::rust_text::{Token, tokens};

/// The rooms of ARCHITECTURE.md by level. The two halves of L2 are two levels: a tongue may use `net`.
const LEVELS: [(&str, &[&str]); 6] = [
    ("L0 words", &["error", "ids", "account", "mailbox", "message", "event", "ports"]),
    ("L1 thought", &["mime", "html", "threading", "query", "plan", "advice"]),
    ("L2a ground", &["net", "store", "credentials"]),
    ("L2b tongues", &["imap", "pop", "smtp", "discovery"]),
    ("L3 engines", &["sync", "operations", "outbox", "scheduler", "background", "budget"]),
    ("L4 door", &["client"]),
];

fn level(module: &str) -> Option<usize> {
    LEVELS.iter().position(|(_, rooms)| rooms.contains(&module))
}

/// The top-level modules of core that have a file.
pub(crate) fn modules(tree: &Tree) -> BTreeSet<String> {
    tree.keys().filter_map(|path| module_path(path)).filter_map(|path| path.first().cloned()).collect()
}

/// Every broken rule, one line each.
pub(crate) fn violations(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for module in modules(tree) {
        if level(&module).is_none() {
            found.push(format!(
                "{module}: a room that is in no level; draw it in ARCHITECTURE.md and enter it here"
            ));
        }
    }
    for (path, text) in tree {
        let Some(module) = module_path(path) else { continue };
        let Some(from) = module.first() else { continue };
        for to in references(&module, text) {
            if to == *from {
                continue;
            }
            if let Some(why) = forbidden(from, &to) {
                found.push(format!("{}: {why}", path.display()));
            }
            graph.entry(from.clone()).or_default().insert(to);
        }
    }
    found.extend(circle(&graph));
    found
}

/// `core/src/imap/fetch/envelope.rs` is `[imap, fetch, envelope]`; lib.rs, the list of doors, is left out.
fn module_path(path: &Path) -> Option<Vec<String>> {
    let inside = path.strip_prefix("core/src").ok()?;
    if inside.extension()? != "rs" || inside == Path::new("lib.rs") {
        return None;
    }
    let mut names: Vec<_> =
        inside.with_extension("").iter().map(|name| name.to_string_lossy().into_owned()).collect();
    if names.last().is_some_and(|name| name == "mod") {
        names.pop();
    }
    Some(names)
}

fn forbidden(from: &str, to: &str) -> Option<String> {
    let from_level = level(from)?;
    let Some(to_level) = level(to) else {
        return Some(format!("{from} uses crate::{to}, which hides the arrow: name the module it lives in"));
    };
    let tongue = LEVELS[from_level].0.starts_with("L2b");
    if to_level > from_level {
        return Some(format!(
            "{from} uses {to}: {} must not know {}",
            LEVELS[from_level].0, LEVELS[to_level].0
        ));
    }
    if tongue && matches!(to, "store" | "credentials") {
        return Some(format!("{from} uses {to}: of the ground a tongue knows net alone"));
    }
    if from_level == to_level && LEVELS[from_level].0.starts_with("L2a") {
        return Some(format!("{from} uses {to}: each room of the ground talks to one outside thing"));
    }
    None
}

/// First names after `crate::`, and after as many `super::` as lead to the root.
fn references(module: &[String], text: &str) -> BTreeSet<String> {
    let tokens = tokens(text);
    let mut found = BTreeSet::new();
    let mut inline = Inline::default();
    let mut at = 0;
    while let Some(&token) = tokens.get(at) {
        inline.step(&tokens, at);
        let behind_path = at > 0 && tokens[at - 1] == Token::Path;
        let mut next = at + 1;
        let leads_to_root = match token {
            Token::Name("crate") if !behind_path => true,
            Token::Name("super") if !behind_path => {
                let mut count = 1;
                while tokens.get(next) == Some(&Token::Path)
                    && tokens.get(next + 1) == Some(&Token::Name("super"))
                {
                    count += 1;
                    next += 2;
                }
                count >= module.len() + inline.depth()
            }
            _ => false,
        };
        if leads_to_root && tokens.get(next) == Some(&Token::Path) {
            first_names(&tokens[next + 1..], &mut found);
        }
        at += 1;
    }
    found
}

/// `a::b` gives a; `{a::b, c::{d, e}}` gives a and c.
fn first_names(tokens: &[Token<'_>], found: &mut BTreeSet<String>) {
    if let Some(Token::Name(name)) = tokens.first() {
        found.insert((*name).to_owned());
        return;
    }
    let mut depth = 0;
    let mut expect_name = false;
    for token in tokens {
        match token {
            Token::Sign('{') => {
                depth += 1;
                expect_name = depth == 1;
            }
            Token::Sign('}') => depth -= 1,
            Token::Sign(',') => expect_name = depth == 1,
            Token::Name(name) if expect_name => {
                found.insert((*name).to_owned());
                expect_name = false;
            }
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

/// How many `mod x { … }` of the file surround the current token.
#[derive(Default)]
struct Inline {
    braces: Vec<bool>,
}

impl Inline {
    fn step(&mut self, tokens: &[Token<'_>], at: usize) {
        match tokens[at] {
            Token::Sign('{') => {
                let opens = at >= 2
                    && matches!(tokens[at - 1], Token::Name(_))
                    && tokens[at - 2] == Token::Name("mod");
                self.braces.push(opens);
            }
            Token::Sign('}') => {
                self.braces.pop();
            }
            _ => {}
        }
    }

    fn depth(&self) -> usize {
        self.braces.iter().filter(|&&opens| opens).count()
    }
}

/// The first circle, written as the way round it, beginning with the module first in the alphabet.
fn circle(graph: &BTreeMap<String, BTreeSet<String>>) -> Option<String> {
    for start in graph.keys() {
        let mut way = vec![start.clone()];
        let mut dead_ends = BTreeSet::new();
        if leads_back(graph, start, &mut way, &mut dead_ends) {
            way.push(start.clone());
            return Some(format!("circle: {}", way.join(" → ")));
        }
    }
    None
}

fn leads_back(
    graph: &BTreeMap<String, BTreeSet<String>>,
    start: &str,
    way: &mut Vec<String>,
    dead_ends: &mut BTreeSet<String>,
) -> bool {
    let Some(nexts) = way.last().and_then(|last| graph.get(last)) else { return false };
    for next in nexts {
        if next == start {
            return true;
        }
        if dead_ends.insert(next.clone()) {
            way.push(next.clone());
            if leads_back(graph, start, way, dead_ends) {
                return true;
            }
            way.pop();
        }
    }
    false
}
