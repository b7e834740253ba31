//! The locations that an archive will have, so that a change can be planted at one of them.

use super::Recipe;
use super::places::{organizations, places};

/// A location of an archive to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Its organization.
    pub organization: String,
    /// Its name, as written in the archive.
    pub name: String,
    /// Its name from the second half of the archive on, if it is renamed.
    pub renamed: Option<String>,
    /// The id of its queue, as written in the archive.
    pub queue: String,
}

/// The locations of a recipe, in the order in which a [`super::Change`] counts them.
#[must_use]
pub fn located(recipe: &Recipe) -> Vec<Located> {
    // Every organization has at least one location.
    let owners = recipe.organizations.min(recipe.locations);
    let organizations = organizations(owners);
    places(recipe.locations, owners)
        .into_iter()
        .map(|place| Located {
            organization: organizations.get(place.organization).cloned().unwrap_or_default(),
            name: place.name,
            renamed: place.renamed,
            queue: place.queue,
        })
        .collect()
}
