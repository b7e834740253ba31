//! What changed, in words: sentences for the front page and for that of a location, and a few words for key figures.
//!
//! Everything comes from the judgements in `changes.csv`, and nothing else of a page says that something changed.

use maud::{Markup, html};

use crate::report::chart::{duration, percent};
use crate::report::model::{
    Change, Finding, Judged, LocationReport, OrganizationReport, State, Told, TooLittle, Verdict,
};
use crate::report::text::{counted, day, grouped};

use super::parts::{link, name};

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
                    p.changed { (place_of(*at, root)) (sentence(finding, judged)) }
                }
                @if changed.len() > TOLD {
                    p { "and " (changed.len() - TOLD) " more in " a href={ (root) "changes.csv" } { "changes.csv" } "." }
                }
                @for (at, finding) in ended.iter().take(TOLD) {
                    p.period { (place_of(*at, root)) (noun(finding.measure)) " is back within its usual range." }
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

fn place_of(at: At<'_>, root: &str) -> Markup {
    html! {
        @if let Some(place) = at {
            @if root.is_empty() { (link("locations/", &place.id, ".html", &place.name)) } @else { (name(&place.name)) }
            ": "
        }
    }
}

fn has_ended(finding: &Finding) -> bool {
    finding.judged().is_some_and(|judged| matches!(judged.state, State::Ended { .. }))
}

fn noun(measure: Change) -> &'static str {
    match measure {
        Change::Csat => "share of satisfied ratings",
        Change::Wait => "median wait",
        Change::Cancellation => "cancellation rate",
        Change::NoShow => "no-show rate",
    }
}

fn of_what(measure: Change) -> &'static str {
    match measure {
        Change::Csat => "ratings",
        Change::Wait => "waits",
        Change::Cancellation | Change::NoShow => "closed tickets",
    }
}

fn value(measure: Change, value: f64) -> String {
    if measure == Change::Wait { duration(value) } else { percent(value) }
}

/// A difference with its sign.
fn signed(measure: Change, change: f64) -> String {
    let sign = if change < 0.0 { "−" } else { "+" };
    match measure {
        Change::Wait => format!("{sign}{}", duration(change.abs())),
        _ => format!("{sign}{:.1} points", change.abs() * 100.0),
    }
}

/// The size of a difference, without a sign.
fn size(measure: Change, change: f64) -> String {
    match measure {
        Change::Wait => duration(change),
        _ => format!("{:.1} points", change * 100.0),
    }
}

/// What somebody reads first: `median wait 6 min 38 s → 9 min 49 s since about …`. It never names a cause.
pub(super) fn sentence(finding: &Finding, judged: &Judged) -> String {
    let measure = finding.measure;
    let since = finding
        .since()
        .map_or_else(String::new, |week| format!(" since about the week of {}", day(week)));
    let state = match (judged.state, finding.first_said()) {
        (State::Ongoing { .. }, Some(week)) => {
            format!("; first said after the week of {}", day(week))
        }
        (State::New, _) => "; new".to_owned(),
        _ => String::new(),
    };
    let verdict = if judged.verdict == Verdict::Worse { "worse" } else { "better" };
    let beyond = if judged.peers { ", beyond what all locations did" } else { "" };
    format!(
        "{} about {} → {}{since} ({}; 95 % interval {} to {}; {} and {} {}). For the {verdict}{beyond}{state}.",
        noun(measure),
        value(measure, judged.before),
        value(measure, judged.before + judged.change),
        signed(measure, judged.change),
        signed(measure, judged.low),
        signed(measure, judged.high),
        grouped(judged.n_before),
        grouped(judged.n_after),
        of_what(measure),
    )
}

/// A few words under a key figure; `None` without whole weeks to compare.
pub(super) fn words(finding: &Finding) -> Option<String> {
    let measure = finding.measure;
    match &finding.told {
        Some(Told::Judged(judged)) => {
            let verdict = match judged.verdict {
                Verdict::Worse => "worse",
                Verdict::Better => "better",
                Verdict::NoClearChange => "no clear change",
            };
            Some(format!(
                "last {} weeks, {verdict}: {} (95 % interval {} to {})",
                judged.span_weeks,
                signed(measure, judged.change),
                signed(measure, judged.low),
                signed(measure, judged.high),
            ))
        }
        Some(Told::TooLittle(TooLittle { plain: Some(plain), .. })) => Some(format!(
            "too early to compare; last {}: {} before, {} after",
            counted(plain.weeks as u64, "week"),
            value(measure, plain.before),
            value(measure, plain.after),
        )),
        Some(Told::TooLittle(_)) => Some("too little to compare".to_owned()),
        None => None,
    }
}

/// Why nothing could be judged.
fn too_early(finding: &Finding) -> Option<String> {
    let Some(Told::TooLittle(TooLittle { weeks, needed, .. })) = finding.told else { return None };
    let there = counted(weeks as u64, "whole week");
    Some(if weeks < needed {
        format!(
            "Changes are told from {needed} whole weeks on; so far there {} {there}.",
            if weeks == 1 { "is" } else { "are" }
        )
    } else {
        format!("There are {there}, but too little in them to compare.")
    })
}

/// The smallest change for the worse that the window could have shown.
fn smallest(finding: &Finding) -> Option<String> {
    let visible = finding.judged()?.smallest_worse?;
    Some(format!("{} {}", noun(finding.measure), size(finding.measure, visible)))
}

#[cfg(test)]
#[path = "findings_tests.rs"]
mod tests;
