//! Two network namespaces with a slow link between them: the client's side and the server's.
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::counts::Counts;
use super::relay::{Relay, Switches};
use super::{LinkOptions, tun};
use crate::servers::{Missing, Unavailable, find_command, is_root};

const PART: &str = "the slow link";
const NEAR: Ipv4Addr = Ipv4Addr::new(10, 99, 0, 1);
const FAR: Ipv4Addr = Ipv4Addr::new(10, 99, 0, 2);
/// The client's second address, for a change of network.
const NEAR_AGAIN: Ipv4Addr = Ipv4Addr::new(10, 99, 0, 3);

/// A link that is up until dropped.
pub struct Link {
    _relay: Relay,
    near: Namespace,
    far: Namespace,
    switches: Arc<Switches>,
    one_way: Duration,
}

impl Link {
    /// Makes both namespaces. Needs root, the command `ip` and `/dev/net/tun`.
    pub fn open(options: LinkOptions) -> Result<Self, Unavailable> {
        check()?;
        Self::try_open(options).map_err(|why| Unavailable::broken(PART, why))
    }

    fn try_open(options: LinkOptions) -> io::Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = |side: char| format!("satchel-{side}{}-{number}", std::process::id());
        let (near, far) = (Namespace::add(name('n'))?, Namespace::add(name('f'))?);
        let (near_device, far_device) = (tun::open(&near.name)?, tun::open(&far.name)?);
        near.bring_up(NEAR, FAR)?;
        far.bring_up(FAR, NEAR)?;
        far.ip(&["route", "add", &NEAR_AGAIN.to_string(), "dev", "t0"])?;
        let switches = Arc::new(Switches::default());
        let relay = Relay::start(near_device, far_device, options, Arc::clone(&switches))?;
        Ok(Self { _relay: relay, near, far, switches, one_way: options.one_way })
    }

    /// The server's address as the client sees it.
    pub fn far_address(&self) -> IpAddr {
        IpAddr::V4(FAR)
    }

    /// The server's namespace, for `DovecotOptions::namespace`.
    pub fn far_namespace(&self) -> &str {
        &self.far.name
    }

    /// A command that runs on the client's side.
    pub fn near_command(&self, program: &str) -> Command {
        self.near.command(program)
    }

    /// Runs a closure on a thread of the client's side: sockets it opens go over the link.
    pub fn on_near_side<T: Send>(&self, work: impl FnOnce() -> T + Send) -> io::Result<T> {
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| tun::enter(&self.near.name).map(|()| work()));
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// What went over the link since it opened or was reset.
    pub fn counts(&self) -> Counts {
        self.switches.counter.read()
    }

    /// Counts from zero, once the line is quiet.
    pub fn reset_counts(&self) {
        self.settled_counts();
        self.switches.counter.reset();
    }

    /// The counts once the line is quiet: farewells of connections are under way when a program has ended.
    pub fn settled_counts(&self) -> Counts {
        let mut last = self.counts();
        for _ in 0..20 {
            std::thread::sleep(self.one_way * 3);
            let now = self.counts();
            if now == last {
                break;
            }
            last = now;
        }
        last
    }

    /// While true everything is swallowed: no reset, no answer, as in a tunnel.
    pub fn set_black_hole(&self, on: bool) {
        self.switches.black_hole.store(on, Ordering::Relaxed);
    }

    /// The client gets another address, as when Wi-Fi gives way to the mobile network: old connections are dead.
    pub fn change_address(&self) -> io::Result<()> {
        self.near.ip(&["addr", "flush", "dev", "t0"])?;
        self.near.ip(&["addr", "add", &NEAR_AGAIN.to_string(), "peer", &FAR.to_string(), "dev", "t0"])
    }
}

struct Namespace {
    name: String,
}

impl Namespace {
    fn add(name: String) -> io::Result<Self> {
        run(Command::new("ip").args(["netns", "add", &name]))?;
        Ok(Self { name })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name, program]);
        command
    }

    fn ip(&self, arguments: &[&str]) -> io::Result<()> {
        run(Command::new("ip").args(["-n", &self.name]).args(arguments))
    }

    fn bring_up(&self, own: Ipv4Addr, peer: Ipv4Addr) -> io::Result<()> {
        self.ip(&["link", "set", "lo", "up"])?;
        self.ip(&["addr", "add", &own.to_string(), "peer", &peer.to_string(), "dev", "t0"])?;
        self.ip(&["link", "set", "t0", "up", "mtu", "1500", "txqueuelen", "10000"])?;
        // Otherwise the kernel remembers the window of earlier connections and later rounds get faster.
        let script = "echo 1 > /proc/sys/net/ipv4/tcp_no_metrics_save";
        run(self.command("sh").args(["-c", script]))
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = run(Command::new("ip").args(["netns", "del", &self.name]));
    }
}

fn check() -> Result<(), Unavailable> {
    let missing = |lacks: &str, remedy: &str| {
        let (lacks, remedy) = (lacks.to_owned(), remedy.to_owned());
        Err(Unavailable::Missing(Missing { part: PART, lacks, remedy }))
    };
    if find_command("ip").is_none() {
        return missing("the command `ip` is not installed", "apt-get install iproute2");
    }
    if !is_root() {
        return missing("network namespaces need root", "run as root, or measure through the proxy");
    }
    if !std::path::Path::new("/dev/net/tun").exists() {
        return missing("there is no /dev/net/tun", "a kernel or container that allows TUN devices");
    }
    Ok(())
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
    Err(io::Error::other(format!(
        "ip {}: {}",
        words.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    )))
}
