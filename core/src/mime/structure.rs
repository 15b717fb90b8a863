//! From a tree of parts to what a screen needs: section numbers, attachments, and which parts are the body.

use crate::message::{Encryption, LineFormat, Part, Structure};

use super::scan::{self, Found, is_multipart};

/// One part of a tree, containers included, in the order of the message: parents before children. The IMAP tongue
/// makes these from a BODYSTRUCTURE, so that both ways give the same answer.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Node {
    /// What is known of the part; `section` and `is_attachment` are filled in by [`assemble`].
    pub part: Part,
    /// Index of the container; `None` for the message itself.
    pub parent: Option<usize>,
    /// Of application/pkcs7-mime: only signed (`smime-type=signed-data`, RFC 8551).
    pub signed_data: bool,
}

/// The parts that make up the body, as indices of nodes in their order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// For a screen of plain text: of alternatives the plain one.
    pub plain: Vec<usize>,
    /// For a screen of HTML: of alternatives the HTML one.
    pub html: Vec<usize>,
}

/// The MIME tree of a whole message: sections as an IMAP server numbers them (RFC 3501 §6.4.5), attachments, body.
/// Hostile structures are cut (depth 100, 1,000 parts); `truncated` says so.
pub fn structure(raw: &[u8]) -> Structure {
    let scan = scan::scan(raw);
    let nodes = scan.parts.iter().map(node_of).collect();
    assemble(nodes, scan.truncated)
}

/// Numbers the sections of a tree, decides what is an attachment and what is the body, and leaves the containers out.
pub fn assemble(mut nodes: Vec<Node>, truncated: bool) -> Structure {
    if nodes.len() > scan::PARTS {
        nodes.truncate(scan::PARTS);
        return assemble(nodes, true);
    }
    number_sections(&mut nodes);
    let body = find_body(&nodes);
    mark_attachments(&mut nodes, &body);
    mark_body(&mut nodes, &body);
    let encryption = nodes.iter().find_map(encryption);
    let section = |index: Option<&usize>, media_type: &str| {
        index.and_then(|i| nodes.get(*i)).map(|n| &n.part).filter(|p| p.media_type == media_type)
    };
    let text_section = section(body.plain.first(), "text/plain").map(|p| p.section.clone());
    let html_section = section(body.html.first(), "text/html").map(|p| p.section.clone());
    let parts = nodes.into_iter().map(|n| n.part).filter(|p| !is_multipart(&p.media_type)).collect();
    Structure { parts, text_section, html_section, encryption, truncated }
}

/// An HTML body that is plain text throughout is none.
fn mark_body(nodes: &mut [Node], body: &Body) {
    let any_html = body.html.iter().any(|i| media_type(nodes, *i) == "text/html");
    for (index, node) in nodes.iter_mut().enumerate() {
        node.part.in_text = body.plain.contains(&index);
        node.part.in_html = any_html && body.html.contains(&index);
    }
}

fn encryption(node: &Node) -> Option<Encryption> {
    match node.part.media_type.as_str() {
        "multipart/encrypted" => Some(Encryption::OpenPgp),
        "application/pkcs7-mime" | "application/x-pkcs7-mime" if node.signed_data => {
            Some(Encryption::SmimeSigned)
        }
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => Some(Encryption::Smime),
        _ => None,
    }
}

/// From the parameters of a Content-Type.
pub fn line_format(format: &[u8], delsp: &[u8]) -> LineFormat {
    match (format.eq_ignore_ascii_case(b"flowed"), delsp.eq_ignore_ascii_case(b"yes")) {
        (false, _) => LineFormat::Fixed,
        (true, false) => LineFormat::Flowed,
        (true, true) => LineFormat::FlowedDelSp,
    }
}

/// Whether `smime-type` says that a message is only signed.
pub fn is_signed_data(smime_type: &[u8]) -> bool {
    smime_type.eq_ignore_ascii_case(b"signed-data")
}

pub(super) fn node_of(found: &Found) -> Node {
    let name = found.disposition.text("filename").or_else(|| found.content_type.text("name"));
    let charset =
        found.content_type.get("charset").map(|c| String::from_utf8_lossy(c).trim().to_ascii_lowercase());
    let media_type = found.content_type.value.clone();
    let parameter = |name: &str| found.content_type.get(name).unwrap_or_default();
    Node {
        parent: found.parent,
        signed_data: is_signed_data(parameter("smime-type")),
        part: Part {
            section: String::new(),
            charset: charset.filter(|c| !c.is_empty() && media_type.starts_with("text/")),
            media_type,
            encoding: found.encoding.clone(),
            size: found.body.len() as u64,
            name,
            disposition: Some(found.disposition.value.clone()).filter(|d| !d.is_empty()),
            content_id: found.content_id.clone(),
            format: line_format(parameter("format"), parameter("delsp")),
            ..Part::default()
        },
    }
}

/// Gives every part its section. The multipart that is the body of a nested message has no number of its own: its
/// children carry on from the message's.
pub(super) fn number_sections(nodes: &mut [Node]) {
    let mut children = vec![0_u32; nodes.len()];
    for index in 0..nodes.len() {
        let Some(node) = nodes.get(index) else { return };
        let multipart = is_multipart(&node.part.media_type);
        let parent = node.parent.filter(|p| *p < index).and_then(|p| nodes.get(p).map(|n| (p, n)));
        let section = match parent {
            None if multipart => String::new(),
            None => "1".to_owned(),
            Some((_, parent)) if multipart && !is_multipart(&parent.part.media_type) => {
                parent.part.section.clone()
            }
            Some((at, parent)) => {
                let number = children.get_mut(at).map_or(1, |n| {
                    *n += 1;
                    *n
                });
                match parent.part.section.as_str() {
                    "" => number.to_string(),
                    prefix => format!("{prefix}.{number}"),
                }
            }
        };
        if let Some(node) = nodes.get_mut(index) {
            node.part.section = section;
        }
    }
}

fn parent_of(nodes: &[Node], index: usize) -> Option<usize> {
    nodes.get(index).and_then(|n| n.parent).filter(|p| *p < index)
}

fn media_type(nodes: &[Node], index: usize) -> &str {
    nodes.get(index).map_or("", |n| n.part.media_type.as_str())
}

/// Finds the body: of the message itself, or, if it has none, of the first nested message that has one.
pub(super) fn find_body(nodes: &[Node]) -> Body {
    let mut scope_of: Vec<Option<usize>> = Vec::with_capacity(nodes.len());
    for index in 0..nodes.len() {
        let scope = parent_of(nodes, index).and_then(|p| {
            if scan::is_message(media_type(nodes, p)) { Some(p) } else { scope_of.get(p).copied().flatten() }
        });
        scope_of.push(scope);
    }
    let candidates: Vec<usize> = (0..nodes.len()).filter(|i| is_body_text(nodes, *i)).collect();
    let scope_at = |i: usize| scope_of.get(i).copied().flatten();
    // `None` sorts first: the message itself before anything nested.
    let Some(scope) = candidates.iter().map(|i| scope_at(*i)).min() else { return Body::default() };
    let of_scope: Vec<usize> = candidates.into_iter().filter(|i| scope_at(*i) == scope).collect();
    Body { plain: choose(nodes, &of_scope, "text/plain"), html: choose(nodes, &of_scope, "text/html") }
}

fn is_body_text(nodes: &[Node], index: usize) -> bool {
    let Some(node) = nodes.get(index) else { return false };
    matches!(node.part.media_type.as_str(), "text/plain" | "text/html")
        && node.part.disposition.as_deref() != Some("attachment")
        // A named text after the first part is a file somebody added, whatever its disposition says.
        && (node.part.name.is_none() || is_first_leaf(nodes, index))
}

fn is_first_leaf(nodes: &[Node], index: usize) -> bool {
    nodes.iter().take(index).all(|n| is_multipart(&n.part.media_type) || scan::is_message(&n.part.media_type))
}

/// Keeps, of every multipart/alternative, one branch: the first that has the wanted type, else the first with text.
fn choose(nodes: &[Node], candidates: &[usize], wanted: &str) -> Vec<usize> {
    let mut branch_of: std::collections::BTreeMap<usize, (bool, usize)> = std::collections::BTreeMap::new();
    for &index in candidates {
        let is_wanted = media_type(nodes, index) == wanted;
        for (alternative, branch) in alternatives_above(nodes, index) {
            let chosen = branch_of.entry(alternative).or_insert((is_wanted, branch));
            if is_wanted && !chosen.0 {
                *chosen = (true, branch);
            }
        }
    }
    let stays = |index: &usize| {
        alternatives_above(nodes, *index)
            .all(|(a, branch)| branch_of.get(&a).is_none_or(|(_, b)| *b == branch))
    };
    candidates.iter().copied().filter(stays).collect()
}

/// Every multipart/alternative above a part, with the child of it that leads to the part.
fn alternatives_above(nodes: &[Node], index: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut below = index;
    std::iter::from_fn(move || {
        loop {
            let parent = parent_of(nodes, below)?;
            let branch = below;
            below = parent;
            if media_type(nodes, parent) == "multipart/alternative" {
                return Some((parent, branch));
            }
        }
    })
}

fn mark_attachments(nodes: &mut [Node], body: &Body) {
    let attachments: Vec<bool> = (0..nodes.len())
        .map(|index| {
            !body.plain.contains(&index) && !body.html.contains(&index) && is_attachment(nodes, index)
        })
        .collect();
    for (node, is_attachment) in nodes.iter_mut().zip(attachments) {
        node.part.is_attachment = is_attachment;
    }
}

/// Whether a part that is not the body is listed. When in doubt it is: a file that nobody sees is lost.
fn is_attachment(nodes: &[Node], index: usize) -> bool {
    let Some(node) = nodes.get(index) else { return false };
    let part = &node.part;
    let parent = parent_of(nodes, index).map_or("", |p| media_type(nodes, p));
    let main = part.media_type.split('/').next().unwrap_or_default();
    if main == "multipart" {
        return false;
    }
    if part.disposition.as_deref() == Some("attachment") {
        return true;
    }
    match part.media_type.as_str() {
        // Signatures and the version part of RFC 3156 are no files for a person.
        "application/pgp-signature" | "application/pkcs7-signature" | "application/x-pkcs7-signature" => {
            parent != "multipart/signed"
        }
        "application/pgp-encrypted" => parent != "multipart/encrypted",
        "message/delivery-status" | "message/disposition-notification" | "message/feedback-report" => {
            parent != "multipart/report"
        }
        "text/plain" | "text/html" => part.name.is_some(),
        "text/calendar" => true,
        // What an alternative offers besides the body (AMP, enriched, watch) is the same text once more.
        _ if main == "text" => parent != "multipart/alternative" || part.name.is_some(),
        // Pictures of an HTML body: multipart/related with a Content-ID (RFC 2387).
        _ if matches!(main, "image" | "audio" | "video") => {
            !(part.content_id.is_some() && within(nodes, index, "multipart/related"))
        }
        _ => true,
    }
}

fn within(nodes: &[Node], index: usize, wanted: &str) -> bool {
    let mut at = index;
    while let Some(parent) = parent_of(nodes, at) {
        if scan::is_message(media_type(nodes, parent)) {
            return false;
        }
        if media_type(nodes, parent) == wanted {
            return true;
        }
        at = parent;
    }
    false
}
