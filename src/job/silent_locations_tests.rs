//! Silent locations against a plain count, on calendars of every kind.

use chrono::{Datelike, Days};
use proptest::prelude::*;

use super::*;
use crate::job::closed::ClosedDay;

/// So many days after Monday 2021-03-01.
fn date(day: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2021, 3, 1).unwrap().checked_add_days(Days::new(day)).unwrap()
}

/// The last day and the open days missed of a location `P` with tickets on these days.
fn judged(
    days: impl IntoIterator<Item = u64>,
    closed: &[(u64, u64)],
    (heard, today): (u64, u64),
    limit: u32,
) -> Option<(NaiveDate, u64)> {
    let mut all = ClosedDays::default();
    let spans: Vec<_> = closed.iter().map(|(a, b)| ClosedDay::Span(date(*a), date(*b))).collect();
    all.close_location("P", &spans);
    let days = days.into_iter().map(date).filter(|day| *day <= date(today)).collect();
    silence(("o", "P"), limit, &all, (date(heard), date(today)), &days)
}

/// Weekdays of the first so many days.
fn weekdays(days: u64) -> impl Iterator<Item = u64> {
    (0..days).filter(|day| day % 7 < 5)
}

#[test]
fn three_open_days_in_a_row_for_four_weeks() {
    // The last ticket on Friday, day 32; Monday to Wednesday are 35 to 37.
    let at = |today: u64| judged(weekdays(33), &[], (today - 1, today), 3);
    assert_eq!(at(37), None, "Wednesday is not over");
    assert_eq!(at(38), Some((date(32), 3)));
    assert_eq!(at(37 + 28).map(|(last, _)| last), Some(date(32)));
    assert_eq!(at(38 + 28), None, "it is gone, and does not nag");
    // Holidays of its own, and those of the configuration that end later.
    assert_eq!(judged(weekdays(33), &[(35, 36)], (37, 38), 3), None);
    assert_eq!(judged(weekdays(33), &[(35, 36)], (40, 41), 3), Some((date(32), 3)));
    // Nobody knows of days on which nothing was heard of the organization.
    assert_eq!(judged(weekdays(33), &[], (36, 60), 3), None);
    assert_eq!(judged(weekdays(33), &[], (37, 60), 3), Some((date(32), 3)));
    // Another limit, and a place that came back.
    assert_eq!(judged(weekdays(33), &[], (37, 38), 4), None);
    assert_eq!(judged(weekdays(33).chain([37]), &[], (37, 38), 3), None);
}

#[test]
fn a_place_without_a_rhythm_is_never_silent() {
    // Known for 13 days only; and on half of its days, or on fewer.
    assert_eq!(judged(20..33, &[], (49, 50), 3), None);
    assert!(judged(19..33, &[], (49, 50), 3).is_some());
    assert_eq!(judged((0..34).step_by(2), &[], (49, 50), 3), None);
    // Open on Mondays only: three Mondays.
    let mondays = || (0..36).step_by(7);
    assert_eq!(judged(mondays(), &[], (55, 56), 3), None);
    assert_eq!(judged(mondays(), &[], (56, 57), 3), Some((date(35), 3)));
}

/// The same, day by day.
fn oracle(
    days: &BTreeSet<u64>,
    closed: &BTreeSet<u64>,
    (heard, today): (u64, u64),
    limit: usize,
) -> Option<(NaiveDate, u64)> {
    let last = *days.iter().filter(|day| **day <= today).max()?;
    let came = |day: u64| days.contains(&day) && day <= last;
    let first = last.saturating_sub(27).max(*days.first()?);
    if last - first < 13 {
        return None;
    }
    let weekday = |day: u64| date(day).weekday();
    let open = |day: u64| {
        let alike = (first..=last).filter(|one| weekday(*one) == weekday(day));
        let asked = alike.clone().filter(|one| !closed.contains(one)).count();
        let is_shut = asked >= 2 && !alike.clone().any(came);
        !is_shut && !closed.contains(&day)
    };
    let known: Vec<u64> = (first..=last).filter(|day| open(*day)).collect();
    if known.iter().filter(|day| came(**day)).count() * 2 <= known.len() {
        return None;
    }
    let missed: Vec<u64> = (last + 1..today).filter(|day| *day <= heard && open(*day)).collect();
    let since = *missed.get(limit - 1)?;
    (since + 28 >= today).then(|| (date(last), missed.len() as u64))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn as_a_plain_count_has_it(
        weekdays in prop::collection::btree_set(0_u64..7, 1..7),
        missing in prop::collection::btree_set(0_u64..70, 0..25),
        last in 5_u64..70, today in 0_u64..60, lag in 0_u64..6,
        holiday in 0_u64..100, length in 0_u64..12, limit in 1_u32..5,
    ) {
        let days: BTreeSet<u64> = (0..=last)
            .filter(|day| weekdays.contains(&(day % 7)) && !missing.contains(day))
            .collect();
        let today = last + today;
        let heard = today.saturating_sub(lag);
        let closed: BTreeSet<u64> = (holiday..=holiday + length).collect();
        let found =
            judged(days.iter().copied(), &[(holiday, holiday + length)], (heard, today), limit);
        prop_assert_eq!(found, oracle(&days, &closed, (heard, today), limit as usize));
    }
}
