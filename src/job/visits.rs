//! Counts the tickets of each day, for the gates of a night.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use crate::metric::PeriodSums;

/// Tickets whose customers came, by organization, location and service date.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct DailyVisits(BTreeMap<(String, String), BTreeMap<NaiveDate, u64>>);

impl DailyVisits {
    /// Those of some periods.
    pub(crate) fn of<'m>(periods: impl Iterator<Item = &'m PeriodSums>) -> Self {
        let mut visits = Self::default();
        for ((organization, location), day, n) in periods.flat_map(PeriodSums::came) {
            if let Some(date) = NaiveDate::from_epoch_days(day) {
                visits.add(organization, location, date, n);
            }
        }
        visits
    }

    /// Adds tickets.
    pub(crate) fn add(&mut self, organization: &str, location: &str, date: NaiveDate, n: u64) {
        let key = (organization.to_owned(), location.to_owned());
        *self.0.entry(key).or_default().entry(date).or_default() += n;
    }

    /// The locations of an organization, each with its days.
    pub(crate) fn of_organization(
        &self,
        organization: &str,
    ) -> impl Iterator<Item = (&str, &BTreeMap<NaiveDate, u64>)> {
        let mine = self.0.iter().filter(move |((owner, _), _)| owner == organization);
        mine.map(|((_, location), days)| (location.as_str(), days))
    }

    /// The days within a span, both ends included, on which anybody came to a location.
    pub(crate) fn days_at(
        &self,
        organization: &str,
        location: &str,
        (from, to): (NaiveDate, NaiveDate),
    ) -> BTreeSet<NaiveDate> {
        let mine = self.0.get(&(organization.to_owned(), location.to_owned()));
        mine.into_iter().flat_map(|days| days.range(from..=to)).map(|(date, _)| *date).collect()
    }

    /// The days within a span, both ends included, on which anybody came to an organization.
    pub(crate) fn days(
        &self,
        organization: &str,
        (from, to): (NaiveDate, NaiveDate),
    ) -> BTreeSet<NaiveDate> {
        let all = self.of_organization(organization);
        all.flat_map(|(_, days)| days.range(from..=to)).map(|(date, _)| *date).collect()
    }
}

/// The day so many days before another.
pub(crate) fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN)
}
