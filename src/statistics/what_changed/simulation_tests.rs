//! The rule in made-up worlds whose truth is known: false headlines and power, as statistics.md section 3 demands.
//!
//! Its worlds: fifty locations that differ, a day effect of 0.15 and a week effect of 0.06 on the logit, autocorrelated by
//! 0.5 from day to day and week to week; waits lognormal with 0.10 a day and 0.03 a week on the log scale; 40 ratings a week
//! and 60 tickets on each of six days, both Poisson. Every wait is drawn, and its week's median and interval are taken from
//! the sorted waits as they would be in a report. Twenty nights are three looks, because the rule looks once a week.

use super::*;
use crate::statistics::interval::quantile_ranks_95;

const LOCATIONS: usize = 50;
const WEEKS: usize = HISTORY + 3;
const DAYS: usize = 6;
const MEASURES: [Measure; 4] =
    [Measure::Csat, Measure::Wait, Measure::Cancellation, Measure::NoShow];

/// A generator of its own (`SplitMix64`), so that the figures never change with a crate.
struct Lot(u64);

impl Lot {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / 9_007_199_254_740_992.0
    }

    fn normal(&mut self) -> f64 {
        let (radius, turn) = ((1.0 - self.unit()).ln() * -2.0, self.unit());
        radius.sqrt() * (std::f64::consts::TAU * turn).cos()
    }

    fn poisson(&mut self, mean: f64) -> u64 {
        let (mut left, mut n) = (self.unit(), 0);
        while left > (-mean).exp() {
            left *= self.unit();
            n += 1;
        }
        n
    }

    fn hits(&mut self, n: u64, p: f64) -> u64 {
        (0..n).filter(|_| self.unit() < p).count() as u64
    }
}

/// A series with autocorrelation 0.5 and this standard deviation.
struct Drift {
    sd: f64,
    now: f64,
}

impl Drift {
    fn new(sd: f64, lot: &mut Lot) -> Self {
        Self { sd, now: sd * lot.normal() }
    }

    fn next(&mut self, lot: &mut Lot) -> f64 {
        self.now = 0.5 * self.now + 0.75_f64.sqrt() * self.sd * lot.normal();
        self.now
    }
}

/// A change from some week on: minus 15 points of csat, 1.3 times the wait, twice the cancellations.
#[derive(Clone, Copy)]
struct Change {
    measure: Measure,
    location: usize,
    from: usize,
}

/// The weeks of all locations for one measure.
fn world(measure: Measure, lot: &mut Lot, changes: &[Change]) -> Vec<Vec<Option<Week>>> {
    (0..LOCATIONS)
        .map(|location| {
            let from = changes.iter().find(|c| c.measure == measure && c.location == location);
            let from = from.map_or(usize::MAX, |change| change.from);
            place(measure, lot, from)
        })
        .collect()
}

fn place(measure: Measure, lot: &mut Lot, from: usize) -> Vec<Option<Week>> {
    let (day_sd, week_sd) = if measure == Measure::Wait { (0.10, 0.03) } else { (0.15, 0.06) };
    let (mut day, mut week) = (Drift::new(day_sd, lot), Drift::new(week_sd, lot));
    let spread = lot.normal();
    let base = match measure {
        Measure::Csat => 0.80,
        Measure::Wait => 300.0,
        Measure::Cancellation => 0.10,
        Measure::NoShow => 0.05,
    };
    (0..WEEKS)
        .map(|at| {
            let this_week = week.next(lot);
            let changed = at >= from;
            let (mut hits, mut n, mut waits) = (0, 0, Vec::new());
            for _ in 0..DAYS {
                let off = this_week + day.next(lot);
                if measure == Measure::Wait {
                    let factor = if changed { 1.3 } else { 1.0 };
                    let median = base * factor * (0.3 * spread + off).exp();
                    let tickets = lot.poisson(60.0);
                    waits.extend(
                        (0..tickets).map(|_| (median * (0.7 * lot.normal()).exp()).round()),
                    );
                    continue;
                }
                let usual = base / (1.0 - base) * (0.2 * spread).exp();
                let usual = usual / (1.0 + usual);
                let p = match (measure, changed) {
                    (Measure::Csat, true) => usual - 0.15,
                    (Measure::Cancellation, true) => 2.0 * usual,
                    _ => usual,
                };
                let odds = p / (1.0 - p) * off.exp();
                let tickets = lot.poisson(if measure == Measure::Csat { 40.0 / 6.0 } else { 60.0 });
                hits += lot.hits(tickets, odds / (1.0 + odds));
                n += tickets;
            }
            if measure == Measure::Wait { median_of(waits) } else { Some(Week::Share { hits, n }) }
        })
        .collect()
}

fn median_of(mut waits: Vec<f64>) -> Option<Week> {
    waits.sort_unstable_by(f64::total_cmp);
    let n = waits.len();
    let (low, high) = quantile_ranks_95(n as u64, 0.5)?;
    #[expect(clippy::cast_possible_truncation, reason = "ranks of a list")]
    let at = |rank: u64| waits[rank as usize - 1];
    let median_s = f64::midpoint(waits[(n - 1) / 2], waits[n / 2]);
    Some(Week::Wait { median_s, half_width: half_width_of_waits(at(low), at(high)), n: n as u64 })
}

/// What is said at each location when the last `less` weeks are not there yet.
fn said(measure: Measure, world: &[Vec<Option<Week>>], less: usize) -> Vec<Verdict> {
    let until: Vec<&[Option<Week>]> =
        world.iter().map(|weeks| &weeks[..weeks.len() - less]).collect();
    let verdict = |told: Told| match told {
        Told::Judged(of) => of.verdict,
        Told::TooLittle(_) => Verdict::NoClearChange,
    };
    judge(measure, &until).into_iter().map(verdict).collect()
}

#[test]
fn few_false_headlines() {
    const WORLDS: u64 = 16;
    let mut by_measure = [0_usize; 4];
    for seed in 0..WORLDS {
        for (measure, told) in MEASURES.into_iter().zip(&mut by_measure) {
            let world = world(measure, &mut Lot(1_000 + seed), &[]);
            let looks: Vec<_> = (0..3).map(|less| said(measure, &world, less)).collect();
            *told += (0..LOCATIONS)
                .map(|at| {
                    let said = |verdict| looks.iter().any(|look| look[at] == verdict);
                    usize::from(said(Verdict::Worse)) + usize::from(said(Verdict::Better))
                })
                .sum::<usize>();
        }
    }
    let per_world = by_measure.iter().sum::<usize>() as f64 / WORLDS as f64;
    println!(
        "false headlines in 20 nights: {per_world:.2} (csat, wait, cancellation, no-show: {by_measure:?} in {WORLDS} worlds)"
    );
    assert!(per_world <= 1.3, "{per_world}");
}

#[test]
fn changes_are_found() {
    const WORLDS: u64 = 8;
    /// Locations that change in a world; few, so that the common course stays.
    const CHANGED: usize = 5;
    for (measure, within, at_least) in
        [(Measure::Csat, 4, 0.75), (Measure::Wait, 3, 0.75), (Measure::Cancellation, 2, 0.75)]
    {
        let mut found = [0_usize; 4];
        for seed in 0..WORLDS {
            let from = WEEKS - 4;
            let changes: Vec<_> =
                (0..CHANGED).map(|i| Change { measure, location: i * 9, from }).collect();
            let world = world(measure, &mut Lot(9_000 + seed), &changes);
            let looks: Vec<_> = (0..4).map(|week| said(measure, &world, 3 - week)).collect();
            for change in &changes {
                let first = looks.iter().position(|look| look[change.location] == Verdict::Worse);
                for of in found.iter_mut().skip(first.unwrap_or(4)) {
                    *of += 1;
                }
            }
        }
        let all = WORLDS as f64 * CHANGED as f64;
        let share = found.map(|of| of as f64 / all);
        println!("{measure:?}: found within 1, 2, 3, 4 weeks {share:.2?}");
        assert!(share[within - 1] >= at_least, "{measure:?}: {share:?}");
    }
}

/// Fifty locations that are alike but for the scatter of their days and weeks, and three that differ: whom the funnel names.
#[test]
fn the_funnel_names_few_of_those_that_are_alike() {
    use crate::statistics::funnel::{Place, funnel, own_dispersion};
    const WORLDS: u64 = 60;
    const SHOWN: usize = 12;
    const UNLIKE: usize = 3;
    let (mut alike, mut unlike) = (0, 0);
    for seed in 0..WORLDS {
        let mut lot = Lot(70_000 + seed);
        let mut places: Vec<Place> = Vec::new();
        for location in 0..LOCATIONS + UNLIKE {
            let (mut day, mut week) = (Drift::new(0.15, &mut lot), Drift::new(0.06, &mut lot));
            let p: f64 = if location < LOCATIONS { 0.2 } else { 0.3 };
            let mut weeks = Vec::new();
            for _ in 0..SHOWN {
                let this_week = week.next(&mut lot);
                let (mut hits, mut n) = (0, 0);
                for _ in 0..DAYS {
                    let odds = p / (1.0 - p) * (this_week + day.next(&mut lot)).exp();
                    let tickets = lot.poisson(30.0);
                    hits += lot.hits(tickets, odds / (1.0 + odds));
                    n += tickets;
                }
                weeks.push((hits, n));
            }
            let (hits, n) = weeks.iter().fold((0, 0), |(h, m), (hits, n)| (h + hits, m + n));
            places.push(Place { hits, n, dispersion: own_dispersion(&weeks) });
        }
        let named = |places: &[Place], from: usize| {
            let told = funnel(places).unwrap().of;
            told.iter().skip(from).filter(|told| told.unusual).count()
        };
        unlike += named(&places, LOCATIONS);
        alike += named(&places[..LOCATIONS], 0);
    }
    let alike = alike as f64 / (WORLDS * LOCATIONS as u64) as f64;
    let unlike = unlike as f64 / (WORLDS * UNLIKE as u64) as f64;
    println!(
        "funnel: {:.2} % of those alike named, {:.0} % of the three unlike",
        alike * 100.0,
        unlike * 100.0
    );
    assert!(alike <= 0.01, "{alike}");
    assert!(unlike >= 0.9, "{unlike}");
}
