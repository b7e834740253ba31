//! Locations without a ticket in the window: named under the table, each with a small page where its own would be, so that a
//! bookmark of a place that closed leads somewhere. And locations that have fallen silent.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::facts::only;
use super::parts::{document, link, name};
use crate::report::model::{AbsentLocation, OrganizationReport};
use crate::report::text::{grouped, shown};

/// Locations that are named; of the rest, the number is told.
const NAMED: usize = 20;

/// The locations that are known and have no ticket in the window, those that were seen last first.
pub(super) fn absent(report: &OrganizationReport) -> Markup {
    let all = &report.absent;
    let more = u64::try_from(all.len().saturating_sub(NAMED)).unwrap_or(u64::MAX);
    html! {
        @if !all.is_empty() {
            p.note {
                "No tickets in this window: "
                @for (at, place) in all.iter().take(NAMED).enumerate() {
                    @if at > 0 { ", " }
                    (link("locations/", &place.id, ".html", &place.name)) (seen(place))
                }
                @if more > 0 { ", and " (grouped(more)) " more" }
                "."
            }
        }
    }
}

fn seen(place: &AbsentLocation) -> String {
    place.last_seen.map(|day| format!(" (last visit {day})")).unwrap_or_default()
}

/// The page of such a location.
pub(super) fn page(report: &OrganizationReport, place: &AbsentLocation) -> String {
    document(
        &format!("{} – queue report", shown(&place.name, 80)),
        report,
        &html! {
            (silence(report, Some(&place.name)))
            header {
                p.kicker { a href="../index.html" { (name(&report.organization)) } }
                h1 { (name(&place.name)) }
                @if let Some(only) = only(report) { p.lead { (only) } }
                p.lead {
                    "No tickets in this window" (window((report.from, report.to)))
                    @if let Some(day) = place.last_seen { "; last visit " (day) }
                    ". The overview names the locations that have some."
                }
            }
        },
    )
}

fn window((from, to): (Option<NaiveDate>, Option<NaiveDate>)) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from == to => format!(", {from}"),
        (Some(from), Some(to)) => format!(", {from} to {to}"),
        (Some(from), None) => format!(", from {from}"),
        (None, Some(to)) => format!(", to {to}"),
        (None, None) => String::new(),
    }
}

/// The warning that nothing comes any more of a location, or of some; `only` is the one that the page is of.
pub(super) fn silence(report: &OrganizationReport, only: Option<&str>) -> Markup {
    let is_meant = |name: &str| only.is_none_or(|only| only == name);
    let all: Vec<_> = report.silent_locations.iter().filter(|(name, _)| is_meant(name)).collect();
    let more = u64::try_from(all.len().saturating_sub(NAMED)).unwrap_or(u64::MAX);
    html! {
        @if !all.is_empty() {
            aside.warning role="note" {
                @for (place, last) in all.iter().take(NAMED) {
                    p { strong { "No tickets at " (name(place)) " since " (last) } "." }
                }
                @if more > 0 { p { "and at " (grouped(more)) " more " (if more == 1 { "location" } else { "locations" }) "." } }
            }
        }
    }
}
