//! The kinds of cancellation whose time of receipt a ticket keeps.

/// Whose cancellation the archive received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CancelledBy {
    Customer,
    Staff,
    Removal,
}
