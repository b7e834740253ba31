//! The summary of a night.

use crate::ingest::Totals;
use crate::job::{NightEnd, Run};

use super::log::Log;
use super::words::{count, grouped};

/// Prints what a night did, in one paragraph.
pub(super) fn say(log: Log, end: &NightEnd<'_>) {
    let NightEnd { plan, run, fresh, published_files, seconds } = *end;
    let left_out = run.left_out_words().map(|words| format!("; {words}")).unwrap_or_default();
    let message = match published_files {
        None => format!("nothing new in {}{left_out}", files_words(run)),
        Some(files) => format!(
            "{}; {}. {}{left_out}, generation {}. Published {} ({}) to `{}` in {seconds:.1} s.",
            files_words(run),
            fresh.counts(),
            count(run.tickets, "ticket"),
            run.generation,
            count(run.reports.len() as u64, "report"),
            count(files as u64, "file"),
            plan.places.out.display(),
        ),
    };
    log.summary(&message, run.as_fields(plan, seconds, published_files));
}

/// `3 files new, 1 grown, 120 unchanged`.
fn files_words(run: &Run) -> String {
    let kinds = run.files.iter().filter(|(_, n)| **n > 0);
    let parts: Vec<String> = kinds.map(|(kind, n)| format!("{} {kind}", grouped(*n))).collect();
    let Totals { files, .. } = run.total;
    format!("{} ({})", count(files, "file"), parts.join(", "))
}
