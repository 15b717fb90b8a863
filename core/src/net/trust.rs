//! Whose certificates are believed: the platform's, those and one more authority, or exactly one certificate.

use crate::ports::{NetError, Trust};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sha2::{Digest, Sha256};
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

type Verifier = Arc<dyn ServerCertVerifier>;

/// The verifiers of a dialer. The platform's is made once, at the first connection that needs it.
#[derive(Debug)]
pub(super) struct Verifiers {
    provider: Arc<CryptoProvider>,
    platform: OnceLock<Verifier>,
}

impl Verifiers {
    pub(super) fn new() -> Self {
        Self { provider: Arc::new(rustls::crypto::ring::default_provider()), platform: OnceLock::new() }
    }

    pub(super) fn provider(&self) -> Arc<CryptoProvider> {
        self.provider.clone()
    }

    /// The judge for this trust.
    pub(super) fn for_trust(&self, trust: &Trust) -> Result<Verifier, Error> {
        Ok(match trust {
            Trust::Platform => self.platform()?,
            Trust::PlatformAnd(pem) => {
                let extra = webpki(roots_from_pem(pem)?, &self.provider)?;
                Arc::new(Either { extra, platform: self.platform()? })
            }
            Trust::Pin(sha256) => Arc::new(Pinned { sha256: *sha256, provider: self.provider.clone() }),
        })
    }

    fn platform(&self) -> Result<Verifier, Error> {
        if let Some(known) = self.platform.get() {
            return Ok(known.clone());
        }
        let made = platform_verifier(&self.provider)?;
        Ok(self.platform.get_or_init(|| made).clone())
    }
}

#[cfg(any(target_os = "android", target_vendor = "apple", windows))]
fn platform_verifier(provider: &Arc<CryptoProvider>) -> Result<Verifier, Error> {
    Ok(Arc::new(rustls_platform_verifier::Verifier::new(provider.clone())?))
}

// rustls-platform-verifier would read the same files here, but it logs each refusal as an error, with the host's name.
#[cfg(not(any(target_os = "android", target_vendor = "apple", windows)))]
fn platform_verifier(provider: &Arc<CryptoProvider>) -> Result<Verifier, Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        log::info!("this system has no certificate store: Mozilla's list of authorities is used");
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    webpki(roots, provider)
}

fn webpki(roots: RootCertStore, provider: &Arc<CryptoProvider>) -> Result<Verifier, Error> {
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|e| Error::General(e.to_string()))?;
    Ok(verifier)
}

fn roots_from_pem(pem: &[u8]) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| Error::General("the PEM file is damaged".into()))?;
        roots.add(certificate)?;
    }
    if roots.is_empty() {
        return Err(Error::General("the PEM file holds no certificate".into()));
    }
    Ok(roots)
}

/// How many certificates a PEM file holds that can serve as [`Trust::PlatformAnd`]; an error says why none can.
/// For a shell to check a file before it is kept.
pub fn authorities_in(pem: &[u8]) -> Result<usize, NetError> {
    roots_from_pem(pem)
        .map(|roots| roots.len())
        .map_err(|e| NetError::Io(io::Error::new(io::ErrorKind::InvalidInput, e.to_string())))
}

pub(super) fn sha256(certificate: &CertificateDer<'_>) -> [u8; 32] {
    Sha256::digest(certificate.as_ref()).into()
}

/// Remembers the certificate that was shown, for the error and for a pin, and lets another one judge.
#[derive(Debug)]
pub(super) struct Watched {
    inner: Verifier,
    shown: Mutex<Option<[u8; 32]>>,
}

impl Watched {
    pub(super) fn new(inner: Verifier) -> Arc<Self> {
        Arc::new(Self { inner, shown: Mutex::new(None) })
    }
    /// SHA-256 of the certificate the server showed, if it came that far.
    pub(super) fn shown(&self) -> Option<[u8; 32]> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServerCertVerifier for Watched {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(sha256(leaf));
        self.inner.verify_server_cert(leaf, chain, name, ocsp, now).map_err(|error| match error {
            // Signed by another who uses the name of an authority we know, with a key of the same kind or of another.
            // In the handshake's own signature such an error means something else: a certificate without its key.
            Error::InvalidCertificate(
                CertificateError::BadSignature
                | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. },
            ) => Error::InvalidCertificate(CertificateError::UnknownIssuer),
            other => other,
        })
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, leaf, signed)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, leaf, signed)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// The extra authorities first, then the platform: Android's verifier takes no extra ones.
#[derive(Debug)]
struct Either {
    extra: Verifier,
    platform: Verifier,
}

impl ServerCertVerifier for Either {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.extra.verify_server_cert(leaf, chain, name, ocsp, now) {
            Ok(verified) => Ok(verified),
            Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
                self.platform.verify_server_cert(leaf, chain, name, ocsp, now)
            }
            // Signed by the extra authority but wrong otherwise: its error is the one that helps.
            Err(theirs) => self.platform.verify_server_cert(leaf, chain, name, ocsp, now).map_err(|_| theirs),
        }
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.extra.verify_tls12_signature(message, leaf, signed)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.extra.verify_tls13_signature(message, leaf, signed)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.extra.supported_verify_schemes()
    }
}

/// Believes one certificate, whoever signed it and whatever it names. The handshake's signature is still checked:
/// without it anyone could show the certificate, which is public, without having its key.
#[derive(Debug)]
struct Pinned {
    sha256: [u8; 32],
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        _chain: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if sha256(leaf) == self.sha256 {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signed, &self.provider.signature_verification_algorithms)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.provider.signature_verification_algorithms)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
