//! Days on which a place is closed: gates do not expect data then.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::ticket::normalise;

/// Days on which something is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosedDay {
    /// The first and the last day of a span, both included.
    Span(NaiveDate, NaiveDate),
    /// The same weekday of every week.
    Weekly(Weekday),
}

impl ClosedDay {
    fn holds(self, date: NaiveDate) -> bool {
        match self {
            Self::Span(from, to) => (from..=to).contains(&date),
            Self::Weekly(weekday) => date.weekday() == weekday,
        }
    }
}

/// Who is closed when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClosedDays {
    all: Vec<ClosedDay>,
    /// By normalised name.
    organizations: BTreeMap<String, Vec<ClosedDay>>,
    /// By normalised name of the location, both as in the archive and as configured.
    locations: BTreeMap<String, Vec<ClosedDay>>,
}

impl ClosedDays {
    /// Closes everything on these days.
    pub fn close_all(&mut self, days: &[ClosedDay]) {
        self.all.extend(days);
    }

    /// Closes all of an organization on these days.
    pub fn close_organization(&mut self, name: &str, days: &[ClosedDay]) {
        self.organizations.entry(normalise(name)).or_default().extend(days);
    }

    /// Closes the locations of a name on these days.
    pub fn close_location(&mut self, name: &str, days: &[ClosedDay]) {
        self.locations.entry(normalise(name)).or_default().extend(days);
    }

    /// Whether all of an organization is closed.
    #[must_use]
    pub fn organization(&self, name: &str, date: NaiveDate) -> bool {
        hold(Some(&self.all), date)
            || !self.organizations.is_empty()
                && hold(self.organizations.get(&normalise(name)), date)
    }

    /// Whether a location of an organization is closed.
    #[must_use]
    pub fn location(&self, organization: &str, name: &str, date: NaiveDate) -> bool {
        self.organization(organization, date) || hold(self.locations.get(name), date)
    }
}

fn hold(days: Option<&Vec<ClosedDay>>, date: NaiveDate) -> bool {
    days.is_some_and(|days| days.iter().any(|day| day.holds(date)))
}
