//! The kind of a ticket: all that decides which location it belongs to.

use super::join::Joined;
use super::names::NameId;

/// What decides a ticket's location.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// Tenant.
    pub organization: String,
    /// Queue, if known.
    pub queue: Option<String>,
    /// The ticket's own display name of its location, if it has one.
    pub own: Option<String>,
}

/// Organization, queue and own name as numbers.
pub(super) type Key = (NameId, Option<NameId>, Option<NameId>);

/// What decides a ticket's location.
pub(super) fn key_of(joined: &Joined) -> Key {
    (joined.organization, joined.values.queue, joined.values.location)
}
