//! Which location a ticket belongs to, and that location's clock and target.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::calendar::{Clock, DayStart, Zone, Zones};

use super::names::normalise;
use super::organizations::{Membership, Organizations};

/// Name of the location of tickets without a known location.
pub const UNKNOWN_LOCATION: &str = "(unknown)";

/// What the configuration says about a queue or a location.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// Name to report it under.
    pub name: Option<String>,
    /// Time zones of its local days.
    pub zones: Option<Zones>,
    /// Time at which its days begin.
    pub day_start: Option<DayStart>,
    /// Target of the wait, milliseconds.
    pub target_ms: Option<i64>,
    /// Whether its tickets are left out.
    pub exclude: bool,
}

/// A queue's id as the configuration is searched for it: a UUID in lower case, anything else unchanged.
#[must_use]
pub fn queue_key(id: &str) -> Cow<'_, str> {
    let fits = |(at, c): (usize, u8)| match at {
        8 | 13 | 18 | 23 => c == b'-',
        _ => c.is_ascii_hexdigit(),
    };
    let is_uuid = id.len() == 36 && id.bytes().enumerate().all(fits);
    let is_upper = is_uuid && id.bytes().any(|c| c.is_ascii_uppercase());
    if is_upper { Cow::Owned(id.to_ascii_lowercase()) } else { Cow::Borrowed(id) }
}

/// A kind of section of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// A section about a location, by name.
    Location,
    /// A section about a queue, by id.
    Queue,
    /// A section about an organization, by name.
    Organization,
}

impl Section {
    /// Name of its table in the configuration file.
    #[must_use]
    pub fn table(self) -> &'static str {
        match self {
            Self::Location => "locations",
            Self::Queue => "queues",
            Self::Organization => "organizations",
        }
    }

    /// What one of its sections is about.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Location => "location",
            Self::Queue => "queue",
            Self::Organization => "organization",
        }
    }
}

/// Configured names, zones and targets by queue id and by location name, and their defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct Directory {
    queues: BTreeMap<String, Entry>,
    locations: BTreeMap<String, Entry>,
    default_zones: Option<Zones>,
    default_day_start: DayStart,
    default_target_ms: i64,
    organizations: Organizations,
}

/// Where the name of a ticket's location came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The ticket itself, or the configuration.
    Known,
    /// The newest name seen for its queue.
    Queue,
    /// Nowhere.
    Unknown,
}

impl Directory {
    /// Makes a directory; names are normalised like those of the archive.
    ///
    /// `default_zones` are `None` if none is configured: times are then in UTC, and the report says so. Days begin at
    /// midnight, unless [`Directory::with_day_start`] says otherwise.
    #[must_use]
    pub fn new(
        queues: BTreeMap<String, Entry>,
        locations: BTreeMap<String, Entry>,
        default_zones: Option<Zones>,
        default_target_ms: i64,
    ) -> Self {
        let clean = |mut entry: Entry| {
            entry.name = entry.name.map(|name| normalise(&name)).filter(|name| !name.is_empty());
            entry
        };
        Self {
            queues: queues
                .into_iter()
                .map(|(id, entry)| (queue_key(&id).into_owned(), clean(entry)))
                .collect(),
            locations: locations.into_iter().map(|(n, e)| (normalise(&n), clean(e))).collect(),
            default_zones,
            default_day_start: DayStart::MIDNIGHT,
            default_target_ms,
            organizations: Organizations::default(),
        }
    }

    /// Sets the time at which the days of places begin that have none of their own.
    #[must_use]
    pub fn with_day_start(self, default_day_start: DayStart) -> Self {
        Self { default_day_start, ..self }
    }

    /// The clock of places about which nothing else is said.
    #[must_use]
    pub fn default_clock(&self) -> Clock {
        let zones = self.default_zones.clone();
        Clock::new(&zones.unwrap_or(Zone::UTC.into()), self.default_day_start)
    }

    /// The same with organizations that are joined or left out.
    #[must_use]
    pub fn with_organizations(self, organizations: Organizations) -> Self {
        Self { organizations, ..self }
    }

    /// What becomes of an organization, by its name as sent.
    #[must_use]
    pub fn organization<'a>(&'a self, sent: &'a str) -> Membership<'a> {
        self.organizations.of(sent)
    }

    /// The organizations that are joined or left out.
    #[must_use]
    pub fn organizations(&self) -> &Organizations {
        &self.organizations
    }

    /// Whether any section of a location or a queue leaves tickets out.
    pub(super) fn excludes_any(&self) -> bool {
        self.queues.values().chain(self.locations.values()).any(|entry| entry.exclude)
    }

    /// Whether the section of a queue leaves its tickets out.
    pub(super) fn excludes_queue(&self, queue: &str) -> bool {
        self.queue(queue).is_some_and(|entry| entry.exclude)
    }

    /// The section that leaves tickets out: that of their queue, of their own name (without one, the newest of their
    /// queue), or of the name that [`Directory::resolve`] found for them.
    pub(super) fn excludes<'a>(
        &'a self,
        queue: Option<&str>,
        own: Option<&'a str>,
        in_force: &'a str,
    ) -> Option<(Section, &'a str)> {
        if let Some((key, entry)) = queue.and_then(|queue| self.entry(Section::Queue, queue))
            && entry.exclude
        {
            return Some((Section::Queue, key));
        }
        let mut names = own.into_iter().chain([in_force]);
        let name = names.find(|name| self.locations.get(*name).is_some_and(|e| e.exclude))?;
        Some((Section::Location, name))
    }

    /// The name configured for a queue.
    pub(super) fn name_of_queue(&self, queue: &str) -> Option<&str> {
        self.queue(queue)?.name.as_deref()
    }

    /// The section of a name or an id, and its key as it is looked up.
    pub(super) fn entry(&self, section: Section, key: &str) -> Option<(&str, &Entry)> {
        let found = match section {
            Section::Location => self.locations.get_key_value(key),
            Section::Queue => self.queues.get_key_value(&*queue_key(key)),
            Section::Organization => None,
        };
        found.map(|(key, entry)| (key.as_str(), entry))
    }

    fn queue(&self, id: &str) -> Option<&Entry> {
        // Called for every kind of ticket, and few configurations name queues.
        if self.queues.is_empty() {
            return None;
        }
        self.queues.get(&*queue_key(id))
    }

    /// The name of a ticket's location and where it came from. The first that exists: the name configured for its queue, the
    /// one configured for its own name, its own name, the newest name of its queue.
    pub(super) fn resolve<'a>(
        &'a self,
        queue: Option<&str>,
        own: Option<&'a str>,
        of_queue: Option<&'a str>,
    ) -> (&'a str, Origin) {
        if let Some(name) = queue.and_then(|queue| self.name_of_queue(queue)) {
            return (name, Origin::Known);
        }
        let (name, origin) = match (own, of_queue) {
            (Some(own), _) => (own, Origin::Known),
            (None, Some(of_queue)) => (of_queue, Origin::Queue),
            (None, None) => return (UNKNOWN_LOCATION, Origin::Unknown),
        };
        match self.locations.get(name).and_then(|e| e.name.as_deref()) {
            Some(mapped) => (mapped, origin),
            None => (name, origin),
        }
    }

    /// Clock of a location with these queues (most tickets first), and whether its zone was configured.
    #[must_use]
    pub fn clock<'a>(
        &self,
        name: &str,
        queues: impl Iterator<Item = &'a str> + Clone,
    ) -> (Clock, bool) {
        let own = self.setting(name, queues.clone(), |entry| entry.zones.as_ref());
        let zones = own.or(self.default_zones.as_ref());
        let day_start = self.setting(name, queues, |entry| entry.day_start);
        let day_start = day_start.unwrap_or(self.default_day_start);
        match zones {
            Some(zones) => (Clock::new(zones, day_start), true),
            None => (Clock::new(&Zone::UTC.into(), day_start), false),
        }
    }

    /// Whether the zone of a location with these queues was configured for it and not for all.
    #[must_use]
    pub fn has_own_zone<'a>(&self, name: &str, queues: impl Iterator<Item = &'a str>) -> bool {
        self.setting(name, queues, |entry| entry.zones.as_ref()).is_some()
    }

    /// Target of the wait of a location with these queues (most tickets first), milliseconds.
    #[must_use]
    pub fn target_ms<'a>(&self, name: &str, queues: impl Iterator<Item = &'a str>) -> i64 {
        self.setting(name, queues, |entry| entry.target_ms).unwrap_or(self.default_target_ms)
    }

    /// The first entry that has the setting: the location's own, that of a name mapped to it, or that of one of its
    /// queues.
    fn setting<'a, 's, T>(
        &'s self,
        name: &str,
        mut queues: impl Iterator<Item = &'a str>,
        of: impl Fn(&'s Entry) -> Option<T>,
    ) -> Option<T> {
        let mapped =
            || self.locations.values().filter(|e| e.name.as_deref() == Some(name)).find_map(&of);
        self.locations
            .get(name)
            .and_then(&of)
            .or_else(mapped)
            .or_else(|| queues.find_map(|queue| self.queue(queue).and_then(&of)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Entry {
        Entry { name: Some(name.into()), ..Entry::default() }
    }

    fn zoned(zone: &str) -> Entry {
        Entry { zones: Some(Zone::parse(zone).unwrap().into()), ..Entry::default() }
    }

    #[test]
    fn queue_mapping_then_name_mapping_then_own_then_queue() {
        let directory = Directory::new(
            BTreeMap::from([("q1".into(), named("  Mapped  queue"))]),
            BTreeMap::from([("Old  name".into(), named("New name"))]),
            None,
            0,
        );
        for (queue, own, of_queue, expected) in [
            (Some("q1"), Some("Old name"), None, ("Mapped queue", Origin::Known)),
            (Some("q2"), Some("Old name"), None, ("New name", Origin::Known)),
            (Some("q2"), Some("Own"), Some("Other"), ("Own", Origin::Known)),
            (Some("q2"), None, Some("Other"), ("Other", Origin::Queue)),
            (Some("q2"), None, Some("Old name"), ("New name", Origin::Queue)),
            (None, None, None, (UNKNOWN_LOCATION, Origin::Unknown)),
        ] {
            assert_eq!(directory.resolve(queue, own, of_queue), expected);
        }
    }

    #[test]
    fn a_queue_is_found_by_its_uuid_in_any_case_and_by_other_ids_as_they_are() {
        let (upper, lower) =
            ("DD31DDA9-5EC0-46C6-A75B-71CB1F66A48D", "dd31dda9-5ec0-46c6-a75b-71cb1f66a48d");
        for (written, sent, is_found) in [
            (upper, lower, true),
            (lower, upper, true),
            (upper, upper, true),
            ("Q-1", "q-1", false),
            ("Q-1", "Q-1", true),
            ("DD31DDA9-5EC0-46C6-A75B-71CB1F66A48G", "dd31dda9-5ec0-46c6-a75b-71cb1f66a48g", false),
            ("DD31DDA95-EC0-46C6-A75B-71CB1F66A48D", "dd31dda95-ec0-46c6-a75b-71cb1f66a48d", false),
        ] {
            let queues = BTreeMap::from([(written.to_owned(), named("Desk"))]);
            let directory = Directory::new(queues, BTreeMap::new(), None, 0);
            let (name, _) = directory.resolve(Some(sent), Some("Own"), None);
            assert_eq!(name == "Desk", is_found, "{written} {sent}");
        }
    }

    #[test]
    fn zones_of_location_mapped_name_queue_and_default() {
        let mut old = zoned("Asia/Riyadh");
        old.name = Some("New".into());
        let directory = Directory::new(
            BTreeMap::from([("q".into(), zoned("Asia/Tokyo"))]),
            BTreeMap::from([("A".into(), zoned("Europe/London")), ("Old".into(), old)]),
            Some(Zone::parse("Europe/Paris").unwrap().into()),
            600_000,
        );
        let zone = |name: &str, queue: &'static str| {
            directory.clock(name, std::iter::once(queue)).0.zones().to_string()
        };
        assert_eq!(zone("A", "q"), "Europe/London");
        assert_eq!(zone("New", "q"), "Asia/Riyadh");
        assert_eq!(zone("B", "q"), "Asia/Tokyo");
        assert_eq!(zone("B", "x"), "Europe/Paris");
        assert_eq!(directory.target_ms("B", std::iter::empty()), 600_000);
    }

    #[test]
    fn the_start_of_the_day_is_found_as_the_zone_is_and_apart_from_it() {
        let begins = |text: &str| Entry { day_start: DayStart::parse(text), ..Entry::default() };
        let mut old = begins("03:00");
        old.name = Some("New".into());
        let directory = Directory::new(
            BTreeMap::from([("q".into(), begins("04:00"))]),
            BTreeMap::from([
                ("A".into(), begins("00:00")),
                ("Old".into(), old),
                ("Zoned".into(), zoned("Asia/Tokyo")),
            ]),
            None,
            600_000,
        )
        .with_day_start(DayStart::parse("05:00").unwrap());
        let clock = |name: &str, queue: &'static str| {
            let (clock, is_chosen) = directory.clock(name, std::iter::once(queue));
            format!("{} {} {is_chosen}", clock.zones(), clock.day_start())
        };
        assert_eq!(clock("A", "q"), "UTC 00:00 false");
        assert_eq!(clock("New", "q"), "UTC 03:00 false");
        assert_eq!(clock("B", "q"), "UTC 04:00 false");
        assert_eq!(clock("Zoned", "q"), "Asia/Tokyo 04:00 true");
        assert_eq!(clock("Zoned", "x"), "Asia/Tokyo 05:00 true");
        assert_eq!(directory.default_clock(), directory.clock("B", std::iter::empty()).0);
    }
}
