//! What became of those who waited: by the minute, and how long those waited who left.
//!
//! The curves are those of Aalen and Johansen, see [`survival`](crate::statistics::survival), computed on exact seconds and
//! shown at whole minutes.

use crate::statistics::histogram::Histogram;
use crate::statistics::quantile::{P50, at_rank, position, to_seconds};
use crate::statistics::ranks;
use crate::statistics::survival::{Exits, Incidence, LEAST_AT_RISK, Point, curves_every};

use super::ends::{Ends, KINDS};

/// One row of `curves.csv`: what has become of the tickets that entered the queue, up to so many minutes in it.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveRow {
    /// Whole minutes in the queue; who ended at that second is counted.
    pub minute: u64,
    /// Tickets that stood in the queue at least that long.
    pub at_risk: u64,
    /// Share that was served by then; it ends where the headline wait does.
    pub served: Incidence,
    /// Share that the customer had cancelled.
    pub left: Incidence,
    /// Share that was called and not there.
    pub no_show: Incidence,
    /// Share that was removed, rejected, or cancelled by the staff.
    pub removed: Incidence,
}

/// How long those waited who left: cancelled by the customer, or not there at the call.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LeftWaits {
    /// Number of those whose time in the queue is known.
    pub n: u64,
    /// Median of their time in the queue, seconds; type 7, as of waits.
    pub p50_s: Option<f64>,
    /// Lower end of its 95 % interval, seconds; `None` if there are too few for one.
    pub p50_low_s: Option<f64>,
    /// Upper end of it.
    pub p50_high_s: Option<f64>,
}

/// The rows of a group; `waits` are its headline waits. They stop at the last minute for which enough are at risk.
pub(super) fn rows(ends: &Ends, waits: &Histogram) -> Vec<CurveRow> {
    let exits = ends.exits(waits);
    let count = |exit: &Exits<KINDS>| exit.ended.iter().sum::<u64>() + exit.open;
    let mut at_risk: u64 = exits.iter().map(count).sum();
    let points = curves_every(&exits, LEAST_AT_RISK, 60);
    let (mut points, mut exits) = (points.iter().peekable(), exits.iter().peekable());
    let mut of: [Incidence; KINDS] = [Incidence::NONE; KINDS];
    let mut rows = Vec::new();
    for minute in 0.. {
        let now = minute * 60;
        while let Some(exit) = exits.next_if(|exit| exit.time < now) {
            at_risk -= count(exit);
        }
        if at_risk < LEAST_AT_RISK {
            break;
        }
        while let Some(Point { of: latest, .. }) = points.next_if(|point| point.time <= now) {
            of = *latest;
        }
        let [served, left, no_show, removed] = of;
        rows.push(CurveRow { minute, at_risk, served, left, no_show, removed });
    }
    rows
}

impl LeftWaits {
    /// Those of a group.
    pub(super) fn of(ends: &Ends) -> Self {
        let waits = ends.of_those_who_left();
        let n = waits.len();
        let ranks = ranks::of_median(n);
        let end = |rank: Option<u64>| rank.and_then(at_rank);
        let (low, high) = (end(ranks.map(|ranks| ranks.0)), end(ranks.map(|ranks| ranks.1)));
        let Some(spread) = waits.spread_at([position(n, P50), low, high]) else {
            return Self::default();
        };
        let [p50, low, high] = spread.quantiles.map(to_seconds);
        let end = |value| ranks.map(|_| value);
        Self { n, p50_s: Some(p50), p50_low_s: end(low), p50_high_s: end(high) }
    }
}
