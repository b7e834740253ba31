//! The part of the tickets that is asked about: one set of filters for reports, questions, comparisons and exports.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::calendar::weekday_name;
use crate::dataframe::{Choice, Keep, Place, TicketFrame};
use crate::metric::shared_label;
use crate::ticket::{Membership, Outcome, normalise};

use super::error::JobError;
use super::groups::{Groups, lies_in};
use super::obeyed::{Known, find_named};
use super::plan::Plan;
use super::wanted_groups::{NONE, wanted_groups};

/// What is asked about. An empty list asks about all. The parts hold together: a ticket must pass each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// First service date, included; `None` has no limit.
    pub from: Option<NaiveDate>,
    /// Last service date, included; `None` has no limit.
    pub to: Option<NaiveDate>,
    /// Names of organizations.
    pub organizations: Vec<String>,
    /// Names or ids of locations.
    pub locations: Vec<String>,
    /// Groups of locations; one that ends at a level holds all below it.
    pub groups: Vec<String>,
    /// Queues as sent.
    pub queues: Vec<String>,
    /// Services chosen at registration.
    pub categories: Vec<String>,
    /// Types as sent.
    pub ticket_types: Vec<String>,
    /// Outcomes.
    pub outcomes: Vec<Outcome>,
    /// ISO weekdays of the service date, 1 = Monday.
    pub weekdays: Vec<u8>,
    /// Local hours of the arrival, 0 to 23.
    pub hours: Vec<u8>,
}

impl Asked {
    /// What it asks for besides dates, in words for a headline: `queue A or B; Monday; 9:00 to 12:59`. Empty for all.
    #[must_use]
    pub fn words(&self) -> String {
        let shown = |name: &String| if name.is_empty() { NONE.to_owned() } else { name.clone() };
        let named = |noun: &str, names: &[String]| {
            let shown: Vec<String> = names.iter().map(shown).collect();
            (!names.is_empty()).then(|| format!("{noun} {}", shown.join(" or ")))
        };
        let outcomes: Vec<String> =
            self.outcomes.iter().map(|outcome| outcome.name().replace('_', " ")).collect();
        let weekdays: Vec<&str> = self.weekdays.iter().map(|day| weekday_name(*day)).collect();
        let parts = [
            named("organization", &self.organizations),
            named("group", &self.groups),
            named("location", &self.locations),
            named("queue", &self.queues),
            named("service", &self.categories),
            named("type", &self.ticket_types),
            named("outcome", &outcomes),
            (!weekdays.is_empty()).then(|| format!("on {}", weekdays.join(", "))),
            hour_words(&self.hours),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    /// The tickets of some frames that are asked for, and what was meant, with whole names. Frames without any stay, without a
    /// row, unless neither their organization nor one of its locations is asked for.
    ///
    /// # Errors
    /// [`JobError::Missing`] or [`JobError::Ambiguous`] for a name that is not there, or begins several.
    pub(crate) fn of(
        &self,
        frames: Vec<TicketFrame>,
        plan: &Plan,
        known: &Known,
    ) -> Result<(Vec<TicketFrame>, Self), JobError> {
        let filter = self.filter(&There::of(&frames), plan, known)?;
        Ok((filter.take(frames)?, filter.meant))
    }

    /// What is asked for, with the names looked up among those that are there.
    ///
    /// # Errors
    /// As [`Asked::of`].
    pub(crate) fn filter<'g>(
        &self,
        there: &There,
        plan: &'g Plan,
        known: &Known,
    ) -> Result<Filter<'g>, JobError> {
        let groups = &plan.groups;
        let ids = there.labels.values().map(String::as_str);
        let (ids, none): (BTreeSet<&str>, BTreeSet<&str>) = (ids.collect(), BTreeSet::new());
        let called = &there.labels;
        let find = |noun, asked: &[String], there: &BTreeSet<&str>| {
            // What the configuration leaves out is known and has no ticket.
            let asked = asked.iter().map(|name| normalise(name));
            let asked: Vec<String> = match noun {
                "location" => asked.map(|name| by_label(name, called, there)).collect(),
                _ => asked.collect(),
            };
            let (out, asked): (Vec<_>, Vec<_>) = asked.into_iter().partition(|name| {
                noun == "location"
                    && !(there.contains(&**name) || ids.contains(&**name))
                    && known.left_out.contains(name)
            });
            let ids = if noun == "location" { &ids } else { &none };
            let mut found = find_named(noun, &asked, (there, ids), known)?;
            found.extend(out);
            Ok::<_, JobError>(found)
        };
        let among = |noun, asked: &[String], there: &BTreeSet<String>| {
            find(noun, asked, &there.iter().map(String::as_str).collect())
        };
        // Tickets without one are told as `(none)` in tables and answers.
        let or_none = |noun, asked: &[String], there: &BTreeSet<String>| {
            let is_none = |name: &&String| normalise(name) == NONE && !there.contains(NONE);
            let (none, named): (Vec<&String>, Vec<&String>) = asked.iter().partition(is_none);
            let named: Vec<String> = named.into_iter().cloned().collect();
            let mut found = among(noun, &named, there)?;
            found.extend(none.first().map(|_| String::new()));
            Ok::<_, JobError>(found)
        };
        // Asked for by the name that was sent, or the one that the configuration gives; one that is left out has no ticket.
        let mut left_out = Vec::new();
        let mut asked_organizations = Vec::new();
        for name in &self.organizations {
            match plan.directory.organization(name) {
                Membership::In(name) => asked_organizations.push(name.to_owned()),
                Membership::Out(_) => left_out.push(name.clone()),
            }
        }
        let mut organizations = among("organization", &asked_organizations, &there.organizations)?;
        organizations.extend(left_out);
        let locations = among("location", &self.locations, &there.places)?;
        let wanted_groups = wanted_groups(&self.groups, groups, known)?;
        let queues = or_none("queue", &self.queues, &there.queues)?;
        let categories = or_none("category", &self.categories, &there.categories)?;
        let ticket_types = or_none("type", &self.ticket_types, &there.ticket_types)?;
        let meant = Self {
            organizations: organizations.into_iter().collect(),
            locations: locations.into_iter().collect(),
            groups: wanted_groups.into_iter().collect(),
            queues: queues.into_iter().collect(),
            categories: categories.into_iter().collect(),
            ticket_types: ticket_types.into_iter().collect(),
            ..self.clone()
        };
        Ok(Filter { meant, groups })
    }
}

/// Ids of locations by what answers call them where several have the name.
pub(crate) type Labels = BTreeMap<String, String>;

/// The labels of locations, given by organization, name and id.
pub(crate) fn labels<'p>(places: impl Iterator<Item = (&'p str, &'p str, &'p str)>) -> Labels {
    places
        .map(|(organization, name, id)| (shared_label(name, organization), id.to_owned()))
        .collect()
}

/// The id of the location that is called by its label; anything else stays as it is, also a label that is a name too.
pub(crate) fn by_label(asked: String, labels: &Labels, names: &BTreeSet<&str>) -> String {
    match labels.get(&asked) {
        Some(id) if !names.contains(&*asked) => id.clone(),
        _ => asked,
    }
}

/// The names that can be asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct There {
    pub(crate) organizations: BTreeSet<String>,
    /// Names of locations.
    pub(crate) places: BTreeSet<String>,
    /// Ids of locations by what they are called where several have the name.
    labels: Labels,
    pub(crate) queues: BTreeSet<String>,
    pub(crate) categories: BTreeSet<String>,
    pub(crate) ticket_types: BTreeSet<String>,
}

impl There {
    pub(crate) fn of(frames: &[TicketFrame]) -> Self {
        let places = frames.iter().flat_map(|frame| {
            frame.locations.iter().map(|one| (&*frame.organization, &*one.name, &*one.id))
        });
        let mut there = Self { labels: labels(places), ..Self::default() };
        for frame in frames {
            there.organizations.insert(frame.organization.clone());
            there.places.extend(frame.locations.iter().map(|one| one.name.clone()));
            there.queues.extend(frame.queues.iter().cloned());
            there.categories.extend(frame.categories.iter().cloned());
            there.ticket_types.extend(frame.ticket_types.iter().cloned());
        }
        there
    }

    /// The names of the places of single tickets, and of these queues, categories and types.
    pub(crate) fn at(places: &[Place], texts: [BTreeSet<String>; 3]) -> Self {
        let [queues, categories, ticket_types] = texts;
        Self {
            organizations: places.iter().map(|place| place.organization.clone()).collect(),
            places: places.iter().map(|place| place.name.clone()).collect(),
            labels: labels(places.iter().map(|one| (&*one.organization, &*one.name, &*one.id))),
            queues,
            categories,
            ticket_types,
        }
    }
}

/// What is asked for, with whole names.
#[derive(Debug)]
pub(crate) struct Filter<'g> {
    pub(crate) meant: Asked,
    groups: &'g Groups,
}

impl Filter<'_> {
    fn has_organization(&self, name: &str) -> bool {
        let wanted = &self.meant.organizations;
        wanted.is_empty() || wanted.iter().any(|one| one == name)
    }

    fn has_place(&self, (organization, name, id): (&str, &str, &str)) -> bool {
        let Asked { locations, groups: wanted, .. } = &self.meant;
        let in_group = || lies_in(name, self.groups, |group| wanted.iter().any(|w| w == group));
        self.has_organization(organization)
            && (locations.is_empty() || locations.iter().any(|one| one == name || one == id))
            && (wanted.is_empty() || in_group())
    }

    /// The tickets of some frames that are asked for.
    pub(crate) fn take(&self, frames: Vec<TicketFrame>) -> Result<Vec<TicketFrame>, JobError> {
        let is_wanted = |frame: &TicketFrame| self.has_organization(&frame.organization);
        let keep = |frame: TicketFrame| {
            let places = frame.locations.iter();
            let places = places.map(|one| (&*frame.organization, &*one.name, &*one.id));
            let texts = [&*frame.queues, &*frame.categories, &*frame.ticket_types];
            let keep = self.keep(places, texts);
            Ok(frame.keep(&keep)?)
        };
        let frames = frames.into_iter().filter(is_wanted).map(keep);
        let mut frames = frames.collect::<Result<Vec<TicketFrame>, JobError>>()?;
        frames.retain(|frame| !frame.locations.is_empty());
        Ok(frames)
    }

    /// What is kept of tickets whose codes stand for these places (organization, name, id), and for these queues, categories
    /// and types. Dates are left to others.
    pub(crate) fn keep<'p>(
        &self,
        places: impl Iterator<Item = (&'p str, &'p str, &'p str)>,
        [queues, categories, ticket_types]: [&[String]; 3],
    ) -> Keep {
        let Asked { outcomes, weekdays, hours, .. } = &self.meant;
        let asked = &self.meant;
        let asks_for_places = !(asked.organizations.is_empty()
            && asked.locations.is_empty()
            && asked.groups.is_empty());
        Keep {
            places: asks_for_places.then(|| places.map(|place| self.has_place(place)).collect()),
            queues: chosen(queues, &asked.queues),
            categories: chosen(categories, &asked.categories),
            ticket_types: chosen(ticket_types, &asked.ticket_types),
            outcomes: numbered(8, outcomes, |at, outcome| Outcome::ALL.get(at) == Some(outcome)),
            weekdays: numbered(8, weekdays, |at, day| usize::from(*day) == at),
            hours: numbered(24, hours, |at, hour| usize::from(*hour) == at),
        }
    }
}

/// Which texts are chosen.
fn chosen(texts: &[String], wanted: &[String]) -> Choice {
    (!wanted.is_empty()).then(|| texts.iter().map(|text| wanted.contains(text)).collect())
}

/// Which numbers below `end` are chosen.
fn numbered<T>(end: usize, wanted: &[T], is: impl Fn(usize, &T) -> bool) -> Choice {
    (!wanted.is_empty()).then(|| (0..end).map(|at| wanted.iter().any(|one| is(at, one))).collect())
}

/// Hours in words, neighbours as one span.
fn hour_words(hours: &[u8]) -> Option<String> {
    let hours: BTreeSet<u8> = hours.iter().copied().collect();
    let hours: Vec<u8> = hours.into_iter().collect();
    let spans = hours.chunk_by(|a, b| a + 1 == *b).filter_map(|span| span.first().zip(span.last()));
    let words: Vec<String> = spans.map(|(from, to)| format!("{from}:00 to {to}:59")).collect();
    (!words.is_empty()).then(|| format!("arrival {}", words.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_told_in_words() {
        let asked = Asked {
            queues: vec!["A".into(), "B".into()],
            outcomes: vec![Outcome::NoShow],
            weekdays: vec![1, 2],
            hours: vec![9, 11, 10, 15],
            ..Asked::default()
        };
        assert_eq!(
            asked.words(),
            "queue A or B; outcome no show; on Monday, Tuesday; arrival 9:00 to 11:59, 15:00 to 15:59"
        );
        assert_eq!(Asked::default().words(), "");
    }
}
