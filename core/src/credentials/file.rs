//! Passwords in one file of mode 0600 in the home, for machines without a keyring.

use crate::ports::{CredentialError, CredentialStore};
use rustix::fs::{FlockOperation, Mode, OFlags};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{fmt, process};

const NAME: &str = "credentials.json";
/// Far more than any number of accounts needs.
const SIZE_LIMIT: u64 = 4 * 1024 * 1024;

/// Secrets in `credentials.json`, readable by its owner only. A file that others may read is refused, not repaired:
/// what it holds may be known already.
///
/// Each change is written to a new file, made durable and renamed over the old one, under a lock that other processes
/// respect: a crash leaves the old content or the new.
pub struct FileStore {
    home: PathBuf,
    /// The lock on the file is per open file, so threads need their own.
    turn: Mutex<()>,
}

impl FileStore {
    /// In this directory, which is made (mode 0700) when the first secret comes.
    pub fn new(home: impl Into<PathBuf>) -> Self {
        Self { home: home.into(), turn: Mutex::new(()) }
    }

    /// Where the secrets are.
    pub fn path(&self) -> PathBuf {
        self.home.join(NAME)
    }

    fn change(&self, change: impl FnOnce(&mut Secrets) -> bool) -> Result<(), CredentialError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let io = |e| self.io_failure("written", e);
        DirBuilder::new().recursive(true).mode(0o700).create(&self.home).map_err(io)?;
        let lock = open(&self.home.join("credentials.lock"), OFlags::CREATE | OFlags::RDWR).map_err(io)?;
        rustix::fs::flock(&lock, FlockOperation::LockExclusive).map_err(|e| io(e.into()))?;
        let mut secrets = self.read()?;
        if change(&mut secrets) { self.write(&secrets).map_err(io) } else { Ok(()) }
    }

    fn read(&self) -> Result<Secrets, CredentialError> {
        let path = self.path();
        let file = match open(&path, OFlags::RDONLY) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Secrets::new()),
            Err(e) => return Err(self.io_failure("read", e)),
        };
        self.check(&file)?;
        let mut bytes = Vec::new();
        let read = (&file).take(SIZE_LIMIT + 1).read_to_end(&mut bytes);
        let bytes = SecretSlice::from(bytes);
        read.map_err(|e| self.io_failure("read", e))?;
        if bytes.expose_secret().len() as u64 > SIZE_LIMIT {
            return Err(CredentialError::Failed(format!("{} is far too large", path.display())));
        }
        // serde's own words would repeat what it stumbled over.
        let content: BTreeMap<String, String> =
            serde_json::from_slice(bytes.expose_secret()).map_err(|_| {
                CredentialError::Failed(format!("{} is damaged; it was left as it is", path.display()))
            })?;
        Ok(content.into_iter().map(|(key, secret)| (key, SecretString::from(secret))).collect())
    }

    fn check(&self, file: &File) -> Result<(), CredentialError> {
        let about = file.metadata().map_err(|e| self.io_failure("read", e))?;
        let (path, mode) = (self.path(), about.permissions().mode() & 0o7777);
        let wrong = if !about.is_file() {
            format!("{} is no ordinary file", path.display())
        } else if about.uid() != rustix::process::geteuid().as_raw() {
            format!("{} belongs to another user", path.display())
        } else if mode & 0o077 != 0 {
            let path = path.display();
            format!(
                "{path} can be read by others (mode {mode:04o}): change the passwords in it, then chmod 600 {path}"
            )
        } else {
            return Ok(());
        };
        Err(CredentialError::Failed(wrong))
    }

    fn write(&self, secrets: &Secrets) -> io::Result<()> {
        let plain: BTreeMap<&str, &str> =
            secrets.iter().map(|(key, secret)| (key.as_str(), secret.expose_secret())).collect();
        let bytes = SecretSlice::from(serde_json::to_vec_pretty(&plain).map_err(io::Error::other)?);
        let new = self.home.join(format!("credentials.{}.new", process::id()));
        match fs::remove_file(&new) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        let written = open(&new, OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY).and_then(|mut file| {
            file.write_all(bytes.expose_secret())?;
            file.sync_all()?;
            fs::rename(&new, self.path())
        });
        if let Err(error) = written {
            // The old file is whole; what is left of the new one holds passwords and goes.
            drop(fs::remove_file(&new));
            return Err(error);
        }
        File::open(&self.home)?.sync_all()
    }

    fn io_failure(&self, what: &str, error: io::Error) -> CredentialError {
        CredentialError::Failed(format!("{} cannot be {what}: {error}", self.path().display()))
    }
}

type Secrets = BTreeMap<String, SecretString>;

/// Never through a symbolic link, never handed to a child process, never readable by others.
fn open(path: &Path, flags: OFlags) -> io::Result<File> {
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR)?))
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileStore")
    }
}

impl CredentialStore for FileStore {
    fn get(&self, key: &str) -> Result<Option<SecretString>, CredentialError> {
        Ok(self.read()?.remove(key))
    }
    fn set(&self, key: &str, secret: &SecretString) -> Result<(), CredentialError> {
        self.change(|secrets| {
            let old = secrets.insert(key.to_owned(), secret.clone());
            old.is_none_or(|old| old.expose_secret() != secret.expose_secret())
        })
    }
    fn delete(&self, key: &str) -> Result<(), CredentialError> {
        // Not even a lock file where there never was a secret.
        if !self.path().exists() {
            return Ok(());
        }
        self.change(|secrets| secrets.remove(key).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(s: &str) -> SecretString {
        SecretString::from(s)
    }
    fn text(found: Option<SecretString>) -> Option<String> {
        found.map(|s| s.expose_secret().to_owned())
    }

    #[test]
    fn the_file_is_for_its_owner_only_and_a_loose_one_is_refused_and_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let store = FileStore::new(home.path().join("new"));
        assert_eq!(text(store.get("k").unwrap()), None);
        store.set("k", &secret("canary-4711")).unwrap();
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode(&store.path()), 0o600);
        assert_eq!(mode(&home.path().join("new")), 0o700);
        let before = fs::read(store.path()).unwrap();
        for loose in [0o640, 0o604, 0o644, 0o666, 0o620] {
            fs::set_permissions(store.path(), fs::Permissions::from_mode(loose)).unwrap();
            for result in [store.get("k").map(drop), store.set("k", &secret("x")), store.delete("k")] {
                let error = result.unwrap_err().to_string();
                assert!(error.contains("chmod 600") && !error.contains("canary"), "{loose:o}: {error}");
            }
        }
        assert_eq!(fs::read(store.path()).unwrap(), before);
    }

    #[test]
    fn a_damaged_file_is_left_as_it_is_and_its_content_is_not_repeated() {
        let home = tempfile::tempdir().unwrap();
        let store = FileStore::new(home.path());
        store.set("k", &secret("first")).unwrap();
        for damage in [
            "{\"k\": \"canary-47",
            "[\"canary-4711\"]",
            "\"canary-4711\"",
            "{\"k\": {\"canary-4711\": 1}}",
            "",
        ] {
            fs::write(store.path(), damage).unwrap();
            for result in [store.get("k").map(drop), store.set("k", &secret("x")), store.delete("k")] {
                let error = result.unwrap_err();
                assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
            }
            assert_eq!(fs::read_to_string(store.path()).unwrap(), damage);
        }
    }

    #[test]
    fn a_symbolic_link_in_place_of_the_file_is_not_followed() {
        let home = tempfile::tempdir().unwrap();
        let elsewhere = home.path().join("elsewhere");
        fs::write(&elsewhere, "{\"k\":\"v\"}").unwrap();
        fs::set_permissions(&elsewhere, fs::Permissions::from_mode(0o600)).unwrap();
        let store = FileStore::new(home.path().join("h"));
        fs::create_dir(home.path().join("h")).unwrap();
        std::os::unix::fs::symlink(&elsewhere, store.path()).unwrap();
        assert!(store.get("k").is_err());
        assert!(store.set("k", &secret("x")).is_err());
    }

    #[test]
    fn two_stores_on_one_file_lose_nothing_of_each_other_and_leave_no_other_file() {
        let home = tempfile::tempdir().unwrap();
        std::thread::scope(|threads| {
            for writer in 0..4 {
                let store = FileStore::new(home.path());
                threads.spawn(move || {
                    for n in 0..10 {
                        store.set(&format!("{writer}-{n}"), &secret(&format!("s{writer}{n}"))).unwrap();
                    }
                });
            }
        });
        let store = FileStore::new(home.path());
        assert_eq!(store.read().unwrap().len(), 40);
        assert_eq!(text(store.get("3-9").unwrap()).unwrap(), "s39");
        let mut names: Vec<_> = fs::read_dir(home.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["credentials.json", "credentials.lock"]);
    }
}
