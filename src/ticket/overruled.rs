//! Finds configured zones, starts of the day and targets that apply nowhere, because another section takes precedence.

use std::collections::BTreeMap;

use super::kind::Kind;
use super::location::{Directory, Entry, Section};
use super::set::Location;

/// A setting of a section that applies to none of the section's tickets.
#[derive(Debug, Clone, PartialEq)]
pub struct Overruled {
    /// What the section is about.
    pub section: Section,
    /// Name or id of the section, as it is looked up.
    pub key: String,
    /// Name of the setting.
    pub setting: &'static str,
    /// A location of its tickets, which has another value.
    pub location: Location,
}

/// The name of a setting, and whether an entry's value applies at a location; `None` if the entry has no value.
type Setting = (&'static str, fn(&Entry, &Location) -> Option<bool>);

const SETTINGS: [Setting; 3] = [
    ("time_zone", |entry, place| Some(*entry.zones.as_ref()? == place.clock.zones())),
    ("day_starts_at", |entry, place| Some(entry.day_start? == place.clock.day_start())),
    ("target_minutes", |entry, place| Some(entry.target_ms? == place.target_ms)),
];

impl Directory {
    /// The settings that apply to no ticket, given the kinds of tickets and their locations: those of a name or a queue
    /// whose tickets all belong to locations with another zone or target. Sections without tickets are not listed.
    pub fn overruled<'a>(
        &self,
        placed: impl Iterator<Item = (&'a Kind, &'a Location)>,
    ) -> Vec<Overruled> {
        let mut found: BTreeMap<(Section, String, &'static str), (bool, &'a Location)> =
            BTreeMap::new();
        for (kind, place) in placed {
            let sections = [
                (Section::Location, kind.own.as_deref()),
                (Section::Location, Some(place.name.as_str())),
                (Section::Queue, kind.queue.as_deref()),
            ];
            for (section, key) in sections {
                let Some((key, entry)) = key.and_then(|key| self.entry(section, key)) else {
                    continue;
                };
                for (setting, in_force) in SETTINGS {
                    if let Some(in_force) = in_force(entry, place) {
                        let key = (section, key.to_owned(), setting);
                        found.entry(key).or_insert((false, place)).0 |= in_force;
                    }
                }
            }
        }
        let idle = found.into_iter().filter(|(_, (in_force, _))| !in_force);
        idle.map(|((section, key, setting), (_, place))| Overruled {
            section,
            key,
            setting,
            location: place.clone(),
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{DayStart, Zone};

    fn entry(zone: Option<&str>, target_ms: Option<i64>) -> Entry {
        let zones = zone.map(|zone| Zone::parse(zone).unwrap().into());
        Entry { zones, target_ms, ..Entry::default() }
    }

    /// The overruled settings of a directory with `[queues.q]`, `[locations.Own]` and `[locations.Place]`, for tickets
    /// of that queue and own name at `Place`, and perhaps at `Other` too.
    fn overruled(queue: Entry, own: Entry, place: Entry, also_other: bool) -> Vec<String> {
        let directory = Directory::new(
            BTreeMap::from([("q".into(), queue)]),
            BTreeMap::from([("Own".into(), own), ("Place".into(), place)]),
            None,
            600_000,
        );
        let at = |name: &str| {
            let (clock, zone_is_chosen) = directory.clock(name, std::iter::once("q"));
            let target_ms = directory.target_ms(name, std::iter::once("q"));
            Location {
                organization: "o".into(),
                name: name.into(),
                clock,
                zone_is_chosen,
                has_check_ins: true,
                target_ms,
            }
        };
        let kind =
            Kind { organization: "o".into(), queue: Some("q".into()), own: Some("Own".into()) };
        let (place, other) = (at("Place"), at("Other"));
        let mut placed = vec![(&kind, &place)];
        placed.extend(also_other.then_some((&kind, &other)));
        let found = directory.overruled(placed.into_iter()).into_iter();
        found.map(|one| format!("{} {} {}", one.section.table(), one.key, one.setting)).collect()
    }

    #[test]
    fn what_another_section_says_first_is_found() {
        let none = || entry(None, None);
        let tokyo = || entry(Some("Asia/Tokyo"), None);
        let london = || entry(Some("Europe/London"), Some(60_000));
        let idle: [String; 0] = [];
        assert_eq!(overruled(tokyo(), none(), none(), false), idle);
        assert_eq!(overruled(none(), none(), london(), false), idle);
        assert_eq!(overruled(london(), none(), london(), false), idle);
        assert_eq!(overruled(tokyo(), none(), london(), false), ["queues q time_zone"]);
        let begins = |text: &str| Entry { day_start: DayStart::parse(text), ..none() };
        assert_eq!(overruled(begins("05:00"), none(), tokyo(), false), idle);
        assert_eq!(overruled(begins("05:00"), none(), begins("05:00"), false), idle);
        let late = overruled(begins("05:00"), none(), begins("04:00"), false);
        assert_eq!(late, ["queues q day_starts_at"]);
        // Somewhere it is in force.
        assert_eq!(overruled(tokyo(), none(), london(), true), idle);
        // The own name is not that of the location, because the queue is mapped.
        assert_eq!(
            overruled(none(), london(), none(), false),
            ["locations Own target_minutes", "locations Own time_zone"]
        );
    }
}
