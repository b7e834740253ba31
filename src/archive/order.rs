//! File order: which of two files was written first, judged by their names alone.
//!
//! ```text
//! dated        hooks-2021-02-28.jsonl, 2021/03/01/hooks.jsonl, 20210302-100000.jsonl.gz
//! undated      by name; of names that differ in a rotation number: hooks.log.10.gz, hooks.log.2, hooks.log.1, hooks.log
//! ```
//!
//! The **date** of a file is the last one in its path: folders say where a file was put, the name says what is in it. Its
//! time is the most precise one that follows that same day anywhere in the path (the last of equals), so that
//! `2021/03/01/10/hooks-2021-03-01.jsonl` keeps its hour. A date has a year from 2000 to 2099, a month and a day; digits
//! in a longer run of digits, in a hexadecimal id or in a UUID are not a date. Time zones are ignored. Digits in the place
//! of a time (`2021-03-01-24.jsonl`, the 24th part) are used for sorting even if they are not a valid time.
//!
//! A **rotation number** has one to five digits, no leading zero, and follows a dot at the end of the name.

use std::cmp::Ordering;

use chrono::NaiveDate;

/// Suffixes of compressed files.
const COMPRESSED: [&str; 7] = [".gz", ".gzip", ".zst", ".zstd", ".bz2", ".xz", ".lz4"];
/// Most digits of a rotation number: longer numbers are times, or counters that rise.
const ROTATION_DIGITS: usize = 5;

/// The sort key of a file: smaller is older. A total order; equal only for equal names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOrder {
    /// `YYYYMMDDhhmmssmmm`; files without a date come last.
    date: u64,
    /// Rotation number plus one; 0 = none.
    rotation: u32,
    /// Length of the name without rotation number and compression.
    stem: usize,
    /// Length of the name without compression.
    path: usize,
    name: Box<str>,
}

/// The sort key of a file, from its path relative to the input (with `/`).
#[must_use]
pub fn order_key(name: &str) -> FileOrder {
    let path = without_compression(name);
    let (stem, rotation) = match rotation(path) {
        Some((stem, number)) => (without_compression(stem), number + 1),
        None => (path, 0),
    };
    FileOrder {
        date: date(name.as_bytes()).unwrap_or(u64::MAX),
        rotation,
        stem: stem.len(),
        path: path.len(),
        name: name.into(),
    }
}

impl FileOrder {
    /// The day in the name; `None` if there is none.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        let day = u32::try_from(self.date / 1_000_000_000).ok()?;
        NaiveDate::from_ymd_opt(i32::try_from(day / 10_000).ok()?, day / 100 % 100, day % 100)
    }

    fn begin(&self, length: usize) -> &[u8] {
        self.name.as_bytes().get(..length).unwrap_or_default()
    }
}

impl Ord for FileOrder {
    fn cmp(&self, other: &Self) -> Ordering {
        self.date
            .cmp(&other.date)
            .then_with(|| self.begin(self.stem).cmp(other.begin(other.stem)))
            .then_with(|| other.rotation.cmp(&self.rotation))
            .then_with(|| self.begin(self.path).cmp(other.begin(other.path)))
            .then_with(|| self.name.cmp(&other.name))
    }
}

impl PartialOrd for FileOrder {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A name without the suffixes of its compression; `a.gz.zst` has two.
fn without_compression(mut name: &str) -> &str {
    let suffix = |name: &str, suffix: &str| {
        let at = name.len().checked_sub(suffix.len())?;
        let (stem, end) = name.split_at_checked(at)?;
        end.eq_ignore_ascii_case(suffix).then_some(stem.len())
    };
    while let Some(stem) = COMPRESSED.iter().find_map(|end| suffix(name, end)) {
        name = name.get(..stem).unwrap_or_default();
    }
    name
}

/// The name before the rotation number, and the number.
fn rotation(path: &str) -> Option<(&str, u32)> {
    let (stem, number) = path.rsplit_once('.')?;
    let is_number = (1..=ROTATION_DIGITS).contains(&number.len())
        && number.bytes().all(|c| c.is_ascii_digit())
        && (number.len() == 1 || !number.starts_with('0'));
    let has_name = !stem.is_empty() && !stem.ends_with('/');
    (is_number && has_name).then(|| number.parse().ok()).flatten().map(|number| (stem, number))
}

/// A time of day as `hhmmssmmm`, and how precise it is (1 = hours only).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Time {
    parts: u8,
    value: u64,
}

/// The date of a path as `YYYYMMDDhhmmssmmm`.
fn date(path: &[u8]) -> Option<u64> {
    let scan = Scan { path };
    let mut found: Vec<(u64, Time)> = Vec::new();
    let mut at = 0;
    while at < path.len() {
        if let Some(end) = scan.uuid(at) {
            at = end;
            continue;
        }
        let run = scan.digits(at);
        if run == 0 {
            at += 1;
            continue;
        }
        let Some((day, time, end)) = scan.day(at) else {
            at += run;
            continue;
        };
        let (time, end) = match time {
            Some(time) => (time, end),
            None => scan.time(end).unwrap_or((Time::default(), end)),
        };
        found.push((day, time));
        at = end;
    }
    let (day, _) = *found.last()?;
    let times = found.iter().filter(|(other, _)| *other == day).map(|(_, time)| time);
    // Of equals, the last one.
    let time = times.max_by_key(|time| time.parts)?;
    Some(day * 1_000_000_000 + time.value)
}

/// A path being searched.
#[derive(Clone, Copy)]
struct Scan<'p> {
    path: &'p [u8],
}

impl Scan<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.path.get(at).copied()
    }

    /// Number of digits from an index on; 0 in the middle of a run of digits.
    fn digits(&self, at: usize) -> usize {
        let is_digit = |at: usize| self.byte(at).is_some_and(|c| c.is_ascii_digit());
        if at.checked_sub(1).is_some_and(is_digit) {
            return 0;
        }
        (at..).take_while(|at| is_digit(*at)).count()
    }

    /// The number that some digits make.
    fn number(&self, at: usize, digits: usize) -> u64 {
        let digits = self.path.get(at..at + digits).unwrap_or_default();
        digits.iter().fold(0, |n, c| n * 10 + u64::from(c - b'0'))
    }

    /// The word of letters and digits around an index.
    fn word(&self, at: usize) -> &[u8] {
        let is_word = |c: &u8| c.is_ascii_alphanumeric();
        let (before, behind) = self.path.split_at_checked(at).unwrap_or_default();
        let before = before.iter().rev().take_while(|c| is_word(c)).count();
        let behind = behind.iter().take_while(|c| is_word(c)).count();
        self.path.get(at - before..at + behind).unwrap_or_default()
    }

    /// Whether a word consists of hexadecimal digits, with at least one letter.
    fn is_id(&self, at: usize) -> bool {
        let word = self.word(at);
        word.iter().all(u8::is_ascii_hexdigit) && word.iter().any(u8::is_ascii_alphabetic)
    }

    /// The end of a UUID that begins at an index.
    fn uuid(&self, at: usize) -> Option<usize> {
        // One byte nearly always rules it out.
        let is_dash = |behind: usize| self.byte(at + behind) == Some(b'-');
        [8, 13, 18, 23].into_iter().all(is_dash).then_some(())?;
        let mut end = at;
        for (group, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
            if group > 0 {
                (self.byte(end) == Some(b'-')).then_some(())?;
                end += 1;
            }
            let word = self.word(end);
            (word.len() == length && word.iter().all(u8::is_ascii_hexdigit)).then_some(())?;
            end += length;
        }
        Some(end)
    }

    /// A day as `YYYYMMDD` that begins at an index, with the time if both are one number, and where it ends.
    fn day(&self, at: usize) -> Option<(u64, Option<Time>, usize)> {
        let run = self.digits(at);
        if !matches!(run, 4 | 8 | 10 | 12 | 14 | 17) || self.is_id(at) {
            return None;
        }
        if let 8 | 10 | 12 | 14 | 17 = run {
            let day =
                valid_day(self.number(at, 4), self.number(at + 4, 2), self.number(at + 6, 2))?;
            let time = if run > 8 { Some(self.compact_time(at + 8, run - 8)?) } else { None };
            return Some((day, time, at + run));
        }
        (run == 4).then_some(())?;
        let (month, month_end) = self.part(at + 4, b"-_./")?;
        let (day, end) = self.part(month_end, b"-_./")?;
        Some((valid_day(self.number(at, 4), month, day)?, None, end))
    }

    /// A two-digit number after one of some separators; after `name=` in a folder name one digit will do.
    fn part(&self, at: usize, separators: &[u8]) -> Option<(u64, usize)> {
        let separator = self.byte(at).filter(|c| separators.contains(c))?;
        let labelled = (separator == b'/').then(|| self.label(at + 1)).flatten();
        let begin = labelled.unwrap_or(at + 1);
        let run = self.digits(begin);
        let fits = run == 2 || run == 1 && labelled.is_some();
        (fits && !self.is_id(begin)).then(|| (self.number(begin, run), begin + run))
    }

    /// The end of `name=`.
    fn label(&self, at: usize) -> Option<usize> {
        let rest = self.path.get(at..)?;
        let name = rest.iter().take_while(|c| c.is_ascii_alphabetic() || **c == b'_').count();
        (name > 0 && rest.get(name) == Some(&b'=')).then_some(at + name + 1)
    }

    /// A time written in one number with its day.
    fn compact_time(&self, at: usize, digits: usize) -> Option<Time> {
        let time = self.run_time(at, digits)?;
        let (hour, minute, second) =
            (time.value / 10_000_000, time.value / 100_000 % 100, time.value / 1_000 % 100);
        (hour < 24 && minute < 60 && second <= 60).then_some(time)
    }

    /// The digits of a time, valid or not.
    fn run_time(&self, at: usize, digits: usize) -> Option<Time> {
        let (parts, factor) = match digits {
            2 => (1, 10_000_000),
            4 => (2, 100_000),
            6 => (3, 1_000),
            9 => (4, 1),
            _ => return None,
        };
        Some(Time { parts, value: self.number(at, digits) * factor })
    }

    /// The time that follows a day, and where it ends.
    fn time(&self, at: usize) -> Option<(Time, usize)> {
        let separator = self.byte(at).filter(|c| b"Tt-_ /.".contains(c))?;
        let labelled = (separator == b'/').then(|| self.label(at + 1)).flatten();
        let begin = labelled.unwrap_or(at + 1);
        let run = self.digits(begin);
        // A range of days has no time.
        if run == 0 || self.day(begin).is_some() || self.uuid(begin).is_some() {
            return None;
        }
        if run == 1 && labelled.is_some() {
            let value = self.number(begin, 1) * 10_000_000;
            return Some((Time { parts: 1, value }, begin + 1));
        }
        // After a dot, up to five digits are a rotation number.
        if separator == b'.' && run <= ROTATION_DIGITS || !self.ends_well(begin + run) {
            return None;
        }
        let (mut time, mut end) = (self.run_time(begin, run)?, begin + run);
        if run == 2 {
            for factor in [100_000, 1_000] {
                let Some((number, next)) =
                    self.part(end, b":-_/").filter(|(_, next)| self.ends_well(*next))
                else {
                    return Some((time, end));
                };
                // A folder counts as minutes only if its name says so.
                if self.byte(end) == Some(b'/') && self.label(end + 1).is_none() {
                    return Some((time, end));
                }
                time = Time { parts: time.parts + 1, value: time.value + number * factor };
                end = next;
            }
        }
        if time.parts == 3
            && self.byte(end).is_some_and(|c| b".,".contains(&c))
            && self.digits(end + 1) == 3
            && self.ends_well(end + 4)
        {
            let value = time.value + self.number(end + 1, 3);
            (time, end) = (Time { parts: 4, value }, end + 4);
        }
        Some((time, end))
    }

    /// Whether a number that ends here is a whole word, apart from a `Z`.
    fn ends_well(&self, at: usize) -> bool {
        let ends = |at: usize| self.byte(at).is_none_or(|c| !c.is_ascii_alphanumeric());
        ends(at) || self.byte(at).is_some_and(|c| c.eq_ignore_ascii_case(&b'z')) && ends(at + 1)
    }
}

/// A date as the number `YYYYMMDD`, if it is a valid one.
fn valid_day(year: u64, month: u64, day: u64) -> Option<u64> {
    let is_valid =
        (2000..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    is_valid.then_some(year * 10_000 + month * 100 + day)
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
