//! The measured programs do the same work: each brings all mail, sees what is new, and an unchanged pass brings nothing.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test, also outside its functions marked as such")]

use satchel_core::account::{Bodies, Window};
use satchel_tests::peers::{Interimap, Mbsync, Peer, SatchelPeer, Sequential, Side, Target};
use satchel_tests::servers::{
    Dovecot, MailServer, Missing, Servers, Stored, Unavailable, User, find_command, or_skip,
};
use satchel_tests::workload::synthetic;

fn filled(dovecot: &Dovecot) -> (Target, User) {
    let user = dovecot.fresh_user();
    let laid = |mailbox, seed, count| {
        let mails = synthetic::mails(seed, count).map(Stored::new);
        dovecot.load(&user, mailbox, mails).unwrap_or_else(|why| panic!("{why}"))
    };
    assert_eq!(laid("INBOX", 21, 60) + laid("Box 1", 22, 20), 80);
    let ports = dovecot.ports();
    let target = Target {
        host: "127.0.0.1".to_owned(),
        imap: ports.imap,
        imaps: ports.imaps,
        tls: true,
        ca: dovecot.ca_path(),
        certificate: dovecot.certificate_path(),
        user: user.clone(),
    };
    (target, user)
}

fn installed(program: &'static str, package: &str) -> Result<(), Unavailable> {
    find_command(program).map(drop).ok_or_else(|| {
        Unavailable::Missing(Missing {
            part: program,
            lacks: format!("the command `{program}` is not installed"),
            remedy: format!("apt-get install {package}"),
        })
    })
}

fn brings_everything_once(dovecot: &Dovecot, user: &User, peer: &mut dyn Peer) {
    let name = peer.name();
    let pass = |peer: &mut dyn Peer| peer.pass(Side::Here).unwrap_or_else(|why| panic!("{name}: {why}"));
    pass(peer);
    assert_eq!(peer.holds(), Some(80), "{name}");
    for raw in synthetic::mails(23, 3) {
        dovecot.outside(user).unwrap().append("INBOX", "", &raw).unwrap();
    }
    pass(peer);
    assert_eq!(peer.holds(), Some(83), "{name}");
    pass(peer);
    assert_eq!(peer.holds(), Some(83), "{name}");
    peer.forget().unwrap();
    pass(peer);
    assert_eq!(peer.holds(), Some(83), "{name}: after it forgot everything");
}

#[test]
fn mbsync_brings_everything_over_tls() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let Some(()) = or_skip(installed("mbsync", "isync")) else { return };
    let (target, user) = filled(dovecot);
    brings_everything_once(dovecot, &user, &mut Mbsync::new(target, false).unwrap());
}

#[test]
fn interimap_brings_everything_over_tls() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let Some(()) = or_skip(installed("interimap", "interimap")) else { return };
    let (target, user) = filled(dovecot);
    brings_everything_once(dovecot, &user, &mut Interimap::new(target, dovecot.config_path()).unwrap());
}

#[test]
fn satchel_brings_everything_over_tls() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let (target, user) = filled(dovecot);
    brings_everything_once(dovecot, &user, &mut SatchelPeer::new(target, Window::All, Bodies::All));
}

#[test]
fn an_unchanged_pass_of_satchel_writes_nothing_to_its_home() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let (target, _) = filled(dovecot);
    let mut peer = SatchelPeer::new(target, Window::All, Bodies::OnOpen);
    assert!(peer.pass(Side::Here).unwrap().facts["home_written"] > 0.5, "the first pass writes");
    assert!(peer.pass(Side::Here).unwrap().facts["home_written"] < 0.5);
}

#[test]
fn the_sequential_client_sees_the_rows_it_asked_for() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let (target, _) = filled(dovecot);
    assert!(Sequential::new(target.clone(), 50).pass(Side::Here).is_ok());
    let too_many = Sequential::new(target, 70).pass(Side::Here).unwrap_err();
    assert!(too_many.to_string().contains("60 rows instead of 70"), "{too_many}");
}
