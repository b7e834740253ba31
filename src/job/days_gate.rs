//! The gate for tickets without a day: they are counted, and in no figure by day, which nobody should have to find out.

use std::collections::BTreeSet;

use crate::calendar::rfc3339;
use crate::ingest::FileAccount;

use super::plan::Plan;
use super::words::{count, grouped};

/// Files that are named one by one.
const MOST_FILES: usize = 5;
/// Years that are named one by one.
const MOST_YEARS: usize = 4;

/// What is to be said of tickets without a day, and of days that can hardly be true.
pub(crate) fn warnings<'a>(
    plan: &Plan,
    files: impl IntoIterator<Item = &'a FileAccount>,
) -> Vec<String> {
    let files = files.into_iter();
    let mut all: Vec<String> = files.filter_map(|file| of_file(plan, file)).collect();
    let more = all.len().saturating_sub(MOST_FILES);
    if more > 0 {
        all.truncate(MOST_FILES);
        let files = count(more as u64, "more file");
        all.push(format!(
            "{files}: tickets without a day, or of unlikely years, as in those above"
        ));
    }
    all
}

fn of_file(plan: &Plan, file: &FileAccount) -> Option<String> {
    let days = &file.days;
    // One alone among the many of a day is a slip of the sender, not a way to write times.
    let (warn, refuse) = (plan.gates.warn_share, plan.gates.refuse_share);
    let allowed = |n: u64| if n == 1 { refuse.max(warn) } else { warn };
    let many = |n: u64| is_more(n, days.tickets, allowed(n));
    let of =
        |n: u64| format!("`{}`: {} of {}", file.name, grouped(n), count(days.tickets, "ticket"));
    if many(days.without) {
        let mut because = Vec::new();
        if !days.too_early.is_empty() {
            let earliest = rfc3339(plan.ingest.webhook.earliest);
            because.push(format!(
                "times of {} lie before `archive.earliest` ({earliest}), which may be set earlier",
                years(&days.too_early)
            ));
        }
        if !days.too_late.is_empty() {
            let as_of = rfc3339(plan.waits.as_of);
            let years = years(&days.too_late);
            because.push(format!("times of {years} lie after the instant of the run ({as_of})"));
        }
        if because.is_empty() {
            because.push("their times are missing or cannot be read".to_owned());
        }
        let because = because.join(", and ");
        return Some(format!(
            "{} have no day and are in no figure by day: {because}",
            of(days.without)
        ));
    }
    (!plan.earliest_given && many(days.old)).then(|| {
        format!(
            "{} are of {}, before there were such webhooks; they were used. Set `archive.earliest` to the first day that \
             is right",
            of(days.old),
            years(&days.old_years)
        )
    })
}

/// Whether a part is more than a share of the whole.
#[expect(clippy::cast_precision_loss, reason = "a share for a threshold")]
fn is_more(part: u64, whole: u64, share: f64) -> bool {
    whole > 0 && part as f64 > whole as f64 * share
}

/// `2005, 2031`, or the first and the last of many.
fn years(years: &BTreeSet<i32>) -> String {
    match (years.first(), years.last()) {
        (Some(first), Some(last)) if years.len() > MOST_YEARS => {
            format!("{} years from {first} to {last}", years.len())
        }
        _ => years.iter().map(i32::to_string).collect::<Vec<_>>().join(", "),
    }
}
