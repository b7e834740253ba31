//! The list of measures against the README, and what is hidden.

use super::*;

/// The README's dictionary is this list.
#[test]
fn the_readme_lists_every_measure() {
    let row = |measure: &Measure| {
        let Measure { name, meaning, formula, .. } = measure;
        format!("| `{name}` | {} | {meaning} | {formula} | {} |", measure.unit(), measure.least())
    };
    let expected: Vec<String> = MEASURES.iter().map(row).collect();
    let readme = include_str!("../../README.md");
    assert!(
        readme.contains(&expected.join("\n")),
        "README, summary columns:\n{}",
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
