//! What the office counted and wrote down while serving.

use std::collections::BTreeMap;

use crate::serve::Protocol;

/// Sums over all connections so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Connections accepted, by protocol.
    pub connections: BTreeMap<Protocol, u64>,
    /// Commands executed, by protocol and verb.
    pub commands: BTreeMap<(Protocol, String), u64>,
    /// Octets received, above TLS and compression.
    pub received: u64,
    /// Octets sent, above TLS and compression.
    pub sent: u64,
    /// Writes to streams.
    pub writes: u64,
    /// Logins that were refused.
    pub refused_logins: u64,
}

impl Counters {
    /// Connections of all protocols.
    pub fn all_connections(&self) -> u64 {
        self.connections.values().sum()
    }

    /// Commands with this verb.
    pub fn of(&self, protocol: Protocol, verb: &str) -> u64 {
        self.commands.get(&(protocol, verb.to_owned())).copied().unwrap_or(0)
    }
}

/// One command as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number of the connection in this office, from 1.
    pub connection: u64,
    /// Its protocol.
    pub protocol: Protocol,
    /// The verb in capitals; `UID` commands with both words, such as `UID FETCH`.
    pub verb: String,
    /// The arguments, literals as `{n}`, passwords and tokens as `***`.
    pub args: String,
}
