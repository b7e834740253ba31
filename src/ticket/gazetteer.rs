//! The gazetteer: which location every kind of ticket belongs to, the clocks of locations, and oddities of names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use foldhash::fast::RandomState;
use unicode_normalization::UnicodeNormalization;

use crate::calendar::Clock;

use super::anomaly::Anomaly;
use super::census::Census;
use super::excluded::Excluded;
use super::fold::Fold;
use super::heading::{Heading, Headings};
use super::kind::Kind;
use super::location::{Directory, Origin, Section};
use super::names::{NameId, Names};
use super::order::OrderKey;
use super::organizations::{Membership, Organizations};
use super::set::Location;

/// The locations of an archive, and which tickets belong to each.
#[derive(Debug, Clone, Default)]
pub struct Gazetteer {
    /// Locations, by organization and name.
    pub locations: Vec<Location>,
    /// Oddities of tickets and names, and the service dates of each file.
    pub findings: Findings,
    /// Numbers of tickets that are left out, by organization and by the location that they would have.
    pub left_out: BTreeMap<(String, String, Excluded), u64>,
    /// Index of the location of each kind.
    places: BTreeMap<Kind, usize>,
    organizations: Organizations,
}

/// What was found about an archive as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Counts by organization, anomaly and detail (a queue, a location name, or empty).
    pub anomalies: BTreeMap<(String, Anomaly, String), u64>,
    /// First and last local service date by file number and organization; `None` if no line had one.
    pub file_spans: BTreeMap<(u32, String), Option<(NaiveDate, NaiveDate)>>,
    /// The latest instant up to the run at which anything happened to a ticket of the organization (`data_through`),
    /// UTC milliseconds; plans do not count.
    pub data_through: BTreeMap<String, i64>,
    /// Number of tickets by organization.
    pub tickets: BTreeMap<String, u64>,
    /// The last day on which anybody is known to have been at a location, by organization and name.
    pub last_seen: BTreeMap<(String, String), NaiveDate>,
    /// Numbers of tickets that the configuration leaves out; they are in nothing else here.
    pub excluded: BTreeMap<Excluded, u64>,
}

impl Findings {
    /// The last day on which anybody is known to have been at a location of an organization; `None` if nobody was.
    #[must_use]
    pub fn last_seen_in(&self, organization: &str) -> Option<NaiveDate> {
        let mine = self.last_seen.iter().filter(|((owner, _), _)| owner == organization);
        mine.map(|(_, last)| *last).max()
    }

    /// The organizations that are left out as a whole, by the names they were sent with.
    #[must_use]
    pub fn excluded_organizations(&self) -> BTreeSet<&str> {
        let all = self.excluded.keys().filter(|one| one.section == Section::Organization);
        all.map(|one| one.organization.as_str()).collect()
    }
}

/// Display names of one queue: the newest one, and all of them.
#[derive(Default)]
struct QueueNames {
    newest: Option<(OrderKey, NameId)>,
    all: BTreeSet<NameId>,
}

/// Names of queues by organization and queue.
type Queues = HashMap<(NameId, NameId), QueueNames, RandomState>;

impl Gazetteer {
    /// The clock of a location; `None` if there is no such location.
    #[must_use]
    pub fn clock_of(&self, organization: &str, name: &str) -> Option<Clock> {
        let key = |location: &Location| {
            (location.organization.as_str(), location.name.as_str()).cmp(&(organization, name))
        };
        let at = self.locations.binary_search_by(key).ok()?;
        self.locations.get(at).map(|location| location.clock)
    }

    /// Index in `locations` of the location of a kind of ticket, its organization as sent; `None` if the census did not
    /// have that kind, or it is left out.
    #[must_use]
    pub fn place(&self, kind: &Kind) -> Option<usize> {
        match self.organizations.of(&kind.organization) {
            Membership::Out(_) => None,
            Membership::In(name) if name == kind.organization => self.places.get(kind).copied(),
            Membership::In(name) => {
                let united = Kind { organization: name.to_owned(), ..kind.clone() };
                self.places.get(&united).copied()
            }
        }
    }
}

impl Fold {
    /// Builds the gazetteer of all counted tickets from the names that this fold has seen; the organizations of the fold
    /// are united ([`Fold::unite`]), those of the census need not be. `census` must count at least the fold's own tickets.
    #[must_use]
    pub fn gazetteer(&self, census: &Census, directory: &Directory) -> Gazetteer {
        let Headings { names, list: headings, .. } = &self.headings;
        let newest: Vec<&[OrderKey]> = self.shards.iter().map(|s| s.newest.as_slice()).collect();
        let queues = queue_names(headings, &newest);
        let of_queue = |organization: Option<NameId>, queue: Option<NameId>| {
            let (_, name) = queues.get(&(organization?, queue?))?.newest?;
            Some(names.get(name))
        };
        let mut anomalies: BTreeMap<(String, Anomaly, String), u64> = BTreeMap::new();
        let mut count = |organization: &str, anomaly: Anomaly, count: u64| {
            *anomalies.entry((organization.to_owned(), anomaly, String::new())).or_default() +=
                count;
        };
        let (mut excluded, mut left_out) = (BTreeMap::new(), BTreeMap::new());
        let mut exclude = |(organization, place): (&str, &str), by: (Section, &str), tickets| {
            let (organization, name) = (organization.to_owned(), by.1.to_owned());
            let one = Excluded { organization, section: by.0, name };
            *excluded.entry(one.clone()).or_insert(0) += tickets;
            let key = (one.organization.clone(), place.to_owned(), one);
            *left_out.entry(key).or_insert(0) += tickets;
        };
        // The organization and location name of each kind; the queues of each location with their numbers of tickets.
        let mut located: BTreeMap<&Kind, (&str, &str)> = BTreeMap::new();
        let mut queues_of: BTreeMap<(&str, &str), BTreeMap<&str, u64>> = BTreeMap::new();
        let mut with_check_ins: BTreeSet<(&str, &str)> = BTreeSet::new();
        for (kind, tickets) in &census.kinds {
            let (organization, out) = match directory.organization(&kind.organization) {
                Membership::In(organization) => (organization, None),
                Membership::Out(by) => (&*kind.organization, Some((Section::Organization, by))),
            };
            let queue = kind.queue.as_deref();
            let newest = of_queue(names.find(organization), queue.and_then(|q| names.find(q)));
            let (name, origin) = directory.resolve(queue, kind.own.as_deref(), newest);
            let own = kind.own.as_deref().or(newest);
            if let Some(by) = out.or_else(|| directory.excludes(queue, own, name)) {
                exclude((organization, name), by, *tickets);
                continue;
            }
            match origin {
                Origin::Known => {}
                Origin::Queue => count(organization, Anomaly::LocationFromQueue, *tickets),
                Origin::Unknown => count(organization, Anomaly::LocationUnknown, *tickets),
            }
            located.insert(kind, (organization, name));
            if census.with_check_ins.contains(kind) {
                with_check_ins.insert((organization, name));
            }
            let of_place = queues_of.entry((organization, name)).or_default();
            *of_place.entry(queue.unwrap_or_default()).or_default() += tickets;
        }
        for ((kind, anomaly), tickets) in &census.odd {
            if let Some((organization, _)) = located.get(kind) {
                count(organization, *anomaly, *tickets);
            }
        }
        let of_place = |(key, queues): (&(&str, &str), &BTreeMap<&str, u64>)| Location {
            has_check_ins: with_check_ins.contains(key),
            ..location(*key, queues, directory)
        };
        let locations: Vec<Location> = queues_of.iter().map(of_place).collect();
        let numbers: HashMap<(&str, &str), usize> =
            queues_of.keys().enumerate().map(|(at, key)| (*key, at)).collect();
        let number = |organization: &str, name: &str| numbers.get(&(organization, name)).copied();
        let mut tickets: BTreeMap<String, u64> = BTreeMap::new();
        for (kind, n) in &census.kinds {
            if let Some((organization, _)) = located.get(kind) {
                *tickets.entry((*organization).to_owned()).or_default() += n;
            }
        }
        let places = located.into_iter().filter_map(|(kind, (organization, name))| {
            let kind = Kind { organization: organization.to_owned(), ..kind.clone() };
            Some((kind, number(organization, name)?))
        });
        let places = places.collect();
        let text = |id: Option<NameId>| id.map(|id| names.get(id));
        let name_of = |heading: &Heading| {
            let newest = of_queue(Some(heading.organization), heading.queue);
            directory.resolve(text(heading.queue), text(heading.location), newest).0
        };
        let place_of = |heading: &Heading| {
            let at = number(names.get(heading.organization), name_of(heading))?;
            locations.get(at)
        };
        let clock_of = |heading: &Heading| match place_of(heading) {
            Some(location) => location.clock,
            None => directory.clock(name_of(heading), text(heading.queue).into_iter()).0,
        };
        // Each walks over all spans.
        let (file_spans, (last_seen, data_through)) = rayon::join(
            || self.file_spans(clock_of),
            || (self.last_seen(place_of), self.through(&queues, directory)),
        );
        anomalies.extend(name_anomalies(names, &queues, &locations, directory));
        let findings =
            Findings { anomalies, file_spans, data_through, tickets, last_seen, excluded };
        let organizations = directory.organizations().clone();
        Gazetteer { locations, findings, left_out, places, organizations }
    }

    /// The latest instant at which anything happened, by organization; UTC milliseconds. What is left out does not count:
    /// a test desk does not vouch for the others.
    #[must_use]
    pub fn data_through(&self, directory: &Directory) -> BTreeMap<String, i64> {
        let newest: Vec<&[OrderKey]> = self.shards.iter().map(|s| s.newest.as_slice()).collect();
        self.through(&queue_names(&self.headings.list, &newest), directory)
    }

    fn through(&self, queues: &Queues, directory: &Directory) -> BTreeMap<String, i64> {
        let Headings { names, list: headings, .. } = &self.headings;
        let text = |id: Option<NameId>| id.map(|id| names.get(id));
        let is_out = |heading: &Heading| {
            let of_queue = |queue| queues.get(&(heading.organization, queue))?.newest;
            let newest = text(heading.queue.and_then(of_queue).map(|(_, name)| name));
            let (queue, own) = (text(heading.queue), text(heading.location));
            let (name, _) = directory.resolve(queue, own, newest);
            directory.excludes(queue, own.or(newest), name).is_some()
        };
        let excludes = directory.excludes_any();
        let mut newest: BTreeMap<String, i64> = BTreeMap::new();
        for ((_, id), span) in &self.spans {
            if let (Some(heading), Some(at)) = (headings.get(id.index()), span.happened) {
                let sent = names.get(heading.organization);
                let Membership::In(organization) = directory.organization(sent) else { continue };
                if excludes && is_out(heading) {
                    continue;
                }
                match newest.get_mut(organization) {
                    Some(known) => *known = at.max(*known),
                    None => {
                        newest.insert(organization.to_owned(), at);
                    }
                }
            }
        }
        newest
    }

    fn file_spans(
        &self,
        clock_of: impl Fn(&Heading) -> Clock,
    ) -> BTreeMap<(u32, String), Option<(NaiveDate, NaiveDate)>> {
        let Headings { names, list: headings, .. } = &self.headings;
        // There are many more spans than headings.
        let known: Vec<(NameId, Clock)> =
            headings.iter().map(|heading| (heading.organization, clock_of(heading))).collect();
        let mut dates: BTreeMap<(u32, NameId), Option<(NaiveDate, NaiveDate)>> = BTreeMap::new();
        for ((file, id), span) in &self.spans {
            let Some((organization, clock)) = known.get(id.index()) else { continue };
            let entry = dates.entry((*file, *organization)).or_default();
            *entry = match (*entry, span.dates(*clock)) {
                (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
                (a, b) => a.or(b),
            };
        }
        let named =
            |((file, organization), dates)| ((file, names.get(organization).to_owned()), dates);
        dates.into_iter().map(named).collect()
    }
}

/// The display names of all queues; `newest` holds the newest key of each heading, by shard.
fn queue_names(headings: &[Heading], newest: &[&[OrderKey]]) -> Queues {
    let mut queues = Queues::default();
    for (at, heading) in headings.iter().enumerate() {
        let (Some(queue), Some(location)) = (heading.queue, heading.location) else { continue };
        let key = newest.iter().filter_map(|keys| keys.get(at)).max().copied();
        let Some(key) = key.filter(|key| *key != OrderKey::default()) else { continue };
        let names = queues.entry((heading.organization, queue)).or_default();
        names.all.insert(location);
        names.newest = names.newest.max(Some((key, location)));
    }
    queues
}

/// A location with these queues and their numbers of tickets.
fn location(
    (organization, name): (&str, &str),
    queues: &BTreeMap<&str, u64>,
    directory: &Directory,
) -> Location {
    let mut by_size: Vec<_> = queues.iter().map(|(queue, n)| (u64::MAX - n, *queue)).collect();
    by_size.sort_unstable();
    let queues = || by_size.iter().map(|(_, queue)| *queue);
    let (clock, zone_is_chosen) = directory.clock(name, queues());
    Location {
        organization: organization.to_owned(),
        name: name.to_owned(),
        clock,
        zone_is_chosen,
        has_check_ins: false,
        target_ms: directory.target_ms(name, queues()),
    }
}

fn name_anomalies(
    names: &Names,
    queues: &Queues,
    locations: &[Location],
    directory: &Directory,
) -> BTreeMap<(String, Anomaly, String), u64> {
    let mut anomalies = BTreeMap::new();
    for ((organization, queue), of_queue) in queues {
        let is_in = || {
            let organization = directory.organization(names.get(*organization));
            matches!(organization, Membership::In(_))
                && !directory.excludes_queue(names.get(*queue))
        };
        if of_queue.all.len() > 1 && is_in() {
            let key = (
                names.get(*organization).to_owned(),
                Anomaly::QueueWithSeveralNames,
                names.get(*queue).to_owned(),
            );
            anomalies.insert(key, 1);
        }
    }
    let mut alike: BTreeMap<(&str, String), BTreeSet<&str>> = BTreeMap::new();
    for place in locations {
        let skeleton: String =
            place.name.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        alike.entry((&place.organization, skeleton)).or_default().insert(&place.name);
    }
    for ((organization, _), group) in alike.iter().filter(|(_, group)| group.len() > 1) {
        for name in group {
            let key = (
                (*organization).to_owned(),
                Anomaly::NamesThatDifferOnlyByCaseOrSpace,
                (*name).to_owned(),
            );
            anomalies.insert(key, 1);
        }
    }
    anomalies
}
