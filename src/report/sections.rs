//! Turns tables into the typed rows that charts and pages read.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::dataframe::column;
use crate::metric::{MetricError, Table, Tables};

use super::model::{Figures, HourCell, LostRow, Section, WaitBandRow};

/// The sections of an organization's locations, by location id.
///
/// # Errors
/// [`MetricError::Column`] if a table lacks a column.
pub fn by_location(tables: &Tables) -> Result<HashMap<String, Section>, MetricError> {
    let mut sections = HashMap::new();
    fill(tables, Some(column::LOCATION_ID), &mut sections)?;
    Ok(sections)
}

/// The section of a whole organization, from its tables without location columns.
///
/// # Errors
/// As [`by_location`].
pub fn whole(tables: &Tables) -> Result<Section, MetricError> {
    let mut sections = HashMap::new();
    fill(tables, None, &mut sections)?;
    Ok(sections.remove("").unwrap_or_default())
}

type Sections = HashMap<String, Section>;

fn fill(
    tables: &Tables,
    key: Option<&'static str>,
    into: &mut Sections,
) -> Result<(), MetricError> {
    let keys = |table: &Table| -> Result<Vec<String>, MetricError> {
        match key {
            None => Ok(vec![String::new(); table.height()]),
            Some(name) => {
                Ok(texts(table, name)?.into_iter().map(Option::unwrap_or_default).collect())
            }
        }
    };
    let of = |into: &mut Sections, id: String, with: &mut dyn FnMut(&mut Section)| {
        with(into.entry(id).or_default());
    };
    for (id, row) in keys(&tables.whole)?.into_iter().zip(figures(&tables.whole)?) {
        of(into, id, &mut |section| section.figures = row.clone());
    }
    let dates = texts(&tables.daily, column::SERVICE_DATE)?;
    for ((id, date), row) in
        keys(&tables.daily)?.into_iter().zip(dates).zip(figures(&tables.daily)?)
    {
        let date: Option<NaiveDate> = date.and_then(|text| text.parse().ok());
        of(into, id, &mut |section| {
            section.daily.push((date, row.clone()));
        });
    }
    let weeks = texts(&tables.weekly, column::ISO_WEEK)?;
    for ((id, week), row) in
        keys(&tables.weekly)?.into_iter().zip(weeks).zip(figures(&tables.weekly)?)
    {
        of(into, id, &mut |section| {
            section.weekly.push((week.clone(), row.clone()));
        });
    }
    for (id, row) in keys(&tables.hourly)?.into_iter().zip(hours(&tables.hourly)?) {
        of(into, id, &mut |section| section.hourly.push(row.clone()));
    }
    for (id, row) in keys(&tables.cancellations)?.into_iter().zip(lost(&tables.cancellations)?) {
        of(into, id, &mut |section| section.lost.push(row.clone()));
    }
    for (id, row) in keys(&tables.ratings_by_wait)?.into_iter().zip(bands(&tables.ratings_by_wait)?)
    {
        of(into, id, &mut |section| {
            section.ratings_by_wait.push(row.clone());
        });
    }
    let values = counts(&tables.ratings, column::VALUE)?;
    let ratings = counts(&tables.ratings, column::RATINGS)?;
    for ((id, value), n) in keys(&tables.ratings)?.into_iter().zip(values).zip(ratings) {
        of(into, id, &mut |section| section.ratings.push((value, n)));
    }
    let minutes = counts(&tables.wait_histogram, column::MINUTE)?;
    let waits = counts(&tables.wait_histogram, column::WAITS)?;
    for ((id, minute), n) in keys(&tables.wait_histogram)?.into_iter().zip(minutes).zip(waits) {
        let minute = u32::try_from(minute).unwrap_or(u32::MAX);
        of(into, id, &mut |section| section.histogram.push((minute, n)));
    }
    Ok(())
}

fn texts(table: &Table, name: &'static str) -> Result<Vec<Option<String>>, MetricError> {
    Ok(table.texts(name)?.into_iter().map(|text| text.map(str::to_owned)).collect())
}

fn counts(table: &Table, name: &'static str) -> Result<Vec<u64>, MetricError> {
    let count = |n: Option<i64>| n.and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    Ok(table.counts(name)?.into_iter().map(count).collect())
}

/// Reads whole columns, hands out the value of one row.
struct Columns<T>(HashMap<&'static str, Vec<T>>);

impl<T: Copy + Default> Columns<T> {
    fn at(&self, name: &'static str, row: usize) -> T {
        self.0.get(name).and_then(|column| column.get(row)).copied().unwrap_or_default()
    }
}

fn figures(table: &Table) -> Result<Vec<Figures>, MetricError> {
    let (mut whole, mut parts) = (HashMap::new(), HashMap::new());
    for (name, kind) in column::SUMMARY {
        match kind {
            column::Kind::Count => {
                whole.insert(name, table.counts(name)?);
            }
            column::Kind::Rate | column::Kind::Seconds => {
                parts.insert(name, table.numbers(name)?);
            }
            column::Kind::Text => {}
        }
    }
    let (whole, parts) = (Columns(whole), Columns(parts));
    Ok((0..table.height())
        .map(|row| {
            let max = |name| whole.at(name, row).and_then(|n| u64::try_from(n).ok());
            let n = |name| max(name).unwrap_or(0);
            let x = |name| parts.at(name, row);
            Figures {
                tickets: n("tickets"),
                walk_ins: n("walk_ins"),
                bookings: n("bookings"),
                people: n("people"),
                served: n("served"),
                cancelled_by_customer: n("cancelled_by_customer"),
                cancelled_by_staff: n("cancelled_by_staff"),
                no_show: n("no_show"),
                removed: n("removed"),
                rejected: n("rejected"),
                open: n("open"),
                cancellation_rate: x("cancellation_rate"),
                customer_cancellation_rate: x("customer_cancellation_rate"),
                staff_cancellation_rate: x("staff_cancellation_rate"),
                no_show_rate: x("no_show_rate"),
                lost_rate: x("lost_rate"),
                ratings: n("ratings"),
                rating_mean: x("rating_mean"),
                rating_counts: [
                    n("rating_1"),
                    n("rating_2"),
                    n("rating_3"),
                    n("rating_4"),
                    n("rating_5"),
                ],
                csat: x("csat"),
                csat_low: x("csat_low"),
                csat_high: x("csat_high"),
                response_rate: x("response_rate"),
                waits: n("waits"),
                wait_mean_s: x("wait_mean_s"),
                wait_p50_s: x("wait_p50_s"),
                wait_p90_s: x("wait_p90_s"),
                wait_p95_s: x("wait_p95_s"),
                wait_max_s: max("wait_max_s"),
                early: n("early"),
                within_target_rate: x("within_target_rate"),
                calls: n("calls"),
                call_wait_p50_s: x("call_wait_p50_s"),
                call_wait_p90_s: x("call_wait_p90_s"),
                services: n("services"),
                service_p50_s: x("service_p50_s"),
                service_p90_s: x("service_p90_s"),
            }
        })
        .collect())
}

fn hours(table: &Table) -> Result<Vec<HourCell>, MetricError> {
    let weekday = counts(table, column::WEEKDAY)?;
    let hour = counts(table, column::HOUR)?;
    let tickets = counts(table, column::TICKETS)?;
    let waits = counts(table, column::WAITS)?;
    let p50 = table.numbers(column::WAIT_P50_S)?;
    let p90 = table.numbers(column::WAIT_P90_S)?;
    let mean = table.numbers(column::LINE_MEAN)?;
    let max = table.counts(column::LINE_MAX)?;
    let small = |n: Option<&u64>| n.and_then(|n| u8::try_from(*n).ok()).unwrap_or(0);
    Ok((0..table.height())
        .map(|row| HourCell {
            weekday: small(weekday.get(row)),
            hour: small(hour.get(row)),
            tickets: tickets.get(row).copied().unwrap_or(0),
            waits: waits.get(row).copied().unwrap_or(0),
            wait_p50_s: p50.get(row).copied().flatten(),
            wait_p90_s: p90.get(row).copied().flatten(),
            line_mean: mean.get(row).copied().flatten(),
            line_max: max.get(row).copied().flatten().and_then(|n| u64::try_from(n).ok()),
        })
        .collect())
}

fn lost(table: &Table) -> Result<Vec<LostRow>, MetricError> {
    let outcomes = texts(table, column::OUTCOME)?;
    let types = texts(table, column::TICKET_TYPE)?;
    let bands = texts(table, column::LEAD_BAND)?;
    let tickets = counts(table, column::TICKETS)?;
    Ok(outcomes
        .into_iter()
        .zip(types)
        .zip(bands)
        .zip(tickets)
        .map(|(((outcome, ticket_type), lead_band), tickets)| LostRow {
            outcome: outcome.unwrap_or_default(),
            ticket_type: ticket_type.unwrap_or_default(),
            lead_band,
            tickets,
        })
        .collect())
}

fn bands(table: &Table) -> Result<Vec<WaitBandRow>, MetricError> {
    let names = texts(table, column::WAIT_BAND)?;
    let ratings = counts(table, column::RATINGS)?;
    let mean = table.numbers(column::RATING_MEAN)?;
    let csat = table.numbers(column::CSAT)?;
    let low = table.numbers(column::CSAT_LOW)?;
    let high = table.numbers(column::CSAT_HIGH)?;
    let at = |column: &[Option<f64>], row: usize| column.get(row).copied().flatten();
    Ok(names
        .into_iter()
        .zip(ratings)
        .enumerate()
        .map(|(row, (wait_band, ratings))| WaitBandRow {
            wait_band: wait_band.unwrap_or_default(),
            ratings,
            rating_mean: at(&mean, row),
            csat: at(&csat, row),
            csat_low: at(&low, row),
            csat_high: at(&high, row),
        })
        .collect())
}
