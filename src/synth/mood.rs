//! What a visitor rates: the longer the wait, the worse.

use super::course::Shift;
use super::exact::normal_below;
use super::rng::Rng;

/// Mean mood of one who did not wait. A mood is rounded to a rating.
const BEST: f64 = 4.75;
/// What a minute takes from it,
const A_MINUTE: f64 = 0.055;
/// up to so many.
const LONGEST: f64 = 50.0;
/// Standard deviation of moods.
const SPREAD: f64 = 0.85;
/// Moods from here on are satisfied: a rating of 4 or 5.
const SATISFIED: f64 = 3.5;

/// The rating, 1 to 5, of a visitor who waited so many minutes; `csat` moves the share of the satisfied among all who waited
/// as long. Those whose mind it changes are drawn from a stream of their own, by the visit's `id`.
pub(super) fn rating(minutes: f64, csat: Shift, id: [u64; 2], rng: &mut Rng) -> u8 {
    let mean = BEST - A_MINUTE * minutes.min(LONGEST);
    let mood = mean + SPREAD * rng.normal();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 1 to 5"
    )]
    let rating = mood.round().clamp(1.0, 5.0) as u8;
    if csat == Shift::NONE {
        return rating;
    }
    let usual = normal_below((mean - SATISFIED) / SPREAD);
    let wanted = csat.of(usual).min(1.0);
    let [first, second] = id;
    let mut rng = Rng::of(first, &[second]);
    let (change, how) = (rng.unit(), rng.unit());
    match rating {
        // One in three of those who turn is an extreme, as among the others.
        4.. if change > wanted / usual => {
            if how < 0.65 {
                3
            } else if how < 0.92 {
                2
            } else {
                1
            }
        }
        ..4 if change < (wanted - usual) / (1.0 - usual) => {
            if how < 0.6 {
                4
            } else {
                5
            }
        }
        same => same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Share of the satisfied among 40,000 who waited so long.
    fn share(minutes: f64, csat: Shift) -> f64 {
        let mut rng = Rng::of(5, &[]);
        let satisfied =
            (0..40_000_u64).filter(|n| rating(minutes, csat, [*n, 3], &mut rng) >= 4).count();
        satisfied as f64 / 40_000.0
    }

    #[test]
    fn the_share_of_the_satisfied_is_what_was_asked_for() {
        for minutes in [0.0, 8.0, 20.0, 80.0] {
            let usual = share(minutes, Shift::NONE);
            let z = (BEST - A_MINUTE * minutes.min(LONGEST) - SATISFIED) / SPREAD;
            assert!((usual - normal_below(z)).abs() < 0.008, "{minutes}: {usual}");
            for times in [0.5, 0.8, 1.05, 9.0] {
                let of = share(minutes, Shift { times, ..Shift::NONE });
                let wanted = (usual * times).min(1.0);
                assert!((of - wanted).abs() < 0.01, "{minutes} x {times}: {of}, not {wanted}");
            }
            for odds in [0.7, 1.4] {
                let of = share(minutes, Shift { odds, ..Shift::NONE });
                let wanted = usual * odds / (1.0 - usual + usual * odds);
                assert!((of - wanted).abs() < 0.01, "{minutes} odds {odds}: {of}, not {wanted}");
            }
        }
    }
}
