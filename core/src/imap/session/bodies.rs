//! Brings whole messages, many with one command: for small ones the turn costs more than the bytes.

use super::Session;
use crate::ids::Uid;
use crate::imap::error::ImapError;
use crate::imap::fetch::FetchRow;
use crate::imap::flight::{FetchItems, FetchSet};
use crate::imap::uid_set::UidSet;

impl Session {
    /// Brings these messages of the selected mailbox whole, each handed to `each` as soon as it is here; BODY.PEEK, so
    /// nothing becomes `\Seen`. A message that is gone, is larger than [`super::super::Limits::literal`] or whose answer
    /// could not be read is not handed out: ask for it by [`Session::fetch_section`]. On an error, what was handed out
    /// stands: each message came to its last byte.
    pub async fn fetch_bodies(
        &mut self,
        uids: &UidSet,
        each: &mut (dyn FnMut(Uid, Vec<u8>) + Send),
    ) -> Result<(), ImapError> {
        let items = FetchItems { whole: true, ..FetchItems::default() };
        let mut hand = |row: FetchRow| {
            let whole = row.sections.into_iter().find(|s| s.section.is_empty() && s.origin.is_none());
            if let (Some(uid), Some(bytes)) = (row.uid, whole.and_then(|s| s.data)) {
                each(uid, bytes);
            }
        };
        self.fetch(&FetchSet::Uids(uids.clone()), &items, None, &mut hand).await.map(drop)
    }
}
