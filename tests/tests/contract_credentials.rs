//! What every CredentialStore promises, for the file, the memory, a keyring of the keyring family, the simulated one
//! and, where one runs, the system's own; stores that are wrong on purpose do not keep it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a suite; what its functions meet is a failure")]

use satchel_core::account::CredentialRef;
use satchel_core::credentials::{FileStore, KeyringStore, MemoryStore, secret_of};
use satchel_core::ports::{CredentialError, CredentialStore};
use satchel_tests::contract::broken;
use satchel_tests::contract::credentials::{a_locked_store_is_no_empty_store, keeps_the_contract, read};
use satchel_tests::sim::credentials::{Condition, SimCredentials};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

#[test]
fn the_file_the_memory_and_a_keyring_keep_the_contract() {
    let home = tempfile::tempdir().unwrap();
    keeps_the_contract(&FileStore::new(home.path()), "a");
    keeps_the_contract(&MemoryStore::new(), "a");
    keeps_the_contract(&KeyringStore::over(keyring_core::mock::Store::new().unwrap()), "a");
}

#[test]
fn what_the_file_keeps_is_there_after_a_restart() {
    let home = tempfile::tempdir().unwrap();
    FileStore::new(home.path()).set("k", &SecretString::from("kept")).unwrap();
    assert_eq!(read(&FileStore::new(home.path()), "k").as_deref(), Some("kept"));
}

/// With a keyring on this machine: the contract. Without one: the way out is named. Never nothing.
#[test]
fn the_systems_keyring_keeps_the_contract_or_names_the_way_out() {
    match KeyringStore::system() {
        Ok(store) => {
            let run = format!("contract-{}", std::process::id());
            match store.get(&run) {
                Ok(_) => keeps_the_contract(&store, &run),
                Err(error) => println!("not run: the keyring here does not open ({error})"),
            }
        }
        Err(CredentialError::Locked) => println!("not run: the keyring here is locked"),
        Err(CredentialError::Failed(reason)) => {
            assert!(reason.contains("--credential-store file"), "{reason}");
            println!("not run: no keyring here");
        }
    }
}

#[test]
fn the_simulated_store_keeps_the_contract() {
    keeps_the_contract(&SimCredentials::default(), "a");
}

#[test]
fn a_locked_store_is_no_empty_store_and_loses_nothing() {
    let store = MemoryStore::new();
    a_locked_store_is_no_empty_store(&store, &|locked| store.set_locked(locked));
    let store = SimCredentials::default();
    let set = |locked| store.set_condition(if locked { Condition::Locked } else { Condition::Works });
    a_locked_store_is_no_empty_store(&store, &set);
}

#[test]
fn a_simulated_store_that_broke_says_so_and_what_survives_a_crash_is_all_it_kept() {
    let store = SimCredentials::default();
    store.set("k", &SecretString::from("canary-4711")).unwrap();
    store.set_condition(Condition::Failed);
    for outcome in
        [store.get("k").map(drop), store.set("k", &SecretString::from("canary-4711")), store.delete("k")]
    {
        match outcome {
            Err(CredentialError::Failed(reason)) => assert!(!reason.contains("canary"), "{reason}"),
            other => panic!("{other:?}"),
        }
    }
    let survived = store.clone();
    survived.set_condition(Condition::Works);
    assert_eq!(read(&survived, "k").as_deref(), Some("canary-4711"));
}

/// What is wrong with a [`WrongStore`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Flaw {
    KeepsTheFirst,
    Trims,
    OneKey,
    DeletesAll,
    DeletesNothing,
    MissingIsAnError,
    Shows,
    LosesWhatOthersSet,
    LockedIsEmpty,
    LockedTakes,
    LockForgets,
}

struct WrongStore(Mutex<(BTreeMap<String, String>, bool)>, Flaw);

impl WrongStore {
    fn new(flaw: Flaw) -> Self {
        Self(Mutex::default(), flaw)
    }
    fn key<'a>(&self, key: &'a str) -> &'a str {
        if self.1 == Flaw::OneKey { "one" } else { key }
    }
    fn set_locked(&self, locked: bool) {
        let mut inner = self.0.lock().unwrap();
        inner.1 = locked;
        if self.1 == Flaw::LockForgets {
            inner.0.clear();
        }
    }
    fn locked(&self) -> bool {
        self.0.lock().unwrap().1
    }
}

impl fmt::Debug for WrongStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1 == Flaw::Shows { write!(f, "{:?}", self.0) } else { f.write_str("WrongStore") }
    }
}

impl CredentialStore for WrongStore {
    fn get(&self, key: &str) -> Result<Option<SecretString>, CredentialError> {
        match (self.locked(), self.1) {
            (true, Flaw::LockedIsEmpty) => return Ok(None),
            (true, _) => return Err(CredentialError::Locked),
            (false, _) => {}
        }
        Ok(self.0.lock().unwrap().0.get(self.key(key)).map(|s| SecretString::from(s.as_str())))
    }
    fn set(&self, key: &str, secret: &SecretString) -> Result<(), CredentialError> {
        if self.locked() && self.1 != Flaw::LockedTakes {
            return Err(CredentialError::Locked);
        }
        let secret = secret.expose_secret();
        let secret = if self.1 == Flaw::Trims { secret.trim() } else { secret };
        let mut all = self.0.lock().unwrap().0.clone();
        if !(self.1 == Flaw::KeepsTheFirst && all.contains_key(key)) {
            all.insert(self.key(key).to_owned(), secret.to_owned());
        }
        if self.1 == Flaw::LosesWhatOthersSet {
            std::thread::sleep(std::time::Duration::from_millis(50));
            self.0.lock().unwrap().0 = all;
        } else {
            self.0.lock().unwrap().0.extend(all);
        }
        Ok(())
    }
    fn delete(&self, key: &str) -> Result<(), CredentialError> {
        if self.locked() {
            return Err(CredentialError::Locked);
        }
        let mut inner = self.0.lock().unwrap();
        let gone = match self.1 {
            Flaw::DeletesAll => {
                inner.0.clear();
                true
            }
            Flaw::DeletesNothing => true,
            _ => inner.0.remove(self.key(key)).is_some(),
        };
        let fails = !gone && self.1 == Flaw::MissingIsAnError;
        if fails { Err(CredentialError::Failed("there is none".into())) } else { Ok(()) }
    }
}

#[test]
fn a_wrong_store_does_not_keep_it() {
    for (flaw, words) in [
        (Flaw::KeepsTheFirst, "came back changed"),
        (Flaw::Trims, "came back changed"),
        (Flaw::OneKey, "is another's"),
        (Flaw::DeletesAll, "took another's"),
        (Flaw::DeletesNothing, "still there"),
        (Flaw::MissingIsAnError, "no error"),
        (Flaw::Shows, "shows in Debug"),
        (Flaw::LosesWhatOthersSet, "beside others is lost"),
    ] {
        let said = broken(|| keeps_the_contract(&WrongStore::new(flaw), "a"));
        assert!(said.contains(words), "{flaw:?}: {said}");
    }
    for (flaw, words) in [
        (Flaw::LockedIsEmpty, "get says"),
        (Flaw::LockedTakes, "set says"),
        (Flaw::LockForgets, "lost or changed"),
    ] {
        let store = WrongStore::new(flaw);
        let said = broken(|| a_locked_store_is_no_empty_store(&store, &|locked| store.set_locked(locked)));
        assert!(said.contains(words), "{flaw:?}: {said}");
    }
}

#[test]
fn an_account_finds_its_secret_in_the_store_or_in_its_variable() {
    let store = MemoryStore::new();
    store.set("k", &SecretString::from("kept")).unwrap();
    let find = |reference: &CredentialRef| {
        secret_of(reference, &store).unwrap().map(|s| s.expose_secret().to_owned())
    };
    assert_eq!(find(&CredentialRef::Stored("k".into())).as_deref(), Some("kept"));
    assert_eq!(find(&CredentialRef::Stored("other".into())), None);
    assert_eq!(find(&CredentialRef::Environment("PATH".into())), std::env::var("PATH").ok());
    assert_eq!(find(&CredentialRef::Environment("SATCHEL_NO_SUCH_VARIABLE".into())), None);
}
