//! Data quality: what became of the records, every counter, every file.

use maud::{Markup, html};

use crate::report::model::OrganizationReport;
use crate::report::text::grouped;

use super::parts::{PRINTED, date, name};
use super::waits_words::bursts;

/// Most rows of the tables of counters and files; the CSV files have all of them.
const LONGEST: usize = 400;

/// Most counters that are printed, in two columns.
const MOST_COUNTERS: usize = 100;

/// What became of the records.
pub(super) fn account(report: &OrganizationReport) -> Markup {
    let l = &report.lines;
    html! {
        p {
            (grouped(l.records)) " records = " (grouped(l.accepted)) " accepted + " (grouped(l.duplicate)) " repeated + "
            (grouped(l.rejected)) " rejected + "
            @if l.other > 0 { (grouped(l.other)) " of other things + " }
            (grouped(l.deferred)) " still being written + " (grouped(l.blank)) " blank."
            @if !report.not_read.is_empty() { " " (report.not_read) }
        }
        @if let Some(words) = bursts(report) { p { (words) } }
    }
}

/// The tables of data quality: counters and files.
pub(super) fn quality_tables(report: &OrganizationReport) -> Markup {
    html! {
        details class=[counters_on_paper(report.quality.len())] {
                summary { "Table: every counter" }
                div.wide tabindex="0" { table {
                    thead { tr { th scope="col" { "Counter" } th scope="col" { "Detail" } th.n scope="col" { "Count" } } }
                    tbody { @for row in report.quality.iter().take(LONGEST) {
                        tr { td { (row.measure.replace('_', " ")) } td { (name(if row.detail.is_empty() { "–" } else { &row.detail })) } td.n { (grouped(row.count)) } }
                    } }
                } }
                (rest(report.quality.len(), "counters"))
                p.note { "Source: " a href="data_quality.csv" { "data_quality.csv" } }
            }
            @if report.quality.len() > MOST_COUNTERS { p.note.paper { "Every counter: see data_quality.csv." } }
            @if report.files.len() > PRINTED { p.note.paper { "Every file: see files.csv." } }
            details class=[(report.files.len() > PRINTED).then_some("off")] {
                summary { "Table: every file" }
                div.wide tabindex="0" { table {
                    thead { tr { th scope="col" { "File" } th.n scope="col" { "Records" } th.n scope="col" { "Accepted" } th.n scope="col" { "Repeated" } th.n scope="col" { "Rejected" } th.n scope="col" { "Deferred" } th.n scope="col" { "Blank" } th.n scope="col" { "First visit" } th.n scope="col" { "Last visit" } } }
                    tbody { @for file in report.files.iter().take(LONGEST) {
                        tr {
                            td { (name(&file.path)) }
                            td.n { (grouped(file.records)) } td.n { (grouped(file.accepted)) } td.n { (grouped(file.duplicate)) }
                            td.n { (grouped(file.rejected)) } td.n { (grouped(file.deferred)) } td.n { (grouped(file.blank)) }
                            td.n { (date(file.dates.map(|dates| dates.0))) } td.n { (date(file.dates.map(|dates| dates.1))) }
                        }
                    } }
                } }
                (rest(report.files.len(), "files"))
                p.note { "Source: " a href="files.csv" { "files.csv" } }
            }
    }
}

fn counters_on_paper(n: usize) -> Option<&'static str> {
    match n {
        0..=12 => None,
        13..=MOST_COUNTERS => Some("half"),
        _ => Some("off"),
    }
}

fn rest(all: usize, what: &str) -> Markup {
    html! {
        @if all > LONGEST {
            p.note { "The first " (LONGEST) " of " (grouped(u64::try_from(all).unwrap_or(u64::MAX))) " " (what) "." }
        }
    }
}
