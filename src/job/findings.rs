//! What changed, for machines: the findings of a report in `run.json`, the same as in `changes.csv` and on its pages.

use serde_json::{Value, json};

use crate::metric::{Finding, Sections};
use crate::statistics::what_changed::{Judged, Measure};

/// What changed somewhere, or no longer does.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Name of the organization as archived; never trusted.
    pub organization: String,
    /// Name of the location; `None` for the organization as a whole.
    pub location: Option<String>,
    /// The finding.
    pub finding: Finding,
}

/// Those measures that changed, and those that are back within their usual range.
pub(crate) fn found(sections: &Sections) -> Vec<Found> {
    let of = |location: Option<&String>, findings: &[Finding]| {
        let told = findings
            .iter()
            .filter(|finding| finding.judged().is_some_and(|judged| judged.state.name().is_some()));
        let found = |finding: &Finding| Found {
            organization: sections.organization.clone(),
            location: location.cloned(),
            finding: *finding,
        };
        told.map(found).collect::<Vec<_>>()
    };
    let mut all = of(None, &sections.all.changes);
    for location in &sections.locations {
        all.extend(of(Some(&location.name), &location.section.changes));
    }
    all
}

impl Found {
    /// As it stands in `run.json`: names and decimals as in `changes.csv`.
    pub(crate) fn as_json(&self) -> Option<Value> {
        let Self { organization, location, finding } = self;
        let Judged { verdict, state, before, change, low, high, n_before, n_after, .. } =
            *finding.judged()?;
        let decimals = if finding.measure == Measure::Wait { 1e2 } else { 1e4 };
        // Plus zero, so that no zero has a sign.
        let rounded = |value: f64| (value * decimals).round() / decimals + 0.0;
        Some(json!({
            "organization": organization,
            "location": location,
            "measure": finding.measure.name(),
            "verdict": verdict.name(),
            "state": state.name()?,
            "since": finding.since().map(|week| week.to_string()),
            "before": rounded(before),
            "after": rounded(before + change),
            "change": rounded(change),
            "low": rounded(low),
            "high": rounded(high),
            "n_before": n_before,
            "n_after": n_after,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Section;
    use crate::statistics::what_changed::{Basis, State, Told, Verdict};

    fn judged(verdict: Verdict, state: State) -> Finding {
        let basis = Basis { z: 5.0, worse_at: 3.0, better_at: 3.0, delta: 0.3, sd: 0.1, base: 1.0 };
        let judged = Judged {
            verdict,
            state,
            since_weeks: Some(2),
            span_weeks: 2,
            spans_before: 12,
            peers: false,
            n_before: 900,
            n_after: 70,
            before: 0.123_456,
            change: 0.1,
            low: -0.000_01,
            high: 0.2,
            smallest_worse: None,
            smallest_better: None,
            basis,
        };
        let week = "2021-03-22".parse().ok();
        Finding { measure: Measure::NoShow, week, told: Some(Told::Judged(judged)) }
    }

    #[test]
    fn what_changed_stands_there_and_what_did_not_does_not() {
        let changes = vec![
            judged(Verdict::NoClearChange, State::Quiet),
            judged(Verdict::Worse, State::New),
            judged(Verdict::NoClearChange, State::Ended { was: Verdict::Worse, last_said: 1 }),
        ];
        let sections = Sections {
            organization: "o".to_owned(),
            locations: Vec::new(),
            groups: Vec::new(),
            all: Section { changes, ..Section::default() },
            last_whole: None,
            window: (None, None),
            dates: None,
            tickets: 0,
            funnel: Vec::new(),
            week_starts_on: crate::calendar::WeekStart::default(),
        };
        let found: Vec<Value> = found(&sections).iter().filter_map(Found::as_json).collect();
        assert_eq!(found.len(), 2);
        let expected = json!({
            "organization": "o", "location": null, "measure": "no_show", "verdict": "worse",
            "state": "new", "since": "2021-03-15", "before": 0.1235, "after": 0.2235,
            "change": 0.1, "low": 0.0, "high": 0.2, "n_before": 900, "n_after": 70,
        });
        assert_eq!(found[0], expected);
        assert_eq!(found[0]["low"].to_string(), "0.0", "no zero has a sign");
        assert_eq!((&found[1]["state"], &found[1]["since"]), (&json!("ended"), &Value::Null));
    }
}
