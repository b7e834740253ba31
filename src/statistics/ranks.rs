//! The ranks of [`quantile_ranks_95`] once for each size of a sample: a report asks for those of tens of thousands of small
//! groups, most of them of the same few sizes.

use std::sync::OnceLock;

use super::interval::quantile_ranks_95;
use super::quantile::{P50, P90};

/// Samples from this size on are rare, and computed each time.
const KEPT: usize = 4096;

type Ranks = Option<(u64, u64)>;

static MEDIAN: [OnceLock<Ranks>; KEPT] = [const { OnceLock::new() }; KEPT];
static NINETIETH: [OnceLock<Ranks>; KEPT] = [const { OnceLock::new() }; KEPT];

/// As [`quantile_ranks_95`], of the median of `n` values.
#[must_use]
pub fn of_median(n: u64) -> Option<(u64, u64)> {
    of(&MEDIAN, n, P50)
}

/// As [`quantile_ranks_95`], of the 90th percentile of `n` values.
#[must_use]
pub fn of_90th(n: u64) -> Option<(u64, u64)> {
    of(&NINETIETH, n, P90)
}

fn of(kept: &[OnceLock<Ranks>; KEPT], n: u64, twentieths: u32) -> Ranks {
    let compute = || quantile_ranks_95(n, f64::from(twentieths) / 20.0);
    let slot = usize::try_from(n).ok().and_then(|n| kept.get(n));
    slot.map_or_else(compute, |slot| *slot.get_or_init(compute))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_that_are_computed() {
        for n in (0..80).chain([4_095, 4_096, 5_000, 1_000_000]) {
            for _ in 0..2 {
                assert_eq!(of_median(n), quantile_ranks_95(n, 0.5), "{n}");
                assert_eq!(of_90th(n), quantile_ranks_95(n, 0.9), "{n}");
            }
        }
    }
}
