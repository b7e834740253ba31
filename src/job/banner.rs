//! What readers of an organization's pages must know before the figures: only what concerns this organization and the
//! window of the page. It follows from the files alone, so it is the same after one night or thirty.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::archive::{Skipped, order_key};
use crate::ingest::FileAccount;
use crate::report::text::grouped;
use crate::ticket::Findings;

use super::account::Owners;
use super::days_gate;
use super::join_gate;
use super::notice::Notice;
use super::plan::Plan;
use super::ratings_gate;
use super::unusable;
use super::whole::Whole;

/// Files that are named one by one.
const NAMED: usize = 5;

/// The notices of a page; `files` are those of the organization and those without an owner, with their numbers.
pub(crate) fn notices(
    plan: &Plan,
    (organization, window): (&str, (Option<NaiveDate>, Option<NaiveDate>)),
    files: &[(usize, &FileAccount)],
    findings: &Findings,
) -> Vec<Notice> {
    let span = |at: usize| {
        let key = (u32::try_from(at).ok()?, organization.to_owned());
        findings.file_spans.get(&key).copied().flatten()
    };
    // A file without a visit is dated by its name, a day more or less, since files are named after the day of receipt. A
    // file without any date counts only in a report of all time.
    let shown = |at: usize, file: &FileAccount| {
        let named = || {
            let day = order_key(&file.name).day()?;
            Some((day.pred_opt().unwrap_or(day), day.succ_opt().unwrap_or(day)))
        };
        match span(at).or_else(named) {
            Some(span) => touches(span, window),
            None => window == (None, None),
        }
    };
    let shown: Vec<&FileAccount> =
        files.iter().filter(|(at, file)| shown(*at, file)).map(|(_, file)| *file).collect();
    let mut all = Vec::new();
    for file in &shown {
        let troubles = [unusable::left_out(file), unusable::garbage(file)].into_iter().flatten();
        all.extend(troubles.map(|trouble| unusable::notice(file, trouble)));
    }
    cut(&mut all);
    all.extend(rejected(plan, &shown));
    all.extend(days_gate::notices(plan, shown.iter().copied()));
    all.extend(ratings_gate::of_page(plan, organization, shown.iter().copied()));
    all.extend(join_gate::of_page(plan, organization, findings));
    all
}

/// Whether a file with service dates in a span counts in a window.
fn touches(
    (first, last): (NaiveDate, NaiveDate),
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
) -> bool {
    from.is_none_or(|from| last >= from) && to.is_none_or(|to| first <= to)
}

/// Keeps the first few and counts the rest.
fn cut(notices: &mut Vec<Notice>) {
    if let Some(more) = notices.len().checked_sub(NAMED).filter(|more| *more > 0) {
        notices.truncate(NAMED);
        notices.push(Notice::MoreFiles { more: u64::try_from(more).unwrap_or(u64::MAX) });
    }
}

/// The notices if more records than usual were rejected. They tell a share only: in a file of several organizations,
/// numbers would tell about the others.
fn rejected(plan: &Plan, files: &[&FileAccount]) -> Vec<Notice> {
    let sum = |of: fn(&FileAccount) -> u64| files.iter().map(|file| of(file)).sum::<u64>();
    let (lost, all) = (sum(FileAccount::rejected_total), sum(|file| file.records - file.blank));
    if share(lost, all) <= plan.gates.warn_share {
        return Vec::new();
    }
    let damaged = files.iter().filter(|file| file.rejected_total() > 0).count();
    let files_damaged = u64::try_from(damaged).unwrap_or(u64::MAX);
    let mut notices = vec![Notice::ShareRejected { share: share(lost, all), files: files_damaged }];
    let of_file = |file: &&FileAccount| Some(unusable::notice(file, unusable::trouble(file)?));
    let mut named: Vec<Notice> = files.iter().filter_map(of_file).collect();
    cut(&mut named);
    notices.extend(named);
    notices
}

/// Organizations that lost more records than usual although the archive as a whole did not: the many records of others must
/// not hide a small one. `files` are numbered as in `findings`. Files without an owner get notices of their own.
pub(crate) fn losses<'a>(
    plan: &Plan,
    files: impl Iterator<Item = (u32, &'a FileAccount)>,
    findings: &Findings,
) -> Vec<Notice> {
    let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let read: BTreeMap<u32, &FileAccount> = files.collect();
    let of_all = |of: fn(&FileAccount) -> u64| read.values().map(|file| of(file)).sum::<u64>();
    let all = (of_all(FileAccount::rejected_total), of_all(|file| file.records));
    if share(all.0, all.1) > plan.gates.warn_share {
        return Vec::new();
    }
    let out = findings.excluded_organizations();
    for (number, owner) in findings.file_spans.keys() {
        if out.contains(owner.as_str()) {
            continue;
        }
        if let Some(file) = read.get(number) {
            let (lost, all) = sums.entry(owner).or_default();
            *lost += file.rejected_total();
            *all += file.records - file.blank;
        }
    }
    let (warn, refuse) = (plan.gates.warn_share, plan.gates.refuse_share);
    let mut notices = Vec::new();
    for (owner, (lost, records)) in sums {
        // A single one is a slip of the sender.
        let allowed = if lost == 1 { refuse.max(warn) } else { warn };
        if share(lost, records) > allowed {
            notices.push(Notice::Lost { organization: owner.to_owned(), lost, records });
        }
    }
    notices
}

/// How many files were not read, in words, for the account of a page; empty if all were.
pub(crate) fn not_read(whole: Whole<'_>, organization: &str) -> String {
    let owners = Owners::of(whole.account, whole.findings);
    let mine = |skipped: &&Skipped| owners.may_belong(&skipped.name, organization);
    let loud = whole.skipped.iter().filter(|skipped| !skipped.quiet).filter(mine).count();
    match u64::try_from(loud).unwrap_or(u64::MAX) {
        0 => String::new(),
        1 => "1 file of the archive was not read; files.csv says why.".to_owned(),
        n => format!("{} files of the archive were not read; files.csv says why.", grouped(n)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share for a threshold")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
