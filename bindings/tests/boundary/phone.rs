//! A phone for these tests: a home, a vault in memory, and a post office on loopback.

use satchel_ffi::{
    AccountRequest, AccountView, CallbackError, ChangesView, CredentialVault, ListOrder, MailCore, MailError,
    MailObserver, MailboxView, MessageView, OpenRequest, PopRule, Secret, ServerTrust, SyncRequest,
    VaultError,
};
use satchel_postoffice::{Features, Listening, PostOffice};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tempfile::TempDir;

pub(crate) const ANN: &str = "ann@example.org";
pub(crate) const PASSWORD: &str = "sea and salt";
/// Longer than anything takes that does not hang.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// Keeps secrets in memory, as text, for the test to compare.
#[derive(Default)]
pub(crate) struct MemoryVault {
    kept: Mutex<BTreeMap<String, String>>,
    /// Held by a test, it stands for a device that is locked.
    pub(crate) lock: Mutex<()>,
}

impl CredentialVault for MemoryVault {
    fn get(&self, key: String) -> Result<Option<Secret>, VaultError> {
        let _unlocked = self.lock.lock().unwrap();
        Ok(self.kept.lock().unwrap().get(&key).map(|words| Secret::from(words.clone())))
    }
    fn set(&self, key: String, secret: Secret) -> Result<(), VaultError> {
        self.kept.lock().unwrap().insert(key, secret.reveal());
        Ok(())
    }
    fn delete(&self, key: String) -> Result<(), VaultError> {
        self.kept.lock().unwrap().remove(&key);
        Ok(())
    }
}

impl MemoryVault {
    pub(crate) fn len(&self) -> usize {
        self.kept.lock().unwrap().len()
    }
}

/// Hands what it hears to the test.
pub(crate) struct Ear(pub(crate) Mutex<mpsc::Sender<ChangesView>>);

impl Ear {
    pub(crate) fn new() -> (Arc<Self>, mpsc::Receiver<ChangesView>) {
        let (told, heard) = mpsc::channel();
        (Arc::new(Self(Mutex::new(told))), heard)
    }
}

impl MailObserver for Ear {
    fn on_changes(&self, changes: ChangesView) -> Result<(), CallbackError> {
        let _ = self.0.lock().unwrap().send(changes);
        Ok(())
    }
}

pub(crate) struct Phone {
    pub(crate) office: PostOffice,
    pub(crate) server: Listening,
    pub(crate) home: TempDir,
    pub(crate) vault: Arc<MemoryVault>,
    pub(crate) core: Arc<MailCore>,
}

pub(crate) fn open(home: &std::path::Path, vault: &Arc<MemoryVault>) -> Result<Arc<MailCore>, MailError> {
    let request = OpenRequest { home: home.to_str().unwrap().to_owned() };
    MailCore::open(request, Arc::clone(vault) as Arc<dyn CredentialVault>, None)
}

impl Phone {
    pub(crate) async fn new() -> Self {
        let office = PostOffice::new(Features::rich());
        office.add_user(ANN, PASSWORD);
        let server = office.listen().await.unwrap();
        let home = TempDir::new().unwrap();
        let vault = Arc::new(MemoryVault::default());
        let core = open(home.path(), &vault).unwrap();
        Self { office, server, home, vault, core }
    }

    pub(crate) fn request(&self, password: &str) -> AccountRequest {
        AccountRequest {
            address: ANN.to_owned(),
            incoming: format!("imaps://localhost:{}", self.server.imaps),
            submission: None,
            password: Secret::from(password.to_owned()),
            trust: ServerTrust::PlatformAnd { authorities: self.server.ca_pem.clone().into() },
            pop_rule: PopRule::Leave,
            prove: true,
        }
    }

    /// So many messages in the inbox, and one pass.
    pub(crate) async fn with_mail(count: u32) -> (Self, AccountView) {
        let phone = Self::new().await;
        for n in 1..=count {
            let raw = format!("From: Ben <ben@example.org>\r\nSubject: Message {n}\r\n\r\nText {n}\r\n");
            let at = 1_790_000_000 + i64::from(n) * 60;
            phone.office.deliver(ANN, "INBOX", raw, [] as [&str; 0], at).unwrap();
        }
        let account = phone.core.add_account(phone.request(PASSWORD)).await.unwrap();
        phone.core.sync(account.id, SyncRequest::default(), None).await.unwrap();
        (phone, account)
    }

    pub(crate) async fn inbox(&self, account: &AccountView) -> MailboxView {
        let all = self.core.mailboxes(account.id).await.unwrap();
        all.into_iter().find(|m| m.role == Some(satchel_ffi::MailboxRole::Inbox)).unwrap()
    }

    pub(crate) async fn newest(&self, account: &AccountView) -> MessageView {
        let inbox = self.inbox(account).await;
        let page = self.core.page(inbox.id, ListOrder::Messages, 1, None).await.unwrap();
        page.rows.into_iter().next().unwrap()
    }
}
