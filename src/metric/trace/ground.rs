//! What the numbers of an organization are traced on: its tickets one by one, and its figures.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use crate::calendar::Clock;
use crate::dataframe::{LocationColumn, Single, Singles};
use crate::metric::bands;
use crate::metric::cell::Cell;
use crate::metric::group::Rules;
use crate::metric::record::Record;
use crate::metric::section::{LAST_MINUTE, LocationSection, Section};
use crate::metric::sections::Sections;
use crate::metric::sums::Dimension;
use crate::metric::values::{NONE, OTHER, VALUES, by_tickets};
use crate::ticket::Outcome;

/// Whether a ticket belongs to a row.
type Belongs<'r> = Box<dyn Fn(&Single) -> bool + 'r>;

/// What the numbers of an organization are traced on.
#[derive(Debug)]
pub struct Ground<'a> {
    /// Its figures.
    pub sections: &'a Sections,
    /// Its locations, by name.
    pub places: &'a [LocationColumn],
    /// Single tickets of all organizations, also of the weeks before the window that are looked at.
    pub tickets: &'a Singles,
    /// Groups that a location lies in, by its name.
    pub groups: &'a BTreeMap<String, Vec<String>>,
    /// What is hidden, and when weeks begin.
    pub rules: Rules,
}

impl<'a> Ground<'a> {
    /// Its tickets, whatever their date, with their places among all.
    pub(super) fn everything(&self) -> impl Iterator<Item = (usize, &'a Single)> + '_ {
        let is_mine = |one: &Single| {
            let place = self.tickets.places.get(one.place as usize);
            place.is_some_and(|place| place.organization == self.sections.organization)
        };
        self.tickets.iter().enumerate().filter(move |(_, one)| is_mine(one))
    }

    /// Its tickets in the window.
    pub(super) fn inside(&self) -> impl Iterator<Item = (usize, &'a Single)> + '_ {
        let (from, to) = self.sections.window;
        let is_inside = move |one: &Single| {
            let date = one.service_date();
            from.is_none_or(|from| date.is_some_and(|date| from <= date))
                && to.is_none_or(|to| date.is_some_and(|date| date <= to))
        };
        self.everything().filter(move |(_, one)| is_inside(one))
    }

    /// Id of the location of a ticket.
    pub(super) fn id_of(&self, one: &Single) -> &'a str {
        self.tickets.places.get(one.place as usize).map_or("", |place| &place.id)
    }

    /// Clock of the location of a ticket.
    pub(super) fn clock_of(&self, id: &str) -> Option<Clock> {
        self.places.iter().find(|place| place.id == id).map(|place| place.clock)
    }

    /// A location with tickets in the window, by its id.
    pub(super) fn location(&self, id: &str) -> Option<&'a LocationSection> {
        self.sections.locations.iter().find(|location| location.id == id)
    }

    /// The figures that a row is about: of its location, or of all together if it names none.
    pub(super) fn section(&self, record: &Record) -> Option<&'a Section> {
        match record.text("location_id") {
            Some(id) => Some(&self.location(id)?.section),
            None => Some(&self.sections.all),
        }
    }

    /// Whether a ticket is at the location of a row; at any if it names none.
    pub(super) fn is_at(&self, record: &Record, one: &Single) -> bool {
        record.text("location_id").is_none_or(|id| self.id_of(one) == id)
    }

    /// The places of the tickets that a row counts; `None` for a table whose rows are not made of tickets.
    pub(super) fn behind(&self, record: &Record) -> Option<Vec<usize>> {
        let has: Belongs<'_> = match record.file {
            "locations.csv" | "curves.csv" | "funnel.csv" => Box::new(|_| true),
            "daily.csv" => {
                let date = record.date("service_date");
                Box::new(move |one| one.service_date() == date)
            }
            "weekly.csv" => self.of_week(record.date("from")),
            "monthly.csv" => {
                let first = record.date("from");
                let month = |date: NaiveDate| date.with_day(1);
                Box::new(move |one| one.service_date().and_then(month) == first)
            }
            "totals.csv" => of_span(record),
            "segments.csv" => self.of_segment(record)?,
            "groups.csv" => {
                let group = record.text("group")?;
                Box::new(move |one| self.lies_in(one, group))
            }
            "hourly.csv" | "hours.csv" => of_hour(record),
            "cancellations.csv" => self.of_cause(record),
            "ratings.csv" => Box::new(|one| one.rating > 0),
            "ratings_by_wait.csv" => {
                let from = record.count("wait_from_min")?;
                let begin = |wait| bands::minutes(bands::of_wait(wait)).0;
                Box::new(move |one| one.rating > 0 && one.wait_s.map(begin) == Some(from))
            }
            "wait_histogram.csv" => {
                let minute = record.count("minute")?;
                let of = |wait: u32| u64::from((wait / 60).min(LAST_MINUTE));
                Box::new(move |one| one.wait_s.map(of) == Some(minute))
            }
            "control.csv" => self.of_week(record.date("from")),
            _ => return None,
        };
        // Whole weeks are looked at also before the window.
        let is_whole_week = record.file == "control.csv"
            && matches!(record.get("complete"), Some(Cell::Truth(true)));
        let has = |one: &Single| self.is_at(record, one) && has(one);
        let place = |(at, one): (usize, &Single)| has(one).then_some(at);
        Some(if is_whole_week {
            self.everything().filter_map(place).collect()
        } else {
            self.inside().filter_map(place).collect()
        })
    }

    fn of_week<'r>(&self, first: Option<NaiveDate>) -> Belongs<'r> {
        let starts_on = self.rules.week_starts_on;
        Box::new(move |one| one.service_date().map(|date| starts_on.first_of(date)) == first)
    }

    /// Whether the location of a ticket lies in a group.
    pub(super) fn lies_in(&self, one: &Single, group: &str) -> bool {
        let place = self.tickets.places.get(one.place as usize);
        let groups = place.and_then(|place| self.groups.get(&place.name));
        groups.is_some_and(|groups| groups.iter().any(|one| one == group))
    }

    /// The value of a ticket in a dimension; empty for none.
    fn value(&self, dimension: Dimension, one: &Single) -> &'a str {
        let Singles { queues, categories, ticket_types, .. } = self.tickets;
        let (texts, code) = match dimension {
            Dimension::Category => (categories, one.category),
            Dimension::Queue => (queues, one.queue),
            Dimension::TicketType => (ticket_types, one.ticket_type),
        };
        texts.get(code as usize).map_or("", String::as_str)
    }

    /// Tickets of a value, of none, or of those that are too rare for a row of their own.
    fn of_segment<'r>(&'r self, record: &'r Record) -> Option<Belongs<'r>> {
        let name = record.text("dimension")?;
        let dimension = Dimension::ALL.into_iter().find(|one| one.name() == name)?;
        let value = record.text("value")?;
        let mut tickets: BTreeMap<&str, u64> = BTreeMap::new();
        for (_, one) in self.inside().filter(|(_, one)| self.is_at(record, one)) {
            *tickets.entry(self.value(dimension, one)).or_default() += 1;
        }
        tickets.remove("");
        let mut named: Vec<(&str, u64)> = tickets.into_iter().collect();
        named.sort_by(|a, b| by_tickets(*a, *b));
        let named: BTreeSet<&str> = named.into_iter().take(VALUES).map(|(name, _)| name).collect();
        Some(Box::new(move |one| {
            let label = match self.value(dimension, one) {
                "" => NONE,
                name if named.contains(name) => name,
                _ => OTHER,
            };
            label == value
        }))
    }

    /// Lost tickets of a cause.
    fn of_cause<'r>(&'r self, record: &'r Record) -> Belongs<'r> {
        let of = |column| record.text(column);
        let (outcome, ticket_type) = (of("outcome"), of("ticket_type").unwrap_or(""));
        let lead = (of("lead_band"), of("lead_unknown_because"));
        Box::new(move |one| {
            let band = one.lead_band();
            let mine = (band.map(|band| band.label), band.and_then(|band| band.unknown_because));
            !matches!(one.outcome, Outcome::Served | Outcome::Open)
                && Some(one.outcome.name()) == outcome
                && self.value(Dimension::TicketType, one) == ticket_type
                && mine == lead
        })
    }
}

/// Tickets of a span of dates; those without a date where the row has none.
fn of_span<'r>(record: &Record) -> Belongs<'r> {
    let span = record.date("from").zip(record.date("to"));
    // The row of the window has every ticket of it, also those without a date.
    if record.text("grain") == Some("window") {
        return Box::new(|_| true);
    }
    Box::new(move |one| match (span, one.service_date()) {
        (Some((from, to)), Some(date)) => from <= date && date <= to,
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    })
}

/// Tickets that arrived in an hour, of a weekday if the row names one.
fn of_hour<'r>(record: &Record) -> Belongs<'r> {
    let number = |column| record.count(column).and_then(|n| i32::try_from(n).ok());
    let (weekday, hour) = (number("weekday"), number("hour"));
    Box::new(move |one| {
        one.weekday().is_some_and(|day| weekday.is_none_or(|mine| mine == day)) && one.hour == hour
    })
}
