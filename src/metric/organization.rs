//! The sums of an organization: of a ticket frame, or of kept periods.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use polars::prelude::DataFrame;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use crate::calendar::Clock;
use crate::dataframe::{KeptRows, LeftOut, LocationColumn, TicketFrame};

use super::error::MetricError;
use super::hours::Hours;
use super::row::{Row, by_place};
use super::sums::{LocationSums, Texts};
use super::tally::Tally;

/// What the tickets of an organization add up to in a window.
#[derive(Debug, Clone, Default)]
pub struct OrganizationSums {
    /// Tenant; never trusted.
    pub organization: String,
    /// All its locations, by name.
    pub locations: Vec<LocationColumn>,
    /// The sums of each location; `None` for one without a ticket in the window.
    pub sums: Vec<Option<LocationSums>>,
    /// Waits left out of all tickets of the organization, whatever the window.
    pub left_out: LeftOut,
    /// First and last date asked for.
    pub window: (Option<NaiveDate>, Option<NaiveDate>),
}

impl OrganizationSums {
    /// The sums of a frame. The line counts within its window.
    ///
    /// # Errors
    /// [`MetricError`] if a column is missing, or a date lies outside the calendar.
    pub fn of(frame: &TicketFrame) -> Result<Self, MetricError> {
        let texts = Texts {
            ticket_types: &frame.ticket_types,
            categories: &frame.categories,
            queues: &frame.queues,
        };
        let window = (frame.settings.from, frame.settings.to);
        let clocks: Vec<Option<Clock>> = frame.locations.iter().map(|l| Some(l.clock)).collect();
        Ok(Self {
            organization: frame.organization.clone(),
            locations: frame.locations.clone(),
            sums: sums_of(&frame.rows, texts, &clocks, window, None)?,
            left_out: frame.left_out.clone(),
            window,
        })
    }
}

/// The sums of a period, to be kept and merged with those of others: by organization and location.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodSums(pub(super) BTreeMap<(String, String), LocationSums>);

impl PeriodSums {
    /// The sums of the rows of a period, from `period.0` to `period.1` (UTC milliseconds, end excluded; both the same for tickets
    /// without a time). `clock` gives the clock of a location.
    ///
    /// # Errors
    /// [`MetricError`] if a column is missing, or a date lies outside the calendar.
    pub fn of(
        rows: &KeptRows,
        clock: impl Fn(&str, &str) -> Option<Clock>,
        period: (i64, i64),
    ) -> Result<Self, MetricError> {
        let texts = Texts {
            ticket_types: &rows.ticket_types,
            categories: &rows.categories,
            queues: &rows.queues,
        };
        let clocks: Vec<Option<Clock>> =
            rows.places.iter().map(|(organization, name)| clock(organization, name)).collect();
        let sums = sums_of(&rows.rows, texts, &clocks, (None, None), Some(period))?;
        let named = rows.places.iter().cloned().zip(sums);
        Ok(Self(named.filter_map(|(place, sums)| Some((place, sums?))).collect()))
    }

    /// The sums of periods together.
    #[must_use]
    pub fn sum(periods: Vec<Self>) -> Self {
        let mut parts: BTreeMap<(String, String), Vec<LocationSums>> = BTreeMap::new();
        for (place, sums) in periods.into_iter().flat_map(|period| period.0) {
            parts.entry(place).or_default().push(sums);
        }
        let sum = |(place, parts): (_, Vec<LocationSums>)| (place, LocationSums::sum(parts));
        Self(parts.into_par_iter().map(sum).collect())
    }

    /// The same by organization, given with their locations.
    #[must_use]
    pub fn by_organization(
        mut self,
        organizations: Vec<(String, Vec<LocationColumn>)>,
        left_out: impl Fn(&str) -> LeftOut,
    ) -> Vec<OrganizationSums> {
        let of = |(organization, locations): (String, Vec<LocationColumn>)| {
            let sums = |location: &LocationColumn| {
                self.0.remove(&(organization.clone(), location.name.clone()))
            };
            let sums = locations.iter().map(sums).collect();
            let left_out = left_out(&organization);
            OrganizationSums { organization, locations, sums, left_out, window: (None, None) }
        };
        organizations.into_iter().map(of).collect()
    }

    /// The sums at other places: `place` gives organization and name of where a place is now. Places that are one now are
    /// summed.
    #[must_use]
    pub fn moved(self, place: impl Fn(&(String, String)) -> Option<(String, String)>) -> Self {
        let mut moved = Self::default();
        for (old, sums) in self.0 {
            let new = place(&old).unwrap_or(old);
            match moved.0.entry(new) {
                Entry::Vacant(free) => {
                    free.insert(sums);
                }
                Entry::Occupied(mut there) => there.get_mut().merge(&sums),
            }
        }
        moved
    }

    /// What the tickets of each day add up to, by organization, location and local service date (days since 1970).
    pub fn days(&self) -> impl Iterator<Item = (&(String, String), i32, &Tally)> {
        let of =
            |(place, sums)| LocationSums::dated(sums).map(move |(day, tally)| (place, day, tally));
        self.0.iter().flat_map(of)
    }

    /// Number of tickets that came, by organization, location and local service date (days since 1970).
    pub fn came(&self) -> impl Iterator<Item = (&(String, String), i32, u64)> {
        self.0.iter().flat_map(|(place, sums)| sums.came().map(move |(day, n)| (place, day, n)))
    }
}

/// The sums of each location of a ticket frame, given by its clock.
fn sums_of(
    frame: &DataFrame,
    texts: Texts<'_>,
    clocks: &[Option<Clock>],
    window: (Option<NaiveDate>, Option<NaiveDate>),
    period: Option<(i64, i64)>,
) -> Result<Vec<Option<LocationSums>>, MetricError> {
    let rows = by_place(frame, clocks.len())?;
    let mut hours: HashMap<Clock, Hours> = HashMap::new();
    if let Some(span) = line_span(&rows) {
        for clock in clocks.iter().flatten() {
            if !hours.contains_key(clock) {
                hours.insert(*clock, Hours::of(*clock, Hours::clip(*clock, span, window)?));
            }
        }
    }
    let nobody = Hours::default();
    let parts: Vec<&[Row]> = rows.chunk_by(|a, b| a.place == b.place).collect();
    let sums = |rows: &[Row]| {
        let place = rows.first()?.place;
        let clock = (*clocks.get(place as usize)?)?;
        let hours = hours.get(&clock).unwrap_or(&nobody);
        Some((place, LocationSums::of(rows, texts, hours, period)))
    };
    let found: Vec<(u32, LocationSums)> = parts.into_par_iter().filter_map(sums).collect();
    let mut all: Vec<Option<LocationSums>> = clocks.iter().map(|_| None).collect();
    for (place, sums) in found {
        if let Some(slot) = all.get_mut(place as usize) {
            *slot = Some(sums);
        }
    }
    Ok(all)
}

/// First and last instant at which anybody of these is in line.
fn line_span(rows: &[Row]) -> Option<(i64, i64)> {
    rows.iter().filter_map(|row| row.line).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}
