//! What a page says near its waits: tickets that were passed on, waits that were left out, and what the clock closed.

use maud::{Markup, html};

use crate::report::model::{FEW, OrganizationReport};
use crate::report::text::{counted, grouped};

use super::parts::{share, unbroken};

/// Waits that are left out are told above this share of all tickets.
const WORTH_TELLING: f64 = 0.02;

/// The sum of a counter; of the details given, if any is. Counters are those of all time, so the words name no window.
fn count(report: &OrganizationReport, measure: &str, details: &[&str]) -> u64 {
    let mine = report.quality.iter().filter(|row| {
        row.measure == measure && (details.is_empty() || details.contains(&row.detail.as_str()))
    });
    mine.map(|row| row.count).sum()
}

/// The notes; nothing where there is nothing to tell.
pub(super) fn notes(report: &OrganizationReport) -> Markup {
    let all: Vec<String> =
        [left_out(report), bursts(report), passed_on(report)].into_iter().flatten().collect();
    html! { @for text in &all { p.note { (unbroken(text)) } } }
}

/// A few words for a key figure, where many waits are left out.
pub(super) fn left_out_in_short(report: &OrganizationReport) -> Option<String> {
    left_out_of_archive(report).map(|which| format!("{which} left out as impossible"))
}

/// How many waits are left out, and of how much, where they are worth telling. Counters are those of the archive, and so is what
/// they are held against.
fn left_out_of_archive(report: &OrganizationReport) -> Option<String> {
    let of = |measure| count(report, measure, &["wait", "headline"]);
    let n = of("negative_wait") + of("implausible_wait");
    let all = report.archived_tickets.max(n);
    #[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
    let part = n as f64 / all as f64;
    if n == 0 || part <= WORTH_TELLING {
        return None;
    }
    let waits = counted(n, "wait");
    Some(match all {
        0..FEW => format!("{waits} of the archive"),
        _ => format!("{waits} of the archive ({} of its tickets)", share(Some(part))),
    })
}

fn left_out(report: &OrganizationReport) -> Option<String> {
    let which = left_out_of_archive(report)?;
    Some(format!(
        "Waits left out: {which} are negative or above {} h, and in no figure. Are clocks wrong, or check-ins made late?",
        report.max_wait_hours
    ))
}

/// Tickets that were closed by the clock.
pub(super) fn bursts(report: &OrganizationReport) -> Option<String> {
    let of = |detail| count(report, "reset_burst", &[detail]);
    let (check_ins, check_outs) = (of("check_in"), of("check_out"));
    (check_ins + check_outs > 0).then(|| {
        format!(
            "Closed by the clock: {} and {} fall into the same second as at least four others of their location, as an evening reset does. The setting wait.leave_out_bursts leaves them out of waits and service times.",
            counted(check_ins, "check-in"),
            counted(check_outs, "check-out")
        )
    })
}

fn passed_on(report: &OrganizationReport) -> Option<String> {
    let tickets = count(report, "seen_in_two_queues", &[]);
    let were = if tickets == 1 {
        "1 ticket of the archive was".to_owned()
    } else {
        format!("{} tickets of the archive were", grouped(tickets))
    };
    (tickets > 0).then(|| {
        format!("{were} seen in two queues, as when a visitor is passed on. Each counts once, at its newest queue, and its first wait is the one that counts.")
    })
}
