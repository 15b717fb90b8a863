//! What went over a link: packets, bytes, and turns, which is what a person waits for.
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

/// Which way something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// Sums over all connections since the last reset.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Packets from the client; for a proxy: pieces as they were read.
    pub packets_up: u64,
    /// Packets from the server.
    pub packets_down: u64,
    /// Bytes from the client, with IP and TCP headers where packets are seen.
    pub bytes_up: u64,
    /// Bytes from the server.
    pub bytes_down: u64,
    /// Bursts of client data that are the first of a connection or come after server data: each costs a round trip.
    /// Waiting for the greeting and the TLS handshake are in it; the handshake of TCP is not, it carries no data.
    pub turns: u64,
    /// Connections that carried data.
    pub connections: u64,
    /// Packets thrown away by loss, a full queue or a black hole.
    pub dropped: u64,
}

/// Counts while the link runs.
#[derive(Debug, Default)]
pub(super) struct Counter {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    counts: Counts,
    /// Per connection, the direction of the last data.
    last_data: BTreeMap<u64, Direction>,
}

impl Counter {
    /// A packet or piece of `size` bytes with `data` bytes for the application. `connection` is any stable number;
    /// `None` for what belongs to no connection.
    pub(super) fn seen(&self, direction: Direction, size: usize, data: usize, connection: Option<u64>) {
        let mut state = self.lock();
        match direction {
            Direction::Up => {
                state.counts.packets_up += 1;
                state.counts.bytes_up += size as u64;
            }
            Direction::Down => {
                state.counts.packets_down += 1;
                state.counts.bytes_down += size as u64;
            }
        }
        let Some(connection) = connection else { return };
        if data == 0 {
            return;
        }
        let last = state.last_data.insert(connection, direction);
        if last.is_none() {
            state.counts.connections += 1;
        }
        if direction == Direction::Up && last != Some(Direction::Up) {
            state.counts.turns += 1;
        }
    }

    pub(super) fn dropped(&self) {
        self.lock().counts.dropped += 1;
    }

    pub(super) fn read(&self) -> Counts {
        self.lock().counts
    }

    /// Zero again; connections that are open count anew with their next packet.
    pub(super) fn reset(&self) {
        *self.lock() = State::default();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_a_client_burst_at_the_start_or_after_server_data() {
        let counter = Counter::default();
        for (direction, data) in [
            (Direction::Up, 0),   // SYN
            (Direction::Down, 0), // SYN ACK
            (Direction::Up, 300), // ClientHello: the first turn
            (Direction::Down, 900),
            (Direction::Down, 900),
            (Direction::Up, 0),    // an acknowledgement is no turn
            (Direction::Up, 80),   // Finished: the second
            (Direction::Up, 40),   // same burst
            (Direction::Down, 60), // greeting
            (Direction::Up, 50),   // LOGIN: the third
        ] {
            counter.seen(direction, data + 40, data, Some(1));
        }
        let counts = counter.read();
        assert_eq!((counts.turns, counts.connections, counts.packets_up, counts.packets_down), (3, 1, 6, 4));
        assert_eq!(counts.bytes_up, 300 + 80 + 40 + 50 + 6 * 40);
    }

    #[test]
    fn connections_beside_one_another_have_turns_of_their_own() {
        let counter = Counter::default();
        counter.seen(Direction::Up, 10, 10, Some(1));
        counter.seen(Direction::Down, 10, 10, Some(2));
        counter.seen(Direction::Up, 10, 10, Some(1));
        assert_eq!(counter.read().turns, 1);
        counter.reset();
        assert_eq!(counter.read(), Counts::default());
    }
}
