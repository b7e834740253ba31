//! How tickets ended, what became of them by the minute, and whether ratings fall with the wait: plain loops for the oracle.

use std::collections::BTreeMap;

use queuestat::ticket::{Outcome, Ticket};

use crate::naive::{entered, outcome_of, seconds, wait};

/// Kind of end (served, left, no-show, removed) and seconds in the queue of a ticket that was not open at the end of its day.
fn end(t: &Ticket) -> Option<(usize, i64)> {
    let from = entered(t);
    // Who went before the queue began was not in it.
    let closed = t.closed_at.filter(|at| !t.is_booking || from.is_some_and(|from| *at > from));
    let closed = seconds(from, closed, false);
    match outcome_of(t) {
        Outcome::Served => Some((0, wait(t)?)),
        Outcome::CancelledByCustomer => Some((1, closed?)),
        Outcome::NoShow if t.first_called_at.is_some() => {
            Some((2, seconds(from, t.first_called_at, t.is_booking)?))
        }
        Outcome::NoShow => Some((2, closed?)),
        Outcome::CancelledByStaff | Outcome::Removed | Outcome::Rejected => Some((3, closed?)),
        Outcome::Lapsed | Outcome::Open => None,
    }
}

/// The rows of `curves.csv` where nothing is open: plain shares of all that ended. Their band is that of the binomial share, on
/// the scale ln(-ln).
#[expect(clippy::cast_precision_loss, reason = "oracle")]
pub(crate) fn check_curves(got: &[(String, String)], groups: &BTreeMap<String, Vec<Ticket>>) {
    let mut expected: Vec<(&str, Vec<f64>)> = Vec::new();
    for (id, tickets) in groups {
        let ends: Vec<(usize, i64)> = tickets.iter().filter_map(end).collect();
        for minute in 0_i32.. {
            let until = i64::from(minute) * 60;
            let at_risk = ends.iter().filter(|(_, time)| *time >= until).count();
            if at_risk < 10 {
                break;
            }
            let mut row = vec![f64::from(minute), at_risk as f64];
            for kind in 0..4 {
                let k = ends.iter().filter(|(of, time)| *of == kind && *time <= until).count();
                let (k, n) = (k as f64, ends.len() as f64);
                let share = k / n;
                let error = (share * (1.0 - share) / n).sqrt();
                let far = (1.959_963_985 * error / (share * share.ln())).abs();
                let ends = [far, -far].map(|far| (share.ln() * far.exp()).exp());
                let is_sure = error == 0.0;
                row.extend(if is_sure { [share; 3] } else { [share, ends[0], ends[1]] });
            }
            expected.push((id, row));
        }
    }
    expected.sort_by(|a, b| a.0.cmp(b.0));
    let mut got: Vec<(&str, &str)> = got.iter().map(|(id, row)| (&**id, &**row)).collect();
    // Locations by id, as above; their minutes stay in order.
    got.sort_by(|a, b| a.0.cmp(b.0));
    assert!(got.len() == expected.len() && !got.is_empty());
    for ((id, row), (expected_id, expected)) in got.into_iter().zip(expected) {
        let cells: Vec<f64> = row.split(',').map(|cell| cell.parse().unwrap()).collect();
        assert_eq!((id, cells.len()), (expected_id, expected.len()));
        let is_close = cells.iter().zip(&expected).all(|(a, b)| (a - b).abs() <= 5.1e-5);
        assert!(is_close, "{id}: {row}, not {expected:?}");
    }
}

/// `trend_z` and `trend_p` of the tickets of one location: the formula for a table of two rows.
pub(crate) fn trend(tickets: &[Ticket]) -> String {
    let mut bands: BTreeMap<usize, (f64, f64, f64)> = BTreeMap::new();
    for t in tickets {
        let (Some(rating), Some(wait)) = (t.rating, wait(t)) else { continue };
        let at = [5, 10, 20, 30, 60].iter().filter(|end| wait >= **end * 60).count();
        let score = [2.5, 7.5, 15.0, 25.0, 45.0, 75.0][at];
        let of = bands.entry(at).or_insert((score, 0.0, 0.0));
        of.1 += f64::from(u8::from(rating.stars() >= 4));
        of.2 += 1.0;
    }
    let sum = |of: &dyn Fn(f64, f64, f64) -> f64| {
        bands.values().map(|(score, hits, n)| of(*score, *hits, *n)).sum::<f64>()
    };
    let (hits, all) = (sum(&|_, hits, _| hits), sum(&|_, _, n| n));
    let (weighted, squares) =
        (sum(&|score, _, n| score * n), sum(&|score, _, n| score * score * n));
    let above = sum(&|score, hits, _| score * hits) - hits / all * weighted;
    let variance =
        hits * (all - hits) / (all * (all - 1.0)) * (squares - weighted * weighted / all);
    let bears = bands.values().filter(|band| band.2 >= 10.0).count() >= 3;
    if !bears || variance.partial_cmp(&1e-9) != Some(std::cmp::Ordering::Greater) {
        return ",".into();
    }
    let z = above / variance.sqrt();
    // Both tails of the normal distribution by Simpson's rule.
    let density = |x: f64| (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt();
    let step = 0.001;
    let tail: f64 = (0..10_000)
        .map(|i| z.abs() + 2.0 * step * f64::from(i))
        .map(|x| (density(x) + 4.0 * density(x + step) + density(x + 2.0 * step)) * step / 3.0)
        .sum();
    format!("{z:.4},{:.4}", 2.0 * tail)
}
