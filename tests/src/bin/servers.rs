//! Starts the real servers to play with and says how to reach them, until Ctrl-C (`cargo xtask servers`).
#![allow(clippy::print_stdout, reason = "it exists to tell a person where to connect")]

use satchel_tests::servers::{MailServer, Servers, Service};

fn main() {
    for (name, server) in Servers::all() {
        match server {
            Ok(server) => describe(server),
            Err(why) => println!("\n{name}: {why}"),
        }
    }
    println!("\nCtrl-C ends them.");
    loop {
        std::thread::park();
    }
}

fn describe(server: &dyn MailServer) {
    println!("\n{}", server.name());
    for service in [
        Service::Imaps,
        Service::Imap,
        Service::Pops,
        Service::Pop,
        Service::Submissions,
        Service::Submission,
        Service::Lmtp,
    ] {
        if let (Some(url), Some(user)) = (server.endpoint(service), server.users().first()) {
            let url = server.url(service, user).unwrap_or_else(|| url.to_string());
            println!("  {url}");
        }
    }
    for user in server.users().iter().chain([&server.fresh_user()]) {
        println!("  user {}  password {}", user.name, user.password);
    }
    if let Some(pem) = server.ca_pem() {
        let path = std::env::temp_dir().join(format!("satchel-{}-ca.crt", server.name().to_lowercase()));
        match std::fs::write(&path, pem) {
            Ok(()) => println!("  --ca {}", path.display()),
            Err(why) => println!("  the authority's certificate cannot be written: {why}"),
        }
    }
}
