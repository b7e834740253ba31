//! Checks waits, lines, and how time alone changes a ticket, against rules written out plainly.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::super::kept::KeptRows;
use super::*;
use crate::calendar::{Clock, DatedZone, DayStart, Zone, Zones};
use crate::webhook::TicketId;

#[test]
fn intervals() {
    let of = |ms: i64, booking: bool| interval(Some(0), Some(ms), booking, DAY_MS);
    for (ms, booking, expected) in [
        (0, false, Interval::Seconds(0)),
        (1_999, false, Interval::Seconds(1)),
        (-1, false, Interval::Seconds(0)),
        (-2_000, false, Interval::Seconds(0)),
        (-2_001, false, Interval::Negative),
        (-1, true, Interval::Early),
        (-9_000_000, true, Interval::Early),
        (DAY_MS, false, Interval::Seconds(86_400)),
        (DAY_MS + 1, true, Interval::Implausible),
    ] {
        assert_eq!(of(ms, booking), expected, "{ms} {booking}");
    }
    assert_eq!(interval(None, Some(1), false, DAY_MS), Interval::Unknown);
}

/// 2021-11-06, UTC. The clocks of North America go back the night after.
const START: i64 = 1_636_156_800_000;

/// A ticket with these facts and the outcome that follows from them, and nothing else.
fn ticket(facts: &[Facts]) -> Ticket {
    let facts = facts.iter().fold(Facts::default(), |all, fact| all.with(*fact));
    Ticket {
        id: TicketId([0; 16]),
        location: 0,
        queue: None,
        ticket_type: None,
        category: None,
        is_booking: false,
        is_rescheduled: false,
        facts,
        outcome: Outcome::of(facts),
        created_at: None,
        activated_at: None,
        first_called_at: None,
        last_called_at: None,
        checked_in_at: None,
        completed_at: None,
        closed_at: None,
        booking_start: None,
        booking_end: None,
        people: 1,
        retries: 0,
        rating: None,
    }
}

fn location(zone: &str, has_check_ins: bool) -> Location {
    location_of(Zone::parse(zone).unwrap().into(), has_check_ins)
}

fn location_of(clock: Clock, has_check_ins: bool) -> Location {
    Location {
        organization: "o".into(),
        name: "l".into(),
        clock,
        zone_is_chosen: true,
        has_check_ins,
        target_ms: 600_000,
    }
}

fn at(ticket: &Ticket, location: &Location, as_of: i64) -> Derived {
    let ends_at = WaitEnd::CheckIn;
    let rules = WaitRules { ends_at, max_ms: DAY_MS, as_of, leave_out_bursts: false };
    derive(ticket, location, rules, &mut LocalTimes::default())
}

/// In Riyadh (UTC+3), the day of a ticket created at 10:00 UTC ends at 21:00 UTC; a day later the ticket lapses.
#[test]
fn a_ticket_lapses_a_day_after_its_own() {
    let riyadh = location("Asia/Riyadh", true);
    let walk_in = Ticket { created_at: Some(START + 10 * HOUR_MS), ..ticket(&[]) };
    let lapses = START + (21 + 24) * HOUR_MS;
    for (as_of, outcome, offered) in [
        (START + 11 * HOUR_MS, Outcome::Open, false),
        (lapses - 1, Outcome::Open, false),
        (lapses, Outcome::Lapsed, true),
        (lapses + 900 * DAY_MS, Outcome::Lapsed, true),
    ] {
        let derived = at(&walk_in, &riyadh, as_of);
        assert_eq!((derived.outcome, derived.offered), (outcome, offered), "{as_of}");
        assert!(derived.came && !derived.within);
    }
    let late = lapses + DAY_MS;
    let outcome = |ticket: &Ticket, place: &Location| at(ticket, place, late).outcome;
    assert_eq!(outcome(&walk_in, &location("Asia/Riyadh", false)), Outcome::Open);
    let seen = |facts| Ticket { created_at: walk_in.created_at, ..ticket(facts) };
    assert_eq!(outcome(&seen(&[Facts::CALLED]), &riyadh), Outcome::Open);
    assert_eq!(outcome(&seen(&[Facts::REMOVED]), &riyadh), Outcome::Removed);
    assert_eq!(outcome(&seen(&[Facts::REJECTED]), &riyadh), Outcome::Rejected);
    // The day is unknown.
    assert_eq!(outcome(&ticket(&[]), &riyadh), Outcome::Open);
    // The day of a booking is that of its slot.
    let booking = Ticket { is_booking: true, booking_start: Some(START + 9 * DAY_MS), ..walk_in };
    assert_eq!(outcome(&booking, &riyadh), Outcome::Open);
    assert_eq!(at(&booking, &riyadh, START + 12 * DAY_MS).outcome, Outcome::Lapsed);
}

#[test]
fn a_ticket_without_an_end_is_in_line_only_on_the_day_of_the_run() {
    let riyadh = location("Asia/Riyadh", false);
    let made = START + 10 * HOUR_MS;
    let open = Ticket { created_at: Some(made), ..ticket(&[]) };
    let line = |ticket: &Ticket, as_of| {
        let derived = at(ticket, &riyadh, as_of);
        (derived.in_line, derived.line_end_unknown)
    };
    let midnight = START + 21 * HOUR_MS;
    assert_eq!(line(&open, made + 5), (Some((made, made + 5)), false));
    assert_eq!(line(&open, midnight - 1), (Some((made, midnight - 1)), false));
    assert_eq!(line(&open, midnight), (None, true));
    // Removed at an unknown time.
    let removed = Ticket { created_at: Some(made), ..ticket(&[Facts::REMOVED]) };
    assert_eq!(line(&removed, made + 5), (None, true));
    let known = Ticket { closed_at: Some(made + 7), ..removed };
    assert_eq!(line(&known, made + 9), (Some((made, made + 7)), false));
    // Closed by its check-out, when nothing is known before that.
    let done = Ticket { completed_at: Some(made + 7), ..ticket(&[Facts::COMPLETED]) };
    let done = Ticket { created_at: Some(made), ..done };
    assert_eq!(line(&done, made + 9), (Some((made, made + 7)), false));
    // It has not entered the queue yet.
    let ahead = Ticket { is_booking: true, booking_start: Some(made + HOUR_MS), ..open };
    assert_eq!(line(&ahead, made), (None, false));
}

#[test]
fn cancelled_tickets_are_offered_if_they_entered() {
    let place = location("UTC", true);
    let cancelled = ticket(&[Facts::CANCELLED_BY_CUSTOMER]);
    let offered = |ticket: Ticket| at(&ticket, &place, START).offered;
    assert!(!offered(cancelled));
    assert!(offered(Ticket { created_at: Some(START), ..cancelled }));
    let booking = Ticket {
        is_booking: true,
        created_at: Some(START - DAY_MS),
        booking_start: Some(START),
        ..cancelled
    };
    assert!(!offered(booking));
    assert!(!offered(Ticket { closed_at: Some(START), ..booking }));
    assert!(offered(Ticket { closed_at: Some(START + 1), ..booking }));
}

/// How long those stood in the queue who were not served.
#[test]
fn the_end_of_a_ticket_has_a_time() {
    let place = location("UTC", true);
    let made = START + 10 * HOUR_MS;
    let later = |minutes: i64| Some(made + minutes * 60_000);
    let left = |ticket: Ticket, as_of| at(&ticket, &place, as_of).left_s;
    let lost = |facts: &[Facts]| Ticket { created_at: Some(made), ..ticket(facts) };
    let long_after = START + 90 * DAY_MS;
    for fact in
        [Facts::CANCELLED_BY_CUSTOMER, Facts::CANCELLED_BY_STAFF, Facts::REMOVED, Facts::REJECTED]
    {
        let one = lost(&[fact]);
        assert_eq!(left(one, long_after), None, "nobody knows when");
        assert_eq!(left(Ticket { closed_at: later(7), ..one }, long_after), Some(420));
        // The rules of waits: more than a day, and before it entered.
        assert_eq!(left(Ticket { closed_at: later(24 * 60), ..one }, long_after), Some(86_400));
        assert_eq!(left(Ticket { closed_at: later(24 * 60 + 1), ..one }, long_after), None);
        assert_eq!(left(Ticket { closed_at: later(-1), ..one }, long_after), None);
        assert_eq!(left(Ticket { closed_at: Some(made - 1_500), ..one }, long_after), Some(0));
        // A booking that ended before it began was never in the queue.
        let booked = Ticket { is_booking: true, booking_start: later(60), ..one };
        assert_eq!(left(Ticket { closed_at: later(60), ..booked }, long_after), None);
        assert_eq!(left(Ticket { closed_at: later(61), ..booked }, long_after), Some(60));
    }
    // Nobody was there at the first call; of one that was called early that is known at once.
    let no_show = Ticket { closed_at: later(30), ..lost(&[Facts::REMOVED, Facts::CALLED]) };
    assert_eq!(left(no_show, long_after), Some(1_800));
    let called = Ticket { first_called_at: later(12), ..no_show };
    assert_eq!(left(called, long_after), Some(720));
    let booked = Ticket { is_booking: true, booking_start: later(20), ..called };
    assert_eq!(left(booked, long_after), Some(0));
    // Served ones have their wait, and of lapsed ones nobody knows when they went.
    let served = Ticket { checked_in_at: later(5), ..lost(&[Facts::CHECKED_IN]) };
    assert_eq!(left(served, long_after), None);
    assert_eq!(left(lost(&[]), long_after), None);
    // An open one stands there until the run, or until it is called, on its own day alone.
    let midnight = START + DAY_MS;
    assert_eq!(left(lost(&[]), made + 5_000), Some(5));
    assert_eq!(left(lost(&[]), midnight - 1), Some(14 * 3_600 - 1));
    assert_eq!(left(lost(&[]), midnight), None);
    assert_eq!(left(lost(&[]), made - HOUR_MS), None);
    let called = Ticket { first_called_at: later(12), ..lost(&[Facts::CALLED]) };
    assert_eq!(left(called, midnight - 1), Some(720));
    assert_eq!(left(called, midnight), None);
    let ahead = Ticket { is_booking: true, booking_start: later(60), ..lost(&[]) };
    assert_eq!((left(ahead, made), left(ahead, made + HOUR_MS + 1_000)), (None, Some(1)));
}

/// Zones far from UTC, with and without daylight saving time, and one that once skipped a day.
fn zones() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "UTC",
        "Asia/Riyadh",
        "America/New_York",
        "America/Sao_Paulo",
        "Pacific/Apia",
    ])
}

/// Clocks with days from midnight, from the morning, and of places that move around the day of the tests.
fn clocks() -> impl Strategy<Value = Clock> {
    let move_on = prop::option::of((zones(), -2_i64..5));
    let start = prop::sample::select(vec!["00:00", "05:00", "09:30"]);
    (zones(), move_on, start).prop_map(|(zone, moved, start)| {
        let dated = |from, zone| DatedZone { from, until: None, zone: Zone::parse(zone).unwrap() };
        let day = |days| Zone::UTC.local(START + days * DAY_MS).unwrap().date;
        let moved = moved.map(|(zone, days)| dated(Some(day(days)), zone));
        let all: Vec<DatedZone> = moved.into_iter().chain([dated(None, zone)]).collect();
        Clock::new(&Zones::of(&all).unwrap(), DayStart::parse(start).unwrap())
    })
}

#[test]
fn a_burst_ends_no_wait() {
    let place = location("UTC", true);
    let served = Ticket {
        created_at: Some(START),
        first_called_at: Some(START + 60_000),
        checked_in_at: Some(START + 120_000),
        completed_at: Some(START + 300_000),
        ..ticket(&[Facts::CHECKED_IN, Facts::CALLED])
    };
    let whole = at(&served, &place, START + DAY_MS);
    assert!(whole.within && whole.offered);
    let (wait, service) = (Interval::Seconds(120), Interval::Seconds(180));
    for (ends_at, check_in, check_out, expected) in [
        (WaitEnd::CheckIn, false, false, (wait, service, true)),
        (WaitEnd::CheckIn, false, true, (wait, Interval::Unknown, true)),
        (WaitEnd::CheckIn, true, false, (Interval::Unknown, Interval::Unknown, false)),
        (WaitEnd::Call, true, true, (wait, Interval::Unknown, true)),
    ] {
        let mut one = whole;
        one.without_bursts(ends_at, check_in, check_out);
        assert_eq!((one.wait, one.service, one.within), expected);
        assert_eq!((one.call_wait, one.offered), (Interval::Seconds(60), true));
        assert_eq!(one.check_in_wait == Interval::Unknown, check_in);
    }
}

/// Tickets of a few days around a clock change, and the instants of two runs.
fn tickets() -> impl Strategy<Value = (Ticket, Location, [i64; 2])> {
    let half_hours = -48_i64..240;
    let time = move || prop::option::weighted(0.7, half_hours.clone());
    let facts = prop::sample::subsequence(
        vec![Facts::CALLED, Facts::CHECKED_IN, Facts::REMOVED, Facts::CANCELLED_BY_STAFF],
        0..2,
    );
    let place = (clocks(), any::<bool>());
    let times = (time(), time(), time(), prop::option::of(0_i64..240), any::<bool>());
    let runs = [-48_i64..400, -48_i64..400];
    (facts, place, times, runs, -1_i64..2).prop_map(|(facts, place, times, runs, beside)| {
        let half_hour = |n: i64| START + n * HOUR_MS / 2;
        let (created, start, activated, end, is_booking) = times;
        let mut one = ticket(&facts);
        let end = end.map(half_hour);
        one.created_at = created.map(half_hour);
        one.booking_start = start.map(half_hour);
        one.activated_at = activated.map(half_hour);
        one.is_booking = is_booking;
        one.first_called_at = end.filter(|_| one.facts.any(Facts::CALLED));
        one.checked_in_at = end.filter(|_| one.facts.any(Facts::CHECKED_IN));
        let lost = Facts::REMOVED.with(Facts::CANCELLED_BY_STAFF);
        one.closed_at = end.filter(|_| one.facts.any(lost));
        (one, location_of(place.0, place.1), runs.map(|n| half_hour(n) + beside))
    })
}

/// The local date of an instant, by the clock of its zone alone.
fn date(clock: Clock, at: i64) -> NaiveDate {
    let start = chrono::TimeDelta::milliseconds(clock.day_start().ms());
    (clock.wall_clock(at).unwrap() - start).date()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// Rows that count as settled equal those that the other run would build.
    #[test]
    fn what_is_settled_stays((ticket, place, [made, now]) in tickets()) {
        let (before, after) = (at(&ticket, &place, made), at(&ticket, &place, now));
        prop_assert_eq!(before.open_until, after.open_until);
        if KeptRows::is_settled(before.open_until, made, now) {
            prop_assert_eq!(before, after);
        }
    }

    /// The rules in terms of dates instead of ends of days.
    #[test]
    fn time_alone_does_what_the_rules_say((ticket, place, [as_of, _]) in tickets()) {
        let derived = at(&ticket, &place, as_of);
        let arrival = ticket.booking_start.filter(|_| ticket.is_booking).or(ticket.created_at);
        let day = arrival.map(|at| date(place.clock, at));
        // 24 hours ago the date was already a later one.
        let over = day.is_some_and(|day| date(place.clock, as_of - DAY_MS) > day);
        let mute = ticket.outcome == Outcome::Open && !ticket.facts.any(Facts::CALLED);
        let lapsed = mute && over && place.has_check_ins;
        let expected = if lapsed { Outcome::Lapsed } else { ticket.outcome };
        prop_assert_eq!(derived.outcome, expected);
        let entered = derived.queue_entered_at;
        let times = [ticket.first_called_at, ticket.checked_in_at, ticket.closed_at];
        let end = times.into_iter().flatten().min();
        let today = day == Some(date(place.clock, as_of)) && expected == Outcome::Open;
        let line = match (entered, end.or(today.then_some(as_of))) {
            (Some(from), Some(to)) if from < to && to - from <= DAY_MS => Some((from, to)),
            _ => None,
        };
        prop_assert_eq!(derived.in_line, line);
        let unknown = end.is_none() && !today && entered.is_some_and(|from| from <= as_of);
        prop_assert_eq!(derived.line_end_unknown, unknown);
    }

    /// Just before the end the date is not a later one, at the end it is, and the end is close to the day.
    #[test]
    fn a_day_ends_where_a_later_date_begins(clock in clocks(), day in 10_000_i32..19_000) {
        let day = NaiveDate::from_epoch_days(day).unwrap();
        let end = LocalTimes::default().end_of(clock, day).unwrap();
        prop_assert!(date(clock, end) > day);
        prop_assert!(date(clock, end - 1) <= day);
        let midnight = i64::from(day.to_epoch_days() + 1) * DAY_MS;
        prop_assert!((end - midnight).abs() <= 39 * HOUR_MS);
    }
}
