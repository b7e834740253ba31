//! Every name that webhooks carried, in the form in which the configuration looks names up.

use std::collections::BTreeSet;

use super::fold::Fold;
use super::heading::Heading;
use super::location::queue_key;
use super::order::OrderKey;

/// All names seen, before any mapping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenNames {
    /// Organizations, as sent.
    pub organizations: BTreeSet<String>,
    /// Display names of locations, normalised.
    pub locations: BTreeSet<String>,
    /// Queues, as [`queue_key`] gives them.
    pub queues: BTreeSet<String>,
}

impl Fold {
    /// The names that appear in any line.
    #[must_use]
    pub fn seen_names(&self) -> SeenNames {
        let names = &self.headings.names;
        let mut seen = SeenNames::default();
        for (_, heading, _) in self.headings_with_lines() {
            seen.organizations.insert(names.get(heading.organization).to_owned());
            seen.locations.extend(heading.location.map(|id| names.get(id).to_owned()));
            seen.queues.extend(heading.queue.map(|id| queue_key(names.get(id)).into_owned()));
        }
        seen
    }

    /// The headings of all lines, with their indexes and the keys of their newest lines. A heading without a line comes
    /// from a file that could not be used, and is skipped.
    pub(super) fn headings_with_lines(&self) -> impl Iterator<Item = (usize, &Heading, OrderKey)> {
        self.headings.list.iter().enumerate().filter_map(|(at, heading)| {
            let keys = self.shards.iter().filter_map(|shard| shard.newest.get(at));
            let newest = keys.max().copied().filter(|key| *key != OrderKey::default())?;
            Some((at, heading, newest))
        })
    }
}
