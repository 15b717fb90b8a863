//! Sample mail for demonstrations: what people send each other, in several scripts, with an attachment and a picture
//! that would tell on its reader.

use crate::{Features, OfficeError, PostOffice, Role};
use std::time::{SystemTime, UNIX_EPOCH};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Who gets mail by IMAP.
pub const ANN: &str = "ann@example.org";
/// Who gets mail by POP.
pub const BEN: &str = "ben@example.org";
/// Their password; the server is reachable from this machine only.
pub const PASSWORD: &str = "sea and salt";
/// With an attachment.
pub const PLAN: &str = "The plan for Sunday";
/// The newest of a conversation.
pub const BOAT: &str = "Re: Boat trip?";
/// To be moved.
pub const INVOICE: &str = "Invoice 2041: new mainsail";
/// Where it is moved to.
pub const PROJECTS: &str = "Projects";

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// A post office with two people and their mail.
///
/// # Errors
/// None, as long as the sample mail fits the office.
pub fn office() -> Result<PostOffice, OfficeError> {
    let office = PostOffice::with_clock(Features::rich(), now);
    fill(&office)?;
    Ok(office)
}

/// Brings the two people and their mail into an office.
///
/// # Errors
/// If one of them has these mailboxes already.
pub fn fill(office: &PostOffice) -> Result<(), OfficeError> {
    for person in [ANN, BEN] {
        office.add_user(person, PASSWORD);
    }
    let folders = [
        ("Drafts", Some(Role::Drafts)),
        ("Sent", Some(Role::Sent)),
        ("Archive", Some(Role::Archive)),
        ("Junk", Some(Role::Junk)),
        ("Trash", Some(Role::Trash)),
        (PROJECTS, None),
    ];
    for (name, role) in folders {
        office.create_mailbox(ANN, name, role)?;
    }
    let now = now();
    for letter in letters() {
        let at = now - letter.ago;
        office.deliver(letter.to, "INBOX", letter.raw(at), letter.flags.iter().copied(), at)?;
    }
    Ok(())
}

/// Whether the server holds a flag on a message.
pub fn has_flag(office: &PostOffice, user: &str, mailbox: &str, subject: &str, flag: &str) -> bool {
    with_subject(office, user, mailbox, subject)
        .iter()
        .any(|flags| flags.iter().any(|f| f.eq_ignore_ascii_case(flag)))
}

/// Whether the server holds a message exactly once in a mailbox.
pub fn is_in(office: &PostOffice, user: &str, mailbox: &str, subject: &str) -> bool {
    with_subject(office, user, mailbox, subject).len() == 1
}

fn with_subject(office: &PostOffice, user: &str, mailbox: &str, subject: &str) -> Vec<Vec<String>> {
    let line = format!("\r\nSubject: {subject}\r\n");
    let Ok(snapshot) = office.snapshot(user) else { return Vec::new() };
    let messages = snapshot.mailbox(mailbox).map(|m| m.messages.clone()).unwrap_or_default();
    let found = messages.iter().filter(|m| String::from_utf8_lossy(&m.bytes).contains(&line));
    found.map(|m| m.flags.names().into_iter().map(str::to_owned).collect()).collect()
}

/// The wall clock, in seconds since 1970: for an office that a person looks at.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

struct Letter {
    to: &'static str,
    from: &'static str,
    subject: &'static str,
    ago: i64,
    flags: &'static [&'static str],
    /// Message-ID, and the one it answers.
    ids: (&'static str, Option<&'static str>),
    content: Content,
}

enum Content {
    Text(&'static str),
    Html(&'static str, &'static str),
    Attached(&'static str, &'static str, String),
}

impl Letter {
    fn raw(&self, at: i64) -> Vec<u8> {
        let date = OffsetDateTime::from_unix_timestamp(at).ok().and_then(|at| at.format(&Rfc2822).ok());
        let (id, answers) = self.ids;
        let mut head = format!(
            "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{id}@example.org>\r\nMIME-Version: 1.0\r\n",
            self.from,
            self.to,
            self.subject,
            date.unwrap_or_default()
        );
        if let Some(answers) = answers {
            for field in ["In-Reply-To", "References"] {
                head.extend([field, ": <", answers, "@example.org>\r\n"]);
            }
        }
        let text = |text: &str| format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n", crlf(text));
        let body = match &self.content {
            Content::Text(words) => text(words),
            Content::Html(words, html) => format!(
                "Content-Type: multipart/alternative; boundary=sea\r\n\r\n--sea\r\n{}--sea\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--sea--\r\n",
                text(words)
            ),
            Content::Attached(words, name, bytes) => format!(
                "Content-Type: multipart/mixed; boundary=sea\r\n\r\n--sea\r\n{}--sea\r\nContent-Type: text/csv; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{bytes}\r\n--sea--\r\n",
                text(words)
            ),
        };
        (head + &body).into_bytes()
    }
}

fn crlf(text: &str) -> String {
    text.replace('\n', "\r\n")
}

fn letters() -> Vec<Letter> {
    let hanako = "=?utf-8?B?5bGx55SwIOiKseWtkA==?= <hanako@example.org>";
    let mut all = vec![
        letter(
            ANN,
            "Harbour Office <harbour@example.org>",
            "Your berth for the season",
            40 * DAY,
            "berth",
            Content::Text(
                "Dear Ann,\n\nberth 14 is yours from April on. The key is with the harbour master.\n\nThe Harbour Office",
            ),
        ),
        letter(
            ANN,
            "Sailing Weekly <news@news.example.com>",
            "This week at sea",
            6 * DAY,
            "weekly",
            Content::Html(
                "Light winds from the south-west. Read more at https://news.example.com/week",
                "<h1>This week at sea</h1><p>Light winds from the <b>south-west</b>.</p><img src=\"https://track.example.com/open.gif?who=ann\" width=1 height=1>",
            ),
        ),
        letter(
            ANN,
            hanako,
            "=?utf-8?B?5aSP44Gu5YaZ55yf44GM44Gn44GN44G+44GX44Gf?=",
            5 * DAY,
            "photos",
            Content::Attached("アンさん、\n\n夏の写真の一覧です。", "photos.csv", table("photo", 40)),
        ),
        letter(
            ANN,
            "Layla <layla@example.org>",
            "=?utf-8?B?2KfZhNi32LHZitmCINil2YTZiSDYp9mE2YXYsdmB2KMg2YXZgdiq2YjYrQ==?=",
            4 * DAY,
            "road",
            Content::Text("الطريق إلى المرفأ مفتوح من يوم الأحد."),
        ),
        letter(
            ANN,
            "Nordwind Sails <billing@example.com>",
            INVOICE,
            3 * DAY,
            "invoice",
            Content::Text("Invoice 2041\n\n1 mainsail, 24 m2     1,480.00\n\nPayable within 30 days."),
        ),
        letter(
            ANN,
            "Ben <ben@example.org>",
            "Boat trip?",
            2 * DAY,
            "boat",
            Content::Text("Ann, are you free on Sunday? Ben"),
        ),
        letter(
            ANN,
            "Carla <carla@example.org>",
            PLAN,
            5 * HOUR,
            "plan",
            Content::Attached(
                "Hello both,\n\nthe tides are with us: out at nine, back at five. The plan is attached.\n\nCarla",
                "plan.csv",
                table("waypoint", 20_000),
            ),
        ),
        letter(
            BEN,
            "Harbour Office <harbour@example.org>",
            "Winter storage",
            20 * DAY,
            "winter",
            Content::Text("Dear Ben,\n\nthe shed closes on the first of November.\n\nThe Harbour Office"),
        ),
        letter(
            BEN,
            "Ann <ann@example.org>",
            BOAT,
            30 * HOUR,
            "ben-answer",
            Content::Text("Yes! What shall I bring? Ann"),
        ),
        letter(
            BEN,
            "Carla <carla@example.org>",
            PLAN,
            5 * HOUR,
            "ben-plan",
            Content::Attached(
                "Hello both,\n\nthe plan is attached.\n\nCarla",
                "plan.csv",
                table("waypoint", 20_000),
            ),
        ),
    ];
    let mut answer = letter(
        ANN,
        "Ben <ben@example.org>",
        BOAT,
        26 * HOUR,
        "boat-2",
        Content::Text("Bread and cheese. Carla brings the plan."),
    );
    answer.ids.1 = Some("boat");
    all.push(answer);
    all.sort_by_key(|letter| -letter.ago);
    for old in all.iter_mut().filter(|letter| letter.ago > 10 * DAY) {
        old.flags = &["\\Seen"];
    }
    all
}

fn letter(
    to: &'static str,
    from: &'static str,
    subject: &'static str,
    ago: i64,
    id: &'static str,
    content: Content,
) -> Letter {
    Letter { to, from, subject, ago, flags: &[], ids: (id, None), content }
}

/// A table of some size, so that fetching it is seen.
fn table(what: &str, rows: usize) -> String {
    let row = |n: usize| {
        format!("{n},{what} {n},{}.{:02},{}.{:02}\r\n", 54 + n % 3, n * 7 % 60, 10 + n % 4, n * 11 % 60)
    };
    std::iter::once("number,name,north,east\r\n".to_owned()).chain((1..=rows).map(row)).collect()
}
