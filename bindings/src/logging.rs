//! The library's log, handed to the shell. It holds no address, no secret, no content and no server's words.

use crate::dispatch::{Dispatcher, Pending};
use crate::error::{CallbackError, MailError};
use log::{Level, LevelFilter, Log, Metadata, Record};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Lines that wait at most; of more the newest are counted and left out.
const LINES: usize = 1_000;
/// Lines of this library. Others may tell what passes over the wire.
const OURS: &str = "satchel";

/// How grave a line is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, uniffi::Enum)]
pub enum LogLevel {
    /// A fault of this library.
    Error,
    /// Something went wrong outside of it.
    Warn,
    /// Something of note happened.
    Info,
    /// Steps.
    Debug,
}

/// A line of the log.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct LogRecord {
    /// How grave.
    pub level: LogLevel,
    /// Which room of the library it is from.
    pub target: String,
    /// What happened.
    pub text: String,
}

/// Takes the log.
#[uniffi::export(foreign)]
pub trait LogSink: Send + Sync {
    /// Some lines, in order.
    ///
    /// # Errors
    /// Whatever goes wrong there; the lines are then lost.
    fn log(&self, records: Vec<LogRecord>) -> Result<(), CallbackError>;
}

#[derive(Default)]
struct Lines {
    lines: Vec<LogRecord>,
    lost: u64,
}

impl Pending for Lines {
    fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

impl Lines {
    fn push(&mut self, line: LogRecord) {
        if self.lines.len() < LINES { self.lines.push(line) } else { self.lost += 1 }
    }

    fn all(mut self) -> Vec<LogRecord> {
        if self.lost > 0 {
            let text = format!("{} lines came too fast and were left out", self.lost);
            self.lines.push(LogRecord { level: LogLevel::Warn, target: OURS.to_owned(), text });
        }
        self.lines
    }
}

/// The process has one log, whatever is opened in it.
static SINK: Mutex<Option<Arc<Dispatcher<Lines>>>> = Mutex::new(None);

struct Bridge;

impl Log for Bridge {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with(OURS) && metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let sink = SINK.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(sink) = sink else { return };
        let (target, text) = (record.target().to_owned(), record.args().to_string());
        sink.add(|lines| lines.push(LogRecord { level: level(record.level()), target, text }));
    }

    fn flush(&self) {}
}

fn level(of: Level) -> LogLevel {
    match of {
        Level::Error => LogLevel::Error,
        Level::Warn => LogLevel::Warn,
        Level::Info => LogLevel::Info,
        Level::Debug | Level::Trace => LogLevel::Debug,
    }
}

fn filter(least: LogLevel) -> LevelFilter {
    match least {
        LogLevel::Error => LevelFilter::Error,
        LogLevel::Warn => LevelFilter::Warn,
        LogLevel::Info => LevelFilter::Info,
        LogLevel::Debug => LevelFilter::Debug,
    }
}

/// Sends the library's log to `sink` from now on, for the whole process; without one it goes nowhere.
///
/// # Errors
/// `Internal` if no thread can be had, or the process already has another log of Rust's.
#[uniffi::export]
pub fn set_log_sink(least: LogLevel, sink: Option<Arc<dyn LogSink>>) -> Result<(), MailError> {
    let dispatcher = sink.map(start).transpose()?;
    let on = dispatcher.is_some();
    // The old one is ended outside the lock.
    let old = std::mem::replace(&mut *SINK.lock().unwrap_or_else(PoisonError::into_inner), dispatcher);
    drop(old);
    log::set_max_level(if on { filter(least) } else { LevelFilter::Off });
    install()
}

fn start(sink: Arc<dyn LogSink>) -> Result<Arc<Dispatcher<Lines>>, MailError> {
    let deliver = move |lines: Lines| {
        // Where a log cannot be written there is nobody to tell.
        let _ = sink.log(lines.all());
    };
    let started = Dispatcher::start("satchel-log", Duration::from_millis(20), deliver);
    started.map(Arc::new).map_err(|e| MailError::internal(format!("no thread for the log: {e}")))
}

fn install() -> Result<(), MailError> {
    static INSTALLED: Mutex<bool> = Mutex::new(false);
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if !*installed {
        log::set_logger(&Bridge)
            .map_err(|_| MailError::internal("another log was installed in this process"))?;
        *installed = true;
    }
    Ok(())
}
