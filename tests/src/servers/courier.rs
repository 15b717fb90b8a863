//! Courier in its chroot: the poor server. No CONDSTORE, MOVE, LIST-STATUS or ESEARCH, and `INBOX.` before each name.
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use super::ca::{TestCa, Validity};
use super::leash::{Ending, Leash};
use super::{MailServer, Service, Unavailable, User, alice, chroot, ports};

const PART: &str = "Courier";

/// A running Courier; it ends when this is dropped or the process ends.
pub struct Courier {
    _leash: Leash,
    ca: TestCa,
    /// imap, imaps, pop
    ports: [u16; 3],
    next_user: AtomicU32,
}

impl Courier {
    /// Starts one. Needs root and the chroot that `cargo xtask prepare courier` makes.
    pub fn start() -> Result<Self, Unavailable> {
        let root = chroot::find(PART, "courier")?;
        Self::try_start(&root).map_err(|why| Unavailable::broken(PART, why))
    }

    fn try_start(root: &std::path::Path) -> io::Result<Self> {
        let dir = super::leash::folder("courier")?;
        let ca = TestCa::new("Satchel test authority")?;
        let leaf = ca.leaf(&["localhost", "127.0.0.1"], Validity::Now)?;
        let ports: [u16; 3] = ports::free()?;
        // Courier reads key and certificate from one file.
        fs::write(dir.join("both.pem"), leaf.key + &leaf.certificate)?;
        fs::write(dir.join("start.sh"), start_script(ports))?;
        let mut leash = Leash::start(chroot::command(root, &dir, &["etc/courier"]), &dir, Ending::Kill)?;
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

impl MailServer for Courier {
    fn name(&self) -> &'static str {
        PART
    }

    fn endpoint(&self, service: Service) -> Option<SocketAddr> {
        let [imap, imaps, pop] = self.ports;
        match service {
            Service::Imap => Some(ports::local(imap)),
            Service::Imaps => Some(ports::local(imaps)),
            Service::Pop => Some(ports::local(pop)),
            Service::Pops | Service::Lmtp | Service::Submission | Service::Submissions => None,
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

fn start_script([imap, imaps, pop]: [u16; 3]) -> String {
    let users = chroot::user_names().join(" ");
    // Without -pid the daemons stay in the foreground, so that `wait` keeps the namespace alive.
    // userdb must be 0700 or makeuserdb refuses; the init script would have made /run/courier.
    format!(
        "set -e
sed -i 's/^authmodulelist=.*/authmodulelist=\"authuserdb\"/' /etc/courier/authdaemonrc
: > /etc/courier/userdb; chmod 700 /etc/courier/userdb
password=$(openssl passwd -1 pass)
for user in {users}; do
  mkdir -p /srv/t/mail/$user; maildirmake /srv/t/mail/$user/Maildir
  printf '%s\\thome=/srv/t/mail/%s|mail=/srv/t/mail/%s/Maildir|uid=8|gid=8|systempw=%s\\n' $user $user $user \"$password\" >> /etc/courier/userdb
done
chown -R mail:mail /srv/t/mail; makeuserdb
mkdir -p /run/courier/authdaemon; chown -R courier:courier /run/courier
authdaemond start
cp /srv/t/both.pem /run/both.pem; chown courier /run/both.pem; chmod 600 /run/both.pem
set -a
. /etc/courier/imapd; . /etc/courier/imapd-ssl
IMAP_TLS_REQUIRED=0; IMAP_STARTTLS=YES; POP3_STARTTLS=YES; TLS_CERTFILE=/run/both.pem; TLS_CACHEFILE=; TLS_VERIFYPEER=NONE
tcp=\"couriertcpd -address=127.0.0.1 -nodnslookup -noidentlookup -maxprocs=60 -maxperip=60\"
$tcp {imap} /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir &
IMAP_TLS=1 $tcp {imaps} /usr/bin/couriertls -server -tcpd /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir &
. /etc/courier/pop3d
$tcp {pop} /usr/lib/courier/courier/courierpop3login /usr/lib/courier/courier/courierpop3d Maildir &
wait
"
    )
}
