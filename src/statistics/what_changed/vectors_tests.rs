//! The twelve cases of `what-changed.json` (statistics.md section 3), to six digits.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;

const CASES: &str = include_str!("../../../tests/fixtures/statistics/what-changed.json");

#[derive(Deserialize)]
struct Case {
    name: String,
    measure: String,
    locations: BTreeMap<String, Vec<Option<Vec<f64>>>>,
    expected: BTreeMap<String, Option<Expected>>,
}

#[derive(Deserialize)]
struct Expected {
    z: f64,
    worse_at: f64,
    better_at: f64,
    verdict: String,
    delta: f64,
    sd: f64,
    base: f64,
    weeks: usize,
    before_spans: usize,
    before: f64,
    change: f64,
    low: f64,
    high: f64,
    since_weeks: usize,
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts in the fixture"
)]
fn week(numbers: &[f64]) -> Week {
    match *numbers {
        [hits, n] => Week::Share { hits: hits as u64, n: n as u64 },
        [median_s, half_width, n] => Week::Wait { median_s, half_width, n: n as u64 },
        _ => panic!("{numbers:?}"),
    }
}

#[test]
fn twelve_cases() {
    let cases: Vec<Case> = serde_json::from_str(CASES).unwrap();
    assert_eq!(cases.len(), 12);
    let mut wrong = Vec::new();
    for case in cases {
        let measure = match case.measure.as_str() {
            "csat" => Measure::Csat,
            "wait" => Measure::Wait,
            "cancellation" => Measure::Cancellation,
            "no_show" => Measure::NoShow,
            other => panic!("{other}"),
        };
        let weeks: Vec<Vec<Option<Week>>> = case
            .locations
            .values()
            .map(|of| of.iter().map(|w| w.as_deref().map(week)).collect())
            .collect();
        let places: Vec<&[Option<Week>]> = weeks.iter().map(Vec::as_slice).collect();
        for ((place, told), expected) in
            case.locations.keys().zip(judge(measure, &places)).zip(case.expected.values())
        {
            let (of, expected) = match (told, expected) {
                (Told::Judged(of), Some(expected)) => (of, expected),
                (Told::TooLittle(_), None) => continue,
                (told, _) => panic!("{} {place}: {told:?}", case.name),
            };
            let verdict = match of.verdict {
                Verdict::Worse => "worse",
                Verdict::Better => "better",
                Verdict::NoClearChange => "no clear change",
            };
            assert_eq!(
                (verdict, of.span_weeks, of.spans_before),
                (expected.verdict.as_str(), expected.weeks, expected.before_spans),
                "{} {place}",
                case.name
            );
            if of.since_weeks != Some(expected.since_weeks) {
                wrong.push(format!(
                    "{} {place} since: {:?}, not {}",
                    case.name, of.since_weeks, expected.since_weeks
                ));
            }
            for (what, is, should) in [
                ("z", of.basis.z, expected.z),
                ("worse_at", of.basis.worse_at, expected.worse_at),
                ("better_at", of.basis.better_at, expected.better_at),
                ("delta", of.basis.delta, expected.delta),
                ("sd", of.basis.sd, expected.sd),
                ("base", of.basis.base, expected.base),
                ("before", of.before, expected.before),
                ("change", of.change, expected.change),
                ("low", of.low, expected.low),
                ("high", of.high, expected.high),
            ] {
                // Printed with six decimals.
                if (is - should).abs() > 5.01e-7 {
                    wrong.push(format!("{} {place} {what}: {is}, not {should}", case.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
