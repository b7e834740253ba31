//! Makes one organization of those that the configuration joins: their headings, and the tickets that both have.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::fold::Fold;
use super::heading::{Heading, HeadingId, Headings};
use super::location::Directory;
use super::names::NameId;
use super::order::OrderKey;
use super::organizations::Membership;
use super::shard::Shard;

impl Fold {
    /// Gives every ticket and heading the organization that it counts under. Tickets with the same id in organizations
    /// that become one are joined, as if one had sent all their webhooks. Organizations that are left out stay as they
    /// are. Doing it again changes nothing.
    #[must_use]
    pub fn unite(self, directory: &Directory) -> Self {
        if !directory.organizations().joins_any() {
            return self;
        }
        let Self { headings: Headings { mut names, list, .. }, shards, spans } = self;
        let mut united: HashMap<NameId, NameId, RandomState> = HashMap::default();
        for Heading { organization: sent, .. } in &list {
            let text = names.get(*sent).to_owned();
            if let Membership::In(name) = directory.organization(&text) {
                united.insert(*sent, names.intern(name));
            }
        }
        let organization = |sent: NameId| united.get(&sent).copied().unwrap_or(sent);
        let mut headings = Headings::of_names(names);
        let relabelled = |heading: &Heading| Heading {
            organization: organization(heading.organization),
            ..*heading
        };
        let ids: Vec<HeadingId> =
            list.iter().map(|heading| headings.number(relabelled(heading))).collect();
        let heading = |old: usize| ids.get(old).copied();
        let shards = shards.into_par_iter().map(|shard| shard.united(heading, organization));
        let mut whole = Self::of(headings, shards.collect(), HashMap::default());
        for ((file, old), span) in spans {
            if let Some(heading) = heading(old.index()) {
                whole.spans.entry((file, heading)).or_default().merge(&span);
            }
        }
        whole
    }
}

impl Shard {
    /// The same tickets with other organizations and numbers of headings.
    fn united(
        self,
        heading: impl Fn(usize) -> Option<HeadingId>,
        organization: impl Fn(NameId) -> NameId,
    ) -> Self {
        let mut united = Self::default();
        for (at, key) in self.newest.iter().enumerate().filter(|(_, k)| **k != OrderKey::default())
        {
            if let Some(heading) = heading(at) {
                united.seen(heading, *key);
            }
        }
        for mut ticket in self.into_tickets() {
            ticket.organization = organization(ticket.organization);
            united.adopt(&ticket);
        }
        united
    }
}
