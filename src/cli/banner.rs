//! What the readers of an organization's pages must know before the figures: what concerns this organization and the window
//! of the page, and nothing else. Follows from the files alone, so that it is the same after one night or thirty.

use chrono::NaiveDate;

use crate::archive::Skipped;
use crate::dataframe::TicketFrame;
use crate::ingest::{FileAccount, FileState};
use crate::report::text::{counted, grouped};
use crate::ticket::Findings;

use super::account::GARBAGE;
use super::days_gate;
use super::plan::Plan;
use super::ratings_gate;
use super::shapes;

/// Files that are named one by one.
const NAMED: usize = 5;

/// The sentences of a page: `files` are those of the organization, numbered, and those of nobody.
pub(super) fn sentences(
    plan: &Plan,
    frame: &TicketFrame,
    files: &[(usize, &FileAccount)],
    findings: &Findings,
) -> Vec<String> {
    let span = |at: usize| {
        let key = (u32::try_from(at).ok()?, frame.organization.clone());
        findings.file_spans.get(&key).copied().flatten()
    };
    let window = (frame.settings.from, frame.settings.to);
    let shown: Vec<&FileAccount> = files
        .iter()
        .filter(|(at, _)| span(*at).is_none_or(|span| touches(span, window)))
        .map(|(_, file)| *file)
        .collect();
    let mut all = Vec::new();
    for file in &shown {
        let name = &file.name;
        all.extend(file.trouble().map(|words| format!("`{name}`: {words}")));
        if file.trailing_garbage {
            all.push(format!("`{name}`: {GARBAGE}"));
        }
    }
    cut(&mut all);
    all.extend(rejected(plan, &shown));
    all.extend(days_gate::warnings(plan, shown.iter().copied()));
    all.extend(ratings_gate::sentence(plan, &frame.organization, shown.iter().copied()));
    all
}

/// Whether a file with service dates in a span has a say in a window.
fn touches(
    (first, last): (NaiveDate, NaiveDate),
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
) -> bool {
    from.is_none_or(|from| last >= from) && to.is_none_or(|to| first <= to)
}

/// Leaves the first few of many.
fn cut(sentences: &mut Vec<String>) {
    if let Some(more) = sentences.len().checked_sub(NAMED).filter(|more| *more > 0) {
        sentences.truncate(NAMED);
        let more = u64::try_from(more).unwrap_or(u64::MAX);
        sentences.push(format!("and {} like them; see the table of files", counted(more, "file")));
    }
}

/// What is said if more records than usual could not be used. Shares only: in a file of several organizations the numbers
/// would tell of the others.
fn rejected(plan: &Plan, files: &[&FileAccount]) -> Vec<String> {
    let sum = |of: fn(&FileAccount) -> u64| files.iter().map(|file| of(file)).sum::<u64>();
    let (lost, all) = (sum(FileAccount::rejected_total), sum(|file| file.records - file.blank));
    if share(lost, all) <= plan.gates.warn_share {
        return Vec::new();
    }
    let damaged = files.iter().filter(|file| file.rejected_total() > 0).count();
    let of = counted(u64::try_from(damaged).unwrap_or(u64::MAX), "file");
    let percent = grouped_percent(share(lost, all));
    let mut sentences =
        vec![format!("{percent} of the records could not be used; they stand in {of}")];
    let mostly = files.iter().filter(|file| is_lost(file) || shapes::trouble(file).is_some());
    let mut named: Vec<String> = mostly
        .filter_map(|file| Some(format!("`{}`: {}", file.name, shapes::trouble(file)?)))
        .collect();
    cut(&mut named);
    sentences.extend(named);
    sentences
}

/// Whether a file was read and nothing in it could be used.
pub(super) fn is_lost(file: &FileAccount) -> bool {
    let used = file.accepted + file.duplicate + file.other + file.deferred;
    file.state == FileState::Complete && used == 0 && file.rejected_total() > 0
}

/// Words of files that were not read, for the account of a page; empty if there are none.
pub(super) fn not_read(skipped: &[Skipped]) -> String {
    let loud = skipped.iter().filter(|skipped| !skipped.quiet).count();
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

/// `2.1 %`, and never a 0 that is none.
fn grouped_percent(share: f64) -> String {
    if share < 0.001 { "Less than 0.1 %".to_owned() } else { format!("{:.1} %", share * 100.0) }
}
