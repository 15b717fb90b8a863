//! mbsync (isync) into a Maildir, with its own defaults but for the fsync switch.
use std::fs;
use std::io;
use std::path::PathBuf;

use tempfile::TempDir;

use super::{Pass, Peer, Side, Target, in_quotes, maildir_messages, timed, version_of};

/// mbsync with a Maildir of its own.
pub struct Mbsync {
    target: Target,
    fsync: bool,
    only_inbox: bool,
    place: TempDir,
}

impl Mbsync {
    /// A new one. `fsync` is its default; without it a crash may lose mail.
    pub fn new(target: Target, fsync: bool) -> io::Result<Self> {
        Ok(Self { target, fsync, only_inbox: false, place: TempDir::new()? })
    }

    /// The same for INBOX alone.
    pub fn only_inbox(mut self) -> Self {
        self.only_inbox = true;
        self
    }

    fn write_config(&self) -> io::Result<PathBuf> {
        let mail = self.place.path().join("mail");
        fs::create_dir_all(&mail)?;
        // The certificate itself: mbsync compares names only, and the host is a numeral.
        let (mail, certificate) = (mail.display(), self.target.certificate.display());
        let tls = if self.target.tls {
            format!("SSLType IMAPS\nSystemCertificates no\nCertificateFile {certificate}")
        } else {
            "SSLType None".to_owned()
        };
        let text = format!(
            "FSync {fsync}

IMAPAccount far
Host {host}
Port {port}
User {user}
Pass {password}
AuthMechs LOGIN
{tls}

IMAPStore far
Account far

MaildirStore near
Path {mail}/
Inbox {mail}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns {patterns}
Create Near
SyncState *
",
            fsync = if self.fsync { "yes" } else { "no" },
            host = self.target.host,
            port = self.target.port(),
            user = in_quotes(&self.target.user.name),
            password = in_quotes(&self.target.user.password),
            patterns = if self.only_inbox { "INBOX" } else { "*" },
        );
        let path = self.place.path().join("mbsyncrc");
        fs::write(&path, text)?;
        Ok(path)
    }
}

impl Peer for Mbsync {
    fn name(&self) -> String {
        if self.fsync { "mbsync".to_owned() } else { "mbsync, no fsync".to_owned() }
    }

    fn version(&self) -> String {
        version_of("mbsync")
    }

    fn forget(&mut self) -> io::Result<()> {
        self.place = TempDir::new()?;
        Ok(())
    }

    fn pass(&mut self, side: Side<'_>) -> io::Result<Pass> {
        let config = self.write_config()?;
        let mut command = side.command("mbsync");
        command.arg("-q").arg("-c").arg(config).arg("-a");
        timed(command)
    }

    fn holds(&self) -> Option<usize> {
        Some(maildir_messages(&self.place.path().join("mail")))
    }
}
