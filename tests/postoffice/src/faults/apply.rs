//! Faults that change what is answered: from the replies to one command to the replies a client sees.

use super::{Context, Fault, Hook};
use crate::mime::nested_outline;
use crate::reply::{Kind, Replies};

type Units = Vec<(Kind, Vec<u8>)>;

/// Applies the faults that rewrite an answer; those about time and the link are left to the caller.
pub(crate) fn rewrite(replies: &mut Replies, faults: &[Fault], context: &Context) {
    let mut units = replies.take_units();
    for fault in faults {
        apply(&mut units, fault, context);
    }
    for (kind, bytes) in units {
        replies.push_unit(kind, &bytes);
    }
}

fn apply(units: &mut Units, fault: &Fault, context: &Context) {
    let filled = |bytes: &[u8]| fill_tag(bytes, &context.tag);
    match fault {
        Fault::AnswerAfter(bytes) => *units = vec![(Kind::Tagged, filled(bytes))],
        Fault::Insert(bytes) => units.insert(0, (Kind::Untagged, filled(bytes))),
        Fault::InsertBeforeTagged(bytes) => {
            let tagged = units.iter().rposition(|(kind, _)| *kind == Kind::Tagged);
            units.insert(tagged.unwrap_or(units.len()), (Kind::Untagged, filled(bytes)));
        }
        Fault::Vanished(earlier, set) => {
            let earlier = if *earlier { "(EARLIER) " } else { "" };
            units.insert(0, (Kind::Untagged, format!("* VANISHED {earlier}{set}\r\n").into_bytes()));
        }
        Fault::Append(bytes) => units.push((Kind::Untagged, filled(bytes))),
        Fault::Replace(find, with) => each(units, |bytes| replace(bytes, find, with)),
        Fault::DropUntagged(part) => {
            units.retain(|(kind, bytes)| *kind != Kind::Untagged || !contains(bytes, part));
        }
        Fault::DropTagged => units.retain(|(kind, _)| *kind != Kind::Tagged),
        Fault::DuplicateTagged => {
            let tagged: Units = units.iter().filter(|(kind, _)| *kind == Kind::Tagged).cloned().collect();
            units.extend(tagged);
        }
        Fault::Exists(count) => each(units, |bytes| {
            if bytes.starts_with(b"* ") && bytes.ends_with(b" EXISTS\r\n") {
                format!("* {count} EXISTS\r\n").into_bytes()
            } else {
                bytes.to_vec()
            }
        }),
        Fault::HighestModseq(value) => each(units, |bytes| number_after(bytes, b"HIGHESTMODSEQ ", *value)),
        Fault::UidValidity(value) => each(units, |bytes| number_after(bytes, b"UIDVALIDITY ", *value)),
        Fault::UidNext(value) => each(units, |bytes| number_after(bytes, b"UIDNEXT ", *value)),
        Fault::NoModseq => each(units, |bytes| {
            if contains(bytes, b"[HIGHESTMODSEQ ") && bytes.starts_with(b"* OK") {
                b"* OK [NOMODSEQ] No mod-sequences here\r\n".to_vec()
            } else {
                bytes.to_vec()
            }
        }),
        Fault::NestedStructure(depth) => each(units, |bytes| nest(bytes, *depth)),
        Fault::LiteralSize(size) => first_literal(units, size, None),
        Fault::CutLiteral(size, keep) => first_literal(units, size, Some(*keep)),
        Fault::SameUidl(id) => lines(units, &context.verb, "UIDL", |number, _| format!("{number} {id}")),
        Fault::PrefixUidl(prefix) => {
            lines(units, &context.verb, "UIDL", |number, id| format!("{number} {prefix}{id}"));
        }
        Fault::ListSize(size) => list_size(units, &context.verb, *size),
        Fault::NoDot => {
            each(units, |bytes| {
                let keep = if bytes.ends_with(b"\r\n.\r\n") { bytes.len() - 3 } else { bytes.len() };
                bytes.get(..keep).unwrap_or_default().to_vec()
            });
        }
        Fault::Rewrite(Hook(hook)) => {
            let all = units.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
            *units = vec![(Kind::Untagged, hook(context, all))];
        }
        _ => {}
    }
}

fn each(units: &mut Units, change: impl Fn(&[u8]) -> Vec<u8>) {
    for (_, bytes) in units {
        *bytes = change(bytes);
    }
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len().max(1)).position(|window| window == part)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || find(bytes, part).is_some()
}

/// `{tag}` replaced by the tag.
pub(crate) fn fill_tag(bytes: &[u8], tag: &str) -> Vec<u8> {
    replace(bytes, b"{tag}", tag.as_bytes())
}

/// Every occurrence replaced.
fn replace(bytes: &[u8], part: &[u8], with: &[u8]) -> Vec<u8> {
    if part.is_empty() {
        return bytes.to_vec();
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = find(rest, part) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        out.extend_from_slice(with);
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

fn number_after(bytes: &[u8], word: &[u8], value: u64) -> Vec<u8> {
    // A message's own text is no place for a lie about the mailbox.
    let line_end = find(bytes, b"\r\n").unwrap_or(bytes.len());
    let Some(at) = find(bytes.get(..line_end).unwrap_or_default(), word) else { return bytes.to_vec() };
    let digits = at + word.len();
    let rest = bytes.get(digits..).unwrap_or_default();
    let end = digits + rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut out = bytes.get(..digits).unwrap_or_default().to_vec();
    out.extend_from_slice(value.to_string().as_bytes());
    out.extend_from_slice(bytes.get(end..).unwrap_or_default());
    out
}

fn nest(bytes: &[u8], depth: usize) -> Vec<u8> {
    let word = b"BODYSTRUCTURE ";
    let Some(at) = find(bytes, word) else { return bytes.to_vec() };
    let start = at + word.len();
    let mut end = start;
    let (mut level, mut quoted, mut escaped) = (0_usize, false, false);
    for &byte in bytes.get(start..).unwrap_or_default() {
        end += 1;
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'(' if !quoted => level += 1,
            b')' if !quoted => {
                level = level.saturating_sub(1);
                if level == 0 {
                    break;
                }
            }
            _ => {}
        }
    }
    let mut out = bytes.get(..start).unwrap_or_default().to_vec();
    out.extend_from_slice(&nested_outline(depth));
    out.extend_from_slice(bytes.get(end..).unwrap_or_default());
    out
}

fn first_literal(units: &mut Units, size: &str, keep: Option<usize>) {
    for at in 0..units.len() {
        let Some((_, bytes)) = units.get_mut(at) else { return };
        let Some(end) = find(bytes, b"}\r\n") else { continue };
        let Some(open) = bytes.get(..end).and_then(|head| head.iter().rposition(|byte| *byte == b'{')) else {
            continue;
        };
        let mut changed = bytes.get(..=open).unwrap_or_default().to_vec();
        changed.extend_from_slice(size.as_bytes());
        let body = bytes.get(end..).unwrap_or_default();
        let kept = keep.map_or(body.len(), |keep| (keep + 3).min(body.len()));
        changed.extend_from_slice(body.get(..kept).unwrap_or_default());
        *bytes = changed;
        if keep.is_some() {
            units.truncate(at + 1);
        }
        return;
    }
}

/// Rewrites `number rest` on each line of a POP listing, or on its single `+OK number rest` line.
fn lines(units: &mut Units, verb: &str, wanted: &str, change: impl Fn(&str, &str) -> String) {
    if verb != wanted {
        return;
    }
    each(units, |bytes| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let mut out = String::new();
        for line in text.split_inclusive("\r\n") {
            let bare = line.trim_end_matches("\r\n");
            let (mark, rest) = bare.strip_prefix("+OK ").map_or(("", bare), |rest| ("+OK ", rest));
            match rest.split_once(' ') {
                Some((number, value)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                    out.push_str(mark);
                    out.push_str(&change(number, value));
                    out.push_str("\r\n");
                }
                _ => out.push_str(line),
            }
        }
        out.into_bytes()
    });
}

fn list_size(units: &mut Units, verb: &str, size: u64) {
    lines(units, verb, "LIST", |number, _| format!("{number} {size}"));
    lines(units, verb, "STAT", |number, _| format!("{number} {size}"));
    if verb == "RETR" {
        for (_, bytes) in units.iter_mut() {
            let Some(end) = find(bytes, b"\r\n") else { continue };
            let mut changed = format!("+OK {size} octets").into_bytes();
            changed.extend_from_slice(bytes.get(end..).unwrap_or_default());
            *bytes = changed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::Protocol;

    fn answer(verb: &str, units: &[(Kind, &str)], faults: &[Fault]) -> String {
        let mut replies = Replies::default();
        for (kind, text) in units {
            replies.push_unit(*kind, text.as_bytes());
        }
        let context =
            Context { protocol: Protocol::Imap, connection: 1, verb: verb.to_owned(), tag: "a1".to_owned() };
        rewrite(&mut replies, faults, &context);
        String::from_utf8(replies.bytes().to_vec()).unwrap()
    }

    #[test]
    fn lies_touch_only_what_they_name() {
        use Kind::{Tagged, Untagged};
        let select = [
            (Untagged, "* 3 EXISTS\r\n"),
            (Untagged, "* OK [UIDVALIDITY 7] x\r\n"),
            (Untagged, "* OK [HIGHESTMODSEQ 9] x\r\n"),
            (Tagged, "a1 OK done\r\n"),
        ];
        for (fault, find, with) in [
            (Fault::Exists(4_294_967_295), "* 3 EXISTS", "* 4294967295 EXISTS"),
            (Fault::UidValidity(0), "UIDVALIDITY 7", "UIDVALIDITY 0"),
            (Fault::HighestModseq(1), "HIGHESTMODSEQ 9", "HIGHESTMODSEQ 1"),
            (Fault::DropTagged, "a1 OK done\r\n", ""),
            (Fault::DuplicateTagged, "a1 OK done\r\n", "a1 OK done\r\na1 OK done\r\n"),
            (Fault::Append(b"{tag} BAD late\r\n".to_vec()), "done\r\n", "done\r\na1 BAD late\r\n"),
        ] {
            let plain = answer("SELECT", &select, &[]);
            assert_eq!(answer("SELECT", &select, &[fault]), plain.replace(find, with));
        }
    }

    #[test]
    fn structures_nest_and_literals_lie() {
        let fetch = [(Kind::Untagged, "* 1 FETCH (BODYSTRUCTURE (\"te)xt\" (1) 2) UID 5)\r\n")];
        let deep = answer("FETCH", &fetch, &[Fault::NestedStructure(2)]);
        assert!(deep.ends_with(" \"mixed\") \"mixed\") UID 5)\r\n"), "{deep}");
        let body = [(Kind::Untagged, "* 1 FETCH (BODY[] {5}\r\nhello)\r\n"), (Kind::Tagged, "a OK\r\n")];
        let lie = answer("FETCH", &body, &[Fault::CutLiteral("500000000".to_owned(), 3)]);
        assert_eq!(lie, "* 1 FETCH (BODY[] {500000000}\r\nhel");
    }

    #[test]
    fn a_pop_listing_lies_line_by_line() {
        let uidl = [(Kind::Tagged, "+OK\r\n1 a\r\n2 b\r\n.\r\n")];
        assert_eq!(answer("UIDL", &uidl, &[Fault::SameUidl("x".to_owned())]), "+OK\r\n1 x\r\n2 x\r\n.\r\n");
        let list = [(Kind::Tagged, "+OK 2 messages\r\n1 10\r\n2 20\r\n.\r\n")];
        assert_eq!(answer("LIST", &list, &[Fault::ListSize(7)]), "+OK 2 7\r\n1 7\r\n2 7\r\n.\r\n");
    }
}
