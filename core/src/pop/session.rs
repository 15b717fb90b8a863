//! One POP session: a command at a time, each either answered in full or the end of the session.

use super::capabilities::Capabilities;
use super::error::PopError;
use super::frame::{Limits, Traffic, Wire};
use super::status::{Status, refusal, status};
use crate::ports::Stream;

/// A session after the login (RFC 1939's TRANSACTION state), from [`Session::open`].
///
/// Dropping it closes the connection without QUIT: the server forgets what was marked for deletion. So does dropping
/// the future of a command half-way: the session then refuses every further command, because the rest of the answer
/// would be taken for the answer to the next one.
#[derive(Debug)]
pub struct Session {
    pub(super) wire: Wire,
    pub(super) capabilities: Capabilities,
    /// A command has begun and its answer was not read to the end.
    unsettled: bool,
}

impl Session {
    pub(super) fn over(stream: Box<dyn Stream>, limits: Limits, traffic: Traffic) -> Self {
        Self {
            wire: Wire::new(stream, limits, traffic),
            capabilities: Capabilities::default(),
            unsettled: false,
        }
    }

    /// What the server said it can do, inside TLS.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// What the session has cost so far.
    pub fn traffic(&self) -> Traffic {
        self.wire.traffic
    }

    /// Whether the session can still be used.
    pub fn is_usable(&self) -> bool {
        !self.unsettled
    }

    /// Does nothing, and keeps the server from cutting the session.
    pub async fn noop(&mut self) -> Result<(), PopError> {
        self.command("NOOP", "NOOP\r\n").await.map(drop)
    }

    /// Ends the session, and with +OK everything marked is deleted. `Err`: the server says that it did not delete all
    /// of them. [`PopError::Closed`] and [`PopError::Timeout`]: nobody knows; the next listing tells.
    pub async fn quit(mut self) -> Result<(), PopError> {
        let answer = self.command("QUIT", "QUIT\r\n").await.map(drop);
        self.wire.close().await;
        answer
    }

    /// A command with an answer of one line; the text after +OK.
    pub(super) async fn command(&mut self, what: &'static str, line: &str) -> Result<Vec<u8>, PopError> {
        self.begin()?;
        let answer = self.exchange(what, line).await;
        self.settle(answer)
    }

    /// Two commands in one turn, both answers read whatever the first one says.
    pub(super) async fn two_commands(
        &mut self,
        what: [&'static str; 2],
        lines: &str,
    ) -> Result<[Result<Vec<u8>, PopError>; 2], PopError> {
        self.begin()?;
        let [first, second] = what;
        self.wire.send(lines.as_bytes(), first).await?;
        let first = answered(self.reply(first).await)?;
        let second = answered(self.reply(second).await)?;
        self.settle(Ok([first, second]))
    }

    /// A command with a listing as its answer.
    pub(super) async fn listing(
        &mut self,
        what: &'static str,
        line: &str,
        each: impl FnMut(&[u8]) -> Result<(), PopError>,
    ) -> Result<(), PopError> {
        self.begin()?;
        let answer = match self.exchange(what, line).await {
            Ok(_) => self.wire.lines(what, each).await,
            Err(error) => Err(error),
        };
        self.settle(answer)
    }

    /// A command with a message as its answer.
    pub(super) async fn body(
        &mut self,
        what: &'static str,
        line: &str,
        sink: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<u64, PopError> {
        self.begin()?;
        let answer = match self.exchange(what, line).await {
            Ok(_) => self.wire.body(what, sink).await,
            Err(error) => Err(error),
        };
        self.settle(answer)
    }

    async fn exchange(&mut self, what: &'static str, line: &str) -> Result<Vec<u8>, PopError> {
        self.wire.send(line.as_bytes(), what).await?;
        self.reply(what).await
    }

    /// The status line of an answer; the text after +OK.
    pub(super) async fn reply(&mut self, what: &'static str) -> Result<Vec<u8>, PopError> {
        let line = self.wire.line(what).await?;
        match status(&line) {
            Some(Status::Ok(text)) => Ok(text.to_vec()),
            Some(Status::Err { code, text }) => Err(refusal(what, code, text)),
            Some(Status::Continue) => {
                Err(PopError::Protocol { why: "it asks for more where there is no more" })
            }
            None => Err(PopError::Protocol { why: "an answer that is neither +OK nor -ERR" }),
        }
    }

    /// Every command begins here. Until [`Session::settle`] the session counts as broken.
    pub(super) fn begin(&mut self) -> Result<(), PopError> {
        if self.unsettled {
            return Err(PopError::Closed { during: "an earlier command" });
        }
        self.unsettled = true;
        if !self.wire.is_clear() {
            return Err(PopError::Protocol { why: "it talks without being asked" });
        }
        Ok(())
    }

    /// Every command ends here: after an answer, also -ERR, the session goes on.
    pub(super) fn settle<T>(&mut self, answer: Result<T, PopError>) -> Result<T, PopError> {
        match &answer {
            Ok(_) => self.unsettled = false,
            Err(error) if error.is_answer() => self.unsettled = false,
            Err(_) => {}
        }
        answer
    }

    /// Reads the content of an answer that was complete: if it makes no sense, nothing after it can be trusted.
    pub(super) fn believe<T>(&mut self, read: Result<T, PopError>) -> Result<T, PopError> {
        self.unsettled |= read.is_err();
        read
    }
}

fn answered<T>(answer: Result<T, PopError>) -> Result<Result<T, PopError>, PopError> {
    match answer {
        Err(error) if !error.is_answer() => Err(error),
        answer => Ok(answer),
    }
}
