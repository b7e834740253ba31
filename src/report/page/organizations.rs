//! The page at the top of a report, above the folders of its organizations.

use maud::{Markup, html};

use super::super::changed::{Changed, changed};
use super::super::model::{FEW, OrganizationReport, Verdict};
use super::super::text::{grouped, shown};
use super::facts::only as only_some;
use super::parts::{document, is_plain, link, name, page_with, seconds, share};

/// The page with links to the reports of several organizations, given with their folders; empty without any.
#[must_use]
pub fn organizations(reports: &[(&OrganizationReport, &str)]) -> String {
    let Some((any, _)) = reports.first() else {
        return String::new();
    };
    document(
        "Queue reports",
        any,
        &html! {
            header {
                p.kicker { "Queue reports" }
                h1 { (reports.len()) " organizations" }
                @if let Some(only) = only_some(any) { p.lead { (only) } }
                p.lead { "Open one for its figures. Each has a folder of its own, and nothing is shared between them." }
            }
            section {
                div.wide tabindex="0" { table {
                    thead { tr {
                        th scope="col" { "Organization" } th.n scope="col" { "Locations" } th.n scope="col" { "Tickets" } th.n scope="col" { "Median wait" }
                        th.n scope="col" { "Lost" } th.n scope="col" { "Changed" } th.n scope="col" { "Rated " (any.scale.satisfied_words()) } th.n scope="col" { "Data through" }
                    } }
                    tbody {
                        @for (report, folder) in reports {
                            @let f = &report.all.figures;
                            tr {
                                td { (link("", folder, "/index.html", &report.organization)) }
                                td.n { (report.locations.len()) }
                                td.n { (grouped(f.tickets)) }
                                td.n { (enough(f.waits, seconds(f.wait_p50_s))) }
                                td.n {
                                    @if report.tells_served(None) || f.closed() == 0 { (enough(f.closed(), share(f.lost_rate))) }
                                    @else { "not known" }
                                }
                                td.n { (changes(&changed(report, None))) }
                                td.n {
                                    @if f.hides_ratings() { "hidden" } @else { (enough(f.rated(), share(f.csat))) }
                                }
                                td.n { (through(report)) }
                            }
                        }
                    }
                } }
            }
        },
    )
}

/// A share or median of so many; of fewer than ten it would say more than there is.
fn enough(n: u64, value: String) -> String {
    if (1..FEW).contains(&n) { "too few".to_owned() } else { value }
}

/// How far the data reach, with the zone of that time.
fn through(report: &OrganizationReport) -> String {
    let zone =
        report.data_through_zone.as_ref().map_or_else(String::new, |zone| format!(" {zone}"));
    report
        .data_through
        .map_or_else(|| "–".to_owned(), |at| format!("{}{zone}", at.format("%Y-%m-%d %H:%M")))
}

/// How many changes there are for the worse and for the better.
fn changes(all: &[Changed<'_>]) -> String {
    let worse = all.iter().filter(|one| one.judged.verdict == Verdict::Worse).count();
    let better = all.len() - worse;
    match (worse, better) {
        (0, 0) => "–".to_owned(),
        (worse, 0) => format!("▲ {worse} worse"),
        (0, better) => format!("△ {better} better"),
        (worse, better) => format!("▲ {worse} worse, △ {better} better"),
    }
}

/// The page above the folder of the only organization. It leads there by itself, without a script and also from a disk,
/// so that the paths of an organization are the same beside others.
#[must_use]
pub fn only(report: &OrganizationReport, folder: &str) -> String {
    let title = if report.organization.is_empty() {
        "Queue report".to_owned()
    } else {
        format!("{} – queue report", shown(&report.organization, 80))
    };
    let text = if report.organization.is_empty() { "(no data)" } else { &report.organization };
    leading_to(
        folder,
        &title,
        &report.version,
        &html! {
            header {
                p.kicker { "Queue report" }
                h1 { (link("", folder, "/index.html", text)) }
                p.lead { "This page leads to the report of " (name(text)) ", which has a folder of its own." }
            }
        },
    )
}

/// A page that leads to the start page of a folder at once. The content security policy has no word on that.
fn leading_to(folder: &str, title: &str, version: &str, body: &Markup) -> String {
    let head = html! {
        @if is_plain(folder) {
            meta http-equiv="refresh" content={ "0; url=" (folder) "/index.html" };
        }
    };
    page_with(title, version, &head, body)
}
