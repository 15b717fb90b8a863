//! Whole messages and their tops, one by one or several on the way at once, and marks for deletion.

use super::error::PopError;
use super::session::Session;

/// Commands on the way at once. Enough to fill a slow link with small mail; few enough that what has to be thrown away
/// with a session that ends early stays small.
const WINDOW: usize = 16;

/// What comes for one of several messages.
#[derive(Debug)]
pub enum Piece<'a> {
    /// The next bytes.
    Bytes(&'a [u8]),
    /// All bytes have come, so many.
    Whole(u64),
    /// The server refused this one; the others go on.
    Refused(PopError),
}

type Sink<'a> = &'a mut (dyn FnMut(u32, Piece<'_>) + Send);

impl Session {
    /// The exact bytes of a message, dot-unstuffed, to the sink as they come. Returns their number once the terminator
    /// has been read; after any error what the sink got is not a message and has to be thrown away.
    ///
    /// On some servers (Gmail) this alone changes what the next session lists.
    pub async fn retrieve(
        &mut self,
        number: u32,
        sink: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<u64, PopError> {
        self.body("RETR", &format!("RETR {number}\r\n"), sink).await
    }

    /// Header and the first `lines` lines of the body. Needs [`top`](super::Capabilities::top).
    pub async fn top(&mut self, number: u32, lines: u32) -> Result<Vec<u8>, PopError> {
        let mut found = Vec::new();
        self.body("TOP", &format!("TOP {number} {lines}\r\n"), &mut |part| found.extend_from_slice(part))
            .await?;
        Ok(found)
    }

    /// Several messages in the order given, ahead of each other where the server allows it. Each ends with
    /// [`Piece::Whole`] or [`Piece::Refused`]; after an error, one that had neither is not a message.
    pub async fn retrieve_many(&mut self, numbers: &[u32], sink: Sink<'_>) -> Result<(), PopError> {
        self.many("RETR", numbers, |n| format!("RETR {n}\r\n"), true, sink).await
    }

    /// Tops of several messages, as [`Session::retrieve_many`].
    pub async fn top_many(&mut self, numbers: &[u32], lines: u32, sink: Sink<'_>) -> Result<(), PopError> {
        self.many("TOP", numbers, |n| format!("TOP {n} {lines}\r\n"), true, sink).await
    }

    /// Marks a message: it is deleted when QUIT is answered, and not if the session ends in any other way. Only for a
    /// number of this session's own listing, and only for a message that is safe here.
    pub async fn dele(&mut self, number: u32) -> Result<(), PopError> {
        self.command("DELE", &format!("DELE {number}\r\n")).await.map(drop)
    }

    /// Marks several. Returns those the server refused.
    pub async fn dele_many(&mut self, numbers: &[u32]) -> Result<Vec<(u32, PopError)>, PopError> {
        let mut refused = Vec::new();
        let mut sink = |number: u32, piece: Piece<'_>| {
            if let Piece::Refused(error) = piece {
                refused.push((number, error));
            }
        };
        self.many("DELE", numbers, |n| format!("DELE {n}\r\n"), false, &mut sink).await?;
        Ok(refused)
    }

    /// Sends commands ahead, half a window at a time, and reads the answers in order.
    async fn many(
        &mut self,
        what: &'static str,
        numbers: &[u32],
        command: impl Fn(u32) -> String + Send,
        bodies: bool,
        sink: Sink<'_>,
    ) -> Result<(), PopError> {
        self.begin()?;
        let window = if self.capabilities().pipelining { WINDOW } else { 1 };
        let mut unsent = numbers.iter().copied();
        let mut on_the_way = 0_usize;
        for &number in numbers {
            if on_the_way <= window / 2 {
                let batch: Vec<u32> = unsent.by_ref().take(window - on_the_way).collect();
                if !batch.is_empty() {
                    let commands: String = batch.iter().map(|n| command(*n)).collect();
                    self.wire.send(commands.as_bytes(), what).await?;
                    on_the_way += batch.len();
                }
            }
            match self.reply(what).await {
                Ok(_) if bodies => {
                    let size = self.wire.body(what, &mut |part| sink(number, Piece::Bytes(part))).await?;
                    sink(number, Piece::Whole(size));
                }
                Ok(_) => sink(number, Piece::Whole(0)),
                Err(error) if error.is_answer() => sink(number, Piece::Refused(error)),
                Err(error) => return Err(error),
            }
            on_the_way = on_the_way.saturating_sub(1);
        }
        self.settle(Ok(()))
    }
}
