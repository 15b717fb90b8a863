//! A TCP proxy that delays and counts: stands in for the link where network namespaces are not allowed.
//!
//! Coarser than packets: no slow start, no acknowledgements; bytes are those of the stream. A connection starts with a
//! wait of one round trip, as the handshake would take.
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::LinkOptions;
use super::counts::{Counter, Counts, Direction};
use super::queue::DelayQueue;
use crate::servers::ports;

/// A proxy that listens on 127.0.0.1 until dropped.
pub struct DelayProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    counter: Counter,
    black_hole: AtomicBool,
    stop: AtomicBool,
}

impl DelayProxy {
    /// Listens on a free port and passes on to `target`. `loss` and `reorder` mean nothing to a stream.
    pub fn start(target: SocketAddr, options: LinkOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(ports::local(0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for (number, client) in listener.incoming().map_while(Result::ok).enumerate() {
                if accepting.stop.load(Ordering::Relaxed) {
                    return;
                }
                let shared = Arc::clone(&accepting);
                thread::spawn(move || carry(client, target, options, number as u64, &shared));
            }
        });
        Ok(Self { address, shared })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What went through since the start or the last reset.
    pub fn counts(&self) -> Counts {
        self.shared.counter.read()
    }

    /// Counts from zero.
    pub fn reset_counts(&self) {
        self.shared.counter.reset();
    }

    /// While true what is read is swallowed; the connections it belonged to are beyond repair.
    pub fn set_black_hole(&self, on: bool) {
        self.shared.black_hole.store(on, Ordering::Relaxed);
    }
}

impl Drop for DelayProxy {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        // Wakes the accepting thread, which then sees the switch.
        let _ = TcpStream::connect(self.address);
    }
}

fn carry(client: TcpStream, target: SocketAddr, options: LinkOptions, number: u64, shared: &Arc<Shared>) {
    thread::sleep(options.one_way * 2);
    // A refused target shows as a connection that closes at once.
    let Ok(server) = TcpStream::connect(target) else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (Ok(client_again), Ok(server_again)) = (client.try_clone(), server.try_clone()) else { return };
    let up = Arc::clone(shared);
    let down = Arc::clone(shared);
    thread::spawn(move || one_way(client, server, Direction::Up, options, number, &up));
    thread::spawn(move || one_way(server_again, client_again, Direction::Down, options, number, &down));
}

fn one_way(
    mut from: TcpStream,
    mut to: TcpStream,
    direction: Direction,
    options: LinkOptions,
    number: u64,
    shared: &Shared,
) {
    let queue = Arc::new(DelayQueue::new(options, number));
    let waiting = Arc::clone(&queue);
    let writer = thread::spawn(move || {
        while let Some(piece) = waiting.pop() {
            if to.write_all(&piece).is_err() {
                return;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
    let mut buffer = vec![0; 16_384];
    while let Ok(size) = from.read(&mut buffer) {
        if size == 0 {
            break;
        }
        shared.counter.seen(direction, size, size, Some(number));
        if shared.black_hole.load(Ordering::Relaxed) {
            shared.counter.dropped();
        } else {
            queue.push(buffer.get(..size).unwrap_or_default().to_vec(), true);
        }
    }
    queue.close();
    let _ = writer.join();
}
