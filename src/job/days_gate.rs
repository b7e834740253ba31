//! The gate for tickets without a day: they are missing from every figure by day, so readers have to be told.

use crate::ingest::FileAccount;

use super::notice::Notice;
use super::plan::Plan;

/// Files that are named one by one.
const MOST_FILES: usize = 5;

/// The notices on tickets without a day and on days that can hardly be right.
pub(crate) fn notices<'a>(
    plan: &Plan,
    files: impl IntoIterator<Item = &'a FileAccount>,
) -> Vec<Notice> {
    let files = files.into_iter();
    let mut all: Vec<Notice> = files.filter_map(|file| of_file(plan, file)).collect();
    if let Some(more) = all.len().checked_sub(MOST_FILES).filter(|more| *more > 0) {
        all.truncate(MOST_FILES);
        all.push(Notice::MoreDays { more: more as u64 });
    }
    all
}

fn of_file(plan: &Plan, file: &FileAccount) -> Option<Notice> {
    let days = &file.days;
    // A single one is a slip of the sender, not its way to write times.
    let (warn, refuse) = (plan.gates.warn_share, plan.gates.refuse_share);
    let allowed = |n: u64| if n == 1 { refuse.max(warn) } else { warn };
    let many = |n: u64| is_more(n, days.tickets, allowed(n));
    let (name, tickets) = (file.name.clone(), days.tickets);
    if many(days.without) {
        return Some(Notice::NoDay {
            file: name,
            without: days.without,
            tickets,
            too_early: (days.too_early.clone(), plan.ingest.webhook.earliest),
            too_late: (days.too_late.clone(), plan.waits.as_of),
        });
    }
    let is_old = !plan.earliest_given && many(days.old);
    is_old.then(|| Notice::OldDays {
        file: name,
        old: days.old,
        tickets,
        years: days.old_years.clone(),
    })
}

/// Whether a part is more than a share of the whole.
#[expect(clippy::cast_precision_loss, reason = "a share for a threshold")]
fn is_more(part: u64, whole: u64, share: f64) -> bool {
    whole > 0 && part as f64 > whole as f64 * share
}
