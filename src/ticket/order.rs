//! Which of two snapshots is newer, and fields that keep the earliest, latest or newest value.

use std::cmp::Ordering;

/// Order key of a snapshot: time, then lifecycle rank, then position in the archive (file, then line).
///
/// 16 bytes, compared as two integers. Times are UTC milliseconds from 0 to 2^60; files are numbered in path order, up
/// to 2^24; lines up to 2^40.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct OrderKey {
    time_and_rank: u64,
    file_and_line: u64,
}

impl OrderKey {
    /// Largest file number.
    pub const MAX_FILE: u32 = (1 << 24) - 1;
    const LINE_BITS: u32 = 40;

    /// The key of a snapshot read from a line (counted from 1) of a file.
    #[must_use]
    pub fn new(time_ms: i64, rank: u8, file: u32, line: u64) -> Self {
        let time = u64::try_from(time_ms).unwrap_or(0);
        let line = line.min((1 << Self::LINE_BITS) - 1);
        Self {
            time_and_rank: time << 4 | u64::from(rank),
            file_and_line: u64::from(file) << Self::LINE_BITS | line,
        }
    }
}

/// The value with the largest order key; `None` until there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Newest<T> {
    key: OrderKey,
    value: Option<T>,
}

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self { key: OrderKey::default(), value: None }
    }
}

impl<T: Copy> Newest<T> {
    /// Offers a value; an absent one changes nothing.
    pub(super) fn offer(&mut self, key: OrderKey, value: Option<T>) {
        if value.is_some() && (self.value.is_none() || key > self.key) {
            *self = Self { key, value };
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.offer(other.key, other.value);
    }

    pub(super) fn map<U>(self, f: impl FnOnce(T) -> U) -> Newest<U> {
        Newest { key: self.key, value: self.value.map(f) }
    }

    pub(super) fn get(self) -> Option<T> {
        self.value
    }
}

/// The earliest instant offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Earliest(i64);

impl Default for Earliest {
    fn default() -> Self {
        Self(i64::MAX)
    }
}

impl Earliest {
    pub(super) fn offer(&mut self, at: Option<i64>) {
        self.0 = self.0.min(at.unwrap_or(i64::MAX));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.0 = self.0.min(other.0);
    }

    pub(super) fn get(self) -> Option<i64> {
        (self.0 != i64::MAX).then_some(self.0)
    }
}

/// The latest instant or largest number offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Latest(i64);

impl Default for Latest {
    fn default() -> Self {
        Self(i64::MIN)
    }
}

impl Latest {
    pub(super) fn offer(&mut self, at: Option<i64>) {
        self.0 = self.0.max(at.unwrap_or(i64::MIN));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.0 = self.0.max(other.0);
    }

    pub(super) fn get(self) -> Option<i64> {
        (self.0.cmp(&i64::MIN) != Ordering::Equal).then_some(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_then_rank_then_file_then_line() {
        let keys = [
            OrderKey::new(0, 9, 9, 9),
            OrderKey::new(5, 0, 9, 9),
            OrderKey::new(5, 1, 0, 9),
            OrderKey::new(5, 1, 1, 1),
            OrderKey::new(5, 1, 1, 2),
            OrderKey::new(6, 0, 0, 0),
        ];
        assert!(keys.is_sorted_by(|a, b| a < b));
        assert_eq!(OrderKey::new(-1, 0, 0, 0), OrderKey::default());
    }

    #[test]
    fn newest_ignores_absent_values() {
        let mut newest = Newest::default();
        newest.offer(OrderKey::new(5, 0, 0, 1), Some('a'));
        newest.offer(OrderKey::new(9, 0, 0, 1), None);
        newest.offer(OrderKey::new(4, 0, 0, 1), Some('b'));
        assert_eq!(newest.get(), Some('a'));
    }
}
