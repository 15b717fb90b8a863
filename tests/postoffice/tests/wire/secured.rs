//! TLS: each certificate, STARTTLS in both worlds, and ends without close_notify.

use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use satchel_postoffice::{
    Certificate, ConnectionOptions, Fault, Features, PostOffice, Protocol, TlsMode, When,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::client::{Client, Stream, office};

fn connector(office: &PostOffice) -> TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    let pem = office.ca_pem().unwrap();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

async fn secure<S: Stream>(office: &PostOffice, stream: S) -> std::io::Result<TlsStream<S>> {
    connector(office).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

fn begin(office: &PostOffice, protocol: Protocol, tls: TlsMode) -> tokio::io::DuplexStream {
    let (near, far) = tokio::io::duplex(1 << 20);
    tokio::spawn(office.serve(protocol, far, ConnectionOptions { tls, ..ConnectionOptions::default() }));
    near
}

#[tokio::test]
async fn only_the_good_certificate_is_accepted() {
    let office = office(Features::rich());
    for certificate in Certificate::ALL {
        let stream = begin(&office, Protocol::Imap, TlsMode::Implicit(certificate));
        let secured = secure(&office, stream).await;
        let error = secured.as_ref().err().map(ToString::to_string).unwrap_or_default();
        let found = error.to_lowercase().replace([' ', '-', '_'], "");
        assert_eq!(secured.is_ok(), certificate == Certificate::Good, "{certificate:?}: {error}");
        let near = match certificate {
            Certificate::Expired => "expired",
            Certificate::NotYetValid => "notvalidyet",
            Certificate::WrongHost => "notvalidforname",
            Certificate::WrongUsage => "extendedkeyusage",
            Certificate::SelfSigned | Certificate::ForeignCa => "unknownissuer",
            Certificate::Good => "",
        };
        assert!(found.contains(near), "{certificate:?}: {error}");
    }
}

#[tokio::test]
async fn starttls_upgrades_and_forgets_what_came_before() {
    let office = office(Features { login_disabled: true, ..Features::rich() });
    let stream = begin(&office, Protocol::Imap, TlsMode::StartTls(Certificate::Good));
    let mut client = Client::over(stream);
    assert!(client.line().await.unwrap().contains("STARTTLS LOGINDISABLED"));
    assert!(client.say("LOGIN bob secret").await[0].starts_with("NO [PRIVACYREQUIRED]"));
    // What a client sends behind STARTTLS in clear text is dropped.
    client.send("x STARTTLS\r\ny NOOP\r\n").await;
    assert!(client.line().await.unwrap().starts_with("x OK"));
    let mut client = Client::over(secure(&office, client.stream).await.unwrap());
    assert!(!client.ok("CAPABILITY").await[0].contains("LOGINDISABLED"));
    client.ok("LOGIN bob secret").await;
    assert!(office.log().iter().all(|entry| entry.verb != "NOOP"), "{:?}", office.log());
    assert!(client.say("STARTTLS").await[0].starts_with("BAD"));
}

#[tokio::test]
async fn bytes_can_be_slipped_in_behind_the_starttls_answer() {
    let office = office(Features::rich());
    let bytes = b"* CAPABILITY IMAP4rev1 AUTH=EVIL\r\n".to_vec();
    office.inject(When::imap().verb("STARTTLS"), Fault::Append(bytes));
    let mut client = Client::over(begin(&office, Protocol::Imap, TlsMode::StartTls(Certificate::Good)));
    client.line().await;
    client.send("a STARTTLS\r\n").await;
    client.line().await;
    // In the same write: a client that reads on before its handshake has them already.
    assert_eq!(client.pending(), "* CAPABILITY IMAP4rev1 AUTH=EVIL\r\n");
}

#[tokio::test]
async fn pop_and_submission_upgrade_too() {
    let office = office(Features::rich());
    for (protocol, command, good) in [(Protocol::Pop, "STLS", "+OK"), (Protocol::Smtp, "STARTTLS", "220")] {
        let mut client = Client::over(begin(&office, protocol, TlsMode::StartTls(Certificate::Good)));
        client.line().await;
        assert!(client.ask(command).await.starts_with(good));
        let mut client = Client::over(secure(&office, client.stream).await.unwrap());
        assert!(!client.ask("NOOP").await.is_empty());
    }
}

#[tokio::test]
async fn a_cut_comes_without_close_notify_and_a_polite_one_with_it() {
    for (polite, expected) in [(false, "unexpected end of file"), (true, "")] {
        let office = office(Features::rich());
        office.inject(When::imap().verb("FETCH"), Fault::CutAnswer(40));
        if polite {
            office.inject(When::imap(), Fault::PoliteCuts);
        }
        let stream = begin(&office, Protocol::Imap, TlsMode::Implicit(Certificate::Good));
        let mut stream = secure(&office, stream).await.unwrap();
        stream.write_all(b"a LOGIN bob secret\r\nb SELECT INBOX\r\nc FETCH 1 BODY[]\r\n").await.unwrap();
        let mut bytes = Vec::new();
        let end = stream.read_to_end(&mut bytes).await;
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("* 1 FETCH (BODY[] {"), "{text}");
        assert!(!text.contains("c OK"), "{text}");
        let error = end.err().map(|error| error.kind().to_string()).unwrap_or_default();
        assert!(error.contains(expected) && error.is_empty() == expected.is_empty(), "{error}");
    }
}

#[tokio::test]
async fn listening_serves_six_ports() {
    let office = office(Features::rich());
    let listening = office.listen().await.unwrap();
    for (port, tls, hello) in [
        (listening.imap, false, "* OK"),
        (listening.imaps, true, "* OK"),
        (listening.pop, false, "+OK"),
        (listening.pops, true, "+OK"),
        (listening.smtp, false, "220"),
        (listening.smtps, true, "220"),
    ] {
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let mut client =
            if tls { Client::over(secure(&office, stream).await.unwrap()) } else { Client::over(stream) };
        assert!(client.line().await.unwrap().starts_with(hello));
    }
    let port = listening.imap;
    drop(listening);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
}
