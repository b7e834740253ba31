//! The weeks of places: what is in them, which are whole, and that days can come in any order.

use proptest::prelude::*;

use super::super::view::whole_everywhere;
use super::*;
use crate::calendar::Clock;

fn tally(waits: &[u32], came: u64) -> Tally {
    let mut tally = Tally { tickets: came, came, ..Tally::default() };
    for wait in waits {
        tally.waits.add(*wait);
    }
    tally
}

fn place(name: &str) -> (String, String) {
    ("o".to_owned(), name.to_owned())
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn the_week_of_a_median() {
    let waits: Vec<u32> = (1..=20).map(|n| n * 10).collect();
    let sums = WeekSums::of(&[(1, &tally(&waits, 20))]);
    // Ranks 6 and 15 of 20 (statistics.md, "Wait quantiles").
    let half_width = half_width_of_waits(60.0, 150.0);
    let week = Week::Wait { median_s: 105.0, half_width, n: 20 };
    assert_eq!(sums.week(Measure::Wait, 4), Some(week));
    assert_eq!(WeekSums::of(&[(1, &tally(&waits[..9], 9))]).week(Measure::Wait, 4), None);
    let sums = WeekSums { ratings: vec![1, 0, 2, 3, 4], ..WeekSums::default() };
    assert_eq!(sums.week(Measure::Csat, 4), Some(Week::Share { hits: 7, n: 10 }));
    assert_eq!(sums.week(Measure::Csat, 3), Some(Week::Share { hits: 9, n: 10 }));
    assert_eq!(sums.week(Measure::NoShow, 4), None);
}

#[test]
fn the_first_week_counts_if_it_is_whole() {
    // Bit 0 is the first day of the week.
    let first = |weeks: &[(i32, u8)]| first_whole(&weeks.iter().copied().collect());
    assert_eq!(first(&[]), None);
    assert_eq!(first(&[(4, 0b111_1111)]), Some(4));
    assert_eq!(first(&[(4, 0b111_1110)]), Some(11), "one week cannot tell");
    assert_eq!(first(&[(4, 0b111_1110), (11, 0b111_1111)]), Some(11));
    assert_eq!(first(&[(4, 0b111_1110), (11, 0b111_1110)]), Some(4), "closed on that day");
    let twice = [(4, 0b111_1110), (11, 0b111_1111), (18, 0b111_1111)];
    assert_eq!(first(&twice), Some(11), "open on that day in both later weeks");
    assert_eq!(first(&[(4, 0), (11, 0b1)]), Some(11), "bookings ahead are no visits");
}

/// A day of nothing but bookings that were cancelled, or of ratings, does not make its weekday one of those that are open.
#[test]
fn a_day_opens_only_if_somebody_came() {
    // Monday 5 January 1970, and the Mondays after it.
    let weeks = |came_on_first_monday| {
        let mut courses = Courses::new(WeekStart::default());
        courses.add_day(&place("a"), 4, &tally(&[], came_on_first_monday));
        for day in [5, 11, 12, 18] {
            courses.add_day(&place("a"), day, &tally(&[], 1));
        }
        courses.until("o", &["a"], date("1970-01-19")).all.len()
    };
    assert_eq!((weeks(1), weeks(0)), (3, 2));
    // Where nobody ever comes on a Monday, the first week is whole.
    let mut courses = Courses::new(WeekStart::default());
    for day in [5, 12, 19] {
        courses.add_day(&place("a"), day, &tally(&[], 1));
    }
    assert_eq!(courses.until("o", &["a"], date("1970-01-19")).all.len(), 3);
}

#[test]
fn the_last_week_is_over_for_everybody_and_inside_the_window() {
    let whole = |through| whole_everywhere(std::iter::once(Clock::UTC), through);
    // Wednesday 24 March 2021, noon.
    let through = Some(1_616_587_200_000);
    let last = |through, to: Option<&str>| {
        last_week((whole(through), None), to.map(date), WeekStart::default())
    };
    assert_eq!(last(through, None), Some(date("2021-03-15")));
    assert_eq!(last(through, Some("2021-03-21")), Some(date("2021-03-15")));
    assert_eq!(last(through, Some("2021-03-20")), Some(date("2021-03-08")));
    assert_eq!(last(through, Some("2030-01-01")), Some(date("2021-03-15")));
    assert_eq!(last(None, None), None);
    let sunday = WeekStart::parse("Sunday").unwrap();
    let last = last_week((whole(through), None), None, sunday);
    assert_eq!(last, Some(date("2021-03-14")));
    // Nobody came after Saturday 13 March, but ratings did.
    for (seen, week) in [("2021-03-13", "2021-03-08"), ("2021-03-24", "2021-03-15")] {
        let seen = Some(date(seen));
        let last = last_week((whole(through), seen), None, WeekStart::default());
        assert_eq!(last, Some(date(week)));
    }
}

proptest! {
    /// Days in any order and any parts are the same course, and each week holds what its days hold.
    #[test]
    fn days_in_any_order_and_any_parts(
        days in prop::collection::vec((0_i32..40, prop::collection::vec(0_u32..4_000, 0..15), 0_usize..3, 0_usize..2), 0..40),
    ) {
        let starts_on = WeekStart::default();
        let mut whole = Courses::new(starts_on);
        let mut parts = vec![Courses::new(starts_on); 3];
        for (day, waits, part, at) in &days {
            let (here, tally) = (place(["a", "b"][*at]), tally(waits, 1));
            whole.add_day(&here, *day, &tally);
            parts[*part].add_day(&here, *day, &tally);
        }
        let mut merged = Courses::new(starts_on);
        for part in parts.into_iter().rev() {
            merged.merge(part);
        }
        prop_assert_eq!(&merged, &whole);
        let last = date("1970-02-02");
        let span = whole.until("o", &["a", "b"], last);
        for (at, name) in ["a", "b"].iter().enumerate() {
            let begin = last.to_epoch_days() - 7 * (i32::try_from(span.places[at].len()).unwrap() - 1);
            for (week, first) in span.places[at].iter().zip((begin..).step_by(7)) {
                let mine = |day: i32, of: usize| of == at && (first..first + 7).contains(&day);
                let mut waits: Vec<u32> = days.iter().filter(|(day, _, _, of)| mine(*day, *of))
                    .flat_map(|(_, waits, _, _)| waits.clone()).collect();
                let found = week.map(|week| week.waits.clone()).unwrap_or_default();
                prop_assert_eq!(found, Histogram::of(&mut waits), "{} {}", name, first);
            }
        }
    }
}

/// A place is looked at from the week on in which it opened, whatever was measured then.
#[test]
fn the_weeks_of_a_place_begin_when_it_opens() {
    let mut courses = Courses::new(WeekStart::default());
    let monday = date("2021-01-04").to_epoch_days();
    for week in 0..6 {
        let waits: &[u32] = if week < 2 { &[] } else { &[300; 12] };
        courses.add_day(&place("old"), monday + 7 * week, &tally(waits, 12));
        if week > 2 {
            courses.add_day(
                &place("new"),
                monday + 7 * week,
                &tally(if week == 3 { &[] } else { &[300; 12] }, 12),
            );
        }
    }
    let span = courses.until("o", &["new", "old"], date("2021-02-08"));
    let of_waits = span.looked_at(4).into_iter().find(|of| of.measure == Measure::Wait).unwrap();
    let there =
        |weeks: &[Option<Week>]| -> Vec<bool> { weeks.iter().map(Option::is_some).collect() };
    assert_eq!(there(&of_waits.places[0]), [false, true, true]);
    assert_eq!(there(&of_waits.places[1]), [false, false, true, true, true, true]);
    assert_eq!(there(&of_waits.all).len(), 6);
}
