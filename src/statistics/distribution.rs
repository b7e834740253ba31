//! The distributions that intervals and limits need: normal, Student's t, binomial, beta, gamma. Distribution functions from
//! `special`, quantiles by safeguarded Newton steps on them.
//!
//! Sources: the normal quantile is algorithm AS 241 of M. J. Wichura, Applied Statistics 37 (1988); the rest follows from
//! the incomplete beta function (Abramowitz and Stegun 26.5.24 and 26.5.27). Tested against scipy to 1e-12.

use std::f64::consts::SQRT_2;

use super::special::{beta_density, erfc, gamma_density, incomplete_beta, incomplete_gamma};

/// P(Z > z) for a standard normal Z; exact to its last digits far out in the tail.
#[must_use]
pub fn normal_above(z: f64) -> f64 {
    erfc(z / SQRT_2) / 2.0
}

/// The p-value of a two-sided test: P(|Z| > |z|) for a standard normal Z.
#[must_use]
pub fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() / SQRT_2)
}

/// The z with P(Z > z) = `tail` for a standard normal Z; infinite at 0 and 1, no number outside.
#[must_use]
pub fn normal_quantile_above(tail: f64) -> f64 {
    -normal_quantile(tail)
}

/// The z with P(Z <= z) = `p` for a standard normal Z; infinite at 0 and 1, no number outside.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 || p.is_nan() {
        return match p {
            0.0 => f64::NEG_INFINITY,
            1.0 => f64::INFINITY,
            _ => f64::NAN,
        };
    }
    let centre = p - 0.5;
    if centre.abs() <= 0.425 {
        let r = 0.180_625 - centre * centre;
        return centre * ratio(&CENTRE, r);
    }
    let r = (-p.min(1.0 - p).ln()).sqrt();
    let z = if r <= 5.0 { ratio(&MIDDLE, r - 1.6) } else { ratio(&FAR, r - 5.0) };
    if centre < 0.0 { -z } else { z }
}

/// A ratio of two polynomials at r: coefficients of numerator and denominator from the constant upwards.
fn ratio(of: &[[f64; 8]; 2], r: f64) -> f64 {
    let [above, below] = of.map(|series| series.into_iter().rev().fold(0.0, |sum, c| sum * r + c));
    above / below
}

/// AS 241, |p - 1/2| <= 0.425.
const CENTRE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
];
/// AS 241, further out, sqrt(-ln p) <= 5.
const MIDDLE: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        0.000_774_545_014_278_341_4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        0.000_547_593_808_499_534_5,
        1.050_750_071_644_416_9e-9,
    ],
];
/// AS 241, beyond.
const FAR: [[f64; 8]; 2] = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        0.000_027_115_555_687_434_876,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        0.000_786_869_131_145_613_3,
        0.000_018_463_183_175_100_548,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

/// P(T > t) for Student's t with `df` > 0 degrees of freedom.
#[must_use]
pub fn t_above(t: f64, df: f64) -> f64 {
    if t < 0.0 {
        return 1.0 - t_above(-t, df);
    }
    let whole = df + t * t;
    incomplete_beta(df / 2.0, 0.5, df / whole, t * t / whole) / 2.0
}

/// The density of Student's t with `df` > 0 degrees of freedom, for t > 0.
fn t_density(t: f64, df: f64) -> f64 {
    // df / (df + T²) has a beta distribution; this is its density times the slope.
    let whole = df + t * t;
    beta_density(df / 2.0, 0.5, df / whole, t * t / whole) * df * t / (whole * whole)
}

/// The t with P(T > t) = `tail` for Student's t with `df` > 0 degrees of freedom; no number unless 0 < tail < 1.
#[must_use]
pub fn t_quantile_above(tail: f64, df: f64) -> f64 {
    if tail.is_nan() || tail <= 0.0 || tail >= 1.0 || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if tail > 0.5 {
        return -t_quantile_above(1.0 - tail, df);
    }
    // Newton steps for ln P(T > t) in ln t, which is close to a straight line far out; plain ones near 0. The start, the
    // normal quantile, lies below the answer.
    let mut t = normal_quantile_above(tail);
    if t <= 0.0 {
        return 0.0;
    }
    for _ in 0..200 {
        let (above, density) = (t_above(t, df), t_density(t, df));
        let step = if t < 1.0 {
            (above - tail) / density
        } else {
            t * ((above / tail).ln() * above / (t * density)).exp_m1()
        };
        t += step;
        if step.abs() <= 4.0 * f64::EPSILON * t.abs() {
            break;
        }
    }
    t
}

/// P(X <= k) for a binomial X of `n` trials with probability `p`.
#[must_use]
pub fn binomial_up_to(k: u64, n: u64, p: f64) -> f64 {
    if k >= n {
        return 1.0;
    }
    incomplete_beta((n - k) as f64, k as f64 + 1.0, 1.0 - p, p)
}

/// P(X = k) for a binomial X of `n` trials with probability 0 < `p` < 1; 0 for k > n.
#[must_use]
pub fn binomial_at(k: u64, n: u64, p: f64) -> f64 {
    n.checked_sub(k).map_or(0.0, |rest| {
        beta_density(k as f64 + 1.0, rest as f64 + 1.0, p, 1.0 - p) / (n as f64 + 1.0)
    })
}

/// The smallest k with P(X <= k) >= `level` for a binomial X of `n` trials with probability `p`.
#[must_use]
pub fn binomial_quantile(level: f64, n: u64, p: f64) -> u64 {
    binomial_place(level, n, p)
        .map_or_else(|| binomial_quantile_by_halves(level, n, p), |place| place.at)
}

/// [`binomial_quantile`] k with P(X <= k) and P(X < k).
#[must_use]
pub fn binomial_quantile_between(level: f64, n: u64, p: f64) -> (u64, f64, f64) {
    let place = binomial_place(level, n, p);
    let at = place.map_or_else(|| binomial_quantile_by_halves(level, n, p), |place| place.at);
    let up_to = |k| {
        let known = place.map(|place| place.began).filter(|(began, _)| *began == k);
        known.map_or_else(|| binomial_up_to(k, n, p), |(_, sum)| sum)
    };
    (at, up_to(at), at.checked_sub(1).map_or(0.0, up_to))
}

fn binomial_quantile_by_halves(level: f64, n: u64, p: f64) -> u64 {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if binomial_up_to(middle, n, p) >= level {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// Sums this near to a level may lie on the other side of it.
const IN_DOUBT: f64 = 1e-9;

/// Where the sums of a binomial pass a level.
#[derive(Debug, Clone, Copy)]
pub(super) struct BinomialPlace {
    /// The smallest k with P(X <= k) above the level.
    pub(super) at: u64,
    /// Where the search began, with [`binomial_up_to`] there.
    began: (u64, f64),
}

/// Where the sums of a binomial of `n` trials with probability `p` pass a level; `None` where rounding could tell, and where
/// `p` or the level are not between 0 and 1.
///
/// One tail is computed where the normal distribution has the place; from there each sum follows from the one beside it.
pub(super) fn binomial_place(level: f64, n: u64, p: f64) -> Option<BinomialPlace> {
    let is_inside = |share: f64| 0.0 < share && share < 1.0;
    if !is_inside(level) || !is_inside(p) {
        return None;
    }
    let odds = p / (1.0 - p);
    let mut at = about_binomial(level, n, p);
    let began = (at, binomial_up_to(at, n, p));
    // P(X = at) and P(X <= at)
    let (mut one, mut sum) = (binomial_at(at, n, p), began.1);
    // Up to the first sum above the level, then down as long as the one before is above it too.
    let mut is_sure = (sum - level).abs() >= IN_DOUBT;
    while sum <= level && at < n {
        one *= (n - at) as f64 / (at + 1) as f64 * odds;
        at += 1;
        sum += one;
        is_sure &= (sum - level).abs() >= IN_DOUBT;
    }
    while at > 0 {
        let below = sum - one;
        is_sure &= (below - level).abs() >= IN_DOUBT;
        if below <= level {
            break;
        }
        one *= at as f64 / (n - at + 1) as f64 / odds;
        sum = below;
        at -= 1;
    }
    is_sure.then_some(BinomialPlace { at, began })
}

/// About the quantile of a binomial, by the normal distribution and by how far the binomial leans (Cornish and Fisher).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place between 0 and n; a wrong one only takes longer"
)]
fn about_binomial(level: f64, n: u64, p: f64) -> u64 {
    let (z, mean) = (normal_quantile(level), n as f64 * p);
    let lean = (z * z - 1.0) * (1.0 - 2.0 * p) / 6.0;
    ((mean + z * (mean * (1.0 - p)).sqrt() + lean + 0.5).max(0.0) as u64).min(n)
}

/// The x with P(X <= x) = `p` for a beta variable with parameters a, b > 0; 0 and 1 at the ends.
#[must_use]
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let mut x = a / (a + b);
    for _ in 0..300 {
        let off = incomplete_beta(a, b, x, 1.0 - x) - p;
        if off > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = x - off / beta_density(a, b, x, 1.0 - x);
        // Far below everything the steps halve the exponent, not the distance.
        let halved = if low > 0.0 { f64::midpoint(low, high) } else { high / 16.0 };
        let next = if newton > low && newton < high { newton } else { halved };
        if (next - x).abs() <= 2.0 * f64::EPSILON * x {
            return next;
        }
        x = next;
    }
    x
}

/// The x with P(X <= x) = `p` for a gamma variable with shape a > 0 and scale 1; 0 and infinite at the ends.
#[must_use]
pub fn gamma_quantile(p: f64, a: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let (mut low, mut high) = (0.0_f64, f64::INFINITY);
    let mut x = a;
    for _ in 0..300 {
        let (below, above) = incomplete_gamma(a, x);
        // Measured in the shorter tail.
        let off = if p < 0.5 { below - p } else { (1.0 - p) - above };
        if off > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = x - off / gamma_density(a, x);
        let halved = match (low > 0.0, high.is_finite()) {
            (true, true) => f64::midpoint(low, high),
            (true, false) => 2.0 * low,
            (false, _) => high / 16.0,
        };
        let next = if newton > low && newton < high { newton } else { halved };
        if (next - x).abs() <= 2.0 * f64::EPSILON * x {
            return next;
        }
        x = next;
    }
    x
}

#[cfg(test)]
#[path = "distribution_tests.rs"]
mod tests;
