//! Static pages that work from the file system, without network and JavaScript, escaped by construction.
//!
//! maud escapes every text and attribute. Nothing from the archive becomes a link, an id or a style; links are built
//! from location ids, which are ASCII slugs. Only our own stylesheet and SVG are not escaped, and both go through one
//! function.

mod absent;
mod change_words;
mod digest;
mod facts;
mod findings;
mod gaps;
mod groups;
mod key_figures;
mod locations;
mod marks;
mod methods;
mod organizations;
mod parts;
mod quality;
mod site;
mod tiles;
mod top;
mod waits_words;

use maud::{Markup, html};

use super::chart::{Charts, Figure};
use super::model::{AbsentLocation, LocationReport, OrganizationReport, Section};
use super::text::{counted, shown};

pub use digest::digest;
pub use organizations::{only, organizations};
pub use site::{Tenant, Told, Window, windows};

use facts::Facts;
use parts::{
    described, figures, lost_table, name, ratings_by_value, silence, wait_tables, warnings,
};
use quality::{account, quality_tables};
use tiles::tiles;

/// The overview of an organization.
#[must_use]
pub fn index(report: &OrganizationReport, charts: &Charts) -> String {
    let facts = Facts::of(report, &report.all, None);
    let title = if report.organization.is_empty() {
        "Queue report".to_owned()
    } else {
        format!("{} – queue report", shown(&report.organization, 80))
    };
    let top = html! {
        div.head {
            header {
                (silence(report))
                (absent::silence(report, None))
                p.kicker { "Queue report" }
                h1 { (name(if report.organization.is_empty() { "(no data)" } else { &report.organization })) }
                (facts.lead())
                (warnings(report))
            }
        }
        (top::anchors(&sections(report, charts, None)))
    };
    let body = html! {
        (findings::section(report, None, charts))
        (tiles(&facts))
        (locations::section(report))
        (place(charts, "", "Do the locations differ by more than chance?"))
        (over_time(report, charts, ""))
        (numbers(report, &report.all, charts, ""))
        (data(report, None))
    };
    described(&title, &facts.headline, report, (&top, &body))
}

/// The page of one location.
#[must_use]
pub fn location(report: &OrganizationReport, location: &LocationReport, charts: &Charts) -> String {
    let facts = Facts::of(report, &location.section, Some(location));
    let title = format!(
        "{}, {} – queue report",
        shown(&location.name, 80),
        shown(&report.organization, 80)
    );
    let top = html! {
        div.head {
            header {
                (silence(report))
                (absent::silence(report, Some(&location.name)))
                (top::crumbs(report, location))
                h1 { (name(&location.name)) }
                (facts.lead())
                (warnings(report))
            }
        }
        (top::anchors(&sections(report, charts, Some(location))))
    };
    let body = html! {
        (findings::section(report, Some(location), charts))
        (tiles(&facts))
        (place(charts, "../", &format!("Among the {}", counted(report.locations.len() as u64, "location"))))
        (locations::segments(location, report.scale))
        (over_time(report, charts, "../"))
        (numbers(report, &location.section, charts, "../"))
        (data(report, Some(location)))
    };
    described(&title, &facts.headline, report, (&top, &body))
}

/// The sections of a page, with their anchors.
fn sections(
    report: &OrganizationReport,
    charts: &Charts,
    location: Option<&LocationReport>,
) -> Vec<(&'static str, &'static str)> {
    let has = |figures: &[Figure]| !figures.is_empty();
    let all = [
        ("changed", "What changed", report.all.figures.tickets > 0),
        ("figures", "Key figures", true),
        ("locations", "Locations", location.is_none()),
        (
            "place",
            if location.is_some() { "Among the locations" } else { "Differences" },
            has(&charts.place),
        ),
        ("who", "Who waited", location.is_some_and(|one| !one.section.segments.is_empty())),
        ("time", "Over time", has(&charts.weeks) || has(&charts.days)),
        ("when", "When", has(&charts.when)),
        ("waiting", "Waiting", true),
        ("ratings", "Ratings", true),
        ("lost", "Lost visits", true),
        ("quality", "Data and definitions", true),
    ];
    all.into_iter().filter(|(_, _, there)| *there).map(|(id, name, _)| (id, name)).collect()
}

fn place(charts: &Charts, root: &str, title: &str) -> Markup {
    html! {
        @if !charts.place.is_empty() {
            section id="place" {
                h2 { (title) }
                p.note { "Each mark is a location. Small locations scatter more: 95 of 100 that are alike would lie in the darker band, 998 of 1,000 in the lighter one." }
                div.g3 { (figures(&charts.place, root)) }
            }
        }
    }
}

fn over_time(report: &OrganizationReport, charts: &Charts, root: &str) -> Markup {
    let week = if report.week_starts_on.is_iso() { "ISO week" } else { "week" };
    html! {
        @if !charts.weeks.is_empty() || !charts.days.is_empty() {
            section id="time" {
                h2 { "Over time" }
                @if !charts.weeks.is_empty() {
                    p.note { "By " (week) " (" (report.week_starts_on.words()) "). The band holds what is usual for so many visits; a solid triangle lies outside it for the worse, a hollow one for the better, and points where it lies." }
                }
                div.g3 { (figures(&charts.weeks, root)) }
                (figures(&charts.days, root))
            }
        }
    }
}

/// When people come, how long they wait, what they say, and who is lost.
fn numbers(report: &OrganizationReport, section: &Section, charts: &Charts, root: &str) -> Markup {
    html! {
        @if !charts.when.is_empty() {
            section id="when" {
                h2 { "When people come, and when they wait" }
                div.g2 { (figures(&charts.when, root)) }
            }
        }
        section id="waiting" {
            h2 { "Waiting" }
            (waits_words::notes(report))
            @if section.figures.waits == 0 { p.none { "No waits in this window: how long people waited, and who was served within the target, is not known." } }
            div.g2 { (figures(&charts.waiting, root)) }
        }
        section id="ratings" {
            h2 { "Ratings" }
            @if section.figures.hides_ratings() { p.none { "Ratings are hidden: fewer than " (report.hide_below) " in this window." } }
            @else if section.figures.rated() == 0 { p.none { "No ratings in this window." } }
            div.g3 { (figures(&charts.ratings, root)) }
            (ratings_by_value(section, report.scale, root))
            @if section.figures.rated() > 0 || section.figures.hides_ratings() { (wait_tables(section, report.scale, root)) }
        }
        section id="lost" {
            h2 { "Lost visits" }
            div.g3 { (figures(&charts.causes, root)) (figures(&charts.lead, root)) }
            (lost_table(section, root))
        }
    }
}

/// Data quality, and how each number is defined; folded.
fn data(report: &OrganizationReport, location: Option<&LocationReport>) -> Markup {
    html! {
        section id="quality" {
            h2 { "Data and definitions" }
            details.fold {
                summary { "What became of the records" }
                (account(report))
                @if location.is_some() {
                    // The tables of counters and files are the same for all locations, so only the overview has them.
                    p.note { "Records of all locations. " a href="../index.html#quality" { "Every counter and file" } }
                } @else {
                    (quality_tables(report))
                }
            }
            details.fold {
                summary { "How each number is defined" }
                (methods::methods(report, location))
            }
        }
    }
}

/// The page of a location without a ticket in the window.
#[must_use]
pub fn absent(report: &OrganizationReport, location: &AbsentLocation) -> String {
    absent::page(report, location)
}

#[cfg(test)]
mod tests;
