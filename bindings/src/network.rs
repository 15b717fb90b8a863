//! What the shell knows of the network and the core cannot see.

use crate::error::CallbackError;
use satchel_core::net::SystemResolver;
use satchel_core::ports::Resolver;
use std::net::{IpAddr, SocketAddr};

/// How the network is now.
#[derive(Clone, PartialEq, Eq, Debug, Default, uniffi::Record)]
pub struct NetworkState {
    /// Whether there is one. Without, every call that needs it answers `Offline` at once.
    pub online: bool,
    /// Whether bytes cost the person money. Passes then bring overviews, and no IMAP body that was not asked for.
    pub metered: bool,
    /// Addresses of the network's DNS servers, where the system hands them out (Android); empty elsewhere.
    #[uniffi(default = [])]
    pub dns_servers: Vec<String>,
}

/// Asked once, when the core is opened; later changes are told by `network_changed`.
#[uniffi::export(foreign)]
pub trait NetworkWatch: Send + Sync {
    /// How the network is now.
    ///
    /// # Errors
    /// If it cannot be told; the core then takes it that there is one.
    fn state(&self) -> Result<NetworkState, CallbackError>;
}

/// Hands the DNS servers over; what is no address is left out.
pub(crate) fn set_servers(resolver: &SystemResolver, servers: &[String]) {
    let servers: Vec<SocketAddr> = servers.iter().filter_map(|text| address(text)).collect();
    resolver.set_servers(&servers);
}

/// `192.0.2.1`, `192.0.2.1:53`, `2001:db8::1`, with or without a zone, which an address in use does not need.
fn address(text: &str) -> Option<SocketAddr> {
    let text = text.trim();
    let bare = text.split_once('%').map_or(text, |(address, _)| address);
    let with_port = || text.parse::<SocketAddr>().ok();
    bare.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, 53)).or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn dns_servers_are_read_as_android_writes_them() {
        for (written, read) in [
            ("192.0.2.1", Some("192.0.2.1:53")),
            (" 192.0.2.1:5353 ", Some("192.0.2.1:5353")),
            ("2001:db8::1", Some("[2001:db8::1]:53")),
            ("fe80::1%wlan0", Some("[fe80::1]:53")),
            ("dns.example.org", None),
            ("", None),
        ] {
            assert_eq!(address(written).map(|a| a.to_string()).as_deref(), read, "{written}");
        }
    }
}
