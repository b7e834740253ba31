//! The list of measures against the guide, and what is hidden.

use super::*;
use crate::statistics::histogram::Histogram;

/// The dictionary of the guide is this list.
#[test]
fn the_guide_lists_every_measure() {
    let row = |measure: &Measure| {
        let Measure { name, meaning, formula, .. } = measure;
        format!("| `{name}` | {} | {meaning} | {formula} | {} |", measure.unit(), measure.least())
    };
    let expected: Vec<String> = MEASURES.iter().map(row).collect();
    let guide = include_str!("../cli/guide/numbers.md");
    assert!(
        guide.contains(&expected.join("\n")),
        "guide/numbers.md, summary columns:\n{}",
        expected.join("\n")
    );
}

#[test]
fn hidden_is_not_zero() {
    let tally = Tally { tickets: 3, ratings: vec![0, 0, 0, 1, 2], ..Tally::default() };
    let shown = Figures::of(&tally, Rules::default());
    assert_eq!((shown.ratings, shown.rating_4, shown.rating_5), (Some(3), Some(1), Some(2)));
    let hidden = Figures::of(&tally, Rules { hide_below: 4, ..Rules::default() });
    let ratings = ["ratings", "rating_", "csat", "response"];
    for measure in MEASURES {
        let is_rating = ratings.iter().any(|begin| measure.name.starts_with(begin));
        if is_rating {
            assert_eq!((measure.of)(&hidden), Cell::Missing, "{}", measure.name);
        }
    }
    assert!(hidden.hides_ratings() && hidden.tickets == 3);
}

/// The ends stand where there are enough waits: 6 for the median, 36 for the 90th percentile.
#[test]
fn intervals_of_quantiles_need_enough_waits() {
    let figures = |n: u32| {
        let waits = Histogram::of(&mut (1..=n).map(|wait| wait * 10).collect::<Vec<_>>());
        Figures::of(&Tally { waits, ..Tally::default() }, Rules::default())
    };
    let ends = |n| {
        let of = figures(n);
        [of.wait_p50_low_s, of.wait_p50_high_s, of.wait_p90_low_s, of.wait_p90_high_s]
    };
    assert_eq!(ends(5), [None; 4]);
    // statistics.md, "Wait quantiles": ranks 6 and 15 of 20.
    assert_eq!(ends(20), [Some(60.0), Some(150.0), None, None]);
    assert_eq!(ends(35)[2..], [None; 2]);
    for n in [36, 37, 360, 5_000] {
        let of = figures(n);
        let [p50_low, p50_high, p90_low, p90_high] = ends(n).map(|end| end.unwrap());
        assert!(p50_low < of.wait_p50_s.unwrap() && of.wait_p50_s.unwrap() < p50_high);
        assert!(p90_low < of.wait_p90_s.unwrap() && of.wait_p90_s.unwrap() <= p90_high);
    }
}

#[test]
fn names_and_samples_are_whole() {
    let names: std::collections::BTreeSet<&str> = MEASURES.iter().map(|m| m.name).collect();
    assert_eq!(names.len(), MEASURES.len());
    let figures = Figures::default();
    for measure in MEASURES {
        assert!(measure.meaning.ends_with('.') && !measure.formula.is_empty());
        assert_eq!(measure.sample.size(&figures).is_none(), measure.least().is_empty());
    }
}
