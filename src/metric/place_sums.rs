//! What the tickets of some places add up to, each place as a whole: sums that can be kept, and brought together in any order.

use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};

use super::course::Courses;
use super::organization::{MonthSums, OrganizationSums};

/// The sums of some places, and their weeks. Every place is in it with all of its tickets of the window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceSums {
    sums: MonthSums,
    courses: Courses,
}

impl PlaceSums {
    /// The sums of all places of organizations that have a ticket in the window, and the weeks of these.
    #[must_use]
    pub fn of(all: Vec<OrganizationSums>, courses: Courses) -> Self {
        let mut sums = MonthSums::default();
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
