//! Cyrus IMAP 3.6 in its chroot: the server with OBJECTID and special-use names in lower case.
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use super::ca::{TestCa, Validity};
use super::leash::{Ending, Leash};
use super::{MailServer, Service, Unavailable, User, alice, chroot, ports};

const PART: &str = "Cyrus";

const IMAPD_CONF: &str = "configdirectory: /srv/t/conf
partition-default: /srv/t/spool
defaultpartition: default
altnamespace: yes
unixhierarchysep: yes
admins: cyrus
allowplaintext: yes
servername: localhost
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: /srv/t/sasldb2
sasl_mech_list: PLAIN LOGIN
virtdomains: off
autocreate_quota: 0
autocreate_post: yes
autocreate_inbox_folders: Sent | Drafts | Trash | Junk | Archive
xlist-sent: Sent
xlist-drafts: Drafts
xlist-trash: Trash
xlist-junk: Junk
xlist-archive: Archive
conversations: yes
lmtpsocket: /srv/t/sock/lmtp
idlesocket: /srv/t/sock/idle
notifysocket: /srv/t/sock/notify
tls_server_cert: /srv/t/cert.pem
tls_server_key: /srv/t/key.pem
";

/// A running Cyrus; it ends when this is dropped or the process ends.
pub struct Cyrus {
    _leash: Leash,
    ca: TestCa,
    /// imap, imaps, pop, lmtp
    ports: [u16; 4],
    next_user: AtomicU32,
}

impl Cyrus {
    /// Starts one. Needs root and the chroot that `cargo xtask prepare cyrus` makes.
    pub fn start() -> Result<Self, Unavailable> {
        let root = chroot::find(PART, "cyrus")?;
        Self::try_start(&root).map_err(|why| Unavailable::broken(PART, why))
    }

    fn try_start(root: &std::path::Path) -> io::Result<Self> {
        let dir = super::leash::folder("cyrus")?;
        let ca = TestCa::new("Satchel test authority")?;
        let leaf = ca.leaf(&["localhost", "127.0.0.1"], Validity::Now)?;
        let ports: [u16; 4] = ports::free()?;
        fs::write(dir.join("cert.pem"), leaf.certificate)?;
        fs::write(dir.join("key.pem"), leaf.key)?;
        fs::write(dir.join("imapd.conf"), IMAPD_CONF)?;
        fs::write(dir.join("cyrus.conf"), cyrus_conf(ports))?;
        fs::write(dir.join("start.sh"), start_script())?;
        let mut leash = Leash::start(chroot::command(root, &dir, &[]), &dir, Ending::Kill)?;
        let ready = ports::wait_until(
            || {
                ports::greeting(ports::local(ports[0]))?;
                ports::greeting(ports::local(ports[2]))
            },
            || leash.alive(),
        );
        match ready {
            Ok(_) => Ok(Self { _leash: leash, ca, ports, next_user: AtomicU32::new(1) }),
            Err(why) => Err(io::Error::other(format!("{why}\n{}", leash.log_tail(&[])))),
        }
    }
}

impl MailServer for Cyrus {
    fn name(&self) -> &'static str {
        PART
    }

    fn endpoint(&self, service: Service) -> Option<SocketAddr> {
        let [imap, imaps, pop, lmtp] = self.ports;
        match service {
            Service::Imap => Some(ports::local(imap)),
            Service::Imaps => Some(ports::local(imaps)),
            Service::Pop => Some(ports::local(pop)),
            Service::Lmtp => Some(ports::local(lmtp)),
            Service::Pops | Service::Submission | Service::Submissions => None,
        }
    }

    fn users(&self) -> Vec<User> {
        vec![alice(), User::new("bob", "pass")]
    }

    fn ca_pem(&self) -> Option<&str> {
        Some(self.ca.pem())
    }

    fn fresh_user(&self) -> User {
        chroot::fresh_user(self.next_user.fetch_add(1, Ordering::Relaxed))
    }
}

fn cyrus_conf([imap, imaps, pop, lmtp]: [u16; 4]) -> String {
    format!(
        "START {{
  recover cmd=\"ctl_cyrusdb -C /srv/t/imapd.conf -r\"
}}
SERVICES {{
  imap cmd=\"imapd -C /srv/t/imapd.conf\" listen=\"127.0.0.1:{imap}\" prefork=0
  imaps cmd=\"imapd -C /srv/t/imapd.conf -s\" listen=\"127.0.0.1:{imaps}\" prefork=0
  pop3 cmd=\"pop3d -C /srv/t/imapd.conf\" listen=\"127.0.0.1:{pop}\" prefork=0
  lmtp cmd=\"lmtpd -C /srv/t/imapd.conf -a\" listen=\"127.0.0.1:{lmtp}\" prefork=0
}}
EVENTS {{
  checkpoint cmd=\"ctl_cyrusdb -C /srv/t/imapd.conf -c\" period=30
}}
DAEMON {{
  idled cmd=\"idled -C /srv/t/imapd.conf\"
}}
"
    )
}

fn start_script() -> String {
    // The realm must be `servername`.
    format!(
        "set -e; cd /srv/t; mkdir -p sock conf spool
for user in {}; do printf pass | saslpasswd2 -p -c -f sasldb2 -u localhost $user; done
chown -R cyrus:mail /srv/t
exec /usr/sbin/cyrmaster -C /srv/t/imapd.conf -M /srv/t/cyrus.conf -p /srv/t/pid
",
        chroot::user_names().join(" ")
    )
}
