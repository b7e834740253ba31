//! The page that leads to the reports of a nightly site, one folder each.

use chrono::NaiveDate;
use maud::html;

use super::super::text::grouped;
use super::parts::{date, link, page};

/// A report of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Its name and folder: small ASCII letters, digits and `-`.
    pub name: String,
    /// First and last service date that was asked for.
    pub asked: (Option<NaiveDate>, Option<NaiveDate>),
    /// First and last service date with a ticket.
    pub found: Option<(NaiveDate, NaiveDate)>,
    /// Number of tickets.
    pub tickets: u64,
    /// Number of locations.
    pub locations: u64,
}

/// The page; `through` is the last whole day before the run.
#[must_use]
pub fn windows(windows: &[Window], through: NaiveDate) -> String {
    page(
        "Queue reports",
        env!("CARGO_PKG_VERSION"),
        &html! {
            header {
                p.kicker { "Queue reports" }
                h1 { "Reports through " (through) }
                p.lead { "Made by the nightly run from all webhooks archived by then. Each report has a folder of its own, with pages, charts and CSV files." }
            }
            section {
                table {
                    thead { tr {
                        th scope="col" { "Report" } th.n scope="col" { "From" } th.n scope="col" { "To" }
                        th.n scope="col" { "First day with tickets" } th.n scope="col" { "Data through" }
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
                }
            }
        },
    )
}
