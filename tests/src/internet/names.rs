//! The `Resolver` port in memory: zones that answer, fail or keep silent, and a note of what was asked.

use satchel_core::ports::{BoxFuture, NetError, Resolver, Srv};
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a silent server is waited for, as by the real resolver.
const LOOKUP_LIMIT: Duration = Duration::from_secs(10);

/// The kinds of record a mail program asks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// IPv4 address.
    A,
    /// IPv6 address.
    Aaaa,
    /// Mail exchanger.
    Mx,
    /// Service.
    Srv,
}

/// One record, as it stands in a zone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Record {
    /// An address of either family.
    Address(IpAddr),
    /// Preference and host.
    Mx(u16, String),
    /// A service.
    Srv(Srv),
}

impl Record {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Address(IpAddr::V4(_)) => Kind::A,
            Self::Address(IpAddr::V6(_)) => Kind::Aaaa,
            Self::Mx(..) => Kind::Mx,
            Self::Srv(_) => Kind::Srv,
        }
    }
}

/// What a server of names says to a question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply {
    /// These records, or none of that kind.
    Records(Vec<Record>),
    /// There is no such name.
    NoSuchName,
    /// Server failure: SERVFAIL, REFUSED.
    Failure,
    /// Nothing.
    Silence,
}

/// What one server of names knows.
#[derive(Clone, Default, Debug)]
pub struct Zone(BTreeMap<(String, Kind), Reply>);

impl Zone {
    /// Knows nothing.
    pub fn new() -> Self {
        Self::default()
    }
    /// Knows one record more.
    pub fn with(mut self, name: &str, record: Record) -> Self {
        let reply = self.0.entry((name.to_ascii_lowercase(), record.kind()));
        match reply.or_insert_with(|| Reply::Records(Vec::new())) {
            Reply::Records(records) => records.push(record),
            other => *other = Reply::Records(vec![record]),
        }
        self
    }
    /// Has an address more.
    pub fn address(self, name: &str, address: IpAddr) -> Self {
        self.with(name, Record::Address(address))
    }
    /// Has a mail exchanger more.
    pub fn mx(self, name: &str, preference: u16, host: &str) -> Self {
        self.with(name, Record::Mx(preference, host.to_owned()))
    }
    /// Has a service more: priority, weight, port, host.
    pub fn srv(self, name: &str, (priority, weight, port, target): (u16, u16, u16, &str)) -> Self {
        self.with(name, Record::Srv(Srv { priority, weight, port, target: target.to_owned() }))
    }
    /// Says this to every question of that kind about the name.
    pub fn says(mut self, name: &str, kind: Kind, reply: Reply) -> Self {
        self.0.insert((name.to_ascii_lowercase(), kind), reply);
        self
    }
    /// Says this to every question about the name.
    pub fn always(self, name: &str, reply: &Reply) -> Self {
        let kinds = [Kind::A, Kind::Aaaa, Kind::Mx, Kind::Srv];
        kinds.into_iter().fold(self, |zone, kind| zone.says(name, kind, reply.clone()))
    }
    /// The answer to a question.
    pub fn ask(&self, name: &str, kind: Kind) -> Reply {
        self.0.get(&(name.to_ascii_lowercase(), kind)).cloned().unwrap_or(Reply::NoSuchName)
    }
}

/// Answers from zones: the network's own, or those of the servers it was told to ask.
#[derive(Debug, Default)]
pub struct ZoneResolver {
    own: Zone,
    servers: BTreeMap<SocketAddr, Zone>,
    given: Mutex<Vec<SocketAddr>>,
    asked: Mutex<Vec<(String, Kind)>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ZoneResolver {
    /// A network with this zone.
    pub fn new(own: Zone) -> Self {
        Self { own, ..Self::default() }
    }
    /// There is one more server of names, which is asked only when it was handed over.
    pub fn with_server(mut self, at: SocketAddr, zone: Zone) -> Self {
        self.servers.insert(at, zone);
        self
    }
    /// The questions so far, in lower case and without a final dot.
    pub fn asked(&self) -> Vec<(String, Kind)> {
        locked(&self.asked).clone()
    }

    async fn records(&self, name: &str, kind: Kind) -> Result<Vec<Record>, NetError> {
        let plain = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        if !is_name(&plain) {
            return Err(NetError::UnknownHost(name.to_owned()));
        }
        locked(&self.asked).push((plain.clone(), kind));
        let given = locked(&self.given).first().copied();
        let reply = match given {
            None => self.own.ask(&plain, kind),
            Some(server) => self.servers.get(&server).map_or(Reply::Silence, |zone| zone.ask(&plain, kind)),
        };
        match reply {
            Reply::Records(records) => Ok(records),
            Reply::NoSuchName => Ok(Vec::new()),
            Reply::Failure => Err(NetError::Io(io::Error::other("the DNS server did not answer usably"))),
            Reply::Silence => {
                tokio::time::sleep(LOOKUP_LIMIT).await;
                Err(NetError::Timeout(LOOKUP_LIMIT))
            }
        }
    }

    async fn addresses_of(&self, host: &str) -> Result<Vec<IpAddr>, NetError> {
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        let plain = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        if plain == "localhost" || plain.ends_with(".localhost") {
            return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
        }
        let six = self.records(host, Kind::Aaaa).await;
        let records = match (six, self.records(host, Kind::A).await) {
            (Err(error), Err(_)) => return Err(error),
            (six, four) => [six, four].into_iter().flatten().flatten(),
        };
        let found: Vec<IpAddr> = records
            .filter_map(|record| if let Record::Address(address) = record { Some(address) } else { None })
            .collect();
        if found.is_empty() { Err(NetError::UnknownHost(host.to_owned())) } else { Ok(found) }
    }
}

/// RFC 1035 §2.3.4: labels of 1 to 63 octets, 253 in all.
fn is_name(name: &str) -> bool {
    (1..=253).contains(&name.len()) && name.split('.').all(|label| (1..=63).contains(&label.len()))
}

fn is_host(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

impl Resolver for ZoneResolver {
    fn addresses<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, NetError>> {
        Box::pin(self.addresses_of(host))
    }
    fn srv<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Vec<Srv>, NetError>> {
        Box::pin(async move {
            let records = self.records(name, Kind::Srv).await?;
            let services = records.into_iter().filter_map(|record| match record {
                Record::Srv(srv) => Some(Srv { target: srv.target.to_ascii_lowercase(), ..srv }),
                _ => None,
            });
            let mut found: Vec<Srv> = services.filter(|srv| is_host(&srv.target)).collect();
            found.sort_by(|a, b| {
                (a.priority, b.weight, &a.target, a.port).cmp(&(b.priority, a.weight, &b.target, b.port))
            });
            Ok(found)
        })
    }
    fn mx<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Result<Vec<String>, NetError>> {
        Box::pin(async move {
            let records = self.records(domain, Kind::Mx).await?;
            let exchangers = records.into_iter().filter_map(|record| match record {
                Record::Mx(preference, host) => Some((preference, host.to_ascii_lowercase())),
                _ => None,
            });
            let mut found: Vec<_> =
                exchangers.filter(|(_, host)| !host.is_empty() && is_host(host)).collect();
            found.sort();
            Ok(found.into_iter().map(|(_, host)| host).collect())
        })
    }
    fn set_servers(&self, servers: &[SocketAddr]) {
        *locked(&self.given) = servers.to_vec();
    }
}
