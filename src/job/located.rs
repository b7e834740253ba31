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
        let fold = std::mem::take(&mut input.ingested.fold);
        let seen = fold.seen_names();
        let fold = fold.unite(&plan.directory);
        let census = fold.census();
        let gazetteer = fold.gazetteer(&census, &plan.directory);
        let known = Known::of(plan, seen, &census, &gazetteer);
        Self { fold, census, gazetteer, known }
    }
}
