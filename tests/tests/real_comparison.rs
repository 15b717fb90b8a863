//! The office in memory is believed because real servers say the same: one script, two servers, equal data.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
use satchel_postoffice::script::{Script, Site, Transcript, cases, dialect_cases, run_script};
use satchel_postoffice::{ConnectionOptions, Features, PostOffice, Protocol};
use satchel_tests::servers::{MailServer, Servers, Service, or_skip};
use tokio::net::TcpStream;

/// Runs the scripts on both sides, each side in one account; differences and the number of steps that were compared.
async fn compare(
    server: &dyn MailServer,
    theirs: &Site,
    features: Features,
    scripts: &[Script],
) -> (usize, Vec<String>) {
    let office = PostOffice::new(features.clone());
    office.add_user("bob", "secret");
    let mut own_site = Site::new("bob", "secret");
    own_site.prefix.clone_from(&features.prefix);
    own_site.delimiter = features.delimiter;
    let (mut steps, mut differences) = (0, Vec::new());
    for script in scripts {
        let service = if script.protocol == Protocol::Pop { Service::Pop } else { Service::Imap };
        let stream = TcpStream::connect(server.endpoint(service).unwrap()).await.unwrap();
        let real = run_script(stream, theirs, script).await;
        let real = real.unwrap_or_else(|why| panic!("{}, {}: {why}", server.name(), script.name));
        let (near, far) = tokio::io::duplex(1 << 20);
        tokio::spawn(office.serve(script.protocol, far, ConnectionOptions::default()));
        let own = run_script(near, &own_site, script).await;
        let own: Transcript = own.unwrap_or_else(|why| panic!("the office, {}: {why}", script.name));
        steps += own.heard.keys().filter(|step| real.heard.contains_key(*step)).count();
        let prefixed = |line: String| format!("{}: {line}", script.name);
        differences.extend(own.differences(&real).into_iter().map(prefixed));
    }
    (steps, differences)
}

fn site(server: &dyn MailServer) -> Site {
    let user = server.fresh_user();
    Site::new(&user.name, &user.password)
}

#[tokio::test]
async fn the_office_and_dovecot_bring_the_same_data() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let (steps, differences) = compare(dovecot, &site(dovecot), Features::dovecot(), &cases()).await;
    assert_eq!(differences, Vec::<String>::new());
    assert!(steps > 300, "only {steps} steps were compared");
}

#[tokio::test]
async fn ids_of_objects_live_and_die_as_on_cyrus() {
    let Some(cyrus) = or_skip(Servers::cyrus()) else { return };
    let scripts: Vec<_> = dialect_cases().into_iter().filter(|script| script.name == "object ids").collect();
    let (steps, differences) = compare(cyrus, &site(cyrus), Features::cyrus(), &scripts).await;
    assert_eq!(differences, Vec::<String>::new());
    assert!(steps > 15, "only {steps} steps were compared");
}

#[tokio::test]
async fn names_and_headers_in_utf8_are_as_on_courier() {
    let Some(courier) = or_skip(Servers::courier()) else { return };
    let mut theirs = site(courier);
    (theirs.prefix, theirs.delimiter) = ("INBOX.".to_owned(), '.');
    let scripts: Vec<_> = dialect_cases().into_iter().filter(|script| script.name == "utf8").collect();
    let (steps, differences) = compare(courier, &theirs, Features::courier(), &scripts).await;
    assert_eq!(differences, Vec::<String>::new());
    assert!(steps > 10, "only {steps} steps were compared");
}

/// A comparison that cannot tell two servers apart would be worth nothing.
#[tokio::test]
async fn a_server_without_a_message_is_told_apart() {
    let Some(dovecot) = or_skip(Servers::dovecot()) else { return };
    let user = dovecot.fresh_user();
    dovecot.outside(&user).unwrap().append("INBOX", "", b"Subject: one more\r\n\r\n").unwrap();
    let theirs = Site::new(&user.name, &user.password);
    let pop = |script: &Script| matches!(script.name, "fill inbox" | "maildrop");
    let scripts: Vec<_> = cases().into_iter().filter(pop).collect();
    let (_, differences) = compare(dovecot, &theirs, Features::dovecot(), &scripts).await;
    assert!(differences.iter().any(|line| line.starts_with("maildrop: 000 STAT")), "{differences:?}");
}
