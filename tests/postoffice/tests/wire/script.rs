//! The scripts for real servers, run against this office in several guises.

use satchel_postoffice::script::{ScriptError, Site, Transcript, cases, run_script};
use satchel_postoffice::{ConnectionOptions, Fault, Features, PostOffice, When};

async fn run(office: &PostOffice, site: &Site) -> Vec<(&'static str, Transcript)> {
    let mut transcripts = Vec::new();
    for script in cases() {
        let (near, far) = tokio::io::duplex(1 << 20);
        tokio::spawn(office.serve(script.protocol, far, ConnectionOptions::default()));
        transcripts.push((script.name, run_script(near, site, &script).await.unwrap()));
    }
    transcripts
}

fn office(features: Features) -> PostOffice {
    let office = PostOffice::new(features);
    office.add_user("bob", "secret");
    office
}

#[tokio::test(start_paused = true)]
async fn a_rich_and_a_poor_server_agree_where_both_answer() {
    let site = Site::new("bob", "secret");
    let rich = run(&office(Features::rich()), &site).await;
    let courier = Site { prefix: "INBOX.".to_owned(), delimiter: '.', ..site.clone() };
    for (features, site) in [
        (Features::bare(), &site),
        (Features::dovecot(), &site),
        (Features::cyrus(), &site),
        (Features::courier(), &courier),
    ] {
        let other = run(&office(features), site).await;
        for ((name, left), (_, right)) in rich.iter().zip(&other) {
            let common = left.heard.keys().filter(|step| right.heard.contains_key(*step)).count();
            assert!(common > 5, "{name}: {common}");
            let differences: Vec<String> =
                left.differences(right).into_iter().filter(|line| !line.contains("COPYUID")).collect();
            let expected = |line: &String| {
                // Without UIDPLUS there is no COPYUID, without OBJECTID no MAILBOXID; Courier's SELECT has no UIDNEXT.
                ["copyuid", "appenduid", "uidnext", "mailboxid"].iter().any(|word| line.contains(word))
            };
            let unexpected: Vec<&String> = differences.iter().filter(|line| !expected(line)).collect();
            assert!(unexpected.is_empty(), "{name}: {unexpected:#?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_wrongly_differs() {
    let site = Site::new("bob", "secret");
    let right = run(&office(Features::rich()), &site).await;
    for (verb, find, with, case) in [
        ("FETCH", "\"alternative\"", "\"mixed\"", "structures"),
        ("FETCH", "X-Long: aaaa", "X-Long: aaab", "sections"),
        ("STORE", "\\Seen", "\\Draft", "flags"),
        ("SEARCH", " 5", " 6", "searches"),
        ("MOVE", "EXPUNGE", "EXISTS", "moves"),
        ("LIST", "script-mailboxes/a", "script-mailboxes/q", "mailboxes"),
        ("SELECT", "(EARLIER) 3,5", "(EARLIER) 3", "resynchronization"),
        ("UIDL", "3 ", "4 ", "maildrop"),
        ("RETR", "..dots", ".dots", "maildrop"),
    ] {
        let wrong = office(Features::rich());
        let fault = Fault::Replace(find.as_bytes().to_vec(), with.as_bytes().to_vec());
        wrong.inject(When::always().verb(verb), fault);
        let left = run(&wrong, &site).await;
        for ((name, left), (_, right)) in left.iter().zip(&right) {
            if *name == case {
                assert!(!left.differences(right).is_empty(), "{verb} {find}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_link_and_a_refused_login_end_a_script() {
    let office = office(Features::rich());
    let script = cases().remove(0);
    for (site, fault) in
        [(Site::new("bob", "wrong"), None), (Site::new("bob", "secret"), Some(Fault::CutAfter))]
    {
        if let Some(fault) = fault {
            office.inject(When::imap().verb("SELECT"), fault);
        }
        let (near, far) = tokio::io::duplex(1 << 20);
        tokio::spawn(office.imap(far));
        let error = run_script(near, &site, &script).await.unwrap_err();
        assert!(matches!(error, ScriptError::Login(_) | ScriptError::Ended(_)), "{error}");
    }
}
