//! Bands of waits, by which ratings are told apart.

/// Begin of each band, minutes; a band ends where the next one begins, the last one never. Left-closed.
const BEGINS: [u64; 6] = [0, 5, 10, 20, 30, 60];

/// Place of the band of a wait in seconds.
pub(super) fn of_wait(seconds: u32) -> u8 {
    let below = BEGINS.iter().filter(|begin| u64::from(seconds) >= **begin * 60).count();
    u8::try_from(below.saturating_sub(1)).unwrap_or(0)
}

/// Begin and end of a band, minutes; the last one has no end.
pub(super) fn minutes(band: u8) -> (u64, Option<u64>) {
    let at = usize::from(band);
    (BEGINS.get(at).copied().unwrap_or(0), BEGINS.get(at + 1).copied())
}

/// The middle of a band, minutes, which stands for the waits in it. The last one counts as wide as the one before.
#[expect(clippy::cast_precision_loss, reason = "minutes of an hour or so")]
pub(super) fn middle(band: u8) -> f64 {
    let (begin, end) = minutes(band);
    let end = end.unwrap_or_else(|| {
        let (before, _) = minutes(band.saturating_sub(1));
        2 * begin - before
    });
    (begin + end) as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middles() {
        let expected = [2.5, 7.5, 15.0, 25.0, 45.0, 75.0];
        for (band, expected) in (0..).zip(expected) {
            assert!((middle(band) - expected).abs() < 1e-9, "{band}");
        }
    }

    #[test]
    fn bands_are_closed_on_the_left() {
        for (seconds, begin, end) in [
            (0, 0, Some(5)),
            (299, 0, Some(5)),
            (300, 5, Some(10)),
            (1_199, 10, Some(20)),
            (3_599, 30, Some(60)),
            (3_600, 60, None),
            (90_000, 60, None),
        ] {
            assert_eq!(minutes(of_wait(seconds)), (begin, end), "{seconds}");
        }
    }
}
