//! The simulated link: which side of a lost connection knows what, and what a killed process leaves to its server.
#![allow(clippy::unwrap_used, reason = "a test says what it expects")]

use satchel_core::ports::{BoxFuture, Dialer, Endpoint, NetError, Stream, Trust};
use satchel_tests::sim::credentials::SimCredentials;
use satchel_tests::sim::disk::Disk;
use satchel_tests::sim::fault::Fault;
use satchel_tests::sim::harness::{Scenario, Server};
use satchel_tests::sim::look::Look;
use satchel_tests::sim::meter::Plan;
use satchel_tests::sim::network::SimNetwork;
use satchel_tests::sim::process::{Machine, Outcome, Process, Task, run};
use satchel_tests::sim::world::World;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

type Heard = Arc<Mutex<Vec<u8>>>;

/// Answers each byte with the next letter; takes its time over `q`.
async fn echo(heard: Heard, mut stream: DuplexStream) {
    while let Ok(byte) = stream.read_u8().await {
        if byte == b'q' {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
        heard.lock().unwrap().push(byte);
        let _ = stream.write_all(&[byte + 1]).await;
    }
}

fn link(fault: Option<Plan>) -> (Arc<World>, SimNetwork, Heard) {
    let world = World::new(Disk::default(), fault);
    let heard = Heard::default();
    let server = heard.clone();
    let serve = Arc::new(move |to: &Endpoint, stream| -> Option<BoxFuture<'static, ()>> {
        (to.port == 1).then(|| Box::pin(echo(server.clone(), stream)) as BoxFuture<'static, ()>)
    });
    (world.clone(), SimNetwork::new(world, serve), heard)
}

fn endpoint(port: u16) -> Endpoint {
    Endpoint { host: "mail.example".into(), port, implicit_tls: true, trust: Trust::default() }
}

async fn ask(stream: &mut Box<dyn Stream>, byte: u8) -> std::io::Result<u8> {
    stream.write_all(&[byte]).await?;
    stream.read_u8().await
}

#[tokio::test(start_paused = true)]
async fn at_a_send_the_request_is_lost_and_at_a_receive_the_answer() {
    // Points: connect 1, send 2, receive 3, send 4, receive 5.
    for (point, heard_at_all) in [(4, "a"), (5, "ac")] {
        let (_, network, heard) = link(Some(Plan { point, fault: Fault::Cut }));
        let mut stream = network.dial(&endpoint(1)).await.unwrap();
        assert_eq!(ask(&mut stream, b'a').await.unwrap(), b'b');
        assert_eq!(ask(&mut stream, b'c').await.unwrap_err().kind(), ErrorKind::ConnectionReset);
        assert_eq!(
            ask(&mut stream, b'e').await.unwrap_err().kind(),
            ErrorKind::ConnectionReset,
            "it stays broken"
        );
        network.settle().await;
        assert_eq!(*heard.lock().unwrap(), heard_at_all.as_bytes(), "cut at {point}");
        let mut again = network.dial(&endpoint(1)).await.unwrap();
        assert_eq!(ask(&mut again, b'e').await.unwrap(), b'f', "the next connection works");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_listens_no_network_and_a_lost_connect_are_told_apart() {
    let (world, network, _) = link(Some(Plan { point: 2, fault: Fault::Cut }));
    assert!(matches!(network.dial(&endpoint(2)).await, Err(NetError::Refused(2))));
    assert!(matches!(network.dial(&endpoint(1)).await, Err(NetError::Refused(1))), "point 2 is lost");
    let mut stream = network.dial(&endpoint(1)).await.unwrap();
    network.set_offline(true);
    assert_eq!(ask(&mut stream, b'a').await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    let before = world.passed().points;
    assert!(matches!(network.dial(&endpoint(1)).await, Err(NetError::Offline)));
    assert_eq!(world.passed().points, before, "offline is no point: nothing was tried");
    network.set_offline(false);
    assert!(network.dial(&endpoint(1)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_waits_hears_that_the_connection_broke() {
    let (_, network, _) = link(None);
    let network = Arc::new(network);
    let mut stream = network.dial(&endpoint(1)).await.unwrap();
    let cutting = network.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(9)).await;
        cutting.hang_up();
    });
    let waited = tokio::time::timeout(Duration::from_mins(1), stream.read_u8()).await;
    assert_eq!(waited.unwrap().unwrap_err().kind(), ErrorKind::ConnectionReset);
}

/// Sends `q`, over which the server takes its time, and `x`, without waiting in between.
struct Quit;

#[derive(Default)]
struct Ear(Heard);

impl Server for Ear {
    fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.0.lock().unwrap().clone())))
    }
    fn digest(&self) -> u64 {
        self.0.lock().unwrap().len() as u64
    }
    fn serve(self: Arc<Self>, _: &Endpoint, stream: DuplexStream) -> Option<BoxFuture<'static, ()>> {
        Some(Box::pin(echo(self.0.clone(), stream)))
    }
}

impl Scenario for Quit {
    type Server = Ear;
    fn name(&self) -> &'static str {
        "quit"
    }
    fn server(&self, _: u64) -> Ear {
        Ear::default()
    }
    fn set_up<'a>(&'a self, _: &'a Process<Ear>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
    fn run<'a>(&'a self, process: &'a Process<Ear>) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async {
            let mut stream = process.network.dial(&endpoint(1)).await.map_err(|e| e.to_string())?;
            stream.write_all(b"q").await.map_err(|e| e.to_string())?;
            ask(&mut stream, b'x').await.map(drop).map_err(|e| e.to_string())
        })
    }
    fn check_after_recovery(&self, _: &Look<'_, Ear>) -> Result<(), String> {
        Ok(())
    }
    fn check_at_end(&self, _: &Look<'_, Ear>) -> Result<(), String> {
        Ok(())
    }
    fn final_state(&self, _: &Look<'_, Ear>) -> Result<String, String> {
        Ok(String::new())
    }
}

#[test]
fn a_request_that_was_sent_is_still_carried_out_when_the_process_is_killed() {
    for (point, heard, outcome) in [
        (1, "", Outcome::Killed),
        (2, "", Outcome::Killed),
        (3, "q", Outcome::Killed),
        (4, "qx", Outcome::Killed),
        (5, "qx", Outcome::Ended(Ok(()))),
    ] {
        let machine =
            Machine { disk: Disk::default(), server: Ear::default(), credentials: SimCredentials::default() };
        let plan = Some(Plan { point, fault: Fault::Stop });
        let remains = run(&Quit, machine, &Task { plan, ..Task::new(1) });
        assert_eq!(remains.outcome, outcome, "point {point}");
        assert_eq!(*remains.machine.server.0.lock().unwrap(), heard.as_bytes(), "killed at point {point}");
    }
}

#[test]
fn a_process_that_waits_for_ever_or_panics_is_told_apart_from_one_that_was_killed() {
    struct Odd(bool);
    impl Scenario for Odd {
        type Server = Ear;
        fn name(&self) -> &'static str {
            "odd"
        }
        fn server(&self, _: u64) -> Ear {
            Ear::default()
        }
        fn set_up<'a>(&'a self, _: &'a Process<Ear>) -> BoxFuture<'a, Result<(), String>> {
            Box::pin(async { Ok(()) })
        }
        fn run<'a>(&'a self, _: &'a Process<Ear>) -> BoxFuture<'a, Result<(), String>> {
            Box::pin(async {
                assert!(!self.0, "on purpose");
                std::future::pending().await
            })
        }
        fn check_after_recovery(&self, _: &Look<'_, Ear>) -> Result<(), String> {
            Ok(())
        }
        fn check_at_end(&self, _: &Look<'_, Ear>) -> Result<(), String> {
            Ok(())
        }
        fn final_state(&self, _: &Look<'_, Ear>) -> Result<String, String> {
            Ok(String::new())
        }
    }
    let machine =
        || Machine { disk: Disk::default(), server: Ear::default(), credentials: SimCredentials::default() };
    assert_eq!(run(&Odd(false), machine(), &Task::new(1)).outcome, Outcome::Stuck);
    assert_eq!(run(&Odd(true), machine(), &Task::new(1)).outcome, Outcome::Panicked("on purpose".into()));
}
