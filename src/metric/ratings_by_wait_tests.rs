//! The trend of ratings over waits: its words, what is hidden, and that places are compared with themselves.

use super::*;

/// A location with so many satisfied and other customers in each band.
fn place(bands: &[(u64, u64)]) -> LocationSums {
    let values = |(satisfied, others): &(u64, u64)| vec![*others, 0, 0, 0, *satisfied];
    let rated_waits = (0..).zip(bands.iter().map(values)).collect();
    LocationSums { rated_waits, ..LocationSums::default() }
}

fn trend(places: &[LocationSums], rules: Rules) -> RatingTrend {
    RatingTrend::of(&places.iter().collect::<Vec<_>>(), rules)
}

#[test]
fn a_trend_has_a_word() {
    for (bands, word) in [
        (&[(90, 10), (80, 20), (70, 30)][..], "falls"),
        (&[(70, 30), (80, 20), (90, 10)], "rises"),
        (&[(80, 20), (81, 19), (80, 20)], "no_clear_trend"),
        // Two bands; three, but one of them with nine; nobody dissatisfied; nothing.
        (&[(90, 10), (10, 90)], "too_little"),
        (&[(90, 10), (50, 50), (1, 8)], "too_little"),
        (&[(90, 0), (80, 0), (70, 0)], "too_little"),
        (&[], "too_little"),
    ] {
        let of = trend(&[place(bands)], Rules::default());
        assert_eq!(of.direction(), word, "{bands:?}");
        assert_eq!(of.test.is_none(), word == "too_little");
    }
}

/// By hand: of 300 ratings 240 satisfied; scores 2.5, 7.5, 15. Σ s h = 225 + 600 + 1050 = 1875 against 240/300 · 2500 = 2000;
/// Σ s² n - (Σ s n)²/n = 28750 - 2500²/300 = 7916.67, times 240 · 60 / (300 · 299) = 1270.90. z = -125 / 35.6497 = -3.5063.
#[test]
fn worked_out_by_hand() {
    let of = trend(&[place(&[(90, 10), (80, 20), (70, 30)])], Rules::default());
    assert_eq!((of.strata, of.ratings), (1, 300));
    let test = of.test.unwrap();
    assert_eq!(format!("{:.4} {:.4}", test.z, test.p), "-3.5063 0.0005");
}

/// The place with long waits rates worse, at any wait: no trend, though all ratings in one pot would show one.
#[test]
fn each_place_is_compared_with_itself() {
    let quick = place(&[(90, 10), (90, 10), (9, 1)]);
    let slow = place(&[(5, 5), (50, 50), (50, 50)]);
    let both = trend(&[quick.clone(), slow.clone()], Rules::default());
    assert_eq!((both.strata, both.ratings, both.direction()), (2, 420, "no_clear_trend"));
    assert!(both.test.unwrap().z.abs() < 1e-9);
    assert_eq!(trend(&[slow, quick], Rules::default()), both);
    let pot = place(&[(95, 15), (140, 60), (59, 51)]);
    assert_eq!(trend(&[pot], Rules::default()).direction(), "falls");
    // Ratings of one band alone say nothing of a trend.
    let one = place(&[(50, 50)]);
    assert_eq!(trend(&[one], Rules::default()).strata, 0);
}

#[test]
fn hidden_bands_take_no_part() {
    let places = [place(&[(90, 10), (80, 20), (70, 30), (9, 2)])];
    let rules = |hide_below| Rules { hide_below, ..Rules::default() };
    assert_eq!(trend(&places, rules(11)).ratings, 311);
    let without = trend(&places, rules(12));
    assert_eq!(without, trend(&[place(&[(90, 10), (80, 20), (70, 30)])], rules(0)));
    let hidden = trend(&places, rules(1_000));
    assert_eq!((hidden.ratings, hidden.direction()), (0, "too_little"));
}
