//! One look at all places: spans of one length, counted back from one week.

use super::super::type7::{mean, median, variance, winsorise};
use super::budget::Chance;
use super::scale::Pooled;
use super::{Basis, Judged, Measure, State, Verdict, Week, since};

/// Spans before the newest that are looked at.
const MOST_BEFORE: usize = 12;
/// Spans before that a place must have to count as a peer.
const LEAST_BEFORE: usize = 3;
/// Spans before that a place must have to be judged alone.
const LEAST_ALONE: usize = 4;
/// So many places are peers of each other.
const PEERS: usize = 10;

/// What one look says of each place; `None` where it cannot judge.
pub(super) struct Look {
    /// In the order of the places.
    pub(super) of: Vec<Option<Judged>>,
    /// Whether there are enough places to take out their common course.
    pub(super) peers: bool,
}

/// The spans of a place that has enough of them.
struct Spans {
    newest: Pooled,
    /// By age, 1 to 12.
    before: Vec<(usize, Pooled)>,
    /// Mean of the spans before, with what all places did.
    usual: f64,
}

impl Spans {
    fn of(measure: Measure, weeks: &[Option<Week>], length: usize) -> Option<Self> {
        let mut spans = weeks.rchunks_exact(length).take(MOST_BEFORE + 1);
        let mut value =
            || Some(spans.next()).map(|s| Pooled::of(s?).filter(|s| s.bears(measure, length)));
        let newest = value()??;
        let before: Vec<_> = (1..=MOST_BEFORE).filter_map(|age| Some((age, value()??))).collect();
        if before.len() < LEAST_BEFORE {
            return None;
        }
        let usual = mean(&before.iter().map(|(_, span)| span.y).collect::<Vec<_>>());
        Some(Self { newest, before, usual })
    }

    /// Mean of the variances by chance of the spans before.
    fn chance_before(&self) -> f64 {
        mean(&self.before.iter().map(|(_, span)| span.v).collect::<Vec<_>>())
    }

    fn ys(&self, course: &[f64]) -> Vec<f64> {
        self.before.iter().map(|(age, span)| span.y - at(course, *age)).collect()
    }
}

fn at(course: &[f64], age: usize) -> f64 {
    course.get(age).copied().unwrap_or(0.0)
}

/// Looks at all places with spans of `length` weeks (4 or 2), the newest of which ends with the last of their weeks.
pub(super) fn look(measure: Measure, places: &[&[Option<Week>]], length: usize) -> Look {
    let mut spans: Vec<Option<Spans>> =
        places.iter().map(|weeks| Spans::of(measure, weeks, length)).collect();
    let peers = spans.iter().flatten().count() >= PEERS;
    let mut course = Vec::new();
    let mut pooled = 0.0;
    if peers {
        course = common_course(&spans);
        let mut excess: Vec<f64> =
            spans.iter().flatten().map(|place| excess(place, &course)).collect();
        // Sorted by this, so the sum does not depend on the order of the places.
        winsorise(&mut excess, 0.1);
        pooled = mean(&excess).max(0.0);
    } else {
        for place in &mut spans {
            place.take_if(|place| place.before.len() < LEAST_ALONE);
        }
    }
    let judged = spans.iter().flatten().count();
    let of = places
        .iter()
        .zip(&spans)
        .map(|(weeks, place)| {
            let place = place.as_ref()?;
            let scatter = if peers {
                Scatter::with_peers(place, &course, pooled)
            } else {
                Scatter::alone(place)
            };
            let since_weeks = since::since(weeks);
            Some(verdict(measure, length, judged, place, &scatter, since_weeks))
        })
        .collect();
    Look { of, peers }
}

/// For each span, newest first: the median over the places of its value less the place's usual one.
fn common_course(spans: &[Option<Spans>]) -> Vec<f64> {
    let mut by_age: Vec<Vec<f64>> = vec![Vec::new(); MOST_BEFORE + 1];
    for place in spans.iter().flatten() {
        for (age, span) in std::iter::once(&(0, place.newest)).chain(&place.before) {
            if let Some(off) = by_age.get_mut(*age) {
                off.push(span.y - place.usual);
            }
        }
    }
    by_age.iter_mut().map(|off| median(off).unwrap_or(0.0)).collect()
}

/// Scatter of the spans before, beyond chance.
fn excess(place: &Spans, course: &[f64]) -> f64 {
    variance(&place.ys(course)) - place.chance_before()
}

/// How far the newest span is from the usual, and how far it would be by chance and scatter.
struct Scatter {
    /// Mean of the spans before, without what all places did.
    base: f64,
    delta: f64,
    sd: f64,
    chance: Chance,
    peers: bool,
}

impl Scatter {
    fn with_peers(place: &Spans, course: &[f64], pooled: f64) -> Self {
        let m = place.before.len() as f64;
        let weight = (m - 1.0) / (m - 1.0 + 10.0);
        let own = (1.0 - weight) * pooled + weight * excess(place, course);
        let beyond = pooled.max(own);
        let variance = place.newest.v + beyond + (place.chance_before() + beyond) / m;
        let base = mean(&place.ys(course));
        let delta = place.newest.y - at(course, 0) - base;
        Self { base, delta, sd: variance.sqrt(), chance: Chance::Normal, peers: true }
    }

    fn alone(place: &Spans) -> Self {
        let ys = place.ys(&[]);
        let (m, chance_before) = (ys.len() as f64, place.chance_before());
        let scatter = variance(&ys).max(chance_before);
        let variance = scatter * (1.0 + 1.0 / m) + (place.newest.v - chance_before).max(0.0);
        let delta = place.newest.y - place.usual;
        let chance = Chance::Student { df: ys.len().saturating_sub(1) };
        Self { base: place.usual, delta, sd: variance.sqrt(), chance, peers: false }
    }

    /// `delta / sd`; where nothing ever scattered, any difference is infinitely far.
    fn z(&self) -> f64 {
        if self.delta.abs() > 0.0 { self.delta / self.sd } else { 0.0 }
    }
}

fn verdict(
    measure: Measure,
    length: usize,
    judged: usize,
    place: &Spans,
    scatter: &Scatter,
    since_weeks: Option<usize>,
) -> Judged {
    let Scatter { base, delta, sd, chance, peers } = *scatter;
    let spans_before = place.before.len();
    let (worse_at, better_at) = chance.limits(measure, length, spans_before, judged);
    let before = measure.back(base);
    let off = |delta: f64| measure.back(base + delta) - before;
    let z = measure.worse(scatter.z());
    let change = off(delta);
    let told = change.abs() >= measure.announced_from(before);
    let verdict = match z {
        _ if !told => Verdict::NoClearChange,
        z if z >= worse_at => Verdict::Worse,
        z if z <= -better_at => Verdict::Better,
        _ => Verdict::NoClearChange,
    };
    let smallest = |limit: f64| {
        let delta = measure.worse(limit * sd);
        let least = measure.announced_from(before);
        measure.can_be(base + delta).then(|| off(delta).abs().max(least))
    };
    let half = chance.half_95() * sd;
    Judged {
        verdict,
        state: State::Quiet,
        since_weeks,
        span_weeks: length,
        spans_before,
        peers,
        n_before: place.before.iter().map(|(_, span)| span.n).sum(),
        n_after: place.newest.n,
        before,
        change,
        low: off(delta - half),
        high: off(delta + half),
        smallest_worse: smallest(worse_at),
        smallest_better: smallest(-better_at),
        basis: Basis { z, worse_at, better_at, delta, sd, base },
    }
}
