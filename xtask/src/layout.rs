//! Where things lie: the repository's root and the cache folder.
use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's folder of built things: this program lies in one of its profiles.
pub(crate) fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    program.ancestors().nth(2).map_or_else(|| root().join("target"), Path::to_path_buf)
}

/// Downloads and chroots: `$SATCHEL_CACHE`, else `.cache/` of the repository. Absolute, for commands that run elsewhere.
pub(crate) fn cache() -> PathBuf {
    let named = std::env::var_os("SATCHEL_CACHE").filter(|value| !value.is_empty());
    let folder = named.map_or_else(|| root().join(".cache"), PathBuf::from);
    std::path::absolute(&folder).unwrap_or(folder)
}

/// Cargo lets what it runs find each library it built, by its plain name: what tests a library that lies elsewhere, or
/// none, would get that one.
pub(crate) fn forget_library_paths(command: &mut Command) {
    for name in ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"] {
        command.env_remove(name);
    }
}

/// Whether a command can be found on PATH or among the system's daemons.
pub(crate) fn has_command(name: &str) -> bool {
    find_command(name).is_some()
}

/// Where a command is.
pub(crate) fn find_command(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

/// True where the environment says that nothing may be skipped.
pub(crate) fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}
