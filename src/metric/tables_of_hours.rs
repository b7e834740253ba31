//! `hours.csv`: the hours of the day, all weekdays together.

use super::cell::{Cell, Kind};
use super::section::Section;
use super::sections::Sections;
use super::table::{Sink, Table};
use super::tables::HOUR;

impl Sections {
    /// `hours.csv`: of the organization as a whole, with an empty location, and of each location. Medians and longest lines of
    /// single weekdays do not add up to these, so they are made from the tickets.
    pub(super) fn hours(&self) -> Table<'_> {
        let keys = ["organization", "location", "location_id"].map(|name| (name, Kind::Text));
        let columns = keys.into_iter().chain(HOUR).collect();
        Table::new("hours.csv", columns, move |sink| {
            let organization = Cell::Text(&self.organization);
            rows([organization, Cell::Missing, Cell::Missing], &self.all, sink);
            for location in &self.locations {
                let keys = [organization, Cell::Text(&location.name), Cell::Text(&location.id)];
                rows(keys, &location.section, sink);
            }
        })
    }
}

/// Hands over the hours of a section.
fn rows([organization, location, id]: [Cell<'_>; 3], section: &Section, sink: &mut Sink<'_>) {
    for hour in &section.hours {
        sink(&[
            organization,
            location,
            id,
            Cell::Count(hour.hour.into()),
            Cell::Count(hour.tickets),
            Cell::Count(hour.waits),
            Cell::number(hour.wait_p50_s),
            Cell::number(hour.wait_p90_s),
            Cell::number(hour.line_mean),
            Cell::Count(hour.line_max),
            Cell::Count(hour.open_days),
        ]);
    }
}
