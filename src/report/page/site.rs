//! The start page of a nightly site, with links to its reports.

use chrono::{NaiveDate, NaiveDateTime};
use maud::html;

use super::super::text::{day, grouped, moment};
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
}

/// Most organizations listed; `run.json` has all of them.
const LISTED: usize = 100;

fn since(tenant: &Tenant) -> String {
    tenant.data_through.map_or_else(|| "–".to_owned(), moment)
}

/// The page; `through` is the last whole day before the run.
#[must_use]
pub fn windows(windows: &[Window], tenants: &[Tenant], through: NaiveDate) -> String {
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
