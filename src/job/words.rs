//! Numbers and plurals for people.

use std::collections::BTreeSet;

use crate::ingest::FileAccount;
pub(crate) use crate::report::text::{counted as count, grouped};
use crate::webhook::Reject;

/// `1.9 MB`, decimal units.
#[expect(clippy::cast_precision_loss, reason = "one decimal of a size")]
pub(crate) fn bytes(n: u64) -> String {
    let units = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    let size = n as f64;
    units
        .iter()
        .find(|(_, unit)| size >= *unit)
        .map_or_else(|| format!("{n} bytes"), |(name, unit)| format!("{:.1} {name}", size / unit))
}

/// Of forgotten tickets, how many have no figures that could be kept; empty if all have.
pub(crate) fn without_figures_words(tickets: u64) -> String {
    match tickets {
        0 => String::new(),
        n => format!(
            " ({} of them {} left out by the configuration, so no figure of {} is kept)",
            grouped(n),
            if n == 1 { "is" } else { "are" },
            if n == 1 { "it" } else { "them" }
        ),
    }
}

/// `3 not JSON, 1 no ticket id`.
pub(crate) fn reasons(files: &[FileAccount]) -> String {
    let total = |at: usize| -> u64 { files.iter().filter_map(|file| file.rejected.get(at)).sum() };
    let parts: Vec<String> = Reject::ALL
        .iter()
        .enumerate()
        .map(|(at, reason)| (total(at), reason.words()))
        .filter(|(n, _)| *n > 0)
        .map(|(n, words)| format!("{} {words}", grouped(n)))
        .collect();
    parts.join(", ")
}

/// Seconds to the millisecond.
pub(crate) fn rounded(seconds: f64) -> f64 {
    (seconds * 1_000.0).round() / 1_000.0
}

/// Years that are named one by one.
const MOST_YEARS: usize = 4;

/// `2005, 2031`, or the first and the last of many.
pub(crate) fn years(years: &BTreeSet<i32>) -> String {
    match (years.first(), years.last()) {
        (Some(first), Some(last)) if years.len() > MOST_YEARS => {
            format!("{} years from {first} to {last}", years.len())
        }
        _ => years.iter().map(i32::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!((count(1, "line"), count(2, "line")), ("1 line".into(), "2 lines".into()));
        assert_eq!(
            [999, 1_500, 1_949_000, 2_000_000_000].map(bytes),
            ["999 bytes", "1.5 kB", "1.9 MB", "2.0 GB"]
        );
    }
}
