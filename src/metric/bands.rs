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

#[cfg(test)]
mod tests {
    use super::*;

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
