//! The figures of groups of locations, at every level: of `North/City` those of `North` and of `North/City`.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::dataframe::LocationColumn;

use super::cell::{Cell, Kind};
use super::curves::LeftWaits;
use super::ends::Ends;
use super::group::Rules;
use super::measure::Figures;
use super::place_group::PlaceGroup;
use super::sections::Sections;
use super::sums::LocationSums;
use super::table::Table;
use super::tables::{summary_row, with_summary};
use super::tally::Tally;

/// Name and levels of a group: of `North/City` 2.
fn level(name: &str) -> usize {
    name.split('/').count()
}

/// The groups of locations, by name, from the sums of the locations in the same order; `levels` names the groups that a
/// location lies in, by its name. A location without a group is in none.
pub fn place_groups<'n>(
    locations: &[LocationColumn],
    sums: &[Option<LocationSums>],
    rules: Rules,
    levels: impl Fn(&str) -> Vec<&'n str>,
) -> Vec<PlaceGroup> {
    let mut members: BTreeMap<&str, Vec<&LocationSums>> = BTreeMap::new();
    for (location, sums) in locations.iter().zip(sums) {
        let Some(sums) = sums else { continue };
        for group in levels(&location.name) {
            members.entry(group).or_default().push(sums);
        }
    }
    let group = |(name, members): (&str, Vec<&LocationSums>)| {
        let tallies = members.iter().flat_map(|sums| sums.days.values());
        let ends = Ends::sum(members.iter().map(|sums| &sums.ends));
        PlaceGroup {
            name: name.to_owned(),
            level: level(name),
            locations: members.len(),
            figures: Figures::of(&Tally::sum(tallies), rules),
            left_waits: LeftWaits::of(&ends),
        }
    };
    let members: Vec<(&str, Vec<&LocationSums>)> = members.into_iter().collect();
    members.into_par_iter().map(group).collect()
}

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
