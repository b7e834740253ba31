//! What few ratings would show is not told, and nothing else is held back.

use super::*;
use crate::statistics::what_changed::{Plain, Week};

fn rules(hide_below: u64) -> Rules {
    Rules { hide_below, ..Rules::default() }
}

fn told(measure: Measure, told: Told, hide_below: u64) -> Option<Told> {
    let week = NaiveDate::from_ymd_opt(2021, 5, 31);
    let finding = Finding { measure, week, told: Some(told) }.hidden(rules(hide_below));
    assert_eq!((finding.measure, finding.week), (measure, week));
    finding.told
}

/// The smaller of both numbers decides, and as many as are asked for are enough.
#[test]
fn a_judgement_of_few_ratings_is_hidden() {
    let weeks: Vec<Option<Week>> =
        (0..40).map(|at| Some(Week::Share { hits: 6 + at % 3, n: 10 })).collect();
    let judged = judge_alone(Measure::Csat, &weeks);
    let Told::Judged(of) = judged else { panic!("{judged:?}") };
    let fewer = of.n_before.min(of.n_after);
    assert!(fewer < of.n_before.max(of.n_after));
    assert_eq!(told(Measure::Csat, judged, fewer), Some(judged));
    assert_eq!(told(Measure::Csat, judged, fewer + 1), None);
    assert_eq!(told(Measure::Cancellation, judged, fewer + 1), Some(judged));
}

/// That there is too little to judge is told, without the difference that it makes.
#[test]
fn a_plain_difference_of_few_ratings_is_hidden() {
    let plain = Plain { weeks: 2, before: 0.5, after: 0.75, n_before: 12, n_after: 8 };
    let of = |plain| Told::TooLittle(TooLittle { weeks: 5, needed: 16, plain });
    assert_eq!(told(Measure::Csat, of(Some(plain)), 8), Some(of(Some(plain))));
    assert_eq!(told(Measure::Csat, of(Some(plain)), 9), Some(of(None)));
    assert_eq!(told(Measure::Csat, of(None), 9), Some(of(None)));
    assert_eq!(told(Measure::NoShow, of(Some(plain)), 9), Some(of(Some(plain))));
}
