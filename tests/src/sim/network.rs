//! The `Dialer` port without a network: streams in memory to a server in the same runtime, every step a point.

use crate::sim::fault::Kind;
use crate::sim::world::World;
use satchel_core::ports::{BoxFuture, Dialer, Endpoint, NetError, Stream};
use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::task::JoinHandle;

/// Larger than any flight: otherwise one write would be several points.
const BUFFER: usize = 16 << 20;

/// How long, in simulated time, a server may take to notice that its peer is gone.
const SETTLE: Duration = Duration::from_hours(1);

/// Serves one connection; `None` if nobody listens there.
pub type ServerFactory = Arc<dyn Fn(&Endpoint, DuplexStream) -> Option<BoxFuture<'static, ()>> + Send + Sync>;

/// The network of one process. There is no TLS in it: an upgrade gives back the stream.
pub struct SimNetwork {
    world: Arc<World>,
    serve: ServerFactory,
    offline: AtomicBool,
    unknown: Mutex<BTreeSet<String>>,
    open: Mutex<Vec<Arc<Wire>>>,
    servers: Mutex<Vec<JoinHandle<()>>>,
}

impl fmt::Debug for SimNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimNetwork").field("offline", &self.offline).finish_non_exhaustive()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SimNetwork {
    /// A network with one server behind every address.
    pub fn new(world: Arc<World>, serve: ServerFactory) -> Self {
        let offline = AtomicBool::new(false);
        let (unknown, open, servers) = Default::default();
        Self { world, serve, offline, unknown, open, servers }
    }
    /// Takes the network away, which breaks all connections, or gives it back.
    pub fn set_offline(&self, offline: bool) {
        self.offline.store(offline, Ordering::Relaxed);
        if offline {
            self.hang_up();
        }
    }
    /// From now on this name has no address.
    pub fn forget_host(&self, host: &str) {
        locked(&self.unknown).insert(host.to_owned());
    }
    /// Breaks all connections; servers see the end of what was sent.
    pub fn hang_up(&self) {
        for wire in locked(&self.open).drain(..) {
            wire.cut();
        }
    }
    /// Waits until the servers have done what was sent to them: a QUIT already sent still commits.
    pub async fn settle(&self) {
        let servers = std::mem::take(&mut *locked(&self.servers));
        for mut server in servers {
            // A server that does not notice is ended, as its own time-out would.
            if tokio::time::timeout(SETTLE, &mut server).await.is_err() {
                server.abort();
            }
        }
    }

    fn connect(&self, to: &Endpoint) -> Result<Box<dyn Stream>, NetError> {
        let what: Arc<str> = format!("{}:{}", to.host, to.port).into();
        if self.offline.load(Ordering::Relaxed) {
            return Err(NetError::Offline);
        }
        // Asking for a name is no point: nothing was done that a fault could leave half done.
        if locked(&self.unknown).contains(&to.host) {
            return Err(NetError::UnknownHost(to.host.clone()));
        }
        self.world.link_point(Kind::Connect, &what, 0).map_err(|_| NetError::Refused(to.port))?;
        let (near, far) = tokio::io::duplex(BUFFER);
        let server = (self.serve)(to, far).ok_or(NetError::Refused(to.port))?;
        locked(&self.servers).push(tokio::spawn(server));
        let wire = Arc::new(Wire { state: Mutex::new((Some(near), None)) });
        let mut open = locked(&self.open);
        open.retain(|w| Arc::strong_count(w) > 1);
        open.push(wire.clone());
        Ok(Box::new(SimStream { wire, world: self.world.clone(), what }))
    }
}

impl Dialer for SimNetwork {
    fn dial<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        Box::pin(async move { self.connect(to) })
    }
    fn upgrade<'a>(
        &'a self,
        plain: Box<dyn Stream>,
        _to: &'a Endpoint,
    ) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        Box::pin(async move { Ok(plain) })
    }
}

/// Our end of a connection, until it is cut, and whoever waits to read from it.
#[derive(Debug)]
struct Wire {
    state: Mutex<(Option<DuplexStream>, Option<Waker>)>,
}

impl Wire {
    fn cut(&self) {
        let mut state = locked(&self.state);
        state.0 = None;
        if let Some(reader) = state.1.take() {
            reader.wake();
        }
    }
}

#[derive(Debug)]
struct SimStream {
    wire: Arc<Wire>,
    world: Arc<World>,
    what: Arc<str>,
}

impl Drop for SimStream {
    fn drop(&mut self) {
        self.wire.cut();
    }
}

fn broken() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

impl AsyncRead for SimStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut state = locked(&self.wire.state);
        let Some(near) = state.0.as_mut() else { return Poll::Ready(Err(broken())) };
        let before = buf.filled().len();
        match Pin::new(near).poll_read(cx, buf) {
            Poll::Pending => {
                state.1 = Some(cx.waker().clone());
                Poll::Pending
            }
            Poll::Ready(Err(e)) => Poll::Ready(Err(e)),
            Poll::Ready(Ok(())) => {
                let came = buf.filled().len() - before;
                if came > 0 && self.world.link_point(Kind::Receive, &self.what, came as u64).is_err() {
                    buf.set_filled(before);
                    state.0 = None;
                    return Poll::Ready(Err(broken()));
                }
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl AsyncWrite for SimStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let mut state = locked(&self.wire.state);
        let Some(near) = state.0.as_mut() else { return Poll::Ready(Err(broken())) };
        if self.world.link_point(Kind::Send, &self.what, data.len() as u64).is_err() {
            state.0 = None;
            return Poll::Ready(Err(broken()));
        }
        Pin::new(near).poll_write(cx, data)
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match locked(&self.wire.state).0.as_mut() {
            Some(near) => Pin::new(near).poll_shutdown(cx),
            None => Poll::Ready(Ok(())),
        }
    }
}
