//! An exact histogram of whole seconds, small enough to keep one for every location and day.
//!
//! Values stand in ascending order, each once with its count, as differences in base-128 digits: one to three bytes a value.
//! Equal multisets are equal bytes, whatever the order they were added in.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::quantile::{Position, position};

/// The largest count that stands beside its value in one number.
const COUNT: u64 = u32::MAX as u64;
/// Bytes of histograms from which on counters are faster than sorting.
const MANY: usize = 64;
/// Values that have a counter of their own: those below 36 hours.
const COUNTED: usize = 36 * 3_600;

thread_local! {
    /// The counters of this thread, all 0 between two sums. Sums of years are a million small ones: a list of counters for each
    /// would be filled with 0 and searched more often than it is counted in.
    static COUNTERS: RefCell<Counters> = RefCell::default();
}

/// A counter for each second, and which of them are not 0.
#[derive(Default)]
struct Counters {
    counts: Vec<u64>,
    /// A bit for each counter.
    used: Vec<u64>,
}

impl Counters {
    /// [`Histogram::sum`] of histograms of `room` bytes, which takes time for values and not for their order.
    fn sum<'a>(&mut self, all: impl Iterator<Item = &'a Histogram>, room: usize) -> Histogram {
        let mut longer: BTreeMap<u32, u64> = BTreeMap::new();
        for (value, count) in all.flat_map(Histogram::runs) {
            let at = value as usize;
            if at >= COUNTED {
                *longer.entry(value).or_default() += count;
                continue;
            }
            if at >= self.counts.len() {
                let words = (at / 64 + 1).next_power_of_two();
                self.used.resize(words, 0);
                self.counts.resize(words * 64, 0);
            }
            if let (Some(sum), Some(used)) = (self.counts.get_mut(at), self.used.get_mut(at / 64)) {
                *sum += count;
                *used |= 1 << (at % 64);
            }
        }
        let mut writer = Writer::with_room(room);
        let words = (0_u32..).step_by(64).zip(&mut self.used);
        for ((first, used), counts) in words.zip(self.counts.chunks_exact_mut(64)) {
            let mut left = std::mem::take(used);
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                if let Some(count) = counts.get_mut(bit as usize) {
                    writer.push(first + bit, std::mem::take(count));
                }
            }
        }
        for (value, count) in longer {
            writer.push(value, count);
        }
        writer.finish()
    }
}

/// How often each number of whole seconds was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// Number of values.
    n: u64,
    /// Runs of equal values, ascending. Each begins with twice the difference from the value before (from 0 for the first),
    /// plus 1 if the value was seen more than once; then its count less 2 follows.
    #[serde(with = "bytes")]
    runs: Vec<u8>,
}

impl Histogram {
    /// The histogram of some values, in seconds. Sorts them.
    #[must_use]
    pub fn of(values: &mut [u32]) -> Self {
        values.sort_unstable();
        // Most differences take one byte, and some two.
        let mut writer = Writer::with_room(values.len() * 3 / 2);
        for run in values.chunk_by(|a, b| a == b) {
            if let Some(value) = run.first() {
                writer.push(*value, run.len() as u64);
            }
        }
        writer.finish()
    }

    /// Adds one value, in seconds.
    pub fn add(&mut self, value: u32) {
        self.merge(&Self::of(&mut [value]));
    }

    /// Adds the values of another histogram.
    pub fn merge(&mut self, other: &Self) {
        if self.n == 0 {
            self.clone_from(other);
            return;
        }
        let before = std::mem::take(self);
        let mut writer = Writer::with_room(before.runs.len() + other.runs.len());
        let (mut mine, mut theirs) = (before.runs().peekable(), other.runs().peekable());
        loop {
            let (a, b) = (mine.peek().copied(), theirs.peek().copied());
            let value = match (a, b) {
                (None, None) => break,
                (Some((value, _)), None) | (None, Some((value, _))) => value,
                (Some((a, _)), Some((b, _))) => a.min(b),
            };
            let mut count = 0;
            for (run, from) in [(a, &mut mine), (b, &mut theirs)] {
                if let Some((_, n)) = run.filter(|(of, _)| *of == value) {
                    count += n;
                    from.next();
                }
            }
            writer.push(value, count);
        }
        *self = writer.finish();
    }

    /// The values of many histograms together: the same as merging them one by one, in less time.
    #[must_use]
    pub fn sum<'a>(all: impl Iterator<Item = &'a Self> + Clone) -> Self {
        let mut some = all.clone().filter(|one| one.n > 0);
        let (Some(first), second) = (some.next(), some.next()) else { return Self::default() };
        if second.is_none() {
            return first.clone();
        }
        let room: usize = all.clone().map(|one| one.runs.len()).sum();
        if room < MANY {
            return Self::sum_few(all, room);
        }
        COUNTERS.with(|counters| match counters.try_borrow_mut() {
            Ok(mut counters) => counters.sum(all, room),
            Err(_) => Self::sum_few(all, room),
        })
    }

    /// [`Histogram::sum`] by sorting.
    fn sum_few<'a>(all: impl Iterator<Item = &'a Self>, room: usize) -> Self {
        // A value above its count: those sort as one number, and each histogram is sorted already.
        let mut runs: Vec<u64> = Vec::with_capacity(room);
        for (value, mut count) in all.flat_map(Self::runs) {
            while count > COUNT {
                runs.push(u64::from(value) << 32 | COUNT);
                count -= COUNT;
            }
            runs.push(u64::from(value) << 32 | count);
        }
        runs.sort();
        let mut writer = Writer::with_room(room);
        for run in runs.chunk_by(|a, b| a >> 32 == b >> 32) {
            let value = run.first().and_then(|first| u32::try_from(first >> 32).ok());
            if let Some(value) = value {
                writer.push(value, run.iter().map(|one| one & COUNT).sum());
            }
        }
        writer.finish()
    }

    /// Number of values.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.n
    }

    /// Whether there are no values.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// Each value once, ascending, with its count.
    pub fn runs(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        Runs { bytes: &self.runs, value: 0 }
    }

    /// Quantile `twentieths / 20` (type 7, see [`quantile`](super::quantile)), in twentieths of a second; `None` if there
    /// are no values.
    #[must_use]
    pub fn quantile(&self, twentieths: u32) -> Option<i64> {
        let [quantile] = self.spread([twentieths])?.quantiles;
        Some(quantile)
    }

    /// Sum, largest value and some quantiles, found in one pass; `None` if there are no values.
    #[must_use]
    pub fn spread<const N: usize>(&self, twentieths: [u32; N]) -> Option<Spread<N>> {
        self.spread_at(twentieths.map(|q| position(self.n, q)))
    }

    /// Sum, largest value and the values at some places, found in one pass; `None` if there are no values. A place that is
    /// `None`, or behind the last value, has 0.
    #[must_use]
    pub fn spread_at<const N: usize>(&self, places: [Option<Position>; N]) -> Option<Spread<N>> {
        // In the order in which they are met, so that a value is compared with one place, not with each.
        let mut order: [(u64, u32, usize); N] = [(u64::MAX, 0, 0); N];
        for ((at, place), next) in places.into_iter().enumerate().zip(&mut order) {
            *next = place.map_or((u64::MAX, 0, at), |place| (place.index, place.part, at));
        }
        order.sort_unstable();
        let mut spread = Spread { total: 0, max: 0, quantiles: [0; N] };
        // Places before `found` lie below the value that was met last; those before `settled` need no value above it.
        let (mut found, mut settled) = (0, 0);
        let index_of = |place: usize| order.get(place).map_or(u64::MAX, |next| next.0);
        let mut next = index_of(0);
        let (mut before, mut is_known) = (0_u64, false);
        for (value, count) in self.runs() {
            if settled < found {
                for (_, part, at) in order.get(settled..found).unwrap_or_default() {
                    if let Some(quantile) = spread.quantiles.get_mut(*at) {
                        *quantile = between(spread.max, value, *part);
                    }
                }
                settled = found;
            }
            // Only bytes that no histogram wrote could overflow.
            spread.total = spread.total.saturating_add(u64::from(value).saturating_mul(count));
            spread.max = value;
            is_known = true;
            let through = before.saturating_add(count);
            // Most values are at no place.
            while next < through {
                if let Some(quantile) = order.get(found).and_then(|o| spread.quantiles.get_mut(o.2))
                {
                    *quantile = between(value, value, 0);
                }
                found += 1;
                // The next value is the same, unless this is the last one of its run.
                if next + 1 < through {
                    settled = found;
                }
                next = index_of(found);
            }
            before = through;
        }
        is_known.then_some(spread)
    }
}

/// Sum, largest value and quantiles of a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread<const N: usize> {
    /// Sum of the values, seconds.
    pub total: u64,
    /// Largest value, seconds.
    pub max: u32,
    /// Quantiles, or values at places, in the order they were asked for, twentieths of a second.
    pub quantiles: [i64; N],
}

/// The value so many twentieths of the way from one value to the next, in twentieths of a second.
fn between(low: u32, high: u32, part: u32) -> i64 {
    let (low, high) = (i64::from(low), i64::from(high));
    low * 20 + (high - low) * i64::from(part)
}

/// Reads runs.
struct Runs<'a> {
    bytes: &'a [u8],
    value: u32,
}

impl Runs<'_> {
    /// The next number; `None` at the end, and of bytes that are no histogram.
    #[inline]
    fn number(&mut self) -> Option<u64> {
        match self.bytes {
            // Most numbers are one byte, and most others two.
            [byte @ 0..=0x7f, rest @ ..] => {
                self.bytes = rest;
                Some(u64::from(*byte))
            }
            [low, high @ 0..=0x7f, rest @ ..] => {
                self.bytes = rest;
                Some(u64::from(*high) << 7 | u64::from(*low & 0x7f))
            }
            _ => self.long_number(),
        }
    }

    fn long_number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for digit in 0..10 {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            number |= u64::from(byte & 0x7f).checked_shl(7 * digit)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

impl Iterator for Runs<'_> {
    type Item = (u32, u64);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let head = self.number()?;
        self.value = self.value.checked_add(u32::try_from(head >> 1).ok()?)?;
        let count = if head & 1 == 0 { 1 } else { self.number()?.checked_add(2)? };
        Some((self.value, count))
    }
}

/// Writes runs.
#[derive(Default)]
struct Writer {
    n: u64,
    last: u32,
    runs: Vec<u8>,
}

impl Writer {
    fn with_room(bytes: usize) -> Self {
        Self { runs: Vec::with_capacity(bytes), ..Self::default() }
    }

    /// Adds a value that is above all before it.
    fn push(&mut self, value: u32, count: u64) {
        let several = u64::from(count > 1);
        self.number(u64::from(value - self.last) << 1 | several);
        if count > 1 {
            self.number(count - 2);
        }
        self.last = value;
        self.n += count;
    }

    fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.runs.push(low_bits(number) | 0x80);
            number >>= 7;
        }
        self.runs.push(low_bits(number));
    }

    fn finish(self) -> Histogram {
        // For short lists, a copy costs less than giving back the rest of what was allocated.
        Histogram { n: self.n, runs: self.runs.as_slice().to_vec() }
    }
}

/// The last seven bits.
fn low_bits(number: u64) -> u8 {
    u8::try_from(number & 0x7f).unwrap_or(0)
}

/// Bytes as one value, not as a list of numbers.
mod bytes {
    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        from.deserialize_bytes(Bytes)
    }

    struct Bytes;

    impl Visitor<'_> for Bytes {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("the bytes of a histogram")
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }
    }
}

#[cfg(test)]
#[path = "histogram_tests.rs"]
mod tests;
