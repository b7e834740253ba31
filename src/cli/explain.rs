//! `queuestat explain`: how a ticket came about, or a figure.

use std::path::Path;

use crate::job::Source;

use super::explain_args::{ExplainArgs, ExplainOf};
use super::failure::{Exit, Failure};
use super::select_args::SelectArgs;
use super::{explain_measure, explain_ticket};

/// Explains a ticket or a figure.
pub(super) fn run(args: ExplainArgs) -> Result<Exit, Failure> {
    match args.measure.clone() {
        Some(measure) => {
            let inputs = args.what.clone();
            let of = args.split(inputs);
            check_source(&of)?;
            explain_measure::run(&measure, of)
        }
        None => {
            let Some((ticket, inputs)) = args.what.split_first() else {
                return Err(Failure::new(Exit::Usage, "neither a ticket nor a measure is named")
                    .hint("queuestat explain TICKET ARCHIVE, or queuestat explain --measure wait_p90 ARCHIVE"));
            };
            let (ticket, inputs) = (text_of(ticket), inputs.to_vec());
            if args.select != SelectArgs::default() {
                return Err(Failure::new(
                    Exit::Usage,
                    "filters are for figures, and a ticket is named",
                )
                .hint("name a measure with --measure, or leave the filters out"));
            }
            let of = args.split(inputs);
            check_source(&of)?;
            explain_ticket::run(&ticket, of)
        }
    }
}

fn text_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Refuses both an archive and a state, and neither.
fn check_source(of: &ExplainOf) -> Result<(), Failure> {
    let (message, hint) = match (&of.source, of.input.inputs.is_empty()) {
        (Source::Archive, true) => (
            "no archive is named",
            "name its files or folders, or the state of nightly runs with --state",
        ),
        (Source::State(..), false) => {
            ("both an archive and a state are named", "leave one of them out")
        }
        (Source::Archive, false) | (Source::State(..), true) => return Ok(()),
    };
    Err(Failure::new(Exit::Usage, message).hint(hint))
}
