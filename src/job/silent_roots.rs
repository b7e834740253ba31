//! Finds silent roots: of several inputs of the archive those that bring nothing new, while others do.
//!
//! A root is silent if each organization in its files would be, had the others brought nothing: what happened last in them is
//! `silent_days` open days ago, and longer than usual. And it must be longer than usual between its own files: some come once
//! a week. When all its organizations are silent anyhow, they are named, and not the root.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::ticket::Location;

use super::notice::{Silent, SilentRoot};
use super::plan::Plan;
use super::silence::{GAPS, judge_one, limit};
use super::visits::{DailyVisits, before};

/// What the files of a root say of the last things that happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RootNews {
    /// Its name.
    pub(crate) root: String,
    /// The latest instant of each organization, UTC milliseconds.
    pub(crate) through: BTreeMap<String, i64>,
    /// The latest instant of each file.
    files: BTreeSet<i64>,
}

impl RootNews {
    /// Those of a root with these file numbers; `news` has the latest instant of each file and organization.
    pub(crate) fn of(
        root: &str,
        numbers: &BTreeSet<u32>,
        news: &BTreeMap<(u32, String), i64>,
    ) -> Self {
        let mut all = Self { root: root.to_owned(), ..Self::default() };
        for ((_, organization), at) in news.iter().filter(|((file, _), _)| numbers.contains(file)) {
            let known = all.through.entry(organization.clone()).or_insert(*at);
            *known = *at.max(known);
            all.files.insert(*at);
        }
        all
    }
}

/// The roots that are silent at the instant of the run; `silent` are the organizations that are.
pub(crate) fn judge(
    plan: &Plan,
    roots: &[RootNews],
    (locations, silent): (&[Location], &[Silent]),
    visits: &DailyVisits,
) -> Vec<SilentRoot> {
    let silent: BTreeSet<&str> = silent.iter().map(|one| one.organization.as_str()).collect();
    let judge = |news: &RootNews| {
        let asked = || news.through.iter().filter(|(name, _)| limit(plan, name) > 0);
        if asked().all(|(name, _)| silent.contains(name.as_str())) {
            return None;
        }
        let all = asked().map(|(name, since)| judge_one(plan, (name, *since), locations, visits));
        let last = all.collect::<Option<Vec<Silent>>>()?.into_iter().max_by_key(|one| one.since)?;
        let date = |at: i64| last.zone.local(at).map(|local| local.date);
        let days: BTreeSet<NaiveDate> = news.files.iter().filter_map(|at| date(*at)).collect();
        let (since, today) = (date(last.since)?, date(plan.waits.as_of)?);
        if (today - since).num_days() <= usual_gap(&days, since) {
            return None;
        }
        let Silent { since, zone, open_days, .. } = last;
        Some(SilentRoot { root: news.root.clone(), since, zone, open_days })
    };
    roots.iter().filter_map(judge).collect()
}

/// The second longest gap between files in the weeks before the last one, days; 0 without any.
fn usual_gap(days: &BTreeSet<NaiveDate>, last: NaiveDate) -> i64 {
    let days = || days.range(before(last, GAPS - 1)..=last);
    let mut gaps: Vec<i64> =
        days().zip(days().skip(1)).map(|(a, b)| (*b - *a).num_days()).collect();
    gaps.sort_unstable();
    gaps.iter().rev().nth(1).copied().unwrap_or(0)
}
