//! The start page of a nightly site, with links to its reports.

use chrono::{NaiveDate, NaiveDateTime};
use maud::{Markup, html};

use super::super::changed::{Changed, changed};
use super::super::model::{OrganizationReport, Verdict};
use super::super::text::{counted, day, grouped, shown, through};
use super::change_words::sentence;
use super::parts::{date, link, name, page, seconds, share, unbroken};

/// A report of the site.
#[derive(Debug, Clone, PartialEq)]
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
    /// What it says of each organization; empty if it has no pages.
    pub told: Vec<Told>,
}

/// What a report says of an organization, in short.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Name of the organization as archived; never trusted.
    pub organization: String,
    /// Its folder below that of the report.
    pub folder: String,
    /// Number of tickets.
    pub tickets: u64,
    /// Median wait, seconds.
    pub wait_p50_s: Option<f64>,
    /// Share of closed visits that were lost.
    pub lost_rate: Option<f64>,
    /// Share of satisfied ratings.
    pub csat: Option<f64>,
    /// What changed, the clearest first: whether for the worse, and a sentence.
    pub changed: Vec<(bool, String)>,
}

impl Told {
    /// What a report says.
    #[must_use]
    pub fn of(report: &OrganizationReport, folder: &str) -> Self {
        let f = &report.all.figures;
        let sentence = |one: &Changed<'_>| {
            let place = one.place.map_or("All locations together", |place| place.name.as_str());
            let worse = one.judged.verdict == Verdict::Worse;
            (worse, format!("{}: {}", shown(place, 80), sentence(one.finding, one.judged, false)))
        };
        Self {
            organization: report.organization.clone(),
            folder: folder.to_owned(),
            tickets: f.tickets,
            wait_p50_s: f.wait_p50_s,
            lost_rate: f.lost_rate,
            csat: f.csat,
            changed: changed(report, None).iter().map(sentence).collect(),
        }
    }
}

/// Changes of an organization that are told on the first page.
const CHANGES: usize = 3;

/// The key figures and findings of a report, an organization each.
fn told(window: &Window) -> Markup {
    html! {
        @if !window.told.is_empty() {
            section {
                h2 { (link("", &window.name, "/index.html", &window.name)) }
                @for told in window.told.iter().take(LISTED) {
                    div.told {
                        h3 { (link(&format!("{}/", window.name), &told.folder, "/index.html", &told.organization)) }
                        p {
                            (counted(told.tickets, "ticket"))
                            @if let Some(wait) = told.wait_p50_s { "; median wait " (unbroken(&seconds(Some(wait)))) }
                            @if let Some(lost) = told.lost_rate { "; " (unbroken(&share(Some(lost)))) " lost" }
                            @if let Some(csat) = told.csat { "; " (unbroken(&share(Some(csat)))) " satisfied" }
                            "."
                        }
                        @if told.changed.is_empty() { p.sub { "Nothing beyond chance, or too early to say." } }
                        @for (worse, text) in told.changed.iter().take(CHANGES) {
                            p { span class=(if *worse { "bad" } else { "good" }) { (if *worse { "▲ worse: " } else { "△ better: " }) } (unbroken(text)) }
                        }
                        @if told.changed.len() > CHANGES { p.sub { "And " (told.changed.len() - CHANGES) " more." } }
                    }
                }
                @if window.told.len() > LISTED { p.note { "and " (window.told.len() - LISTED) " more organizations." } }
            }
        }
    }
}

/// An organization of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its name as archived; never trusted.
    pub name: String,
    /// Local date and time at which anything last happened to one of its tickets.
    pub data_through: Option<NaiveDateTime>,
    /// IANA zone of that time.
    pub zone: String,
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
    tenant.data_through.map_or_else(|| "–".to_owned(), |at| through(at, Some(&tenant.zone)))
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

/// The page; `last_day` is the last whole day before the run.
#[must_use]
pub fn windows(
    windows: &[Window],
    tenants: &[Tenant],
    troubles: &[String],
    last_day: NaiveDate,
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
                h1 { "Reports through " (day(last_day)) }
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
            @for window in windows { (told(window)) }
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
