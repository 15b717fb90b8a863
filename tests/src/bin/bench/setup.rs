//! The measured server: Dovecot with mdbox and the sample mails, on loopback or behind the slow link.
use std::net::{IpAddr, SocketAddr};

use satchel_tests::link::{Link, LinkOptions};
use satchel_tests::peers::{Side, Target};
use satchel_tests::servers::{
    Dovecot, DovecotOptions, MailFormat, MailServer, RawImap, Service, Stored, User, alice, ports,
};
use satchel_tests::workload::{Corpus, synthetic};

use crate::Done;

/// A server filled with mail, and how it is reached. Fields are dropped in order: the server before its link.
pub(crate) struct Ground {
    pub(crate) dovecot: Dovecot,
    pub(crate) link: Option<Link>,
    pub(crate) user: User,
}

impl Ground {
    /// `count` sample mails spread over mailboxes. With `behind_link` the server is 50 ms away.
    pub(crate) fn new(count: usize, mailboxes: usize, behind_link: bool) -> Done<Self> {
        let corpus = Corpus::open().map_err(|why| why.to_string())?;
        let link = behind_link
            .then(|| Link::open(LinkOptions::default()))
            .transpose()
            .map_err(|why| why.to_string())?;
        let mut options = DovecotOptions { format: MailFormat::Mdbox, ..DovecotOptions::default() };
        if let Some(link) = &link {
            options.namespace = Some(link.far_namespace().to_owned());
            options.listen = vec![link.far_address().to_string()];
        }
        let dovecot = Dovecot::start(&options).map_err(|why| why.to_string())?;
        let ground = Self { dovecot, link, user: alice() };
        println!("loading {count} mails");
        let mut mailbox = String::new();
        let mut batch: Vec<Stored> = Vec::new();
        // A mailbox at a time and few at once: the samples repeated are half a gigabyte.
        for (name, raw) in corpus.spread(count, mailboxes) {
            if name != mailbox || batch.len() == 500 {
                ground.load(&mailbox, std::mem::take(&mut batch))?;
                mailbox = name;
            }
            batch.push(Stored::new(raw));
        }
        ground.load(&mailbox, batch)?;
        ground.finish()?;
        Ok(ground)
    }

    /// A server on loopback with so many made-up mails in INBOX.
    pub(crate) fn made_up(count: usize) -> Done<Self> {
        let options = DovecotOptions { format: MailFormat::Mdbox, ..DovecotOptions::default() };
        let dovecot = Dovecot::start(&options).map_err(|why| why.to_string())?;
        let ground = Self { dovecot, link: None, user: alice() };
        println!("loading {count} made-up mails");
        let mails = synthetic::mails(100, count).map(Stored::new);
        ground.dovecot.load(&ground.user, "INBOX", mails).map_err(|why| why.to_string())?;
        ground.finish()?;
        Ok(ground)
    }

    fn load(&self, mailbox: &str, mails: Vec<Stored>) -> Done {
        if mails.is_empty() {
            return Ok(());
        }
        self.dovecot.load(&self.user, mailbox, mails).map(drop).map_err(|why| why.to_string())
    }

    fn finish(&self) -> Done {
        self.dovecot.finish_load(&self.user).map_err(|why| why.to_string())?;
        // Awaited here: over a link nobody else does.
        self.client().map(drop)
    }

    /// A second client, logged in.
    pub(crate) fn client(&self) -> Done<RawImap> {
        let address = SocketAddr::new(self.host(), self.dovecot.ports().imap);
        let connect = || ports::wait_until(|| RawImap::connect(address), || true);
        let client = match &self.link {
            Some(link) => link.on_near_side(connect).and_then(|client| client),
            None => connect(),
        };
        let mut client = client.map_err(|why| why.to_string())?;
        client.login(&self.user).map_err(|why| why.to_string())?;
        Ok(client)
    }

    /// So many new mails arrive in INBOX.
    pub(crate) fn deliver(&self, seed: u64, count: usize) -> Done {
        let mut client = self.client()?;
        for raw in synthetic::mails(seed, count) {
            client.append("INBOX", "", &raw).map_err(|why| why.to_string())?;
        }
        Ok(())
    }

    pub(crate) fn target(&self, tls: bool) -> Target {
        let ports = self.dovecot.ports();
        Target {
            host: self.host().to_string(),
            imap: ports.imap,
            imaps: ports.imaps,
            tls,
            ca: self.dovecot.ca_path(),
            certificate: self.dovecot.certificate_path(),
            user: self.user.clone(),
        }
    }

    pub(crate) fn side(&self) -> Side<'_> {
        self.link.as_ref().map_or(Side::Here, Side::Near)
    }

    fn host(&self) -> IpAddr {
        self.dovecot.endpoint(Service::Imap).map_or(IpAddr::from([127, 0, 0, 1]), |address| address.ip())
    }
}
