//! A phone for scenarios: the real core on a real home, its network a post office in the same process.

use satchel_core::account::{Account, PopRule};
use satchel_core::client::{
    AccountRequest, ListRow, MailboxView, PassOptions, PassReport, Password, RealParts, Satchel, open_home,
};
use satchel_core::credentials::MemoryStore;
use satchel_core::error::MailError;
use satchel_core::event::Event;
use satchel_core::ids::{AccountId, MailboxId};
use satchel_core::mailbox::Role;
use satchel_core::ports::{BoxFuture, Dialer, Endpoint, EventSink, NetError, Stream};
use satchel_postoffice::PostOffice;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Name and password of the one who has this phone.
pub const USER: &str = "ann@example.org";
/// Her password.
pub const PASSWORD: &str = "pa ss\"\\x";

/// Dials into a post office over memory: IMAP at 143, POP at 110. Nothing is encrypted, nothing leaves the process.
#[derive(Clone)]
pub struct OfficeDialer(pub PostOffice);

impl std::fmt::Debug for OfficeDialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OfficeDialer")
    }
}

impl Dialer for OfficeDialer {
    fn dial<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        Box::pin(async {
            let (here, there) = tokio::io::duplex(4 * 1024 * 1024);
            match to.port {
                143 | 993 => drop(tokio::spawn(self.0.imap(there))),
                110 | 995 => drop(tokio::spawn(self.0.pop(there))),
                port => return Err(NetError::Refused(port)),
            }
            Ok(Box::new(here) as Box<dyn Stream>)
        })
    }

    fn upgrade<'a>(
        &'a self,
        plain: Box<dyn Stream>,
        _: &'a Endpoint,
    ) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        Box::pin(async { Ok(plain) })
    }
}

/// Keeps what the core told.
#[derive(Debug, Default)]
pub struct Heard(Mutex<Vec<Event>>);

impl Heard {
    /// Takes what was told since the last call.
    ///
    /// # Panics
    /// If a sink panicked before.
    pub fn take(&self) -> Vec<Event> {
        std::mem::take(&mut *self.0.lock().expect("no sink panics"))
    }
}

impl EventSink for Heard {
    fn event(&self, event: Event) {
        if let Ok(mut all) = self.0.lock() {
            all.push(event);
        }
    }
}

/// One phone with one account.
pub struct Phone {
    /// The server.
    pub office: PostOffice,
    /// The core.
    pub satchel: Satchel,
    /// The account.
    pub account: Account,
    /// What the core told.
    pub heard: Arc<Heard>,
    credentials: Arc<MemoryStore>,
    home: TempDir,
}

impl Phone {
    /// A phone whose account uses IMAP. The user is made in the office.
    ///
    /// # Panics
    /// If the account cannot be added.
    pub async fn imap(office: &PostOffice) -> Self {
        Self::with(office, "imap://localhost?insecure").await
    }

    /// A phone whose account uses POP. The user is made in the office.
    ///
    /// # Panics
    /// If the account cannot be added.
    pub async fn pop(office: &PostOffice) -> Self {
        Self::with(office, "pop3://localhost?insecure").await
    }

    /// A second device of the same person. The user has to be there.
    ///
    /// # Panics
    /// If the account cannot be added.
    pub async fn with(office: &PostOffice, incoming: &str) -> Self {
        let home = TempDir::new().expect("a temporary folder");
        let credentials = Arc::new(MemoryStore::new());
        let heard = Arc::new(Heard::default());
        let satchel = open(&home, office, &credentials, &heard).expect("a new home opens");
        let account = satchel.add_account(request(incoming)).await.expect("the account is added");
        Self { office: office.clone(), satchel, account, heard, credentials, home }
    }

    /// The app dies and is started again on the same home.
    ///
    /// # Panics
    /// If the home does not open.
    pub fn restart(self) -> Self {
        let Self { office, satchel, account, heard, credentials, home } = self;
        drop(satchel);
        let satchel = open(&home, &office, &credentials, &heard).expect("the home opens again");
        Self { office, satchel, account, heard, credentials, home }
    }

    /// The account's id.
    pub fn id(&self) -> AccountId {
        self.account.id
    }

    /// Where the phone keeps its mail.
    pub fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    /// A pass that has to go well.
    ///
    /// # Panics
    /// If it does not.
    pub async fn sync(&self) -> PassReport {
        self.try_sync(&PassOptions::default()).await.expect("the pass goes well")
    }

    /// A pass with options.
    ///
    /// # Errors
    /// As `Satchel::sync`.
    pub async fn try_sync(&self, options: &PassOptions) -> Result<PassReport, MailError> {
        self.satchel.sync(self.id(), options, None).await
    }

    /// The mailbox of this name.
    ///
    /// # Panics
    /// If there is none.
    pub async fn mailbox(&self, name: &str) -> MailboxView {
        let all = self.satchel.mailboxes(self.id()).await.expect("mailboxes can be read");
        let found = all.into_iter().find(|m| m.name == name || m.role.map(Role::as_str) == Some(name));
        found.unwrap_or_else(|| panic!("there is no mailbox {name}"))
    }

    /// All rows of a mailbox, newest first, page by page.
    ///
    /// # Panics
    /// If they cannot be read.
    pub async fn rows(&self, mailbox: MailboxId) -> Vec<ListRow> {
        let (mut rows, mut before) = (Vec::new(), None);
        loop {
            let page = self.satchel.messages(mailbox, 100, before).await.expect("a page can be read");
            rows.extend(page.rows);
            before = page.next;
            if before.is_none() {
                return rows;
            }
        }
    }

    /// The subjects of a mailbox, newest first.
    ///
    /// # Panics
    /// If there is no such mailbox.
    pub async fn subjects(&self, name: &str) -> Vec<String> {
        let id = self.mailbox(name).await.id;
        self.rows(id).await.into_iter().map(|r| r.subject).collect()
    }

    /// The row with this subject.
    ///
    /// # Panics
    /// If there is none.
    pub async fn row(&self, name: &str, subject: &str) -> ListRow {
        let id = self.mailbox(name).await.id;
        let found = self.rows(id).await.into_iter().find(|r| r.subject == subject);
        found.unwrap_or_else(|| panic!("no message \"{subject}\" in {name}"))
    }
}

/// What adds the account of [`USER`].
pub fn request(incoming: &str) -> AccountRequest {
    AccountRequest {
        address: USER.to_owned(),
        protocol: None,
        incoming: incoming.to_owned(),
        submission: None,
        password: Password::Given(PASSWORD.to_owned().into()),
        authorities: None,
        pin: None,
        pop_rule: PopRule::Leave,
        prove: true,
    }
}

fn open(
    home: &TempDir,
    office: &PostOffice,
    credentials: &Arc<MemoryStore>,
    heard: &Arc<Heard>,
) -> Result<Satchel, MailError> {
    let parts = RealParts {
        credentials: Arc::clone(credentials) as _,
        events: Arc::clone(heard) as _,
        dialer: Some(Arc::new(OfficeDialer(office.clone()))),
    };
    open_home(home.path(), parts)
}

/// A mail with this subject, Message-ID derived from it, and a text.
pub fn mail(subject: &str) -> Vec<u8> {
    mail_with(subject, "", &format!("The text of {subject}.\r\n"))
}

/// A mail with more header lines (each ended by CRLF) and this body.
pub fn mail_with(subject: &str, more: &str, body: &str) -> Vec<u8> {
    let id = subject.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    format!(
        "From: Bob <bob@example.org>\r\nTo: {USER}\r\nSubject: {subject}\r\nMessage-ID: <{id}@example.org>\r\nDate: Mon, 05 Jan 2026 10:00:00 +0100\r\n{more}\r\n{body}"
    )
    .into_bytes()
}

/// An office with every extension and one user without mail.
pub fn office() -> PostOffice {
    office_with(satchel_postoffice::Features::rich())
}

/// An office with these extensions and one user without mail.
pub fn office_with(features: satchel_postoffice::Features) -> PostOffice {
    let office = PostOffice::new(features);
    office.add_user(USER, PASSWORD);
    office
}
