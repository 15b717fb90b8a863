//! A certificate authority made at start, with one good server certificate and several bad ones.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::office::PostOffice;

/// Which certificate the server shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certificate {
    /// For localhost, 127.0.0.1 and ::1, signed by the test authority.
    #[default]
    Good,
    /// The same names, valid until 2001.
    Expired,
    /// Valid from the year 4000 on.
    NotYetValid,
    /// For `mail.wrong.example`.
    WrongHost,
    /// Signed by itself.
    SelfSigned,
    /// Signed by an authority nobody trusts.
    ForeignCa,
    /// For clients only (extended key usage).
    WrongUsage,
}

impl Certificate {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Good,
        Self::Expired,
        Self::NotYetValid,
        Self::WrongHost,
        Self::SelfSigned,
        Self::ForeignCa,
        Self::WrongUsage,
    ];
}

pub(crate) struct TestCa {
    pub(crate) pem: String,
    acceptors: Vec<(Certificate, TlsAcceptor, Vec<u8>)>,
}

impl std::fmt::Debug for TestCa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TestCa")
    }
}

/// Making certificates failed: a fault of the machine, not of a test.
#[derive(Debug, thiserror::Error)]
enum Unmakable {
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    #[error("TLS set-up: {0}")]
    Tls(#[from] rustls::Error),
}

impl From<Unmakable> for std::io::Error {
    fn from(error: Unmakable) -> Self {
        Self::other(error)
    }
}

impl PostOffice {
    /// The test authority's certificate in PEM; clients that shall accept [`Certificate::Good`] trust it.
    pub fn ca_pem(&self) -> std::io::Result<String> {
        Ok(self.test_ca()?.pem.clone())
    }

    /// The certificate itself in DER, for pinning.
    pub fn certificate_der(&self, certificate: Certificate) -> std::io::Result<Vec<u8>> {
        let ca = self.test_ca()?;
        let found = ca.acceptors.iter().find(|(kind, _, _)| *kind == certificate);
        found.map(|(_, _, der)| der.clone()).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }

    pub(crate) fn acceptor(&self, certificate: Certificate) -> std::io::Result<TlsAcceptor> {
        let ca = self.test_ca()?;
        let found = ca.acceptors.iter().find(|(kind, _, _)| *kind == certificate);
        found.map(|(_, acceptor, _)| acceptor.clone()).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }

    /// Made at first use: most tests need no TLS and keys cost time.
    fn test_ca(&self) -> std::io::Result<&TestCa> {
        if let Some(ca) = self.shared.tls.get() {
            return Ok(ca);
        }
        let made = TestCa::make()?;
        Ok(self.shared.tls.get_or_init(|| made))
    }
}

impl TestCa {
    fn make() -> Result<Self, Unmakable> {
        let (pem, issuer) = authority("Post office test authority")?;
        let (_, foreign) = authority("Somebody else's authority")?;
        let mut acceptors = Vec::new();
        for kind in Certificate::ALL {
            let key = KeyPair::generate()?;
            let params = leaf(kind)?;
            let certificate = match kind {
                Certificate::SelfSigned => params.self_signed(&key)?,
                Certificate::ForeignCa => params.signed_by(&key, &foreign)?,
                _ => params.signed_by(&key, &issuer)?,
            };
            let der: CertificateDer<'static> = certificate.der().clone();
            let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let config = rustls::ServerConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(vec![der.clone()], private)?;
            acceptors.push((kind, TlsAcceptor::from(Arc::new(config)), der.to_vec()));
        }
        Ok(Self { pem, acceptors })
    }
}

fn authority(name: &str) -> Result<(String, Issuer<'static, KeyPair>), Unmakable> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let pem = params.self_signed(&key)?.pem();
    Ok((pem, Issuer::new(params, key)))
}

fn leaf(kind: Certificate) -> Result<CertificateParams, Unmakable> {
    let names = match kind {
        Certificate::WrongHost => vec!["mail.wrong.example".to_owned()],
        _ => vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()],
    };
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![match kind {
        Certificate::WrongUsage => ExtendedKeyUsagePurpose::ClientAuth,
        _ => ExtendedKeyUsagePurpose::ServerAuth,
    }];
    if kind == Certificate::Expired {
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(2001, 1, 1);
    }
    if kind == Certificate::NotYetValid {
        params.not_before = date_time_ymd(4000, 1, 1);
    }
    Ok(params)
}
