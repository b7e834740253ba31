//! Every method against scipy, statsmodels and lifelines on 1,000 random data sets each; made by
//! `tests/oracles/statistics.py`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::distribution::{
    beta_quantile, binomial_quantile, binomial_up_to, gamma_quantile, normal_above,
    normal_quantile_above, t_above, t_quantile_above,
};
use super::interval::{exact_share, quantile_ranks_95, share_difference_95};
use super::survival::{Exits, at, band, curves};
use super::trend::{Bin, stratified};
use super::{control, counts, cusum, funnel, mean, multiplicity, shrunk, special, stars};

const FILE: &str = include_str!("../../tests/fixtures/statistics/oracles.json");

/// The rows of one method.
fn rows<T: for<'a> Deserialize<'a>>(name: &str) -> Vec<T> {
    let all: BTreeMap<&str, &serde_json::value::RawValue> = serde_json::from_str(FILE).unwrap();
    let rows: Vec<T> = serde_json::from_str(all[name].get()).unwrap();
    assert!(rows.len() >= 398, "{name}: {}", rows.len());
    rows
}

/// Relative; around 0 absolute.
fn close(is: f64, should: f64, within: f64, of: &str) {
    let off = (is - should).abs();
    assert!(off <= within * should.abs() || off < 1e-300, "{of}: {is:e}, not {should:e}");
}

#[test]
fn distributions() {
    for (z, above, tail, quantile) in rows::<(f64, f64, f64, f64)>("normal") {
        close(normal_above(z), above, 1e-12, &format!("P(Z > {z})"));
        close(normal_quantile_above(tail), quantile, 1e-12, &format!("z at {tail}"));
    }
    for (df, t, above, tail, quantile) in rows::<(f64, f64, f64, f64, f64)>("t") {
        close(t_above(t, df), above, 1e-12, &format!("P(T{df} > {t})"));
        close(t_quantile_above(tail, df), quantile, 1e-12, &format!("t{df} at {tail}"));
    }
    for (k, n, p, up_to, level, quantile) in rows::<(u64, u64, f64, f64, f64, u64)>("binomial") {
        close(binomial_up_to(k, n, p), up_to, 1e-12, &format!("P(Bin({n}, {p}) <= {k})"));
        assert_eq!(binomial_quantile(level, n, p), quantile, "{level} of Bin({n}, {p})");
    }
    for (q, a, b, quantile) in rows::<(f64, f64, f64, f64)>("beta") {
        close(beta_quantile(q, a, b), quantile, 1e-12, &format!("{q} of Beta({a}, {b})"));
    }
}

#[test]
fn intervals() {
    for (k, n, tail, low, high) in rows::<(u64, u64, f64, f64, f64)>("exact") {
        let of = exact_share(k, n, tail).unwrap();
        close(of.0, low, 1e-9, &format!("{k}/{n} low"));
        close(of.1, high, 1e-9, &format!("{k}/{n} high"));
    }
    for (a, m, b, n, low, high) in rows::<(u64, u64, u64, u64, f64, f64)>("newcombe") {
        let of = share_difference_95((a, m), (b, n)).unwrap();
        assert!((of.0 - low).abs() < 1e-9 && (of.1 - high).abs() < 1e-9, "{a}/{m} {b}/{n}: {of:?}");
    }
    for (n, q, low, high) in rows::<(u64, f64, u64, u64)>("ranks") {
        let expected = (low > 0).then_some((low, high));
        assert_eq!(quantile_ranks_95(n, q), expected, "{n} {q}");
    }
}

#[test]
fn many_tests() {
    for (p, expected) in rows::<(Vec<f64>, Vec<f64>)>("many_tests") {
        for (is, should) in multiplicity::adjusted(&p).into_iter().zip(expected) {
            close(is, should, 1e-9, &format!("{p:?}"));
        }
    }
}

#[test]
fn charts() {
    for (p, n, tail, low, high) in rows::<(f64, u64, f64, f64, f64)>("funnel_limits") {
        let of = funnel::limits(p, n, tail);
        assert!((of.0 - low).abs() < 1e-9 && (of.1 - high).abs() < 1e-9, "{p} {n} {tail}: {of:?}");
    }
    for (n, longest, crossings) in rows::<(usize, u64, u64)>("runs") {
        let values: Vec<f64> = (0..n).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let of = control::runs_about(&values, 0.0);
        assert_eq!((of.longest_usual, of.crossings_usual), (longest, crossings), "{n}");
    }
}

#[test]
fn trends() {
    for (strata, statistic) in rows::<(Vec<[u64; 4]>, f64)>("tables") {
        let bin = |score, hits, others| Bin { score, hits, n: hits + others };
        let strata: Vec<[Bin; 2]> =
            strata.iter().map(|[a, b, c, d]| [bin(0.0, *a, *c), bin(1.0, *b, *d)]).collect();
        let strata: Vec<&[Bin]> = strata.iter().map(<[Bin; 2]>::as_slice).collect();
        let z = stratified(&strata).unwrap().z;
        assert!((z * z - statistic).abs() < 1e-9 * (1.0 + statistic), "{strata:?}");
    }
    for (bins, statistic) in rows::<(Vec<(u64, u64)>, f64)>("scored") {
        let bin =
            |(i, (hits, n)): (usize, &(u64, u64))| Bin { score: i as f64, hits: *hits, n: *n };
        let bins: Vec<Bin> = bins.iter().enumerate().map(bin).collect();
        let z = stratified(&[&bins]).unwrap().z;
        assert!((z * z - statistic).abs() < 1e-9 * (1.0 + statistic), "{bins:?}");
    }
}

#[test]
fn kaplan_and_meier() {
    for (tickets, time, share, low, high) in rows::<(String, u64, f64, f64, f64)>("kaplan") {
        // A letter for the time, + ended or - open.
        let exits: Vec<Exits<1>> = tickets
            .as_bytes()
            .chunks(2)
            .map(|of| Exits {
                time: u64::from(of[0] - 96),
                ended: [u64::from(of[1] == b'+')],
                open: u64::from(of[1] == b'-'),
            })
            .collect();
        let points = curves(&exits, 0);
        let of = at(&points, time).unwrap();
        assert!((of.waiting - share).abs() < 1e-9, "{tickets}");
        if of.waiting > 1e-9 {
            let is = band(of.waiting, of.waiting_error, normal_quantile_above(0.025));
            let off = (is.0 - low).abs().max((is.1 - high).abs());
            assert!(off < 1e-9, "{tickets} {time}: {is:?}, not {low} {high}");
        }
    }
}

#[test]
fn aalen_and_johansen() {
    for (tickets, time, share, variance) in rows::<(String, u64, f64, f64)>("aalen") {
        // A ticket each unit of time: 0 open, else the kind of its end.
        let exits: Vec<Exits<3>> = tickets
            .bytes()
            .zip(1..)
            .map(|(kind, time)| {
                let kind = u64::from(kind - b'0');
                let ended = [1, 2, 3].map(|of| u64::from(of == kind));
                Exits { time, ended, open: u64::from(kind == 0) }
            })
            .collect();
        let points = curves(&exits, 0);
        let of = at(&points, time).unwrap().of[0];
        assert!((of.share - share).abs() < 1e-9, "{tickets}");
        assert!((of.error.powi(2) - variance).abs() < 1e-9, "{tickets} {time}: {of:?} {variance}");
    }
}

#[test]
fn counts_and_their_distribution() {
    for (a, x, above, q, quantile) in rows::<(f64, f64, f64, f64, f64)>("gamma") {
        let of = special::incomplete_gamma(a, x);
        close(of.1, above, 1e-11, &format!("Q({a}, {x})"));
        assert!((of.0 + of.1 - 1.0).abs() < 1e-15, "{a} {x}");
        close(gamma_quantile(q, a), quantile, 1e-11, &format!("{q} of Gamma({a})"));
    }
    for (count, tail, low, high) in rows::<(u64, f64, f64, f64)>("garwood") {
        let of = counts::garwood(count, tail);
        close(of.0, low, 1e-9, &format!("{count} low"));
        close(of.1, high, 1e-9, &format!("{count} high"));
    }
}

#[test]
fn ratings() {
    for (of, mean, low, high) in rows::<([u64; 5], f64, f64, f64)>("means") {
        let sum = |power: u32| (1..).zip(of).map(|(star, n)| u64::pow(star, power) * n).sum();
        let is = mean::interval_95(sum(0), sum(1), sum(2), (1.0, 5.0)).unwrap();
        close(is.mean, mean, 1e-9, &format!("{of:?} mean"));
        close(is.low, low, 1e-9, &format!("{of:?} low"));
        close(is.high, high, 1e-9, &format!("{of:?} high"));
    }
    for (of, score, low, high) in rows::<([u64; 5], f64, f64, f64)>("net_scores") {
        let is = stars::net_score(of[4], of[0] + of[1] + of[2], of.iter().sum()).unwrap();
        assert!((is.score - score).abs() < 1e-9, "{of:?}");
        // Z_95 has seven digits.
        assert!((is.low - low).abs() < 1e-7 && (is.high - high).abs() < 1e-7, "{of:?} {is:?}");
    }
    for (of, bound) in rows::<([u64; 5], f64)>("stars") {
        close(stars::star_lower_bound(of), bound, 1e-9, &format!("{of:?}"));
    }
}

#[test]
fn places_drawn_towards_all() {
    type Row = (Vec<(f64, f64)>, f64, f64, f64, f64, f64, f64, Vec<f64>);
    for (groups, fixed, fixed_error, q, tau2, mean, error, best) in rows::<Row>("together") {
        let of = shrunk::together(&groups).unwrap();
        for (is, should) in [
            (of.fixed, fixed),
            (of.fixed_error, fixed_error),
            (of.q, q),
            (of.mean, mean),
            (of.error, error),
        ] {
            close(is, should, 1e-9, &format!("{groups:?}"));
        }
        assert!((of.tau2 - tau2).abs() < 1e-10, "{groups:?}");
        for (is, should) in of.shrunk.into_iter().zip(best) {
            close(is, should, 1e-9, &format!("{groups:?}"));
        }
    }
    for (groups, alike, best) in rows::<(Vec<(u64, u64)>, f64, Vec<f64>)>("alike") {
        let of = shrunk::shares(&groups).unwrap();
        assert!((of.alike - alike).abs() < 1e-9, "{groups:?} {of:?} {alike}");
        for (is, should) in of.shrunk.into_iter().zip(best) {
            assert!((is - should).abs() < 1e-9, "{groups:?}");
        }
    }
}

#[test]
fn sums_of_shifts() {
    for (values, expected) in rows::<(Vec<f64>, Vec<(f64, f64)>)>("cusum") {
        let of = cusum::cusum(&values, 0.0, cusum::SLACK);
        assert_eq!(of.len(), expected.len());
        for (is, (above, below)) in of.into_iter().zip(expected) {
            assert!(
                (is.above - above).abs() < 1e-9 && (is.below - below).abs() < 1e-9,
                "{values:?}"
            );
        }
    }
}
