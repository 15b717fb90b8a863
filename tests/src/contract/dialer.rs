//! What every Dialer promises: bytes both ways, each end seen for what it is, failures by kind.

use satchel_core::ports::{BoxFuture, Dialer, Endpoint, NetError, Stream};
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;

/// What a server of the suite does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manner {
    /// Gives back what it gets until the other side ends, then ends properly.
    Echo,
    /// Says [`letter`] and ends properly.
    Tell,
    /// Hears everything to its end, then says how much it was and ends.
    Hear,
    /// Says a little and nothing more, for ever.
    Stay,
}

impl Manner {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Echo, Self::Tell, Self::Hear, Self::Stay];
}

/// Larger than any buffer on the way but the simulation's.
pub fn letter() -> Vec<u8> {
    (0..1_000_000_u32).map(|i| (i % 251) as u8).collect()
}

/// Serves one connection; counts in `ended` those that stayed until the other side went away.
pub async fn serve(
    manner: Manner,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin + Send),
    ended: &AtomicUsize,
) {
    let outcome = match manner {
        Manner::Echo => echo(stream).await,
        Manner::Tell => stream.write_all(&letter()).await,
        Manner::Hear => {
            let heard = tokio::io::copy(stream, &mut tokio::io::sink()).await;
            stream.write_all(format!("{} bytes", heard.unwrap_or(0)).as_bytes()).await
        }
        Manner::Stay => {
            let said = stream.write_all(b"half a mes").await;
            let _ = stream.flush().await;
            let _ = stream.read(&mut [0; 8]).await;
            said
        }
    };
    if manner == Manner::Stay {
        ended.fetch_add(1, SeqCst);
    }
    if outcome.is_ok() {
        let _ = stream.flush().await;
        let _ = stream.shutdown().await;
    }
}

async fn echo(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> std::io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await?;
        let Some(got) = buffer.get(..read).filter(|got| !got.is_empty()) else { return Ok(()) };
        stream.write_all(got).await?;
        stream.flush().await?;
    }
}

/// The network under a dialer, as far as the suite has to know it.
pub trait Net: Send + Sync {
    /// What is tested.
    fn dialer(&self) -> &dyn Dialer;
    /// Where a server of this manner listens.
    fn server(&self, manner: Manner) -> Endpoint;
    /// Where an echo listens that becomes safe on `upgrade`.
    fn upgradable(&self) -> Endpoint;
    /// A port at which nobody listens, on a host that is there.
    fn dead(&self) -> Endpoint;
    /// A host that is not there.
    fn unknown(&self) -> Endpoint;
    /// How many connections to [`Manner::Stay`] its server saw end.
    fn ended(&self) -> usize;
    /// Breaks all connections without a proper end.
    fn cut(&self) -> BoxFuture<'_, ()>;
}

/// The contract.
pub async fn keeps_the_contract(net: Arc<dyn Net>) {
    let net = net.as_ref();
    bytes_go_both_ways_and_a_proper_end_is_an_end(net).await;
    a_long_answer_comes_whole(net).await;
    after_our_end_the_other_side_may_still_speak(net).await;
    connections_do_not_mix(net).await;
    failures_are_told_apart(net).await;
    a_stream_that_is_dropped_is_seen_to_end(net).await;
    a_cut_is_an_error_and_stays_one(net).await;
    a_cut_wakes_who_waits(net).await;
    an_upgraded_stream_works(net).await;
}

/// What is longer than any delay of a healthy connection on a busy machine.
const SOON: Duration = Duration::from_secs(20);

/// A failure of the implementation must not become a test that hangs.
async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let done = tokio::time::timeout(SOON, future).await;
    // The time-out wakes the future once more: one that was never woken itself is done then, and late.
    match done {
        Ok(done) if began.elapsed() < SOON => done,
        _ => panic!("{what}: nothing happens"),
    }
}

async fn dial(net: &dyn Net, manner: Manner) -> Box<dyn Stream> {
    soon("dial", net.dialer().dial(&net.server(manner))).await.expect("a server that listens is reached")
}

/// Sends four bytes to an echo and takes them back.
///
/// # Panics
/// If other bytes come, or none.
pub async fn ping(stream: &mut Box<dyn Stream>, word: [u8; 4]) {
    stream.write_all(&word).await.expect("bytes go out");
    stream.flush().await.expect("bytes go out");
    let mut answer = [0; 4];
    soon("an echo", stream.read_exact(&mut answer)).await.expect("bytes come back");
    assert_eq!(answer, word, "other bytes come back than were sent");
}

async fn bytes_go_both_ways_and_a_proper_end_is_an_end(net: &dyn Net) {
    let mut stream = dial(net, Manner::Echo).await;
    for n in 0..20 {
        ping(&mut stream, [b'p', b'i', n, 0]).await;
    }
    stream.shutdown().await.unwrap();
    for _ in 0..2 {
        let end = soon("the end", stream.read(&mut [0; 8])).await;
        assert_eq!(end.ok(), Some(0), "a proper end is an end and stays one");
    }
}

async fn a_long_answer_comes_whole(net: &dyn Net) {
    let mut stream = dial(net, Manner::Tell).await;
    let mut got = Vec::new();
    soon("a long answer", stream.read_to_end(&mut got)).await.expect("a proper end is no error");
    assert!(got == letter(), "of a long answer {} bytes came, or others", got.len());
}

async fn after_our_end_the_other_side_may_still_speak(net: &dyn Net) {
    let mut stream = dial(net, Manner::Hear).await;
    stream.write_all(&letter()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut got = Vec::new();
    let outcome = soon("an answer after our end", stream.read_to_end(&mut got)).await;
    let said = String::from_utf8_lossy(&got);
    assert_eq!((outcome.is_ok(), said.as_ref()), (true, "1000000 bytes"), "half-closed: {outcome:?}");
}

async fn connections_do_not_mix(net: &dyn Net) {
    let one = |n: u8| async move {
        let mut stream = dial(net, Manner::Echo).await;
        for turn in 0..5 {
            ping(&mut stream, [n, turn, n, turn]).await;
            tokio::task::yield_now().await;
        }
        stream
    };
    let all = futures_util::future::join_all((0..12).map(one)).await;
    // All open at once, used in another order than they were opened in.
    for (n, mut stream) in (0..).zip(all).collect::<Vec<_>>().into_iter().rev() {
        ping(&mut stream, [n, n, n, n]).await;
    }
}

async fn failures_are_told_apart(net: &dyn Net) {
    let (dead, unknown) = (net.dead(), net.unknown());
    for _ in 0..2 {
        match soon("a dead port", net.dialer().dial(&dead)).await.map(drop) {
            Err(NetError::Refused(port)) => assert_eq!(port, dead.port, "the port refused is another"),
            other => panic!("a dead port: {other:?}"),
        }
        match soon("an unknown host", net.dialer().dial(&unknown)).await.map(drop) {
            Err(NetError::UnknownHost(name)) => assert_eq!(name, unknown.host, "the host is another"),
            other => panic!("an unknown host: {other:?}"),
        }
    }
    ping(&mut dial(net, Manner::Echo).await, *b"yet!").await;
}

async fn a_stream_that_is_dropped_is_seen_to_end(net: &dyn Net) {
    let before = net.ended();
    let mut waiting = dial(net, Manner::Stay).await;
    let mut begun = [0; 10];
    soon("the beginning", waiting.read_exact(&mut begun)).await.unwrap();
    // Given up while it waits, as by a time-out.
    let gave_up = tokio::time::timeout(Duration::from_millis(50), waiting.read(&mut [0; 8])).await;
    assert!(gave_up.is_err(), "bytes nobody sent: {gave_up:?}");
    assert_eq!(net.ended(), before, "the other side sees an end though the stream is open");
    drop(waiting);
    for _ in 0..200 {
        if net.ended() > before {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("a dropped stream is not seen to end by the other side");
}

async fn a_cut_is_an_error_and_stays_one(net: &dyn Net) {
    let mut stream = dial(net, Manner::Stay).await;
    let mut begun = [0; 10];
    soon("the beginning", stream.read_exact(&mut begun)).await.unwrap();
    assert_eq!(&begun, b"half a mes");
    net.cut().await;
    let end = soon("a read after a cut", stream.read(&mut [0; 8])).await;
    let kind = end.map_err(|e| e.kind());
    assert!(
        matches!(kind, Err(ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe)),
        "a cut in the middle is no proper end: {kind:?}"
    );
    let again = soon("a second read after a cut", stream.read(&mut [0; 8])).await;
    assert!(!matches!(again, Ok(1..)), "bytes come out of a cut stream");
    for attempt in 0.. {
        assert!(attempt < 100, "a cut stream takes whatever is written");
        if stream.write_all(b"x").await.is_err() || stream.flush().await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    ping(&mut dial(net, Manner::Echo).await, *b"anew").await;
}

async fn a_cut_wakes_who_waits(net: &dyn Net) {
    let mut stream = dial(net, Manner::Stay).await;
    let mut begun = [0; 10];
    soon("the beginning", stream.read_exact(&mut begun)).await.unwrap();
    let cut = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        net.cut().await;
    };
    let mut buffer = [0; 8];
    let (end, ()) = tokio::join!(soon("a reader that waits", stream.read(&mut buffer)), cut);
    assert!(end.is_err(), "who waits hears of the cut: {end:?}");
}

async fn an_upgraded_stream_works(net: &dyn Net) {
    let to = net.upgradable();
    let plain = soon("dial", net.dialer().dial(&to)).await.expect("a server that listens is reached");
    let mut safe = soon("upgrade", net.dialer().upgrade(plain, &to)).await.expect("an upgrade works");
    ping(&mut safe, *b"safe").await;
}
