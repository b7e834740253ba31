//! The part of the tickets that is asked about: one set of filters for reports, questions, comparisons and exports.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::calendar::weekday_name;
use crate::dataframe::{Choice, Keep, TicketFrame};
use crate::ticket::{Outcome, normalise};

use super::error::JobError;
use super::groups::{Groups, levels};
use super::obeyed::{Known, find_named};

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
    /// Whether more is asked than dates, organizations and locations.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        !(self.groups.is_empty()
            && self.queues.is_empty()
            && self.categories.is_empty()
            && self.ticket_types.is_empty()
            && self.outcomes.is_empty()
            && self.weekdays.is_empty()
            && self.hours.is_empty())
    }

    /// The same without organizations, locations and groups.
    pub(crate) fn beside_places(&self) -> Self {
        let none = Vec::new;
        Self { organizations: none(), locations: none(), groups: none(), ..self.clone() }
    }

    /// What it asks for besides dates, in words for a headline: `queue A or B; Monday; 9:00 to 12:59`. Empty for all.
    #[must_use]
    pub fn words(&self) -> String {
        let named = |noun: &str, names: &[String]| {
            (!names.is_empty()).then(|| format!("{noun} {}", names.join(" or ")))
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
    /// row, unless their organization is not asked for.
    ///
    /// # Errors
    /// [`JobError::Missing`] or [`JobError::Ambiguous`] for a name that is not there, or begins several.
    pub(crate) fn of(
        &self,
        frames: Vec<TicketFrame>,
        groups: &Groups,
        known: &Known,
    ) -> Result<(Vec<TicketFrame>, Self), JobError> {
        let ids = frames.iter().flat_map(|frame| &frame.locations).map(|place| place.id.as_str());
        let (ids, none): (BTreeSet<&str>, BTreeSet<&str>) = (ids.collect(), BTreeSet::new());
        let find = |noun, asked: &[String], there: &BTreeSet<&str>| {
            // What the configuration leaves out is known and has no ticket.
            let asked: Vec<String> = asked.iter().map(|name| normalise(name)).collect();
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
        let organizations: BTreeSet<&str> =
            frames.iter().map(|frame| frame.organization.as_str()).collect();
        let organizations = find("organization", &self.organizations, &organizations)?;
        let places = frames.iter().flat_map(|frame| &frame.locations);
        let places: BTreeSet<&str> = places.map(|place| place.name.as_str()).collect();
        let locations = find("location", &self.locations, &places)?;
        let all_groups: BTreeSet<&str> = groups.values().flat_map(|group| levels(group)).collect();
        let wanted_groups = find("group", &self.groups, &all_groups)?;
        let text = |noun, asked: &[String], of: fn(&TicketFrame) -> &Vec<String>| {
            let there: BTreeSet<&str> = frames.iter().flat_map(of).map(String::as_str).collect();
            find(noun, asked, &there)
        };
        let queues = text("queue", &self.queues, |frame| &frame.queues)?;
        let categories = text("category", &self.categories, |frame| &frame.categories)?;
        let ticket_types = text("type", &self.ticket_types, |frame| &frame.ticket_types)?;
        let meant = Self {
            organizations: organizations.iter().cloned().collect(),
            locations: locations.iter().cloned().collect(),
            groups: wanted_groups.iter().cloned().collect(),
            queues: queues.iter().cloned().collect(),
            categories: categories.iter().cloned().collect(),
            ticket_types: ticket_types.iter().cloned().collect(),
            ..self.clone()
        };
        let in_group = |name: &str| {
            let group = groups.get(name);
            group.is_some_and(|group| levels(group).any(|level| wanted_groups.contains(level)))
        };
        let asks_for_places = !(locations.is_empty() && wanted_groups.is_empty());
        let is_wanted = |frame: &TicketFrame| {
            organizations.is_empty() || organizations.contains(&frame.organization)
        };
        let keep = |frame: TicketFrame| {
            let place = |name: &String, id: &String| {
                (locations.is_empty() || locations.contains(name) || locations.contains(id))
                    && (wanted_groups.is_empty() || in_group(name))
            };
            let places = frame.locations.iter().map(|one| place(&one.name, &one.id));
            let keep = Keep {
                places: asks_for_places.then(|| places.collect()),
                queues: chosen(&frame.queues, &queues),
                categories: chosen(&frame.categories, &categories),
                ticket_types: chosen(&frame.ticket_types, &ticket_types),
                outcomes: numbered(8, &self.outcomes, |at, outcome| {
                    Outcome::ALL.get(at) == Some(outcome)
                }),
                weekdays: numbered(8, &self.weekdays, |at, day| usize::from(*day) == at),
                hours: numbered(24, &self.hours, |at, hour| usize::from(*hour) == at),
            };
            Ok(frame.keep(&keep)?)
        };
        let frames = frames.into_iter().filter(is_wanted).map(keep);
        Ok((frames.collect::<Result<_, JobError>>()?, meant))
    }
}

/// Which texts are chosen.
fn chosen(texts: &[String], wanted: &BTreeSet<String>) -> Choice {
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
        assert!(asked.is_narrow());
        assert_eq!(Asked::default().words(), "");
        assert!(!Asked::default().is_narrow());
    }
}
