//! What was looked at in nights before and is no file that was read: containers with what they hold, and what is skipped.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::archive::{Candidate, Discovery, Known, Listing, SkipState, Skipped};
use crate::ingest::FileState;

/// A change is not told by its time if it was made that shortly before the run, milliseconds.
const TIME_GRAIN: i64 = 2_000;

/// What is known besides the files that were read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LookedAt {
    /// Patterns that were excluded.
    exclude: Vec<String>,
    /// Containers by name.
    containers: BTreeMap<String, Container>,
    /// What was skipped and told, by name.
    skipped: BTreeMap<String, Skipped>,
    /// What could not be used and was told, by name.
    unusable: BTreeMap<String, Unusable>,
}

/// A file whose content is damaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unusable {
    size: u64,
    modified_ms: Option<i64>,
    why: String,
}

impl LookedAt {
    /// Keeps a file that cannot be used, until it is there no more; whether nobody was told before, or it has changed. One
    /// that cannot be opened is told every night: that may change without a sign, and somebody can change it.
    pub(super) fn is_news(&mut self, before: &Self, file: &Candidate, state: FileState) -> bool {
        if matches!(state, FileState::Unreadable(_)) {
            return true;
        }
        let (size, modified_ms) = (file.file_bytes(), file.modified_ms);
        let now = Unusable { size, modified_ms, why: state.words().unwrap_or_default() };
        let is_known = before.unusable.get(&file.name) == Some(&now);
        self.unusable.insert(file.name.clone(), now);
        !is_known
    }

    /// Forgets what could not be used.
    pub(super) fn forget_unusable(&mut self) {
        self.unusable.clear();
    }
}

/// A container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Container {
    size: u64,
    modified_ms: Option<i64>,
    holds: Listing,
}

impl LookedAt {
    /// What is known of a file that has the size and time of before; `exclude` as it is tonight.
    pub(super) fn known(&self, file: &Candidate, exclude: &[String]) -> Known {
        if let Some(container) = self.containers.get(&file.name)
            && self.exclude == exclude
            && is_same(file, container.size, container.modified_ms)
        {
            return Known::Container(container.holds.clone());
        }
        match self.skipped.get(&file.name) {
            Some(skipped)
                if skipped.state == SkipState::Skipped
                    && is_same(file, skipped.bytes, skipped.modified_ms) =>
            {
                Known::Skipped(skipped.clone())
            }
            _ => Known::No,
        }
    }

    /// Keeps what was looked at tonight; returns what nobody was told of before.
    pub(super) fn remember(
        &mut self,
        found: &Discovery,
        exclude: &[String],
        as_of: i64,
    ) -> Vec<Skipped> {
        let is_old = |at: Option<i64>| at.is_some_and(|at| at <= as_of - TIME_GRAIN);
        let before = std::mem::take(self);
        let skipped_before = before.skipped;
        let loud = || found.skipped.iter().filter(|skipped| !skipped.quiet);
        let kept = |(file, holds): &(Candidate, Listing)| {
            let (size, modified_ms) = (file.bytes, file.modified_ms);
            (file.name.clone(), Container { size, modified_ms, holds: holds.clone() })
        };
        *self = Self {
            exclude: exclude.to_vec(),
            containers: found
                .containers
                .iter()
                .filter(|(file, _)| is_old(file.modified_ms))
                .map(kept)
                .collect(),
            unusable: before.unusable,
            skipped: loud().map(|skipped| (skipped.name.clone(), skipped.clone())).collect(),
        };
        loud()
            .filter(|skipped| skipped_before.get(&skipped.name) != Some(skipped))
            .cloned()
            .collect()
    }
}

/// Whether a file still has a size and a time; without a time that cannot be told.
pub(super) fn is_same(file: &Candidate, size: u64, modified_ms: Option<i64>) -> bool {
    size == file.bytes && modified_ms.is_some() && modified_ms == file.modified_ms
}
