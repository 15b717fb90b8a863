//! interimap: QRESYNC between two IMAP servers. Its own side is a Dovecot process without a network, on a Maildir.
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use tempfile::TempDir;

use super::{Pass, Peer, Side, Target, maildir_messages, timed, version_of};
use crate::servers::is_root;

/// interimap with a Maildir of its own.
pub struct Interimap {
    target: Target,
    only_inbox: bool,
    /// A Dovecot configuration with the same mailboxes and separator as the server's.
    dovecot_config: PathBuf,
    place: TempDir,
}

impl Interimap {
    /// A new one; the configuration is that of the measured Dovecot, read again for the own side.
    pub fn new(target: Target, dovecot_config: PathBuf) -> io::Result<Self> {
        Ok(Self { target, only_inbox: false, dovecot_config, place: open_folder()? })
    }

    /// The same for INBOX alone.
    pub fn only_inbox(mut self) -> Self {
        self.only_inbox = true;
        self
    }

    fn write_config(&self) -> io::Result<PathBuf> {
        let place = self.place.path().display();
        // Dovecot refuses mail access to root.
        let user = if is_root() { "setpriv --reuid=mail --regid=mail --clear-groups " } else { "" };
        let text = format!(
            "database = {place}/interimap.db
{only}
[local]
type = tunnel
command = exec env HOME={place} USER=peer {user}/usr/lib/dovecot/imap -c {config} -o mail_location=maildir:{place}/Maildir
null-stderr = YES

[remote]
type = {kind}
host = {host}
port = {port}
username = {name}
password = {password}
auth = LOGIN
{tls}
",
            only = if self.only_inbox { "list-mailbox = INBOX" } else { "list-mailbox = *" },
            config = self.dovecot_config.display(),
            kind = if self.target.tls { "imaps" } else { "imap" },
            host = self.target.host,
            port = self.target.port(),
            name = self.target.user.name,
            password = self.target.user.password,
            tls = if self.target.tls {
                format!("SSL_verify = YES\nSSL_CAfile = {}", self.target.ca.display())
            } else {
                "STARTTLS = NO".to_owned()
            },
        );
        let path = self.place.path().join("config");
        fs::write(&path, text)?;
        Ok(path)
    }
}

impl Peer for Interimap {
    fn name(&self) -> String {
        "interimap".to_owned()
    }

    fn version(&self) -> String {
        version_of("interimap")
    }

    fn forget(&mut self) -> io::Result<()> {
        self.place = open_folder()?;
        Ok(())
    }

    fn pass(&mut self, side: Side<'_>) -> io::Result<Pass> {
        let config = self.write_config()?;
        let mut command = side.command("interimap");
        command.arg("--quiet").arg(format!("--config={}", config.display()));
        timed(command)
    }

    fn holds(&self) -> Option<usize> {
        Some(maildir_messages(&self.place.path().join("Maildir")))
    }
}

/// A folder that the mail user may write to as well.
fn open_folder() -> io::Result<TempDir> {
    let place = TempDir::new()?;
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o777))?;
    Ok(place)
}
