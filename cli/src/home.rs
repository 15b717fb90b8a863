//! Where the mail store is when nobody says.

use crate::output::Failure;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The home to use: the one that was named, or the platform's data folder.
pub(crate) fn home(named: Option<&Path>, folder: &Path) -> Result<PathBuf, Failure> {
    match named {
        Some(home) => Ok(folder.join(home)),
        None => default(|name| std::env::var_os(name)).ok_or_else(|| {
            Failure::usage(
                "home",
                "this machine names no home folder: say where the mail store is with --home DIR",
            )
        }),
    }
}

fn default(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    // The XDG specification: a relative path is invalid and ignored.
    let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(target_os = "macos") {
        return Some(absolute("HOME")?.join("Library/Application Support/Satchel"));
    }
    absolute("XDG_DATA_HOME")
        .or_else(|| Some(absolute("HOME")?.join(".local/share")))
        .map(|data| data.join("satchel"))
}

#[cfg(all(test, not(target_os = "macos")))]
mod tests {
    use super::*;

    #[test]
    fn the_data_folder_is_the_platform_s() {
        let table = [
            (Some("/data"), Some("/home/ann"), Some("/data/satchel")),
            (Some("data"), Some("/home/ann"), Some("/home/ann/.local/share/satchel")),
            (None, Some("/home/ann"), Some("/home/ann/.local/share/satchel")),
            (None, None, None),
        ];
        for (data, home, expected) in table {
            let found = default(|name| if name == "HOME" { home } else { data }.map(OsString::from));
            assert_eq!(found.as_deref(), expected.map(Path::new));
        }
    }

    #[test]
    fn a_named_home_is_taken_from_where_the_person_stands() {
        assert_eq!(home(Some(Path::new("mail")), Path::new("/tmp")).unwrap(), Path::new("/tmp/mail"));
        assert_eq!(home(Some(Path::new("/mail")), Path::new("/tmp")).unwrap(), Path::new("/mail"));
    }
}
