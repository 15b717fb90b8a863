//! Names: addresses by the system, SRV and MX by own questions to the system's servers or to those a shell handed over.

use crate::ports::{BoxFuture, NetError, Resolver, Srv};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError as DnsError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

/// Whole lookup, all servers and attempts together.
const LOOKUP_LIMIT: Duration = Duration::from_secs(10);
/// One question to one server.
const QUESTION_LIMIT: Duration = Duration::from_secs(3);
/// Records of an answer that are looked at.
const RECORDS: usize = 64;

/// Asks the DNS the system's way, or the servers it was given and no others. A public DNS is never asked by itself.
///
/// Android: addresses always come from the system (it knows Private DNS, VPN and the network in use); SRV and MX need
/// [`Resolver::set_servers`], and without it they are an error.
#[derive(Debug, Default)]
pub struct SystemResolver {
    servers: RwLock<Vec<SocketAddr>>,
}

impl SystemResolver {
    /// The system's own way until servers are handed over.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks these servers.
    pub fn with_servers(servers: &[SocketAddr]) -> Self {
        Self { servers: RwLock::new(servers.to_vec()) }
    }

    fn given(&self) -> Vec<SocketAddr> {
        self.servers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Made anew for each lookup: the system's servers change with the network, and an answer kept from another
    /// network may be wrong here.
    fn dns(&self) -> Result<TokioResolver, NetError> {
        let given = self.given();
        let (config, mut options) = if given.is_empty() {
            system_config()?
        } else {
            let servers = given.iter().map(|s| name_server(*s)).collect();
            (ResolverConfig::from_name_servers(servers), ResolverOpts::default())
        };
        options.timeout = options.timeout.min(QUESTION_LIMIT);
        options.attempts = options.attempts.min(2);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        *builder.options_mut() = options;
        builder.build().map_err(|e| dns_failure(&e))
    }

    /// Records of a name; none is no error.
    async fn records(&self, name: &str, kind: RecordType) -> Result<Vec<RData>, NetError> {
        let Some(name) = absolute(name) else { return Err(NetError::UnknownHost(name.to_owned())) };
        let dns = self.dns()?;
        match tokio::time::timeout(LOOKUP_LIMIT, dns.lookup(name, kind)).await {
            Err(_) => Err(NetError::Timeout(LOOKUP_LIMIT)),
            Ok(Ok(found)) => Ok(found.answers().iter().take(RECORDS).map(|r| r.data.clone()).collect()),
            Ok(Err(error)) if error.is_no_records_found() || error.is_nx_domain() => Ok(Vec::new()),
            Ok(Err(error)) => Err(dns_failure(&error)),
        }
    }

    async fn addresses_of(&self, host: &str) -> Result<Vec<IpAddr>, NetError> {
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        if is_localhost(host) {
            return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
        }
        let unknown = || NetError::UnknownHost(host.to_owned());
        let found = if self.given().is_empty() || cfg!(target_os = "android") {
            system_addresses(host).await?
        } else {
            let (six, four) =
                futures_util::join!(self.records(host, RecordType::AAAA), self.records(host, RecordType::A));
            let mut found = Vec::new();
            match (six, four) {
                (Err(error), Err(_)) => return Err(error),
                (six, four) => [six, four].into_iter().flatten().for_each(|part| found.extend(part)),
            }
            found.iter().filter_map(RData::ip_addr).collect()
        };
        if found.is_empty() { Err(unknown()) } else { Ok(found) }
    }
}

impl Resolver for SystemResolver {
    fn addresses<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, NetError>> {
        Box::pin(self.addresses_of(host))
    }

    /// Lowest priority first, heaviest weight first among equals. A target of "" is the root: the domain says that it
    /// does not offer this service (RFC 2782).
    fn srv<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<Srv>, NetError>> {
        Box::pin(async move {
            let mut found: Vec<Srv> = self
                .records(name, RecordType::SRV)
                .await?
                .iter()
                .filter_map(|data| match data {
                    RData::SRV(srv) => Some(Srv {
                        priority: srv.priority,
                        weight: srv.weight,
                        port: srv.port,
                        target: text(&srv.target)?,
                    }),
                    _ => None,
                })
                .collect();
            found.sort_by(|a, b| {
                (a.priority, b.weight, &a.target, a.port).cmp(&(b.priority, a.weight, &b.target, b.port))
            });
            Ok(found)
        })
    }

    /// A null MX (RFC 7505) counts as none.
    fn mx<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Result<Vec<String>, NetError>> {
        Box::pin(async move {
            let mut found: Vec<(u16, String)> = self
                .records(domain, RecordType::MX)
                .await?
                .iter()
                .filter_map(|data| match data {
                    RData::MX(mx) => Some((mx.preference, text(&mx.exchange)?)),
                    _ => None,
                })
                .filter(|(_, host)| !host.is_empty())
                .collect();
            found.sort();
            Ok(found.into_iter().map(|(_, host)| host).collect())
        })
    }

    fn set_servers(&self, servers: &[SocketAddr]) {
        *self.servers.write().unwrap_or_else(PoisonError::into_inner) = servers.to_vec();
    }
}

/// By getaddrinfo, so that hosts file, mDNS, VPN and the order of RFC 6724 are the system's.
async fn system_addresses(host: &str) -> Result<Vec<IpAddr>, NetError> {
    match tokio::time::timeout(LOOKUP_LIMIT, tokio::net::lookup_host((host, 0))).await {
        Err(_) => Err(NetError::Timeout(LOOKUP_LIMIT)),
        // getaddrinfo's codes do not reach us; what is not a plain I/O error is a name without an address, or no DNS.
        Ok(Err(_)) => Err(NetError::UnknownHost(host.to_owned())),
        Ok(Ok(found)) => {
            let mut addresses = Vec::new();
            for address in found.map(|a| a.ip()).take(RECORDS) {
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
            Ok(addresses)
        }
    }
}

// hickory panics on Android when nobody gave it the app's context; we never ask it there.
#[cfg(target_os = "android")]
fn system_config() -> Result<(ResolverConfig, ResolverOpts), NetError> {
    Err(NetError::Io(io::Error::other("the DNS servers of this network are not known yet")))
}

#[cfg(not(target_os = "android"))]
fn system_config() -> Result<(ResolverConfig, ResolverOpts), NetError> {
    hickory_resolver::system_conf::read_system_conf().map_err(|_| {
        NetError::Io(io::Error::other("the system's DNS configuration cannot be read; name a DNS server"))
    })
}

fn name_server(server: SocketAddr) -> NameServerConfig {
    let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
    for connection in &mut connections {
        connection.port = server.port();
    }
    NameServerConfig::new(server.ip(), true, connections)
}

/// The name with its final dot, so that no search domain is ever appended: `imap.example.org.corp.example` is not ours
/// to ask for.
fn absolute(name: &str) -> Option<Name> {
    let mut parsed = Name::from_ascii(name).ok()?;
    parsed.set_fqdn(true);
    Some(parsed).filter(|n| !n.is_root())
}

/// RFC 6761 §6.3: never a question to the DNS.
fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

/// A host name as text without the final dot, `None` if it holds what no host name may.
fn text(name: &Name) -> Option<String> {
    let text = name.to_ascii().to_ascii_lowercase();
    let text = text.strip_suffix('.').unwrap_or(&text);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    Some(text.to_owned()).filter(|t| t.chars().all(plain))
}

fn dns_failure(error: &DnsError) -> NetError {
    match error {
        DnsError::Timeout => NetError::Timeout(LOOKUP_LIMIT),
        DnsError::Io(error) => NetError::Io(io::Error::new(error.kind(), "the DNS cannot be reached")),
        // Its text holds names and answers of the server.
        _ => NetError::Io(io::Error::other("the DNS server did not give a usable answer")),
    }
}
