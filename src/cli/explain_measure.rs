//! How a summary figure came about, of any tickets.

use serde_json::{Map, json};

use crate::job::{self, ExportPlan, Source};
use crate::metric::Behind;
use crate::report::csv::cell;

use super::ask::{named, say, say_of_figure};
use super::dates::Today;
use super::explain_args::ExplainOf;
use super::explain_figure::Figure;
use super::failure::{Exit, Failure};
use super::plan::Request;
use super::threads::with_threads;

/// Asks for tickets whose service date is unknown.
const UNDATED: &str = "unknown";

/// Prints what a figure is made of.
pub(super) fn run(measure: &str, of: ExplainOf) -> Result<Exit, Failure> {
    let ExplainOf { date, select, limit, json, source, input } = of;
    let measure = named(measure)?;
    let Request { mut plan, voice, threads } = Request::asking(&source, input)?;
    job::go_by_last_night(&mut plan, &source)?;
    let today = Today::of(&plan)?;
    // The rows of the tables without a date, week or month.
    let is_undated = date.as_deref().is_some_and(|date| date.trim().eq_ignore_ascii_case(UNDATED));
    let date = date.filter(|_| !is_undated);
    let window = today.window(date.as_deref(), date.as_deref(), ("--date", "--date"))?;
    let mut asked = select.asked(today)?;
    if date.is_some() {
        (asked.from, asked.to) = window;
    }
    let mut plan = ExportPlan { plan, source, asked };
    with_threads(threads, || {
        let mut exported = job::export(&mut plan, &voice)?;
        if is_undated {
            exported.tickets.retain(|ticket| ticket.service_day.is_none());
        }
        let exit = say(&voice, &exported.basis);
        say_of_figure(&voice, &exported.basis, exported.tickets.len() as u64);
        let behind = Behind::of(measure, exported.tickets.iter(), plan.plan.rules);
        let head = [("measure".to_owned(), json!(measure.name))];
        let figure = Figure {
            name: measure.name.to_owned(),
            head: head.into_iter().collect::<Map<_, _>>(),
            row: None,
            value: cell(behind.value, measure.kind),
            unit: measure.unit(),
            meaning: measure.meaning,
            formula: measure.formula,
            calculation: &behind.calculation,
            counts: &behind.counts,
            values_are: behind.column,
            marked: None,
            tickets: &behind.tickets,
            singles: &exported.tickets,
            parts: Vec::new(),
            parts_left_out: 0,
            meant: &exported.basis.meant,
            is_of_state: matches!(plan.source, Source::State(..)),
            is_undated,
        };
        figure.print(limit, json)?;
        Ok(exit)
    })
}
