//! Search indexing in slices, after the rows are on the screen.

use super::EngineError;
use crate::ids::MessageId;
use crate::ports::Class;
use crate::store::{self, Store, StoreError, Write};

/// Messages indexed in one transaction.
const SLICE: u32 = 500;

/// Puts messages into the index.
type Job = fn(&mut Write<'_>, &[MessageId]) -> Result<(), StoreError>;

/// Indexes what is not indexed yet, a slice per transaction. Nothing to do: nothing is written.
pub async fn index_some(store: &Store) -> Result<u64, EngineError> {
    index_with(store, store::index_messages).await
}

async fn index_with(store: &Store, job: Job) -> Result<u64, EngineError> {
    let mut done = 0;
    loop {
        let waiting = store.read(|db, _| store::unindexed(db, SLICE)).await?;
        if waiting.is_empty() {
            return Ok(done);
        }
        done += waiting.len() as u64;
        let slice = waiting.clone();
        match store.write(Class::Cache, move |w| job(w, &slice)).await {
            Err(StoreError::Panicked) => one_by_one(store, job, waiting).await?,
            other => other?,
        }
    }
}

/// One message of a slice made the job panic. It must not do so in every pass: it is counted as indexed.
async fn one_by_one(store: &Store, job: Job, slice: Vec<MessageId>) -> Result<(), EngineError> {
    for id in slice {
        match store.write(Class::Cache, move |w| job(w, &[id])).await {
            Err(StoreError::Panicked) => {
                log::error!("a message could not be indexed; the search finds it by what was known before");
                store.write(Class::Cache, move |w| store::give_up_indexing(w, id)).await?;
            }
            other => other?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::ids::AccountId;
    use crate::message::{CanonicalKey, Envelope};
    use crate::ports::{Clock, EventSink, Files};
    use crate::store::{NewMessage, PathOpener, Planted, RealFiles, WriterExecutor, open_writer};
    use std::sync::Arc;
    use std::time::Duration;

    #[derive(Debug)]
    struct Still;

    impl Clock for Still {
        fn wall_ms(&self) -> i64 {
            0
        }
        fn boot(&self) -> Duration {
            Duration::ZERO
        }
    }

    impl EventSink for Still {
        fn event(&self, _: Event) {}
    }

    fn new_store(home: &std::path::Path) -> Store {
        let files: Arc<dyn Files> = Arc::new(RealFiles::new(home));
        let opener = PathOpener(home.join("mail.db"));
        let writer = open_writer(&opener, &files).unwrap().writer;
        writer.db.pragma_update(None, "foreign_keys", false).unwrap();
        let executor = WriterExecutor::start(Some(writer), &opener, &files, 1).unwrap();
        Store::new(Arc::new(executor), Arc::new(Still), Arc::new(Still), Planted::default())
    }

    fn stumbles_over_the_third(w: &mut Write<'_>, ids: &[MessageId]) -> Result<(), StoreError> {
        store::index_messages(w, ids)?;
        assert!(!ids.contains(&MessageId(3)), "a test's own panic");
        Ok(())
    }

    #[tokio::test]
    async fn a_message_that_cannot_be_indexed_keeps_no_other_from_it_and_does_not_come_back() {
        let home = tempfile::tempdir().unwrap();
        let store = new_store(home.path());
        let new = NewMessage {
            account: AccountId(1),
            key: CanonicalKey { version: 1, hash: [0; 32] },
            envelope: Envelope::default(),
            received_at: 0,
            size: 0,
            emailid: None,
            sha256: None,
            preview: String::new(),
            structure: None,
            degraded: false,
        };
        let insert = move |w: &mut Write<'_>| {
            for _ in 0..5 {
                store::insert_message(w, &new)?;
            }
            Ok(())
        };
        store.write(Class::Cache, insert).await.unwrap();
        assert_eq!(index_with(&store, stumbles_over_the_third).await.unwrap(), 5);
        assert_eq!(index_with(&store, stumbles_over_the_third).await.unwrap(), 0, "it came back");
        let indexed = store.read(|db, _| {
            Ok(db.query_row("SELECT group_concat(rowid) FROM search", [], |r| r.get::<_, String>(0))?)
        });
        assert_eq!(indexed.await.unwrap(), "1,2,4,5");
    }
}
