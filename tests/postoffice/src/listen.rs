//! Listening on loopback, on ports the system chooses.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinHandle};

use crate::office::PostOffice;
use crate::serve::{ConnectionOptions, Protocol, TlsMode};
use crate::tls::Certificate;

/// The open ports on 127.0.0.1. Dropping this closes them and ends all connections.
#[derive(Debug)]
pub struct Listening {
    /// IMAP with STARTTLS.
    pub imap: u16,
    /// IMAP over TLS.
    pub imaps: u16,
    /// POP3 with STLS.
    pub pop: u16,
    /// POP3 over TLS.
    pub pops: u16,
    /// Submission with STARTTLS.
    pub smtp: u16,
    /// Submission over TLS.
    pub smtps: u16,
    /// The test authority in PEM.
    pub ca_pem: String,
    tasks: Vec<JoinHandle<()>>,
    connections: Arc<Mutex<Vec<AbortHandle>>>,
}

impl PostOffice {
    /// Listens with the good certificate.
    pub async fn listen(&self) -> std::io::Result<Listening> {
        self.listen_as(Certificate::Good).await
    }

    /// Listens with this certificate on all six ports.
    pub async fn listen_as(&self, certificate: Certificate) -> std::io::Result<Listening> {
        let mut listening = Listening {
            imap: 0,
            imaps: 0,
            pop: 0,
            pops: 0,
            smtp: 0,
            smtps: 0,
            ca_pem: self.ca_pem()?,
            tasks: Vec::new(),
            connections: Arc::default(),
        };
        let (start, implicit) = (TlsMode::StartTls(certificate), TlsMode::Implicit(certificate));
        listening.imap = listening.open(self, Protocol::Imap, start).await?;
        listening.imaps = listening.open(self, Protocol::Imap, implicit).await?;
        listening.pop = listening.open(self, Protocol::Pop, start).await?;
        listening.pops = listening.open(self, Protocol::Pop, implicit).await?;
        listening.smtp = listening.open(self, Protocol::Smtp, start).await?;
        listening.smtps = listening.open(self, Protocol::Smtp, implicit).await?;
        Ok(listening)
    }
}

impl Listening {
    async fn open(&mut self, office: &PostOffice, protocol: Protocol, tls: TlsMode) -> std::io::Result<u16> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let office = office.clone();
        let connections = Arc::clone(&self.connections);
        self.tasks.push(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Without this a reply in two writes waits for the client's delayed acknowledgement.
                let _ = stream.set_nodelay(true);
                let options = ConnectionOptions { tls, ..ConnectionOptions::default() };
                let task = tokio::spawn(office.serve(protocol, stream, options));
                let mut open = connections.lock().unwrap_or_else(PoisonError::into_inner);
                open.retain(|task: &AbortHandle| !task.is_finished());
                open.push(task.abort_handle());
            }
        }));
        Ok(port)
    }

    /// Cuts all connections that are open; the ports stay.
    pub fn cut_all(&self) {
        let mut open = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        for task in open.drain(..) {
            task.abort();
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        self.cut_all();
    }
}
