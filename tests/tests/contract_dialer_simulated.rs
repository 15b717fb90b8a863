//! The simulated network keeps the Dialer's contract; dialers that are wrong on purpose do not.
#![allow(clippy::unwrap_used, reason = "a suite; what its functions meet is a failure")]

use satchel_core::net::CountingDialer;
use satchel_core::ports::{BoxFuture, Dialer, Endpoint, NetError, Stream, Trust};
use satchel_tests::contract::broken_in_time;
use satchel_tests::contract::dialer::{Manner, Net, keeps_the_contract, serve};
use satchel_tests::sim::disk::Disk;
use satchel_tests::sim::network::SimNetwork;
use satchel_tests::sim::world::World;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const DEAD: u16 = 99;

/// The simulated network, or something before it that spoils it.
struct Simulated {
    network: Arc<SimNetwork>,
    dialer: Arc<dyn Dialer>,
    ended: Arc<AtomicUsize>,
}

fn simulated(wrap: impl Fn(Arc<SimNetwork>) -> Arc<dyn Dialer>) -> Arc<Simulated> {
    let ended: Arc<AtomicUsize> = Arc::default();
    let counter = ended.clone();
    let factory = Arc::new(move |to: &Endpoint, mut stream| -> Option<BoxFuture<'static, ()>> {
        let (manner, ended) = (*Manner::ALL.get(usize::from(to.port))?, counter.clone());
        Some(Box::pin(async move { serve(manner, &mut stream, &ended).await }))
    });
    let network = Arc::new(SimNetwork::new(World::new(Disk::default(), None), factory));
    network.forget_host("no.such.example");
    Arc::new(Simulated { dialer: wrap(network.clone()), network, ended })
}

fn endpoint(host: &str, port: u16) -> Endpoint {
    Endpoint { host: host.into(), port, implicit_tls: true, trust: Trust::default() }
}

impl Net for Simulated {
    fn dialer(&self) -> &dyn Dialer {
        self.dialer.as_ref()
    }
    fn server(&self, manner: Manner) -> Endpoint {
        let port = Manner::ALL.iter().position(|m| *m == manner).unwrap();
        endpoint("mail.example", u16::try_from(port).unwrap())
    }
    fn upgradable(&self) -> Endpoint {
        Endpoint { implicit_tls: false, ..self.server(Manner::Echo) }
    }
    fn dead(&self) -> Endpoint {
        endpoint("mail.example", DEAD)
    }
    fn unknown(&self) -> Endpoint {
        endpoint("no.such.example", 0)
    }
    fn ended(&self) -> usize {
        self.ended.load(SeqCst)
    }
    fn cut(&self) -> BoxFuture<'_, ()> {
        Box::pin(async { self.network.hang_up() })
    }
}

#[tokio::test(start_paused = true)]
async fn the_simulated_network_keeps_the_contract() {
    keeps_the_contract(simulated(|network| network)).await;
}

#[tokio::test]
async fn the_simulated_network_keeps_the_contract_in_real_time_and_when_it_is_counted() {
    keeps_the_contract(simulated(|network| network)).await;
    keeps_the_contract(simulated(|network| Arc::new(CountingDialer::new(network, Arc::default())))).await;
}

/// What is wrong with a [`Wrong`] dialer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Flaw {
    /// A cut looks like a proper end.
    CutIsAnEnd,
    /// An end looks like a cut.
    EndIsACut,
    /// Bytes that have gone out before are said to be another's.
    Swaps,
    StopsAfter(usize),
    /// Our end closes the other direction as well.
    ClosesBoth,
    /// A dropped stream stays open.
    Keeps,
    UnknownIsRefused,
    RefusedIsIo,
    DeadHangs,
    /// Nobody is woken.
    Deaf,
    /// A cut stream takes bytes.
    TakesAfterCut,
    RefusesUpgrade,
}

#[derive(Debug)]
struct Wrong {
    right: Arc<SimNetwork>,
    flaw: Flaw,
    kept: Arc<Mutex<Vec<Box<dyn Stream>>>>,
}

impl Dialer for Wrong {
    fn dial<'a>(&'a self, to: &'a Endpoint) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        Box::pin(async move {
            let inner = match (self.right.dial(to).await, self.flaw) {
                (Ok(inner), _) => inner,
                (Err(NetError::UnknownHost(_)), Flaw::UnknownIsRefused) => {
                    return Err(NetError::Refused(to.port));
                }
                (Err(NetError::Refused(_)), Flaw::RefusedIsIo) => {
                    return Err(std::io::Error::from(std::io::ErrorKind::ConnectionRefused).into());
                }
                (Err(NetError::Refused(_)), Flaw::DeadHangs) => std::future::pending().await,
                (Err(error), _) => return Err(error),
            };
            let kept = self.kept.clone();
            Ok(Box::new(Spoilt { inner: Some(inner), flaw: self.flaw, kept, came: 0, shut: false }) as _)
        })
    }
    fn upgrade<'a>(
        &'a self,
        plain: Box<dyn Stream>,
        to: &'a Endpoint,
    ) -> BoxFuture<'a, Result<Box<dyn Stream>, NetError>> {
        if self.flaw == Flaw::RefusesUpgrade {
            return Box::pin(async { Err(NetError::Timeout(Duration::from_secs(1))) });
        }
        self.right.upgrade(plain, to)
    }
}

#[derive(Debug)]
struct Spoilt {
    inner: Option<Box<dyn Stream>>,
    flaw: Flaw,
    kept: Arc<Mutex<Vec<Box<dyn Stream>>>>,
    came: usize,
    shut: bool,
}

impl Drop for Spoilt {
    fn drop(&mut self) {
        if self.flaw == Flaw::Keeps {
            self.kept.lock().unwrap().extend(self.inner.take());
        }
    }
}

impl AsyncRead for Spoilt {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let ended = self.flaw == Flaw::ClosesBoth && self.shut;
        if ended || matches!(self.flaw, Flaw::StopsAfter(n) if self.came >= n) {
            return Poll::Ready(Ok(()));
        }
        let mut deaf = Context::from_waker(std::task::Waker::noop());
        let cx = if self.flaw == Flaw::Deaf { &mut deaf } else { cx };
        let before = buf.filled().len();
        let outcome = Pin::new(self.inner.as_mut().unwrap()).poll_read(cx, buf);
        let came = buf.filled().len() - before;
        self.came += came;
        match (outcome, self.flaw) {
            (Poll::Ready(Err(_)), Flaw::CutIsAnEnd) => Poll::Ready(Ok(())),
            (Poll::Ready(Ok(())), Flaw::EndIsACut) if came == 0 => {
                Poll::Ready(Err(std::io::ErrorKind::ConnectionReset.into()))
            }
            (Poll::Ready(Ok(())), Flaw::Swaps) => {
                buf.filled_mut()[before..].reverse();
                Poll::Ready(Ok(()))
            }
            (outcome, _) => outcome,
        }
    }
}

impl AsyncWrite for Spoilt {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        match Pin::new(self.inner.as_mut().unwrap()).poll_write(cx, data) {
            Poll::Ready(Err(_)) if self.flaw == Flaw::TakesAfterCut => Poll::Ready(Ok(data.len())),
            outcome => outcome,
        }
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(self.inner.as_mut().unwrap()).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.shut = true;
        Pin::new(self.inner.as_mut().unwrap()).poll_shutdown(cx)
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_dialer_does_not_keep_it() {
    for (flaw, words) in [
        (Flaw::CutIsAnEnd, "a cut in the middle is no proper end"),
        (Flaw::EndIsACut, "a proper end is an end"),
        (Flaw::Swaps, "other bytes"),
        (Flaw::StopsAfter(300_000), "of a long answer"),
        (Flaw::ClosesBoth, "half-closed"),
        (Flaw::Keeps, "not seen to end"),
        (Flaw::UnknownIsRefused, "an unknown host: Err(Refused"),
        (Flaw::RefusedIsIo, "a dead port: Err(Io"),
        (Flaw::DeadHangs, "a dead port: nothing happens"),
        (Flaw::Deaf, "nothing happens"),
        (Flaw::TakesAfterCut, "takes whatever is written"),
        (Flaw::RefusesUpgrade, "an upgrade works"),
    ] {
        let net = simulated(|right| Arc::new(Wrong { right, flaw, kept: Arc::default() }));
        let said = broken_in_time(keeps_the_contract(net)).await;
        assert!(said.contains(words), "{flaw:?}: {said}");
    }
}
