//! How a cell of a table came about.

use serde_json::{Map, Value, json};

use crate::job::{self, ExportPlan, FoundCell, NoCell, Source};
use crate::metric::{Part, PartWay};
use crate::report::csv::cell;

use super::ask::say;
use super::dates::Today;
use super::explain_again::Again;
use super::explain_args::{CellOf, ExplainOf};
use super::explain_figure::{Figure, ShownPart};
use super::failure::{Exit, Failure};
use super::plan::Request;
use super::threads::with_threads;

/// Prints what a cell is made of.
pub(super) fn run(of_cell: &CellOf, again: &Again, of: ExplainOf) -> Result<Exit, Failure> {
    let ExplainOf { select, limit, json, source, input, .. } = of;
    let CellOf { table, column, row } = of_cell;
    let Request { mut plan, voice, threads } = Request::asking(&source, input)?;
    job::go_by_last_night(&mut plan, &source)?;
    let asked = select.asked(Today::of(&plan)?)?;
    let mut plan = ExportPlan { plan, source, asked };
    with_threads(threads, || {
        let cells = job::cells(&mut plan, &voice)?;
        let exit = say(&voice, &cells.basis);
        let table = cells.table(table).map_err(|error| refused(&error))?;
        let found = table.find(column, row).map_err(|error| refused(&error))?;
        let FoundCell { file, column, row, value, unit, meaning, made } = &found;
        let named: Map<String, Value> =
            row.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let head = [
            ("table".to_owned(), json!(file)),
            ("column".to_owned(), json!(column)),
            ("row".to_owned(), Value::Object(named)),
        ];
        let told: Vec<String> = row.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let figure = Figure {
            name: format!("{file}: {column}"),
            head: head.into_iter().collect(),
            row: (!told.is_empty()).then(|| told.join(", ")),
            value: value.clone(),
            unit,
            meaning,
            formula: &made.formula,
            calculation: &made.calculation,
            counts: &made.counts,
            values_are: made.values_are,
            marked: made.marked,
            tickets: &made.tickets,
            singles: &cells.tickets,
            parts: made.parts.iter().map(|part| shown_part(part, again)).collect(),
            parts_left_out: made.parts_left_out,
            meant: &cells.basis.meant,
            is_of_state: matches!(plan.source, Source::State(..)),
            is_undated: false,
        };
        figure.print(limit, json)?;
        Ok(exit)
    })
}

fn refused(error: &NoCell) -> Failure {
    Failure::new(Exit::Usage, error.words()).hint(error.hint())
}

fn shown_part(part: &Part, again: &Again) -> ShownPart {
    let record = match &part.way {
        PartWay::Record { path, line } => Some((path.clone(), *line)),
        PartWay::Cell { .. } | PartWay::Measure { .. } | PartWay::End => None,
    };
    ShownPart {
        name: part.name.clone(),
        value: cell(part.value.0, part.value.1),
        n: part.n,
        is_marked: part.is_marked,
        command: again.command(&part.way),
        record,
    }
}
