//! Tickets grouped by anything that a ticket frame knows of them.
//!
//! The sums of the tables are those of locations and days. A question may be about anything else, so here the tickets
//! themselves are put in order by the values asked for, and each run of equal values makes a tally: the same one that the
//! tables are made of.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use crate::calendar::{WeekStart, iso_weekday};
use crate::dataframe::{TicketFrame, column};

use super::error::MetricError;
use super::row::{Row, by_place, codes_of};
use super::tally::{Tally, Times};

/// What tickets are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// Organization.
    Organization,
    /// Group of locations, as configured.
    Group,
    /// Location.
    Location,
    /// Service chosen at registration.
    Category,
    /// Queue as sent.
    Queue,
    /// Type as sent.
    Type,
    /// How the ticket ended.
    Outcome,
    /// Local service date.
    Day,
    /// Week of the service date.
    Week,
    /// Month of the service date.
    Month,
    /// Weekday of the service date.
    Weekday,
    /// Local hour of the arrival.
    Hour,
}

impl By {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Organization,
        Self::Group,
        Self::Location,
        Self::Category,
        Self::Queue,
        Self::Type,
        Self::Outcome,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Weekday,
        Self::Hour,
    ];

    /// Its name, as asked for.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Group => "group",
            Self::Location => "location",
            Self::Category => "category",
            Self::Queue => "queue",
            Self::Type => "type",
            Self::Outcome => "outcome",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Weekday => "weekday",
            Self::Hour => "hour",
        }
    }

    /// The code of a ticket: equal for tickets of one value, and in the order of the values where that is one of numbers.
    fn code(self, row: &Row, starts_on: WeekStart, groups: &[u32]) -> i64 {
        let day = || row.day.map_or(NO_DAY, i64::from);
        let first = |first: &dyn Fn(NaiveDate) -> Option<NaiveDate>| {
            let date = row.day.and_then(NaiveDate::from_epoch_days);
            date.and_then(first).map_or(NO_DAY, |first| i64::from(first.to_epoch_days()))
        };
        match self {
            Self::Organization => 0,
            Self::Group => groups.get(row.place as usize).copied().unwrap_or(0).into(),
            Self::Location => row.place.into(),
            Self::Category => row.category.into(),
            Self::Queue => row.queue.into(),
            Self::Type => row.ticket_type.into(),
            Self::Outcome => row.outcome.into(),
            Self::Day => day(),
            Self::Week => first(&|date| Some(starts_on.first_of(date))),
            Self::Month => first(&|date| date.with_day(1)),
            Self::Weekday => row.day.map_or(NO_DAY, |day| iso_weekday(day).into()),
            Self::Hour => row.hour.map_or(NO_DAY, i64::from),
        }
    }
}

/// The code of a ticket without a date or an hour: before all others.
const NO_DAY: i64 = i64::MIN;

/// A value that tickets are grouped by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKey {
    /// Nobody knows: the ticket has no date.
    Unknown,
    /// A weekday (1 = Monday) or an hour.
    Number(u8),
    /// The first day of a week or a month, or a day.
    Date(NaiveDate),
    /// A name; `(none)` for tickets without one. Of a location whose name stands in several organizations, with that of its
    /// organization behind it: two organizations never mix.
    Text(String),
}

/// Tallies by the values that they are grouped by.
pub type Grouped = BTreeMap<Vec<GroupKey>, Tally>;

/// The tickets of some frames by `by`, the first outermost; `group_of` gives the group of a location, by organization and
/// name. Nothing to group by makes one group of all tickets, also of none.
///
/// # Errors
/// [`MetricError`] if a column is missing.
pub fn grouped(
    frames: &[TicketFrame],
    by: &[By],
    starts_on: WeekStart,
    group_of: &dyn Fn(&str, &str) -> Option<String>,
) -> Result<Grouped, MetricError> {
    let mut all = Grouped::new();
    if by.is_empty() {
        all.insert(Vec::new(), Tally::default());
    }
    let apart = by.contains(&By::Location) && !by.contains(&By::Organization);
    let shared = if apart { shared_names(frames)? } else { BTreeSet::new() };
    // A location may really be called what another one is called here.
    let labels: BTreeSet<String> = frames
        .iter()
        .flat_map(|frame| frame.locations.iter().map(move |place| (frame, &place.name)))
        .filter(|(_, name)| shared.contains(name.as_str()))
        .map(|(frame, name)| shared_label(name, &frame.organization))
        .collect();
    for frame in frames {
        let groups: Vec<String> = frame
            .locations
            .iter()
            .map(|place| group_of(&frame.organization, &place.name).unwrap_or_else(none))
            .collect();
        // The first location of a group stands for all of it.
        let leaders: Vec<u32> = groups
            .iter()
            .map(|group| {
                let first = groups.iter().position(|other| other == group);
                first.and_then(|at| u32::try_from(at).ok()).unwrap_or(0)
            })
            .collect();
        let rows = by_place(&frame.rows, frame.locations.len())?;
        let codes = |row: &Row| -> Vec<i64> {
            by.iter().map(|by| by.code(row, starts_on, &leaders)).collect()
        };
        let mut sorted: Vec<(Vec<i64>, u32)> = rows.iter().map(codes).zip(0..).collect();
        sorted.sort_unstable();
        let mut times = Times::default();
        for part in sorted.chunk_by(|a, b| a.0 == b.0) {
            let Some((codes, _)) = part.first() else { continue };
            let mine = part.iter().filter_map(|(_, at)| rows.get(*at as usize));
            let tally = Tally::with(mine, &mut times);
            let key = by.iter().zip(codes).map(|(by, code)| {
                let mut key = key_of(*by, *code, frame, &groups);
                if let GroupKey::Text(name) = &mut key
                    && *by == By::Location
                    && (shared.contains(name.as_str()) || labels.contains(name))
                {
                    *name = shared_label(name, &frame.organization);
                }
                key
            });
            all.entry(key.collect()).or_default().merge(&tally);
        }
    }
    Ok(all)
}

/// What a location is called where several organizations have one of its name.
#[must_use]
pub fn shared_label(name: &str, organization: &str) -> String {
    format!("{name} ({organization})")
}

/// Names of locations that have tickets in several organizations.
fn shared_names(frames: &[TicketFrame]) -> Result<BTreeSet<&str>, MetricError> {
    shared_by(frames, column::PLACE, |frame| {
        frame.locations.iter().map(|one| one.name.as_str()).collect()
    })
}

/// Names of queues that have tickets in several organizations.
///
/// # Errors
/// [`MetricError`] if a column is missing.
pub fn shared_queues(frames: &[TicketFrame]) -> Result<BTreeSet<&str>, MetricError> {
    let mut shared = shared_by(frames, column::QUEUE, |frame| {
        frame.queues.iter().map(String::as_str).collect()
    })?;
    // That of tickets without one.
    shared.remove("");
    Ok(shared)
}

/// Names that a column has codes for and that have tickets in several organizations.
fn shared_by<'f>(
    frames: &'f [TicketFrame],
    column: &'static str,
    names: fn(&'f TicketFrame) -> Vec<&'f str>,
) -> Result<BTreeSet<&'f str>, MetricError> {
    let alike = repeated(frames.iter().flat_map(names));
    if alike.is_empty() {
        return Ok(alike);
    }
    let mut used = Vec::new();
    for frame in frames {
        let names = names(frame);
        let name = |code: u32| names.get(code as usize).copied();
        let there = codes_of(&frame.rows, column)?.into_iter().filter_map(name);
        used.extend(there.filter(|name| alike.contains(name)));
    }
    Ok(repeated(used.into_iter()))
}

/// Names that come more than once. Two locations of an organization never have one name, nor have two of its queues.
fn repeated<'n>(names: impl Iterator<Item = &'n str>) -> BTreeSet<&'n str> {
    let mut once = BTreeSet::new();
    names.filter(|name| !once.insert(*name)).collect()
}

fn none() -> String {
    "(none)".to_owned()
}

/// The value that a code stands for.
fn key_of(by: By, code: i64, frame: &TicketFrame, groups: &[String]) -> GroupKey {
    let at = usize::try_from(code).ok();
    let text = |texts: &[String]| {
        let text = at.and_then(|at| texts.get(at)).filter(|text| !text.is_empty());
        GroupKey::Text(text.cloned().unwrap_or_else(none))
    };
    let number = || u8::try_from(code).map_or(GroupKey::Unknown, GroupKey::Number);
    match by {
        By::Organization => GroupKey::Text(frame.organization.clone()),
        By::Group => text(groups),
        By::Location => {
            let place = at.and_then(|at| frame.locations.get(at));
            GroupKey::Text(place.map_or_else(none, |place| place.name.clone()))
        }
        By::Category => text(&frame.categories),
        By::Queue => text(&frame.queues),
        By::Type => text(&frame.ticket_types),
        By::Outcome => {
            let outcome = at.and_then(|at| crate::ticket::Outcome::ALL.get(at));
            GroupKey::Text(outcome.map_or("", |outcome| outcome.name()).to_owned())
        }
        By::Day | By::Week | By::Month => {
            let day = i32::try_from(code).ok().and_then(NaiveDate::from_epoch_days);
            day.map_or(GroupKey::Unknown, GroupKey::Date)
        }
        By::Weekday | By::Hour => number(),
    }
}
