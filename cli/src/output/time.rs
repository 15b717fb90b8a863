//! Times: ISO 8601 in UTC for programs, the device's own zone for people.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// From milliseconds since 1970 UTC; `None` if that lies outside the years 0 to 9999.
pub(crate) fn iso_ms(ms: i64) -> Option<String> {
    at_ms(ms)?.format(&Rfc3339).ok()
}

/// From seconds since 1970 UTC.
pub(crate) fn iso_seconds(seconds: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(seconds).ok()?.format(&Rfc3339).ok()
}

/// `2026-01-05 10:00` in the device's zone.
pub(crate) fn local_ms(ms: i64) -> String {
    let Some(at) = at_ms(ms) else { return String::new() };
    let zone = UtcOffset::local_offset_at(at).unwrap_or(UtcOffset::UTC);
    let minutes = format_description!("[year]-[month]-[day] [hour]:[minute]");
    at.checked_to_offset(zone).and_then(|at| at.format(minutes).ok()).unwrap_or_default()
}

/// A message's own date with the zone it was written in.
pub(crate) fn written(seconds: i64, offset_minutes: i32) -> String {
    let zone = UtcOffset::from_whole_seconds(offset_minutes.saturating_mul(60)).unwrap_or(UtcOffset::UTC);
    let form = format_description!(
        "[weekday repr:short], [day padding:none] [month repr:short] [year] [hour]:[minute] [offset_hour sign:mandatory][offset_minute]"
    );
    let at = OffsetDateTime::from_unix_timestamp(seconds).ok().and_then(|at| at.checked_to_offset(zone));
    at.and_then(|at| at.format(form).ok()).unwrap_or_default()
}

fn at_ms(ms: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_iso_8601_in_utc() {
        assert_eq!(iso_ms(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(iso_ms(1_767_607_200_250).as_deref(), Some("2026-01-05T10:00:00.25Z"));
        assert_eq!(iso_seconds(-1).as_deref(), Some("1969-12-31T23:59:59Z"));
        assert_eq!(iso_seconds(i64::MAX), None);
        assert_eq!(iso_ms(i64::MIN), None);
    }

    #[test]
    fn a_date_is_shown_in_the_zone_it_was_written_in() {
        assert_eq!(written(1_767_607_200, 330), "Mon, 5 Jan 2026 15:30 +0530");
        assert_eq!(written(1_767_607_200, -210), "Mon, 5 Jan 2026 06:30 -0330");
    }
}
