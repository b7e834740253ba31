//! The definitions as plain loops, for the oracle: nothing here calls the program's own arithmetic.

use std::cell::Cell;

use chrono::{Datelike, NaiveDate, TimeDelta, TimeZone, Timelike, Weekday};
use chrono_tz::Tz;
use queuestat::ticket::{Facts, Outcome, Ticket};

/// The instant of every run: 2021-05-01, midnight UTC.
pub(crate) const NOW: i64 = 1_619_827_200_000;

/// Target of every location, milliseconds.
pub(crate) const TARGET_MS: i64 = 600_000;

/// The clock of all places: the zone at first, a move to another one, and the minute of the day at which days begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NaiveClock {
    pub(crate) zone: Tz,
    pub(crate) moved: Option<(NaiveDate, Tz)>,
    pub(crate) begins: i64,
}

/// Days from midnight in one zone.
pub(crate) const STOCKHOLM: NaiveClock =
    NaiveClock { zone: Tz::Europe__Stockholm, moved: None, begins: 0 };

thread_local! {
    static CLOCK: Cell<NaiveClock> = const { Cell::new(STOCKHOLM) };
}

/// From now on, everything in this thread goes by this clock.
pub(crate) fn go_by(clock: NaiveClock) {
    CLOCK.set(clock);
}

/// Date, weekday of the date and hour of an instant, by chrono alone.
pub(crate) fn local_at(ms: i64) -> (NaiveDate, u32, u32) {
    let clock = CLOCK.get();
    let shown = |zone: Tz| zone.timestamp_millis_opt(ms).unwrap().naive_local();
    let date = |zone: Tz| (shown(zone) - TimeDelta::minutes(clock.begins)).date();
    let here = clock.moved.filter(|(from, zone)| date(*zone) >= *from);
    let zone = here.map_or(clock.zone, |(_, zone)| zone);
    (date(zone), date(zone).weekday().number_from_monday(), shown(zone).hour())
}

/// As [`local_at`], of a ticket.
pub(crate) fn local(t: &Ticket) -> Option<(NaiveDate, u32, u32)> {
    let at =
        if t.is_booking && t.booking_start.is_some() { t.booking_start } else { t.created_at }?;
    Some(local_at(at))
}

pub(crate) fn entered(t: &Ticket) -> Option<i64> {
    if !t.is_booking {
        return t.created_at;
    }
    let ready = if t.activated_at.is_some() { t.activated_at } else { t.booking_start };
    ready.map(|r| t.created_at.map_or(r, |c| if c > r { c } else { r }))
}

/// The first day of the week of a date, found by walking back.
pub(crate) fn week_of(mut date: NaiveDate, starts_on: Weekday) -> NaiveDate {
    while date.weekday() != starts_on {
        date = date.pred_opt().unwrap();
    }
    date
}

/// Seconds from one instant to another by the rules for waits.
pub(crate) fn seconds(from: Option<i64>, to: Option<i64>, booking: bool) -> Option<i64> {
    let ms = to? - from?;
    if ms > 86_400_000 {
        None
    } else if ms >= 0 {
        Some(ms / 1_000)
    } else if booking || ms >= -2_000 {
        Some(0)
    } else {
        None
    }
}

pub(crate) fn wait(t: &Ticket) -> Option<i64> {
    seconds(entered(t), t.checked_in_at, t.is_booking)
}

pub(crate) fn quantile(values: &[i64], q: f64) -> String {
    let mut values = values.to_vec();
    values.sort_unstable();
    if values.is_empty() {
        return String::new();
    }
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "oracle"
    )]
    let value = {
        let position = (values.len() - 1) as f64 * q;
        let (low, part) = (position.floor() as usize, position.fract());
        let next = values[(low + 1).min(values.len() - 1)];
        values[low] as f64 + (next - values[low]) as f64 * part
    };
    // A multiple of 0.05: rounding noise away cannot change the two digits.
    format!("{:.2}", (value * 20.0).round() / 20.0)
}

/// The values at the ranks between which a quantile lies with 95 %: term by term of the binomial distribution.
pub(crate) fn quantile_ends(values: &[i64], q: f64) -> [String; 2] {
    let mut values = values.to_vec();
    values.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "oracle")]
    let terms = {
        let n = values.len() as f64;
        let mut log = n * (1.0 - q).ln();
        let mut terms = vec![log.exp()];
        for k in 1..=values.len() {
            log += ((n - k as f64 + 1.0) / k as f64).ln() + (q / (1.0 - q)).ln();
            terms.push(log.exp());
        }
        terms
    };
    // The chance of at most so many below the quantile.
    let up_to = |k: usize| terms[..=k].iter().sum::<f64>();
    let low = (1..=values.len()).rev().find(|rank| up_to(rank - 1) <= 0.025);
    let high = (1..=values.len()).find(|rank| up_to(rank - 1) >= 0.975);
    let at = |rank: usize| format!("{}.00", values[rank - 1]);
    low.zip(high).map_or([const { String::new() }; 2], |(low, high)| [at(low), at(high)])
}

pub(crate) fn rate(n: usize, d: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "oracle")]
    let value = n as f64 / d as f64;
    if d == 0 { String::new() } else { format!("{value:.4}") }
}

pub(crate) fn wilson(k: usize, n: usize) -> (String, String) {
    if n == 0 {
        return (String::new(), String::new());
    }
    #[expect(clippy::cast_precision_loss, reason = "oracle")]
    let (k, n) = (k as f64, n as f64);
    // Solved as the quadratic (p - x)² = z² x (1 - x) / n.
    let (z2, p) = (1.959_964_f64.powi(2), k / n);
    let (a, b, c) = (1.0 + z2 / n, -(2.0 * p + z2 / n), p * p);
    let root = (b * b - 4.0 * a * c).max(0.0).sqrt();
    let print = |x: f64| format!("{:.4}", x.abs());
    (print((-b - root) / (2.0 * a)), print((-b + root) / (2.0 * a)))
}

/// How a ticket ended: one that nobody called or ended lapses once its day has been over for 24 hours. Check-ins are archived
/// at every location of an invented archive.
pub(crate) fn outcome_of(t: &Ticket) -> Outcome {
    if !matches!(t.outcome, Outcome::Open | Outcome::Lapsed) {
        return t.outcome;
    }
    let is_over = local(t).is_some_and(|(date, ..)| local_at(NOW - 86_400_000).0 > date);
    let was_called = t.facts.any(Facts::CALLED) || t.first_called_at.is_some();
    if is_over && !was_called { Outcome::Lapsed } else { Outcome::Open }
}

/// The summary columns of some tickets.
pub(crate) fn summary(tickets: &[&Ticket]) -> String {
    let n = |with: &dyn Fn(&Ticket) -> bool| tickets.iter().filter(|t| with(t)).count();
    let outcome = |o: Outcome| n(&|t| outcome_of(t) == o);
    let closed = n(&|t| outcome_of(t) != Outcome::Open);
    let served = outcome(Outcome::Served);
    let (customer, staff) =
        (outcome(Outcome::CancelledByCustomer), outcome(Outcome::CancelledByStaff));
    let stars: Vec<u8> = tickets.iter().filter_map(|t| t.rating.map(|r| r.stars())).collect();
    let top = stars.iter().filter(|s| **s >= 4).count();
    let (low, high) = wilson(top, stars.len());
    let waits: Vec<i64> = tickets.iter().filter_map(|t| wait(t)).collect();
    let calls: Vec<i64> = tickets
        .iter()
        .filter_map(|t| seconds(entered(t), t.first_called_at, t.is_booking))
        .collect();
    let services: Vec<i64> =
        tickets.iter().filter_map(|t| seconds(t.checked_in_at, t.completed_at, false)).collect();
    let early = n(&|t| {
        t.is_booking && matches!((entered(t), t.checked_in_at), (Some(a), Some(b)) if b < a)
    });
    let offered = |t: &Ticket| match outcome_of(t) {
        Outcome::Served | Outcome::NoShow | Outcome::Removed | Outcome::Lapsed => {
            entered(t).is_some()
        }
        Outcome::CancelledByCustomer | Outcome::CancelledByStaff => {
            entered(t).is_some_and(|e| !t.is_booking || t.closed_at.is_some_and(|c| c > e))
        }
        Outcome::Rejected | Outcome::Open => false,
    };
    let within = n(&|t| {
        t.outcome == Outcome::Served
            && offered(t)
            && wait(t).is_some_and(|w| w * 1_000 <= TARGET_MS)
    });
    let mut cells: Vec<String> = vec![
        tickets.len().to_string(),
        n(&|t| !t.is_booking).to_string(),
        n(&|t| t.is_booking).to_string(),
        tickets.iter().map(|t| u64::from(t.people)).sum::<u64>().to_string(),
    ];
    let named = Outcome::ALL.into_iter().filter(|o| *o != Outcome::Lapsed);
    cells.extend(named.map(|o| outcome(o).to_string()));
    cells.extend(
        [customer + staff, customer, staff, outcome(Outcome::NoShow), closed - served]
            .map(|k| rate(k, closed)),
    );
    cells.push(stars.len().to_string());
    cells.push(rate(stars.iter().map(|s| usize::from(*s)).sum(), stars.len()));
    cells.extend((1..=5).map(|s| stars.iter().filter(|x| **x == s).count().to_string()));
    cells.extend([rate(top, stars.len()), low, high]);
    let known = |t: &Ticket| {
        let more = t.facts.any(Facts::OTHER_EVENT) || !t.facts.any(Facts::FEEDBACK);
        t.outcome == Outcome::Served && more
    };
    cells.push(rate(n(&|t| known(t) && t.rating.is_some()), n(&known)));
    cells.push(waits.len().to_string());
    cells.push(rate(usize::try_from(waits.iter().sum::<i64>()).unwrap(), waits.len()));
    cells.extend([0.5, 0.9, 0.95].map(|q| quantile(&waits, q)));
    cells.push(waits.iter().max().map_or_else(String::new, i64::to_string));
    cells.push(early.to_string());
    cells.push(rate(within, n(&|t| offered(t))));
    for list in [&calls, &services] {
        cells.push(list.len().to_string());
        cells.extend([0.5, 0.9].map(|q| quantile(list, q)));
    }
    cells.push(outcome(Outcome::Lapsed).to_string());
    cells.push(n(&|t| t.is_booking && t.is_rescheduled).to_string());
    let again = |t: &Ticket| {
        t.retries > 0 || t.facts.any(Facts::RETRIED) || t.first_called_at != t.last_called_at
    };
    cells.push(n(&again).to_string());
    cells.extend([0.5, 0.9].into_iter().flat_map(|q| quantile_ends(&waits, q)));
    cells.join(",")
}
