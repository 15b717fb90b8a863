//! Carries packets between two TUN devices: late, lost or not at all, as the options and switches say.
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::LinkOptions;
use super::counts::{Counter, Direction};
use super::packet;
use super::queue::DelayQueue;

/// Shared by the threads and the link's owner.
#[derive(Default)]
pub(super) struct Switches {
    pub(super) counter: Counter,
    pub(super) black_hole: AtomicBool,
    pub(super) stop: AtomicBool,
}

/// The four threads of a link: a reader and a writer per direction.
pub(super) struct Relay {
    threads: Vec<JoinHandle<()>>,
    switches: Arc<Switches>,
}

impl Relay {
    pub(super) fn start(
        near: File,
        far: File,
        options: LinkOptions,
        switches: Arc<Switches>,
    ) -> io::Result<Self> {
        let mut threads = Vec::new();
        let ways = [(near.try_clone()?, far.try_clone()?, Direction::Up), (far, near, Direction::Down)];
        for (salt, (from, to, direction)) in ways.into_iter().enumerate() {
            let queue = Arc::new(DelayQueue::new(options, salt as u64));
            let (filled, shared) = (Arc::clone(&queue), Arc::clone(&switches));
            threads.push(thread::spawn(move || {
                read_packets(from, direction, &filled, &shared);
                filled.close();
            }));
            threads.push(thread::spawn(move || write_packets(to, &queue)));
        }
        Ok(Self { threads, switches })
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.switches.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn read_packets(mut from: File, direction: Direction, queue: &DelayQueue, switches: &Switches) {
    let mut buffer = vec![0; 65_536];
    while !switches.stop.load(Ordering::Relaxed) {
        match from.read(&mut buffer) {
            Ok(size) => {
                let bytes = buffer.get(..size).unwrap_or_default();
                let tcp = packet::tcp(bytes);
                let data = tcp.as_ref().map_or(0, |tcp| tcp.data);
                switches.counter.seen(direction, size, data, tcp.map(|tcp| tcp.connection));
                if switches.black_hole.load(Ordering::Relaxed) || !queue.push(bytes.to_vec(), false) {
                    switches.counter.dropped();
                }
            }
            Err(why) if why.kind() == io::ErrorKind::WouldBlock => wait_readable(&from),
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

fn wait_readable(file: &File) {
    let mut files = [PollFd::new(file, PollFlags::IN)];
    let limit = Duration::from_millis(50);
    let limit = Timespec { tv_sec: 0, tv_nsec: limit.subsec_nanos().into() };
    // Whatever poll says, the caller reads again and looks at the stop switch.
    let _ = poll(&mut files, Some(&limit));
}

fn write_packets(mut to: File, queue: &DelayQueue) {
    while let Some(packet) = queue.pop() {
        // A full device drops packets, as a real one does.
        let _ = to.write(&packet);
    }
}
