//! Static pages that work from the file system, without network and JavaScript, escaped by construction.
//!
//! maud escapes every text and attribute. Nothing from the archive becomes a link, an id or a style; links are built
//! from location ids, which are ASCII slugs. Only our own stylesheet and SVG are not escaped, and both go through one
//! function.

mod absent;
mod change_words;
mod facts;
mod findings;
mod methods;
mod organizations;
mod parts;
mod passed_on;
mod site;
mod weeks;

use maud::{Markup, html};

use super::chart::Charts;
use super::model::{AbsentLocation, LocationReport, OrganizationReport};
use super::text::{grouped, shown};

pub use organizations::{only, organizations};
pub use site::{Tenant, Window, windows};

use facts::Facts;
use parts::{
    account, document, few, figures, link, lost_table, name, quality, ratings_by_value, silence,
    tiles, wait_tables, warnings,
};
use passed_on::passed_on;

/// The overview of an organization.
#[must_use]
pub fn index(report: &OrganizationReport, charts: &Charts) -> String {
    let facts = Facts::of(report, &report.all, None);
    let title = if report.organization.is_empty() {
        "Queue report".to_owned()
    } else {
        format!("{} – queue report", shown(&report.organization, 80))
    };
    document(
        &title,
        report,
        &html! {
            (silence(report))
            (absent::silence(report, None))
            header {
                p.kicker { "Queue report" }
                h1 { (name(if report.organization.is_empty() { "(no data)" } else { &report.organization })) }
                (facts.lead())
            }
            (warnings(report))
            (findings::of_all(report))
            (tiles(&facts))
            (locations(report))
            (all_figures(charts, ""))
            (ratings_by_value(&report.all, report.scale, ""))
            (passed_on(report))
            (wait_tables(&report.all, report.scale, ""))
            (lost_table(&report.all, ""))
            (quality(report))
            (methods::methods(report, None))
        },
    )
}

/// The page of one location.
#[must_use]
pub fn location(report: &OrganizationReport, location: &LocationReport, charts: &Charts) -> String {
    let facts = Facts::of(report, &location.section, Some(location));
    document(
        &format!("{} – queue report", shown(&location.name, 80)),
        report,
        &html! {
            (silence(report))
            (absent::silence(report, Some(&location.name)))
            header {
                p.kicker { a href="../index.html" { (name(&report.organization)) } }
                h1 { (name(&location.name)) }
                (facts.lead())
            }
            (warnings(report))
            (findings::of_one(report, location))
            (tiles(&facts))
            (all_figures(charts, "../"))
            (ratings_by_value(&location.section, report.scale, "../"))
            (passed_on(report))
            (wait_tables(&location.section, report.scale, "../"))
            (lost_table(&location.section, "../"))
            // The tables of counters and files are the same for all locations, so only the overview has them.
            section {
                h2 { "Data quality" }
                (account(report))
                p.note { "Records of all locations. " a href="../index.html#quality" { "Every counter and file" } }
            }
            (methods::methods(report, Some(location)))
        },
    )
}

fn all_figures(charts: &Charts, root: &str) -> Markup {
    html! {
        section { div.g3 { (figures(&charts.place, root)) } }
        section { div.g3 { (figures(&charts.weeks, root)) } (figures(&charts.days, root)) }
        section { div.g2 { (figures(&charts.when, root)) } }
        section { div.g2 { (figures(&charts.waiting, root)) } }
        section { div.g3 { (figures(&charts.ratings, root)) } }
        section { div.g3 { (figures(&charts.causes, root)) (figures(&charts.lead, root)) } }
    }
}

/// The page of a location without a ticket in the window.
#[must_use]
pub fn absent(report: &OrganizationReport, location: &AbsentLocation) -> String {
    absent::page(report, location)
}

/// The table of locations, by name and not by rank.
fn locations(report: &OrganizationReport) -> Markup {
    html! {
        section {
            h2 { "Locations" }
            p.note {
                "By name, because a ranking of small numbers is mostly chance. All columns are in "
                a href="locations.csv" { "locations.csv" } "."
            }
            div.wide tabindex="0" { table {
                thead { tr {
                    th scope="col" { "Location" } th.n scope="col" { "Tickets" } th.n scope="col" { "Median wait" } th.n scope="col" { "Wait of those who left" } th.n scope="col" { "90 % within" }
                    th.n scope="col" { "Within target" } th.n scope="col" { "Lost" } th.n scope="col" { "Rating" } th.n scope="col" { (report.scale.satisfied_head()) } th.n scope="col" { "n" }
                } }
                tbody {
                    @for place in &report.locations {
                        @let f = &place.section.figures;
                        tr {
                            td { (link("locations/", &place.id, ".html", &place.name)) }
                            td.n { (grouped(f.tickets)) }
                            td.n { (parts::seconds(f.wait_p50_s)) (few_of(f.wait_p50_s, f.waits)) }
                            @let left = place.section.left_waits;
                            td.n { (parts::seconds(left.p50_s)) (few_of(left.p50_s, left.n)) }
                            td.n { (parts::seconds(f.wait_p90_s)) }
                            td.n { (parts::share(f.within_target_rate)) }
                            td.n { (parts::share(f.lost_rate)) (few_of(f.lost_rate, f.closed())) }
                            td.n { (parts::mean(f.rating_mean)) }
                            td.n { (parts::share(f.csat)) (few_of(f.csat, f.rated())) }
                            td.n { (f.ratings.map_or_else(|| "hidden".to_owned(), grouped)) }
                        }
                    }
                }
            } }
            (absent::absent(report))
        }
    }
}

/// Marks a value with a small sample size; a dash needs no mark.
fn few_of(value: Option<f64>, n: u64) -> &'static str {
    if value.is_some() { few(n) } else { "" }
}

#[cfg(test)]
mod tests;
