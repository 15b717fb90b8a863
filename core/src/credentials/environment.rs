//! Passwords that stay in an environment variable: its name is kept, its value never.

use crate::ports::CredentialError;
use secrecy::SecretString;

/// The variable's value as it is now; `None` if it is not set or empty. Something that is not UTF-8 is an error, and
/// neither the error nor anything else repeats it.
pub fn read_environment(name: &str) -> Result<Option<SecretString>, CredentialError> {
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(CredentialError::Failed("this is no name of an environment variable".into()));
    }
    match std::env::var_os(name).map(std::ffi::OsString::into_string) {
        None => Ok(None),
        Some(Ok(value)) if value.is_empty() => Ok(None),
        Some(Ok(value)) => Ok(Some(SecretString::from(value))),
        Some(Err(_)) => Err(CredentialError::Failed(format!("the environment variable {name} is not UTF-8"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_variable_that_is_not_set_is_no_password_and_no_error() {
        assert!(read_environment("SATCHEL_NO_SUCH_VARIABLE").unwrap().is_none());
        let path = read_environment("PATH").unwrap().unwrap();
        assert_eq!(path.expose_secret(), std::env::var("PATH").unwrap());
        for name in ["", "A=B", "A\0"] {
            assert!(read_environment(name).is_err(), "{name:?}");
        }
    }
}
