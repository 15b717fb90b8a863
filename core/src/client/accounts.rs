//! Accounts: adding (with a login that proves it), changing, removing.

use super::errors::engine_error;
use super::{Satchel, not_found};
use crate::account::{Account, Bodies, CredentialRef, PopRule, Protocol, Scheme, Server, Window};
use crate::error::MailError;
use crate::ids::AccountId;
use crate::mailbox::{MailboxKind, Role};
use crate::ports::{Class, Trust};
use crate::store::{self, NewMailbox, StoreError, Write, hex};
use crate::sync::{Credentials, Network, prove_login};
use secrecy::SecretString;

/// What an account is made of.
#[derive(Clone, Debug)]
pub struct AccountRequest {
    /// The mail address.
    pub address: String,
    /// IMAP or POP; `None`: by the scheme of `incoming`.
    pub protocol: Option<Protocol>,
    /// Server URL, see [`Server::parse`].
    pub incoming: String,
    /// Server URL for sending, if there is one.
    pub submission: Option<String>,
    /// The password, to be kept in the credential store; or the name of an environment variable that holds it.
    pub password: Password,
    /// Authorities to be believed beside the platform's, PEM.
    pub authorities: Option<Vec<u8>>,
    /// The one certificate to be believed, SHA-256 of its DER.
    pub pin: Option<[u8; 32]>,
    /// What happens to the server's copy (POP).
    pub pop_rule: PopRule,
    /// Log in before anything is kept. Without it a wrong password shows with the first pass.
    pub prove: bool,
}

/// Where the password of a new account comes from.
#[derive(Clone, Debug)]
pub enum Password {
    /// This one; it goes to the credential store.
    Given(SecretString),
    /// The value of this environment variable, read each time it is needed, never kept.
    Environment(String),
}

/// What a person may change of an account. `None` leaves it as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AccountSettings {
    /// Overview kept per mailbox.
    pub window: Option<Window>,
    /// When bodies are fetched.
    pub bodies: Option<Bodies>,
    /// What happens to the server's copy (POP).
    pub pop_rule: Option<PopRule>,
}

fn invalid(field: &str, reason: impl Into<String>) -> MailError {
    MailError::InvalidInput { field: field.to_owned(), reason: reason.into() }
}

impl Satchel {
    /// All accounts, oldest first.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn accounts(&self) -> Result<Vec<Account>, MailError> {
        Ok(self.store().read(|db, _| store::accounts(db)).await?)
    }

    /// One account.
    ///
    /// # Errors
    /// `NotFound`, `Storage`.
    pub async fn account(&self, id: AccountId) -> Result<Account, MailError> {
        Ok(self.store().read(move |db, _| store::account(db, id)).await?)
    }

    /// Adds an account. Nothing is kept unless the server took the password (with `prove`).
    ///
    /// # Errors
    /// `InvalidInput`, `Authentication`, `Network`, `Tls`, `ServerRejected`, `Storage`.
    pub async fn add_account(&self, request: AccountRequest) -> Result<Account, MailError> {
        let mut account = self.checked(&request)?;
        let rule_now = account.pop_rule;
        if account.protocol == Protocol::Pop && rule_now != PopRule::Leave {
            return Err(invalid(
                "pop-rule",
                "only leave works in this version: deleting on the server comes with the next ones",
            ));
        }
        let same = account.clone();
        let taken = self.store().read(move |db, _| store::accounts(db)).await?;
        if taken.iter().any(|a| a.address == same.address && a.protocol == same.protocol) {
            return Err(invalid("address", "there is already an account for this address and protocol"));
        }
        let password = match &request.password {
            Password::Given(secret) => secret.clone(),
            Password::Environment(name) => crate::credentials::read_environment(name)?.ok_or_else(|| {
                invalid("password-env", format!("the environment variable {name} is not set"))
            })?,
        };
        if request.prove {
            self.prove(&account, &password).await?;
        }
        if let CredentialRef::Stored(key) = &account.credential {
            self.inner.credentials.set(key, &password)?;
        }
        let new = account.clone();
        let added = self.store().write(Class::Durable, move |w| insert(w, &new)).await;
        match added {
            Ok(id) => account.id = id,
            Err(e) => {
                // Where the account is surely not there, its password may not be either. A commit that failed on
                // the disk may still show up with the next open, and then needs it.
                let surely = !matches!(e, StoreError::Database(_) | StoreError::File(_));
                if let (CredentialRef::Stored(key), true) = (&account.credential, surely) {
                    self.inner.credentials.delete(key)?;
                }
                return Err(e.into());
            }
        }
        Ok(account)
    }

    fn checked(&self, request: &AccountRequest) -> Result<Account, MailError> {
        let address = request.address.trim();
        let well_formed = address
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
        if !well_formed || address.len() > 320 || address.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            return Err(invalid("address", "write it as name@example.org"));
        }
        let (scheme, incoming) = Server::parse(&request.incoming, address)?;
        let protocol = match (scheme, request.protocol) {
            (Scheme::Imap, None | Some(Protocol::Imap)) => Protocol::Imap,
            (Scheme::Pop, None | Some(Protocol::Pop)) => Protocol::Pop,
            (Scheme::Smtp, _) => {
                return Err(invalid("incoming", "smtp is for sending: use imaps, imap, pop3s or pop3"));
            }
            _ => return Err(invalid("protocol", "it contradicts the scheme of the incoming URL")),
        };
        let submission = match &request.submission {
            None => None,
            Some(url) => match Server::parse(url, address)? {
                (Scheme::Smtp, server) => Some(server),
                _ => return Err(invalid("submission", "use smtps or smtp")),
            },
        };
        let trust = match (&request.authorities, request.pin) {
            (Some(_), Some(_)) => return Err(invalid("pin", "a pin and a CA exclude each other")),
            (Some(pem), None) => {
                crate::net::authorities_in(pem).map_err(|e| invalid("ca", e.to_string()))?;
                Trust::PlatformAnd(pem.clone())
            }
            (None, Some(sha256)) => Trust::Pin(sha256),
            (None, None) => Trust::Platform,
        };
        let credential = match &request.password {
            Password::Environment(name) => CredentialRef::Environment(name.clone()),
            Password::Given(_) => {
                let mut key = [0; 16];
                self.inner.random.fill(&mut key);
                CredentialRef::Stored(hex(&key))
            }
        };
        Ok(Account {
            id: AccountId(0),
            address: address.to_owned(),
            protocol,
            incoming,
            submission,
            trust,
            credential,
            window: Window::default(),
            bodies: Bodies::default(),
            pop_rule: request.pop_rule,
        })
    }

    /// Changes settings of an account; they apply from the next pass on.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput`, `Storage`.
    pub async fn change_account(
        &self,
        id: AccountId,
        settings: AccountSettings,
    ) -> Result<Account, MailError> {
        if settings.pop_rule.is_some_and(|rule| rule != PopRule::Leave) {
            return Err(invalid(
                "pop-rule",
                "only leave works in this version: deleting on the server comes with the next ones",
            ));
        }
        let changed = self.store().write(Class::Durable, move |w| {
            let mut account = store::account(w, id)?;
            account.window = settings.window.unwrap_or(account.window);
            account.bodies = settings.bodies.unwrap_or(account.bodies);
            account.pop_rule = settings.pop_rule.unwrap_or(account.pop_rule);
            store::update_account(w, &account)?;
            Ok(account)
        });
        Ok(changed.await?)
    }

    /// Takes a new password for an account; its mail stays. Nothing changes unless the server took it (offline it cannot
    /// be asked, and the next pass finds out).
    ///
    /// # Errors
    /// `NotFound`, `Authentication`, `Network`, `Tls`, `ServerRejected`, `Storage`.
    pub async fn sign_in(&self, id: AccountId, password: SecretString) -> Result<(), MailError> {
        let account = self.account(id).await?;
        self.prove(&account, &password).await?;
        let CredentialRef::Stored(key) = &account.credential else {
            return Err(invalid("password", "this account takes it from an environment variable"));
        };
        Ok(self.inner.credentials.set(key, &password)?)
    }

    async fn prove(&self, account: &Account, password: &SecretString) -> Result<(), MailError> {
        if self.is_offline() {
            return Ok(());
        }
        let network = Network::new(self.inner.dialer.clone());
        prove_login(&network, account, password).await.map_err(|e| engine_error(e, account))
    }

    /// How many messages of an account exist on this device only: what [`Satchel::remove_account`] would take away
    /// for good.
    ///
    /// # Errors
    /// `NotFound`, `Storage`.
    pub async fn sole_copies(&self, id: AccountId) -> Result<u64, MailError> {
        let read = self.store().read(move |db, _| {
            store::account(db, id)?;
            store::sole_copies(db, id)
        });
        Ok(read.await?)
    }

    /// Removes an account, its mail here and its password. The server is not touched. Refused while there is mail that
    /// exists only here, unless `discard_sole_copies` says so.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput` (sole copies), `Storage`.
    pub async fn remove_account(&self, id: AccountId, discard_sole_copies: bool) -> Result<(), MailError> {
        let account = self.account(id).await?;
        let sole = self.sole_copies(id).await?;
        if sole > 0 && !discard_sole_copies {
            return Err(invalid(
                "account",
                format!(
                    "{sole} messages exist only on this device and would be gone: confirm that they may be discarded"
                ),
            ));
        }
        let lock = self.pass_lock(id);
        let _no_pass = lock.lock().await;
        self.store().write(Class::Durable, move |w| store::delete_account(w, id)).await?;
        if let CredentialRef::Stored(key) = &account.credential {
            self.inner.credentials.delete(key)?;
        }
        Ok(())
    }

    /// The account with this id or address.
    ///
    /// # Errors
    /// `NotFound`, `InvalidInput` if an address has two accounts, `Storage`.
    pub async fn find_account(&self, id_or_address: &str) -> Result<Account, MailError> {
        let mut found = self.accounts().await?;
        match id_or_address.parse::<i64>() {
            Ok(id) => found.retain(|a| a.id.0 == id),
            Err(_) => found.retain(|a| a.address.eq_ignore_ascii_case(id_or_address)),
        }
        match (found.pop(), found.is_empty()) {
            (Some(account), true) => Ok(account),
            (Some(_), false) => {
                Err(invalid("account", "there is an IMAP and a POP account of this address: use the id"))
            }
            (None, _) => Err(not_found("account")),
        }
    }

    pub(super) fn credentials(&self) -> Credentials {
        Credentials { store: self.inner.credentials.clone() }
    }
}

fn insert(w: &mut Write<'_>, account: &Account) -> Result<AccountId, StoreError> {
    let id = store::insert_account(w, account)?;
    if account.protocol == Protocol::Pop {
        let local = [
            (Role::Inbox, "Inbox"),
            (Role::Drafts, "Drafts"),
            (Role::Sent, "Sent"),
            (Role::Archive, "Archive"),
            (Role::Junk, "Junk"),
            (Role::Trash, "Trash"),
        ];
        for (role, name) in local {
            let new = NewMailbox {
                account: id,
                kind: MailboxKind::Local,
                name: name.to_owned(),
                wire_name: None,
                delimiter: Some('/'),
                role: Some(role),
                selectable: true,
            };
            store::insert_mailbox(w, &new)?;
        }
    }
    Ok(id)
}
