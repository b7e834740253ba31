//! Small marks in tables, on one scale for each column, and the small lines of key figures. Hidden from screen readers: the
//! number stands beside each.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::report::model::{FEW, FEW_FOR_P90, Figures, LocationReport, OrganizationReport};
use crate::report::weeks::{FullWeeks, tickets};

/// Width of a mark, pixels.
const WIDTH: f64 = 112.0;

/// The scales of a table, the same for all of its rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scales {
    /// End of the scale of waits, minutes.
    pub(super) wait: f64,
    /// End of the scale of lost visits, a share.
    pub(super) lost: f64,
    /// Beginning of the scale of satisfied ratings, a share.
    pub(super) rated_from: f64,
}

impl Scales {
    /// Scales for these groups: the usual ones, unless more than one value in ten leaves them.
    pub(super) fn of<'f>(groups: impl Iterator<Item = &'f Figures> + Clone) -> Self {
        let fits = |ends: &[f64], of: fn(&Figures) -> Option<f64>| {
            let values: Vec<f64> = groups.clone().filter_map(of).collect();
            let beyond = |end: f64| values.iter().filter(|value| **value > end).count();
            let fit = ends.iter().copied().find(|end| beyond(*end) * 10 <= values.len());
            fit.or_else(|| ends.last().copied()).unwrap_or(1.0)
        };
        let low = groups.clone().filter_map(|f| f.csat_low).filter(|low| *low < 0.5).count();
        Self {
            wait: fits(&[30.0, 60.0, 120.0, 240.0, 480.0], |f| f.wait_p90_s.map(|s| s / 60.0)),
            lost: fits(&[0.2, 0.4, 0.6, 1.0], |f| f.lost_rate),
            rated_from: if low * 10 <= groups.count() { 0.5 } else { 0.0 },
        }
    }
}

/// The place of a value on a scale, and whether it lies beyond.
fn at(value: f64, (from, to): (f64, f64)) -> (f64, bool) {
    let share = if to > from { (value - from) / (to - from) } else { 0.0 };
    (2.0 + share.clamp(0.0, 1.0) * (WIDTH - 8.0), share > 1.0 + 1e-9)
}

/// An arrow where a value leaves the scale.
fn arrow(leaves: bool) -> Markup {
    html! { @if leaves { path fill="#0072B2" d="M106 5l5 6-5 6z" {} } }
}

fn mark(body: &Markup) -> Markup {
    html! { svg.mark viewBox="0 0 112 22" width="112" height="22" aria-hidden="true" { path fill="none" stroke="#DDE2E7" d="M2 21.5h104" {} (body) } }
}

/// Median (dot) and 90th percentile (end of the bar) of the wait.
pub(super) fn wait(f: &Figures, scales: Scales) -> Markup {
    let Some(p50) = f.wait_p50_s.filter(|_| f.waits >= FEW) else { return html! {} };
    let scale = (0.0, scales.wait);
    let (dot, dot_leaves) = at(p50 / 60.0, scale);
    let p90 = f.wait_p90_s.filter(|_| f.waits >= FEW_FOR_P90).map(|p90| at(p90 / 60.0, scale));
    mark(&html! {
        @if let Some((end, leaves)) = p90 {
            path fill="none" stroke="#0072B2" stroke-width="2.2" d={ "M" (one(dot)) " 11H" (one(end)) @if !leaves { "M" (one(end)) " 6v10" } } {}
            (arrow(leaves))
        }
        @if dot_leaves { (arrow(true)) } @else { circle fill="#0072B2" cx=(one(dot)) cy="11" r="4.6" {} }
    })
}

/// The share of lost visits as a bar.
pub(super) fn lost(f: &Figures, scales: Scales) -> Markup {
    let Some(lost) = f.lost_rate.filter(|_| f.closed() >= FEW) else { return html! {} };
    let (end, leaves) = at(lost, (0.0, scales.lost));
    mark(&html! {
        path fill="#0072B2" d={ "M2 5h" (one(end - 2.0)) "v12H2z" } {}
        (arrow(leaves))
    })
}

/// The share of satisfied ratings (dot) and its interval.
pub(super) fn rated(f: &Figures, scales: Scales) -> Markup {
    let known = f.csat.zip(f.csat_low.zip(f.csat_high)).filter(|_| f.rated() >= FEW);
    let Some((value, (low, high))) = known else { return html! {} };
    let scale = (scales.rated_from, 1.0);
    let (dot, low, high) = (at(value, scale).0, at(low, scale).0, at(high, scale).0);
    mark(&html! {
        path fill="none" stroke="#7E8791" stroke-width="2.4" d={ "M" (one(low)) " 11H" (one(high)) "M" (one(low)) " 7v8M" (one(high)) " 7v8" } {}
        circle fill="#0072B2" cx=(one(dot)) cy="11" r="4.6" {}
    })
}

/// The tickets of each full week that is shown as bars with a height of their own.
pub(super) fn weeks(report: &OrganizationReport, place: &LocationReport) -> Markup {
    let full = FullWeeks::of(report, Some(place));
    let shown = full.map(|full| full.values(&place.section, tickets)).unwrap_or_default();
    let most = shown.iter().flatten().copied().fold(0.0, f64::max);
    if shown.len() < 3 || most <= 0.0 {
        return html! {};
    }
    let mut bars = String::new();
    for (week, n) in (0_u32..).zip(&shown) {
        let Some(n) = n.filter(|n| *n > 0.0) else { continue };
        let height = 20.0 * n / most;
        _ = write!(bars, "M{} 22v-{}h3V22z", 4 * week, one(height));
    }
    let width = 4 * shown.len();
    html! { svg.mark viewBox={ "0 0 " (width) " 22" } width=(width) height="22" aria-hidden="true" { path fill="#0072B2" d=(bars) {} } }
}

fn one(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// The line of a key figure over the full weeks, with its last value written. Empty below three values.
pub(super) fn spark(values: &[Option<f64>], last: &str) -> Markup {
    let known = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let (low, high) = known().fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
    let step = 270.0 / f64::from(u32::try_from(values.len().max(2) - 1).unwrap_or(u32::MAX));
    let at = |week: usize, value: f64| {
        let x = 4.0 + step * f64::from(u32::try_from(week).unwrap_or(u32::MAX));
        let y = if high > low { 38.0 - 30.0 * (value - low) / (high - low) } else { 23.0 };
        (one(x), one(y))
    };
    let points: Vec<_> = values
        .iter()
        .enumerate()
        .map(|(week, value)| value.filter(|v| v.is_finite()).map(|value| at(week, value)))
        .collect();
    // A week without a value is a gap, not a zero.
    let runs = points.split(Option::is_none).filter(|run| !run.is_empty());
    let lines: Vec<String> = runs
        .map(|run| {
            let points: Vec<String> =
                run.iter().flatten().map(|(x, y)| format!("{x} {y}")).collect();
            format!("M{}", points.join("L"))
        })
        .collect();
    html! {
        @if known().count() >= 3 {
            svg.spark viewBox="0 0 340 46" aria-hidden="true" {
                path fill="none" stroke="#0072B2" stroke-width="2.2" stroke-linejoin="round" d=(lines.concat()) {}
                @if let Some(Some((x, y))) = points.last() {
                    circle fill="#0072B2" cx=(x) cy=(y) r="3.4" {}
                    text fill="#1D2129" x="284" y={ (y.parse::<f64>().map_or_else(|_| y.clone(), |y| one((y + 4.0).clamp(14.0, 42.0)))) } { (last) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(p90_min: f64, lost: f64, csat_low: f64) -> Figures {
        Figures {
            waits: 50,
            wait_p50_s: Some(p90_min * 30.0),
            wait_p90_s: Some(p90_min * 60.0),
            tickets: 50,
            lost_rate: Some(lost),
            ratings: Some(20),
            csat: Some(csat_low + 0.1),
            csat_low: Some(csat_low),
            csat_high: Some(csat_low + 0.2),
            ..Figures::default()
        }
    }

    #[test]
    fn scales_are_the_same_unless_values_leave_them_by_much() {
        let usual: Vec<Figures> = (0..20).map(|_| group(20.0, 0.1, 0.7)).collect();
        let scales = Scales::of(usual.iter());
        assert_eq!(scales, Scales { wait: 30.0, lost: 0.2, rated_from: 0.5 });
        let mut one = usual.clone();
        one[0] = group(300.0, 0.9, 0.1);
        assert_eq!(Scales::of(one.iter()), scales);
        // That one ends in an arrow; the others do not.
        assert!(wait(&one[0], scales).into_string().contains("M106 5"));
        assert!(lost(&one[0], scales).into_string().contains("M106 5"));
        assert!(!wait(&one[1], scales).into_string().contains("M106 5"));
        let long: Vec<Figures> = (0..20).map(|_| group(50.0, 0.3, 0.2)).collect();
        assert_eq!(Scales::of(long.iter()), Scales { wait: 60.0, lost: 0.4, rated_from: 0.0 });
    }

    #[test]
    fn few_values_have_no_mark() {
        let few = Figures { waits: 9, ratings: Some(9), tickets: 9, ..group(20.0, 0.1, 0.7) };
        let scales = Scales::of([&few].into_iter());
        for mark in [wait(&few, scales), lost(&few, scales), rated(&few, scales)] {
            assert!(mark.into_string().is_empty());
        }
        // Between 10 and 36 waits there is a median and no bar to the 90th percentile.
        let some = Figures { waits: 35, ..group(20.0, 0.1, 0.7) };
        assert!(!wait(&some, scales).into_string().contains("stroke-width=\"2.2\""));
    }
}
