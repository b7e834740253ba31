//! The start page of a nightly site, with links to its reports.

use chrono::{NaiveDate, NaiveDateTime};
use maud::{Markup, html};

use super::super::text::{day, grouped, moment, shown};
use super::parts::{date, link, name, page};

/// A report of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its name, which is also its folder: lowercase ASCII letters, digits and `-`.
    pub name: String,
    /// First and last service date requested.
    pub asked: (Option<NaiveDate>, Option<NaiveDate>),
    /// First and last service date with a ticket.
    pub found: Option<(NaiveDate, NaiveDate)>,
    /// Number of tickets.
    pub tickets: u64,
    /// Number of locations.
    pub locations: u64,
}

/// An organization of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its name as archived; never trusted.
    pub name: String,
    /// Local date and time at which anything last happened to one of its tickets.
    pub data_through: Option<NaiveDateTime>,
    /// Whether nothing new has arrived since then for longer than is normal.
    pub is_silent: bool,
    /// Names of locations of which no ticket comes any more, and the day of the last one.
    pub silent_locations: Vec<(String, NaiveDate)>,
}

/// Most organizations listed; `run.json` has all of them.
const LISTED: usize = 100;
/// Most silent locations named.
const NAMED: usize = 20;

fn since(tenant: &Tenant) -> String {
    tenant.data_through.map_or_else(|| "–".to_owned(), moment)
}

/// What is wrong with the inputs, and which locations are silent.
fn parts(tenants: &[Tenant], troubles: &[String]) -> Markup {
    let of = |tenant: &'_ Tenant| tenant.silent_locations.len();
    let n: usize = tenants.iter().map(of).sum();
    let locations = tenants.iter().flat_map(|tenant| {
        tenant.silent_locations.iter().map(move |(place, last)| (&tenant.name, place, last))
    });
    html! {
        @if n > 0 || !troubles.is_empty() {
            aside.warning role="note" {
                @for text in troubles { p { (shown(text, 300)) } }
                @if n > 0 {
                    p { strong { "No tickets" } " any more at:" }
                    ul { @for (owner, place, last) in locations.take(NAMED) {
                        li { (name(owner)) ", " (name(place)) ": since " (last) }
                    } }
                    @if n > NAMED { p { "and " (n - NAMED) " more; run.json has all." } }
                }
            }
        }
    }
}

/// The page; `through` is the last whole day before the run.
#[must_use]
pub fn windows(
    windows: &[Window],
    tenants: &[Tenant],
    troubles: &[String],
    through: NaiveDate,
) -> String {
    // Silent organizations come first.
    let (silent, alive): (Vec<&Tenant>, Vec<&Tenant>) =
        tenants.iter().partition(|tenant| tenant.is_silent);
    page(
        "Queue reports",
        env!("CARGO_PKG_VERSION"),
        &html! {
            @if !silent.is_empty() {
                aside.warning role="note" {
                    p {
                        strong { "No data" }
                        @if let [tenant] = silent.as_slice() {
                            " from " (name(&tenant.name)) " since " (since(tenant)) "."
                        } @else {
                            " from " (grouped(u64::try_from(silent.len()).unwrap_or(u64::MAX)))
                            " organizations; the table below says since when."
                        }
                    }
                }
            }
            (parts(tenants, troubles))
            header {
                p.kicker { "Queue reports" }
                h1 { "Reports through " (day(through)) }
                p.lead { "Made by the nightly run from all webhooks archived by then. Each report has a folder of its own, with pages, charts and CSV files." }
            }
            section {
                div.wide tabindex="0" { table {
                    thead { tr {
                        th scope="col" { "Report" } th.n scope="col" { "From" } th.n scope="col" { "To" }
                        th.n scope="col" { "First day with tickets" } th.n scope="col" { "Last day with tickets" }
                        th.n scope="col" { "Locations" } th.n scope="col" { "Tickets" }
                    } }
                    tbody {
                        @for window in windows {
                            tr {
                                td { (link("", &window.name, "/index.html", &window.name)) }
                                td.n { (date(window.asked.0)) }
                                td.n { (date(window.asked.1)) }
                                td.n { (date(window.found.map(|found| found.0))) }
                                td.n { (date(window.found.map(|found| found.1))) }
                                td.n { (grouped(window.locations)) }
                                td.n { (grouped(window.tickets)) }
                            }
                        }
                    }
                } }
            }
            section {
                h2 { "Data through" }
                table {
                    thead { tr { th scope="col" { "Organization" } th scope="col" { "Last activity" } } }
                    tbody {
                        @for tenant in silent.iter().chain(&alive).take(LISTED) {
                            tr {
                                td { (name(&tenant.name)) }
                                td {
                                    @if tenant.is_silent { "no data since " }
                                    (since(tenant))
                                }
                            }
                        }
                    }
                }
                @if tenants.len() > LISTED { p.note { "and " (tenants.len() - LISTED) " more; run.json has all." } }
            }
        },
    )
}
