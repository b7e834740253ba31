//! `hourly.csv`: arrivals, waits and the line by local weekday and hour.
//!
//! The line is measured, not sampled: its mean is ticket-seconds in line divided by the seconds that this weekday and
//! hour really had in the window (a skipped hour has none, a repeated one has two), its maximum is taken over every
//! instant.

use std::collections::{BTreeMap, HashMap};

use chrono::{Days, NaiveDate};
use polars::prelude::Column;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use crate::calendar::{Zone, iso_weekday};
use crate::dataframe::TicketFrame;
use crate::dataframe::column::{self, Kind};
use crate::statistics::quantile::{P50, P90, in_twentieths, to_seconds};

use super::groups::Groups;
use super::table::{Group, MetricError, Table, instants, signed, unsigned};

/// Weekday (1 = Monday) and hour.
type Cell = (i32, i32);

/// One row while it fills.
#[derive(Debug, Clone, Default)]
struct Row {
    tickets: i64,
    waits: Vec<i32>,
    in_line_ms: i64,
    line_max: i64,
    exposure_ms: i64,
}

/// Arrivals, waits and the line by weekday and hour; hours with neither arrivals nor a line have no row.
///
/// # Errors
/// [`MetricError`] if Polars refuses or a date lies outside the calendar.
pub fn hourly(tickets: &TicketFrame, group: Group) -> Result<Table, MetricError> {
    let mut rows: BTreeMap<(u32, Cell), Row> = BTreeMap::new();
    arrivals(tickets, group, &mut rows)?;
    line(tickets, group, &mut rows)?;

    let places: Vec<u32> = rows.keys().map(|(place, _)| *place).collect();
    let int = |name: &'static str, values: Vec<i64>| {
        (name, Kind::Count, Column::new(name.into(), values))
    };
    let quantile = |name: &'static str, q: u32| {
        let of = |row: &Row| in_twentieths(&row.waits, q).map(to_seconds);
        (name, Kind::Seconds, Column::new(name.into(), rows.values().map(of).collect::<Vec<_>>()))
    };
    let means: Vec<Option<f64>> =
        rows.values().map(|row| super::table::ratio(row.in_line_ms, row.exposure_ms)).collect();
    let columns = vec![
        int(column::WEEKDAY, rows.keys().map(|(_, cell)| i64::from(cell.0)).collect()),
        int(column::HOUR, rows.keys().map(|(_, cell)| i64::from(cell.1)).collect()),
        int(column::TICKETS, rows.values().map(|row| row.tickets).collect()),
        int(
            column::WAITS,
            rows.values().map(|r| i64::try_from(r.waits.len()).unwrap_or(i64::MAX)).collect(),
        ),
        quantile(column::WAIT_P50_S, P50),
        quantile(column::WAIT_P90_S, P90),
        (column::LINE_MEAN, Kind::Rate, Column::new(column::LINE_MEAN.into(), means)),
        int(column::LINE_MAX, rows.values().map(|row| row.line_max).collect()),
    ];
    Table::keyed(tickets, group, &places, columns)
}

fn arrivals(
    tickets: &TicketFrame,
    group: Group,
    rows: &mut BTreeMap<(u32, Cell), Row>,
) -> Result<(), MetricError> {
    let (days, hours) =
        (signed(&tickets.rows, column::SERVICE_DAY)?, signed(&tickets.rows, column::HOUR)?);
    let weekdays = days.iter().map(|day| day.map(iso_weekday));
    let places = group.places(tickets)?;
    let groups =
        Groups::of(places.zip(weekdays.zip(hours.iter())).map(|(place, cell)| match cell {
            (Some(weekday), Some(hour)) => Some((place, (weekday, hour))),
            _ => None,
        }));
    let waits = signed(&tickets.rows, column::WAIT_S)?;
    let waits = groups.lists(|| waits.iter());
    for ((key, count), waits) in groups.keys.iter().zip(groups.sizes()).zip(waits.iter()) {
        let row = rows.entry(*key).or_default();
        row.tickets = count;
        row.waits = waits.to_vec();
    }
    Ok(())
}

/// The local hours of a window: begin of each piece, with its weekday and hour; the last entry is the end.
struct Hours {
    begins: Vec<(i64, Cell)>,
    end: i64,
    exposure_ms: HashMap<Cell, i64>,
}

impl Hours {
    fn of(zone: Zone, first: NaiveDate, last: NaiveDate) -> Result<Self, MetricError> {
        let next = last.checked_add_days(Days::new(1)).ok_or(MetricError::Calendar)?;
        let begin = zone.start_of(first).ok_or(MetricError::Calendar)?;
        let end = zone.start_of(next).ok_or(MetricError::Calendar)?;
        let mut hours = Self { begins: Vec::new(), end, exposure_ms: HashMap::new() };
        zone.each_local_hour(begin, end, |local, from, to| {
            let cell = (i32::from(local.weekday), i32::from(local.hour));
            hours.begins.push((from, cell));
            *hours.exposure_ms.entry(cell).or_default() += to - from;
        });
        Ok(hours)
    }

    /// Hands out the pieces of `[from, to)` that lie in the window.
    fn pieces(&self, from: i64, to: i64, mut piece: impl FnMut(Cell, i64)) {
        let to = to.min(self.end);
        let first = self.begins.partition_point(|(begin, _)| *begin <= from).saturating_sub(1);
        for (at, (begin, cell)) in self.begins.iter().enumerate().skip(first) {
            if *begin >= to {
                break;
            }
            let end = self.begins.get(at + 1).map_or(self.end, |(next, _)| *next).min(to);
            let length = end - from.max(*begin);
            if length > 0 {
                piece(*cell, length);
            }
        }
    }
}

/// The line of one location in one weekday and hour.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    in_line_ms: i64,
    longest: i64,
}

impl Hours {
    /// The line that the changes make: time in line by weekday and hour, and the largest number at one instant.
    fn line(&self, mut changes: Vec<(i64, i64)>) -> BTreeMap<Cell, Line> {
        // At one instant those who leave go before those who come: intervals are open at their end.
        changes.sort_unstable();
        let mut lines: BTreeMap<Cell, Line> = BTreeMap::new();
        let (mut length, mut before) = (0, i64::MIN);
        for (at, change) in changes {
            if length > 0 && at > before {
                self.pieces(before, at, |cell, ms| {
                    let line = lines.entry(cell).or_default();
                    line.in_line_ms += length * ms;
                    line.longest = line.longest.max(length);
                });
            }
            length += change;
            before = at;
        }
        lines
    }
}

/// Adds up the time in line of each group, and the largest number at one instant.
///
/// An organization spans zones: its line by local hour is the sum over its locations, and its maximum is the largest
/// of any one location's, because nobody stands in two places' lines at once.
fn line(
    tickets: &TicketFrame,
    group: Group,
    rows: &mut BTreeMap<(u32, Cell), Row>,
) -> Result<(), MetricError> {
    let from_setting = tickets.settings.from;
    let to_setting = tickets.settings.to;
    let Some((data_first, data_last)) = tickets.dates else {
        return Ok(());
    };
    let (first, last) = (from_setting.unwrap_or(data_first), to_setting.unwrap_or(data_last));
    // A window far wider than the data would only cost time: exposure counts what was asked for, up to 50 years.
    let last = last.min(first.checked_add_days(Days::new(18_300)).unwrap_or(last));
    let mut known: HashMap<&str, Hours> = HashMap::new();
    for location in &tickets.locations {
        if !known.contains_key(location.zone.name()) {
            known.insert(location.zone.name(), Hours::of(location.zone, first, last)?);
        }
    }
    let lines: Vec<BTreeMap<Cell, Line>> = changes_in_line(tickets)?
        .into_par_iter()
        .zip(&tickets.locations)
        .map(|(changes, location)| {
            known.get(location.zone.name()).map_or_else(BTreeMap::new, |hours| hours.line(changes))
        })
        .collect();
    for (place, lines) in (0_u32..).zip(lines) {
        let group_place = if group == Group::Location { place } else { 0 };
        for (cell, line) in lines {
            let row = rows.entry((group_place, cell)).or_default();
            row.in_line_ms += line.in_line_ms;
            row.line_max = row.line_max.max(line.longest);
        }
    }
    for ((place, cell), row) in rows.iter_mut() {
        let zone = usize::try_from(*place).ok().and_then(|at| tickets.locations.get(at));
        let exposure = zone
            .and_then(|location| known.get(location.zone.name()))
            .and_then(|hours| hours.exposure_ms.get(cell));
        row.exposure_ms = exposure.copied().unwrap_or(0);
    }
    Ok(())
}

/// Who came into the line of each location (+1) and left it (-1), and when.
fn changes_in_line(tickets: &TicketFrame) -> Result<Vec<Vec<(i64, i64)>>, MetricError> {
    let places = unsigned(&tickets.rows, column::PLACE)?;
    let from = instants(&tickets.rows, column::LINE_FROM)?;
    let to = instants(&tickets.rows, column::LINE_TO)?;
    let mut changes: Vec<Vec<(i64, i64)>> = vec![Vec::new(); tickets.locations.len()];
    for (place, times) in places.known().zip(from.iter().zip(to.iter())) {
        if let (Some(from), Some(to)) = times
            && let Some(changes) = changes.get_mut(place as usize)
        {
            changes.push((from, 1));
            changes.push((to, -1));
        }
    }
    Ok(changes)
}
