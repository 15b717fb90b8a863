//! `account`: add (with a login that proves it), list, show, remove, set.

use crate::args::{AccountCommand, AddArguments, Command};
use crate::output::{self, Failure, Side, Table};
use crate::prompt;
use crate::shell::Shell;
use satchel_core::account::{CredentialRef, Protocol, Server};
use satchel_core::client::{AccountRequest, AccountSettings, AccountView, Password, Satchel};
use satchel_core::ports::Trust;
use secrecy::SecretString;
use serde_json::{Value, json};

/// The password a command needs, asked for before anything else happens.
pub(crate) fn password(command: &Command) -> Result<Option<SecretString>, Failure> {
    let Command::Account(AccountCommand::Add(add)) = command else { return Ok(None) };
    check(add)?;
    if add.password_env.is_some() {
        return Ok(None);
    }
    if add.password_stdin {
        return prompt::from_stdin().map(Some);
    }
    prompt::from_person(&format!("Password of {}: ", output::line(&add.address))).map(Some)
}

/// What can be said before a password is asked for.
fn check(add: &AddArguments) -> Result<(), Failure> {
    if add.protocol.as_deref() == Some("advise") {
        return Err(Failure::usage("protocol", "advice comes with a later version; say imap or pop"));
    }
    if add.incoming.is_none() {
        return Err(Failure::usage(
            "incoming",
            "finding the servers by the address comes with a later version; give the server as --incoming \
             imaps://mail.example.org or pop3s://mail.example.org (imap:// and pop3:// require STARTTLS)",
        ));
    }
    Ok(())
}

pub(super) async fn run(
    command: &AccountCommand,
    satchel: &Satchel,
    shell: &mut Shell,
) -> Result<u8, Failure> {
    match command {
        AccountCommand::Add(add) => {
            let account = satchel.add_account(request(add, shell)?).await?;
            let what =
                if shell.offline { "is added; the login was not tried" } else { "is added; the login works" };
            let sentence = format!(
                "{} ({}) {what}. Its id is {}. Next: satchel sync {}",
                output::line(&account.address),
                account.protocol.as_str(),
                account.id,
                account.id
            );
            shell.answer(&json!({"account": output::account(&account)}), sentence);
        }
        AccountCommand::List => list(&satchel.accounts().await?, shell),
        AccountCommand::Show { account } => show(&satchel.find_account(account).await?, shell),
        AccountCommand::Remove { account, discard_sole_copies } => {
            let account = satchel.find_account(account).await?;
            let removed = satchel.remove_account(account.id, *discard_sole_copies).await;
            removed.map_err(|error| {
                let kept = matches!(error, satchel_core::error::MailError::InvalidInput { .. });
                let failure = Failure::from(error);
                if kept { failure.hint("to lose them on purpose: --discard-sole-copies") } else { failure }
            })?;
            let sentence = format!("{} is removed from this device.", output::line(&account.address));
            shell.answer(&json!({"removed": account.id}), sentence);
        }
        AccountCommand::Set { account, settings } => {
            let settings = read_settings(settings)?;
            let id = satchel.find_account(account).await?.id;
            show(&satchel.change_account(id, settings).await?, shell);
        }
    }
    Ok(0)
}

fn request(add: &AddArguments, shell: &Shell) -> Result<AccountRequest, Failure> {
    check(add)?;
    let protocol = add.protocol.as_deref().map(str::parse::<Protocol>).transpose()?;
    let authorities = match &add.ca {
        None => None,
        Some(file) => Some(std::fs::read(shell.path(file)).map_err(|error| {
            Failure::usage("ca", format!("{} cannot be read: {}", file.display(), error.kind()))
        })?),
    };
    let pin = add.pin.as_deref().map(|pin| {
        let wrong = "a SHA-256 has 64 hexadecimal digits (colons may stand between them)";
        sha256(pin).ok_or_else(|| Failure::usage("pin", wrong))
    });
    let password = match (&add.password_env, &shell.password) {
        (Some(name), _) => {
            if shell.for_another && std::env::var_os(name).is_none() {
                let reason =
                    format!("the environment variable {name} is not set where the running watch was started");
                return Err(Failure::usage("password-env", reason));
            }
            Password::Environment(name.clone())
        }
        (None, Some(password)) => Password::Given(password.clone()),
        (None, None) => return Err(Failure::usage("password", "use --password-env VAR or --password-stdin")),
    };
    Ok(AccountRequest {
        address: add.address.clone(),
        protocol,
        incoming: add.incoming.clone().unwrap_or_default(),
        submission: add.submission.clone(),
        password,
        authorities,
        pin: pin.transpose()?,
        pop_rule: add.pop_rule.parse()?,
        prove: !shell.offline,
    })
}

fn sha256(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| *c != ':')
        .map(|c| c.to_digit(16).map(|digit| digit as u8))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> =
        digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    if digits.len() == 64 { bytes.try_into().ok() } else { None }
}

fn read_settings(words: &[String]) -> Result<AccountSettings, Failure> {
    let mut settings = AccountSettings::default();
    for word in words {
        let (key, value) = word
            .split_once('=')
            .ok_or_else(|| Failure::usage("setting", format!("write {word} as KEY=VALUE")))?;
        match key {
            "window" => settings.window = Some(value.parse()?),
            "bodies" => settings.bodies = Some(value.parse()?),
            "pop-rule" => settings.pop_rule = Some(value.parse()?),
            "budget" | "sent-copy" => {
                return Err(Failure::usage(key, "comes with a later version"));
            }
            _ => {
                return Err(Failure::usage(
                    "setting",
                    format!("there is no {key}: use window, bodies or pop-rule"),
                ));
            }
        }
    }
    Ok(settings)
}

fn list(accounts: &[AccountView], shell: &mut Shell) {
    if shell.json {
        let all: Value = accounts.iter().map(output::account).collect();
        return shell.document(&all);
    }
    if accounts.is_empty() {
        return shell.say("There is no account yet. Begin with satchel account add ADDRESS --incoming URL.");
    }
    let mut table = Table::new(&[
        ("ID", Side::Right),
        ("ADDRESS", Side::Left),
        ("PROTOCOL", Side::Left),
        ("SERVER", Side::Left),
        ("SECURITY", Side::Left),
    ]);
    for account in accounts {
        table.row([
            account.id.to_string(),
            account.address.clone(),
            account.protocol.as_str().to_owned(),
            server(&account.incoming),
            output::security(account.incoming.security).to_owned(),
        ]);
    }
    shell.print(table.render(shell.style));
}

fn show(account: &AccountView, shell: &mut Shell) {
    if shell.json {
        return shell.document(&json!({"account": output::account(account)}));
    }
    let password = match &account.credential {
        CredentialRef::Stored(_) => "in the credential store".to_owned(),
        CredentialRef::Environment(name) => format!("in the environment variable {name}"),
    };
    let trust = match &account.trust {
        Trust::Platform => "the device's authorities",
        Trust::PlatformAnd(_) => "the device's authorities and the one given",
        Trust::Pin(_) => "one pinned certificate",
    };
    let user = account.incoming.username.clone();
    let security = output::security(account.incoming.security);
    let mut rows = vec![
        ("Id", account.id.to_string()),
        ("Address", account.address.clone()),
        ("Protocol", account.protocol.as_str().to_owned()),
        ("Server", format!("{} ({security}, as {user})", server(&account.incoming))),
    ];
    if let Some(submission) = &account.submission {
        rows.push(("Sending", format!("{} ({})", server(submission), output::security(submission.security))));
    }
    rows.extend([
        ("Trust", trust.to_owned()),
        ("Password", password),
        ("Window", account.window.to_string()),
    ]);
    rows.push(("Bodies", account.bodies.as_str().to_owned()));
    if account.protocol == Protocol::Pop {
        rows.push(("POP rule", account.pop_rule.to_string()));
    }
    for (name, value) in rows {
        shell.say(format!("{:<10}{}", name, output::line(&value)));
    }
}

fn server(server: &Server) -> String {
    format!("{}:{}", server.host, server.port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_read_as_openssl_prints_it_and_as_we_do() {
        let plain = "00ff".repeat(16);
        let colons = ["00:FF"; 16].join(":");
        assert_eq!(sha256(&plain), sha256(&colons));
        assert_eq!(sha256(&plain).unwrap()[..2], [0, 255]);
        for wrong in ["", "00", &plain[1..], &format!("{plain}0"), &"xy".repeat(32)] {
            assert_eq!(sha256(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn settings_that_do_not_exist_are_named() {
        let words = |text: &str| read_settings(&[text.to_owned()]);
        assert!(words("window=30d").unwrap().window.is_some());
        for (text, field) in [
            ("window=x", "window"),
            ("window", "setting"),
            ("colour=red", "setting"),
            ("budget=1GB", "budget"),
        ] {
            assert_eq!(words(text).unwrap_err().document()["error"]["field"], field, "{text}");
        }
    }
}
