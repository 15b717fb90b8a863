//! Message sets, as clients write them and as the server writes them (RFC 3501 §9 sequence-set).

use std::ops::Range;

/// `None` stands for `*`.
type End = Option<u32>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Set {
    Ranges(Vec<(End, End)>),
    /// `$`: the saved result (RFC 5182).
    Saved,
}

impl Set {
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        if text == "$" {
            return Some(Self::Saved);
        }
        let mut ranges = Vec::new();
        for piece in text.split(',') {
            let (low, high) = piece.split_once(':').unwrap_or((piece, piece));
            ranges.push((end(low)?, end(high)?));
        }
        Some(Self::Ranges(ranges))
    }

    /// The ranges with `*` as `last`, low end first.
    pub(crate) fn ranges(&self, last: u32) -> Vec<(u32, u32)> {
        let Self::Ranges(ranges) = self else { return Vec::new() };
        ranges
            .iter()
            .map(|(low, high)| (low.unwrap_or(last), high.unwrap_or(last)))
            .map(|(low, high)| (low.min(high), low.max(high)))
            .collect()
    }

    /// Whether the number is in the set.
    pub(crate) fn contains(&self, number: u32, last: u32) -> bool {
        let Self::Ranges(ranges) = self else { return false };
        ranges.iter().any(|(low, high)| {
            let (low, high) = (low.unwrap_or(last), high.unwrap_or(last));
            (low.min(high)..=low.max(high)).contains(&number)
        })
    }
}

fn end(text: &str) -> Option<End> {
    if text == "*" {
        return Some(None);
    }
    text.parse().ok().filter(|number| *number > 0).map(Some)
}

/// A PARTIAL range (RFC 9394): positions from 1, or from -1 for the last one backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    from_end: bool,
    low: u64,
    high: u64,
}

impl Window {
    /// `1:50` or `-1:-50`, in either order.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (first, second) = text.split_once(':')?;
        let read = |text: &str| {
            let (from_end, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
            digits.parse::<u64>().ok().filter(|number| *number > 0).map(|number| (from_end, number))
        };
        let ((from_end, low), (other, high)) = (read(first)?, read(second)?);
        (from_end == other).then(|| Self { from_end, low: low.min(high), high: low.max(high) })
    }

    /// Which of `count` things in rising order are meant.
    pub(crate) fn of(self, count: usize) -> Range<usize> {
        let clamp = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).min(count);
        let (low, high) = (clamp(self.low - 1), clamp(self.high));
        if self.from_end { count - high..count - low } else { low..high }
    }
}

/// Rising numbers as a set: `1:3,7`.
pub(crate) fn compact(numbers: &[u32]) -> String {
    let mut out = String::new();
    let mut rest = numbers.iter().copied().peekable();
    while let Some(low) = rest.next() {
        let mut high = low;
        while let Some(next) = rest.next_if(|next| Some(*next) == high.checked_add(1)) {
            high = next;
        }
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(&low.to_string());
        if high > low {
            out.push(':');
            out.push_str(&high.to_string());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_read_and_write() {
        let set = Set::parse(b"5:3,9,*").unwrap();
        assert_eq!(set.ranges(20), [(3, 5), (9, 9), (20, 20)]);
        assert!(set.contains(4, 20) && set.contains(20, 20) && !set.contains(6, 20));
        assert_eq!(Set::parse(b"30:*").unwrap().ranges(20), [(20, 30)]);
        for broken in ["", "0", "1:", ",1", "4294967296", "a", "$,1"] {
            assert_eq!(Set::parse(broken.as_bytes()), None, "{broken}");
        }
        assert_eq!(compact(&[1, 2, 3, 7, 9, 10, u32::MAX]), "1:3,7,9:10,4294967295");
        assert_eq!(compact(&[]), "");
    }

    #[test]
    fn windows_count_from_either_end() {
        for (text, expected) in [
            ("1:3", Some(0..3)),
            ("3:1", Some(0..3)),
            ("-1:-3", Some(7..10)),
            ("-9:-99", Some(0..2)),
            ("11:20", Some(10..10)),
            ("1:-1", None),
            ("0:1", None),
            ("5", None),
        ] {
            assert_eq!(Window::parse(text).map(|window| window.of(10)), expected, "{text}");
        }
    }
}
