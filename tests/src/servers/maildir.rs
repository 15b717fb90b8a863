//! Writing mail straight into a Maildir: the fast way to fill a server that has not been asked yet.
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A message as it will lie on a server.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The raw bytes; bare LF or CRLF.
    pub raw: Vec<u8>,
    /// Maildir's letters: `S` seen, `F` flagged, `R` answered, `D` draft, `T` deleted.
    pub flags: String,
    /// INTERNALDATE.
    pub received_at: SystemTime,
}

impl Stored {
    /// An unread message, received at a fixed moment of 2026.
    pub fn new(raw: Vec<u8>) -> Self {
        let moment = SystemTime::UNIX_EPOCH + Duration::from_hours(490_896);
        Self { raw, flags: String::new(), received_at: moment }
    }

    /// The same with flags.
    pub fn flagged(mut self, letters: &str) -> Self {
        letters.clone_into(&mut self.flags);
        self
    }

    /// The same, received then.
    pub fn received(mut self, at: SystemTime) -> Self {
        self.received_at = at;
        self
    }
}

/// Who owns what is written: the server's mail user, or nobody in particular.
pub type Owner = Option<(u32, u32)>;

/// Adds messages to a mailbox of a Maildir++ tree; `INBOX` is the tree's root. UIDs follow the order.
pub fn write(
    root: &Path,
    mailbox: &str,
    owner: Owner,
    mails: impl IntoIterator<Item = Stored>,
) -> io::Result<usize> {
    let folder = mailbox_folder(root, mailbox);
    for name in ["cur", "new", "tmp"] {
        make_folders(&folder.join(name), owner)?;
    }
    if mailbox != "INBOX" {
        own(&touch(&folder.join("maildirfolder"))?, owner)?;
    }
    let mut count = fs::read_dir(folder.join("cur"))?.count();
    let before = count;
    for mail in mails {
        count += 1;
        let path = folder.join("cur").join(file_name(count, &mail));
        let mut file = File::create(&path)?;
        file.write_all(&mail.raw)?;
        file.set_modified(mail.received_at)?;
        own(&path, owner)?;
    }
    Ok(count - before)
}

/// The folder of a mailbox: `.A.B` for `A/B`.
pub fn mailbox_folder(root: &Path, mailbox: &str) -> PathBuf {
    if mailbox == "INBOX" { root.to_path_buf() } else { root.join(format!(".{}", mailbox.replace('/', "."))) }
}

/// Servers number messages by the time in the name, then by the name: the number stands where the time does.
fn file_name(number: usize, mail: &Stored) -> String {
    let bare = mail.raw.windows(2).filter(|pair| pair[1] == b'\n' && pair[0] != b'\r').count()
        + usize::from(mail.raw.first() == Some(&b'\n'));
    let size = mail.raw.len();
    let (seconds, fraction) = (1_000_000_000 + number / 1_000_000, number % 1_000_000);
    format!("{seconds}.M{fraction:06}P1.satchel,S={size},W={}:2,{}", size + bare, mail.flags)
}

fn make_folders(path: &Path, owner: Owner) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        make_folders(parent, owner)?;
    }
    fs::create_dir(path)?;
    own(path, owner)
}

fn touch(path: &Path) -> io::Result<PathBuf> {
    File::create(path)?;
    Ok(path.to_path_buf())
}

fn own(path: &Path, owner: Owner) -> io::Result<()> {
    owner.map_or(Ok(()), |(user, group)| chown(path, Some(user), Some(group)))
}
