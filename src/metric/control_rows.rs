//! Weeks of a location against what is usual for it: the rows of `control.csv`, for charts and never for headlines.

use chrono::{Days, NaiveDate};

use crate::calendar::week_end;
use crate::statistics::control::{Limits, individuals, laney, runs, runs_about};
use crate::statistics::what_changed::{Measure, Week};

use super::changes::JUDGED;
use super::course::Span;
use super::group::Rules;

/// Weeks shown at most: the longer a series, the more often chance alone leaves the limits.
const SHOWN: usize = 36;
/// Weeks that limits need.
const LEAST_FOR_LIMITS: usize = 20;
/// Added to waits before their logarithm, seconds, so that short ones do not weigh most.
const SHIFT_S: f64 = 60.0;

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

/// The rows of a location, given by its place in a span that ends with the week of `last`.
pub(super) fn control_rows(
    last: NaiveDate,
    (span, place): (&Span, usize),
    to: Option<NaiveDate>,
    rules: Rules,
) -> Vec<ControlRow> {
    let from = usize::from(rules.scale.satisfied_from());
    // The running week, if it is in the window as a whole.
    let is_inside =
        |next: &NaiveDate| to.is_none_or(|to| week_end(*next).is_some_and(|end| end <= to));
    let running = last.checked_add_days(Days::new(7)).filter(is_inside);
    let mut rows = Vec::new();
    for (measure, _) in JUDGED {
        let shown = |week: &Week| measure != Measure::Csat || !rules.hide(trials(week));
        let weeks = span.place(place, measure, from);
        let firsts = (0..).map_while(|ago| last.checked_sub_days(Days::new(7 * ago)));
        let mut whole: Vec<(NaiveDate, Week)> = firsts
            .zip(weeks.iter().rev())
            .take(SHOWN)
            .filter_map(|(first, week)| Some((first, (*week)?)))
            .filter(|(_, week)| shown(week))
            .collect();
        whole.reverse();
        rows.extend(of_measure(measure, &whole));
        let week = running.zip(span.running(place, measure, from)).filter(|(_, week)| shown(week));
        rows.extend(week.map(|(from, week)| ControlRow {
            measure,
            from,
            value: value(&week),
            n: trials(&week),
            limits: None,
            signal: None,
            complete: false,
        }));
    }
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
    let scaled = |value: f64| if is_wait { (value + SHIFT_S).ln() } else { value };
    let back = |value: f64| if is_wait { (value.exp() - SHIFT_S).max(0.0) } else { value };
    let values: Vec<f64> = weeks.iter().map(|(_, week)| scaled(value(week))).collect();
    let limits = limits(weeks, &values);
    let centre = limits.as_ref().and_then(|limits| limits.first()).map(|limits| limits.centre);
    let runs = centre.map_or_else(|| runs(&values), |centre| Some(runs_about(&values, centre)));
    let is_run = runs.is_some_and(|runs| runs.signal());
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
mod tests {
    use super::*;

    fn weeks(values: impl Iterator<Item = Week>) -> Vec<(NaiveDate, Week)> {
        let first = NaiveDate::from_ymd_opt(2021, 1, 4).unwrap();
        (0..).zip(values).map(|(n, week)| (first + Days::new(7 * n), week)).collect()
    }

    #[test]
    fn shares_have_the_limits_of_laney() {
        let points: Vec<(u64, u64)> =
            (0..24).map(|n| if n == 23 { (60, 100) } else { (20 + n % 5, 100 + n) }).collect();
        let share = |(hits, n): &(u64, u64)| Week::Share { hits: *hits, n: *n };
        let rows = of_measure(Measure::Cancellation, &weeks(points.iter().map(share)));
        let chart = laney(&points).unwrap();
        for (row, limits) in rows.iter().zip(&chart.limits) {
            assert_eq!(row.limits, Some(*limits));
            let beyond = matches!(row.signal, Some(Signal::BeyondLimits | Signal::Both));
            assert_eq!(beyond, limits.signal(row.value));
        }
        assert!(matches!(rows[23].signal, Some(Signal::BeyondLimits | Signal::Both)));
        let few = of_measure(Measure::Cancellation, &weeks(points[..19].iter().map(share)));
        assert!(few.iter().all(|row| row.limits.is_none() && row.n > 0));
    }

    #[test]
    fn waits_are_looked_at_on_a_log_scale() {
        let median = |n: u32| if n == 21 { 3_000.0 } else { 300.0 + f64::from(n % 4) * 20.0 };
        let week = |n| Week::Wait { median_s: median(n), half_width: 0.1, n: 50 };
        let rows = of_measure(Measure::Wait, &weeks((0..24).map(week)));
        let scaled: Vec<f64> = (0..24).map(|n| (median(n) + 60.0).ln()).collect();
        let limits = individuals(&scaled, false).unwrap();
        let found = rows[0].limits.unwrap();
        assert!((found.centre - (limits.centre.exp() - 60.0)).abs() < 1e-9);
        assert!((found.high - (limits.high.exp() - 60.0)).abs() < 1e-9);
        let beyond =
            |row: &ControlRow| matches!(row.signal, Some(Signal::BeyondLimits | Signal::Both));
        assert!(beyond(&rows[21]) && !beyond(&rows[20]));
    }

    #[test]
    fn weeks_that_stay_on_one_side_are_a_run() {
        let week = |n: u64| Week::Share { hits: if n < 12 { 20 } else { 26 } + n % 2, n: 200 };
        let rows = of_measure(Measure::NoShow, &weeks((0..24).map(week)));
        assert!(rows.iter().all(|row| row.signal == Some(Signal::Run)));
        let week = |n: u64| Week::Share { hits: 20 + n * 7 % 5, n: 200 };
        let rows = of_measure(Measure::NoShow, &weeks((0..24).map(week)));
        assert!(rows.iter().all(|row| row.signal.is_none()));
    }
}
