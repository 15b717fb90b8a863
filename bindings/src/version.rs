//! Which library this is, so that bindings made from another one are refused before a record is misread.

use crate::error::MailError;
use crate::report::hex;
use sha2::{Digest, Sha256};

/// The listing of everything that crosses the boundary; the tests compare it with the library.
const API: &str = include_str!("../api.txt");

/// The version of the library, such as `0.1.0`.
///
/// # Errors
/// None today.
#[uniffi::export]
pub fn library_version() -> Result<String, MailError> {
    Ok(env!("CARGO_PKG_VERSION").to_owned())
}

/// 16 hexadecimal digits that differ when anything that crosses the boundary differs, the fields of records included,
/// which the generated code does not check. The facade compares them with those it was made with.
///
/// # Errors
/// None today.
#[uniffi::export]
pub fn api_fingerprint() -> Result<String, MailError> {
    let mut api = Sha256::new();
    api.update(API);
    if cfg!(feature = "newer-for-tests") {
        api.update("UsageView.of_a_later_version");
    }
    Ok(hex(&api.finalize()).chars().take(16).collect())
}
