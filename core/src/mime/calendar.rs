//! A plain summary of an invitation (RFC 5545), so that a message of nothing but text/calendar is not blank.

use super::words;

/// Characters of the calendar text that are read.
const LOOK: usize = 256 * 1024;

/// What an invitation says in a few lines: title, time, place, who invites. `None` if there is no event in it.
pub(super) fn summary(text: &str) -> Option<String> {
    let head = text.char_indices().nth(LOOK).and_then(|(at, _)| text.get(..at)).unwrap_or(text);
    let unfolded = head.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let mut event = Event::default();
    let mut inside = None;
    for line in unfolded.lines() {
        let Some((head, value)) = split_line(line) else { continue };
        let name = head.split(';').next().unwrap_or_default().to_ascii_uppercase();
        match name.as_str() {
            "METHOD" => event.method = value.trim().to_ascii_uppercase(),
            "BEGIN" if inside.is_none() && is_component(value) => {
                inside = Some(value.trim().to_ascii_uppercase());
            }
            "END" if inside.as_deref() == Some(&value.trim().to_ascii_uppercase()) => break,
            // An alarm inside an event has fields of the same names; the event's own come first.
            _ if inside.is_some() => event.take(&name, head, value),
            _ => {}
        }
    }
    inside.map(|_| event.text())
}

fn is_component(value: &str) -> bool {
    matches!(value.trim().to_ascii_uppercase().as_str(), "VEVENT" | "VTODO" | "VJOURNAL")
}

/// Splits at the first colon outside quotes.
fn split_line(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = line.find(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    Some((line.get(..at)?, line.get(at + 1..)?))
}

#[derive(Default)]
struct Event {
    method: String,
    title: String,
    start: String,
    end: String,
    place: String,
    organizer: String,
}

impl Event {
    fn take(&mut self, name: &str, head: &str, value: &str) {
        let (field, text) = match name {
            "SUMMARY" => (&mut self.title, unescape(value)),
            "LOCATION" => (&mut self.place, unescape(value)),
            "DTSTART" => (&mut self.start, moment(head, value)),
            "DTEND" | "DUE" => (&mut self.end, moment(head, value)),
            "ORGANIZER" => (&mut self.organizer, organizer(head, value)),
            _ => return,
        };
        if field.is_empty() {
            *field = words::shorten(words::clean(&text), 500);
        }
    }

    fn text(&self) -> String {
        let what = match self.method.as_str() {
            "CANCEL" => "Cancelled",
            "REPLY" => "Answer to an invitation",
            "COUNTER" => "Another time proposed",
            _ => "Invitation",
        };
        let title = if self.title.is_empty() { "(no title)" } else { &self.title };
        let mut out = format!("{what}: {title}");
        let until = if self.end.is_empty() { String::new() } else { format!(" to {}", self.end) };
        let when = if self.start.is_empty() { String::new() } else { format!("{}{until}", self.start) };
        for (label, value) in [("When", &when), ("Where", &self.place), ("From", &self.organizer)] {
            if !value.is_empty() {
                out.extend(["\n", label, ": ", value]);
            }
        }
        out
    }
}

fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push(' '),
                Some(other) => out.push(other),
                None => {}
            },
            _ => out.push(c),
        }
    }
    out
}

/// `20210112T120000Z` as `2021-01-12 12:00 UTC`; what has another form stays as it is.
fn moment(head: &str, value: &str) -> String {
    let digits = value.trim();
    let date = |s: &str| Some(format!("{}-{}-{}", s.get(..4)?, s.get(4..6)?, s.get(6..8)?));
    if digits.len() < 8 || !digits.bytes().take(8).all(|b| b.is_ascii_digit()) {
        return digits.to_owned();
    }
    let Some(day) = date(digits) else { return digits.to_owned() };
    let Some(clock) = digits.get(9..13).filter(|c| c.bytes().all(|b| b.is_ascii_digit())) else { return day };
    let zone = if digits.ends_with('Z') {
        " UTC".to_owned()
    } else {
        parameter(head, "TZID").map(|zone| format!(" ({zone})")).unwrap_or_default()
    };
    format!("{day} {}:{}{zone}", clock.get(..2).unwrap_or_default(), clock.get(2..).unwrap_or_default())
}

fn organizer(head: &str, value: &str) -> String {
    let address = value.trim();
    let address = match address.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => address.get(7..).unwrap_or_default(),
        _ => address,
    };
    match parameter(head, "CN") {
        Some(name) if name != address => format!("{name} <{address}>"),
        _ => address.to_owned(),
    }
}

fn parameter(head: &str, name: &str) -> Option<String> {
    let found =
        head.split(';').skip(1).filter_map(|p| p.split_once('=')).find(|(n, _)| n.eq_ignore_ascii_case(name));
    found.map(|(_, v)| v.trim_matches('"').to_owned()).filter(|v| !v.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_in_a_few_lines() {
        let text = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nDTSTART:19700101T000000\r\nEND:VTIMEZONE\r\n\
            BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Berlin:20210112T120000\r\nDTEND:20210112T130000Z\r\nSUMMARY:Budget\\, \
            part\r\n  two\r\nLOCATION:Room 5\r\nORGANIZER;CN=\"Lee: Ann\":mailto:ann@x.example\r\nBEGIN:VALARM\r\n\
            SUMMARY:no\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        insta::assert_snapshot!(summary(text).unwrap());
        assert_eq!(summary("BEGIN:VCALENDAR\nEND:VCALENDAR"), None);
        assert_eq!(
            summary("BEGIN:VEVENT\nDTSTART:é0210112"),
            Some("Invitation: (no title)\nWhen: é0210112".to_owned())
        );
    }
}
