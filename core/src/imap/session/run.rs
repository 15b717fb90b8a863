//! The one loop that writes commands, reads responses and gives each to its request.

use super::Session;
use crate::imap::capability::Capabilities;
use crate::imap::error::ImapError;
use crate::imap::fetch::FetchRow;
use crate::imap::flight::{Replies, Reply, Request};
use crate::imap::frame::{Frame, Rejected, Response, Sink, Why};
use crate::imap::guard::End;
use crate::imap::parse::{self, Code, Condition, Kind, Line, Status, Untagged};
use crate::imap::pipeline::{Closed, Pipeline, Routed};

/// Takes rows, with the index of the request they answer.
pub(super) type Each<'e> = &'e mut (dyn FnMut(usize, FetchRow) + Send);

/// What was noticed besides the answers.
#[derive(Default)]
struct Aside {
    bye: Option<(Option<String>, crate::error::ServerText)>,
    noise: usize,
}

impl Session {
    /// Writes and reads until every request is answered. Names, in order, decide what is selected afterwards.
    pub(super) async fn run(
        &mut self,
        requests: Vec<Request>,
        each: Each<'_>,
        sink: Option<&mut dyn Sink>,
    ) -> Result<Replies, ImapError> {
        if let Some(replies) = self.take_early(&requests, each) {
            return Ok(replies);
        }
        let mut next_tag = self.next_tag;
        let pipeline = Pipeline::new(requests.clone(), self.context(), &mut next_tag, self.limits);
        self.next_tag = next_tag;
        self.drive(requests, pipeline, each, sink).await
    }

    /// The same with commands that may already be on their way.
    pub(super) async fn drive(
        &mut self,
        requests: Vec<Request>,
        mut pipeline: Pipeline,
        each: Each<'_>,
        mut sink: Option<&mut dyn Sink>,
    ) -> Result<Replies, ImapError> {
        if let Some(during) = self.under_way {
            return Err(ImapError::Closed { during });
        }
        self.under_way = Some(pipeline.during());
        self.wire.get_mut().forgive();
        let leaving = requests.contains(&Request::Logout);
        let mut aside = Aside::default();
        loop {
            let bytes = pipeline.write();
            let sent =
                if bytes.is_empty() { Ok(()) } else { self.wire.get_mut().send(&bytes, self.timeout).await };
            if pipeline.is_done() {
                break;
            }
            let frame = match sent {
                Ok(()) => {
                    // Written out because a closure would borrow the sink for the whole loop.
                    let sink: Option<&mut dyn Sink> = match &mut sink {
                        Some(sink) => Some(&mut **sink),
                        None => None,
                    };
                    self.wire.get_mut().next(sink, self.timeout).await
                }
                Err(end) => Err(end),
            };
            match frame {
                Ok(frame) => self.take_frame(frame, &mut pipeline, &mut aside, each)?,
                Err(End::Closed | End::Cut) if leaving && aside.bye.is_some() => return Ok(Vec::new()),
                Err(end) => {
                    return Err(match aside.bye {
                        Some((code, server_text)) => ImapError::Bye { code, server_text },
                        None => end.error(pipeline.during()),
                    });
                }
            }
        }
        self.under_way = None;
        let replies = pipeline.finish();
        self.note(&requests, &replies);
        Ok(replies)
    }

    fn take_frame(
        &mut self,
        frame: Frame,
        pipeline: &mut Pipeline,
        aside: &mut Aside,
        each: Each<'_>,
    ) -> Result<(), ImapError> {
        let useful = match frame {
            Frame::Rejected(rejected) => {
                self.set_aside(rejected, pipeline);
                false
            }
            Frame::Whole(response) => self.take_line(&response, pipeline, aside, each)?,
        };
        aside.noise += usize::from(!useful);
        if aside.noise > self.limits.noise {
            return Err(ImapError::Limit { which: "noise" });
        }
        Ok(())
    }

    /// Whether the line brought the flight forward.
    fn take_line(
        &mut self,
        response: &Response,
        pipeline: &mut Pipeline,
        aside: &mut Aside,
        each: Each<'_>,
    ) -> Result<bool, ImapError> {
        Ok(match parse::line(response, &self.limits) {
            Line::Continuation => pipeline.invited(),
            Line::Foreign => {
                pipeline.lost(Kind::Other);
                false
            }
            Line::Tagged(tag, status) => {
                self.hear(&status);
                self.close(pipeline, &tag, status)
            }
            Line::Untagged(Untagged::Unreadable(kind)) => {
                pipeline.lost(kind);
                false
            }
            Line::Untagged(untagged) => {
                if let Untagged::Status(status) = &untagged {
                    self.hear(status);
                    if status.condition == Condition::Bye {
                        let code = status.code.as_ref().map(Code::name);
                        aside.bye.get_or_insert((code, status.text.clone()));
                    }
                }
                if let Untagged::Capability(found) = &untagged {
                    self.learn(found);
                }
                match pipeline.route(untagged)? {
                    Routed::Taken => true,
                    Routed::Row(index, row) => {
                        each(index, *row);
                        true
                    }
                    Routed::Unasked(untagged) => {
                        self.unsolicited.collect(untagged, self.limits.unsolicited);
                        false
                    }
                }
            }
        })
    }

    fn close(&mut self, pipeline: &mut Pipeline, tag: &str, status: Status) -> bool {
        let closed = pipeline.close(tag, status);
        if closed == Closed::Mailbox {
            self.unsolicited.leave_mailbox();
        }
        closed != Closed::Nothing
    }

    /// A response that was set aside may have been an answer; a tagged one still ends its command.
    fn set_aside(&mut self, rejected: Rejected, pipeline: &mut Pipeline) {
        if rejected.why == Why::Empty {
            return;
        }
        log::warn!("a response of {} bytes was set aside: {:?}", rejected.size, rejected.why);
        let text = String::from_utf8_lossy(&rejected.head).to_ascii_uppercase();
        let head = Response { bytes: rejected.head, literals: Vec::new() };
        match parse::line(&head, &self.limits) {
            Line::Tagged(tag, status) => {
                self.close(pipeline, &tag, status);
                return;
            }
            Line::Untagged(Untagged::Status(_)) | Line::Continuation => return,
            _ => {}
        }
        let mut words = text.split_ascii_whitespace().skip(1);
        pipeline.lost(match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
            ("LIST", _) => Kind::List,
            ("STATUS", _) => Kind::Status,
            ("SEARCH" | "ESEARCH", _) => Kind::Search,
            ("VANISHED", _) => Kind::Vanished,
            (_, "FETCH") => Kind::Fetch,
            _ => Kind::Other,
        });
    }

    /// Codes that mean something on any status response.
    fn hear(&mut self, status: &Status) {
        match &status.code {
            Some(Code::Capability(found)) => self.learn(found),
            Some(Code::Alert) => self.unsolicited.alert(status.text.clone()),
            _ => {}
        }
    }

    fn learn(&mut self, found: &Capabilities) {
        if !found.is_empty() {
            self.capabilities = found.clone();
        }
    }

    /// Keeps what the replies changed: the selected mailbox, extensions that are on.
    fn note(&mut self, requests: &[Request], replies: &Replies) {
        for (request, reply) in requests.iter().zip(replies) {
            match (request, reply) {
                (Request::Select { name, .. }, Ok(Reply::Selected(selected))) => {
                    self.selected = Some((name.clone(), selected.clone()));
                }
                // A SELECT that fails leaves no mailbox selected (RFC 3501 §6.3.1).
                (Request::Select { .. }, Err(_)) | (Request::Unselect, Ok(_)) => {
                    self.selected = None;
                }
                (Request::Enable(_), Ok(Reply::Enabled(names))) => self.qresync |= names.has("QRESYNC"),
                _ => {}
            }
        }
    }
}
