//! Random numbers that are the same everywhere: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
//! generators", OOPSLA 2014), because library generators may change their streams between versions.

use super::exact::{cos_turns, exp, ln};

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub(super) struct Rng(u64);

impl Rng {
    /// A separate stream for each of several things that share a seed.
    pub(super) fn of(seed: u64, things: &[u64]) -> Self {
        things.iter().fold(Self(seed), |rng, thing| {
            let mut mixed = Self(rng.0 ^ thing.wrapping_mul(0xd6e8_feb8_6659_fd93));
            Self(mixed.next())
        })
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double")]
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in 0..n.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    /// Uniform in 0..n milliseconds.
    pub(super) fn millis(&mut self, n: u64) -> i64 {
        i64::try_from(self.below(n)).unwrap_or(0)
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Standard normal (Box and Muller 1958).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * ln(1.0 - self.unit())).sqrt();
        radius * cos_turns(self.unit())
    }

    /// A lognormal duration in milliseconds, with this median (minutes) and spread.
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a day")]
    pub(super) fn lognormal_ms(&mut self, median_minutes: f64, sigma: f64) -> i64 {
        let minutes = median_minutes * exp(sigma * self.normal());
        (minutes.clamp(0.002, 1_400.0) * 60_000.0) as i64
    }

    /// Poisson with a small mean (Knuth: uniform numbers are multiplied until they fall below e^-mean).
    pub(super) fn poisson(&mut self, mean: f64) -> u32 {
        let floor = exp(-mean);
        let (mut product, mut count) = (self.unit(), 0);
        while product > floor {
            product *= self.unit();
            count += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_stream() {
        // Reference outputs of splitmix64.c (Vigna) for seed 1234567.
        let mut rng = Rng(1_234_567);
        let expected =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!([rng.next(), rng.next(), rng.next()], expected);
    }

    #[test]
    fn moments() {
        let mut rng = Rng(1);
        let n = 40_000;
        let moments = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / f64::from(n);
            (mean, values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(n))
        };
        let (mean, variance) = moments(&(0..n).map(|_| rng.normal()).collect::<Vec<_>>());
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
        let (mean, variance) =
            moments(&(0..n).map(|_| f64::from(rng.poisson(0.6))).collect::<Vec<_>>());
        assert!((mean - 0.6).abs() < 0.02 && (variance - 0.6).abs() < 0.03, "{mean} {variance}");
        let mut waits: Vec<i64> = (0..n).map(|_| rng.lognormal_ms(6.0, 0.8)).collect();
        waits.sort_unstable();
        let median = waits[waits.len() / 2];
        assert!((350_000..370_000).contains(&median), "{median}");
        #[expect(clippy::cast_precision_loss, reason = "test")]
        let mean = waits.iter().sum::<i64>() as f64 / f64::from(n);
        // exp(σ²/2) times the median.
        assert!((mean / 360_000.0 - 1.377).abs() < 0.04, "{mean}");
    }
}
