//! Dovecot's configuration as text, for root or a plain user. Each odd line has its reason beside it.
#![allow(clippy::format_push_string, reason = "built line by line, as it is read; no speed needed")]
use std::path::Path;

use super::dovecot::{DovecotOptions, Identity, MailFormat, Ports};

/// The whole of `dovecot.conf`.
pub(super) fn text(dir: &Path, ports: &Ports, who: &Identity, options: &DovecotOptions) -> String {
    let dir = dir.display();
    [
        general(&dir.to_string(), who, options),
        tls(&dir.to_string(), options),
        users(&dir.to_string(), who),
        services(ports, who),
        mailboxes(),
        options.extra.clone(),
    ]
    .join("\n")
}

fn general(dir: &str, who: &Identity, options: &DovecotOptions) -> String {
    let location = match options.format {
        MailFormat::Maildir => format!("maildir:{dir}/home/%n/Maildir"),
        MailFormat::Mdbox => format!("mdbox:{dir}/home/%n/mdbox"),
    };
    let (internal, login, group) = (&who.internal_user, &who.login_user, &who.internal_group);
    let (mail_user, mail_group) = (&who.mail_user, &who.mail_group);
    let listen = options.listen.join(", ");
    format!(
        "base_dir = {dir}/run
state_dir = {dir}/run
log_path = {dir}/dovecot.log
instance_name = satchel-test
protocols = imap pop3 lmtp submission
listen = {listen}
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {mail_user}
mail_gid = {mail_group}
disable_plaintext_auth = no
auth_mechanisms = plain login
# Failed logins are otherwise slowed more and more, over all tests of a process.
auth_failure_delay = 0 secs
auth_verbose = yes
auth_username_format = %Ln
mail_location = {location}
mail_plugins = notify
mail_fsync = never
mailbox_list_index = yes
mail_always_cache_fields = flags date.received imap.envelope imap.bodystructure size.virtual mime.parts body.snippet
mail_attribute_dict = file:%h/dovecot-attributes
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
submission_relay_trusted = yes
hostname = localhost
protocol imap {{
  mail_plugins = notify imap_zlib
  mail_max_userip_connections = 256
  imap_metadata = yes
}}
protocol pop3 {{
  mail_max_userip_connections = 256
}}
protocol lmtp {{
  postmaster_address = postmaster@localhost
}}
",
        relay = options.submission_relay,
    )
}

/// One certificate per loopback address: the port stays the same, the fault is chosen by the host.
fn tls(dir: &str, options: &DovecotOptions) -> String {
    if !options.tls {
        return "ssl = no\n".to_owned();
    }
    let mut text = format!(
        "ssl = yes
ssl_min_protocol = TLSv1.2
ssl_cert = <{dir}/good.crt
ssl_key = <{dir}/good.key
"
    );
    for (address, name) in [("127.0.0.2", "expired"), ("127.0.0.3", "foreign"), ("127.0.0.4", "elsewhere")] {
        text.push_str(&format!(
            "local {address} {{\n  ssl_cert = <{dir}/{name}.crt\n  ssl_key = <{dir}/{name}.key\n}}\n"
        ));
    }
    text
}

fn users(dir: &str, who: &Identity) -> String {
    format!(
        "passdb {{
  driver = passwd-file
  args = username_format=%n {dir}/users
}}
# Every `t-…` exists with the same password, so that each test has a user of its own without a restart.
passdb {{
  driver = static
  username_filter = t-*
  args = password=pass
}}
# allow_all_users: otherwise LMTP says 451, it has no password to look a user up with.
userdb {{
  driver = static
  args = uid={user} gid={group} home={dir}/home/%n allow_all_users=yes
}}
",
        user = who.mail_user,
        group = who.mail_group,
    )
}

fn services(ports: &Ports, who: &Identity) -> String {
    let login = |name: &str, plain: (&str, u16), tls: (&str, u16)| {
        format!(
            "service {name}-login {{
  chroot =
  inet_listener {} {{
    port = {}
  }}
  inet_listener {} {{
    port = {}
    ssl = yes
  }}
}}
",
            plain.0, plain.1, tls.0, tls.1
        )
    };
    let mut text = String::from(
        "service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
  chroot =
}
service stats {
  chroot =
}
",
    );
    text.push_str(&login("imap", ("imap", ports.imap), ("imaps", ports.imaps)));
    text.push_str(&login("pop3", ("pop3", ports.pop), ("pop3s", ports.pops)));
    let submission = (("submission", ports.submission), ("submissions", ports.submissions));
    text.push_str(&login("submission", submission.0, submission.1));
    text.push_str(&format!(
        "service lmtp {{\n  chroot =\n  user = {}\n  inet_listener lmtp {{\n    port = {}\n  }}\n}}\n",
        who.mail_user, ports.lmtp
    ));
    text
}

fn mailboxes() -> String {
    let mut text = String::from("namespace inbox {\n  inbox = yes\n  separator = /\n");
    for (name, auto) in [
        ("Sent", "subscribe"),
        ("Drafts", "subscribe"),
        ("Trash", "subscribe"),
        ("Junk", "subscribe"),
        ("Archive", "create"),
    ] {
        text.push_str(&format!("  mailbox {name} {{\n    special_use = \\{name}\n    auto = {auto}\n  }}\n"));
    }
    text.push_str("}\n");
    text
}
