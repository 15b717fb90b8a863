//! What the tests need from outside: checked, and brought where that is allowed.
mod apt;
mod chroots;
mod downloads;
mod phones;
mod swift;

use std::path::PathBuf;

use clap::ValueEnum;

pub(crate) use phones::{Compiler, TARGETS as PHONE_TARGETS, compiler as phone_compiler};
pub(crate) use swift::{has_swift, root as swift_root};

use crate::parts::Part;
use crate::{Done, layout};

/// Something the tests need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Need {
    /// Dovecot with IMAP, POP3, LMTP and submission, from the system's packages.
    Dovecot,
    /// A chroot with Cyrus.
    Cyrus,
    /// A chroot with Courier.
    Courier,
    /// The GreenMail jar, and java.
    Greenmail,
    /// The sample mails of the npm registry.
    Mails,
    /// mbsync and interimap, to be measured against.
    Peers,
    /// cargo-deny.
    Deny,
    /// A JDK and Maven.
    Java,
    /// ktlint and detekt.
    Lint,
    /// Swift 6: the machine's, or a chroot with it.
    Swift,
    /// A compiler whose standard library can be checked for phones.
    Phones,
}

impl Need {
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    fn is_met(self) -> bool {
        let cache = layout::cache();
        match self {
            Self::Dovecot => apt::DOVECOT_PROGRAMS.iter().all(|program| PathBuf::from(program).exists()),
            Self::Cyrus | Self::Courier => chroots::is_complete(&self.name()),
            Self::Greenmail => layout::has_command("java") && cache.join(downloads::GREENMAIL_JAR).is_file(),
            Self::Mails => downloads::mails_complete(),
            Self::Peers => layout::has_command("mbsync") && layout::has_command("interimap"),
            Self::Deny => cargo_deny().is_file(),
            Self::Java => ["javac", "mvn", "unzip"].iter().all(|command| layout::has_command(command)),
            Self::Lint => ktlint().is_file() && detekt().is_file(),
            Self::Swift => has_swift() || swift_root().join(".ready").is_file(),
            Self::Phones => phones::compiler().is_some(),
        }
    }

    fn bring(self) -> Done {
        match self {
            Self::Dovecot => {
                apt::install(&["dovecot-imapd", "dovecot-pop3d", "dovecot-lmtpd", "dovecot-submissiond"])
            }
            Self::Cyrus => chroots::make(
                "cyrus",
                &["cyrus-imapd", "cyrus-pop3d", "sasl2-bin", "libsasl2-modules", "openssl"],
            ),
            Self::Courier => chroots::make(
                "courier",
                &["courier-imap", "courier-pop", "courier-authdaemon", "courier-authlib-userdb", "openssl"],
            ),
            Self::Greenmail => downloads::greenmail(),
            Self::Mails => downloads::mails(),
            Self::Peers => apt::install(&["isync", "interimap"]),
            Self::Deny => downloads::cargo_deny(),
            Self::Java => downloads::java(),
            Self::Lint => downloads::lint(),
            Self::Swift => swift::make(),
            Self::Phones => phones::bring(),
        }
    }

    /// Checks, brings, checks again.
    fn meet(self) -> Done {
        if self.is_met() {
            return Ok(());
        }
        println!("--- bringing {}", self.name());
        self.bring()?;
        if self.is_met() { Ok(()) } else { Err("it was brought and is still not there".to_owned()) }
    }
}

/// The cargo-deny in the cache folder, or one on PATH.
pub(crate) fn cargo_deny() -> PathBuf {
    let own = layout::cache().join("cargo-deny/bin/cargo-deny");
    if own.is_file() { own } else { layout::find_command("cargo-deny").unwrap_or(own) }
}

/// What lays out Kotlin, in the cache folder.
pub(crate) fn ktlint() -> PathBuf {
    layout::cache().join("lint").join(downloads::KTLINT_JAR)
}

/// What reads Kotlin for bad habits, in the cache folder.
pub(crate) fn detekt() -> PathBuf {
    layout::cache().join("lint").join(downloads::DETEKT_JAR)
}

/// `cargo xtask prepare`.
pub(crate) fn run(what: &[Need]) -> Done {
    let what = if what.is_empty() { Need::value_variants() } else { what };
    let lacking: Vec<_> = what.iter().filter_map(|need| Some((need.name(), need.meet().err()?))).collect();
    for need in what {
        println!("{:<10} {}", need.name(), if need.is_met() { "there" } else { "MISSING" });
    }
    if lacking.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = lacking.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    Err(lines.join("\n       "))
}

/// Brings what these parts need; returns what could not be had.
pub(crate) fn bring_for(parts: &[Part]) -> Vec<(Need, String)> {
    needs_of(parts).filter_map(|need| Some((need, need.meet().err()?))).inspect(shout).collect()
}

/// What these parts need and is not there.
pub(crate) fn lacking_for(parts: &[Part]) -> Vec<(Need, String)> {
    needs_of(parts)
        .filter(|need| !need.is_met())
        .map(|need| (need, format!("not there (cargo xtask prepare {})", need.name())))
        .inspect(shout)
        .collect()
}

fn needs_of(parts: &[Part]) -> impl Iterator<Item = Need> {
    Need::value_variants().iter().copied().filter(|need| parts.iter().any(|part| part.needs().contains(need)))
}

fn shout((need, why): &(Need, String)) {
    println!("!! {} is MISSING: {why}", need.name());
}
