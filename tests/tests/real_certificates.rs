//! Certificates, passwords and plain text on a real server: nothing is sent before the connection is safe.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod real_world;

use real_world::{RealPhone, request};
use satchel_core::client::{AccountRequest, PassOptions, Password};
use satchel_core::error::{MailError, TlsProblem};
use satchel_tests::servers::{Dovecot, DovecotOptions, MailServer, Servers, Service, User, bob, or_skip};

/// The services whose security is decided before the login.
const SERVICES: [Service; 4] = [Service::Imaps, Service::Imap, Service::Pops, Service::Pop];

fn at(host: &str, server: &dyn MailServer, user: &User, service: Service) -> AccountRequest {
    let mut request = request(server, user, service);
    request.incoming = request.incoming.replace("127.0.0.1", host);
    request
}

/// The problem and the certificate's digest of an account that was refused for its connection.
async fn refused(request: AccountRequest) -> (TlsProblem, Option<String>) {
    let incoming = request.incoming.clone();
    match RealPhone::try_with(request).await {
        Ok(_) => panic!("{incoming} was trusted"),
        Err(MailError::Tls { problem, sha256, host, reason }) => {
            assert!(incoming.contains(&host) && !reason.is_empty(), "{host}: {reason}");
            (problem, sha256)
        }
        Err(why) => panic!("{incoming}: {why:?}"),
    }
}

#[tokio::test]
async fn bad_certificates_are_told_apart_for_imap_and_pop_with_tls_at_once_and_with_starttls() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let user = dovecot.fresh_user();
    for (host, expected) in [
        ("127.0.0.2", TlsProblem::Expired),
        ("127.0.0.3", TlsProblem::UnknownIssuer),
        ("127.0.0.4", TlsProblem::WrongHost),
    ] {
        for service in SERVICES {
            let (problem, sha256) = refused(at(host, dovecot, &user, service)).await;
            assert_eq!(problem, expected, "{host} {service:?}");
            assert_eq!(sha256.map(|hex| hex.len()), Some(64), "{host} {service:?}: a pin needs the digest");
        }
    }
}

#[tokio::test]
async fn without_the_authority_even_the_good_certificate_is_nobodys() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let mut request = request(dovecot, &dovecot.fresh_user(), Service::Imaps);
    request.authorities = None;
    assert_eq!(refused(request).await.0, TlsProblem::UnknownIssuer);
}

#[tokio::test]
async fn a_refused_certificate_that_is_pinned_is_believed_and_no_other_is() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let user = dovecot.fresh_user();
    for service in [Service::Imaps, Service::Pop] {
        let (_, sha256) = refused(at("127.0.0.3", dovecot, &user, service)).await;
        let pin = digest(&sha256.expect("the digest is told"));
        let mut pinned = at("127.0.0.3", dovecot, &user, service);
        (pinned.authorities, pinned.pin) = (None, Some(pin));
        let phone = RealPhone::try_with(pinned).await.expect("the pinned certificate is believed");
        phone.sync().await;
        // The good one is signed by an authority one could trust, and still is not the pinned one.
        let mut other = at("127.0.0.1", dovecot, &user, service);
        (other.authorities, other.pin) = (None, Some(pin));
        assert_eq!(refused(other).await.0, TlsProblem::NotThePinnedOne);
    }
}

fn digest(hex: &str) -> [u8; 32] {
    let octets = hex.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).unwrap();
        u8::from_str_radix(pair, 16).unwrap()
    });
    octets.collect::<Vec<_>>().try_into().unwrap()
}

#[tokio::test]
async fn every_service_takes_a_difficult_password_and_starttls_works_on_the_plain_ports() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    for service in SERVICES {
        let phone = RealPhone::on(dovecot, &bob(), service).await;
        phone.sync().await;
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_with_the_servers_words_and_nothing_is_kept() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    for service in SERVICES {
        let wrong = User { password: "wrong".to_owned(), ..bob() };
        match RealPhone::try_with(request(dovecot, &wrong, service)).await {
            Err(MailError::Authentication { host, server_text }) => {
                assert_eq!(host, "127.0.0.1");
                assert!(!server_text.is_empty(), "{service:?}");
            }
            Err(why) => panic!("{service:?}: {why:?}"),
            Ok(_) => panic!("{service:?}: a wrong password was taken"),
        }
        // The same phone goes on: the refused account left nothing in the way of the right one.
        let phone = RealPhone::on(dovecot, &dovecot.fresh_user(), Service::Imaps).await;
        phone.satchel.add_account(request(dovecot, &wrong, service)).await.expect_err("it is still wrong");
        assert_eq!(phone.satchel.accounts().await.unwrap().len(), 1);
        phone.satchel.add_account(request(dovecot, &bob(), service)).await.expect("now it is right");
    }
}

#[tokio::test]
async fn a_password_that_stops_working_shows_with_the_pass() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let mut unproved = request(dovecot, &bob(), Service::Imaps);
    unproved.password = Password::Given("changed".to_owned().into());
    unproved.prove = false;
    let phone = RealPhone::try_with(unproved).await.expect("nothing is proved");
    let pass = phone.satchel.sync(phone.account.id, &PassOptions::default(), None).await;
    assert!(matches!(pass, Err(MailError::Authentication { .. })), "{pass:?}");
}

#[tokio::test]
async fn a_server_with_plain_text_only_is_refused_before_the_password() {
    let options =
        DovecotOptions { tls: false, listen: vec!["127.0.0.1".to_owned()], ..DovecotOptions::default() };
    let Some(plain) = or_skip(Dovecot::start(&options)) else { return };
    let user = plain.fresh_user();
    for service in [Service::Imap, Service::Pop] {
        let mut safe = request(&plain, &user, service);
        safe.incoming = safe.incoming.replace("?insecure", "");
        assert_eq!(refused(safe).await.0, TlsProblem::StartTlsMissing, "{service:?}");
        assert!(!plain.log_tail().contains(&user.name), "the login was sent: {}", plain.log_tail());
    }
    // Whoever says for this account that plain text will do, gets it.
    for service in [Service::Imap, Service::Pop] {
        RealPhone::on(&plain, &user, service).await.sync().await;
    }
    assert!(plain.log_tail().contains(&user.name), "the log names who logged in: {}", plain.log_tail());
}
