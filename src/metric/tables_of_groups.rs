//! The table of groups of locations.

use super::cell::{Cell, Kind};
use super::sections::Sections;
use super::table::Table;
use super::tables::{summary_row, with_summary};

impl Sections {
    /// `groups.csv`: groups of locations at every level. A sum over one level counts nobody twice.
    pub(super) fn of_groups(&self) -> Table<'_> {
        let keys = [
            ("organization", Kind::Text),
            ("group", Kind::Text),
            ("level", Kind::Count),
            ("locations", Kind::Count),
        ];
        Table::new("groups.csv", with_summary(&keys, &[]), move |sink| {
            for group in &self.groups {
                let keys = [
                    Cell::Text(&self.organization),
                    Cell::Text(&group.name),
                    Cell::Count(group.level as u64),
                    Cell::Count(group.locations as u64),
                ];
                summary_row(&keys, &group.figures, &[], sink);
            }
        })
    }
}
