//! The tickets of a month as a sorted list of hashes, 8 bytes a ticket. It tells whether a line affects a month without
//! loading the month.
//!
//! A hash stands for an organization and an id. If two collide, a month is loaded for nothing, and that is all.

use xxhash_rust::xxh3::Xxh3;

use crate::webhook::TicketId;

/// Hashes of some tickets, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Ids(Vec<u64>);

impl Ids {
    /// Those of tickets, given by organization and id.
    #[must_use]
    pub(super) fn of<'t>(tickets: impl Iterator<Item = (&'t str, TicketId)>) -> Self {
        let mut numbers: Vec<u64> = tickets.map(|(tenant, id)| number(tenant, id)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Self(numbers)
    }

    /// Whether there are none.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any of them is in a list made by [`Ids::to_bytes`].
    #[must_use]
    pub(super) fn any_in(&self, bytes: &[u8]) -> bool {
        let (all, _) = bytes.as_chunks::<8>();
        let mut rest = all;
        self.0.iter().any(|wanted| {
            let at = rest.partition_point(|one| u64::from_le_bytes(*one) < *wanted);
            rest = rest.get(at..).unwrap_or_default();
            rest.first().is_some_and(|one| u64::from_le_bytes(*one) == *wanted)
        })
    }

    /// Adds those of another list.
    pub(super) fn extend(&mut self, other: &Self) {
        self.0.extend(&other.0);
        self.0.sort_unstable();
        self.0.dedup();
    }

    /// Whether one ticket is among them.
    #[must_use]
    pub(super) fn has(&self, organization: &str, id: TicketId) -> bool {
        self.0.binary_search(&number(organization, id)).is_ok()
    }

    /// Whether a list made by [`Ids::to_bytes`] has a ticket that is not among them.
    #[must_use]
    pub(super) fn lack_any_of(&self, bytes: &[u8]) -> bool {
        let (all, _) = bytes.as_chunks::<8>();
        all.iter().any(|one| self.0.binary_search(&u64::from_le_bytes(*one)).is_err())
    }

    /// The stored form: 8 bytes each, little-endian, ascending.
    #[must_use]
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|number| number.to_le_bytes()).collect()
    }
}

fn number(organization: &str, id: TicketId) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(&id.0);
    hash.update(organization.as_bytes());
    hash.digest()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_list_is_searched_as_a_set_would_be(
            mine in prop::collection::btree_set(0_u64..60, 0..9),
            kept in prop::collection::btree_set(0_u64..60, 0..30),
        ) {
            let ids = |set: &BTreeSet<u64>| Ids(set.iter().copied().collect());
            let bytes = ids(&kept).to_bytes();
            prop_assert_eq!(ids(&mine).any_in(&bytes), !mine.is_disjoint(&kept));
        }
    }
}
