//! `[gates]` and `[wait]`: what is believed, and what is published.

use serde::Deserialize;

use crate::cli::day::Day;

/// The keys it may have.
pub(super) const GATES: &[&str] =
    &["warn_share", "refuse_share", "refuse_fall", "silent_days", "closed"];
/// The keys it may have.
pub(super) const WAIT: &[&str] = &["ends_at", "max_hours", "leave_out_bursts"];

/// `[gates]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Gates {
    /// A larger share of rejected records is published with exit code 3.
    pub(crate) warn_share: f64,
    /// A larger share is not published.
    pub(crate) refuse_share: f64,
    /// A day that has fallen by a larger share against the same weekday is not published by a nightly run.
    pub(crate) refuse_fall: f64,
    /// An organization without anything new for so many open days ends a nightly run with exit code 3; 0 = never.
    pub(crate) silent_days: u32,
    /// The same as `closed` at the top level.
    pub(crate) closed: Vec<Day>,
}

impl Default for Gates {
    fn default() -> Self {
        Self {
            warn_share: 0.01,
            refuse_share: 0.20,
            refuse_fall: 0.80,
            silent_days: 3,
            closed: Vec::new(),
        }
    }
}

/// `[wait]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wait {
    /// `check-in` or `call`.
    pub(crate) ends_at: Option<String>,
    /// Longer waits are left out, hours.
    pub(crate) max_hours: Option<f64>,
    /// Waits and services that a burst ended are not used.
    pub(crate) leave_out_bursts: bool,
}
