//! Dovecot 2.3 from the system's packages, with its own configuration, users, certificates and folder.
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use super::ca::{TestCa, Validity};
use super::leash::{Ending, Leash};
use super::maildir::{self, Owner, Stored};
use super::{
    MailServer, Missing, Service, Unavailable, User, alice, bob, dovecot_config, find_command, ports,
};

const PART: &str = "Dovecot";
const REMEDY: &str =
    "apt-get install --no-install-recommends dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-submissiond";

/// How mail lies on the server's disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailFormat {
    /// A file per message: can be filled from outside at any time.
    Maildir,
    /// Many messages per file: the fast one, for benches.
    Mdbox,
}

/// What differs between Dovecots.
#[derive(Debug, Clone)]
pub struct DovecotOptions {
    /// How mail is stored.
    pub format: MailFormat,
    /// False: no STARTTLS and nothing but plain text.
    pub tls: bool,
    /// Addresses to listen on. 127.0.0.2 has an expired certificate, .3 one by a foreign authority, .4 one for
    /// another host.
    pub listen: Vec<String>,
    /// A network namespace to run in.
    pub namespace: Option<String>,
    /// The port on 127.0.0.1 that submission relays to.
    pub submission_relay: u16,
    /// Lines added at the end of the configuration.
    pub extra: String,
}

impl Default for DovecotOptions {
    fn default() -> Self {
        Self {
            format: MailFormat::Maildir,
            tls: true,
            listen: ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"].map(str::to_owned).to_vec(),
            namespace: None,
            submission_relay: 25,
            extra: String::new(),
        }
    }
}

/// The ports of one Dovecot.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// IMAP with STARTTLS.
    pub imap: u16,
    /// IMAP over TLS.
    pub imaps: u16,
    /// POP3 with STLS.
    pub pop: u16,
    /// POP3 over TLS.
    pub pops: u16,
    /// LMTP.
    pub lmtp: u16,
    /// Submission with STARTTLS.
    pub submission: u16,
    /// Submission over TLS.
    pub submissions: u16,
}

impl Ports {
    fn free() -> io::Result<Self> {
        let [imap, imaps, pop, pops, lmtp, submission, submissions] = ports::free()?;
        Ok(Self { imap, imaps, pop, pops, lmtp, submission, submissions })
    }
}

/// The system users Dovecot runs as: its own ones under root, else the caller.
pub(super) struct Identity {
    pub(super) internal_user: String,
    pub(super) internal_group: String,
    pub(super) login_user: String,
    pub(super) mail_user: String,
    pub(super) mail_group: String,
    owner: Owner,
}

/// A running Dovecot; it ends when this is dropped or the process ends.
pub struct Dovecot {
    leash: Mutex<Leash>,
    dir: PathBuf,
    address: std::net::IpAddr,
    ports: Ports,
    ca: TestCa,
    owner: Owner,
    format: MailFormat,
    tls: bool,
    next_user: AtomicU32,
}

impl Dovecot {
    /// Starts one of its own. Most tests share `Servers::dovecot()`.
    pub fn start(options: &DovecotOptions) -> Result<Self, Unavailable> {
        check_installed()?;
        let mut last = String::new();
        // A free port may be taken by somebody else before Dovecot binds it.
        for _ in 0..5 {
            match Self::try_start(options) {
                Ok(dovecot) => return Ok(dovecot),
                Err(why) if why.to_string().contains("in use") => last = why.to_string(),
                Err(why) => return Err(Unavailable::broken(PART, why)),
            }
        }
        Err(Unavailable::broken(PART, last))
    }

    fn try_start(options: &DovecotOptions) -> io::Result<Self> {
        let dir = super::leash::folder("dovecot")?;
        let who = Identity::of_caller()?;
        let ports = Ports::free()?;
        let ca = TestCa::new("Satchel test authority")?;
        write_certificates(&dir, &ca)?;
        let (alice, bob) = (alice(), bob());
        let line = |user: &User| format!("{}:{{PLAIN}}{}::::::\n", user.name, user.password);
        fs::write(dir.join("users"), line(&alice) + &line(&bob))?;
        fs::create_dir(dir.join("home"))?;
        if let Some((user, group)) = who.owner {
            chown(dir.join("home"), Some(user), Some(group))?;
        }
        let config = dir.join("dovecot.conf");
        fs::write(&config, dovecot_config::text(&dir, &ports, &who, options))?;
        let mut leash = Leash::start(start_command(options, &config), &dir, Ending::Ask)?;
        let address = options.listen.first().map_or("127.0.0.1", String::as_str);
        let address = address.parse().unwrap_or(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
        if options.namespace.is_none() {
            let ready = ports::wait_until(
                || {
                    ports::greeting(SocketAddr::new(address, ports.imap))?;
                    ports::greeting(SocketAddr::new(address, ports.pop))
                },
                || leash.alive(),
            );
            if let Err(why) = ready {
                let tail = leash.log_tail(&[dir.join("dovecot.log")]);
                return Err(io::Error::other(format!("{why}\n{tail}")));
            }
        }
        Ok(Self {
            leash: Mutex::new(leash),
            dir,
            address,
            ports,
            ca,
            owner: who.owner,
            format: options.format,
            tls: options.tls,
            next_user: AtomicU32::new(1),
        })
    }

    /// The ports it listens on.
    pub fn ports(&self) -> Ports {
        self.ports
    }

    /// The authority that signed its good certificate.
    pub fn authority(&self) -> &TestCa {
        &self.ca
    }

    /// A file with the authority's certificate, for `--ca`.
    pub fn ca_path(&self) -> PathBuf {
        self.dir.join("ca.crt")
    }

    /// A file with its good certificate.
    pub fn certificate_path(&self) -> PathBuf {
        self.dir.join("good.crt")
    }

    /// Its configuration file, for programs that read the same.
    pub fn config_path(&self) -> PathBuf {
        self.dir.join("dovecot.conf")
    }

    /// Lays messages into a mailbox, fast, before the user's first login. UIDs follow the order. Returns how many.
    pub fn load(
        &self,
        user: &User,
        mailbox: &str,
        mails: impl IntoIterator<Item = Stored>,
    ) -> io::Result<usize> {
        let home = self.dir.join("home").join(&user.name);
        match self.format {
            MailFormat::Maildir => {
                own_folder(&home, self.owner)?;
                maildir::write(&home.join("Maildir"), mailbox, self.owner, mails)
            }
            MailFormat::Mdbox => {
                let staged = self.dir.join("staged").join(&user.name);
                fs::create_dir_all(&staged)?;
                maildir::write(&staged, mailbox, self.owner, mails)
            }
        }
    }

    /// Brings what was laid ready into an mdbox (nothing to do for a maildir). Once per user, after all loads.
    pub fn finish_load(&self, user: &User) -> io::Result<()> {
        let staged = self.dir.join("staged").join(&user.name);
        if self.format == MailFormat::Maildir || !staged.is_dir() {
            return Ok(());
        }
        own_tree(&staged, self.owner)?;
        let source = format!("maildir:{}", staged.display());
        self.doveadm(&["backup", "-R", "-u", &user.name, &source])?;
        fs::remove_dir_all(&staged)
    }

    /// Runs doveadm on this instance and returns what it printed.
    pub fn doveadm(&self, arguments: &[&str]) -> io::Result<String> {
        let output = Command::new(find_command("doveadm").ok_or(io::ErrorKind::NotFound)?)
            .arg("-c")
            .arg(self.dir.join("dovecot.conf"))
            .args(arguments)
            .output()?;
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The end of its log, for the message of a failed test.
    pub fn log_tail(&self) -> String {
        let leash = self.leash.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        leash.log_tail(&[self.dir.join("dovecot.log")])
    }
}

impl MailServer for Dovecot {
    fn name(&self) -> &'static str {
        PART
    }

    fn endpoint(&self, service: Service) -> Option<SocketAddr> {
        let port = match service {
            Service::Imap => self.ports.imap,
            Service::Pop => self.ports.pop,
            Service::Lmtp => self.ports.lmtp,
            Service::Submission => self.ports.submission,
            Service::Imaps | Service::Pops | Service::Submissions if !self.tls => return None,
            Service::Imaps => self.ports.imaps,
            Service::Pops => self.ports.pops,
            Service::Submissions => self.ports.submissions,
        };
        Some(SocketAddr::new(self.address, port))
    }

    fn users(&self) -> Vec<User> {
        vec![alice(), bob()]
    }

    fn ca_pem(&self) -> Option<&str> {
        self.tls.then(|| self.ca.pem())
    }

    fn fresh_user(&self) -> User {
        User::new(&format!("t-{}", self.next_user.fetch_add(1, Ordering::Relaxed)), "pass")
    }
}

impl Identity {
    fn of_caller() -> io::Result<Self> {
        if super::is_root() {
            let owner = passwd_entry("mail");
            let owner = owner.ok_or_else(|| io::Error::other("no system user `mail`"))?;
            return Ok(Self {
                internal_user: "dovecot".to_owned(),
                internal_group: "dovecot".to_owned(),
                login_user: "dovenull".to_owned(),
                mail_user: "mail".to_owned(),
                mail_group: "mail".to_owned(),
                owner: Some(owner),
            });
        }
        let id = |flag: &str| -> io::Result<String> {
            let output = Command::new("id").arg(flag).output()?;
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let (user, group) = (id("-un")?, id("-gn")?);
        Ok(Self {
            internal_user: user.clone(),
            internal_group: group.clone(),
            login_user: user.clone(),
            mail_user: user,
            mail_group: group,
            owner: None,
        })
    }
}

fn passwd_entry(name: &str) -> Option<(u32, u32)> {
    let text = fs::read_to_string("/etc/passwd").ok()?;
    let line = text.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

fn missing(lacks: &str) -> Unavailable {
    Unavailable::Missing(Missing { part: PART, lacks: lacks.to_owned(), remedy: REMEDY.to_owned() })
}

fn check_installed() -> Result<(), Unavailable> {
    let dovecot = find_command("dovecot").ok_or_else(|| missing("the command `dovecot` is not installed"))?;
    let parts = [("imap", "dovecot-imapd"), ("pop3", "dovecot-pop3d"), ("lmtp", "dovecot-lmtpd")];
    for (program, package) in parts.into_iter().chain([("submission", "dovecot-submissiond")]) {
        let folders = ["/usr/lib/dovecot", "/usr/libexec/dovecot"];
        if !folders.iter().any(|folder| Path::new(folder).join(program).exists()) {
            return Err(missing(&format!("the package `{package}` is not installed")));
        }
    }
    let output = Command::new(dovecot).arg("--version").output();
    let version = output.map_err(|why| Unavailable::broken(PART, why))?.stdout;
    let version = String::from_utf8_lossy(&version).into_owned();
    if version.starts_with("2.3.") {
        Ok(())
    } else {
        // The configuration language of 2.4 is another one.
        Err(missing(&format!("version 2.3 is needed, this is {}", version.trim())))
    }
}

fn start_command(options: &DovecotOptions, config: &Path) -> Command {
    let dovecot = find_command("dovecot").unwrap_or_else(|| PathBuf::from("dovecot"));
    let mut command = match &options.namespace {
        Some(namespace) => {
            let mut command = Command::new("ip");
            command.args(["netns", "exec", namespace]).arg(dovecot);
            command
        }
        None => Command::new(dovecot),
    };
    command.arg("-F").arg("-c").arg(config);
    command
}

fn write_certificates(dir: &Path, ca: &TestCa) -> io::Result<()> {
    fs::write(dir.join("ca.crt"), ca.pem())?;
    let foreign = TestCa::new("A foreign authority")?;
    let write = |name: &str, leaf: super::ca::Leaf| {
        fs::write(dir.join(format!("{name}.crt")), leaf.certificate)?;
        fs::write(dir.join(format!("{name}.key")), leaf.key)
    };
    write("good", ca.leaf(&["localhost", "127.0.0.1", "10.99.0.2"], Validity::Now)?)?;
    write("expired", ca.leaf(&["localhost", "127.0.0.2"], Validity::Expired)?)?;
    write("foreign", foreign.leaf(&["localhost", "127.0.0.3"], Validity::Now)?)?;
    write("elsewhere", ca.leaf(&["elsewhere.example"], Validity::Now)?)
}

fn own_folder(path: &Path, owner: Owner) -> io::Result<()> {
    fs::create_dir_all(path)?;
    owner.map_or(Ok(()), |(user, group)| chown(path, Some(user), Some(group)))
}

fn own_tree(path: &Path, owner: Owner) -> io::Result<()> {
    let Some((user, group)) = owner else { return Ok(()) };
    let who = format!("{user}:{group}");
    let done = Command::new("chown").args(["-R", &who]).arg(path).status()?;
    if done.success() { Ok(()) } else { Err(io::Error::other("chown failed")) }
}
