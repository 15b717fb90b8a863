//! Mail to fill servers with: real samples, the same repeated, one very large one, and made-up ones.
pub mod bodies;
pub mod corpus;
pub mod synthetic;

pub use corpus::Corpus;

/// The Message-ID line of a repeated mail; the number makes it unique.
fn message_id(number: usize) -> String {
    format!("<repeated.{number}@samples.satchel.example>")
}

/// The same message with another Message-ID: the old line goes, a new first line comes.
pub fn with_message_id(raw: &[u8], id: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + id.len() + 16);
    let line_end: &[u8] =
        if raw.windows(2).take(2_000).any(|pair| pair == b"\r\n") { b"\r\n" } else { b"\n" };
    out.extend_from_slice(b"Message-ID: ");
    out.extend_from_slice(id.as_bytes());
    out.extend_from_slice(line_end);
    let mut dropping = false;
    let mut in_header = true;
    for line in raw.split_inclusive(|&byte| byte == b'\n') {
        if in_header {
            let blank = line.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
            let folded = line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
            in_header = !blank;
            dropping = if folded {
                dropping
            } else {
                line.len() > 11 && line[..11].eq_ignore_ascii_case(b"message-id:")
            };
            if dropping && !blank {
                continue;
            }
        }
        out.extend_from_slice(line);
    }
    out
}

/// Spreads numbered mails over mailboxes as in a grown account: two thirds in the first, the rest evenly.
pub fn mailbox_of(number: usize, total: usize, mailboxes: usize) -> usize {
    let inbox = total.saturating_mul(2) / 3;
    if mailboxes < 2 || number < inbox { 0 } else { 1 + (number - inbox) % (mailboxes - 1) }
}

/// The name of the n-th mailbox of a spread workload: `INBOX`, then `Box 1` ….
pub fn mailbox_name(index: usize) -> String {
    if index == 0 { "INBOX".to_owned() } else { format!("Box {index}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_message_id_replaces_the_old_one_even_when_folded() {
        let raw = b"Received: x\nMessage-Id:\n <old@x>\nSubject: s\n\nMessage-ID: in the body stays\n";
        let new = with_message_id(raw, "<new@x>");
        let text = String::from_utf8(new).unwrap();
        assert_eq!(text, "Message-ID: <new@x>\nReceived: x\nSubject: s\n\nMessage-ID: in the body stays\n");
    }

    #[test]
    fn line_ends_are_kept_as_they_are() {
        let new = with_message_id(b"Subject: s\r\n\r\nbody\r\n", "<new@x>");
        assert_eq!(new, b"Message-ID: <new@x>\r\nSubject: s\r\n\r\nbody\r\n");
    }

    #[test]
    fn fifteen_thousand_mails_in_ten_mailboxes_put_ten_thousand_into_the_inbox() {
        let mut counts = [0; 10];
        for number in 0..15_000 {
            counts[mailbox_of(number, 15_000, 10)] += 1;
        }
        assert_eq!(counts[0], 10_000);
        assert!(counts[1..].iter().all(|&count| count == 555 || count == 556), "{counts:?}");
    }
}
