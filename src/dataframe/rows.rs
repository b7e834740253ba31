//! Builds rows of the ticket frame, and counts what is left out on the way.

use chrono::NaiveDate;
use polars::prelude::{
    ArrayFromIter, ChunkedArray, ChunkedCollectInferIterExt, Column, DataFrame, Int32Type,
    Int64Type, IntoSeries, PolarsError, PolarsNumericType, UInt32Type,
};

use crate::calendar::LocalTimes;
use crate::ticket::{Anomaly, Bursts, End, Location, Outcome, Ticket};

use super::column;
use super::derive::{Derived, Interval, WaitRules, derive};
use super::frame::{LeftOut, Settings, WAITS_LEFT_OUT};

/// Codes of the texts of a ticket: its type, queue and category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Codes {
    pub(super) ticket_type: u32,
    pub(super) queue: u32,
    pub(super) category: u32,
}

/// Rows being built, and what was counted on the way.
#[derive(Default)]
pub(super) struct Part {
    columns: Columns,
    left_out: LeftOut,
    dates: Option<(NaiveDate, NaiveDate)>,
    open_until: Option<i64>,
}

/// Columns being filled.
#[derive(Default)]
struct Columns {
    place: Vec<u32>,
    service_day: Vec<Option<i32>>,
    hour: Vec<Option<i32>>,
    is_booking: Vec<bool>,
    is_rescheduled: Vec<bool>,
    is_recalled: Vec<bool>,
    is_feedback_only: Vec<bool>,
    people: Vec<i32>,
    outcome: Vec<u32>,
    ticket_type: Vec<u32>,
    queue: Vec<u32>,
    category: Vec<u32>,
    lead_band: Vec<Option<u32>>,
    rating: Vec<Option<i32>>,
    wait: Vec<Option<i32>>,
    early: Vec<bool>,
    call_wait: Vec<Option<i32>>,
    service: Vec<Option<i32>>,
    left: Vec<Option<i32>>,
    offered: Vec<bool>,
    within: Vec<bool>,
    came: Vec<bool>,
    line_from: Vec<Option<i64>>,
    line_to: Vec<Option<i64>>,
}

impl Part {
    /// Nothing yet, with room for so many rows.
    pub(super) fn with_room(rows: usize) -> Self {
        Self { columns: Columns::with_room(rows), ..Self::default() }
    }

    /// Adds the row of a ticket, if it lies in the window.
    pub(super) fn add(
        &mut self,
        ticket: &Ticket,
        (place, location): (usize, &Location),
        codes: Codes,
        settings: Settings,
        times: &mut LocalTimes,
        bursts: &Bursts,
    ) {
        let mut derived = derive(ticket, location, settings.waits, times);
        count_left_out(&derived, &mut self.left_out);
        self.leave_out(ticket, &mut derived, bursts, settings.waits);
        self.open_until = self.open_until.max(derived.open_until);
        let date = derived.arrival.map(|local| local.date);
        let inside = settings.from.is_none_or(|from| date.is_some_and(|d| d >= from))
            && settings.to.is_none_or(|to| date.is_some_and(|d| d <= to));
        if !inside {
            return;
        }
        if let Some(date) = date {
            self.dates = both(self.dates, Some((date, date)));
        }
        self.columns.push(ticket, &derived, place, codes);
    }

    /// Counts the check-in and check-out of a ticket that belong to bursts, and leaves out the waits and service times
    /// they would make, if the rules say so.
    fn leave_out(
        &mut self,
        ticket: &Ticket,
        derived: &mut Derived,
        bursts: &Bursts,
        waits: WaitRules,
    ) {
        let in_burst = derived.leave_out_bursts(ticket, bursts, waits);
        for (end, is_burst) in [End::CheckIn, End::CheckOut].into_iter().zip(in_burst) {
            if is_burst {
                *self.left_out.entry((Anomaly::ResetBurst, end.name())).or_default() += 1;
            }
        }
    }

    pub(super) fn into_rows(self) -> Result<Rows, PolarsError> {
        let Self { columns, left_out, dates, open_until } = self;
        Ok(Rows { frame: columns.into_frame()?, left_out, dates, open_until })
    }
}

/// Rows of one organization, and what was counted while building them.
pub(super) struct Rows {
    pub(super) frame: DataFrame,
    pub(super) left_out: LeftOut,
    pub(super) dates: Option<(NaiveDate, NaiveDate)>,
    pub(super) open_until: Option<i64>,
}

impl Rows {
    /// No rows, with the full schema.
    pub(super) fn none() -> Result<Self, PolarsError> {
        Part::default().into_rows()
    }

    /// Appends other rows without copying them.
    pub(super) fn append(&mut self, other: Self) -> Result<(), PolarsError> {
        self.frame.vstack_mut_owned(other.frame)?;
        self.dates = both(self.dates, other.dates);
        self.open_until = self.open_until.max(other.open_until);
        for (key, count) in other.left_out {
            *self.left_out.entry(key).or_default() += count;
        }
        Ok(())
    }
}

/// The span that covers both.
fn both(
    a: Option<(NaiveDate, NaiveDate)>,
    b: Option<(NaiveDate, NaiveDate)>,
) -> Option<(NaiveDate, NaiveDate)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}

fn count_left_out(derived: &Derived, left_out: &mut LeftOut) {
    let intervals = [derived.check_in_wait, derived.call_wait, derived.service];
    for (which, interval) in WAITS_LEFT_OUT.into_iter().zip(intervals) {
        let anomaly = match interval {
            Interval::Negative => Anomaly::NegativeWait,
            Interval::Implausible => Anomaly::ImplausibleWait,
            Interval::Unknown | Interval::Seconds(_) | Interval::Early => continue,
        };
        *left_out.entry((anomaly, which)).or_default() += 1;
    }
    if derived.line_end_unknown {
        *left_out.entry((Anomaly::LineEndUnknown, "")).or_default() += 1;
    }
}

/// A column of values that may be missing.
fn known<T>(name: &'static str, values: Vec<Option<T::Native>>) -> Column
where
    T: PolarsNumericType,
    T::Array: ArrayFromIter<Option<T::Native>>,
{
    // Not from a vector at once: that appends value by value.
    let values: ChunkedArray<T> = values.into_iter().collect_ca_trusted(name.into());
    values.into_series().into()
}

/// Index of an outcome in [`Outcome::ALL`].
pub(super) fn code_of(outcome: Outcome) -> u32 {
    let at = Outcome::ALL.iter().position(|each| *each == outcome);
    at.and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX)
}

impl Columns {
    fn with_room(rows: usize) -> Self {
        Self {
            place: Vec::with_capacity(rows),
            service_day: Vec::with_capacity(rows),
            hour: Vec::with_capacity(rows),
            is_booking: Vec::with_capacity(rows),
            is_rescheduled: Vec::with_capacity(rows),
            is_recalled: Vec::with_capacity(rows),
            is_feedback_only: Vec::with_capacity(rows),
            people: Vec::with_capacity(rows),
            outcome: Vec::with_capacity(rows),
            ticket_type: Vec::with_capacity(rows),
            queue: Vec::with_capacity(rows),
            category: Vec::with_capacity(rows),
            lead_band: Vec::with_capacity(rows),
            rating: Vec::with_capacity(rows),
            wait: Vec::with_capacity(rows),
            early: Vec::with_capacity(rows),
            call_wait: Vec::with_capacity(rows),
            service: Vec::with_capacity(rows),
            left: Vec::with_capacity(rows),
            offered: Vec::with_capacity(rows),
            within: Vec::with_capacity(rows),
            came: Vec::with_capacity(rows),
            line_from: Vec::with_capacity(rows),
            line_to: Vec::with_capacity(rows),
        }
    }

    fn push(&mut self, ticket: &Ticket, derived: &Derived, place: usize, codes: Codes) {
        let arrival = derived.arrival;
        // At most a year, the largest limit that can be configured.
        let seconds = |interval: Interval| {
            interval.seconds().map(|seconds| i32::try_from(seconds).unwrap_or(i32::MAX))
        };
        self.place.push(u32::try_from(place).unwrap_or(u32::MAX));
        self.service_day.push(arrival.map(|local| local.date.to_epoch_days()));
        self.hour.push(arrival.map(|local| i32::from(local.hour)));
        self.is_booking.push(ticket.is_booking);
        self.is_rescheduled.push(ticket.is_rescheduled);
        self.is_recalled.push(ticket.is_recalled());
        self.is_feedback_only.push(ticket.facts.is_feedback_only());
        self.people.push(i32::try_from(ticket.people).unwrap_or(i32::MAX));
        self.outcome.push(code_of(derived.outcome));
        self.ticket_type.push(codes.ticket_type);
        self.queue.push(codes.queue);
        self.category.push(codes.category);
        self.lead_band.push(derived.lead_band);
        self.rating.push(ticket.rating.map(|rating| i32::from(rating.stars())));
        self.wait.push(seconds(derived.wait));
        self.early.push(derived.wait == Interval::Early);
        self.call_wait.push(seconds(derived.call_wait));
        self.service.push(seconds(derived.service));
        self.left.push(derived.left_s.map(|left| i32::try_from(left).unwrap_or(i32::MAX)));
        self.offered.push(derived.offered);
        self.within.push(derived.within);
        self.came.push(derived.came);
        self.line_from.push(derived.in_line.map(|(from, _)| from));
        self.line_to.push(derived.in_line.map(|(_, to)| to));
    }

    fn into_frame(self) -> Result<DataFrame, PolarsError> {
        let height = self.place.len();
        DataFrame::new(
            height,
            vec![
                Column::new(column::PLACE.into(), self.place),
                known::<Int32Type>(column::SERVICE_DAY, self.service_day),
                known::<Int32Type>(column::HOUR, self.hour),
                Column::new(column::IS_BOOKING.into(), self.is_booking),
                Column::new(column::IS_RESCHEDULED.into(), self.is_rescheduled),
                Column::new(column::IS_RECALLED.into(), self.is_recalled),
                Column::new(column::IS_FEEDBACK_ONLY.into(), self.is_feedback_only),
                Column::new(column::PEOPLE.into(), self.people),
                Column::new(column::OUTCOME.into(), self.outcome),
                Column::new(column::TICKET_TYPE.into(), self.ticket_type),
                Column::new(column::QUEUE.into(), self.queue),
                Column::new(column::CATEGORY.into(), self.category),
                known::<UInt32Type>(column::LEAD_BAND, self.lead_band),
                known::<Int32Type>(column::RATING, self.rating),
                known::<Int32Type>(column::WAIT_S, self.wait),
                Column::new(column::EARLY.into(), self.early),
                known::<Int32Type>(column::CALL_WAIT_S, self.call_wait),
                known::<Int32Type>(column::SERVICE_S, self.service),
                known::<Int32Type>(column::LEFT_S, self.left),
                Column::new(column::OFFERED.into(), self.offered),
                Column::new(column::WITHIN.into(), self.within),
                Column::new(column::CAME.into(), self.came),
                known::<Int64Type>(column::LINE_FROM, self.line_from),
                known::<Int64Type>(column::LINE_TO, self.line_to),
            ],
        )
    }
}
