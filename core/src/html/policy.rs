//! What may stay: attributes by element, links by scheme, pictures by where they come from.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use ammonia::{Builder, Url, UrlRelative};

use super::{HeldBack, RemoteContent, RemoteKind, style, tame};

/// Kinds and hosts that are told apart; more are counted under an empty host.
const HOSTS: usize = 100;

/// Attributes any element may have.
const GENERIC: [&str; 9] = ["title", "lang", "dir", "align", "valign", "width", "height", "bgcolor", "style"];

/// Attributes of single elements.
const BY_ELEMENT: [(&str, &[&str]); 14] = [
    ("a", &["href"]),
    ("img", &["src", "alt", "border", "hspace", "vspace"]),
    ("font", &["color", "face", "size"]),
    ("table", &["border", "cellpadding", "cellspacing", "summary"]),
    ("td", &["colspan", "rowspan", "nowrap"]),
    ("th", &["colspan", "rowspan", "nowrap", "scope"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("ol", &["start", "type", "reversed"]),
    ("ul", &["type"]),
    ("li", &["value", "type"]),
    ("hr", &["size", "color", "noshade"]),
    ("details", &["open"]),
    ("time", &["datetime"]),
];

/// Whether an element may have an attribute of this name; its value is judged later.
pub(super) fn is_kept(element: &str, attribute: &str) -> bool {
    GENERIC.contains(&attribute)
        || BY_ELEMENT.iter().any(|(e, attributes)| *e == element && attributes.contains(&attribute))
}

/// Counts what was held back.
#[derive(Default, Debug)]
pub(super) struct Ledger {
    counts: BTreeMap<(RemoteKind, String), u32>,
}

impl Ledger {
    /// Counts a reference if it would have gone to the network.
    pub(super) fn count(&mut self, kind: RemoteKind, reference: &str) {
        let Some(host) = remote_host(reference) else { return };
        let mut key = (kind, host);
        if self.counts.len() >= HOSTS && !self.counts.contains_key(&key) {
            key.1 = String::new();
        }
        let count = self.counts.entry(key).or_default();
        *count = count.saturating_add(1);
    }

    pub(super) fn into_list(self) -> Vec<HeldBack> {
        self.counts.into_iter().map(|((kind, host), count)| HeldBack { kind, host, count }).collect()
    }
}

/// Host of a reference that leaves the device. `//host/x` counts; a relative one without a base goes nowhere.
fn remote_host(reference: &str) -> Option<String> {
    let url = Url::parse(&with_scheme(reference)).ok()?;
    matches!(url.scheme(), "http" | "https" | "ftp" | "ws" | "wss")
        .then(|| url.host_str().map(str::to_owned))?
}

/// `//host/x` takes the scheme of the page, which a mail has not: https.
fn with_scheme(reference: &str) -> Cow<'_, str> {
    let trimmed = reference.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if trimmed.starts_with("//") || trimmed.starts_with("\\\\") {
        Cow::Owned(format!("https://{}", trimmed.trim_start_matches(['/', '\\'])))
    } else {
        Cow::Borrowed(trimmed)
    }
}

/// Cleans tame HTML: the second wall, on a real tree.
pub(super) fn clean(html: &str, remote: RemoteContent, ledger: &mut Ledger) -> String {
    let shared = Arc::new(Mutex::new(std::mem::take(ledger)));
    let counted = Arc::clone(&shared);
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(tame::ELEMENTS_KEPT))
        .clean_content_tags(HashSet::from(["script", "style", "title", "textarea", "template"]))
        .generic_attributes(HashSet::from(GENERIC))
        .tag_attributes(
            BY_ELEMENT
                .iter()
                .map(|(e, list)| (*e, list.iter().copied().collect()))
                .collect::<HashMap<_, _>>(),
        )
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid"]))
        // Only `//host` gets past the filter below.
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noreferrer noopener nofollow"))
        .attribute_filter(move |element, attribute, value| {
            let mut ledger = counted.lock().unwrap_or_else(PoisonError::into_inner);
            match (element, attribute) {
                ("a", "href") => link(value).map(Cow::Owned),
                ("img", "src") => picture(value, remote, &mut ledger),
                (_, "style") => Some(style::clean(value)).filter(|s| !s.is_empty()).map(Cow::Owned),
                _ if value.len() <= 1_000 => Some(Cow::Borrowed(value)),
                _ => None,
            }
        });
    let cleaned = builder.clean(html).to_string();
    drop(builder);
    *ledger = std::mem::take(&mut *shared.lock().unwrap_or_else(PoisonError::into_inner));
    cleaned
}

/// A link that may be followed, normalised, so that what is checked is what is opened.
fn link(value: &str) -> Option<String> {
    let mut url = Url::parse(&with_scheme(value)).ok()?;
    match url.scheme() {
        "http" | "https" => url.host_str().filter(|h| !h.is_empty())?,
        "mailto" => {
            keep_harmless_fields(&mut url);
            return Some(url.into());
        }
        "tel" => return Some(url.into()),
        _ => return None,
    };
    Some(url.into())
}

/// RFC 6068: `attach` and `bcc` of a mailto link work against the person who clicks it.
fn keep_harmless_fields(url: &mut Url) {
    let Some(query) = url.query().map(str::to_owned) else { return };
    let harmless = |field: &&str| {
        let name = field.split('=').next().unwrap_or_default().to_ascii_lowercase();
        matches!(name.as_str(), "to" | "cc" | "subject" | "body" | "in-reply-to")
    };
    let kept: Vec<&str> = query.split('&').filter(harmless).collect();
    url.set_query(Some(&kept.join("&")).filter(|q| !q.is_empty()).map(String::as_str));
}

fn picture<'v>(value: &'v str, remote: RemoteContent, ledger: &mut Ledger) -> Option<Cow<'v, str>> {
    let url = Url::parse(&with_scheme(value)).ok();
    match url.as_ref().map(Url::scheme) {
        Some("cid") => Some(Cow::Borrowed(value)),
        Some("http" | "https") if remote == RemoteContent::Allow => url.map(|u| Cow::Owned(u.into())),
        _ => {
            ledger.count(RemoteKind::Image, value);
            None
        }
    }
}

/// Counts what a start tag would have loaded, for everything that is dropped before the tree.
pub(super) fn count_tag(element: &str, attributes: &[(String, &str)], ledger: &mut Ledger) {
    for (attribute, raw) in attributes {
        let kind = match (element, attribute.as_str()) {
            (_, "srcset") => {
                let value = super::lexer::unescape(raw);
                value.split(',').take(100).for_each(|one| ledger.count(RemoteKind::Image, first_word(one)));
                continue;
            }
            (_, "style") => {
                let value = super::lexer::unescape(raw);
                style::references(&value).for_each(|one| ledger.count(RemoteKind::Style, one));
                continue;
            }
            ("meta", "content") => {
                let value = super::lexer::unescape(raw);
                if let Some((_, target)) = value.split_once('=') {
                    ledger.count(RemoteKind::Redirect, target.trim_matches(['\'', '"', ' ']));
                }
                continue;
            }
            ("input" | "image", "src" | "href" | "xlink:href")
            | (_, "background" | "poster" | "dynsrc" | "lowsrc") => RemoteKind::Image,
            ("link", "href") => RemoteKind::Style,
            ("script", "src") => RemoteKind::Script,
            ("video" | "audio" | "source" | "track" | "bgsound", "src") => RemoteKind::Media,
            ("iframe" | "frame" | "embed" | "portal", "src")
            | ("object", "data" | "codebase")
            | ("applet", "archive") => RemoteKind::Frame,
            ("form", "action") | (_, "formaction") => RemoteKind::Form,
            ("base", "href") => RemoteKind::Redirect,
            ("use" | "feimage" | "image", _) if attribute.ends_with("href") => RemoteKind::Image,
            // Among these the src of an img, which is counted or kept where the tree is cleaned.
            _ => continue,
        };
        ledger.count(kind, &super::lexer::unescape(raw));
    }
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// Content-IDs that pictures of the HTML refer to.
pub(crate) fn referenced_ids(html: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    tame::tame(html, |_, attributes| {
        for (_, value) in attributes {
            let value = value.trim();
            if ids.len() < 1_000
                && value.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("cid:"))
                && let Some(id) = value.get(4..)
            {
                ids.insert(super::percent_decode(&super::lexer::unescape(id)));
            }
        }
    });
    ids
}

/// Counts what style sheets in the document would load.
pub(super) fn count_style_sheets(html: &str, ledger: &mut Ledger) {
    for sheet in super::lexer::style_sheets(html) {
        style::references(sheet).for_each(|one| ledger.count(RemoteKind::Style, one));
    }
}
