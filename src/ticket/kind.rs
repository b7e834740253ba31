//! The kind of a ticket: everything that decides which location it belongs to.

use super::join::Joined;
use super::names::NameId;

/// Everything that decides a ticket's location.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// Organization (tenant).
    pub organization: String,
    /// Queue id, if known.
    pub queue: Option<String>,
    /// Display name of the location as the ticket itself has it, if it does.
    pub own: Option<String>,
}

/// A kind with numbers for names: organization, queue, own name.
pub(super) type Key = (NameId, Option<NameId>, Option<NameId>);

/// The kind of a joined ticket.
pub(super) fn key_of(joined: &Joined) -> Key {
    (joined.organization, joined.values.queue, joined.values.location)
}
