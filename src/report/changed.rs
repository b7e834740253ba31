//! What changed, the clearest first: the order that pages, charts and digests share.

use super::model::{Finding, Judged, LocationReport, OrganizationReport, State};

/// Most changes that are told one by one.
pub const TOLD: usize = 5;

/// A change, and where it is.
#[derive(Debug, Clone, Copy)]
pub struct Changed<'r> {
    /// The location; `None` for all of them together.
    pub place: Option<&'r LocationReport>,
    /// The finding.
    pub finding: &'r Finding,
    /// Its judgement.
    pub judged: &'r Judged,
}

/// All that was compared: of a location, or of all of them and each. All of a single one are that one, and told once.
pub fn findings<'r>(
    report: &'r OrganizationReport,
    only: Option<&'r LocationReport>,
) -> Vec<(Option<&'r LocationReport>, &'r Finding)> {
    let of = |place: &'r LocationReport| {
        place.section.changes.iter().map(move |finding| (Some(place), finding))
    };
    match only {
        Some(place) => of(place).collect(),
        None if report.locations.len() == 1 => report.locations.iter().flat_map(of).collect(),
        None => {
            let all = report.all.changes.iter().map(|finding| (None, finding));
            all.chain(report.locations.iter().flat_map(of)).collect()
        }
    }
}

/// What changed, the clearest first; equal ones stay in the order of the places.
#[must_use]
pub fn changed<'r>(
    report: &'r OrganizationReport,
    only: Option<&'r LocationReport>,
) -> Vec<Changed<'r>> {
    let mut changed: Vec<Changed<'_>> = findings(report, only)
        .into_iter()
        .filter_map(|(place, finding)| Some(Changed { place, finding, judged: finding.change()? }))
        .collect();
    changed.sort_by(|a, b| b.judged.basis.z.abs().total_cmp(&a.judged.basis.z.abs()));
    changed
}

/// What was told before and is over.
#[must_use]
pub fn ended<'r>(
    report: &'r OrganizationReport,
    only: Option<&'r LocationReport>,
) -> Vec<(Option<&'r LocationReport>, &'r Finding)> {
    let is_over = |finding: &Finding| {
        finding.judged().is_some_and(|judged| matches!(judged.state, State::Ended { .. }))
    };
    let mut all = findings(report, only);
    all.retain(|(_, finding)| is_over(finding));
    all
}
