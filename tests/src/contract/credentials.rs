//! What every CredentialStore promises: secrets come back byte for byte, apart from each other, and show nowhere.

use satchel_core::ports::{CredentialError, CredentialStore};
use secrecy::{ExposeSecret, SecretString};

/// The secret under a key, in the open.
///
/// # Panics
/// If the store fails.
pub fn read(store: &dyn CredentialStore, key: &str) -> Option<String> {
    store.get(key).unwrap().map(|s| s.expose_secret().to_owned())
}

/// The contract; keys begin with `run`, so that a store in use is left as it was.
pub fn keeps_the_contract(store: &dyn CredentialStore, run: &str) {
    let (one, two) = (format!("{run}-one"), format!("{run}-two"));
    assert_eq!(read(store, &one), None, "a key never set holds something");
    store.delete(&one).expect("forgetting what is not there is no error");
    for secret in [
        "canary-4711",
        " with blanks around ",
        "with \"quotes\" \\ and\ttab",
        "pässwörd 密码 🔑",
        &"long ".repeat(400),
        "short",
    ] {
        store.set(&one, &SecretString::from(secret)).unwrap();
        assert_eq!(read(store, &one).as_deref(), Some(secret), "a secret came back changed");
    }
    store.set(&two, &SecretString::from("other")).unwrap();
    store.set(&one, &SecretString::from("canary-4711")).unwrap();
    assert_eq!(read(store, &two).as_deref(), Some("other"), "one key's secret is another's");
    assert!(!format!("{store:?} {store:#?}").contains("canary"), "a secret shows in Debug");
    store.delete(&one).unwrap();
    store.delete(&one).unwrap();
    assert_eq!(read(store, &one), None, "a deleted secret is still there");
    assert_eq!(read(store, &two).as_deref(), Some("other"), "deleting one key took another's secret");
    store.delete(&two).unwrap();
    threads_lose_nothing(store, run);
}

/// Several accounts are added at once: a store that reads, changes and writes back would lose some.
fn threads_lose_nothing(store: &dyn CredentialStore, run: &str) {
    let key = |n: usize| format!("{run}-thread-{n}");
    std::thread::scope(|scope| {
        for n in 0..6 {
            scope.spawn(move || store.set(&key(n), &SecretString::from(format!("secret {n}"))).unwrap());
        }
    });
    for n in 0..6 {
        assert_eq!(read(store, &key(n)), Some(format!("secret {n}")), "a secret set beside others is lost");
        store.delete(&key(n)).unwrap();
    }
}

/// The contract of a store that can be locked: it says so, answers nothing meanwhile, and loses nothing.
pub fn a_locked_store_is_no_empty_store(store: &dyn CredentialStore, set_locked: &dyn Fn(bool)) {
    store.set("k", &SecretString::from("kept")).unwrap();
    set_locked(true);
    let locked = |result: Result<(), CredentialError>, what: &str| {
        assert!(matches!(result, Err(CredentialError::Locked)), "locked, {what} says {result:?}");
    };
    locked(store.get("k").map(drop), "get");
    locked(store.get("never set").map(drop), "get of nothing");
    locked(store.set("k", &SecretString::from("x")), "set");
    locked(store.delete("k"), "delete");
    set_locked(false);
    assert_eq!(read(store, "k").as_deref(), Some("kept"), "what was kept is lost or changed by the lock");
    store.delete("k").unwrap();
}
