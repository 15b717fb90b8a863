//! What every CredentialStore promises, for the file, the memory, a keyring of the keyring family and, where one runs,
//! the system's own.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a suite; what its functions meet is a failure")]

use satchel_core::account::CredentialRef;
use satchel_core::credentials::{FileStore, KeyringStore, MemoryStore, secret_of};
use satchel_core::ports::{CredentialError, CredentialStore};
use secrecy::{ExposeSecret, SecretString};

fn read(store: &dyn CredentialStore, key: &str) -> Option<String> {
    store.get(key).unwrap().map(|s| s.expose_secret().to_owned())
}

fn keeps_the_contract(store: &dyn CredentialStore, run: &str) {
    let (one, two) = (format!("{run}-one"), format!("{run}-two"));
    let secrets =
        ["canary-4711", "", "with \"quotes\" \\ and\ttab", "pässwörd 密码 🔑", &"long ".repeat(400)];
    assert_eq!(read(store, &one), None);
    store.delete(&one).unwrap();
    for secret in secrets.into_iter().filter(|s| !s.is_empty()) {
        store.set(&one, &SecretString::from(secret)).unwrap();
        assert_eq!(read(store, &one).as_deref(), Some(secret));
    }
    store.set(&two, &SecretString::from("other")).unwrap();
    store.set(&one, &SecretString::from("canary-4711")).unwrap();
    assert_eq!(read(store, &two).as_deref(), Some("other"));
    assert!(!format!("{store:?}").contains("canary"));
    store.delete(&one).unwrap();
    store.delete(&one).unwrap();
    assert_eq!(read(store, &one), None);
    assert_eq!(read(store, &two).as_deref(), Some("other"));
    store.delete(&two).unwrap();
}

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
fn a_locked_store_is_no_empty_store_and_loses_nothing() {
    let store = MemoryStore::new();
    store.set("k", &SecretString::from("kept")).unwrap();
    store.set_locked(true);
    assert!(matches!(store.get("k"), Err(CredentialError::Locked)));
    assert!(matches!(store.set("k", &SecretString::from("x")), Err(CredentialError::Locked)));
    assert!(matches!(store.delete("k"), Err(CredentialError::Locked)));
    store.set_locked(false);
    assert_eq!(read(&store, "k").as_deref(), Some("kept"));
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
