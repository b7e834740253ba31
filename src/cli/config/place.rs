//! `[locations."…"]`, `[queues."…"]` and `[organizations."…"]`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::cli::day::Day;
use crate::cli::failure::{Exit, Failure};
use crate::job::toml_text::toml_text;
use crate::report::text::shown;
use crate::ticket::{Entry, OrganizationEntry, Organizations, normalise};

use super::zones::{TimeZone, day_start};

/// The keys it may have.
pub(super) const PLACE: &[&str] = &[
    "name",
    "time_zone",
    "day_starts_at",
    "target_minutes",
    "closed",
    "silent_days",
    "exclude",
    "group",
];
/// The keys it may have.
pub(super) const ORGANIZATION: &[&str] = &["name", "exclude", "silent_days", "closed"];

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
    /// Leaves its tickets out of every figure.
    pub(crate) exclude: bool,
    /// The group of a location: levels separated by `/`.
    pub(crate) group: Option<String>,
}

/// `[organizations."name"]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Organization {
    /// The organization that it belongs to: both are one history.
    pub(crate) name: Option<String>,
    /// Leaves its tickets out of every figure.
    pub(crate) exclude: bool,
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
        Ok(Entry { name, zones, day_start, target_ms: target, exclude: self.exclude })
    }
}

/// The organizations that are joined or left out.
///
/// An organization that belongs to another has the settings of that one: its own are refused, since they would not be
/// obeyed.
pub(crate) fn organizations(
    sections: &BTreeMap<String, Organization>,
) -> Result<Organizations, Failure> {
    let mut entries = BTreeMap::new();
    for (key, section) in sections {
        let Organization { name, exclude, silent_days, closed } = section;
        refuse_empty_name(key, name.as_deref())?;
        let other = [("silent_days", silent_days.is_some()), ("closed", !closed.is_empty())];
        if let (Some(name), Some((setting, _))) = (name, other.iter().find(|(_, is_set)| *is_set)) {
            let (key, name) = (toml_text(&shown(key, 60)), toml_text(&shown(name, 60)));
            return Err(Failure::new(
                Exit::Usage,
                format!("`[organizations.{key}]` belongs to {name}, so its `{setting}` would not be obeyed"),
            )
            .hint(format!("write `{setting}` under `[organizations.{name}]`")));
        }
        entries.insert(key.clone(), OrganizationEntry { name: name.clone(), exclude: *exclude });
    }
    Organizations::new(&entries).map_err(|circle| {
        let names: Vec<String> =
            circle.0.iter().map(|name| format!("`{}`", shown(name, 60))).collect();
        let message = match names.as_slice() {
            [one, _] => format!("the organization {one} belongs to itself"),
            _ => format!("the organizations belong to each other in a circle: {}", names.join(" → ")),
        };
        Failure::new(Exit::Usage, message)
            .hint("`name` under `[organizations.\"old\"]` is the organization that goes on; that one has no `name`")
    })
}

/// Refuses a name that is empty without its invisible characters: no page could show it.
pub(crate) fn refuse_empty_name(key: &str, name: Option<&str>) -> Result<(), Failure> {
    if name.is_none_or(|name| !normalise(name).is_empty()) {
        return Ok(());
    }
    let key = toml_text(&shown(key, 60));
    Err(Failure::new(Exit::Usage, format!("the `name` of `{key}` in the configuration is empty"))
        .hint("give it a name that can be read, or leave the line out"))
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
