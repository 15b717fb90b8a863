//! Where downloaded and built parts are kept between runs: `$SATCHEL_CACHE`, else `.cache/` of the repository.
use std::path::PathBuf;

/// The cache folder; it may not exist yet. `cargo xtask prepare` fills it.
pub fn folder() -> PathBuf {
    std::env::var_os("SATCHEL_CACHE")
        .filter(|value| !value.is_empty())
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(".cache"), PathBuf::from)
}
