//! What was mended in the state is said: nothing is damaged without a reason, and a person has to look for it.

use crate::store::Store;

use super::failure::Exit;
use super::plan::Plan;

/// The warnings of a night, those about the state too.
pub(super) struct Told {
    pub(super) warnings: Vec<String>,
    pub(super) exit: Exit,
}

/// Prints what was mended since the state was opened, and adds it to the warnings of the night.
pub(super) fn say(plan: &Plan, store: &Store, warnings: &[String], exit: Exit) -> Told {
    let mut told = Told { warnings: warnings.to_vec(), exit };
    for mended in store.mended() {
        let warning = mended.to_string();
        plan.log.warning(&crate::report::text::shown(&warning, 600));
        told.warnings.push(warning);
        if told.exit == Exit::Ok {
            told.exit = Exit::LookAtInput;
        }
    }
    told
}
