//! A set of UIDs as sorted, disjoint ranges: small for a million messages, exact, bounded.

use crate::ids::Uid;
use std::fmt;

/// UIDs as sorted, disjoint, non-adjacent ranges. Prints and reads as a sequence-set (RFC 3501 §9), without `*`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct UidSet {
    ranges: Vec<(u32, u32)>,
}

impl UidSet {
    /// The empty set.
    pub const fn new() -> Self {
        Self { ranges: Vec::new() }
    }
    /// One range, both ends included, in either order.
    pub fn range(from: Uid, to: Uid) -> Self {
        let (a, b) = (from.get(), to.get());
        Self { ranges: vec![(a.min(b), a.max(b))] }
    }
    /// From any ranges, both ends included; 0 is dropped.
    pub fn from_ranges(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut all: Vec<(u32, u32)> =
            ranges.into_iter().map(|(a, b)| (a.min(b).max(1), a.max(b))).filter(|(a, b)| a <= b).collect();
        all.sort_unstable();
        let mut set = Self::new();
        for (a, b) in all {
            set.push_sorted(a, b);
        }
        set
    }
    fn push_sorted(&mut self, a: u32, b: u32) {
        match self.ranges.last_mut() {
            Some(last) if a <= last.1.saturating_add(1) => last.1 = last.1.max(b),
            _ => self.ranges.push((a, b)),
        }
    }
    /// Adds one UID. Constant time at the end, logarithmic search plus a shift elsewhere.
    pub fn insert(&mut self, uid: Uid) {
        let n = uid.get();
        if self.ranges.last().is_none_or(|last| n >= last.0) {
            return self.push_sorted(n, n);
        }
        let i = self.ranges.partition_point(|r| r.0 <= n);
        let before =
            i.checked_sub(1).and_then(|p| self.ranges.get(p)).is_some_and(|r| n <= r.1.saturating_add(1));
        let after = self.ranges.get(i).is_some_and(|r| n.checked_add(1) == Some(r.0));
        match (before, after) {
            (true, true) => {
                let end = self.ranges.remove(i).1;
                if let Some(r) = self.ranges.get_mut(i - 1) {
                    r.1 = r.1.max(end);
                }
            }
            (true, false) => {
                if let Some(r) = self.ranges.get_mut(i - 1) {
                    r.1 = r.1.max(n);
                }
            }
            (false, true) => {
                if let Some(r) = self.ranges.get_mut(i) {
                    r.0 = n;
                }
            }
            (false, false) => self.ranges.insert(i, (n, n)),
        }
    }
    /// Whether it holds this UID.
    pub fn contains(&self, uid: Uid) -> bool {
        let n = uid.get();
        let i = self.ranges.partition_point(|r| r.0 <= n);
        i.checked_sub(1).and_then(|p| self.ranges.get(p)).is_some_and(|r| n <= r.1)
    }
    /// How many UIDs.
    pub fn len(&self) -> u64 {
        self.ranges.iter().map(|(a, b)| u64::from(b - a) + 1).sum()
    }
    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }
    /// Smallest UID.
    pub fn min(&self) -> Option<Uid> {
        self.ranges.first().and_then(|r| Uid::new(r.0))
    }
    /// Largest UID.
    pub fn max(&self) -> Option<Uid> {
        self.ranges.last().and_then(|r| Uid::new(r.1))
    }
    /// The ranges, ascending, both ends included.
    pub fn ranges(&self) -> &[(u32, u32)] {
        &self.ranges
    }
    /// Every UID, ascending. A hostile range has 2³² of them: intersect with known UIDs first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Uid> + '_ {
        self.ranges.iter().flat_map(|(a, b)| *a..=*b).filter_map(Uid::new)
    }
    /// UIDs of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::from_ranges(self.ranges.iter().chain(&other.ranges).copied())
    }
    /// UIDs of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let (mut left, mut right) = (self.ranges.iter().peekable(), other.ranges.iter().peekable());
        let mut out = Self::new();
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            let (from, to) = (a.0.max(b.0), a.1.min(b.1));
            if from <= to {
                out.push_sorted(from, to);
            }
            if a.1 <= b.1 {
                left.next()
            } else {
                right.next()
            };
        }
        out
    }
    /// UIDs of this one that the other has not.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut out = Self::new();
        let mut first_cut = 0;
        for (start, end) in &self.ranges {
            let mut from = u64::from(*start);
            while other.ranges.get(first_cut).is_some_and(|c| c.1 < *start) {
                first_cut += 1;
            }
            // A cut may reach into the next range too, so the walk over cuts starts again from the first that counts.
            for cut in other.ranges.iter().skip(first_cut).take_while(|c| c.0 <= *end) {
                if from < u64::from(cut.0) {
                    out.push_sorted(from as u32, cut.0 - 1);
                }
                from = u64::from(cut.1) + 1;
            }
            if from <= u64::from(*end) {
                out.push_sorted(from as u32, *end);
            }
        }
        out
    }
    /// The highest so many UIDs.
    #[must_use]
    pub fn newest(&self, count: u64) -> Self {
        let mut left = count;
        let mut out = Vec::new();
        for (a, b) in self.ranges.iter().rev() {
            if left == 0 {
                break;
            }
            let here = u64::from(b - a) + 1;
            let take = here.min(left);
            left -= take;
            out.push(((u64::from(*b) + 1 - take) as u32, *b));
        }
        out.reverse();
        Self { ranges: out }
    }
    /// Splits into sets of at most so many UIDs, ascending; each is made when it is asked for, so that a hostile range
    /// takes no memory.
    pub fn chunks(&self, count: u32) -> impl Iterator<Item = Self> + use<> {
        let count = u64::from(count.max(1));
        let mut rest = self.clone().ranges.into_iter();
        let mut open: Option<(u64, u64)> = None;
        std::iter::from_fn(move || {
            let (mut now, mut room) = (Self::new(), count);
            while room > 0 {
                let next = open.take().or_else(|| rest.next().map(|(a, b)| (u64::from(a), u64::from(b))));
                let Some((from, end)) = next else { break };
                let to = end.min(from + room - 1);
                now.ranges.push((from as u32, to as u32));
                room -= to - from + 1;
                open = (to < end).then_some((to + 1, end));
            }
            (!now.is_empty()).then_some(now)
        })
    }
    /// Splits so that each prints to at most `bytes` bytes: servers bound the length of a command line.
    pub(crate) fn pieces(&self, bytes: usize) -> Vec<Self> {
        let (mut out, mut now, mut used) = (Vec::new(), Self::new(), 0);
        for r in &self.ranges {
            let width = if r.0 == r.1 { digits(r.0) } else { digits(r.0) + 1 + digits(r.1) };
            if used + width + 1 > bytes && !now.is_empty() {
                out.push(std::mem::take(&mut now));
                used = 0;
            }
            now.ranges.push(*r);
            used += width + 1;
        }
        if !now.is_empty() {
            out.push(now);
        }
        out
    }
    /// Reads a set as servers send it: `1:3,7,9:8`. `None` for anything else (also `*` and 0) and beyond `limit` ranges.
    pub fn parse(bytes: &[u8], limit: usize) -> Option<Self> {
        Some(Self::from_ranges(parse_in_order(bytes, limit)?))
    }
}

/// Ranges that come in many pieces: joined now and then, so that the whole takes n log n and memory stays bounded.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    ranges: Vec<(u32, u32)>,
    joined: usize,
}

impl Gathered {
    /// `false` once there are more than `limit` ranges that do not join.
    pub(crate) fn add(&mut self, set: &UidSet, limit: usize) -> bool {
        self.ranges.extend_from_slice(set.ranges());
        if self.ranges.len() > 1_000 + 2 * self.joined {
            self.ranges = UidSet::from_ranges(std::mem::take(&mut self.ranges)).ranges;
            self.joined = self.ranges.len();
        }
        self.joined <= limit
    }
    pub(crate) fn into_set(self) -> UidSet {
        UidSet::from_ranges(self.ranges)
    }
}

fn digits(n: u32) -> usize {
    n.checked_ilog10().map_or(1, |d| d as usize + 1)
}

/// Ranges in the order they are written, each with its smaller end first. COPYUID pairs by position.
pub(crate) fn parse_in_order(bytes: &[u8], limit: usize) -> Option<Vec<(u32, u32)>> {
    let mut out = Vec::new();
    for item in bytes.split(|b| *b == b',') {
        let mut ends = item.splitn(2, |b| *b == b':');
        let a = number(ends.next()?)?;
        let b = ends.next().map_or(Some(a), number)?;
        if out.len() >= limit {
            return None;
        }
        out.push((a.min(b), a.max(b)));
    }
    Some(out)
}

fn number(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() || bytes.len() > 10 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let n = bytes.iter().fold(0u64, |n, b| n * 10 + u64::from(b - b'0'));
    u32::try_from(n).ok().filter(|n| *n > 0)
}

impl FromIterator<Uid> for UidSet {
    fn from_iter<I: IntoIterator<Item = Uid>>(uids: I) -> Self {
        Self::from_ranges(uids.into_iter().map(|u| (u.get(), u.get())))
    }
}

impl From<Uid> for UidSet {
    fn from(uid: Uid) -> Self {
        Self::range(uid, uid)
    }
}

impl fmt::Display for UidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (a, b)) in self.ranges.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            if a == b {
                write!(f, "{comma}{a}")?;
            } else {
                write!(f, "{comma}{a}:{b}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for UidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = self.ranges.iter().take(20);
        f.write_str("UidSet")?;
        f.debug_list().entries(head).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn set(text: &str) -> UidSet {
        UidSet::parse(text.as_bytes(), 100).unwrap()
    }
    fn uid(n: u32) -> Uid {
        Uid::new(n).unwrap()
    }

    #[test]
    fn sets_are_read_joined_and_printed() {
        for (text, want) in [
            ("1", "1"),
            ("3,2,1", "1:3"),
            ("9:7,1:2", "1:2,7:9"),
            ("1:4294967295", "1:4294967295"),
            ("5,5,4:6", "4:6"),
            ("4294967295,4294967294", "4294967294:4294967295"),
        ] {
            assert_eq!(set(text).to_string(), want);
        }
        for bad in
            ["", "0", "*", "1:*", "1,", "a", "1:2:3", "4294967296", "-1", "1 2", "99999999999999999999"]
        {
            assert_eq!(UidSet::parse(bad.as_bytes(), 100), None, "{bad}");
        }
        assert_eq!(UidSet::parse(b"1,3,5", 2), None);
    }

    #[test]
    fn the_whole_space_costs_nothing() {
        let all = set("1:4294967295");
        assert_eq!(all.len(), u64::from(u32::MAX));
        let known = set("3,7:9");
        assert_eq!(all.intersection(&known), known);
        assert_eq!(all.difference(&known).to_string(), "1:2,4:6,10:4294967295");
        assert_eq!(known.difference(&all), UidSet::new());
        assert_eq!(all.newest(2).to_string(), "4294967294:4294967295");
        assert_eq!(all.chunks(u32::MAX).count(), 1);
        // Seventeen million sets, of which only those asked for are made.
        assert_eq!(all.chunks(250).nth(1).unwrap().to_string(), "251:500");
    }

    #[test]
    fn long_sets_are_cut_for_the_command_line() {
        let long: UidSet = (0..5_000).map(|n| uid(n * 2 + 1_000_000)).collect();
        let pieces = long.pieces(7_000);
        assert!(pieces.len() > 5 && pieces.iter().all(|p| p.to_string().len() <= 7_000));
        let joined = pieces.iter().fold(UidSet::new(), |all, p| all.union(p));
        assert_eq!(joined, long);
        assert_eq!(UidSet::new().pieces(10), []);
    }

    #[test]
    fn gathered_pieces_are_bounded_by_what_does_not_join() {
        let mut gathered = Gathered::default();
        for n in (1..100_000).rev() {
            assert!(gathered.add(&uid(n).into(), 1_001));
        }
        assert_eq!(gathered.into_set().to_string(), "1:99999");
        let mut gathered = Gathered::default();
        assert!(!(1..100_000).all(|n| gathered.add(&uid(n * 2).into(), 1_001)));
    }

    proptest! {
        #[test]
        fn it_is_a_set(a in proptest::collection::vec(1u32..60, 0..30), b in proptest::collection::vec(1u32..60, 0..30), n in 1u32..7) {
            let (left, right): (BTreeSet<u32>, BTreeSet<u32>) = (a.iter().copied().collect(), b.iter().copied().collect());
            let mut x = UidSet::new();
            for n in &a {
                x.insert(uid(*n));
            }
            let y: UidSet = b.iter().map(|n| uid(*n)).collect();
            let plain = |s: &UidSet| s.iter().map(Uid::get).collect::<Vec<_>>();
            let sorted = |s: Vec<u32>| s;
            prop_assert_eq!(plain(&x), sorted(left.iter().copied().collect()));
            prop_assert_eq!(x.len(), left.len() as u64);
            prop_assert_eq!(plain(&x.union(&y)), sorted(left.union(&right).copied().collect()));
            prop_assert_eq!(plain(&x.intersection(&y)), sorted(left.intersection(&right).copied().collect()));
            prop_assert_eq!(plain(&x.difference(&y)), sorted(left.difference(&right).copied().collect()));
            for u in 1..61 {
                prop_assert_eq!(x.contains(uid(u)), left.contains(&u));
            }
            let chunks: Vec<UidSet> = x.chunks(n).collect();
            prop_assert!(chunks.iter().all(|c| !c.is_empty() && c.len() <= u64::from(n)));
            prop_assert_eq!(chunks.iter().fold(UidSet::new(), |all, c| all.union(c)), x.clone());
            prop_assert!(x.ranges().windows(2).all(|w| w[0].1 + 1 < w[1].0));
            if !x.is_empty() {
                prop_assert_eq!(UidSet::parse(x.to_string().as_bytes(), 100), Some(x));
            }
        }
    }
}
