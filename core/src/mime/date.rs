//! The Date field (RFC 5322 §3.3 and the obsolete forms of §4.3): seconds and the offset that was written.

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Bytes of the field that are read.
const FIELD_LIMIT: usize = 256;

/// Seconds since 1970 UTC and minutes east of UTC. `None` if it is no date, or none between the years 1970 and 9999.
pub(super) fn parse(raw: &[u8]) -> Option<(i64, i32)> {
    let text = String::from_utf8_lossy(&super::header::unfold(raw, FIELD_LIMIT)).to_ascii_lowercase();
    let text = without_comments(&text);
    let mut parts = Parts::default();
    for token in text.split([' ', ',']).filter(|t| !t.is_empty()) {
        parts.take(token)?;
    }
    parts.finish()
}

fn without_comments(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .map(|c| {
            depth += u32::from(c == '(');
            let inside = depth > 0;
            if c == ')' {
                depth = depth.saturating_sub(1);
            }
            if inside { ' ' } else { c }
        })
        .collect()
}

#[derive(Default)]
struct Parts {
    day: Option<u32>,
    month: Option<u32>,
    year: Option<i64>,
    time: Option<(i64, i64, i64)>,
    offset: Option<i32>,
}

impl Parts {
    /// Takes one token; `None` ends the reading because the date cannot be meant.
    fn take(&mut self, token: &str) -> Option<()> {
        if token.contains(':') {
            if self.time.is_none() {
                self.time = Some(time(token)?);
            }
            return Some(());
        }
        if self.time.is_some() && self.offset.is_none() && token.starts_with(['+', '-']) {
            self.offset = Some(numeric_offset(token).unwrap_or(0));
            return Some(());
        }
        if self.day.is_none() && token.bytes().filter(|b| *b == b'-').count() == 2 {
            // 12-Jan-2021, as some old programs write.
            return token.split('-').try_for_each(|piece| self.take(piece));
        }
        if token.bytes().all(|b| b.is_ascii_digit()) {
            return self.number(token);
        }
        let month = MONTHS.iter().position(|m| token.starts_with(m));
        match month {
            Some(at) if self.month.is_none() => self.month = u32::try_from(at + 1).ok(),
            _ if self.time.is_some() && self.offset.is_none() => self.offset = Some(named_offset(token)),
            _ => {}
        }
        Some(())
    }

    fn number(&mut self, token: &str) -> Option<()> {
        if self.day.is_none() && token.len() <= 2 {
            self.day = token.parse().ok();
        } else if self.year.is_none() {
            let year: i64 = token.parse().ok()?;
            self.year = Some(match token.len() {
                2 if year < 50 => year + 2_000,
                2 | 3 => year + 1_900,
                // Programs that added 100 to the year 2002 counted from 1900.
                4 if (100..200).contains(&year) => year + 1_900,
                4 => year,
                _ => return None,
            });
        }
        Some(())
    }

    fn finish(self) -> Option<(i64, i32)> {
        let (year, month, day) = (self.year?, self.month?, self.day?);
        let (hour, minute, second) = self.time.unwrap_or_default();
        if day == 0 || day > days_in(year, month) {
            return None;
        }
        let offset = self.offset.unwrap_or(0);
        let local = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
        let seconds = local - i64::from(offset) * 60;
        (0..=253_402_300_799).contains(&seconds).then_some((seconds, offset))
    }
}

fn time(token: &str) -> Option<(i64, i64, i64)> {
    let mut pieces = token.split(':').map(|p| p.split('.').next().unwrap_or(p).parse::<i64>().ok());
    let (hour, minute) = (pieces.next()??, pieces.next()??);
    let second = pieces.next().unwrap_or(Some(0))?;
    let fits = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    fits.then_some((hour, minute, second.min(59)))
}

/// `+0130`. An offset nobody on earth has counts as none.
fn numeric_offset(token: &str) -> Option<i32> {
    let digits = token.get(1..)?.replace(':', "");
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: i32 = digits.parse().ok()?;
    let minutes = value / 100 * 60 + value % 100;
    (value % 100 < 60 && minutes <= 15 * 60).then_some(if token.starts_with('-') {
        -minutes
    } else {
        minutes
    })
}

/// RFC 5322 §4.3: military letters and unknown names say nothing.
fn named_offset(token: &str) -> i32 {
    let hours = match token {
        "edt" => -4,
        "est" | "cdt" => -5,
        "cst" | "mdt" => -6,
        "mst" | "pdt" => -7,
        "pst" => -8,
        "met" | "cet" | "bst" => 1,
        "mest" | "cest" | "eet" => 2,
        "jst" | "kst" => 9,
        _ => 0,
    };
    hours * 60
}

/// Days in a month of the Gregorian calendar; 0 for a month there is not.
pub(crate) fn days_in(year: i64, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Days from 1970-01-01 (proleptic Gregorian calendar).
pub(crate) fn days_since_1970(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_every_dress() {
        let noon = 1_610_453_002; // 2021-01-12 12:03:22 UTC
        let table: &[(&str, Option<(i64, i32)>)] = &[
            ("Tue, 12 Jan 2021 12:03:22 +0000", Some((noon, 0))),
            ("Tue, 12 Jan 2021 13:33:22 +0130", Some((noon, 90))),
            ("12 Jan 2021 04:03:22 -0800 (PST)", Some((noon, -480))),
            ("Tue, 12 Jan 21 12:03:22 GMT", Some((noon, 0))),
            ("Tue, 12 Jan 2021 07:03:22 EST", Some((noon, -300))),
            ("Tue Jan 12 12:03:22 2021", Some((noon, 0))),
            ("Tue Jan 12 12:03:22 GMT 2021", Some((noon, 0))),
            ("12-Jan-2021 12:03:22", Some((noon, 0))),
            (" Tue,\r\n 12 Jan 2021 12:03:22 (a (b) c) +0000", Some((noon, 0))),
            ("Tue, 12 January 2021 12:03:22", Some((noon, 0))),
            ("Tue, 12 Jan 2021 12:03:22 +9999", Some((noon, 0))),
            ("Tue, 12 Jan 121 12:03:22", Some((noon, 0))),
            ("Tue, 12 Jan 0121 12:03:22 +0000", Some((noon, 0))),
            ("12 Jan 2021 12:03", Some((noon - 22, 0))),
            ("29 Feb 2000 00:00:00 +0000", Some((951_782_400, 0))),
            ("29 Feb 2001 00:00:00 +0000", None),
            ("31 Dec 9999 23:59:59 +0000", Some((253_402_300_799, 0))),
            ("31 Dec 9999 23:59:59 -0100", None),
            ("1 Jan 1970 00:00:00 +0100", None),
            ("Tue, 12 Jan 0 12:03:22 +0000", None),
            ("Tue, 12 Jan 0000 12:03:22 +0000", None),
            ("Tue, 12 Jan 99999 12:03:22 +0000", None),
            ("Tue, 12 Jan 1969 12:03:22 +0000", None),
            ("Tue, 0 Jan 2021 12:03:22 +0000", None),
            ("Tue, 12 Jan 2021 25:03:22 +0000", None),
            ("12 Foo 2021 12:03:22 +0000", None),
            ("99999999999999999999 Jan 2021 00:00:00", None),
            ("yesterday", None),
            ("", None),
        ];
        for (raw, expect) in table {
            assert_eq!(parse(raw.as_bytes()), *expect, "{raw}");
        }
    }
}
