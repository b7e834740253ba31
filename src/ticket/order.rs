//! Order keys, which say which of two snapshots is newer, and instants packed into 8 bytes.

use std::cmp::Ordering;

use crate::webhook::BookingTime;

/// Order key of a snapshot: time, then lifecycle rank, then position in the archive (file, then line).
///
/// 16 bytes, compared as two integers. Times are UTC milliseconds from 0 to 2^60; files are numbered in file order, up
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

impl OrderKey {
    /// The key as two numbers, for storage.
    #[must_use]
    pub fn to_numbers(self) -> [u64; 2] {
        [self.time_and_rank, self.file_and_line]
    }

    /// The key from two stored numbers.
    #[must_use]
    pub fn of_numbers([time_and_rank, file_and_line]: [u64; 2]) -> Self {
        Self { time_and_rank, file_and_line }
    }

    /// Time and rank: what decides before the position in the archive.
    pub(super) fn moment(self) -> u64 {
        self.time_and_rank
    }

    /// The time, UTC milliseconds; 0 = unknown.
    pub(super) fn time(self) -> i64 {
        i64::try_from(self.time_and_rank >> 4).unwrap_or(0)
    }

    /// Number of the file.
    pub(super) fn file(self) -> u32 {
        u32::try_from(self.file_and_line >> Self::LINE_BITS).unwrap_or(Self::MAX_FILE)
    }

    /// The first of two keys of one payload. Of two readings of one line the later one knows its time better: a night drops times
    /// that lie too far ahead, and a later one believes them.
    pub(super) fn first(self, other: Self) -> Self {
        let is_one_line = self.file_and_line == other.file_and_line;
        if is_one_line { self.max(other) } else { self.min(other) }
    }

    /// A key of the same time and rank in another file, before all lines of that file: no line has the number 0.
    pub(super) fn somewhere_in(self, file: u32) -> Self {
        Self { file_and_line: u64::from(file.min(Self::MAX_FILE)) << Self::LINE_BITS, ..self }
    }

    /// The same key with its file renumbered.
    #[must_use]
    pub fn renumbered(self, number: impl Fn(u32) -> u32) -> Self {
        let file = self.file();
        let line = self.file_and_line & ((1 << Self::LINE_BITS) - 1);
        let file_and_line = u64::from(number(file).min(Self::MAX_FILE)) << Self::LINE_BITS | line;
        Self { file_and_line, ..self }
    }
}

/// The earliest of several instants, UTC milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Earliest(i64);

impl Default for Earliest {
    fn default() -> Self {
        Self(i64::MAX)
    }
}

impl Earliest {
    pub(super) fn of(at: Option<i64>) -> Self {
        Self(at.unwrap_or(i64::MAX))
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.0 = self.0.min(other.0);
    }

    /// The instant; `i64::MAX` if it is unknown.
    pub(super) fn or_never(self) -> i64 {
        self.0
    }

    pub(super) fn get(self) -> Option<i64> {
        (self.0 != i64::MAX).then_some(self.0)
    }
}

/// The latest of several instants, UTC milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Latest(i64);

impl Default for Latest {
    fn default() -> Self {
        Self(i64::MIN)
    }
}

impl Latest {
    /// Adds an instant that may be unknown.
    pub(super) fn offer(&mut self, at: Earliest) {
        self.0 = self.0.max(at.get().unwrap_or(i64::MIN));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.0 = self.0.max(other.0);
    }

    pub(super) fn get(self) -> Option<i64> {
        (self.0.cmp(&i64::MIN) != Ordering::Equal).then_some(self.0)
    }
}

/// A booking time that may be unknown, in 8 bytes: twice the milliseconds, plus one for a wall-clock time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PackedTime(i64);

impl Default for PackedTime {
    fn default() -> Self {
        Self(i64::MIN)
    }
}

impl PackedTime {
    /// Packs a time between the years 1970 and 9999, give or take a little.
    pub(super) fn of(time: Option<BookingTime>) -> Self {
        match time {
            None => Self::default(),
            Some(BookingTime::Instant(at)) => Self(at << 1),
            Some(BookingTime::WallClock(at)) => Self(at << 1 | 1),
        }
    }

    pub(super) fn get(self) -> Option<BookingTime> {
        match (self.0, self.0 & 1) {
            (i64::MIN, _) => None,
            (packed, 0) => Some(BookingTime::Instant(packed >> 1)),
            (packed, _) => Some(BookingTime::WallClock(packed >> 1)),
        }
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
        let moved = keys.map(|key| key.renumbered(|file| file + 7));
        assert_eq!(moved[0], OrderKey::new(0, 9, 16, 9));
        assert_eq!(moved.map(|key| OrderKey::of_numbers(key.to_numbers())), moved);
    }

    #[test]
    fn packed_times_come_out_as_they_went_in() {
        for time in [
            None,
            Some(BookingTime::Instant(0)),
            Some(BookingTime::Instant(-1)),
            Some(BookingTime::WallClock(1_615_000_000_001)),
            Some(BookingTime::WallClock(-5)),
        ] {
            assert_eq!(PackedTime::of(time).get(), time);
        }
    }
}
