//! What is said of a week that changed.

use super::*;

fn sum(tickets: u64, ratings: &[u64]) -> Sum {
    Sum { tickets, ratings: ratings.to_vec() }
}

fn week(before: &Sum, after: &Sum, hide_below: u64) -> RestatedWeek {
    let rules = Rules { hide_below, ..Rules::default() };
    RestatedWeek {
        organization: "o".to_owned(),
        first: "2021-01-04".parse().unwrap(),
        locations: 1,
        before: before.part(rules),
        after: after.part(rules),
    }
}

#[test]
fn only_what_changed_is_named_and_hidden_ratings_stay_hidden() {
    let (five, both) = (sum(1, &[0, 0, 0, 0, 1]), sum(1, &[1, 0, 0, 0, 1]));
    assert_eq!(week(&five, &both, 0).change(), "ratings 1 → 2, mean rating 5.00 → 3.00");
    assert_eq!(week(&five, &both, 2).change(), "ratings hidden → 2, mean rating – → 3.00");
    assert_eq!(week(&five, &both, 3).change(), "ratings changed");
    assert_eq!(week(&five, &sum(3, &[0, 0, 0, 0, 1]), 0).change(), "tickets 1 → 3");
    assert_eq!(week(&five, &sum(1, &[0, 1]), 0).change(), "mean rating 5.00 → 2.00");
    let hidden = week(&five, &both, 3);
    let json = Restated { weeks: vec![hidden], ..Restated::default() }.as_json();
    assert!(json[0]["ratings_after"].is_null() && json[0]["rating_mean_after"].is_null());
}

#[test]
fn many_weeks_are_counted_and_a_configuration_is_the_cause() {
    let one = week(&sum(1, &[]), &sum(2, &[]), 0);
    let mut restated = Restated { weeks: vec![one; 7], ..Restated::default() };
    let words = restated.words();
    assert!(
        words.starts_with("figures of 7 earlier weeks changed: `o`, week of 2021-01-04: tickets")
    );
    assert!(words.ends_with("; and 2 more, which `run.json` lists"), "{words}");
    restated.is_configured = true;
    assert!(restated.words().ends_with("; the configuration changed too"));
    restated.by_configuration = true;
    let words = "the configuration changed, and with it the figures of 7 earlier weeks";
    assert_eq!((restated.words().as_str(), restated.as_json()), (words, json!([])));
}
