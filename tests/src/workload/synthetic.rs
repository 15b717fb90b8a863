//! Made-up mail that needs no download: plain ones in threads, HTML with attachments, and one of any size.
#![allow(clippy::format_push_string, reason = "built line by line, as it is read; no speed needed")]

/// A small generator (`splitmix64`): the same numbers for the same seed on every machine.
#[derive(Debug, Clone)]
pub struct Numbers(u64);

impl Numbers {
    /// Numbers of that seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.draw() % limit.max(1) as u64) as usize
    }

    fn word(&mut self) -> &'static str {
        const WORDS: [&str; 24] = [
            "meeting", "invoice", "garden", "train", "letter", "harbour", "budget", "recipe", "Monday",
            "photo", "ticket", "winter", "signal", "paper", "office", "bridge", "answer", "coffee", "report",
            "window", "music", "answer", "Grüße", "façade",
        ];
        WORDS[self.below(WORDS.len())]
    }

    fn words(&mut self, count: usize) -> String {
        let words: Vec<_> = (0..count).map(|_| self.word()).collect();
        words.join(" ")
    }
}

/// `count` mails of a seed with CRLF line ends. Every fourth begins a thread that the next three answer; every
/// fifth has HTML and an attachment.
pub fn mails(seed: u64, count: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut numbers = Numbers::new(seed);
    (0..count).map(move |number| mail(&mut numbers, seed, number))
}

fn mail(numbers: &mut Numbers, seed: u64, number: usize) -> Vec<u8> {
    let first = number - number % 4;
    let mut text = String::new();
    let person = numbers.below(20);
    text.push_str(&format!("Message-ID: <{number}.{seed}@made-up.example>\r\n"));
    text.push_str(&format!("From: Person {person} <person{person}@made-up.example>\r\n"));
    text.push_str("To: alice@localhost\r\n");
    text.push_str(&format!("Date: {}\r\n", date(number)));
    if number == first {
        text.push_str(&format!("Subject: Topic {}\r\n", first / 4));
    } else {
        text.push_str(&format!("Subject: Re: Topic {}\r\n", first / 4));
        text.push_str(&format!("In-Reply-To: <{}.{seed}@made-up.example>\r\n", number - 1));
        text.push_str(&format!(
            "References: <{first}.{seed}@made-up.example> <{}.{seed}@made-up.example>\r\n",
            number - 1
        ));
    }
    text.push_str("MIME-Version: 1.0\r\n");
    let lines = 3 + numbers.below(30);
    let body = (0..lines).map(|_| numbers.words(9) + "\r\n").collect::<String>();
    if number.is_multiple_of(5) {
        text.push_str(&with_attachment(numbers, &body));
    } else {
        text.push_str("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
        text.push_str(&body);
    }
    text.into_bytes()
}

fn with_attachment(numbers: &mut Numbers, body: &str) -> String {
    let html = body.lines().map(|line| ["<p>", line, "</p>\r\n"].concat()).collect::<String>();
    let octets = (0..=numbers.below(40))
        .map(|_| format!("{:016x}", numbers.draw()).repeat(4) + "\r\n")
        .collect::<String>();
    format!(
        "Content-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n\
         --outer\r\nContent-Type: multipart/alternative; boundary=\"inner\"\r\n\r\n\
         --inner\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n\
         --inner\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{html}\r\n\
         --inner--\r\n\
         --outer\r\nContent-Type: application/octet-stream\r\n\
         Content-Disposition: attachment; filename=\"data {}.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         {octets}--outer--\r\n",
        numbers.below(100)
    )
}

/// One mail an hour from 1 January 2026 on; days stay within 28 so that each month has them.
fn date(number: usize) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (days, hour) = (number / 24, number % 24);
    let (months, day) = (days / 28, days % 28 + 1);
    format!("{day} {} {} {hour:02}:00:00 +0100", MONTHS[months % 12], 2026 + months / 12)
}

/// One mail of about so many bytes: a text and one attachment in base64.
pub fn large(bytes: usize) -> Vec<u8> {
    let head = "Message-ID: <large@made-up.example>\r\nFrom: Person 1 <person1@made-up.example>\r\n\
                To: alice@localhost\r\nSubject: A large one\r\nDate: 1 Jan 2026 00:00:00 +0000\r\n\
                MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
                --b\r\nContent-Type: text/plain\r\n\r\nSee the attachment.\r\n\
                --b\r\nContent-Type: application/octet-stream\r\n\
                Content-Disposition: attachment; filename=\"large.bin\"\r\n\
                Content-Transfer-Encoding: base64\r\n\r\n";
    let tail = "--b--\r\n";
    let mut numbers = Numbers::new(25);
    let mut out = Vec::with_capacity(bytes + 128);
    out.extend_from_slice(head.as_bytes());
    while out.len() + tail.len() + 78 <= bytes {
        for _ in 0..19 {
            out.extend_from_slice(format!("{:04x}", numbers.draw() & 0xffff).as_bytes());
        }
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(tail.as_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_mail_and_another_seed_does_not() {
        let once: Vec<_> = mails(7, 50).collect();
        assert_eq!(once, mails(7, 50).collect::<Vec<_>>());
        assert_ne!(once, mails(8, 50).collect::<Vec<_>>());
    }

    #[test]
    fn made_up_mail_parses_with_its_thread_and_attachment() {
        let all: Vec<_> = mails(1, 11).collect();
        let parser = mail_parser::MessageParser::default();
        let parsed = parser.parse(&all[10]).unwrap();
        assert_eq!(parsed.subject(), Some("Re: Topic 2"));
        assert_eq!(parsed.attachment_count(), 1);
        assert_eq!(parsed.in_reply_to().as_text(), Some("9.1@made-up.example"));
        assert!(parsed.date().is_some_and(mail_parser::DateTime::is_valid));
    }

    #[test]
    fn the_large_mail_is_as_large_as_asked_for() {
        let raw = large(25_000_000);
        assert!((24_999_900..=25_000_000).contains(&raw.len()), "{}", raw.len());
        assert_eq!(mail_parser::MessageParser::default().parse(&raw).unwrap().attachment_count(), 1);
    }
}
