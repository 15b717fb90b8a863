//! The CAPABILITY list, before and after login.

use crate::features::{Extension, Features, Mechanism};

/// What a session is when it is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) logged_in: bool,
    pub(crate) starttls: bool,
    pub(crate) login_disabled: bool,
}

/// Extensions that matter before login.
const EARLY: [Extension; 5] =
    [Extension::LiteralPlus, Extension::LiteralMinus, Extension::SaslIr, Extension::Id, Extension::Enable];

/// The words, separated by spaces.
pub(crate) fn capabilities(features: &Features, standing: Standing) -> String {
    let mut words = vec!["IMAP4rev1".to_owned()];
    let short = !standing.logged_in && features.short_before_login;
    let listed = Extension::ALL.into_iter().filter(|each| features.has(*each));
    for extension in listed.filter(|each| !short || EARLY.contains(each)) {
        words.push(match extension {
            Extension::AppendLimit => format!("APPENDLIMIT={}", features.append_limit),
            other => other.name().to_owned(),
        });
    }
    if !standing.logged_in {
        if standing.starttls {
            words.push("STARTTLS".to_owned());
        }
        if standing.login_disabled {
            words.push("LOGINDISABLED".to_owned());
        } else {
            words.extend(features.mechanisms.iter().map(|each: &Mechanism| format!("AUTH={}", each.name())));
        }
    }
    words.extend(features.extra_capabilities.iter().cloned());
    words.join(" ")
}
