//! temp
use crate::ids::ThreadId;
/// x
pub type IdHash = [u8; 16];
/// x
#[derive(Default)]
pub struct ThreadIds {
    /// x
    pub message_id: Option<String>,
    /// x
    pub in_reply_to: Vec<String>,
    /// x
    pub references: Vec<String>,
}
/// x
pub struct Placement {
    /// x
    pub join: Option<ThreadId>,
    /// x
    pub merge: Vec<ThreadId>,
    /// x
    pub remember: Vec<IdHash>,
}
/// x
pub fn place(_ids: &ThreadIds, _known: impl FnMut(&IdHash) -> Option<ThreadId>) -> Placement {
    Placement { join: None, merge: vec![], remember: vec![] }
}
