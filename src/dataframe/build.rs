//! Builds the frame from the finished tickets.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use polars::prelude::{Column, DataFrame, PolarsError};

use crate::calendar::Zone;
use crate::ticket::{Anomaly, TicketSet};

use super::column;
use super::derive::{Derived, Interval, WaitRules, derive};
use super::location_id::location_ids;

/// What the frame is built for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How waits are read.
    pub waits: WaitRules,
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
    /// The rows; columns as in [`mod@column`].
    pub rows: DataFrame,
    /// First and last service date of the rows.
    pub dates: Option<(NaiveDate, NaiveDate)>,
    /// Counters of waits left out, over all tickets of the organization (not only those of the window).
    pub anomalies: BTreeMap<(Anomaly, &'static str), u64>,
    /// The settings it was built with.
    pub settings: Settings,
}

/// The frame could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the ticket frame could not be built")]
pub struct FrameError(#[from] PolarsError);

/// The columns while they fill.
#[derive(Default)]
struct Columns {
    place: Vec<u32>,
    service_day: Vec<Option<i32>>,
    week_day_one: Vec<Option<i32>>,
    weekday: Vec<Option<i32>>,
    hour: Vec<Option<i32>>,
    is_booking: Vec<bool>,
    people: Vec<i64>,
    outcome: Vec<&'static str>,
    ticket_type: Vec<String>,
    lead_band: Vec<Option<&'static str>>,
    rating: Vec<Option<i64>>,
    wait: Vec<Option<i64>>,
    minute: Vec<Option<i64>>,
    early: Vec<bool>,
    call_wait: Vec<Option<i64>>,
    service: Vec<Option<i64>>,
    offered: Vec<bool>,
    within: Vec<bool>,
    line_from: Vec<Option<i64>>,
    line_to: Vec<Option<i64>>,
}

impl TicketFrame {
    /// One frame per organization, in the order of their names; an empty set gives none.
    ///
    /// # Errors
    /// [`FrameError`] if Polars refuses a column.
    pub fn build(set: &TicketSet, settings: Settings) -> Result<Vec<Self>, FrameError> {
        let mut organizations: Vec<&str> =
            set.locations.iter().map(|l| l.organization.as_str()).collect();
        organizations.dedup();
        organizations.into_iter().map(|name| Self::of(set, name, settings)).collect()
    }

    /// The frame of one organization; the full schema even without a ticket.
    ///
    /// # Errors
    /// As [`TicketFrame::build`].
    pub fn of(set: &TicketSet, organization: &str, settings: Settings) -> Result<Self, FrameError> {
        let first = set.locations.partition_point(|l| l.organization.as_str() < organization);
        let mine: Vec<_> = set
            .locations
            .iter()
            .skip(first)
            .take_while(|l| l.organization == organization)
            .collect();
        let ids = location_ids(mine.iter().map(|l| (l.organization.as_str(), l.name.as_str())));
        let locations = mine
            .iter()
            .zip(ids)
            .map(|(l, id)| LocationColumn {
                name: l.name.clone(),
                id,
                zone: l.zone,
                zone_is_chosen: l.zone_is_chosen,
                target_ms: l.target_ms,
            })
            .collect();
        let mut columns = Columns::default();
        let mut anomalies = BTreeMap::new();
        let mut dates: Option<(NaiveDate, NaiveDate)> = None;
        for ticket in
            set.of_locations(first..first + mine.len()).filter_map(|at| set.ticket(at))
        {
            let Some(place) = ticket.location.checked_sub(first) else {
                continue;
            };
            let Some(location) = mine.get(place) else {
                break;
            };
            let derived = derive(&ticket, location, settings.waits);
            count_left_out(&derived, &mut anomalies);
            let date = derived.arrival.map(|local| local.date);
            let inside = settings.from.is_none_or(|from| date.is_some_and(|d| d >= from))
                && settings.to.is_none_or(|to| date.is_some_and(|d| d <= to));
            if !inside {
                continue;
            }
            if let Some(date) = date {
                dates = Some(dates.map_or((date, date), |(a, b)| (a.min(date), b.max(date))));
            }
            columns.push(&ticket, &derived, place, set);
        }
        Ok(Self {
            organization: organization.to_owned(),
            locations,
            rows: columns.into_frame()?,
            dates,
            anomalies,
            settings,
        })
    }
}

fn count_left_out(derived: &Derived, anomalies: &mut BTreeMap<(Anomaly, &'static str), u64>) {
    for (which, interval) in [
        ("wait", derived.check_in_wait),
        ("call_wait", derived.call_wait),
        ("service", derived.service),
    ] {
        let anomaly = match interval {
            Interval::Negative => Anomaly::NegativeWait,
            Interval::Implausible => Anomaly::ImplausibleWait,
            Interval::Unknown | Interval::Seconds(_) | Interval::Early => continue,
        };
        *anomalies.entry((anomaly, which)).or_default() += 1;
    }
}

/// Days since 1970-01-01, as Polars dates count.
fn day_number(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - 719_163
}

impl Columns {
    fn push(
        &mut self,
        ticket: &crate::ticket::Ticket,
        derived: &Derived,
        place: usize,
        set: &TicketSet,
    ) {
        let arrival = derived.arrival;
        self.place.push(u32::try_from(place).unwrap_or(u32::MAX));
        self.service_day.push(arrival.map(|local| day_number(local.date)));
        self.week_day_one.push(derived.monday.map(day_number));
        self.weekday.push(arrival.map(|local| i32::from(local.weekday)));
        self.hour.push(arrival.map(|local| i32::from(local.hour)));
        self.is_booking.push(ticket.is_booking);
        self.people.push(i64::from(ticket.people));
        self.outcome.push(ticket.outcome.name());
        self.ticket_type.push(ticket.ticket_type.map_or("", |id| set.names.get(id)).to_owned());
        self.lead_band.push(derived.lead_band);
        self.rating.push(ticket.rating.map(|rating| i64::from(rating.stars())));
        self.wait.push(derived.wait.seconds());
        self.minute.push(derived.wait.seconds().map(|seconds| seconds / 60));
        self.early.push(derived.wait == Interval::Early);
        self.call_wait.push(derived.call_wait.seconds());
        self.service.push(derived.service.seconds());
        self.offered.push(derived.offered);
        self.within.push(derived.within);
        self.line_from.push(derived.in_line.map(|(from, _)| from));
        self.line_to.push(derived.in_line.map(|(_, to)| to));
    }

    fn into_frame(self) -> Result<DataFrame, PolarsError> {
        let height = self.place.len();
        DataFrame::new(
            height,
            vec![
                Column::new(column::PLACE.into(), self.place),
                Column::new(column::WHOLE.into(), vec![0_u32; height]),
                Column::new(column::SERVICE_DAY.into(), self.service_day),
                Column::new(column::WEEK_DAY_ONE.into(), self.week_day_one),
                Column::new(column::WEEKDAY.into(), self.weekday),
                Column::new(column::HOUR.into(), self.hour),
                Column::new(column::IS_BOOKING.into(), self.is_booking),
                Column::new(column::PEOPLE.into(), self.people),
                Column::new(column::OUTCOME.into(), self.outcome),
                Column::new(column::TICKET_TYPE.into(), self.ticket_type),
                Column::new(column::LEAD_BAND.into(), self.lead_band),
                Column::new(column::RATING.into(), self.rating),
                Column::new(column::WAIT_S.into(), self.wait),
                Column::new(column::MINUTE.into(), self.minute),
                Column::new(column::EARLY.into(), self.early),
                Column::new(column::CALL_WAIT_S.into(), self.call_wait),
                Column::new(column::SERVICE_S.into(), self.service),
                Column::new(column::OFFERED.into(), self.offered),
                Column::new(column::WITHIN.into(), self.within),
                Column::new(column::LINE_FROM.into(), self.line_from),
                Column::new(column::LINE_TO.into(), self.line_to),
            ],
        )
    }
}
