//! Free ports, and waiting until a server answers on one.
use std::io::{self, Read as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// How long a server may take to answer: a busy machine with two cores needs most of it.
pub const START_LIMIT: Duration = Duration::from_mins(1);

/// N distinct ports that are free now. Somebody may take one before the server does: the starters retry.
pub fn free<const N: usize>() -> io::Result<[u16; N]> {
    let mut ports = [0; N];
    let mut held = Vec::with_capacity(N);
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

/// A port on 127.0.0.1.
pub fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// Reads the first bytes of a greeting; an error while nobody listens or nothing is said.
pub fn greeting(address: SocketAddr) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut bytes = vec![0; 512];
    let count = stream.read(&mut bytes)?;
    if count == 0 {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
    }
    bytes.truncate(count);
    Ok(bytes)
}

/// Repeats `attempt` until it succeeds, `alive` says no, or the time is over.
pub fn wait_until<T>(
    mut attempt: impl FnMut() -> io::Result<T>,
    mut alive: impl FnMut() -> bool,
) -> io::Result<T> {
    let begun = Instant::now();
    loop {
        match attempt() {
            Ok(value) => return Ok(value),
            Err(why) if begun.elapsed() > START_LIMIT || !alive() => return Err(why),
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}
