//! Every name that webhooks carried, as the configuration looks names up: what a section of it can match.

use std::collections::BTreeSet;

use super::fold::Fold;
use super::heading::Heading;
use super::location::queue_key;
use super::order::OrderKey;

/// Names that were seen, whatever became of their tickets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenNames {
    /// Organizations, as sent.
    pub organizations: BTreeSet<String>,
    /// Display names of locations, before anything is mapped.
    pub locations: BTreeSet<String>,
    /// Queues, as [`queue_key`] gives them.
    pub queues: BTreeSet<String>,
}

impl Fold {
    /// The names of all lines.
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

    /// The headings that any line had, with their places and the key of the newest such line. One without a line is of a
    /// file of which nothing was used.
    pub(super) fn headings_with_lines(&self) -> impl Iterator<Item = (usize, &Heading, OrderKey)> {
        self.headings.list.iter().enumerate().filter_map(|(at, heading)| {
            let keys = self.shards.iter().filter_map(|shard| shard.newest.get(at));
            let newest = keys.max().copied().filter(|key| *key != OrderKey::default())?;
            Some((at, heading, newest))
        })
    }
}
