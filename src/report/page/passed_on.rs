//! What a page says of tickets that were passed on to another queue, near the waits.

use maud::{Markup, html};

use crate::report::model::OrganizationReport;
use crate::report::text::grouped;

/// The counter of such tickets.
const COUNTER: &str = "seen_in_two_queues";

/// The note; nothing without such a ticket. The counter is that of all time, so it names no window.
pub(super) fn passed_on(report: &OrganizationReport) -> Markup {
    let mine = report.quality.iter().filter(|row| row.measure == COUNTER);
    let tickets: u64 = mine.map(|row| row.count).sum();
    html! {
        @if tickets > 0 {
            p.note {
                @if tickets == 1 { "1 ticket of the archive was" } @else { (grouped(tickets)) " tickets of the archive were" }
                " seen in two queues, as when a visitor is passed on. Each counts once, at its newest queue, and its first wait is the one that counts."
            }
        }
    }
}
