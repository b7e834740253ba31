//! What changed: the section of the front page and of that of a location.
//!
//! Everything comes from the judgements in `changes.csv`, and nothing else of a page says that something changed.

use maud::{Markup, html};

use crate::report::model::{Finding, Judged, LocationReport, OrganizationReport, State};
use crate::report::text::counted;

use super::change_words::{noun, sentence, smallest, too_early};
use super::parts::link;

/// Most sentences on a page; all of them are in `changes.csv`.
const TOLD: usize = 5;

/// Where a finding was made: in the organization as a whole, or at a location.
type At<'r> = Option<&'r LocationReport>;

/// The section of the front page.
pub(super) fn of_all(report: &OrganizationReport) -> Markup {
    let all = report.all.changes.iter().map(|finding| (None, finding));
    let places = report
        .locations
        .iter()
        .flat_map(|place| place.section.changes.iter().map(move |finding| (Some(place), finding)));
    let findings: Vec<(At<'_>, &Finding)> = all.chain(places).collect();
    section(report, &findings, "", None)
}

/// The section of a location's page; the name of the location is left out.
pub(super) fn of_one(report: &OrganizationReport, location: &LocationReport) -> Markup {
    let findings: Vec<(At<'_>, &Finding)> =
        location.section.changes.iter().map(|finding| (None, finding)).collect();
    section(report, &findings, "../", Some(location))
}

fn section(
    report: &OrganizationReport,
    findings: &[(At<'_>, &Finding)],
    root: &str,
    page: At<'_>,
) -> Markup {
    let mut changed: Vec<(At<'_>, &Finding, &Judged)> = findings
        .iter()
        .filter_map(|(at, finding)| Some((*at, *finding, finding.change()?)))
        .collect();
    // The clearest first; equal ones stay in the order of the places.
    changed.sort_by(|a, b| b.2.basis.z.abs().total_cmp(&a.2.basis.z.abs()));
    let ended: Vec<(At<'_>, &Finding)> =
        findings.iter().filter(|(_, finding)| has_ended(finding)).copied().collect();
    let judged = findings.iter().filter(|(_, finding)| finding.judged().is_some()).count();
    let whole = page.map_or(&report.all, |location| &location.section).changes.iter();
    let young = if judged == 0 { whole.clone().find_map(too_early) } else { None };
    let head = match (judged, changed.len()) {
        (0, _) => "too early to say".to_owned(),
        (_, 0) => "nothing beyond chance".to_owned(),
        (_, 1) => "one finding beyond chance".to_owned(),
        (_, n) => format!("{n} findings beyond chance"),
    };
    let visible: Vec<String> = whole.filter_map(smallest).collect();
    let place =
        page.map_or_else(|| "the organization as a whole".to_owned(), |_| "this location".into());
    html! {
        @if report.all.figures.tickets > 0 {
            section.findings {
                h2 { "What changed: " (head) }
                @for (at, finding, judged) in changed.iter().take(TOLD) {
                    p.changed { (place_of(*at, page)) (begun(sentence(finding, judged), page).replace(" %", "\u{a0}%")) }
                }
                @if changed.len() > TOLD {
                    p { "and " (changed.len() - TOLD) " more in " a href={ (root) "changes.csv" } { "changes.csv" } "." }
                }
                @for (at, finding) in ended.iter().take(TOLD) {
                    p.period { (place_of(*at, page)) (begun(format!("{} is back within its usual range.", noun(finding.measure)), page)) }
                }
                @if let Some(text) = young { p.period { (text) } }
                @if judged > 0 {
                    p.note {
                        (counted(judged as u64, "comparison")) " of whole weeks; all in "
                        a href={ (root) "changes.csv" } { "changes.csv" } "."
                        @if !visible.is_empty() {
                            " The smallest change for the worse that could have been seen for " (place) ": " (visible.join(", ")) "."
                        }
                    }
                }
            }
        }
    }
}

/// Who it is about; nothing on the page of a location.
fn place_of(at: At<'_>, page: At<'_>) -> Markup {
    html! {
        @match (at, page) {
            (Some(place), _) => { (link("locations/", &place.id, ".html", &place.name)) ": " }
            (None, None) => "All locations together: ",
            (None, Some(_)) => {}
        }
    }
}

/// A sentence that begins one on the page of a location.
fn begun(text: String, page: At<'_>) -> String {
    let mut rest = text.chars();
    match (page, rest.next()) {
        (Some(_), Some(first)) => first.to_uppercase().chain(rest).collect(),
        _ => text,
    }
}

fn has_ended(finding: &Finding) -> bool {
    finding.judged().is_some_and(|judged| matches!(judged.state, State::Ended { .. }))
}

#[cfg(test)]
#[path = "findings_tests.rs"]
mod tests;
