//! Curves over the time waited, with tickets that are still open counted as long as they waited.
//!
//! Sources: O. O. Aalen and S. Johansen, Scandinavian Journal of Statistics 5 (1978), the estimator; E. Marubini and
//! M. G. Valsecchi, "Analysing Survival Data from Clinical Trials and Observational Studies" (1995), its variance by the
//! delta method; the band on the scale ln(-ln), which stays within 0 and 1. With one kind of end it is the estimator of
//! Kaplan and Meier (JASA 53, 1958) with Greenwood's variance, and without open tickets the curves are plain shares.

use super::distribution::normal_quantile;

/// Curves stop where fewer are still waiting.
pub const LEAST_AT_RISK: u64 = 10;

/// What happened to the tickets that had waited so long. Ends come before those that are open at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exits<const K: usize> {
    /// Time waited, in any whole unit.
    pub time: u64,
    /// How many ended then, by kind: served, left, no-show, ...
    pub ended: [u64; K],
    /// How many are still open and have waited that long.
    pub open: u64,
}

/// One kind of end up to a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Incidence {
    /// Share that has ended this way.
    pub share: f64,
    /// Its standard error.
    pub error: f64,
    /// Lower end of the 95 % band; the share itself where it is 0 or 1.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
}

impl Incidence {
    /// Nothing has ended this way.
    pub const NONE: Self = Self { share: 0.0, error: 0.0, low: 0.0, high: 0.0 };
}

/// The curves from a time on, until the next point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point<const K: usize> {
    /// Time waited.
    pub time: u64,
    /// Tickets still waiting just before it.
    pub at_risk: u64,
    /// Share that still waits.
    pub waiting: f64,
    /// Standard error of it (Greenwood).
    pub waiting_error: f64,
    /// By kind.
    pub of: [Incidence; K],
}

/// Sums behind the variance of one curve, kept so that all of them are sums of non-negative terms.
#[derive(Debug, Clone, Copy, Default)]
struct Curve {
    share: f64,
    /// `Σ (F - F_i)² a_i` and `Σ (F - F_i) a_i` with `a_i = d / (n (n - d))`.
    squares: f64,
    lever: f64,
    /// `Σ S² (n - d_k) d_k / n³`.
    own: f64,
    /// `Σ (F - F_i) c_i` and `Σ c_i` with `c_i = S d_k / n²`.
    cross: f64,
    cross_all: f64,
}

impl Curve {
    /// Goes past a time at which `own` of `n` at risk ended this way; `all` is `Σ a_i` before it. Where none did, all that is
    /// kept here stays as it is.
    fn step(&mut self, waiting: f64, n: f64, own: f64, all: f64) {
        let rise = waiting * own / n;
        self.share += rise;
        self.squares += 2.0 * rise * self.lever + rise * rise * all;
        self.lever += rise * all;
        self.cross += rise * self.cross_all;
        self.own += waiting * waiting * (n - own) * own / (n * n * n);
        self.cross_all += waiting * own / (n * n);
    }

    fn incidence(&self, z: f64) -> Incidence {
        let share = self.share;
        let error = (self.squares + self.own - 2.0 * self.cross).max(0.0).sqrt();
        let (low, high) = band(share, error, z);
        Incidence { share, error, low, high }
    }
}

/// The band of a share with a standard error, `z` of them wide on either side; the share itself where it is 0 or 1.
pub(super) fn band(share: f64, error: f64, z: f64) -> (f64, f64) {
    if share <= 0.0 || share >= 1.0 {
        return (share, share);
    }
    // ln(-ln F) is normal; larger values of it are smaller shares.
    let half = z * error / (share * -share.ln());
    let at = |sign: f64| share.powf((sign * half).exp());
    (at(1.0), at(-1.0))
}

/// The curves of some tickets, in the order of time: a point for each time at which any ended, until fewer than
/// `least_at_risk` are still waiting ([`LEAST_AT_RISK`] for what is published, 0 for all). `exits` may be in any order, and
/// the same time may occur more than once.
#[must_use]
pub fn curves<const K: usize>(exits: &[Exits<K>], least_at_risk: u64) -> Vec<Point<K>> {
    curves_every(exits, least_at_risk, 1)
}

/// As [`curves`], but only the points that hold at a multiple of `every`, and the last one. Most of the time goes into the
/// bands, and there are none of the points left out.
#[must_use]
pub fn curves_every<const K: usize>(
    exits: &[Exits<K>],
    least_at_risk: u64,
    every: u64,
) -> Vec<Point<K>> {
    let mut sorted = exits.to_vec();
    sorted.sort_by_key(|exit| exit.time);
    let mut left: u64 = sorted.iter().map(|e| e.ended.iter().sum::<u64>() + e.open).sum();
    let mut walk = Walk::start();
    // Where the walk is, and how many were at risk there.
    let mut here: Option<(u64, u64)> = None;
    let mut points = Vec::new();
    for same in sorted.chunk_by(|a, b| a.time == b.time) {
        let time = same.first().map_or(0, |exit| exit.time);
        let open: u64 = same.iter().map(|exit| exit.open).sum();
        let mut ended = [0_u64; K];
        for exit in same {
            ended.iter_mut().zip(exit.ended).for_each(|(all, more)| *all += more);
        }
        let all: u64 = ended.iter().sum();
        if left < least_at_risk {
            break;
        }
        if all > 0 {
            let is_shown = |(since, _): &(u64, u64)| since.next_multiple_of(every.max(1)) < time;
            points.extend(here.filter(is_shown).map(|here| walk.point(here)));
            walk.step(left, all, ended);
            here = Some((time, left));
        }
        left -= all + open;
    }
    points.extend(here.map(|here| walk.point(here)));
    points
}

/// What the curves have come to.
struct Walk<const K: usize> {
    /// Half the width of the bands in standard errors.
    z: f64,
    waiting: f64,
    /// `Σ a_i`.
    greenwood: f64,
    of: [Curve; K],
    /// What was shown of each curve that has not moved since.
    shown: [Option<Incidence>; K],
}

impl<const K: usize> Walk<K> {
    fn start() -> Self {
        let z = normal_quantile(0.975);
        Self { z, waiting: 1.0, greenwood: 0.0, of: [Curve::default(); K], shown: [None; K] }
    }

    /// Goes past a time at which so many of those at risk ended.
    fn step(&mut self, at_risk: u64, all: u64, ended: [u64; K]) {
        let (n, d) = (at_risk as f64, all as f64);
        for ((curve, shown), own) in self.of.iter_mut().zip(&mut self.shown).zip(ended) {
            if own > 0 {
                curve.step(self.waiting, n, own as f64, self.greenwood);
                *shown = None;
            }
        }
        self.waiting *= (n - d) / n;
        // When all end at once nobody is left and the curves rise no more.
        if d < n {
            self.greenwood += d / (n * (n - d));
        }
    }

    fn point(&mut self, (time, at_risk): (u64, u64)) -> Point<K> {
        let mut of = [Incidence::NONE; K];
        for ((of, curve), shown) in of.iter_mut().zip(&self.of).zip(&mut self.shown) {
            *of = *shown.get_or_insert_with(|| curve.incidence(self.z));
        }
        let waiting_error = self.waiting * f64::sqrt(self.greenwood);
        Point { time, at_risk, waiting: self.waiting, waiting_error, of }
    }
}

/// The point that holds at `time`: the last one not after it.
#[must_use]
pub fn at<const K: usize>(points: &[Point<K>], time: u64) -> Option<&Point<K>> {
    points.get(points.partition_point(|point| point.time <= time).checked_sub(1)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(is: f64, should: f64, within: f64) {
        assert!((is - should).abs() <= within, "{is}, not {should}");
    }

    /// statistics.md section 2: E. J. Freireich et al., Blood 21 (1963), 6-MP, n = 21; + are censored.
    #[test]
    fn freireich() {
        let one = |time, ended, open| Exits { time, ended: [ended], open };
        let exits = [
            one(6, 3, 1),
            one(7, 1, 0),
            one(9, 0, 1),
            one(10, 1, 1),
            one(11, 0, 1),
            one(13, 1, 0),
            one(16, 1, 0),
            one(17, 0, 1),
            one(19, 0, 1),
            one(20, 0, 1),
            one(22, 1, 0),
            one(23, 1, 0),
            one(25, 0, 1),
            one(32, 0, 2),
            one(34, 0, 1),
            one(35, 0, 1),
        ];
        let points = curves(&exits, 0);
        let expected = [
            (6, 0.8571, 0.0764),
            (7, 0.8067, 0.0869),
            (10, 0.7529, 0.0963),
            (13, 0.6902, 0.1068),
            (16, 0.6275, 0.1141),
            (22, 0.5378, 0.1282),
            (23, 0.4482, 0.1346),
        ];
        assert_eq!(points.len(), expected.len());
        for (point, (time, waiting, error)) in points.iter().zip(expected) {
            assert_eq!(point.time, time);
            close(point.waiting, waiting, 5.1e-5);
            close(point.waiting_error, error, 5.1e-5);
            // One kind of end: Aalen and Johansen's curve is the rest, with the same error.
            close(point.of[0].share, 1.0 - point.waiting, 1e-12);
            close(point.of[0].error, point.waiting_error, 1e-12);
        }
        let median = points.iter().find(|point| point.waiting <= 0.5).unwrap();
        assert_eq!(median.time, 23);
        assert_eq!(at(&points, 12).unwrap().time, 10);
        assert!(at(&points, 5).is_none());
        assert!(curves(&exits, 15).iter().all(|point| point.at_risk >= 15));
    }

    /// The same: T = 2 3 3 5 6 7 8 10, E = 1 2 1 1 0 2 1 0.
    #[test]
    fn two_kinds() {
        let exits = [
            (2, [1, 0], 0),
            (3, [1, 1], 0),
            (5, [1, 0], 0),
            (6, [0, 0], 1),
            (7, [0, 1], 0),
            (8, [1, 0], 0),
            (10, [0, 0], 1),
        ]
        .map(|(time, ended, open)| Exits { time, ended, open });
        let points = curves(&exits, 0);
        let last = at(&points, 8).unwrap();
        close(last.of[0].share, 0.541_667, 5e-7);
        close(last.of[1].share, 0.291_667, 5e-7);
        close(last.waiting, 0.166_667, 5e-7);
    }

    fn exits(open: u64) -> impl Strategy<Value = Vec<Exits<3>>> {
        let one = (0_u64..40, [0_u64..4, 0..4, 0..4], 0..=open);
        prop::collection::vec(
            one.prop_map(|(time, ended, open)| Exits { time, ended, open }),
            1..60,
        )
    }

    proptest! {
        #[test]
        fn without_open_tickets_they_are_plain_shares(exits in exits(0)) {
            let all: u64 = exits.iter().flat_map(|exit| exit.ended).sum();
            for point in curves(&exits, 0) {
                for (kind, of) in point.of.iter().enumerate() {
                    let ended: u64 =
                        exits.iter().filter(|e| e.time <= point.time).map(|e| e.ended[kind]).sum();
                    let share = ended as f64 / all as f64;
                    prop_assert!((of.share - share).abs() < 1e-12);
                    // And their error is the binomial one.
                    prop_assert!((of.error.powi(2) - share * (1.0 - share) / all as f64).abs() < 1e-12);
                }
            }
        }

        /// The rule for publishing cuts the curves off and changes nothing before that.
        #[test]
        fn curves_stop_where_too_few_wait(exits in exits(3), least in 0_u64..60) {
            let mut all = curves(&exits, 0);
            all.retain(|point| point.at_risk >= least);
            prop_assert_eq!(curves(&exits, least), all);
        }

        #[test]
        fn fewer_points_are_the_same_where_they_are_asked_for(exits in exits(3), every in 1_u64..9, least in 0_u64..30) {
            let (all, some) = (curves(&exits, least), curves_every(&exits, least, every));
            for time in (0..45).step_by(usize::try_from(every).unwrap()) {
                prop_assert_eq!(at(&some, time), at(&all, time));
            }
            prop_assert!(some.iter().all(|point| all.contains(point)));
            let last = some.len().saturating_sub(1);
            let asked = |point: &Point<3>| (0..45).step_by(usize::try_from(every).unwrap()).any(|time| at(&all, time) == Some(point));
            prop_assert!(some[..last].iter().all(asked));
        }

        #[test]
        fn shares_add_up_and_rise(exits in exits(3), turn in 0_usize..60) {
            let points = curves(&exits, 0);
            let mut turned = exits.clone();
            turned.rotate_left(turn % exits.len());
            prop_assert_eq!(&points, &curves(&turned, 0));
            for pair in points.windows(2) {
                prop_assert!(pair[0].of.iter().zip(&pair[1].of).all(|(a, b)| a.share <= b.share));
            }
            for point in &points {
                let ended: f64 = point.of.iter().map(|of| of.share).sum();
                prop_assert!((ended + point.waiting - 1.0).abs() < 1e-12);
                prop_assert!(point.of.iter().all(|of| 0.0 <= of.low && of.low <= of.share));
                prop_assert!(point.of.iter().all(|of| of.share <= of.high && of.high <= 1.0));
            }
            let bands = |point: &Point<3>| point.of.map(|of| band(of.share, of.error, normal_quantile(0.975)));
            prop_assert!(points.iter().all(|point| bands(point) == point.of.map(|of| (of.low, of.high))));
            // Ten times as many tickets of the same kinds: the same curves, surer.
            let tenfold: Vec<_> = exits
                .iter()
                .map(|e| Exits { ended: e.ended.map(|n| 10 * n), open: 10 * e.open, ..*e })
                .collect();
            for (one, ten) in points.iter().zip(curves(&tenfold, 0)) {
                prop_assert!((one.of[0].share - ten.of[0].share).abs() < 1e-12);
                prop_assert!(ten.of[0].error <= one.of[0].error + 1e-12);
            }
        }
    }
}
