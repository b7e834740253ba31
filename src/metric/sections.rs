//! The figures of an organization, from its sums.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::NaiveDate;
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::calendar::{Clock, WeekStart};
use crate::dataframe::LocationColumn;

use super::changes::changes;
use super::control_rows::{control_rows, running_week, with_running};
use super::course::{Courses, last_week};
use super::error::MetricError;
use super::funnel_rows::{FunnelRow, funnel_rows};
use super::hours::{Hours, Lengths};
use super::organization::OrganizationSums;
use super::place_groups::PlaceGroup;
use super::section::{LocationSection, Section, lengths_of};
use super::sums::LocationSums;
use super::view::{View, last_whole, whole_everywhere};

/// The figures of an organization: of each location with a ticket, and of all of them together.
#[derive(Debug, Clone)]
pub struct Sections {
    /// Tenant; never trusted.
    pub organization: String,
    /// Its locations that have a ticket in the window, by name.
    pub locations: Vec<LocationSection>,
    /// Groups of its locations, by name.
    pub groups: Vec<PlaceGroup>,
    /// All locations together.
    pub all: Section,
    /// The last day that is over by the clock of every location.
    pub last_whole: Option<NaiveDate>,
    /// First and last date asked for.
    pub window: (Option<NaiveDate>, Option<NaiveDate>),
    /// First and last service date of the tickets.
    pub dates: Option<(NaiveDate, NaiveDate)>,
    /// Number of tickets.
    pub tickets: u64,
    /// Its locations against all of them.
    pub funnel: Vec<FunnelRow>,
    /// On which weekday its weeks begin.
    pub week_starts_on: WeekStart,
}

impl Sections {
    /// The figures of an organization from its sums, and what changed in its weeks; `courses` reach back as far as the rule
    /// looks, whatever the window.
    ///
    /// # Errors
    /// [`MetricError`] if a date lies outside the calendar.
    pub fn of(
        of: &mut OrganizationSums,
        view: View,
        courses: &Courses,
    ) -> Result<Self, MetricError> {
        let OrganizationSums { organization, locations, sums, window, .. } = of;
        settle(locations, sums);
        let (locations, sums) = (&*locations, &*sums);
        let found: Vec<(&LocationColumn, &LocationSums)> =
            locations.iter().zip(sums).filter_map(|(l, sums)| Some((l, sums.as_ref()?))).collect();
        let mut lengths: HashMap<Clock, Lengths> = HashMap::new();
        for (location, _) in &found {
            if let Entry::Vacant(entry) = lengths.entry(location.clock) {
                let mine = found.iter().filter(|(other, _)| other.clock == location.clock);
                entry.insert(lengths_of(location.clock, mine.map(|(_, sums)| *sums))?);
            }
        }
        let nothing = Lengths::default();
        let section = |(location, sums): &(&LocationColumn, &LocationSums)| LocationSection {
            name: location.name.clone(),
            id: location.id.clone(),
            last_whole: last_whole(location.clock, view.data_through),
            section: Section::of(
                sums,
                view.rules,
                lengths.get(&location.clock).unwrap_or(&nothing),
            ),
        };
        let names: Vec<&str> = locations.iter().map(|location| location.name.as_str()).collect();
        let clocks = locations.iter().map(|location| location.clock);
        let whole = whole_everywhere(clocks, view.data_through);
        let week = last_week((whole, view.last_seen), window.1, view.rules.week_starts_on);
        let span = week.map(|week| courses.until(organization, &names, week));
        let everybody: Vec<&LocationSums> = found.iter().map(|(_, sums)| *sums).collect();
        // An organization may span clocks: its hours are the local ones of each location.
        let of_all = Lengths::longest(lengths.values());
        let ((sections, mut all), (changed, of_places)) = rayon::join(
            || {
                rayon::join(
                    || found.par_iter().map(section).collect::<Vec<LocationSection>>(),
                    || Section::of_all(&everybody, view.rules, &of_all),
                )
            },
            || {
                let from = usize::from(view.rules.scale.satisfied_from());
                let looked = span.as_ref().map(|span| span.looked_at(from));
                let looked = looked.as_ref();
                let (changed, places) = changes(week, looked, locations.len(), view.rules);
                let control = |at| {
                    let rows = |(week, looked)| control_rows(week, (looked, at), view.rules);
                    week.zip(looked).map_or_else(Vec::new, rows)
                };
                let of_places: Vec<_> =
                    (0..locations.len()).into_par_iter().map(|at| control(Some(at))).collect();
                let places = places.into_iter().zip(of_places).collect::<Vec<_>>();
                ((changed, control(None)), places)
            },
        );
        let (changed, control) = changed;
        all.changes = changed;
        let there = sums.iter().zip(of_places).filter(|(sums, _)| sums.is_some());
        let running = week.and_then(|week| running_week(week, whole, *window));
        all.control = with_running(control, running, &all.weekly);
        let with = |(section, (_, (changes, control))): (LocationSection, (_, (_, _)))| {
            let control = with_running(control, running, &section.section.weekly);
            LocationSection { section: Section { changes, control, ..section.section }, ..section }
        };
        let sections: Vec<LocationSection> = sections.into_iter().zip(there).map(with).collect();
        let at = (0..).zip(sums).filter(|(_, sums)| sums.is_some()).map(|(at, _)| at);
        let weeks = |at, share, from| {
            span.as_ref().map_or_else(Vec::new, |span| span.shares(at, share, (from, window.0)))
        };
        let funnel = funnel_rows(&at.zip(&sections).collect::<Vec<_>>(), view.rules, &weeks);
        let mut days = all.daily.iter().filter_map(|(date, _)| *date);
        let first = days.next();
        let dates = first.map(|first| (first, days.next_back().unwrap_or(first)));
        Ok(Self {
            organization: organization.clone(),
            locations: sections,
            groups: Vec::new(),
            last_whole: whole,
            window: *window,
            dates,
            tickets: all.figures.tickets,
            funnel,
            week_starts_on: view.rules.week_starts_on,
            all,
        })
    }
}

/// Looks at the ends of months together.
fn settle(locations: &[LocationColumn], sums: &mut [Option<LocationSums>]) {
    let spans = sums.iter().flatten().filter_map(|sums| sums.line.edge_span());
    let Some(span) = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) else { return };
    let mut hours: HashMap<Clock, Hours> = HashMap::new();
    for (location, sums) in locations.iter().zip(sums) {
        if let Some(sums) = sums {
            let hours =
                hours.entry(location.clock).or_insert_with(|| Hours::of(location.clock, span));
            sums.line.settle(hours);
        }
    }
}
