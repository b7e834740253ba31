//! Planted changes: what is multiplied by how much, where, and from which day on.

use chrono::NaiveDate;

use super::named::named;

named! {
    /// What a planted change is a change of.
    Measure {
        Csat "csat" "the share of ratings 4 or 5, of those who waited as long",
        Wait "wait" "how long everybody waits to be called; ratings fall with it",
        Cancellation "cancellation" "the share of tickets that the customer or staff cancels, at most 0.9",
        NoShow "no_show" "the share of those not cancelled who do not come when called, at most 0.9 with those who give up",
    }
}

/// A change planted at a location, from a day on. Several of one location and measure multiply.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The location, counted from 1 in the order of [`super::located()`].
    pub location: u32,
    /// What changes.
    pub measure: Measure,
    /// What it is multiplied by, above 0.
    pub factor: f64,
    /// First service date (local day of the visit) on which it holds.
    pub from: NaiveDate,
}
