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
        self.many("TOP", numbers, move |n| format!("TOP {n} {lines}\r\n"), true, sink).await
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

    /// Several messages in the order given, ahead of each other where the server allows it, taken one by one: between
    /// two of them the caller may wait for its disk, and no more than one is in memory.
    pub fn retrieve_in_turn(&mut self, numbers: Vec<u32>) -> Result<InTurn<'_>, PopError> {
        self.in_turn("RETR", numbers, |n| format!("RETR {n}\r\n"), true)
    }

    fn in_turn(
        &mut self,
        what: &'static str,
        numbers: Vec<u32>,
        command: impl Fn(u32) -> String + Send + 'static,
        bodies: bool,
    ) -> Result<InTurn<'_>, PopError> {
        self.begin()?;
        Ok(InTurn { session: self, what, numbers, command: Box::new(command), bodies, sent: 0, answered: 0 })
    }

    async fn many(
        &mut self,
        what: &'static str,
        numbers: &[u32],
        command: impl Fn(u32) -> String + Send + 'static,
        bodies: bool,
        sink: Sink<'_>,
    ) -> Result<(), PopError> {
        let mut in_turn = self.in_turn(what, numbers.to_vec(), command, bodies)?;
        while let Some(number) = in_turn.current() {
            match in_turn.next(&mut |part| sink(number, Piece::Bytes(part))).await? {
                Ok(size) => sink(number, Piece::Whole(size)),
                Err(refused) => sink(number, Piece::Refused(refused)),
            }
        }
        in_turn.end()
    }
}

/// Messages on their way, from [`Session::retrieve_in_turn`]. Dropped before its end it leaves a session of no more use.
pub struct InTurn<'s> {
    session: &'s mut Session,
    what: &'static str,
    numbers: Vec<u32>,
    command: Box<dyn Fn(u32) -> String + Send>,
    bodies: bool,
    sent: usize,
    answered: usize,
}

impl std::fmt::Debug for InTurn<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InTurn({} of {})", self.answered, self.numbers.len())
    }
}

impl InTurn<'_> {
    /// The number of the message that comes next, or that was coming when the session ended; `None` behind the last.
    pub fn current(&self) -> Option<u32> {
        self.numbers.get(self.answered).copied()
    }

    /// The next message: its bytes to the sink as they come, then their number; the inner error if the server refused
    /// it. After an outer error, what the sink got is not a message.
    pub async fn next(
        &mut self,
        sink: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<Result<u64, PopError>, PopError> {
        self.send_ahead().await?;
        let answer = match self.session.reply(self.what).await {
            Ok(_) if self.bodies => Ok(self.session.wire.body(self.what, sink).await?),
            Ok(_) => Ok(0),
            Err(error) if error.is_answer() => Err(error),
            Err(error) => return Err(error),
        };
        self.answered += 1;
        Ok(answer)
    }

    /// Gives the session back. An error if messages are still on their way.
    pub fn end(self) -> Result<(), PopError> {
        if self.answered < self.numbers.len() {
            return Err(PopError::Closed { during: self.what });
        }
        self.session.settle(Ok(()))
    }

    /// Sends commands ahead, half a window at a time.
    async fn send_ahead(&mut self) -> Result<(), PopError> {
        let window = if self.session.capabilities().pipelining { WINDOW } else { 1 };
        let on_the_way = self.sent.saturating_sub(self.answered);
        if on_the_way > window / 2 {
            return Ok(());
        }
        let batch = self.numbers.iter().skip(self.sent).take(window - on_the_way);
        let (mut commands, mut count) = (String::new(), 0);
        for number in batch {
            commands.push_str(&(self.command)(*number));
            count += 1;
        }
        if count > 0 {
            self.session.wire.send(commands.as_bytes(), self.what).await?;
            self.sent += count;
        }
        Ok(())
    }
}
