//! A message read part by part is the whole one, on every server of the matrix: each describes its structure its own way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod real_world;

use real_world::{RealPhone, best_imap};
use satchel_core::client::BodyState;
use satchel_tests::servers::{Servers, or_skip};
use satchel_tests::workload::bodies::{SAMPLES, large, same};

#[tokio::test]
async fn a_message_read_by_parts_says_and_lists_what_the_whole_one_does() {
    for (server_name, server) in Servers::all() {
        let Some(server) = or_skip(server) else { continue };
        let user = server.fresh_user();
        let mut client = server.outside(&user).unwrap();
        for (name, sample, _) in SAMPLES {
            client.append("INBOX", "", &large(name, sample)).unwrap();
        }
        let phone = RealPhone::on(server, &user, best_imap(server)).await;
        phone.sync().await;
        for (name, ..) in SAMPLES {
            // GreenMail tells of text in a digest, where RFC 2046 (5.1.5) makes each part a message.
            if server_name == "GreenMail" && *name == "a digest" {
                continue;
            }
            let row = phone.row("inbox", name).await;
            let opened = phone.satchel.open_message(row.placement).await;
            let by_parts = opened.unwrap_or_else(|e| panic!("{server_name}: {name}: {e}"));
            // GreenMail refuses some of the parts it tells of: then the whole message comes.
            if server_name != "GreenMail" {
                assert_eq!(by_parts.row.body, BodyState::Partial, "{server_name}: {name}");
            }
            phone.raw(&row).await;
            let whole = phone.satchel.open_message(row.placement).await.unwrap();
            same(&format!("{server_name}: {name}"), &by_parts, &whole);
        }
    }
}
