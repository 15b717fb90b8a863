//! The real servers themselves: each starts, lets its users in and shows what a second client did.
use satchel_tests::servers::{MailServer, RawImap, Servers, Service, Stored, User, bob, or_skip};
use satchel_tests::workload::{Corpus, synthetic};

#[test]
fn dovecot_serves_what_was_laid_into_its_mailboxes_in_that_order() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let user = dovecot.fresh_user();
    let mails: Vec<_> = synthetic::mails(3, 40).collect();
    let laid = mails.iter().map(|raw| Stored::new(raw.clone()).flagged("S"));
    assert_eq!(dovecot.load(&user, "INBOX", laid).unwrap(), 40);
    assert_eq!(dovecot.load(&user, "Box 1", synthetic::mails(4, 5).map(Stored::new)).unwrap(), 5);

    let mut client = dovecot.outside(&user).unwrap();
    let listed = client.done("LIST \"\" * RETURN (STATUS (MESSAGES UNSEEN))").unwrap().text();
    assert!(listed.contains("* STATUS INBOX (MESSAGES 40 UNSEEN 0)"), "{listed}");
    assert!(listed.contains("* STATUS \"Box 1\" (MESSAGES 5 UNSEEN 5)"), "{listed}");
    client.done("SELECT INBOX").unwrap();
    for number in [1, 7, 40] {
        let whole = client.done(&format!("FETCH {number} BODY.PEEK[]")).unwrap();
        let sent = &mails[number - 1];
        let found = whole.untagged[0].windows(sent.len()).any(|window| window == sent.as_slice());
        assert!(found, "message {number} is another one");
    }
}

#[test]
fn dovecot_lets_bob_in_with_his_difficult_password_over_tls() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let address = dovecot.endpoint(Service::Imaps).unwrap();
    let ca = dovecot.ca_pem().unwrap();
    RawImap::connect_tls(address, "localhost", ca).unwrap().login(&bob()).unwrap();
    let wrong = User::new("bob", "pass");
    let refused = RawImap::connect_tls(address, "localhost", ca).unwrap().login(&wrong).unwrap_err();
    assert!(refused.to_string().contains("AUTHENTICATIONFAILED"), "{refused}");
}

#[test]
fn dovecot_shows_a_bad_certificate_on_each_of_its_other_addresses() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let good = dovecot.endpoint(Service::Imaps).unwrap();
    for (host, says) in
        [("127.0.0.2", "Expired"), ("127.0.0.3", "UnknownIssuer"), ("127.0.0.4", "NotValidForName")]
    {
        let address = std::net::SocketAddr::new(host.parse().unwrap(), good.port());
        let Err(why) = RawImap::connect_tls(address, host, dovecot.ca_pem().unwrap()) else {
            panic!("{host} was trusted")
        };
        assert!(format!("{why:?}").contains(says) || why.to_string().contains(says), "{host}: {why:?}");
    }
}

#[test]
fn two_clients_see_each_others_changes_on_every_server() {
    let mut seen = 0;
    for (name, server) in Servers::all() {
        let Some(server) = or_skip(server) else { continue };
        let user = server.fresh_user();
        let mut one = server.outside(&user).unwrap_or_else(|why| panic!("{name}: {why}"));
        let mut two = server.outside(&user).unwrap_or_else(|why| panic!("{name}: {why}"));
        let raw = synthetic::mails(9, 1).next().unwrap();
        one.append("INBOX", "", &raw).unwrap_or_else(|why| panic!("{name}: {why}"));
        two.done("SELECT INBOX").unwrap();
        let uids = two.uid_search("ALL").unwrap();
        assert_eq!(uids.len(), 1, "{name}");
        one.done("SELECT INBOX").unwrap();
        one.done(&format!("UID STORE {} +FLAGS (\\Flagged)", uids[0])).unwrap();
        two.done("NOOP").unwrap();
        assert_eq!(two.flags(uids[0]).unwrap(), ["\\Flagged"], "{name}");
        seen += 1;
    }
    eprintln!("{seen} servers");
}

#[test]
fn every_server_with_a_certificate_speaks_tls() {
    for (name, server) in Servers::all() {
        let Some(server) = or_skip(server) else { continue };
        let (Some(address), Some(ca)) = (server.endpoint(Service::Imaps), server.ca_pem()) else { continue };
        let mut client =
            RawImap::connect_tls(address, "localhost", ca).unwrap_or_else(|why| panic!("{name}: {why}"));
        client.login(&server.fresh_user()).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert!(client.done("CAPABILITY").unwrap().text().contains("IMAP4rev1"), "{name}");
    }
}

#[test]
fn pop_and_imap_of_one_server_hold_the_same_mail() {
    for (name, server) in Servers::all() {
        let Some(server) = or_skip(server) else { continue };
        let user = server.fresh_user();
        let raw = synthetic::mails(11, 1).next().unwrap();
        server.outside(&user).unwrap().append("INBOX", "", &raw).unwrap();
        let answer = pop_retr(server.endpoint(Service::Pop).unwrap(), &user)
            .unwrap_or_else(|why| panic!("{name}: {why}"));
        let text = String::from_utf8(raw).unwrap();
        let subject = text.lines().find(|line| line.starts_with("Subject:")).unwrap();
        assert!(answer.contains(subject), "{name}: {answer}");
    }
}

fn pop_retr(address: std::net::SocketAddr, user: &User) -> std::io::Result<String> {
    use std::io::{BufRead as _, BufReader, Error, Write as _};
    let mut stream = BufReader::new(std::net::TcpStream::connect(address)?);
    let mut line = String::new();
    stream.read_line(&mut line)?;
    for command in [format!("USER {}", user.name), format!("PASS {}", user.password), "RETR 1".to_owned()] {
        stream.get_mut().write_all(format!("{command}\r\n").as_bytes())?;
        line.clear();
        stream.read_line(&mut line)?;
        if !line.starts_with("+OK") {
            return Err(Error::other(format!("{command}: {line}")));
        }
    }
    let mut whole = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        if line == ".\r\n" || line.is_empty() {
            return Ok(whole);
        }
        whole.push_str(&line);
    }
}

#[test]
fn the_sample_mails_are_complete_and_repeat_with_message_ids_of_their_own() {
    let Some(corpus) = or_skip(Corpus::open()) else { return };
    assert_eq!(corpus.iter().len(), 6_046);
    assert!(corpus.iter().all(|raw| !raw.starts_with(b"From ")));
    let ids: std::collections::BTreeSet<_> = corpus
        .repeated(7_000)
        .map(|raw| raw.split(|&byte| byte == b'\n').next().unwrap_or_default().to_vec())
        .collect();
    assert_eq!(ids.len(), 7_000);
}
