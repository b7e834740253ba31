//! `queuestat explain`: how a ticket came about, or a figure, or a cell of a table.

use std::path::Path;

use crate::job::Source;

use super::explain_args::{ExplainArgs, ExplainOf};
use super::failure::{Exit, Failure};
use super::select_args::SelectArgs;
use super::{explain_measure, explain_table, explain_ticket};

/// Explains a ticket, a figure or a cell.
pub(super) fn run(args: ExplainArgs) -> Result<Exit, Failure> {
    if let Some(cell) = args.cell() {
        let (again, inputs) = (args.again(), args.what.clone());
        let of = args.split(inputs);
        check_source(&of)?;
        return explain_table::run(&cell, &again, of);
    }
    match args.measure.clone() {
        Some(measure) => {
            let inputs = args.what.clone();
            let of = args.split(inputs);
            check_source(&of)?;
            explain_measure::run(&measure, of)
        }
        None => {
            let Some((ticket, inputs)) = args.what.split_first() else {
                return Err(Failure::new(Exit::Usage, "neither a ticket nor a measure nor a table is named")
                    .hint("queuestat explain TICKET ARCHIVE, queuestat explain --measure wait_p90 ARCHIVE, or queuestat explain --table hourly --column line_mean --row location=A,weekday=1,hour=9 ARCHIVE"));
            };
            let (ticket, inputs) = (text_of(ticket), inputs.to_vec());
            if args.limit.is_some() {
                return Err(Failure::new(
                    Exit::Usage,
                    "--limit is for figures, and a ticket is named",
                )
                .hint("name a measure with --measure or a table with --table, or leave it out"));
            }
            if args.select != SelectArgs::default() {
                return Err(Failure::new(
                    Exit::Usage,
                    "filters are for figures, and a ticket is named",
                )
                .hint("name a measure with --measure or a table with --table, or leave the filters out"));
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
