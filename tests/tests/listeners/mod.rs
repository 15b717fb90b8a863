//! Local listeners for the contract suites: certificates of every kind, TLS and plain sockets, a fixed resolver.
#![allow(dead_code, reason = "each suite is its own crate and uses a part")]

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use satchel_core::ports::{BoxFuture, Endpoint, NetError, Resolver, Srv, Trust};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// An authority of our own.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: Vec<u8>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        Self::with_key(KeyPair::generate().unwrap())
    }

    /// The same name with another key, also of another kind.
    pub(crate) fn with_key(key: KeyPair) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, "Satchel test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let pem = params.self_signed(&key).unwrap().pem().into_bytes();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate for these names, changed as the case wants it.
    pub(crate) fn sign(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Shown {
        let key = KeyPair::generate().unwrap();
        let mut params = params(names);
        change(&mut params);
        let der = params.signed_by(&key, &self.issuer).unwrap().der().clone();
        Shown::new(der, &key)
    }
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

/// A certificate signed by its own key.
pub(crate) fn self_signed(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Shown {
    let key = KeyPair::generate().unwrap();
    let mut params = params(names);
    change(&mut params);
    let certificate = params.self_signed(&key).unwrap();
    Shown { pem: certificate.pem().into_bytes(), ..Shown::new(certificate.der().clone(), &key) }
}

/// A certificate with its key, as a server shows it.
#[derive(Clone)]
pub(crate) struct Shown {
    pub(crate) sha256: [u8; 32],
    pub(crate) pem: Vec<u8>,
    der: CertificateDer<'static>,
    key: Arc<PrivateKeyDer<'static>>,
}

impl Shown {
    fn new(der: CertificateDer<'static>, key: &KeyPair) -> Self {
        let sha256 = Sha256::digest(&der).into();
        let key = Arc::new(PrivateKeyDer::try_from(key.serialize_der()).unwrap());
        Self { sha256, pem: Vec::new(), der, key }
    }

    /// The same certificate, which is public, in the hands of someone who has not its key.
    pub(crate) fn stolen(&self) -> Self {
        let key = KeyPair::generate().unwrap();
        Self { key: Arc::new(PrivateKeyDer::try_from(key.serialize_der()).unwrap()), ..self.clone() }
    }

    pub(crate) fn acceptor(&self, versions: &[&'static rustls::SupportedProtocolVersion]) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = provider.key_provider.load_private_key((*self.key).clone_key()).unwrap();
        let shown = AlwaysThis(Arc::new(CertifiedKey::new(vec![self.der.clone()], key)));
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(shown));
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Unlike rustls' own, does not check that key and certificate belong together.
#[derive(Debug)]
struct AlwaysThis(Arc<CertifiedKey>);

impl ResolvesServerCert for AlwaysThis {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

/// Echoes until the other side ends, then ends properly.
pub(crate) async fn echo(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut buffer = [0; 1024];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        if stream.write_all(&buffer[..read]).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
    drop(stream.shutdown().await);
}

/// Listens on a free port of 127.0.0.1 and gives each connection to `serve`.
pub(crate) async fn listen<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// An echo with TLS from the first byte.
pub(crate) async fn listen_tls(shown: &Shown) -> SocketAddr {
    let acceptor = shown.acceptor(rustls::DEFAULT_VERSIONS);
    listen(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                echo(stream).await;
            }
        }
    })
    .await
}

/// A port at which nobody listens.
pub(crate) async fn dead_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

pub(crate) fn endpoint(host: &str, port: u16, implicit_tls: bool, trust: &Trust) -> Endpoint {
    Endpoint { host: host.into(), port, implicit_tls, trust: trust.clone() }
}

/// Knows a few names, and remembers what it was asked.
#[derive(Debug, Default)]
pub(crate) struct FixedResolver {
    pub(crate) names: Vec<(&'static str, Vec<IpAddr>)>,
    pub(crate) asked: Mutex<Vec<String>>,
}

impl FixedResolver {
    pub(crate) fn new(names: &[(&'static str, &[&str])]) -> Arc<Self> {
        let parse = |ips: &[&str]| ips.iter().map(|ip| ip.parse().unwrap()).collect();
        let names = names.iter().map(|(name, ips)| (*name, parse(ips))).collect();
        Arc::new(Self { names, asked: Mutex::default() })
    }
}

impl Resolver for FixedResolver {
    fn addresses<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, NetError>> {
        self.asked.lock().unwrap().push(host.to_owned());
        let found = self.names.iter().find(|(name, _)| *name == host).map(|(_, ips)| ips.clone());
        Box::pin(async move { found.ok_or_else(|| NetError::UnknownHost(host.to_owned())) })
    }
    fn srv<'a>(&'a self, _name: &'a str) -> BoxFuture<'a, Result<Vec<Srv>, NetError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
    fn mx<'a>(&'a self, _domain: &'a str) -> BoxFuture<'a, Result<Vec<String>, NetError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
    fn set_servers(&self, _servers: &[SocketAddr]) {}
}
