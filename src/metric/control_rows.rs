//! Weeks of a location against what is usual for it: the rows of `control.csv`, for charts and never for headlines.

use chrono::{Days, NaiveDate};

use crate::calendar::week_end;
use crate::statistics::control::{Limits, individuals, laney, runs};
use crate::statistics::what_changed::{LEAST_WAITS, Measure, Week, log_of_wait};

use super::course::{Looked, LookedAt};
use super::group::Rules;
use super::measure::Figures;

/// Weeks shown at most: the longer a series, the more often chance alone leaves the limits.
const SHOWN: usize = 36;
/// Weeks that limits need.
const LEAST_FOR_LIMITS: usize = 20;

/// Why a week stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Beyond three sigma.
    BeyondLimits,
    /// The weeks as a whole are not stable: a run on one side of the centre is longer, or crossings are fewer, than chance gives.
    Run,
    /// Both.
    Both,
}

/// A week of a measure of a location. Shares are fractions, waits seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ControlRow {
    /// What is shown.
    pub measure: Measure,
    /// First day of the week.
    pub from: NaiveDate,
    /// The share, or the median wait.
    pub value: f64,
    /// Closed tickets, ratings or waits.
    pub n: u64,
    /// What is usual; `None` with fewer than 20 whole weeks, and for a week that is not over.
    pub limits: Option<Limits>,
    /// Why it stands out, if it does.
    pub signal: Option<Signal>,
    /// Whether the week is over.
    pub complete: bool,
}

/// The rows of the whole weeks of a location, given by its place among weeks that end with that of `last`; without a place, those of
/// all together.
pub(super) fn control_rows(
    last: NaiveDate,
    (looked, place): (&Looked, Option<usize>),
    rules: Rules,
) -> Vec<ControlRow> {
    let mut rows = Vec::new();
    for LookedAt { measure, places, all } in looked {
        let of = |place| places.get(place).map_or(&[][..], Vec::as_slice);
        let (measure, weeks) = (*measure, place.map_or(all.as_slice(), of));
        let shown = |week: &Week| measure != Measure::Csat || !rules.hide(trials(week));
        let firsts = (0..).map_while(|ago| last.checked_sub_days(Days::new(7 * ago)));
        let mut whole: Vec<(NaiveDate, Week)> = firsts
            .zip(weeks.iter().rev())
            .take(SHOWN)
            .filter_map(|(first, week)| Some((first, (*week)?)))
            .filter(|(_, week)| shown(week))
            .collect();
        whole.reverse();
        rows.extend(of_measure(measure, &whole));
    }
    rows
}

/// The first day of the week after the whole one that begins on `last`, if it begins in the window and is not over, or the
/// window ends before it does. `whole` is the last day that is over everywhere. A week that is over and in the window holds
/// nothing but what came after the last visit, and is none.
pub(super) fn running_week(
    last: NaiveDate,
    whole: Option<NaiveDate>,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
) -> Option<NaiveDate> {
    let first = last.checked_add_days(Days::new(7))?;
    let end = week_end(first)?;
    let begins_inside = from.is_none_or(|from| from <= first) && to.is_none_or(|to| first <= to);
    let is_over = whole.is_some_and(|whole| end <= whole) && to.is_none_or(|to| end <= to);
    (begins_inside && !is_over).then_some(first)
}

/// Adds the week that begins on `first` to the rows of a location, from its figures of the weeks in the window: of days in
/// the window only.
pub(super) fn with_running(
    mut rows: Vec<ControlRow>,
    first: Option<NaiveDate>,
    weekly: &[(Option<NaiveDate>, Figures)],
) -> Vec<ControlRow> {
    let Some(from) = first else { return rows };
    let Some((_, f)) = weekly.iter().find(|(week, _)| *week == first) else { return rows };
    for measure in Measure::ALL {
        let (value, n) = match measure {
            Measure::Cancellation => (f.cancellation_rate, f.closed()),
            Measure::Csat => (f.csat, f.rated()),
            Measure::NoShow => (f.no_show_rate, f.closed()),
            Measure::Wait => (f.wait_p50_s.filter(|_| f.waits >= LEAST_WAITS), f.waits),
        };
        let Some(value) = value else { continue };
        rows.push(ControlRow {
            measure,
            from,
            value,
            n,
            limits: None,
            signal: None,
            complete: false,
        });
    }
    // Stable: the weeks of a measure stay in their order.
    rows.sort_by_key(|row| Measure::ALL.iter().position(|measure| *measure == row.measure));
    rows
}

fn trials(week: &Week) -> u64 {
    match week {
        Week::Share { n, .. } | Week::Wait { n, .. } => *n,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
fn value(week: &Week) -> f64 {
    match week {
        Week::Share { hits, n } => *hits as f64 / *n as f64,
        Week::Wait { median_s, .. } => *median_s,
    }
}

/// The rows of whole weeks, oldest first.
fn of_measure(measure: Measure, weeks: &[(NaiveDate, Week)]) -> Vec<ControlRow> {
    let is_wait = measure == Measure::Wait;
    let scaled = |value: f64| if is_wait { log_of_wait(value) } else { value };
    let back = |value: f64| if is_wait { measure.back(value) } else { value };
    let values: Vec<f64> = weeks.iter().map(|(_, week)| scaled(value(week))).collect();
    let limits = limits(weeks, &values);
    // About the median, also where there is a centre line: one odd week moves a mean, and then all others lie on one side of it.
    let is_run = runs(&values).is_some_and(|runs| runs.signal());
    let row = |(at, ((from, week), scaled)): (usize, (&(NaiveDate, Week), &f64))| {
        let limits = limits.as_ref().and_then(|limits| limits.get(at));
        let signal = match (limits.is_some_and(|limits| limits.signal(*scaled)), is_run) {
            (true, true) => Some(Signal::Both),
            (true, false) => Some(Signal::BeyondLimits),
            (false, true) => Some(Signal::Run),
            (false, false) => None,
        };
        ControlRow {
            measure,
            from: *from,
            value: value(week),
            n: trials(week),
            limits: limits.map(|limits| Limits {
                centre: back(limits.centre),
                low: back(limits.low),
                high: back(limits.high),
            }),
            signal,
            complete: true,
        }
    };
    weeks.iter().zip(&values).enumerate().map(row).collect()
}

/// Laney's p′ for shares, individuals on the scale ln(median + 60 s) for waits; `None` with too few weeks.
fn limits(weeks: &[(NaiveDate, Week)], scaled: &[f64]) -> Option<Vec<Limits>> {
    if weeks.len() < LEAST_FOR_LIMITS {
        return None;
    }
    let share = |week: &Week| match week {
        Week::Share { hits, n } => Some((*hits, *n)),
        Week::Wait { .. } => None,
    };
    match weeks.iter().map(|(_, week)| share(week)).collect::<Option<Vec<_>>>() {
        Some(points) => laney(&points).map(|chart| chart.limits),
        None => individuals(scaled, false).map(|limits| vec![limits; scaled.len()]),
    }
}

#[cfg(test)]
#[path = "control_rows_tests.rs"]
mod tests;
