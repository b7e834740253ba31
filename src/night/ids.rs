//! The tickets of a period as a sorted list of hashes, 8 bytes a ticket. It tells whether a line affects a period without
//! loading the period.
//!
//! A number stands for an id (its upper 48 bits) and the organization that sent it (the other 16), so that the same id of
//! several organizations is found too. If two collide, a period is loaded for nothing, and that is all.

use std::collections::BTreeSet;

use xxhash_rust::xxh3::xxh3_64;

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

    /// The numbers in a list made by [`Ids::to_bytes`], ascending.
    pub(super) fn of_bytes(bytes: &[u8]) -> impl Iterator<Item = u64> {
        bytes.as_chunks::<8>().0.iter().map(|one| u64::from_le_bytes(*one))
    }

    /// Its numbers, ascending.
    pub(super) fn numbers(&self) -> &[u64] {
        &self.0
    }

    /// Those of some numbers.
    #[must_use]
    pub(super) fn of_numbers(numbers: BTreeSet<u64>) -> Self {
        Self(numbers.into_iter().collect())
    }

    /// Whether it has the number of a ticket.
    #[must_use]
    pub(super) fn has(&self, organization: &str, id: TicketId) -> bool {
        self.0.binary_search(&number(organization, id)).is_ok()
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

/// Bits of a number that stand for the organization.
const ORGANIZATION: u64 = 0xffff;

fn number(organization: &str, id: TicketId) -> u64 {
    xxh3_64(&id.0) & !ORGANIZATION | of_organization(organization)
}

/// The part of a number that stands for an organization.
pub(super) fn of_organization(organization: &str) -> u64 {
    xxh3_64(organization.as_bytes()) & ORGANIZATION
}

/// The two parts of a number: that of the id, and that of the organization.
pub(super) fn parts(number: u64) -> (u64, u64) {
    (number & !ORGANIZATION, number & ORGANIZATION)
}

#[cfg(test)]
mod tests {
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
