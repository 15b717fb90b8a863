//! A phone on real TCP and TLS: the core as an app has it, its account on one of the real servers.
#![allow(dead_code, reason = "each test binary needs its own part of it")]

use satchel_core::account::{Account, PopRule, Window};
use satchel_core::client::{
    AccountRequest, AccountSettings, ListRow, MailboxView, PassOptions, PassReport, Password, RealParts,
    Satchel, open_home,
};
use satchel_core::credentials::MemoryStore;
use satchel_core::error::MailError;
use satchel_core::ids::MailboxId;
use satchel_core::mailbox::Role;
use satchel_tests::phone::Heard;
use satchel_tests::servers::{MailServer, Service, User};
use std::sync::Arc;
use tempfile::TempDir;

/// One phone with one account on a real server.
pub(crate) struct RealPhone {
    pub(crate) satchel: Satchel,
    pub(crate) account: Account,
    home: TempDir,
}

/// What adds the account: the server's own authority is believed, and only where there is none it is plain text.
pub(crate) fn request(server: &dyn MailServer, user: &User, service: Service) -> AccountRequest {
    AccountRequest {
        address: user.address(),
        protocol: None,
        incoming: server.url(service, user).expect("the server offers the service"),
        submission: None,
        password: Password::Given(user.password.clone().into()),
        authorities: server.ca_pem().map(|pem| pem.as_bytes().to_vec()),
        pin: None,
        pop_rule: PopRule::Leave,
        prove: true,
    }
}

/// IMAP over TLS where the server has it.
pub(crate) fn best_imap(server: &dyn MailServer) -> Service {
    if server.endpoint(Service::Imaps).is_some() { Service::Imaps } else { Service::Imap }
}

impl RealPhone {
    /// A new home with this account; the server has to take the login.
    pub(crate) async fn try_with(request: AccountRequest) -> Result<Self, MailError> {
        let home = TempDir::new().expect("a temporary folder");
        let parts = RealParts {
            credentials: Arc::new(MemoryStore::new()),
            events: Arc::new(Heard::default()),
            dialer: None,
        };
        let satchel = open_home(home.path(), parts).expect("a new home opens");
        let account = satchel.add_account(request).await?;
        Ok(Self { satchel, account, home })
    }

    /// A phone whose account uses this service.
    pub(crate) async fn on(server: &dyn MailServer, user: &User, service: Service) -> Self {
        let added = Self::try_with(request(server, user, service)).await;
        added.unwrap_or_else(|why| panic!("{}: {why}: {:?}", server.name(), words(&why)))
    }

    pub(crate) async fn window(&self, window: Window) {
        let settings = AccountSettings { window: Some(window), ..AccountSettings::default() };
        self.satchel.change_account(self.account.id, settings).await.expect("a setting is changed");
    }

    /// A pass that has to go well and to leave nothing.
    pub(crate) async fn sync(&self) -> PassReport {
        self.sync_with(&PassOptions::default()).await
    }

    pub(crate) async fn sync_with(&self, options: &PassOptions) -> PassReport {
        let host = &self.account.incoming;
        let report = self.satchel.sync(self.account.id, options, None).await;
        let report = report.unwrap_or_else(|why| panic!("{}: {why}: {:?}", host.port, words(&why)));
        assert_eq!(report.left_over, Vec::<String>::new());
        assert_eq!(report.operations_failed, 0, "{report:?}");
        report
    }

    /// The mailbox of this name or role.
    pub(crate) async fn mailbox(&self, name: &str) -> MailboxView {
        let all = self.satchel.mailboxes(self.account.id).await.expect("mailboxes can be read");
        let names: Vec<_> = all.iter().map(|m| m.name.clone()).collect();
        let found = all.into_iter().find(|m| m.name == name || m.role.map(Role::as_str) == Some(name));
        found.unwrap_or_else(|| panic!("no mailbox {name} among {names:?}"))
    }

    /// All rows of a mailbox, newest first, page by page.
    pub(crate) async fn rows_of(&self, mailbox: MailboxId) -> Vec<ListRow> {
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

    pub(crate) async fn rows(&self, name: &str) -> Vec<ListRow> {
        self.rows_of(self.mailbox(name).await.id).await
    }

    /// The subjects of a mailbox, newest first.
    pub(crate) async fn subjects(&self, name: &str) -> Vec<String> {
        self.rows(name).await.into_iter().map(|row| row.subject).collect()
    }

    pub(crate) async fn row(&self, name: &str, subject: &str) -> ListRow {
        let rows = self.rows(name).await;
        let found = rows.into_iter().find(|row| row.subject == subject);
        found.unwrap_or_else(|| panic!("no message \"{subject}\" in {name}"))
    }

    pub(crate) async fn raw(&self, row: &ListRow) -> Vec<u8> {
        let raw = self.satchel.raw_message(row.placement, &mut |_, _| {}).await;
        raw.unwrap_or_else(|why| panic!("\"{}\": {why}: {:?}", row.subject, words(&why)))
    }
}

/// The server's words, for the message of a failed test.
pub(crate) fn words(why: &MailError) -> Option<&str> {
    why.server_text().map(satchel_core::error::ServerText::for_person)
}

/// A mail named by its subject.
pub(crate) fn mail(subject: &str) -> Vec<u8> {
    let id = subject.replace(' ', "-");
    format!(
        "From: Bob <bob@example.org>\r\nTo: alice@localhost\r\nSubject: {subject}\r\n\
         Message-ID: <{id}@example.org>\r\nDate: Mon, 05 Jan 2026 10:00:00 +0100\r\n\r\nThe text of {subject}.\r\n"
    )
    .into_bytes()
}
