//! Closing, faults inside, and homes that another one holds.

use crate::phone::{MemoryVault, Phone, SOON, open};
use satchel_ffi::{
    CredentialVault, ListOrder, MailCore, MailError, NetworkState, NetworkWatch, OpenRequest, StorageProblem,
    SyncRequest,
};
use std::sync::Arc;
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
async fn calls_after_close_are_refused_and_the_home_is_free() {
    let (phone, account) = Phone::with_mail(3).await;
    let row = phone.newest(&account).await;
    let list = phone.core.message_list(row.mailbox, ListOrder::Messages).unwrap();
    let held = open(phone.home.path(), &phone.vault).unwrap_err();
    assert!(matches!(held, MailError::Storage { problem: StorageProblem::InUse, .. }), "{held:?}");
    phone.core.shutdown().await.unwrap();
    phone.core.shutdown().await.unwrap();
    assert!(!phone.core.is_open().unwrap());
    let closed = |it: &MailError| matches!(it, MailError::Closed { .. });
    assert!(closed(&phone.core.accounts().await.unwrap_err()));
    assert!(closed(&phone.core.flag(vec![row.id], vec![], vec![]).await.unwrap_err()));
    assert!(closed(&list.show(0, 10, None).await.unwrap_err()));
    assert!(closed(&phone.core.network_changed(NetworkState::default()).unwrap_err()));
    // The list and the old core are still there; the home is not held by them.
    let again = open(phone.home.path(), &phone.vault).unwrap();
    assert_eq!(again.accounts().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_ends_a_pass_that_hangs() {
    use satchel_postoffice::{Fault, When};
    let (phone, account) = Phone::with_mail(1).await;
    phone.office.inject(When::imap().verb("LIST").times(1), Fault::Stall);
    let core = Arc::clone(&phone.core);
    let pass = tokio::spawn(async move { core.sync(account.id, SyncRequest::default(), None).await });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    tokio::time::timeout(SOON, phone.core.shutdown()).await.unwrap().unwrap();
    let ended = tokio::time::timeout(SOON, pass).await.unwrap().unwrap();
    assert!(matches!(ended, Err(MailError::Closed { .. })), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_the_core_becomes_an_error_and_the_next_call_works() {
    let phone = Phone::new().await;
    let error = phone.core.provoke_internal_error().await.unwrap_err();
    assert!(matches!(error, MailError::Internal { .. }), "{error:?}");
    assert!(phone.core.accounts().await.unwrap().is_empty());
}

struct NoNetwork;

impl NetworkWatch for NoNetwork {
    fn state(&self) -> Result<NetworkState, satchel_ffi::CallbackError> {
        Ok(NetworkState { online: false, metered: true, dns_servers: vec!["192.0.2.1".to_owned()] })
    }
}

#[tokio::test]
async fn a_phone_that_starts_without_network_is_offline_from_the_first_call() {
    let home = TempDir::new().unwrap();
    let request = OpenRequest { home: home.path().to_str().unwrap().to_owned() };
    let vault: Arc<dyn CredentialVault> = Arc::new(MemoryVault::default());
    let core = MailCore::open(request, vault, Some(Arc::new(NoNetwork))).unwrap();
    assert!(!core.network().unwrap().online && core.network().unwrap().metered);
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_and_closing_over_and_over_keeps_no_file_and_no_thread() {
    let home = TempDir::new().unwrap();
    let vault = Arc::new(MemoryVault::default());
    let count = |what: &str| std::fs::read_dir(format!("/proc/self/{what}")).map_or(0, Iterator::count);
    let mut held = Vec::new();
    let mut turn = async || {
        let core = open(home.path(), &vault).unwrap();
        core.shutdown().await.unwrap();
        // A shell may hold on to what it closed.
        held.push(core);
    };
    for _ in 0..5 {
        turn().await;
    }
    let (files, threads) = (count("fd"), count("task"));
    for _ in 0..50 {
        turn().await;
    }
    // Other tests run in this process; a leak would be fifty of each.
    assert!(count("fd") < files + 40 && count("task") < threads + 40);
}
