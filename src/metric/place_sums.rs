//! What the tickets of some places add up to, each place as a whole: sums that can be kept, and brought together in any order.

use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};

use super::course::Courses;
use super::organization::{OrganizationSums, PeriodSums};

/// The sums of some places, and their weeks. Every place is in it with all of its tickets of the window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceSums {
    sums: PeriodSums,
    courses: Courses,
}

impl PlaceSums {
    /// The sums of all places of organizations that have a ticket in the window, and the weeks of these.
    #[must_use]
    pub fn of(all: Vec<OrganizationSums>, courses: Courses) -> Self {
        let mut sums = PeriodSums::default();
        for OrganizationSums { organization, locations, sums: of_places, .. } in all {
            for (location, mine) in locations.into_iter().zip(of_places) {
                if let Some(mine) = mine {
                    sums.0.insert((organization.clone(), location.name), mine);
                }
            }
        }
        Self { sums, courses }
    }

    /// Adds other places. Places that are there already must have the same sums; adding them again changes nothing.
    ///
    /// # Errors
    /// Organization and name of a place that has other sums here.
    pub fn merge(&mut self, other: Self) -> Result<(), (String, String)> {
        for (place, sums) in other.sums.0 {
            match self.sums.0.entry(place) {
                Entry::Vacant(free) => {
                    free.insert(sums);
                }
                Entry::Occupied(there) if *there.get() == sums => {}
                Entry::Occupied(there) => return Err(there.key().clone()),
            }
        }
        for (place, weeks) in other.courses.of {
            match self.courses.of.entry(place) {
                Entry::Vacant(free) => {
                    free.insert(weeks);
                }
                Entry::Occupied(there) if *there.get() == weeks => {}
                Entry::Occupied(there) => return Err(there.key().clone()),
            }
        }
        Ok(())
    }

    /// Puts the sums into organizations that have none yet, and returns the weeks.
    pub fn put_into(self, all: &mut [OrganizationSums], mut courses: Courses) -> Courses {
        let mut sums = self.sums.0;
        for one in all {
            for (location, mine) in one.locations.iter().zip(&mut one.sums) {
                *mine = sums.remove(&(one.organization.clone(), location.name.clone()));
            }
        }
        courses.merge(self.courses);
        courses
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::course::WeekSums;
    use super::super::sums::LocationSums;
    use super::*;

    /// Sums of places with these numbers; the same number always has the same sums.
    fn of(places: impl IntoIterator<Item = u8>) -> PlaceSums {
        let mut all = PlaceSums::default();
        for number in places {
            let place = ("o".to_owned(), format!("place {number}"));
            let mut sums = LocationSums::default();
            sums.lost.insert((number, "walk-in".to_owned(), None), u64::from(number));
            all.sums.0.insert(place.clone(), sums);
            let weeks = BTreeMap::from([(7 * i32::from(number), WeekSums::default())]);
            all.courses.of.insert(place, weeks);
        }
        all
    }

    proptest! {
        /// Any cut, order and repetition of places gives the sums of all.
        #[test]
        fn places_come_together_in_any_order(
            cuts in prop::collection::vec(prop::collection::btree_set(0_u8..12, 0..6), 1..6),
        ) {
            let expected = of(cuts.iter().flatten().copied());
            let (mut there, mut back) = (PlaceSums::default(), PlaceSums::default());
            for cut in &cuts {
                prop_assert_eq!(there.merge(of(cut.iter().copied())), Ok(()));
            }
            for cut in cuts.iter().rev().chain(&cuts) {
                prop_assert_eq!(back.merge(of(cut.iter().copied())), Ok(()));
            }
            prop_assert_eq!(&there, &expected);
            prop_assert_eq!(&back, &expected);
        }
    }

    #[test]
    fn other_sums_of_the_same_place_are_refused() {
        let mut all = of([1, 2]);
        let mut other = of([2]);
        let place = ("o".to_owned(), "place 2".to_owned());
        other.sums.0.insert(place.clone(), LocationSums::default());
        assert_eq!(all.merge(other), Err(place.clone()));
        let mut other = of([2]);
        other.courses.of.insert(place.clone(), BTreeMap::new());
        assert_eq!(of([1, 2]).merge(other), Err(place));
    }
}
