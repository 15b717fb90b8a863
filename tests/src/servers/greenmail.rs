//! GreenMail, a mail server for tests in Java: little of everything, useful as one more dialect.
use std::io;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use super::leash::{Ending, Leash};
use super::{
    MailServer, Missing, RawImap, Service, Unavailable, User, alice, cache, chroot, find_command, ports,
};

const PART: &str = "GreenMail";

/// The jar's name in the cache folder; `cargo xtask prepare greenmail` fetches the same version.
pub const JAR: &str = "greenmail-standalone-2.1.3.jar";

/// A running GreenMail; it ends when this is dropped or the process ends.
pub struct GreenMail {
    _leash: Leash,
    /// imap, pop, smtp
    ports: [u16; 3],
    next_user: AtomicU32,
}

impl GreenMail {
    /// Starts one. Needs java and the jar.
    pub fn start() -> Result<Self, Unavailable> {
        let missing = |lacks: &str, remedy: &str| {
            let (lacks, remedy) = (lacks.to_owned(), remedy.to_owned());
            Err(Unavailable::Missing(Missing { part: PART, lacks, remedy }))
        };
        let Some(java) = find_command("java") else {
            return missing("the command `java` is not installed", "apt-get install default-jre-headless");
        };
        let jar = cache::folder().join(JAR);
        if !jar.is_file() {
            return missing(&format!("{JAR} is not in the cache folder"), "cargo xtask prepare greenmail");
        }
        Self::try_start(&java, &jar).map_err(|why| Unavailable::broken(PART, why))
    }

    fn try_start(java: &std::path::Path, jar: &std::path::Path) -> io::Result<Self> {
        let dir = super::leash::folder("greenmail")?;
        let ports: [u16; 3] = ports::free()?;
        let users: Vec<_> =
            chroot::user_names().into_iter().map(|name| format!("{name}:pass@localhost")).collect();
        let mut command = Command::new(java);
        command
            .args([
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dgreenmail.hostname=127.0.0.1",
            ])
            .arg(format!("-Dgreenmail.imap.port={}", ports[0]))
            .arg(format!("-Dgreenmail.pop3.port={}", ports[1]))
            .arg(format!("-Dgreenmail.smtp.port={}", ports[2]))
            .arg(format!("-Dgreenmail.users={}", users.join(",")))
            .args(["-Dgreenmail.users.login=local_part", "-jar"])
            .arg(jar);
        let mut leash = Leash::start(command, &dir, Ending::Ask)?;
        // Its ports answer before the users exist: ready is who can log in, last user first.
        let last = chroot::fresh_user(chroot::FRESH_USERS);
        let ready = ports::wait_until(
            || {
                ports::greeting(ports::local(ports[1]))?;
                RawImap::connect(ports::local(ports[0]))?.login(&last)
            },
            || leash.alive(),
        );
        match ready {
            Ok(_) => Ok(Self { _leash: leash, ports, next_user: AtomicU32::new(1) }),
            Err(why) => Err(io::Error::other(format!("{why}\n{}", leash.log_tail(&[])))),
        }
    }
}

impl MailServer for GreenMail {
    fn name(&self) -> &'static str {
        PART
    }

    fn endpoint(&self, service: Service) -> Option<SocketAddr> {
        let [imap, pop, smtp] = self.ports;
        match service {
            Service::Imap => Some(ports::local(imap)),
            Service::Pop => Some(ports::local(pop)),
            Service::Submission => Some(ports::local(smtp)),
            Service::Imaps | Service::Pops | Service::Lmtp | Service::Submissions => None,
        }
    }

    fn users(&self) -> Vec<User> {
        vec![alice(), User::new("bob", "pass")]
    }

    fn ca_pem(&self) -> Option<&str> {
        None
    }

    fn fresh_user(&self) -> User {
        chroot::fresh_user(self.next_user.fetch_add(1, Ordering::Relaxed))
    }
}
