//! What changed, for machines: the findings of a report in `run.json`, the same as in `changes.csv` and on its pages.

use serde_json::{Value, json};

use crate::metric::{Finding, JUDGED, Sections};
use crate::statistics::what_changed::{Judged, Measure, State, Verdict};

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
            .filter(|finding| finding.judged().is_some_and(|judged| judged.state != State::Quiet));
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
        let measure = JUDGED.iter().find(|(measure, _)| *measure == finding.measure)?.1;
        let verdict = match verdict {
            Verdict::Worse => "worse",
            Verdict::Better => "better",
            Verdict::NoClearChange => "no_clear_change",
        };
        let state = match state {
            State::Quiet => return None,
            State::New => "new",
            State::Ongoing { .. } => "ongoing",
            State::Ended { .. } => "ended",
        };
        let decimals = if finding.measure == Measure::Wait { 1e2 } else { 1e4 };
        // Plus zero, so that no zero has a sign.
        let rounded = |value: f64| (value * decimals).round() / decimals + 0.0;
        Some(json!({
            "organization": organization,
            "location": location,
            "measure": measure,
            "verdict": verdict,
            "state": state,
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
