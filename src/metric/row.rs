//! The rows of the ticket frame as plain values, in the order of their locations.
//!
//! Every tally reads most columns of a ticket, and locations are worked on side by side. So the columns are turned into rows
//! once, location by location: what follows then finds all of a ticket in one place in memory.
//!
//! Polars' own grouping would be another pass for each table: of 236,300 tickets (2 cores) it took 13 to 21 ms to group the
//! causes of lost visits, 14 to 24 ms for the histogram of waits, and 14 to 18 ms for six sums by day, without a quantile. The
//! loops over these rows make all sums of all tables in about 110 ms, exact histograms among them, and what they make can be
//! merged and kept.

use std::collections::BTreeSet;

use polars::prelude::{ChunkedArray, Column, DataFrame, PolarsNumericType, PolarsResult};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use crate::dataframe::column;
use crate::ticket::Outcome;

use super::error::MetricError;

/// Rows that one thread fills at a time: few enough for a cache, because each column passes over all of them.
const ROWS: usize = 1 << 10;
/// How often that many are filled, by all threads, before they are put in order.
const MANY: usize = 32;

/// What the tables read of one ticket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Place of its location among those of the frame.
    pub(super) place: u32,
    /// Days since 1970 of its local service date.
    pub(super) day: Option<i32>,
    /// Local hour of its arrival.
    pub(super) hour: Option<u8>,
    /// Place of its outcome in [`Outcome::ALL`].
    pub(super) outcome: u8,
    /// From 1 on; 0 = none.
    pub(super) rating: u8,
    /// Place of the band of its lead time, if it is a cancelled booking.
    pub(super) lead: Option<u8>,
    /// Size of the party.
    pub(super) people: u32,
    /// Code of its type.
    pub(super) ticket_type: u32,
    /// Code of its category.
    pub(super) category: u32,
    /// Code of its queue.
    pub(super) queue: u32,
    /// Headline wait, seconds.
    pub(super) wait: Option<u32>,
    /// Wait to the first call, seconds.
    pub(super) call_wait: Option<u32>,
    /// Service time, seconds.
    pub(super) service: Option<u32>,
    /// How long it stood in the queue if it was not served, seconds.
    pub(super) left: Option<u32>,
    /// Time in line, UTC milliseconds, end excluded.
    pub(super) line: Option<(i64, i64)>,
    pub(super) is_booking: bool,
    pub(super) came: bool,
    pub(super) early: bool,
    pub(super) offered: bool,
    pub(super) within: bool,
    pub(super) is_rescheduled: bool,
    pub(super) is_recalled: bool,
    pub(super) is_feedback_only: bool,
}

impl Row {
    /// Its outcome.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        Outcome::ALL.get(usize::from(self.outcome)).copied()
    }
}

/// The codes of a column of a ticket frame that have a row.
pub(super) fn codes_of(
    frame: &DataFrame,
    column: &'static str,
) -> Result<BTreeSet<u32>, MetricError> {
    Ok(typed(frame, column, Column::u32)?.iter().flatten().collect())
}

/// The rows of a ticket frame of so many locations, those of each location together, in the order of the locations.
pub(super) fn by_place(frame: &DataFrame, locations: usize) -> Result<Vec<Row>, MetricError> {
    let columns = Columns::of(frame)?;
    let mut next = vec![0_usize; locations + 1];
    for place in typed(frame, column::PLACE, Column::u32)?.iter() {
        let after = place.and_then(|place| usize::try_from(place).ok()).unwrap_or(locations);
        if let Some(count) = next.get_mut(after + 1) {
            *count += 1;
        }
    }
    next.iter_mut().fold(0, |before, count| {
        *count += before;
        *count
    });
    // Some at a time, so that the rows are there only once.
    // By all threads, because memory is there only once it has been written to.
    let mut sorted: Vec<Row> = rayon::iter::repeat_n(Row::default(), frame.height()).collect();
    let mut some = vec![Row::default(); MANY * ROWS];
    for begin in (0..frame.height()).step_by(some.len()) {
        let left = (frame.height() - begin).min(some.len());
        let Some(some) = some.get_mut(..left) else { break };
        some.par_chunks_mut(ROWS)
            .enumerate()
            .for_each(|(at, rows)| columns.fill(begin + at * ROWS, rows));
        for row in &*some {
            if let Some(place) = next.get_mut(row.place as usize) {
                if let Some(slot) = sorted.get_mut(*place) {
                    *slot = *row;
                }
                *place += 1;
            }
        }
    }
    Ok(sorted)
}

type Fill<'f> = Box<dyn Fn(usize, &mut [Row]) + Send + Sync + 'f>;

/// The columns of a frame, each with what it fills of a row.
struct Columns<'f>(Vec<Fill<'f>>);

impl<'f> Columns<'f> {
    fn of(frame: &'f DataFrame) -> Result<Self, MetricError> {
        let mut all = Self(Vec::new());
        all.numbers(frame, Column::u32, column::PLACE, |row, value| {
            row.place = value.unwrap_or(u32::MAX);
        })?;
        all.numbers(frame, Column::u32, column::OUTCOME, |row, value| {
            row.outcome = small(value, u8::MAX);
        })?;
        all.numbers(frame, Column::u32, column::TICKET_TYPE, |row, value| {
            row.ticket_type = value.unwrap_or(0);
        })?;
        all.numbers(frame, Column::u32, column::CATEGORY, |row, value| {
            row.category = value.unwrap_or(0);
        })?;
        all.numbers(frame, Column::u32, column::QUEUE, |row, value| {
            row.queue = value.unwrap_or(0);
        })?;
        all.numbers(frame, Column::u32, column::LEAD_BAND, |row, value| {
            row.lead = value.and_then(|band| u8::try_from(band).ok());
        })?;
        all.numbers(frame, Column::i32, column::SERVICE_DAY, |row, value| row.day = value)?;
        all.numbers(frame, Column::i32, column::HOUR, |row, value| {
            row.hour = value.and_then(|hour| u8::try_from(hour).ok());
        })?;
        all.numbers(frame, Column::i32, column::PEOPLE, |row, value| {
            row.people = value.and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        })?;
        all.numbers(frame, Column::i32, column::RATING, |row, value| row.rating = small(value, 0))?;
        all.numbers(frame, Column::i32, column::WAIT_S, |row, value| row.wait = seconds(value))?;
        all.numbers(frame, Column::i32, column::CALL_WAIT_S, |row, value| {
            row.call_wait = seconds(value);
        })?;
        all.numbers(frame, Column::i32, column::SERVICE_S, |row, value| {
            row.service = seconds(value);
        })?;
        all.numbers(frame, Column::i32, column::LEFT_S, |row, value| row.left = seconds(value))?;
        all.numbers(frame, Column::i64, column::LINE_FROM, |row, value| {
            row.line = value.map(|at| (at, at));
        })?;
        all.numbers(frame, Column::i64, column::LINE_TO, |row, value| {
            row.line = row.line.zip(value).map(|((from, _), to)| (from, to));
        })?;
        all.flags(frame, column::IS_BOOKING, |row, holds| row.is_booking = holds)?;
        all.flags(frame, column::CAME, |row, holds| row.came = holds)?;
        all.flags(frame, column::EARLY, |row, holds| row.early = holds)?;
        all.flags(frame, column::OFFERED, |row, holds| row.offered = holds)?;
        all.flags(frame, column::WITHIN, |row, holds| row.within = holds)?;
        all.flags(frame, column::IS_RESCHEDULED, |row, holds| row.is_rescheduled = holds)?;
        all.flags(frame, column::IS_RECALLED, |row, holds| row.is_recalled = holds)?;
        all.flags(frame, column::IS_FEEDBACK_ONLY, |row, holds| row.is_feedback_only = holds)?;
        Ok(all)
    }

    /// Fills the rows that begin at a place in the frame.
    fn fill(&self, begin: usize, rows: &mut [Row]) {
        for fill in &self.0 {
            fill(begin, rows);
        }
    }

    fn numbers<T: PolarsNumericType>(
        &mut self,
        frame: &'f DataFrame,
        of: impl Fn(&'f Column) -> PolarsResult<&'f ChunkedArray<T>>,
        name: &'static str,
        put: impl Fn(&mut Row, Option<T::Native>) + Send + Sync + 'f,
    ) -> Result<(), MetricError> {
        let column = typed(frame, name, of)?;
        self.0.push(Box::new(move |begin, rows: &mut [Row]| {
            let part = column.slice(offset(begin), rows.len());
            let mut rows = rows.iter_mut();
            for array in part.downcast_iter() {
                // The array is driven, not asked value by value: that is a tight loop.
                array.iter().for_each(|value| {
                    if let Some(row) = rows.next() {
                        put(row, value.copied());
                    }
                });
            }
        }));
        Ok(())
    }

    fn flags(
        &mut self,
        frame: &'f DataFrame,
        name: &'static str,
        put: impl Fn(&mut Row, bool) + Send + Sync + 'f,
    ) -> Result<(), MetricError> {
        let column = typed(frame, name, Column::bool)?;
        self.0.push(Box::new(move |begin, rows: &mut [Row]| {
            let part = column.slice(offset(begin), rows.len());
            let mut rows = rows.iter_mut();
            for array in part.downcast_iter() {
                array.iter().for_each(|value| {
                    if let Some(row) = rows.next() {
                        put(row, value == Some(true));
                    }
                });
            }
        }));
        Ok(())
    }
}

/// A column of a type.
fn typed<'f, T: ?Sized>(
    frame: &'f DataFrame,
    name: &'static str,
    of: impl Fn(&'f Column) -> PolarsResult<&'f T>,
) -> Result<&'f T, MetricError> {
    frame.column(name).and_then(of).map_err(|_| MetricError::Column(name))
}

fn offset(begin: usize) -> i64 {
    i64::try_from(begin).unwrap_or(i64::MAX)
}

fn small<T: TryInto<u8>>(value: Option<T>, otherwise: u8) -> u8 {
    value.and_then(|value| value.try_into().ok()).unwrap_or(otherwise)
}

fn seconds(value: Option<i32>) -> Option<u32> {
    value.and_then(|value| u32::try_from(value).ok())
}
