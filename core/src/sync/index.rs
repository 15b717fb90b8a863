//! Search indexing in slices, after the rows are on the screen.

use super::EngineError;
use crate::ports::Class;
use crate::store::{self, Store};

/// Messages indexed in one transaction.
const SLICE: u32 = 500;

/// Indexes what is not indexed yet, a slice per transaction. Nothing to do: nothing is written.
pub async fn index_some(store: &Store) -> Result<u64, EngineError> {
    let mut done = 0;
    loop {
        let waiting = store.read(|db, _| store::unindexed(db, SLICE)).await?;
        if waiting.is_empty() {
            return Ok(done);
        }
        done += waiting.len() as u64;
        store.write(Class::Cache, move |w| store::index_messages(w, &waiting)).await?;
    }
}
