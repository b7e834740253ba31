//! Weeks against what is usual: limits and signals are those of the formulas, and the running week takes no part in them.

use proptest::prelude::*;

use super::super::tally::Tally;
use super::*;
use crate::ticket::Outcome;

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
    let beyond = |row: &ControlRow| matches!(row.signal, Some(Signal::BeyondLimits | Signal::Both));
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

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Of weeks with too few ratings there is no row; tickets are not hidden.
#[test]
fn weeks_with_hidden_ratings_have_no_row() {
    let weeks: Vec<Option<Week>> =
        [4, 5, 6, 3].map(|n| Some(Week::Share { hits: 2, n })).into_iter().collect();
    let looked = Measure::ALL.map(|measure| {
        let all = if measure == Measure::Wait { Vec::new() } else { weeks.clone() };
        LookedAt { measure, places: Vec::new(), all }
    });
    let rules = Rules { hide_below: 5, ..Rules::default() };
    let rows = control_rows(date("2021-03-22"), (&looked, None), rules);
    let of = |measure: Measure| -> Vec<u64> {
        rows.iter().filter(|row| row.measure == measure).map(|row| row.n).collect()
    };
    assert_eq!(of(Measure::Csat), [5, 6]);
    assert_eq!(of(Measure::NoShow), [4, 5, 6, 3]);
    assert_eq!(of(Measure::Cancellation), [4, 5, 6, 3]);
}

#[test]
fn the_running_week_begins_in_the_window_and_is_not_over() {
    let running = |whole: &str, from: Option<&str>, to: Option<&str>| {
        let window = (from.map(date), to.map(date));
        running_week(date("2021-03-08"), Some(date(whole)), window).map(|day| day.to_string())
    };
    let next = Some("2021-03-15".to_owned());
    assert_eq!(running("2021-03-17", None, None), next);
    assert_eq!(running("2021-03-17", Some("2021-02-18"), Some("2021-03-17")), next);
    assert_eq!(running("2021-06-01", None, Some("2021-03-20")), next, "cut by the window");
    assert_eq!(running("2021-03-17", None, Some("2021-03-14")), None, "after the window");
    assert_eq!(running("2021-03-17", Some("2021-03-16"), None), None, "without its first day");
    assert_eq!(running("2021-06-01", None, None), None, "over, and nobody came");
    assert_eq!(running("2021-03-21", None, Some("2021-03-21")), None, "the same");
}

#[test]
fn the_running_week_is_that_of_the_window_and_has_no_limits() {
    let first = date("2021-03-15");
    let mut tally =
        Tally { tickets: 20, came: 20, ratings: vec![1, 0, 0, 0, 3], ..Tally::default() };
    for (outcome, n) in [
        (Outcome::Served, 10),
        (Outcome::CancelledByCustomer, 3),
        (Outcome::CancelledByStaff, 2),
        (Outcome::NoShow, 1),
        (Outcome::Open, 4),
    ] {
        let at = Outcome::ALL.iter().position(|each| *each == outcome).unwrap();
        tally.outcomes[at] = n;
    }
    for wait in 1..=9 {
        tally.waits.add(wait * 60);
    }
    let whole = || {
        let week = |n: u64| Week::Share { hits: 1, n: 10 + n };
        let of = |measure| of_measure(measure, &weeks((0..3).map(week)));
        [of(Measure::Cancellation), of(Measure::Csat)].concat()
    };
    let found = |tally: &Tally, rules: Rules| {
        let weekly = [(None, Figures::default()), (Some(first), Figures::of(tally, rules))];
        let rows = with_running(whole(), Some(first), &weekly);
        let mut kept = rows.clone();
        kept.retain(|row| row.complete);
        assert_eq!(kept, whole());
        let running: Vec<&ControlRow> = rows.iter().filter(|row| !row.complete).collect();
        assert!(
            running
                .iter()
                .all(|row| { row.from == first && row.limits.is_none() && row.signal.is_none() })
        );
        // After the whole weeks of its measure.
        assert!(!rows[3].complete && rows[3].measure == Measure::Cancellation);
        running.iter().map(|row| (row.measure, row.value, row.n)).collect::<Vec<_>>()
    };
    let shares = [
        (Measure::Cancellation, 5.0 / 16.0, 16),
        (Measure::Csat, 0.75, 4),
        (Measure::NoShow, 1.0 / 16.0, 16),
    ];
    assert_eq!(found(&tally, Rules::default()), shares);
    let hidden = found(&tally, Rules { hide_below: 5, ..Rules::default() });
    assert_eq!(hidden, [shares[0], shares[2]]);
    tally.waits.add(600);
    assert_eq!(found(&tally, Rules::default())[3], (Measure::Wait, 330.0, 10));
    assert_eq!(with_running(whole(), None, &[]), whole());
    assert_eq!(with_running(whole(), Some(first), &[]), whole());
}

#[test]
fn one_odd_week_is_no_run_of_all_the_others() {
    let waits = |odd: f64| {
        let of =
            (0..36).map(move |n| if n == 20 { odd } else { [300.0, 303.0, 297.0, 306.0][n % 4] });
        of_measure(
            Measure::Wait,
            &weeks(of.map(|median_s| Week::Wait { median_s, half_width: 0.1, n: 12 })),
        )
    };
    let told: Vec<_> = waits(1_500.0).iter().map(|row| row.signal).collect();
    for (at, signal) in told.into_iter().enumerate() {
        assert_eq!(signal, (at == 20).then_some(Signal::BeyondLimits), "{at}");
    }
    assert!(waits(300.0).iter().all(|row| row.signal.is_none()));
}

proptest! {
    /// Limits are those of the formulas, from 20 weeks on; a week is told if it lies beyond them or the runs of all are.
    #[test]
    fn limits_and_signals_are_those_of_the_formulas(
        of in prop::collection::vec((0_u64..40, 0_u64..60, 10_u32..8_000), 1..37),
    ) {
        let points: Vec<(u64, u64)> = of.iter().map(|(k, more, _)| (*k, k + more + 1)).collect();
        let share = |(hits, n): &(u64, u64)| Week::Share { hits: *hits, n: *n };
        let rows = of_measure(Measure::Csat, &weeks(points.iter().map(share)));
        let shares: Vec<f64> = points.iter().map(|(k, n)| *k as f64 / *n as f64).collect();
        let chart = laney(&points).filter(|_| points.len() >= 20).map(|chart| chart.limits);
        let told = |limits: Option<&Limits>, values: &[f64], at: usize| {
            let runs = runs(values).unwrap();
            match (limits.is_some_and(|of| of.signal(values[at])), runs.signal()) {
                (true, true) => Some(Signal::Both),
                (true, false) => Some(Signal::BeyondLimits),
                (false, true) => Some(Signal::Run),
                (false, false) => None,
            }
        };
        for (at, row) in rows.iter().enumerate() {
            let limits = chart.as_ref().map(|limits| limits[at]);
            prop_assert_eq!(row.limits, limits);
            prop_assert_eq!(row.signal, told(limits.as_ref(), &shares, at));
            prop_assert_eq!((row.value.to_bits(), row.n), (shares[at].to_bits(), points[at].1));
        }
        let wait = |(_, _, s): &(u64, u64, u32)| {
            Week::Wait { median_s: f64::from(*s), half_width: 0.1, n: 10 }
        };
        let rows = of_measure(Measure::Wait, &weeks(of.iter().map(wait)));
        let scaled: Vec<f64> = of.iter().map(|(_, _, s)| (f64::from(*s) + 60.0).ln()).collect();
        let usual = individuals(&scaled, false).filter(|_| of.len() >= 20);
        for (at, row) in rows.iter().enumerate() {
            prop_assert_eq!(row.limits.is_some(), usual.is_some());
            prop_assert_eq!(row.signal, told(usual.as_ref(), &scaled, at));
            let Some((found, should)) = row.limits.zip(usual) else { continue };
            prop_assert!(0.0 <= found.low && found.low <= found.centre && found.centre <= found.high);
            let close = |is: f64, scaled: f64| ((is + 60.0).ln() - scaled).abs() < 1e-9;
            prop_assert!(close(found.centre, should.centre) && close(found.high, should.high));
            prop_assert!(found.low == 0.0 || close(found.low, should.low));
        }
    }
}
