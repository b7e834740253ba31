//! Clocks against a walk over the minutes, and the laws that hold for every clock.

use chrono::DateTime;
use proptest::prelude::*;

use super::*;
use crate::calendar::DatedZone;

/// Zones that change their clocks at many hours, by half an hour, or never, on both sides of the date line.
const NAMES: [&str; 10] = [
    "Europe/London",
    "Europe/Athens",
    "America/Havana",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
];
const MINUTE_MS: i64 = 60_000;

fn ms(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

fn shifted(name: &str, start: &str) -> Clock {
    Clock::new(&zone(name).into(), DayStart::parse(start).unwrap())
}

fn moved(first: &str, moves: &[(NaiveDate, &str)], start: &str) -> Clock {
    let mut all = vec![DatedZone { from: None, until: None, zone: zone(first) }];
    all.extend(moves.iter().map(|(from, name)| DatedZone {
        from: Some(*from),
        until: None,
        zone: zone(name),
    }));
    Clock::new(&Zones::of(&all).unwrap(), DayStart::parse(start).unwrap())
}

fn day_of(clock: Clock, at: i64) -> String {
    let local = clock.local(at).unwrap();
    format!("{} {} {}", local.date, local.weekday, local.hour)
}

fn hours(clock: Clock, day: &str) -> i64 {
    let day = date(day);
    let length = clock.start_of(day.succ_opt().unwrap()).unwrap() - clock.start_of(day).unwrap();
    assert_eq!(length % HOUR_MS, 0);
    length / HOUR_MS
}

#[test]
fn an_evening_ends_when_the_day_begins() {
    let bar = shifted("Europe/Oslo", "05:00");
    for (at, expected) in [
        ("2021-03-05T22:30:00+01:00", "2021-03-05 5 22"),
        ("2021-03-06T01:30:00+01:00", "2021-03-05 5 1"),
        ("2021-03-06T04:59:59+01:00", "2021-03-05 5 4"),
        ("2021-03-06T05:00:00+01:00", "2021-03-06 6 5"),
        // The clocks were changed three hours before: the wall clock counts, not the hours since midnight.
        ("2021-03-28T04:59:00+02:00", "2021-03-27 6 4"),
        ("2021-03-28T05:00:00+02:00", "2021-03-28 7 5"),
        ("2021-10-31T04:59:00+01:00", "2021-10-30 6 4"),
        ("2021-10-31T05:00:00+01:00", "2021-10-31 7 5"),
    ] {
        assert_eq!(day_of(bar, ms(at)), expected, "{at}");
    }
    assert_eq!((hours(bar, "2021-03-27"), hours(bar, "2021-03-28")), (23, 24));
    assert_eq!((hours(bar, "2021-10-30"), hours(bar, "2021-10-31")), (25, 24));
}

#[test]
fn a_day_that_begins_in_a_gap_or_in_an_hour_that_comes_twice() {
    let night = shifted("Europe/Oslo", "02:30");
    // 02:30 does not exist: the day begins when the clock jumps from 02:00 to 03:00.
    assert_eq!(night.start_of(date("2021-03-28")), Some(ms("2021-03-28T01:00:00Z")));
    // It comes twice: the day begins with the first, and stays when the clock goes back to 02:00.
    assert_eq!(night.start_of(date("2021-10-31")), Some(ms("2021-10-31T00:30:00Z")));
    assert_eq!(day_of(night, ms("2021-10-31T00:29:00Z")), "2021-10-30 6 2");
    assert_eq!(day_of(night, ms("2021-10-31T01:15:00Z")), "2021-10-31 7 2");
}

#[test]
fn a_move_takes_place_when_the_day_begins_in_the_new_zone() {
    let day = date("2021-02-15");
    let east = moved("Europe/London", &[(day, "Europe/Athens")], "00:00");
    assert_eq!(day_of(east, ms("2021-02-01T22:30:00Z")), "2021-02-01 1 22");
    assert_eq!(day_of(east, ms("2021-02-14T21:59:00Z")), "2021-02-14 7 21");
    assert_eq!(day_of(east, ms("2021-02-14T22:00:00Z")), "2021-02-15 1 0");
    assert_eq!(day_of(east, ms("2021-03-01T22:30:00Z")), "2021-03-02 2 0");
    assert_eq!((hours(east, "2021-02-14"), hours(east, "2021-02-15")), (22, 24));
    let west = moved("Europe/Athens", &[(day, "Europe/London")], "00:00");
    assert_eq!(day_of(west, ms("2021-02-14T21:59:00Z")), "2021-02-14 7 23");
    assert_eq!(day_of(west, ms("2021-02-14T22:30:00Z")), "2021-02-15 1 0");
    assert_eq!(day_of(west, ms("2021-02-15T00:30:00Z")), "2021-02-15 1 0");
    assert_eq!((hours(west, "2021-02-14"), hours(west, "2021-02-15")), (24, 26));
    let late = moved("Europe/London", &[(day, "Europe/Athens")], "05:00");
    assert_eq!(day_of(late, ms("2021-02-15T02:59:00Z")), "2021-02-14 7 2");
    assert_eq!(day_of(late, ms("2021-02-15T03:00:00Z")), "2021-02-15 1 5");
    // Over the date line: one date has no instant, or the old zone must not run ahead of the move.
    let skips = moved("Pacific/Pago_Pago", &[(day, "Pacific/Kiritimati")], "00:00");
    assert_eq!((hours(skips, "2021-02-13"), hours(skips, "2021-02-14")), (23, 0));
    let twice = moved("Pacific/Kiritimati", &[(day, "Pacific/Pago_Pago")], "00:00");
    assert_eq!(hours(twice, "2021-02-15"), 49);
    assert_eq!(day_of(twice, ms("2021-02-15T10:30:00Z")), "2021-02-15 1 0");
}

#[test]
fn a_slot_without_a_zone_is_local_where_the_place_was_on_that_date() {
    let wall = |text: &str| ms(&format!("{text}:00Z"));
    let east = moved("Europe/London", &[(date("2021-02-15"), "Europe/Athens")], "05:00");
    for (slot, expected) in [
        ("2021-02-14T10:00", "2021-02-14T10:00:00Z"),
        ("2021-02-15T04:59", "2021-02-15T04:59:00Z"),
        ("2021-02-15T05:00", "2021-02-15T03:00:00Z"),
        ("2021-07-01T10:00", "2021-07-01T07:00:00Z"),
    ] {
        assert_eq!(east.resolve_wall_clock(wall(slot)), Some(ms(expected)), "{slot}");
    }
}

#[test]
fn clocks_are_compared_by_what_they_say() {
    assert_eq!(shifted("Europe/Oslo", "05:00"), shifted("Europe/Oslo", "5:00"));
    assert_ne!(shifted("Europe/Oslo", "05:00"), shifted("Europe/Oslo", "04:00"));
    assert_eq!(shifted("Europe/Oslo", "00:00"), Clock::from(zone("Europe/Oslo")));
    let bar = shifted("Europe/Oslo", "05:00");
    assert_eq!(
        (bar.zones().to_string().as_str(), bar.day_start().ms()),
        ("Europe/Oslo", 5 * HOUR_MS)
    );
}

fn any_clock() -> impl Strategy<Value = Clock> {
    let start = prop_oneof![Just(0_u16), Just(300), 0_u16..=720];
    // Around changes of the clock, and anywhere.
    let near = prop::sample::select(vec!["2021-03-28", "2018-11-04", "2021-10-31", "2019-02-17"]);
    let when =
        (near, -40_i64..40).prop_map(|(near, days)| date(near) + chrono::TimeDelta::days(days));
    let moves = prop::collection::btree_map(when, 0..NAMES.len(), 0..4);
    (0..NAMES.len(), moves, start).prop_map(|(first, moves, start)| {
        let named: Vec<_> = moves.into_iter().map(|(date, name)| (date, NAMES[name])).collect();
        moved(NAMES[first], &named, &format!("{:02}:{:02}", start / 60, start % 60))
    })
}

/// Some days of all years that have moves.
fn any_days() -> impl Strategy<Value = i64> {
    prop_oneof![
        ms("2018-11-01T00:00:00Z") / DAY_MS..ms("2018-11-08T00:00:00Z") / DAY_MS,
        ms("2021-03-20T00:00:00Z") / DAY_MS..ms("2021-04-05T00:00:00Z") / DAY_MS,
        ms("2018-09-20T00:00:00Z") / DAY_MS..ms("2021-12-20T00:00:00Z") / DAY_MS,
    ]
}

proptest! {
    /// The dates of three days, minute by minute: the highest that zone and wall clock have shown by then.
    #[test]
    fn the_date_is_the_newest_that_the_wall_clock_has_shown(clock in any_clock(), day in any_days()) {
        let begin = day * DAY_MS;
        let Zones { first, later } = clock.zones();
        let start = chrono::TimeDelta::milliseconds(clock.day_start().ms());
        // What the clock of one zone shows, as a date of days that begin then.
        let date_in = |zone: Zone, at: i64| (zone.wall_clock(at).unwrap() - start).date();
        // Each move in turn happens when its date has come in its own zone, and for good.
        let before = begin - 4 * DAY_MS;
        let mut force = later.iter().take_while(|(date, zone)| date_in(*zone, before) >= *date).count();
        let mut shown = None;
        for at in (before..begin + 3 * DAY_MS).step_by(usize::try_from(MINUTE_MS).unwrap()) {
            while later.get(force).is_some_and(|(date, zone)| date_in(*zone, at) >= *date) {
                force += 1;
            }
            let zone = force.checked_sub(1).map_or(first, |last| later[last].1);
            let date = date_in(zone, at);
            let date = later.get(force).map_or(date, |(next, _)| date.min(*next));
            shown = shown.max(Some(date));
            if at < begin {
                continue;
            }
            let local = clock.local(at).unwrap();
            prop_assert_eq!(Some(local.date), shown, "{} {}", at, clock.zones());
            prop_assert_eq!(u32::from(local.hour), chrono::Timelike::hour(&zone.wall_clock(at).unwrap()));
            prop_assert_eq!(u32::from(local.weekday), chrono::Datelike::weekday(&local.date).number_from_monday());
            prop_assert_eq!(clock.zone_at(at), zone);
        }
    }

    /// Every date begins at the first instant that has it, and the instant before it has an earlier one.
    #[test]
    fn dates_begin_where_they_begin(clock in any_clock(), day in any_days()) {
        for day in day..day + 4 {
            let date = NaiveDate::from_epoch_days(i32::try_from(day).unwrap()).unwrap();
            let start = clock.start_of(date).unwrap();
            prop_assert!(clock.local(start - 1).unwrap().date < date);
            prop_assert!(clock.local(start).unwrap().date >= date);
            prop_assert!(clock.start_of(date.succ_opt().unwrap()).unwrap() >= start);
            // As the periods of a state rely on.
            prop_assert!((start - day * DAY_MS).abs() <= DAY_MS);
        }
    }

    /// The hours of a span follow each other without a gap, and each has one date and one hour.
    #[test]
    fn hours_cut_a_span_without_a_remainder(clock in any_clock(), day in any_days(), odd in 0..DAY_MS) {
        let (from, to) = (day * DAY_MS + odd, (day + 3) * DAY_MS + odd / 3);
        let (mut at, mut failed) = (from, None);
        clock.each_local_hour(from, to, |local, start, end| {
            let same = [start, (start + end) / 2, end - 1].map(|at| clock.local(at));
            if start != at || end <= start || same.iter().any(|other| *other != Some(local)) {
                failed = Some((local, start, end));
            }
            at = end;
        });
        prop_assert_eq!(failed, None);
        prop_assert_eq!(at, to);
    }
}
