//! Silence against a plain count of open days, on weeks of every kind.

use super::*;
use crate::job::closed::ClosedDay;

/// Midnight of a day of March 2021 (UTC), and so many hours.
fn at(day: i64, hours: i64) -> i64 {
    let midnight = Zone::UTC.start_of("2021-03-01".parse().unwrap()).unwrap();
    midnight + (day - 1) * DAY_MS + hours * 3_600_000
}

fn date(day: i64) -> NaiveDate {
    Zone::UTC.local(at(day, 0)).unwrap().date
}

fn open() -> ClosedDays {
    ClosedDays::default()
}

/// Closed from one day of March to another, both included.
fn span(from: i64, to: i64) -> ClosedDay {
    ClosedDay::Span(date(from), date(to))
}

fn closed(days: &[ClosedDay]) -> ClosedDays {
    let mut closed = ClosedDays::default();
    closed.close_all(days);
    closed
}

/// Whether an organization with visits on these days of March is silent at an instant.
fn is_silent(closed: &ClosedDays, days: impl IntoIterator<Item = i64>, now: i64) -> bool {
    let mut visits = DailyVisits::default();
    let mut last = 0;
    for day in days {
        visits.add("org", "A", date(day), 7);
        last = last.max(day);
    }
    let since = at(last, 18);
    let rhythm = Rhythm::of(("org", vec!["A"]), date(last), closed, &visits);
    let open = rhythm.open_ms(Clock::UTC, since, now);
    let missed = rhythm.open_days(date(last), Some(Zone::UTC.local(now).unwrap().date));
    let all = days_between(date(last), Some(Zone::UTC.local(now).unwrap().date));
    open >= 3 * DAY_MS && missed > rhythm.usual_gap && all > rhythm.usual_days
}

#[test]
fn three_days_without_anything() {
    for (hours, silent) in [(0, false), (71, false), (72, true), (500, true)] {
        assert_eq!(is_silent(&open(), 1..=19, at(19, 18 + hours)), silent, "{hours}");
    }
    // The first day of all that is known, and the only one.
    assert!(is_silent(&open(), [19], at(22, 18)) && !is_silent(&open(), [19], at(22, 17)));
}

fn weekdays_of_march() -> Vec<i64> {
    (1..=26).filter(|day| (day - 1) % 7 < 5).collect()
}

#[test]
fn closed_weekdays_and_holidays_are_no_silence() {
    // March 2021 begins on a Monday. Open on weekdays only: the weekend does not count, Monday to Wednesday do.
    let weekdays = weekdays_of_march();
    for (day, hour, silent) in [(29, 9, false), (30, 20, false), (31, 19, true)] {
        assert_eq!(is_silent(&open(), weekdays.clone(), at(day, hour)), silent, "{day}");
    }
    // Friday 18:00 to Wednesday 18:00 without the weekend are three days.
    assert!(
        !is_silent(&open(), weekdays.clone(), at(31, 17))
            && is_silent(&open(), weekdays.clone(), at(31, 18))
    );
    let holidays = &closed(&[span(29, 35)]);
    assert!(!is_silent(holidays, weekdays.clone(), at(36, 9)));
    assert!(is_silent(holidays, weekdays, at(39, 9)));
    let of_location = |name: &str| {
        let mut closed = ClosedDays::default();
        closed.close_location(name, &[span(29, 35)]);
        closed
    };
    assert!(!is_silent(&of_location("A"), weekdays_of_march(), at(36, 9)));
    assert!(is_silent(&of_location("B"), weekdays_of_march(), at(36, 9)));
    let named = &closed(&[Weekday::Sat, Weekday::Sun].map(ClosedDay::Weekly));
    assert!(!is_silent(named, 22..=26, at(31, 17)) && is_silent(named, 22..=26, at(31, 18)));
}

#[test]
fn a_gap_that_is_usual_is_none() {
    // Open on no fixed days, every fourth: three days between are nothing, four are.
    let every_fourth: Vec<i64> = (1..=49).step_by(4).collect();
    assert!(!is_silent(&open(), every_fourth.clone(), at(53, 9)));
    assert!(is_silent(&open(), every_fourth, at(54, 9)));
    // One outage of ten days does not hide the next.
    let days: Vec<i64> = (1..=20).chain(31..=49).collect();
    assert!(is_silent(&open(), days, at(53, 9)));
}

proptest::proptest! {
    #[test]
    fn more_time_never_ends_a_silence_and_more_closed_days_never_make_one(
        days in proptest::collection::btree_set(1_i64..56, 1..40),
        hours in 0_i64..600, more in 0_i64..300, holidays in 0_i64..20,
    ) {
        let last = *days.last().unwrap();
        let now = at(last, 18 + hours);
        let silent = is_silent(&open(), days.clone(), now);
        proptest::prop_assert!(!silent || is_silent(&open(), days.clone(), now + more * 3_600_000));
        let closed = closed(&[span(last + 1, last + 1 + holidays)]);
        proptest::prop_assert!(silent || !is_silent(&closed, days, now));
    }
}

#[test]
fn the_hours_after_midnight_are_of_the_evening_before() {
    let five = crate::calendar::DayStart::parse("05:00").unwrap();
    let bar = Clock::new(&Zone::UTC.into(), five);
    let sundays = closed(&[ClosedDay::Weekly(Weekday::Sun)]);
    let rhythm = Rhythm::of(("org", vec!["A"]), date(6), &sundays, &DailyVisits::default());
    // From 01:00 of Sunday, 7 March, to 06:00 of Monday: Saturday ends at 05:00, Sunday is closed until Monday at 05:00.
    assert_eq!(rhythm.open_ms(bar, at(7, 1), at(8, 6)), 5 * 3_600_000);
    // With days from midnight, the Sunday was open, because something happened on it.
    assert_eq!(rhythm.open_ms(Clock::UTC, at(7, 1), at(8, 6)), 29 * 3_600_000);
}
