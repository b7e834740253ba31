//! What figures rest on: their values are those of the tables, and differences those of published vectors.

use proptest::prelude::*;

use super::super::measure::MEASURES;
use super::super::row::Row;
use super::*;
use crate::statistics::distribution::t_quantile_above;

fn share(part: u64, of: u64) -> Evidence {
    Evidence::Share { part, of }
}

/// Newcombe 1998, Table II (a): 56/70 against 48/80.
#[test]
fn a_difference_of_shares_is_newcombes() {
    let known = difference(share(48, 80), share(56, 70)).unwrap();
    let (low, high) = known.ends.unwrap();
    assert!((known.value - 0.2).abs() < 1e-12);
    assert!((low - 0.0524).abs() < 5e-5 && (high - 0.3339).abs() < 5e-5, "{low} {high}");
    assert_eq!(difference(share(10, 19), share(56, 70)).unwrap().ends, None);
    assert_eq!(difference(Evidence::Missing, share(56, 70)), None);
    assert_eq!(difference(Evidence::Exact(3), Evidence::Exact(5)).unwrap().ends, None);
}

/// Zou and Donner's limits of two Wilson intervals are Newcombe's.
#[test]
fn the_general_rule_agrees_with_newcombe() {
    let as_estimate = |evidence: Evidence| Evidence::Estimate(evidence.known().unwrap());
    for (first, second) in [((48, 80), (56, 70)), ((1, 30), (0, 25)), ((40, 40), (20, 40))] {
        let (first, second) = (share(first.0, first.1), share(second.0, second.1));
        let (a, b) =
            (difference(first, second), difference(as_estimate(first), as_estimate(second)));
        let (a, b) = (a.unwrap().ends.unwrap(), b.unwrap().ends.unwrap());
        assert!((a.0 - b.0).abs() < 1e-12 && (a.1 - b.1).abs() < 1e-12);
    }
}

proptest! {
    /// The interval of the mean of ratings is Student's, of the plain list of them, and kept inside the scale.
    #[test]
    fn the_mean_of_ratings_has_the_interval_of_their_list(ratings in prop::collection::vec(1_u8..=5, 0..70)) {
        let mut counts = [0_u64; 5];
        for rating in &ratings {
            counts[usize::from(*rating) - 1] += 1;
        }
        let known = mean_of_ratings(&counts, 5).known();
        let values: Vec<f64> = ratings.iter().map(|rating| f64::from(*rating)).collect();
        #[expect(clippy::cast_precision_loss, reason = "a few ratings")]
        let n = values.len() as f64;
        prop_assert_eq!(known.is_some(), n > 0.0);
        let Some(known) = known else { return Ok(()) };
        let mean = values.iter().sum::<f64>() / n;
        prop_assert!((known.value - mean).abs() < 1e-12);
        prop_assert_eq!(known.ends.is_some(), n >= 30.0);
        let Some((low, high)) = known.ends else { return Ok(()) };
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let half = t_quantile_above(0.025, n - 1.0) * (variance / n).sqrt();
        prop_assert!((low - (mean - half).max(1.0)).abs() < 1e-9, "{} {}", low, mean - half);
        prop_assert!((high - (mean + half).min(5.0)).abs() < 1e-9, "{} {}", high, mean + half);
    }

    /// The value of a figure is that of its column, for every measure.
    #[test]
    fn evidence_has_the_value_of_the_table(
        rows in prop::collection::vec((0_u8..8, 0_u8..=5, prop::option::of(0_u32..4_000), any::<[bool; 4]>()), 0..60),
        hide_below in 0_u64..6,
    ) {
        let rows: Vec<Row> = rows
            .into_iter()
            .map(|(outcome, rating, wait, [offered, within, is_booking, alone])| Row {
                outcome,
                rating,
                people: 1,
                wait,
                call_wait: wait,
                service: wait,
                offered: offered || within,
                within,
                is_booking,
                is_feedback_only: alone,
                ..Row::default()
            })
            .collect();
        let tally = Tally::of(rows.iter());
        let rules = Rules { hide_below, ..Rules::default() };
        let figures = Figures::of(&tally, rules);
        for measure in MEASURES {
            let known = Evidence::of(measure, &tally, &figures, rules).known();
            let value = match (measure.of)(&figures) {
                Cell::Count(count) => Some(count as f64),
                Cell::Number(number) => Some(number),
                Cell::Missing
                | Cell::Text(_)
                | Cell::Date(_)
                | Cell::Whole(_)
                | Cell::Seconds(_)
                | Cell::Truth(_) => None,
            };
            prop_assert_eq!(known.map(|known| known.value), value, "{}", measure.name);
            if let Some((low, high)) = known.and_then(|known| known.ends) {
                let value = value.unwrap();
                prop_assert!(low <= value + 1e-12 && value <= high + 1e-12, "{}", measure.name);
            }
        }
    }
}
