//! The whole weeks that are looked at when it is asked what changed, each with its value.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use crate::calendar::week_end;
use crate::metric::behind::row_of;
use crate::metric::cell::{Cell, Kind};
use crate::metric::course::{first_whole, history_begin};
use crate::metric::measure::Figures;
use crate::metric::row::Row;
use crate::metric::tally::{Tally, Times};
use crate::statistics::what_changed::{HISTORY, LEAST_WAITS};

use super::ground::Ground;
use super::made::{Part, PartWay};

/// The whole weeks up to the one that begins on `last`, oldest first; of them the rule looks at no more than these.
fn firsts(ground: &Ground<'_>, last: NaiveDate) -> Vec<NaiveDate> {
    let starts_on = ground.rules.week_starts_on;
    let last = last.to_epoch_days();
    let begin = history_begin(last);
    let mut open: BTreeMap<i32, u8> = BTreeMap::new();
    for (_, one) in ground.everything() {
        let Some((date, day)) = one.service_date().zip(one.service_day) else { continue };
        let first = starts_on.first_of(date).to_epoch_days();
        if (begin..=last).contains(&first) {
            *open.entry(first).or_default() |= u8::from(one.came) << (day - first).clamp(0, 6);
        }
    }
    let Some(whole) = first_whole(&open) else { return Vec::new() };
    let weeks: Vec<i32> = (begin..=last).step_by(7).filter(|week| *week >= whole).collect();
    let seen = weeks.get(weeks.len().saturating_sub(HISTORY)..).unwrap_or_default();
    seen.iter().filter_map(|week| NaiveDate::from_epoch_days(*week)).collect()
}

/// The weeks of a measure of a place (of all together without one) that have a value; those in `marked`, of the newest so many
/// weeks, are set apart.
pub(super) fn weeks(
    ground: &Ground<'_>,
    (measure, place): (&str, Option<&str>),
    last: NaiveDate,
    marked: usize,
) -> Vec<Part> {
    let starts_on = ground.rules.week_starts_on;
    let mut rows: BTreeMap<NaiveDate, Vec<Row>> = BTreeMap::new();
    for (_, one) in ground.everything() {
        let is_mine = place.is_none_or(|id| ground.id_of(one) == id);
        if let Some(date) = one.service_date().filter(|_| is_mine) {
            rows.entry(starts_on.first_of(date)).or_default().push(row_of(one));
        }
    }
    let from = last.checked_sub_days(Days::new(7 * (marked as u64).saturating_sub(1)));
    let week = |first: NaiveDate| {
        let tally = Tally::with(rows.get(&first)?.iter(), &mut Times::default());
        let figures = Figures::of(&tally, ground.rules);
        let (name, value, n, kind) = of_week(measure, &figures, &tally)?;
        Some(Part {
            name: starts_on.iso_name(first).unwrap_or_else(|| format!("week from {first}")),
            value: (Cell::number(value), kind),
            n: value.map(|_| n),
            is_marked: marked > 0 && from.is_some_and(|from| from <= first),
            way: PartWay::Measure {
                measure: name,
                organization: place.is_none().then(|| ground.sections.organization.clone()),
                location: place.map(str::to_owned),
                days: (first, week_end(first)?),
            },
        })
    };
    let found = firsts(ground, last).into_iter().filter_map(week);
    found.skip_while(|part| part.value.0 == Cell::Missing).collect()
}

/// Name, value and n of a measure in a week; `None` where it has nothing to say. Hidden ratings have no value.
fn of_week(
    measure: &str,
    figures: &Figures,
    tally: &Tally,
) -> Option<(&'static str, Option<f64>, u64, Kind)> {
    let (name, value, n, kind) = match measure {
        "cancellation" => {
            ("cancellation_rate", figures.cancellation_rate, tally.closed(), Kind::Share)
        }
        "csat" => ("csat", figures.csat, tally.rated(), Kind::Share),
        "no_show" => ("no_show_rate", figures.no_show_rate, tally.closed(), Kind::Share),
        "within_target" => {
            ("within_target_rate", figures.within_target_rate, tally.offered, Kind::Share)
        }
        _ => ("wait_p50_s", figures.wait_p50_s, tally.waits.len(), Kind::Seconds),
    };
    let least = if name == "wait_p50_s" { LEAST_WAITS } else { 1 };
    (n >= least).then_some((name, value, n, kind))
}
