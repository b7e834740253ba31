//! The local hours of a span of time, and how long each hour of a local day is.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use crate::calendar::{Clock, DAY_MS, HOUR_MS};

use super::error::MetricError;

/// ISO weekday (1 = Monday) and local hour (0 to 23).
pub(super) type Cell = (u8, u8);

/// The local hours of a span, in the order of time.
#[derive(Debug, Default)]
pub(super) struct Hours {
    /// When each piece begins, UTC milliseconds, and the local day, weekday and hour it lies in. An hour is one piece, or
    /// two where the clocks change.
    pieces: Vec<(i64, i32, Cell)>,
    /// End of the last piece.
    end: i64,
}

/// Time in line within one piece of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InLine {
    /// Days since 1970 of the local date.
    pub(super) day: i32,
    pub(super) cell: Cell,
    /// Ticket-milliseconds in line.
    pub(super) ms: u64,
    /// Largest number of tickets in line at one instant.
    pub(super) longest: u64,
}

impl Hours {
    /// Those of a clock from one instant to another, UTC milliseconds, end excluded.
    pub(super) fn of(clock: Clock, (begin, end): (i64, i64)) -> Self {
        let mut pieces = Vec::new();
        clock.each_local_hour(begin, end, |local, from, _| {
            pieces.push((from, local.date.to_epoch_days(), (local.weekday, local.hour)));
        });
        Self { pieces, end }
    }

    /// The part of a span (UTC milliseconds) that lies in a window of local dates, both ends included.
    ///
    /// # Errors
    /// [`MetricError::Calendar`] if a date lies outside the calendar.
    pub(super) fn clip(
        clock: Clock,
        (begin, end): (i64, i64),
        (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    ) -> Result<(i64, i64), MetricError> {
        let from = from.map(|date| span(clock, (date, date))).transpose()?;
        let to = to.map(|date| span(clock, (date, date))).transpose()?;
        let begin = from.map_or(begin, |(first, _)| begin.max(first));
        Ok((begin, to.map_or(end, |(_, last)| end.min(last)).max(begin)))
    }

    /// What intervals (UTC milliseconds, end excluded) add up to in each piece in which anybody is in line, in the order of
    /// time. What lies outside the span does not count.
    pub(super) fn sweep(&self, intervals: &[(i64, i64)]) -> Vec<InLine> {
        let begin = self.pieces.first().map_or(self.end, |piece| piece.0);
        let inside = intervals.iter().map(|(from, to)| ((*from).max(begin), (*to).min(self.end)));
        let (mut comes, mut leaves): (Vec<i64>, Vec<i64>) =
            inside.filter(|(from, to)| from < to).unzip();
        comes.sort_unstable();
        leaves.sort_unstable();
        let mut comes = comes.into_iter().peekable();
        let (mut length, mut before, mut at) = (0_u64, begin, 0_usize);
        let mut all: Vec<InLine> = Vec::new();
        for leave in leaves {
            // At one instant those who leave go before those who come: intervals are open at their end.
            while let Some(come) = comes.next_if(|come| *come < leave) {
                self.wait(&mut all, &mut at, (before, come), length);
                length += 1;
                before = come;
            }
            self.wait(&mut all, &mut at, (before, leave), length);
            length -= 1;
            before = leave;
        }
        all
    }

    /// Adds so many tickets in line from one instant to another. `at` is a piece that begins no later.
    fn wait(&self, all: &mut Vec<InLine>, at: &mut usize, (mut from, to): (i64, i64), length: u64) {
        if length == 0 {
            return;
        }
        let end_of = |at: usize| self.pieces.get(at + 1).map_or(self.end, |next| next.0);
        while from < to {
            while *at + 1 < self.pieces.len() && end_of(*at) <= from {
                *at += 1;
            }
            let Some((_, day, cell)) = self.pieces.get(*at) else { return };
            let end = end_of(*at).min(to);
            let ms = u64::try_from(end - from).unwrap_or(0) * length;
            match all.last_mut() {
                Some(last) if last.day == *day && last.cell == *cell => {
                    last.ms += ms;
                    last.longest = last.longest.max(length);
                }
                _ => all.push(InLine { day: *day, cell: *cell, ms, longest: length }),
            }
            from = end;
        }
    }
}

/// From the begin of a local day to the end of another, UTC milliseconds.
fn span(clock: Clock, (first, last): (NaiveDate, NaiveDate)) -> Result<(i64, i64), MetricError> {
    let next = last.checked_add_days(Days::new(1)).ok_or(MetricError::Calendar)?;
    let start_of = |date| clock.start_of(date).ok_or(MetricError::Calendar);
    Ok((start_of(first)?, start_of(next)?))
}

/// How long the hours of local days are: nearly always an hour.
#[derive(Debug, Default)]
pub(super) struct Lengths(BTreeMap<i32, [i64; 24]>);

impl Lengths {
    /// Those of the days of a clock between two dates (days since 1970), both included.
    ///
    /// # Errors
    /// [`MetricError::Calendar`] if a date lies outside the calendar.
    pub(super) fn of(clock: Clock, (first, last): (i32, i32)) -> Result<Self, MetricError> {
        let mut odd = BTreeMap::new();
        let date = |day| NaiveDate::from_epoch_days(day).ok_or(MetricError::Calendar);
        for day in first..=last {
            let (begin, end) = span(clock, (date(day)?, date(day)?))?;
            if end - begin == DAY_MS {
                continue;
            }
            let mut hours = [0; 24];
            clock.each_local_hour(begin, end, |local, from, to| {
                if let Some(hour) = hours.get_mut(usize::from(local.hour)) {
                    *hour += to - from;
                }
            });
            odd.insert(day, hours);
        }
        Ok(Self(odd))
    }

    /// Those of several clocks together: an hour is as long as it is at the clock where it is longest.
    pub(super) fn longest<'l>(all: impl Iterator<Item = &'l Self> + Clone) -> Self {
        let odd: BTreeSet<i32> = all.clone().flat_map(|one| one.0.keys().copied()).collect();
        let of = |day: i32| {
            let mut hours = [0; 24];
            for (at, longest) in (0..).zip(&mut hours) {
                *longest = all.clone().map(|one| one.get(day, at)).max().unwrap_or(HOUR_MS);
            }
            (day, hours)
        };
        Self(odd.into_iter().map(of).collect())
    }

    /// Length of an hour (0 to 23) of a day, milliseconds: 0 if it was skipped.
    pub(super) fn get(&self, day: i32, hour: u8) -> i64 {
        let odd = self.0.get(&day).and_then(|hours| hours.get(usize::from(hour)));
        odd.copied().unwrap_or(HOUR_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Zone;
    use proptest::prelude::*;

    fn clock() -> Clock {
        Zone::parse("Europe/Stockholm").unwrap().into()
    }

    #[test]
    fn hours_that_are_skipped_or_repeated() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap().to_epoch_days();
        let (spring, autumn) = (day("2021-03-28"), day("2021-10-31"));
        let lengths = Lengths::of(clock(), (spring - 1, autumn + 1)).unwrap();
        let hours = [1, 2, 3].map(|hour| lengths.get(spring, hour));
        assert_eq!(hours, [HOUR_MS, 0, HOUR_MS]);
        assert_eq!(lengths.get(autumn, 2), 2 * HOUR_MS);
        assert_eq!(lengths.get(autumn - 1, 2), HOUR_MS);
        assert_eq!(lengths.0.len(), 2);
    }

    proptest! {
        /// Minute by minute over two days around a change of the clocks.
        #[test]
        fn the_line_is_what_counting_every_minute_gives(
            intervals in prop::collection::vec((0_i64..2_880, 0_i64..300), 0..25),
        ) {
            let first: NaiveDate = "2021-03-27".parse().unwrap();
            let (begin, end) = span(clock(), (first, first.succ_opt().unwrap())).unwrap();
            let minute = |n: i64| begin + n * 60_000;
            let intervals: Vec<(i64, i64)> =
                intervals.into_iter().map(|(from, long)| (minute(from), minute(from + long))).collect();
            let mut expected: Vec<InLine> = Vec::new();
            for at in (begin..end).step_by(60_000) {
                let length = intervals.iter().filter(|(from, to)| *from <= at && at < *to).count() as u64;
                let local = clock().local(at).unwrap();
                let (day, cell) = (local.date.to_epoch_days(), (local.weekday, local.hour));
                if length == 0 {
                    continue;
                }
                match expected.last_mut().filter(|last| last.day == day && last.cell == cell) {
                    Some(last) => {
                        last.ms += 60_000 * length;
                        last.longest = last.longest.max(length);
                    }
                    None => expected.push(InLine { day, cell, ms: 60_000 * length, longest: length }),
                }
            }
            let hours = Hours::of(clock(), (begin, end));
            prop_assert_eq!(hours.sweep(&intervals), expected);
        }
    }
}
