//! When anything was last seen: at each location, and in each file.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::fold::Fold;
use super::heading::{Heading, HeadingId, Headings};
use super::set::Location;

impl Fold {
    /// The last day on which anybody is known to have been at each location, by organization and name: the last service date
    /// in its lines, but no day after the last on which anything happened there, since bookings ahead are no visits. `place`
    /// gives the location of a heading.
    pub(super) fn last_seen<'l>(
        &self,
        place: impl Fn(&Heading) -> Option<&'l Location>,
    ) -> BTreeMap<(String, String), NaiveDate> {
        /// The last service date, and the last day on which anything happened.
        type Days = (Option<NaiveDate>, Option<NaiveDate>);
        let Headings { list: headings, .. } = &self.headings;
        let mut places: HashMap<HeadingId, Option<&Location>> = HashMap::new();
        let mut days: BTreeMap<(&str, &str), Days> = BTreeMap::new();
        for ((_, id), span) in &self.spans {
            let found = || headings.get(id.index()).and_then(&place);
            let Some(location) = *places.entry(*id).or_insert_with(found) else { continue };
            let key = (location.organization.as_str(), location.name.as_str());
            let mine = days.entry(key).or_default();
            let clock = location.clock;
            mine.0 = mine.0.max(span.dates(clock).map(|(_, last)| last));
            let happened = span.happened.and_then(|at| clock.local(at)).map(|local| local.date);
            mine.1 = mine.1.max(happened);
        }
        let seen = |((organization, name), (date, happened)): ((&str, &str), Days)| {
            let day = [date, happened].into_iter().flatten().min()?;
            Some(((organization.to_owned(), name.to_owned()), day))
        };
        days.into_iter().filter_map(seen).collect()
    }

    /// The latest instant up to the run at which anything happened to a ticket, by number of the file that tells it and
    /// organization; UTC milliseconds.
    #[must_use]
    pub fn news_of_files(&self) -> BTreeMap<(u32, String), i64> {
        let Headings { names, list: headings, .. } = &self.headings;
        let mut newest: BTreeMap<(u32, String), i64> = BTreeMap::new();
        for ((file, id), span) in &self.spans {
            if let (Some(heading), Some(at)) = (headings.get(id.index()), span.happened) {
                let key = (*file, names.get(heading.organization).to_owned());
                let known = newest.entry(key).or_insert(at);
                *known = at.max(*known);
            }
        }
        newest
    }
}
