//! The links of a safe document, and whether one says another host than it leads to.

use ammonia::Url;

use super::lexer::{Lexer, Token, unescape};

/// Links that are listed.
const LINKS: usize = 1_000;
/// Longest text of a link that is kept, in characters.
const TEXT: usize = 200;

/// A link as it stands in the document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// Where it leads: http, https, mailto or tel.
    pub href: String,
    /// What the person sees, shortened to 200 characters.
    pub text: String,
    /// The text names a host and the link leads to another: a screen shows the true one before following.
    pub misleading: bool,
}

/// Lists the links of HTML that was made safe.
pub(super) fn collect(html: &str) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut inside = false;
    for token in Lexer::new(html) {
        match token {
            Token::Open { name, attributes } if name == "a" => {
                let Some((_, href)) = attributes.iter().find(|(n, _)| n == "href") else { continue };
                if links.len() == LINKS {
                    break;
                }
                inside = true;
                links.push(Link { href: unescape(href), text: String::new(), misleading: false });
            }
            Token::Close { name } if name == "a" => inside = false,
            Token::Text(text) if inside => {
                if let Some(link) = links.last_mut()
                    && link.text.len() < TEXT * 4
                {
                    link.text.push_str(&unescape(text));
                }
            }
            _ => {}
        }
    }
    for link in &mut links {
        link.text = link.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(TEXT).collect();
        link.misleading = is_misleading(link);
    }
    links
}

fn is_misleading(link: &Link) -> bool {
    let Some(target) = Url::parse(&link.href).ok().and_then(|u| u.host_str().map(str::to_owned)) else {
        return false;
    };
    let Some(said) = said_host(&link.text) else { return false };
    let bare = |host: &str| host.trim_start_matches("www.").to_ascii_lowercase();
    bare(&said) != bare(&target)
}

/// The host a text claims, if it looks like an address of the web.
fn said_host(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !crate::message::is_invisible(*c)).collect();
    let word = text.split_whitespace().next().filter(|first| *first == text.trim())?;
    let lower = word.to_ascii_lowercase();
    if word.contains('@') && !lower.starts_with("http") {
        return None;
    }
    let with_scheme = lower.starts_with("http://") || lower.starts_with("https://");
    if !with_scheme {
        let host = lower.split(['/', '?', '#']).next().unwrap_or_default();
        let last = host.rsplit('.').next().unwrap_or_default();
        let is_host = host.contains('.') && last.len() >= 2 && last.chars().all(char::is_alphabetic);
        // `report.pdf` is a file, `www.bank.example` is not.
        if !is_host || (!lower.starts_with("www.") && !lower.contains('/') && host.matches('.').count() < 1) {
            return None;
        }
    }
    let absolute = if with_scheme { word.to_owned() } else { format!("https://{word}") };
    Url::parse(&absolute).ok()?.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_says_one_host_and_leads_to_another_is_named() {
        for (text, href, expect) in [
            ("https://bank.example/login", "https://bank.example/x", false),
            ("https://bank.example", "https://evil.example/", true),
            ("www.bank.example", "https://bank.example/", false),
            ("bank.example/login", "https://evil.example/", true),
            ("http://bank.example@evil.example", "https://bank.example/", true),
            ("Click here", "https://evil.example/", false),
            ("ann@bank.example", "https://evil.example/", false),
            ("ba\u{200b}nk.example", "https://evil.example/", true),
            ("bank.example", "mailto:a@b.c", false),
        ] {
            let link = Link { href: href.to_owned(), text: text.to_owned(), misleading: false };
            assert_eq!(is_misleading(&link), expect, "{text} {href}");
        }
    }
}
