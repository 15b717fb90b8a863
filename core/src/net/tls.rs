//! The TLS handshake over any stream, and what its failures mean to a person.

use super::trust::{Verifiers, Watched};
use crate::error::TlsProblem;
use crate::ports::{Endpoint, NetError, Stream, Trust};
use rustls::client::Resumption;
use rustls::{CertificateError, ClientConfig, Error};
use rustls_pki_types::ServerName;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::TlsConnector;

/// Does the handshake within `limit` and gives the stream back with TLS around it.
pub(super) async fn handshake(
    verifiers: &Verifiers,
    plain: Box<dyn Stream>,
    to: &Endpoint,
    limit: Duration,
) -> Result<Box<dyn Stream>, NetError> {
    let name = server_name(&to.host)?;
    let judge = verifiers.for_trust(&to.trust).map_err(|e| refused(&e, &to.trust, None))?;
    let watched = Watched::new(judge);
    let mut config = ClientConfig::builder_with_provider(verifiers.provider())
        .with_safe_default_protocol_versions()
        .map_err(|e| refused(&e, &to.trust, None))?
        .dangerous()
        .with_custom_certificate_verifier(watched.clone())
        .with_no_client_auth();
    // A resumed session shows no certificate: a pin, or an authority taken back, would not be asked again.
    config.resumption = Resumption::disabled();
    let connector = TlsConnector::from(Arc::new(config));
    match tokio::time::timeout(limit, connector.connect(name, plain)).await {
        Err(_) => Err(NetError::Timeout(limit)),
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(match error.get_ref().and_then(|e| e.downcast_ref::<Error>()) {
            Some(tls) => refused(tls, &to.trust, watched.shown()),
            None => NetError::Io(error),
        }),
    }
}

/// The name for SNI and for the certificate; an international name in its ASCII form.
fn server_name(host: &str) -> Result<ServerName<'static>, NetError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(ServerName::IpAddress(address.into()));
    }
    ascii_host(host)
        .and_then(|ascii| ServerName::try_from(ascii).ok())
        .ok_or_else(|| NetError::UnknownHost(host.to_owned()))
}

/// A host name as the DNS and certificates write it (RFC 5890), without the final dot.
pub(super) fn ascii_host(host: &str) -> Option<String> {
    let host = host.strip_suffix('.').unwrap_or(host);
    // Names with underscores are no host names but exist; the strict mapping would refuse them.
    let ascii = if host.is_ascii() { host.to_ascii_lowercase() } else { idna::domain_to_ascii(host).ok()? };
    Some(ascii).filter(|a| !a.is_empty() && a.len() <= 253)
}

fn refused(error: &Error, trust: &Trust, shown: Option<[u8; 32]>) -> NetError {
    let (problem, reason) = match error {
        Error::InvalidCertificate(why) => certificate_problem(why, trust, shown),
        Error::General(why) => (TlsProblem::Unusable, format!("the certificates cannot be checked: {why}")),
        Error::InvalidMessage(_) | Error::InappropriateMessage { .. } => (
            TlsProblem::Handshake,
            "the server does not speak TLS at this port; it may want STARTTLS or another port".into(),
        ),
        Error::PeerIncompatible(_) | Error::AlertReceived(_) => (
            TlsProblem::Handshake,
            "the server and this device have no version of TLS in common (at least 1.2 is needed), or the server \
             refused"
                .into(),
        ),
        Error::NoCertificatesPresented => {
            (TlsProblem::Unusable, "the server showed no certificate at all".into())
        }
        _ => (TlsProblem::Handshake, "the TLS handshake failed".into()),
    };
    NetError::Tls { problem, reason, sha256: shown }
}

fn certificate_problem(
    why: &CertificateError,
    trust: &Trust,
    shown: Option<[u8; 32]>,
) -> (TlsProblem, String) {
    if let Trust::Pin(pin) = trust
        && shown != Some(*pin)
    {
        return (
            TlsProblem::NotThePinnedOne,
            "the certificate is not the one that was pinned for this account; if the server's owner has renewed it, \
             pin the new one"
                .into(),
        );
    }
    let (problem, reason) = match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            (TlsProblem::Expired, "the certificate is out of date, or the clock of this device is wrong")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            (TlsProblem::Expired, "the certificate is not valid yet, or the clock of this device is wrong")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            (TlsProblem::WrongHost, "the certificate is made out to another host; check the server's name")
        }
        CertificateError::UnknownIssuer => (
            TlsProblem::UnknownIssuer,
            "the certificate is signed by nobody this device trusts; if the server is yours, add its authority or \
             pin this one certificate",
        ),
        CertificateError::Other(_) if is_authority_as_server(why) => (
            TlsProblem::UnknownIssuer,
            "the server shows an authority's own (self-signed) certificate; if the server is yours, pin this one \
             certificate",
        ),
        CertificateError::Revoked => {
            (TlsProblem::Unusable, "the certificate was revoked by the authority that signed it")
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            (TlsProblem::Unusable, "the certificate is not meant for servers")
        }
        _ => (TlsProblem::Unusable, "the certificate is unusable"),
    };
    (problem, reason.into())
}

// `openssl req -x509` makes such certificates by default. rustls hands webpki's error on as an opaque one, and to name
// its type would tie us to the version of webpki that rustls happens to use; a test holds the wording.
fn is_authority_as_server(why: &CertificateError) -> bool {
    format!("{why:?}").contains("CaUsedAsEndEntity")
}
