//! What this office can do: a switch per extension and per habit of a server.

use std::collections::BTreeSet;
use std::time::Duration;

/// An IMAP extension that can be switched on and off. Off means: not advertised, and its commands are BAD.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extension {
    /// APPENDLIMIT, RFC 7889.
    AppendLimit,
    /// BINARY, RFC 3516.
    Binary,
    /// CHILDREN, RFC 3348.
    Children,
    /// COMPRESS=DEFLATE, RFC 4978.
    CompressDeflate,
    /// CONDSTORE, RFC 7162.
    Condstore,
    /// CREATE-SPECIAL-USE, RFC 6154.
    CreateSpecialUse,
    /// ENABLE, RFC 5161.
    Enable,
    /// ESEARCH, RFC 4731.
    Esearch,
    /// ID, RFC 2971.
    Id,
    /// IDLE, RFC 2177.
    Idle,
    /// LIST-EXTENDED, RFC 5258.
    ListExtended,
    /// LIST-STATUS, RFC 5819.
    ListStatus,
    /// LITERAL-, RFC 7888.
    LiteralMinus,
    /// LITERAL+, RFC 7888.
    LiteralPlus,
    /// MOVE, RFC 6851.
    Move,
    /// MULTIAPPEND, RFC 3502.
    MultiAppend,
    /// NAMESPACE, RFC 2342.
    Namespace,
    /// NOTIFY, RFC 5465.
    Notify,
    /// OBJECTID, RFC 8474.
    ObjectId,
    /// PARTIAL, RFC 9394.
    Partial,
    /// PREVIEW, RFC 8970.
    Preview,
    /// QRESYNC, RFC 7162.
    Qresync,
    /// SASL-IR, RFC 4959.
    SaslIr,
    /// SEARCHRES, RFC 5182.
    SearchRes,
    /// SPECIAL-USE, RFC 6154.
    SpecialUse,
    /// STATUS=SIZE, RFC 8438.
    StatusSize,
    /// UIDPLUS, RFC 4315.
    UidPlus,
    /// UNSELECT, RFC 3691.
    Unselect,
    /// UTF8=ACCEPT, RFC 6855.
    Utf8Accept,
    /// WITHIN, RFC 5032.
    Within,
}

impl Extension {
    /// All of them, in the order they are advertised.
    pub const ALL: [Self; 30] = [
        Self::LiteralPlus,
        Self::LiteralMinus,
        Self::SaslIr,
        Self::Id,
        Self::Enable,
        Self::Idle,
        Self::Namespace,
        Self::Children,
        Self::UidPlus,
        Self::Unselect,
        Self::MultiAppend,
        Self::ListExtended,
        Self::ListStatus,
        Self::SpecialUse,
        Self::CreateSpecialUse,
        Self::StatusSize,
        Self::Condstore,
        Self::Qresync,
        Self::Esearch,
        Self::SearchRes,
        Self::Within,
        Self::Partial,
        Self::Binary,
        Self::Move,
        Self::Preview,
        Self::ObjectId,
        Self::Notify,
        Self::Utf8Accept,
        Self::CompressDeflate,
        Self::AppendLimit,
    ];

    /// The word in CAPABILITY.
    pub fn name(self) -> &'static str {
        match self {
            Self::AppendLimit => "APPENDLIMIT",
            Self::Binary => "BINARY",
            Self::Children => "CHILDREN",
            Self::CompressDeflate => "COMPRESS=DEFLATE",
            Self::Condstore => "CONDSTORE",
            Self::CreateSpecialUse => "CREATE-SPECIAL-USE",
            Self::Enable => "ENABLE",
            Self::Esearch => "ESEARCH",
            Self::Id => "ID",
            Self::Idle => "IDLE",
            Self::ListExtended => "LIST-EXTENDED",
            Self::ListStatus => "LIST-STATUS",
            Self::LiteralMinus => "LITERAL-",
            Self::LiteralPlus => "LITERAL+",
            Self::Move => "MOVE",
            Self::MultiAppend => "MULTIAPPEND",
            Self::Namespace => "NAMESPACE",
            Self::Notify => "NOTIFY",
            Self::ObjectId => "OBJECTID",
            Self::Partial => "PARTIAL",
            Self::Preview => "PREVIEW",
            Self::Qresync => "QRESYNC",
            Self::SaslIr => "SASL-IR",
            Self::SearchRes => "SEARCHRES",
            Self::SpecialUse => "SPECIAL-USE",
            Self::StatusSize => "STATUS=SIZE",
            Self::UidPlus => "UIDPLUS",
            Self::Unselect => "UNSELECT",
            Self::Utf8Accept => "UTF8=ACCEPT",
            Self::Within => "WITHIN",
        }
    }
}

/// A SASL mechanism. For the bearer mechanisms the token is the user's password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mechanism {
    /// LOGIN: name and password on two turns.
    Login,
    /// OAUTHBEARER, RFC 7628.
    OAuthBearer,
    /// PLAIN, RFC 4616.
    Plain,
    /// XOAUTH2.
    XOAuth2,
}

impl Mechanism {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Login => "LOGIN",
            Self::OAuthBearer => "OAUTHBEARER",
            Self::Plain => "PLAIN",
            Self::XOAuth2 => "XOAUTH2",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Login, Self::OAuthBearer, Self::Plain, Self::XOAuth2]
            .into_iter()
            .find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }
}

/// What POP3's CAPA says about how long mail is kept (RFC 2449).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expire {
    /// `EXPIRE NEVER`.
    Never,
    /// `EXPIRE n`: days after which the server may delete.
    Days(u32),
}

/// POP3's switches.
#[derive(Clone, Debug)]
pub struct PopFeatures {
    /// CAPA is understood.
    pub capa: bool,
    /// UIDL is understood and advertised.
    pub uidl: bool,
    /// TOP is understood and advertised.
    pub top: bool,
    /// PIPELINING is advertised (it always works).
    pub pipelining: bool,
    /// STLS is understood and advertised.
    pub stls: bool,
    /// USER and PASS are understood.
    pub user: bool,
    /// Mechanisms for AUTH.
    pub mechanisms: BTreeSet<Mechanism>,
    /// The EXPIRE capability.
    pub expire: Option<Expire>,
    /// The LOGIN-DELAY capability, in seconds.
    pub login_delay: Option<u32>,
    /// A login before the delay is over is refused.
    pub enforce_login_delay: bool,
    /// RESP-CODES: refusals carry `[IN-USE]`, `[LOGIN-DELAY]`, `[AUTH]`.
    pub resp_codes: bool,
    /// UTF8, RFC 6856.
    pub utf8: bool,
    /// Only one session per maildrop.
    pub lock: bool,
    /// Not RFC 1939: messages marked by DELE are removed also when the link is lost before QUIT.
    pub commit_on_disconnect: bool,
    /// The session ends after this long without a command.
    pub idle_timeout: Option<Duration>,
}

/// Submission's switches.
#[derive(Clone, Debug)]
pub struct SmtpFeatures {
    /// The SIZE limit in octets.
    pub size: Option<u64>,
    /// 8BITMIME.
    pub eight_bit: bool,
    /// SMTPUTF8.
    pub smtputf8: bool,
    /// PIPELINING.
    pub pipelining: bool,
    /// CHUNKING (BDAT).
    pub chunking: bool,
    /// STARTTLS.
    pub starttls: bool,
    /// ENHANCEDSTATUSCODES.
    pub enhanced: bool,
    /// Mechanisms for AUTH.
    pub mechanisms: BTreeSet<Mechanism>,
    /// MAIL is refused before AUTH.
    pub auth_required: bool,
    /// What is submitted to `name` or `name@anything` is delivered to that user's INBOX.
    pub deliver: bool,
    /// What a user submits is also put into this mailbox of theirs, as some providers do.
    pub save_sent: Option<String>,
}

/// The switches of an office. A change applies to connections made after it.
#[derive(Clone, Debug)]
pub struct Features {
    /// The IMAP extensions that are on.
    pub extensions: BTreeSet<Extension>,
    /// Mechanisms for AUTHENTICATE.
    pub mechanisms: BTreeSet<Mechanism>,
    /// The greeting carries `[CAPABILITY …]`.
    pub capability_in_greeting: bool,
    /// The OK of LOGIN and AUTHENTICATE carries `[CAPABILITY …]`.
    pub capability_after_login: bool,
    /// The CAPABILITY before login is the short one (IMAP4rev1, LITERAL, SASL-IR, ID, ENABLE, STARTTLS, AUTH).
    pub short_before_login: bool,
    /// STARTTLS is understood and advertised while in clear text.
    pub starttls: bool,
    /// LOGINDISABLED while in clear text: LOGIN and AUTHENTICATE are refused there.
    pub login_disabled: bool,
    /// Hierarchy delimiter.
    pub delimiter: char,
    /// Prefix of the personal namespace, such as `INBOX.`; CREATE outside of it is refused.
    pub prefix: String,
    /// SELECT sends `[UIDNEXT n]`.
    pub select_uidnext: bool,
    /// Largest message APPEND takes.
    pub append_limit: u64,
    /// While idling, `* OK Still here` comes this often.
    pub still_here: Option<Duration>,
    /// FETCH responses that were not asked for carry UID even without QRESYNC.
    pub uid_in_updates: bool,
    /// New keywords may be made (`\*` in PERMANENTFLAGS).
    pub new_keywords: bool,
    /// Words added to CAPABILITY as they are.
    pub extra_capabilities: Vec<String>,
    /// A connection without a command for this long gets `* BYE`.
    pub imap_timeout: Option<Duration>,
    /// POP3.
    pub pop: PopFeatures,
    /// Submission.
    pub smtp: SmtpFeatures,
}

impl Default for Features {
    fn default() -> Self {
        Self::rich()
    }
}

impl Features {
    /// Everything this office can do (LITERAL+ rather than LITERAL-).
    pub fn rich() -> Self {
        let all: BTreeSet<Mechanism> =
            [Mechanism::Plain, Mechanism::Login, Mechanism::XOAuth2, Mechanism::OAuthBearer].into();
        Self {
            extensions: Extension::ALL.into_iter().filter(|each| *each != Extension::LiteralMinus).collect(),
            mechanisms: all.clone(),
            capability_in_greeting: true,
            capability_after_login: true,
            short_before_login: true,
            starttls: true,
            login_disabled: false,
            delimiter: '/',
            prefix: String::new(),
            select_uidnext: true,
            append_limit: 64 << 20,
            still_here: None,
            uid_in_updates: false,
            new_keywords: true,
            extra_capabilities: Vec::new(),
            imap_timeout: None,
            pop: PopFeatures::rich(),
            smtp: SmtpFeatures::rich(),
        }
    }

    /// RFC 3501 and RFC 1939 alone, with UIDL and TOP.
    pub fn bare() -> Self {
        let mut features = Self::rich();
        features.extensions.clear();
        features.mechanisms.clear();
        features.capability_in_greeting = false;
        features.capability_after_login = false;
        features.starttls = false;
        features.pop.capa = false;
        features.pop.mechanisms.clear();
        features.pop.resp_codes = false;
        features.pop.stls = false;
        features.smtp = SmtpFeatures { size: None, chunking: false, smtputf8: false, ..SmtpFeatures::rich() };
        features
    }

    /// Dovecot 2.3: all but MULTIAPPEND's limits, OBJECTID and UTF8=ACCEPT.
    pub fn dovecot() -> Self {
        Self::rich()
            .without(Extension::ObjectId)
            .without(Extension::Utf8Accept)
            .without(Extension::AppendLimit)
            .without(Extension::CreateSpecialUse)
            .without(Extension::Partial)
    }

    /// Cyrus 3.6: no NOTIFY, no SEARCHRES.
    pub fn cyrus() -> Self {
        Self::rich()
            .without(Extension::Notify)
            .without(Extension::Partial)
            .without(Extension::SearchRes)
            .without(Extension::Utf8Accept)
    }

    /// Courier 5: the poor server. Mailboxes live under `INBOX.`, SELECT sends no UIDNEXT.
    pub fn courier() -> Self {
        let mut features = Self::rich();
        features.extensions = [
            Extension::UidPlus,
            Extension::Children,
            Extension::Namespace,
            Extension::Idle,
            Extension::Enable,
            Extension::Utf8Accept,
        ]
        .into();
        features.mechanisms.clear();
        features.capability_after_login = false;
        features.short_before_login = false;
        features.delimiter = '.';
        "INBOX.".clone_into(&mut features.prefix);
        features.select_uidnext = false;
        features.pop.login_delay = Some(10);
        features.pop.enforce_login_delay = false;
        features.pop.mechanisms.clear();
        features.pop.resp_codes = false;
        features
    }

    /// With this extension on.
    pub fn with(mut self, extension: Extension) -> Self {
        self.extensions.insert(extension);
        self
    }

    /// With this extension off.
    pub fn without(mut self, extension: Extension) -> Self {
        self.extensions.remove(&extension);
        self
    }

    /// Whether the extension is on.
    pub fn has(&self, extension: Extension) -> bool {
        self.extensions.contains(&extension)
    }
}

impl PopFeatures {
    /// Everything on; QUIT commits, as RFC 1939 says.
    pub fn rich() -> Self {
        Self {
            capa: true,
            uidl: true,
            top: true,
            pipelining: true,
            stls: true,
            user: true,
            mechanisms: [Mechanism::Plain, Mechanism::Login].into(),
            expire: None,
            login_delay: None,
            enforce_login_delay: true,
            resp_codes: true,
            utf8: true,
            lock: true,
            commit_on_disconnect: false,
            idle_timeout: None,
        }
    }
}

impl SmtpFeatures {
    /// Everything on; mail for local users is delivered.
    pub fn rich() -> Self {
        Self {
            size: Some(50 << 20),
            eight_bit: true,
            smtputf8: true,
            pipelining: true,
            chunking: true,
            starttls: true,
            enhanced: true,
            mechanisms: [Mechanism::Plain, Mechanism::Login, Mechanism::XOAuth2, Mechanism::OAuthBearer]
                .into(),
            auth_required: true,
            deliver: true,
            save_sent: None,
        }
    }
}
