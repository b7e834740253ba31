//! `[locations."…"]`, `[queues."…"]` and `[organizations."…"]`.

use serde::Deserialize;

use crate::cli::day::Day;
use crate::cli::failure::{Exit, Failure};
use crate::ticket::Entry;

use super::zones::{TimeZone, day_start};

/// The keys it may have.
pub(super) const PLACE: &[&str] =
    &["name", "time_zone", "day_starts_at", "target_minutes", "closed", "silent_days"];
/// The keys it may have.
pub(super) const ORGANIZATION: &[&str] = &["silent_days", "closed"];

/// `[locations."name"]` or `[queues."id"]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Place {
    pub(crate) name: Option<String>,
    pub(crate) time_zone: Option<TimeZone>,
    /// Time at which its days begin.
    pub(crate) day_starts_at: Option<String>,
    pub(crate) target_minutes: Option<f64>,
    /// Days on which it is closed.
    pub(crate) closed: Vec<Day>,
    /// A location without a ticket on so many of its open days is silent; 0 = never.
    pub(crate) silent_days: Option<u32>,
}

/// `[organizations."name"]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Organization {
    /// Overrides `gates.silent_days`.
    pub(crate) silent_days: Option<u32>,
    /// Days on which all of it is closed.
    pub(crate) closed: Vec<Day>,
}

impl Place {
    /// The directory entry. A flag is true if the command line overrides that setting.
    pub(crate) fn entry(&self, zone_flag: bool, target_flag: bool) -> Result<Entry, Failure> {
        let zones = self.time_zone.as_ref().filter(|_| !zone_flag).map(TimeZone::zones);
        let day_start = self.day_starts_at.as_deref().map(day_start).transpose()?;
        let target = self.target_minutes.filter(|_| !target_flag).map(target_ms).transpose()?;
        let (name, zones) = (self.name.clone(), zones.transpose()?);
        Ok(Entry { name, zones, day_start, target_ms: target })
    }
}

/// A target in milliseconds; it must be a number of minutes between 0 and a day.
pub(crate) fn target_ms(minutes: f64) -> Result<i64, Failure> {
    if !(0.0..=1_440.0).contains(&minutes) {
        return Err(Failure::new(Exit::Usage, format!("{minutes} is no target in minutes"))
            .hint("give a number from 0 to 1440"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 86,400,000, checked above")]
    Ok((minutes * 60_000.0).round() as i64)
}
