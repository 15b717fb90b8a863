//! TCP connections that do not hang: several addresses in a staggered race (RFC 8305), everything bounded in time.

use super::tls;
use super::trust::Verifiers;
use crate::ports::{BoxFuture, Dialer, Endpoint, NetError, Resolver, Stream};
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;

/// How long a [`TcpDialer`] waits for what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DialLimits {
    /// Name and TCP together. 15 s.
    pub connect: Duration,
    /// Head start of one address before the next is tried beside it (RFC 8305 §5). 250 ms.
    pub stagger: Duration,
    /// The TLS handshake. 15 s.
    pub handshake: Duration,
    /// Addresses tried at most. 8.
    pub addresses: usize,
}

impl Default for DialLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            stagger: Duration::from_millis(250),
            handshake: Duration::from_secs(15),
            addresses: 8,
        }
    }
}

/// Opens TCP and TLS over the device's network.
#[derive(Debug)]
pub struct TcpDialer {
    resolver: Arc<dyn Resolver>,
    limits: DialLimits,
    verifiers: Verifiers,
}

impl TcpDialer {
    /// With the usual limits.
    pub fn new(resolver: Arc<dyn Resolver>) -> Self {
        Self::with_limits(resolver, DialLimits::default())
    }

    /// With other limits.
    pub fn with_limits(resolver: Arc<dyn Resolver>, limits: DialLimits) -> Self {
        Self { resolver, limits, verifiers: Verifiers::new() }
    }

    async fn tcp(&self, to: &Endpoint) -> Result<TcpStream, NetError> {
        let connect = async {
            let addresses = self.addresses(&to.host).await?;
            let addresses = addresses.into_iter().map(|ip| SocketAddr::new(ip, to.port)).collect();
            race(addresses, self.limits.stagger).await.map_err(|e| self.connect_error(e, to.port))
        };
        let stream = tokio::time::timeout(self.limits.connect, connect)
            .await
            .map_err(|_| NetError::Timeout(self.limits.connect))??;
        // Commands are small and answered: Nagle's algorithm would add a delayed ACK to each turn.
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, NetError> {
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        let ascii = tls::ascii_host(host).ok_or_else(|| NetError::UnknownHost(host.to_owned()))?;
        let mut found = families_in_turn(self.resolver.addresses(&ascii).await?);
        found.truncate(self.limits.addresses.max(1));
        if found.is_empty() {
            return Err(NetError::UnknownHost(host.to_owned()));
        }
        Ok(found)
    }

    fn connect_error(&self, error: io::Error, port: u16) -> NetError {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => NetError::Refused(port),
            io::ErrorKind::TimedOut => NetError::Timeout(self.limits.connect),
            _ => NetError::Io(error),
        }
    }
}

impl Dialer for TcpDialer {
    fn dial<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        Box::pin(async move {
            let plain: Box<dyn Stream> = Box::new(self.tcp(to).await?);
            if to.implicit_tls { self.upgrade(plain, to).await } else { Ok(plain) }
        })
    }

    fn upgrade<'a>(
        &'a self,
        plain: Box<dyn Stream>,
        to: &'a Endpoint,
    ) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        Box::pin(tls::handshake(&self.verifiers, plain, to, self.limits.handshake))
    }
}

/// Families take turns, beginning with the resolver's first choice (RFC 8305 §4): with a black hole for one family the
/// other is tried second and not last.
fn families_in_turn(addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    let Some(first) = addresses.first().map(IpAddr::is_ipv6) else { return addresses };
    let (preferred, other): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|a| a.is_ipv6() == first);
    let (mut preferred, mut other) = (preferred.into_iter(), other.into_iter());
    let mut turns = Vec::with_capacity(preferred.len() + other.len());
    loop {
        let pair = (preferred.next(), other.next());
        if pair == (None, None) {
            return turns;
        }
        turns.extend(pair.0);
        turns.extend(pair.1);
    }
}

/// The first connection that comes about. The next address is tried when the one before has failed or had its head
/// start. If none comes about, an error other than "refused" says more.
async fn race(addresses: Vec<SocketAddr>, stagger: Duration) -> Result<TcpStream, io::Error> {
    let mut waiting = addresses.into_iter();
    let mut open = FuturesUnordered::new();
    let mut failure: Option<io::Error> = None;
    loop {
        match waiting.next() {
            Some(next) => open.push(TcpStream::connect(next)),
            None if open.is_empty() => {
                return Err(failure.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into()));
            }
            None => {}
        }
        let more = waiting.len() > 0;
        tokio::select! {
            biased;
            Some(done) = open.next() => match done {
                Ok(stream) => return Ok(stream),
                Err(error) => match &failure {
                    Some(known) if known.kind() != io::ErrorKind::ConnectionRefused => {}
                    _ => failure = Some(error),
                },
            },
            () = tokio::time::sleep(stagger), if more => {}
            else => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ips(s: &str) -> Vec<IpAddr> {
        s.split_whitespace().map(|a| a.parse().unwrap()).collect()
    }

    #[test]
    fn a_family_that_leads_nowhere_does_not_come_first_for_all_its_addresses() {
        for (given, turns) in [
            ("", ""),
            ("10.0.0.1", "10.0.0.1"),
            ("::1 ::2 10.0.0.1", "::1 10.0.0.1 ::2"),
            ("10.0.0.1 10.0.0.2 ::1 ::2 ::3", "10.0.0.1 ::1 10.0.0.2 ::2 ::3"),
        ] {
            assert_eq!(families_in_turn(ips(given)), ips(turns), "{given}");
        }
    }

    #[tokio::test]
    async fn a_dead_first_address_does_not_keep_the_living_second_one_from_being_used() {
        let living = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dead = {
            let gone = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
            gone.local_addr().unwrap()
        };
        let addresses = vec![dead, living.local_addr().unwrap()];
        let stream = race(addresses, Duration::from_secs(100)).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), living.local_addr().unwrap());
        assert_eq!(
            race(vec![dead], Duration::ZERO).await.unwrap_err().kind(),
            io::ErrorKind::ConnectionRefused
        );
    }
}
