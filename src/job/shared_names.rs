//! Names that several organizations have and that one figure adds up: each organization has a location or queue of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::dataframe::{Singles, TicketFrame};
use crate::metric::shared_queues;

use super::asked::Asked;
use super::error::JobError;

/// What an answer adds up although it stands in several organizations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedNames {
    /// Locations that were asked for.
    pub locations: BTreeSet<String>,
    /// Queues that were asked for, or that the answer is grouped by.
    pub queues: BTreeSet<String>,
}

impl SharedNames {
    /// Those of frames of the tickets that are meant.
    ///
    /// # Errors
    /// If a column is missing.
    pub(crate) fn of_frames(
        meant: &Asked,
        frames: &[TicketFrame],
        is_by_queue: bool,
    ) -> Result<Self, JobError> {
        let places = frames.iter().flat_map(|frame| {
            frame.locations.iter().map(|one| (frame.organization.as_str(), one.name.as_str()))
        });
        let locations = locations(meant, places);
        let mut queues = BTreeSet::new();
        if is_by_queue || !meant.queues.is_empty() {
            queues.extend(shared_queues(frames)?.into_iter().map(str::to_owned));
        }
        Ok(Self { locations, queues })
    }

    /// Those of single tickets that are meant.
    pub(crate) fn of_singles(meant: &Asked, tickets: &Singles) -> Self {
        let places = tickets.places.iter();
        let places = places.map(|place| (place.organization.as_str(), place.name.as_str()));
        let mut queues = BTreeSet::new();
        if !meant.queues.is_empty() {
            let mut owners: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for ticket in tickets.iter() {
                if let (Some(place), Some(queue)) = (
                    tickets.places.get(ticket.place as usize),
                    tickets.queues.get(ticket.queue as usize),
                ) {
                    owners.entry(queue).or_default().insert(&place.organization);
                }
            }
            let is_named = |(queue, of): &(&str, BTreeSet<&str>)| !queue.is_empty() && of.len() > 1;
            queues.extend(owners.into_iter().filter(is_named).map(|(queue, _)| queue.to_owned()));
        }
        Self { locations: locations(meant, places), queues }
    }

    /// Those of this or another part.
    pub(crate) fn or(mut self, other: Self) -> Self {
        self.locations.extend(other.locations);
        self.queues.extend(other.queues);
        self
    }
}

/// The names of locations that are asked for and stand in several organizations; places are organization and name.
fn locations<'p>(
    meant: &Asked,
    places: impl Iterator<Item = (&'p str, &'p str)>,
) -> BTreeSet<String> {
    let is_asked = |organization: &str| {
        meant.organizations.is_empty() || meant.organizations.iter().any(|one| one == organization)
    };
    let named: Vec<&str> = places.filter(|(of, _)| is_asked(of)).map(|(_, name)| name).collect();
    let is_shared = |name: &&String| named.iter().filter(|one| **one == name.as_str()).count() > 1;
    meant.locations.iter().filter(is_shared).cloned().collect()
}
