//! Builds the frame from the finished tickets.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use polars::prelude::{Column, DataFrame, PolarsError};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::calendar::{LocalTimes, Zone};
use crate::ticket::{self, Anomaly, Location, Outcome, Scale, Ticket, TicketSet};

use super::column;
use super::derive::{Derived, Interval, WaitRules, derive};
use super::location_id::location_ids;
use super::texts::{Coded, Codes, Texts};

/// What the frame is built for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How waits are read.
    pub waits: WaitRules,
    /// The scale of ratings; the rows do not depend on it.
    pub scale: Scale,
    /// First service date to keep.
    pub from: Option<NaiveDate>,
    /// Last service date to keep.
    pub to: Option<NaiveDate>,
}

/// A location of the frame.
#[derive(Debug, Clone, PartialEq)]
pub struct LocationColumn {
    /// Display name.
    pub name: String,
    /// Stable ASCII id.
    pub id: String,
    /// Zone of its local days.
    pub zone: Zone,
    /// Whether anybody chose the zone.
    pub zone_is_chosen: bool,
    /// Target of the wait, milliseconds.
    pub target_ms: i64,
}

/// The tickets of one organization, a row a ticket.
#[derive(Debug, Clone)]
pub struct TicketFrame {
    /// Tenant.
    pub organization: String,
    /// Its locations, by name; column `place` points into them.
    pub locations: Vec<LocationColumn>,
    /// The rows, in no particular order; columns as in [`mod@column`].
    pub rows: DataFrame,
    /// What its columns `ticket_type`, `category` and `queue` point into.
    pub texts: Texts,
    /// First and last service date of the rows.
    pub dates: Option<(NaiveDate, NaiveDate)>,
    /// Counters of waits left out, over all tickets of the organization (not only those of the window).
    pub left_out: LeftOut,
    /// The settings it was built with.
    pub settings: Settings,
}

/// The frame could not be built.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// Polars refuses.
    #[error("the ticket frame could not be built")]
    Polars(#[from] PolarsError),
    /// Rows point at something that is not there.
    #[error("the rows of some tickets do not fit the locations and types they belong to")]
    Dangling,
}

/// The waits that can be left out: to the check-in, to the first call, and the service time.
pub const WAITS_LEFT_OUT: [&str; 3] = ["wait", "call_wait", "service"];

/// Numbers of waits left out, by why and which of [`WAITS_LEFT_OUT`].
pub type LeftOut = BTreeMap<(Anomaly, &'static str), u64>;

/// Rows that one thread builds at a time.
const ROWS: usize = 1 << 14;

/// Rows while they are built, and what was counted meanwhile.
#[derive(Default)]
struct Part {
    columns: Columns,
    left_out: LeftOut,
    dates: Option<(NaiveDate, NaiveDate)>,
    open_until: Option<i64>,
}

/// The columns while they fill.
#[derive(Default)]
struct Columns {
    place: Vec<u32>,
    service_day: Vec<Option<i32>>,
    hour: Vec<Option<i32>>,
    is_booking: Vec<bool>,
    people: Vec<i32>,
    outcome: Vec<u32>,
    ticket_type: Vec<u32>,
    category: Vec<u32>,
    queue: Vec<u32>,
    lead_band: Vec<Option<u32>>,
    rating: Vec<Option<i32>>,
    wait: Vec<Option<i32>>,
    early: Vec<bool>,
    call_wait: Vec<Option<i32>>,
    service: Vec<Option<i32>>,
    offered: Vec<bool>,
    within: Vec<bool>,
    came: Vec<bool>,
    is_rescheduled: Vec<bool>,
    is_recalled: Vec<bool>,
    is_feedback_only: Vec<bool>,
    line_from: Vec<Option<i64>>,
    line_to: Vec<Option<i64>>,
}

impl TicketFrame {
    /// One frame per organization, in the order of their names; an empty set gives none.
    ///
    /// # Errors
    /// [`FrameError`] if Polars refuses a column.
    pub fn build(set: &TicketSet, settings: Settings) -> Result<Vec<Self>, FrameError> {
        let texts = Texts::of(set);
        let frames = rows_of(set, settings)?.into_iter();
        Ok(frames.map(|(one, rows)| one.frame(rows, texts.clone(), settings)).collect())
    }

    /// The frame of nobody: the full schema without a row.
    ///
    /// # Errors
    /// As [`TicketFrame::build`].
    pub fn empty(settings: Settings) -> Result<Self, FrameError> {
        let nobody = Organization { name: String::new(), locations: Vec::new() };
        Ok(nobody.frame(Rows::none()?, Texts::default(), settings))
    }
}

/// The rows of each organization, in the order of their names.
pub(super) fn rows_of(
    set: &TicketSet,
    settings: Settings,
) -> Result<Vec<(Organization, Rows)>, PolarsError> {
    let organizations = Organization::all(&set.locations);
    // By place of a location: its organization, and its place in there.
    let owners: Vec<(usize, usize)> = organizations
        .iter()
        .enumerate()
        .flat_map(|(at, one)| (0..one.locations.len()).map(move |place| (at, place)))
        .collect();
    let codes = Codes::of(set);
    let build = |tickets: &ticket::Part<'_>| {
        let mut parts: Vec<Part> = organizations.iter().map(|_| Part::default()).collect();
        let mut times = LocalTimes::default();
        for ticket in tickets.tickets() {
            let Some((owner, place)) = owners.get(ticket.location).copied() else { continue };
            let Some(location) = set.locations.get(ticket.location) else { continue };
            if let Some(part) = parts.get_mut(owner) {
                part.add(&ticket, (place, location), codes.get(&ticket), settings, &mut times);
            }
        }
        parts.into_iter().map(Part::into_rows).collect::<Result<Vec<Rows>, PolarsError>>()
    };
    let mut wholes: Vec<Option<Rows>> = organizations.iter().map(|_| None).collect();
    for parts in set.parts(ROWS).par_iter().map(build).collect::<Result<Vec<_>, _>>()? {
        for (whole, part) in wholes.iter_mut().zip(parts) {
            match whole {
                None => *whole = Some(part),
                Some(whole) => whole.append(part)?,
            }
        }
    }
    let whole =
        |(one, rows): (Organization, Option<Rows>)| Ok((one, rows.map_or_else(Rows::none, Ok)?));
    organizations.into_iter().zip(wholes).map(whole).collect()
}

/// A tenant and its locations.
pub(super) struct Organization {
    pub(super) name: String,
    pub(super) locations: Vec<LocationColumn>,
}

impl Organization {
    /// All organizations of these locations, which are sorted by organization and name.
    pub(super) fn all(locations: &[Location]) -> Vec<Self> {
        let neighbours = locations.chunk_by(|a, b| a.organization == b.organization);
        let all = neighbours.map(|mine| {
            let ids = location_ids(mine.iter().map(|l| (l.organization.as_str(), l.name.as_str())));
            let locations = mine.iter().zip(ids).map(|(l, id)| LocationColumn {
                name: l.name.clone(),
                id,
                zone: l.zone,
                zone_is_chosen: l.zone_is_chosen,
                target_ms: l.target_ms,
            });
            let name = mine.first().map_or_else(String::new, |l| l.organization.clone());
            Self { name, locations: locations.collect() }
        });
        all.collect()
    }

    pub(super) fn frame(self, rows: Rows, texts: Texts, settings: Settings) -> TicketFrame {
        TicketFrame {
            organization: self.name,
            locations: self.locations,
            rows: rows.frame,
            texts,
            dates: rows.dates,
            left_out: rows.left_out,
            settings,
        }
    }
}

impl Part {
    /// Adds the row of a ticket, if it lies in the window.
    fn add(
        &mut self,
        ticket: &Ticket,
        (place, location): (usize, &Location),
        codes: Coded,
        settings: Settings,
        times: &mut LocalTimes,
    ) {
        let derived = derive(ticket, location, settings.waits, times);
        count_left_out(&derived, &mut self.left_out);
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

    fn into_rows(self) -> Result<Rows, PolarsError> {
        let Self { columns, left_out, dates, open_until } = self;
        Ok(Rows { frame: columns.into_frame()?, left_out, dates, open_until })
    }
}

/// Rows of one organization, and what was counted when they were built.
pub(super) struct Rows {
    pub(super) frame: DataFrame,
    pub(super) left_out: LeftOut,
    pub(super) dates: Option<(NaiveDate, NaiveDate)>,
    pub(super) open_until: Option<i64>,
}

impl Rows {
    /// The full schema without a row.
    pub(super) fn none() -> Result<Self, PolarsError> {
        Part::default().into_rows()
    }

    /// Takes in other rows, without copying them.
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
}

/// Place of an outcome in [`Outcome::ALL`].
fn code_of(outcome: Outcome) -> u32 {
    let at = Outcome::ALL.iter().position(|each| *each == outcome);
    at.and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX)
}

impl Columns {
    fn push(&mut self, ticket: &Ticket, derived: &Derived, place: usize, codes: Coded) {
        let arrival = derived.arrival;
        // At most a year: the longest wait that can be asked for.
        let seconds = |interval: Interval| {
            interval.seconds().map(|seconds| i32::try_from(seconds).unwrap_or(i32::MAX))
        };
        self.place.push(u32::try_from(place).unwrap_or(u32::MAX));
        self.service_day.push(arrival.map(|local| local.date.to_epoch_days()));
        self.hour.push(arrival.map(|local| i32::from(local.hour)));
        self.is_booking.push(ticket.is_booking);
        self.people.push(i32::try_from(ticket.people).unwrap_or(i32::MAX));
        self.outcome.push(code_of(ticket.outcome));
        self.ticket_type.push(codes.ticket_type);
        self.category.push(codes.category);
        self.queue.push(codes.queue);
        self.lead_band.push(derived.lead_band);
        self.rating.push(ticket.rating.map(|rating| i32::from(rating.stars())));
        self.wait.push(seconds(derived.wait));
        self.early.push(derived.wait == Interval::Early);
        self.call_wait.push(seconds(derived.call_wait));
        self.service.push(seconds(derived.service));
        self.offered.push(derived.offered);
        self.within.push(derived.within);
        self.came.push(derived.came);
        self.is_rescheduled.push(ticket.is_rescheduled);
        self.is_recalled.push(ticket.is_recalled());
        self.is_feedback_only.push(ticket.is_feedback_only());
        self.line_from.push(derived.in_line.map(|(from, _)| from));
        self.line_to.push(derived.in_line.map(|(_, to)| to));
    }

    fn into_frame(self) -> Result<DataFrame, PolarsError> {
        let height = self.place.len();
        DataFrame::new(
            height,
            vec![
                Column::new(column::PLACE.into(), self.place),
                Column::new(column::SERVICE_DAY.into(), self.service_day),
                Column::new(column::HOUR.into(), self.hour),
                Column::new(column::IS_BOOKING.into(), self.is_booking),
                Column::new(column::PEOPLE.into(), self.people),
                Column::new(column::OUTCOME.into(), self.outcome),
                Column::new(column::TICKET_TYPE.into(), self.ticket_type),
                Column::new(column::CATEGORY.into(), self.category),
                Column::new(column::QUEUE.into(), self.queue),
                Column::new(column::LEAD_BAND.into(), self.lead_band),
                Column::new(column::RATING.into(), self.rating),
                Column::new(column::WAIT_S.into(), self.wait),
                Column::new(column::EARLY.into(), self.early),
                Column::new(column::CALL_WAIT_S.into(), self.call_wait),
                Column::new(column::SERVICE_S.into(), self.service),
                Column::new(column::OFFERED.into(), self.offered),
                Column::new(column::WITHIN.into(), self.within),
                Column::new(column::CAME.into(), self.came),
                Column::new(column::IS_RESCHEDULED.into(), self.is_rescheduled),
                Column::new(column::IS_RECALLED.into(), self.is_recalled),
                Column::new(column::IS_FEEDBACK_ONLY.into(), self.is_feedback_only),
                Column::new(column::LINE_FROM.into(), self.line_from),
                Column::new(column::LINE_TO.into(), self.line_to),
            ],
        )
    }
}
