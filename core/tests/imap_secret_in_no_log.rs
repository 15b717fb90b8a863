//! The password and the server's words reach no log, at the most talkative level, whatever a dependency writes there.
#![allow(clippy::unwrap_used)] // clippy.toml reaches only functions marked as tests

use satchel_core::account::{Security, Server};
use satchel_core::imap::{OpenOptions, Session};
use satchel_core::ports::{BoxFuture, Dialer, Endpoint, NetError, Stream, Trust};
use secrecy::SecretString;
use std::sync::Mutex;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Everything;
impl log::Log for Everything {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        LINES.lock().unwrap().push(record.args().to_string());
    }
    fn flush(&self) {}
}

#[derive(Debug)]
struct One(Mutex<Option<DuplexStream>>);
impl Dialer for One {
    fn dial<'a>(&'a self, _: &'a Endpoint) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        Box::pin(async {
            let stream = self.0.lock().unwrap().take().ok_or(NetError::Offline)?;
            Ok(Box::new(stream) as Box<dyn Stream>)
        })
    }
    fn upgrade<'a>(
        &'a self,
        plain: Box<dyn Stream>,
        _: &'a Endpoint,
    ) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        Box::pin(async { Ok(plain) })
    }
}

#[tokio::test]
async fn neither_the_password_nor_the_server_is_quoted_in_a_log() {
    log::set_logger(&Everything).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    // LOGIN, PLAIN in one line, PLAIN in two; taken and refused.
    for capabilities in ["IMAP4rev1", "LOGINDISABLED SASL-IR AUTH=PLAIN", "LOGINDISABLED AUTH=PLAIN"] {
        for answer in ["OK", "NO"] {
            let (near, far) = tokio::io::duplex(4_096);
            let server = tokio::spawn(async move {
                let mut far = BufReader::new(far);
                let hello = format!("* OK [CAPABILITY {capabilities}] confidential\r\n");
                far.get_mut().write_all(hello.as_bytes()).await.unwrap();
                let mut line = String::new();
                let mut heard = String::new();
                while far.read_line(&mut line).await.unwrap() > 0 {
                    heard += &line;
                    let tag = line.split(' ').next().unwrap_or_default();
                    let reply = if line.ends_with("AUTHENTICATE PLAIN\r\n") {
                        "+ Y29uZmlkZW50aWFs\r\n".to_owned()
                    } else if line.contains(' ') && !line.starts_with('A') {
                        format!("{tag} OK done\r\n")
                    } else {
                        format!(
                            "* OK [ALERT] confidential\r\nA0001 {answer} [CAPABILITY {capabilities}] confidential\r\n"
                        )
                    };
                    far.get_mut().write_all(reply.as_bytes()).await.unwrap();
                    line.clear();
                }
                heard
            });
            let dialer = One(Mutex::new(Some(near)));
            let to = Server {
                host: "imap.example.org".into(),
                port: 993,
                security: Security::ImplicitTls,
                username: "alice".into(),
            };
            let secret = SecretString::from("hunter2hunter2");
            let opened = Session::open(&dialer, &to, &Trust::Platform, &secret, OpenOptions::default()).await;
            assert_eq!(opened.is_ok(), answer == "OK", "{opened:?}");
            drop(opened);
            drop(dialer);
            let heard = server.await.unwrap();
            // The server did get it: what is looked for below is the real thing.
            assert!(
                heard.contains("hunter2hunter2") || heard.contains("AGFsaWNlAGh1bnRlcjJodW50ZXIy"),
                "{heard}"
            );
        }
    }
    let lines = LINES.lock().unwrap();
    assert!(
        lines.iter().any(|l| l.contains("encode")),
        "async-imap writes its traces, or this test shows nothing"
    );
    for line in lines.iter() {
        for secret in ["hunter2", "AGFsaWNlAGh1bnRlcjI", "aHVudGVyMg", "confidential", "Y29uZmlkZW50aWFs"] {
            assert!(!line.contains(secret), "{line}");
        }
    }
}
