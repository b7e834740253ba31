//! Remembers what earlier nights looked at besides the files they read: containers with their lists of members, skipped
//! files, and unusable ones.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::archive::{Candidate, Discovery, Known, Listing, SkipState, Skipped};
use crate::ingest::FileState;

use super::seen::Seen;

/// A change so shortly before the run may not show in the file's time, milliseconds.
const TIME_GRAIN: i64 = 2_000;

/// What was looked at besides the files that were read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LookedAt {
    /// The patterns of excluded files that night.
    exclude: Vec<String>,
    /// Containers by name.
    containers: BTreeMap<String, Container>,
    /// Skipped files that were reported, by name.
    skipped: BTreeMap<String, Skipped>,
    /// Unusable files that were reported, by name.
    unusable: BTreeMap<String, Unusable>,
}

/// A file that could not be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unusable {
    size: u64,
    modified_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    why: String,
}

impl LookedAt {
    /// Remembers an unusable file as long as it exists; returns whether it is new or has changed since it was reported.
    /// A file that cannot be opened is reported every night: permissions may change without a trace, and somebody can
    /// fix them.
    pub(super) fn is_news(&mut self, before: &Self, file: &Candidate, state: FileState) -> bool {
        if matches!(state, FileState::Unreadable(_)) {
            return true;
        }
        let (size, modified_ms) = (file.file_bytes(), file.modified_ms);
        let (tag, why) = (file.tag().map(str::to_owned), state.words().unwrap_or_default());
        let now = Unusable { size, modified_ms, tag, why };
        let is_known = before.unusable.get(&file.name) == Some(&now);
        self.unusable.insert(file.name.clone(), now);
        !is_known
    }

    /// Forgets the unusable files.
    pub(super) fn forget_unusable(&mut self) {
        self.unusable.clear();
    }
}

/// A container, and its list of members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Container {
    size: u64,
    modified_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    holds: Listing,
}

impl LookedAt {
    /// What is known of a file, if its size and time are unchanged; `exclude` holds tonight's patterns.
    pub(super) fn known(&self, file: &Candidate, exclude: &[String]) -> Known {
        if let Some(container) = self.containers.get(&file.name)
            && self.exclude == exclude
            && container.seen().is_same(file)
        {
            return Known::Container(container.holds.clone());
        }
        match self.skipped.get(&file.name) {
            Some(skipped) if skipped.state == SkipState::Skipped && seen(skipped).is_same(file) => {
                Known::Skipped(skipped.clone())
            }
            _ => Known::No,
        }
    }

    /// Remembers what was looked at tonight; returns skipped files that were not reported before.
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
            let (tag, holds) = (file.tag().map(str::to_owned), holds.clone());
            (file.name.clone(), Container { size, modified_ms, tag, holds })
        };
        *self = Self {
            exclude: exclude.to_vec(),
            containers: found
                .containers
                .iter()
                .filter(|(file, _)| file.tag().is_some() || is_old(file.modified_ms))
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

impl Container {
    fn seen(&self) -> Seen<'_> {
        Seen { size: self.size, modified_ms: self.modified_ms, tag: self.tag.as_deref() }
    }
}

fn seen(skipped: &Skipped) -> Seen<'_> {
    let Skipped { bytes, modified_ms, tag, .. } = skipped;
    Seen { size: *bytes, modified_ms: *modified_ms, tag: tag.as_deref() }
}
