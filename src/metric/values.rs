//! Which values of a dimension have a row of their own in `segments.csv`.

use std::cmp::Ordering;

/// Values of a dimension that have a row of their own; the rest are added up.
pub(super) const VALUES: usize = 40;
/// Tickets without a value.
pub(super) const NONE: &str = "(none)";
/// Tickets of the values that have no row of their own.
pub(super) const OTHER: &str = "(other)";

/// The order of values, given with their number of tickets: those with most come first, then by name.
pub(super) fn by_tickets(a: (&str, u64), b: (&str, u64)) -> Ordering {
    b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0))
}
