//! Runs every script against an IMAP and a POP3 port and against an office of its own; prints what differs.
//!
//! `cargo run -p satchel-postoffice --example compare -- IMAPPORT POPPORT USER PASSWORD [PREFIX DELIMITER]`
#![allow(clippy::print_stdout, reason = "it is a command")]

use satchel_postoffice::script::{Site, Transcript, cases, run_script};
use satchel_postoffice::{Features, PostOffice, Protocol};
use tokio::net::TcpStream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [imap, pop, user, password, rest @ ..] = arguments.as_slice() else {
        return Err("give IMAPPORT POPPORT USER PASSWORD".into());
    };
    let mut theirs = Site::new(user, password);
    if let [prefix, delimiter] = rest {
        theirs.prefix.clone_from(prefix);
        theirs.delimiter = delimiter.chars().next().unwrap_or('/');
    }
    let office = PostOffice::new(Features::rich());
    office.add_user("bob", "secret");
    let mut found = 0;
    for script in cases() {
        let port = if script.protocol == Protocol::Imap { imap } else { pop };
        let stream = TcpStream::connect(("127.0.0.1", port.parse()?)).await?;
        let real = run_script(stream, &theirs, &script).await;
        let (near, far) = tokio::io::duplex(1 << 20);
        tokio::spawn(office.serve(script.protocol, far, satchel_postoffice::ConnectionOptions::default()));
        let own: Transcript = run_script(near, &Site::new("bob", "secret"), &script).await?;
        match real {
            Err(error) => println!("{}: {error}", script.name),
            Ok(real) => {
                let steps = real.heard.keys().filter(|step| own.heard.contains_key(*step)).count();
                let differences = own.differences(&real);
                println!("{}: {steps} steps, {} differences", script.name, differences.len());
                found += differences.len();
                for line in differences {
                    println!("  {line}");
                }
            }
        }
    }
    println!("{found} differences");
    Ok(())
}
