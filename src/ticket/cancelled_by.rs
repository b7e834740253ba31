//! The kinds of cancellation of which a ticket keeps the earliest receive time.

/// Who or what cancelled a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CancelledBy {
    Customer,
    Staff,
    Removal,
}
