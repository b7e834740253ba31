//! The locations of an archive, found once it was read: what `check`, `locations` and `report` have in common.

use crate::ticket::{Census, Fold, Gazetteer};

use super::input::Input;
use super::obeyed::Known;
use super::plan::Plan;

/// Tickets under the organizations that count, and what is known of their places.
pub(crate) struct Located {
    pub(crate) fold: Fold,
    pub(crate) census: Census,
    pub(crate) gazetteer: Gazetteer,
    /// The names that sections of the configuration can mean.
    pub(crate) known: Known,
}

impl Located {
    /// Takes the tickets out of what was read.
    pub(crate) fn take(plan: &Plan, input: &mut Input) -> Self {
        Self::of(plan, std::mem::take(&mut input.ingested.fold), None)
    }

    /// Locates the tickets of a fold. `census` counts them if the fold holds only their names.
    pub(crate) fn of(plan: &Plan, fold: Fold, census: Option<Census>) -> Self {
        let seen = fold.seen_names();
        let fold = fold.unite(&plan.directory);
        let census = census.unwrap_or_else(|| fold.census());
        let gazetteer = fold.gazetteer(&census, &plan.directory);
        let known = Known::of(plan, seen, &census, &gazetteer);
        Self { fold, census, gazetteer, known }
    }
}
