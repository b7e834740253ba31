//! The account of an archive as counters and file rows, per organization.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::{Form, Skipped};
use crate::dataframe::LeftOut;
use crate::ingest::{Account, FileAccount, FileState};
use crate::metric::{Counter, FileRow};
use crate::ticket::{Anomaly, Findings, Section};
use crate::webhook::{Measure, Reject};

use super::unusable::{self, is_lost};

/// Details with a row of their own; the rest of a counter is summed up as `(other)`.
const DETAILS: usize = 50;

/// The files of an organization: those with a record of it, and those without any owner that lie beside its files or
/// beside nobody's.
pub(crate) fn files_of<'a>(
    organization: &str,
    account: &'a Account,
    findings: &Findings,
) -> Vec<(usize, &'a FileAccount)> {
    let owners = Owners::of(account, findings);
    let files = account.files.iter().enumerate();
    files.filter(|file| owners.may_see(*file, organization)).collect()
}

/// What is left out, as far as an organization may know: its own tickets, and organizations with files that it may know
/// of.
fn left_out_of(
    organization: &str,
    files: &[(usize, &FileAccount)],
    findings: &Findings,
) -> Vec<(String, u64)> {
    let mine: BTreeSet<usize> = files.iter().map(|(at, _)| *at).collect();
    let spans = findings.file_spans.keys();
    let met: BTreeSet<&str> = spans
        .filter(|(file, _)| mine.contains(&(*file as usize)))
        .map(|(_, owner)| owner.as_str())
        .collect();
    let excluded = findings.excluded.iter().filter(|(one, _)| match one.section {
        Section::Organization => met.contains(one.organization.as_str()),
        Section::Location | Section::Queue => one.organization == organization,
    });
    excluded.map(|(one, tickets)| (one.detail(), *tickets)).collect()
}

/// Whose files lie where. A file of which nothing could be read has no owner. If it lies in the folder of one
/// organization, another must not see its name.
pub(crate) struct Owners<'f> {
    by_file: BTreeMap<usize, BTreeSet<&'f str>>,
    /// Files of organizations that are left out alone; they have no owner that has a page.
    left_out: BTreeSet<usize>,
    /// Those that are left out count: their folders are nobody else's.
    by_folder: BTreeMap<String, BTreeSet<&'f str>>,
}

impl<'f> Owners<'f> {
    /// The owners of the files of an account.
    pub(crate) fn of(account: &Account, findings: &'f Findings) -> Self {
        let mut by_file: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for (file, owner) in findings.file_spans.keys() {
            by_file.entry(*file as usize).or_default().insert(owner);
        }
        let mut by_folder: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (at, owners) in &by_file {
            let Some(file) = account.files.get(*at) else { continue };
            for folder in folders(&file.name) {
                by_folder.entry(folder.to_owned()).or_default().extend(owners);
            }
        }
        let out = findings.excluded_organizations();
        let mut left_out = BTreeSet::new();
        by_file.retain(|at, owners| {
            owners.retain(|owner| !out.contains(owner));
            if owners.is_empty() {
                left_out.insert(*at);
            }
            !owners.is_empty()
        });
        Self { by_file, left_out, by_folder }
    }

    /// Whether all records of a file are of organizations that are left out.
    pub(crate) fn is_left_out(&self, at: usize) -> bool {
        self.left_out.contains(&at)
    }

    /// Whether an organization may know of a file.
    fn may_see(&self, (at, file): (usize, &FileAccount), organization: &str) -> bool {
        match self.by_file.get(&at) {
            _ if file.state == FileState::TakenBack => false,
            Some(owners) => owners.contains(organization),
            None => self.may_belong(&file.name, organization),
        }
    }

    /// Whether a file without an owner may belong to an organization: the nearest folder above it with files of anybody has
    /// one of that organization.
    pub(crate) fn may_belong(&self, name: &str, organization: &str) -> bool {
        let nearest = folders(name).find_map(|folder| self.by_folder.get(folder));
        nearest.is_none_or(|owners| owners.contains(organization))
    }
}

/// The folders that a file lies in, the nearest first; the last one is the input itself.
fn folders(name: &str) -> impl Iterator<Item = &str> {
    let ends = name.rmatch_indices('/').map(|(at, _)| at).chain([0]);
    ends.map(|at| name.get(..at).unwrap_or_default())
}

/// Rows of `files.csv`: the files that were read, then those that were not.
pub(crate) fn file_rows(
    organization: &str,
    files: &[(usize, &FileAccount)],
    findings: &Findings,
    (skipped, gone): (&[&Skipped], &BTreeSet<String>),
) -> Vec<FileRow> {
    let dates = |at: usize| {
        let key = (u32::try_from(at).ok()?, organization.to_owned());
        findings.file_spans.get(&key).copied().flatten()
    };
    files
        .iter()
        .map(|(at, file)| FileRow {
            path: file.name.clone(),
            state: match file.state {
                FileState::Complete if gone.contains(&file.name) => "gone",
                FileState::Complete if is_lost(file) => "unusable",
                FileState::Complete => "read",
                FileState::TakenBack => "gone",
                FileState::Truncated
                | FileState::Corrupt
                | FileState::TooLarge
                | FileState::TooDeep
                | FileState::Unreadable(_) => "unusable",
            },
            note: note(file),
            bytes: file.bytes,
            records: file.records,
            blank: file.blank,
            accepted: file.accepted,
            duplicate: file.duplicate,
            rejected: file.rejected_total(),
            other: file.other,
            deferred: file.deferred,
            form: file.form().map_or("", Form::name),
            dates: dates(*at),
        })
        .chain(skipped.iter().map(|skipped| FileRow {
            path: skipped.name.clone(),
            state: skipped.state.name(),
            note: skipped.note(),
            bytes: skipped.bytes,
            ..FileRow::default()
        }))
        .collect()
}

/// What is odd about a file.
fn note(file: &FileAccount) -> String {
    let lost = || is_lost(file).then(|| unusable::trouble(file)).flatten();
    let trouble = unusable::left_out(file).or_else(|| unusable::garbage(file)).or_else(lost);
    trouble.map(|trouble| trouble.words()).unwrap_or_default()
}

/// Rows of `data_quality.csv`: every counter, also those that are 0.
pub(crate) fn counters(
    files: &[(usize, &FileAccount)],
    findings: &Findings,
    (mine, left_out): (&str, &LeftOut),
) -> Vec<Counter> {
    let mut all = Counters::default();
    let sum = |of: fn(&FileAccount) -> u64| files.iter().map(|(_, file)| of(file)).sum::<u64>();
    let ended = |with: fn(FileState) -> bool| sum_if(files, with);
    for (measure, count) in [
        ("files", u64::try_from(files.len()).unwrap_or(u64::MAX)),
        ("records", sum(|f| f.records)),
        ("blank", sum(|f| f.blank)),
        ("accepted", sum(|f| f.accepted)),
        ("duplicate", sum(|f| f.duplicate)),
        ("other", sum(|f| f.other)),
        ("deferred", sum(|f| f.deferred)),
        ("byte_order_mark", sum(|f| f.byte_order_marks)),
        ("trailing_garbage", sum(|f| u64::from(f.trailing_garbage))),
        ("file_unreadable", ended(|s| matches!(s, FileState::Unreadable(_)))),
        (
            "file_incomplete",
            ended(|s| {
                matches!(
                    s,
                    FileState::Truncated
                        | FileState::Corrupt
                        | FileState::TooLarge
                        | FileState::TooDeep
                )
            }),
        ),
    ] {
        all.add(measure, "", count);
    }
    for (at, reason) in Reject::ALL.iter().enumerate() {
        let count = files.iter().filter_map(|(_, file)| file.rejected.get(at)).sum();
        all.add("rejected", reason.name(), count);
    }
    for measure in Measure::ALL {
        all.add(measure.name(), "", 0);
    }
    for anomaly in Anomaly::ALL {
        all.add(anomaly.name(), "", 0);
    }
    for (_, file) in files {
        for ((organization, measure, detail), count) in &file.oddities {
            if organization == mine {
                all.add(measure.name(), detail, *count);
            }
        }
    }
    for ((organization, anomaly, detail), count) in &findings.anomalies {
        if organization == mine && *anomaly != Anomaly::ManyCreations {
            all.add(anomaly.name(), detail, *count);
        }
    }
    for ((anomaly, which), count) in left_out {
        all.add(anomaly.name(), which, *count);
    }
    all.add("excluded", "", 0);
    for (detail, count) in left_out_of(mine, files, findings) {
        all.add("excluded", &detail, count);
    }
    all.finish()
}

fn sum_if(files: &[(usize, &FileAccount)], with: fn(FileState) -> bool) -> u64 {
    files.iter().map(|(_, file)| u64::from(with(file.state))).sum()
}

/// Counts by measure and detail.
#[derive(Default)]
struct Counters(BTreeMap<&'static str, BTreeMap<String, u64>>);

impl Counters {
    fn add(&mut self, measure: &'static str, detail: &str, count: u64) {
        *self.0.entry(measure).or_default().entry(detail.to_owned()).or_default() += count;
    }

    fn finish(self) -> Vec<Counter> {
        let mut rows = Vec::new();
        for (measure, details) in self.0 {
            let several = details.len() > 1;
            let mut ranked: Vec<(String, u64)> = details
                .into_iter()
                // The 0 that keeps a counter in the list is not needed beside real details.
                .filter(|(detail, count)| !(several && detail.is_empty() && *count == 0))
                .collect();
            ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            let rest: u64 = ranked.iter().skip(DETAILS).map(|(_, count)| count).sum();
            ranked.truncate(DETAILS);
            if rest > 0 {
                match ranked.iter_mut().find(|(detail, _)| detail == "(other)") {
                    Some((_, count)) => *count += rest,
                    None => ranked.push(("(other)".to_owned(), rest)),
                }
            }
            rows.extend(ranked.into_iter().map(|(detail, count)| Counter {
                measure: measure.to_owned(),
                detail,
                count,
            }));
        }
        rows
    }
}
