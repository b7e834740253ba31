//! The arguments of `queuestat explain`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use crate::job::Source;

use super::explain_again::Again;
use super::input_args::{InputArgs, WaitEndArg};
use super::numbers::{number, whole};
use super::select_args::SelectArgs;
use super::source_args::HowArgs;

const USAGE: &str = "\
queuestat explain [OPTIONS] <TICKET> <INPUT>...
       queuestat explain [OPTIONS] <TICKET> --state <DIR>
       queuestat explain [OPTIONS] --measure <MEASURE> <INPUT>...
       queuestat explain [OPTIONS] --measure <MEASURE> --state <DIR>
       queuestat explain [OPTIONS] --table <TABLE> --column <COLUMN> --row <CELLS> <INPUT>...
       queuestat explain [OPTIONS] --table <TABLE> --column <COLUMN> --row <CELLS> --state <DIR>";

/// Arguments of `explain`.
#[derive(Debug, ClapArgs)]
#[command(override_usage = USAGE)]
pub(crate) struct ExplainArgs {
    /// Id of a ticket (`data.position.id` of its webhooks, or as an export has it), then its archive: files, folders, quoted
    /// patterns, or - for standard input. With --measure or --table the archive alone
    #[arg(value_name = "TICKET INPUT", help_heading = "Question")]
    pub(super) what: Vec<PathBuf>,

    /// A summary column of the CSV files: its value, how it is computed, and the tickets behind it in order. The filters below
    /// say of which tickets
    #[arg(long, value_name = "MEASURE", help_heading = "Question")]
    pub(super) measure: Option<String>,

    /// A CSV file of the report, such as hourly.csv: one of its cells is explained, down to tickets or to the figures that it is
    /// made of. The filters below must be those of the report
    #[arg(long, value_name = "TABLE", conflicts_with_all = ["measure", "date"], help_heading = "Question")]
    pub(super) table: Option<String>,

    /// With --table: the column of the cell, such as `line_mean`
    #[arg(
        long,
        value_name = "COLUMN",
        requires = "table",
        default_value = "",
        hide_default_value = true,
        help_heading = "Question"
    )]
    pub(super) column: String,

    /// With --table: cells that tell its row, as the file has them: `location=malmo,weekday=1,hour=9` (can be repeated). Names may be
    /// cut short
    #[arg(long, value_name = "CELLS", requires = "table", help_heading = "Question")]
    pub(super) row: Vec<String>,

    /// With --measure: only this service date, month (2021-02) or ISO week (2021-W09); short for --from and --to. `unknown` for
    /// the tickets without a service date
    #[arg(
        long,
        value_name = "DAY",
        requires = "measure",
        conflicts_with_all = ["from", "to"],
        help_heading = "Question"
    )]
    pub(super) date: Option<String>,

    /// With --measure or --table: list at most so many tickets, those that decide the value among them
    #[arg(long, value_name = "N", help_heading = "Question", value_parser = whole::<usize>)]
    pub(super) limit: Option<usize>,

    #[command(flatten)]
    pub(super) select: SelectArgs,

    /// Print JSON instead of text
    #[arg(long, help_heading = "Output")]
    pub(super) json: bool,

    #[command(flatten)]
    pub(super) how: HowArgs,

    /// Where the webhook is in each record, as a JSON Pointer such as /detail/body [default: it is searched for]
    #[arg(long, value_name = "POINTER", conflicts_with = "state", help_heading = "Input")]
    pub(super) payload_pointer: Option<String>,

    /// Where the time of receipt is in each record, as a JSON Pointer [default: it is searched for]
    #[arg(long, value_name = "POINTER", conflicts_with = "state", help_heading = "Input")]
    pub(super) received_at_pointer: Option<String>,

    /// Print the time and rows of each stage
    #[arg(long, short, conflicts_with = "quiet", help_heading = "Output")]
    pub(super) verbose: bool,

    /// Zone of all local days and hours, such as Europe/Stockholm; overrides every zone of the configuration
    #[arg(long, value_name = "ZONE", help_heading = "Figures")]
    pub(super) time_zone: Option<String>,

    /// Target of the wait, in minutes; overrides every target of the configuration [default: 10]
    #[arg(long, value_name = "MINUTES", allow_negative_numbers = true, help_heading = "Figures", value_parser = number)]
    pub(super) target_minutes: Option<f64>,

    /// Where the headline wait ends [default: check-in]
    #[arg(long, value_name = "EVENT", help_heading = "Figures")]
    pub(super) wait_ends_at: Option<WaitEndArg>,
}

/// The cell of a table that is asked for.
pub(super) struct CellOf {
    pub(super) table: String,
    pub(super) column: String,
    pub(super) row: Vec<String>,
}

/// What is asked of which tickets.
pub(super) struct ExplainOf {
    pub(super) date: Option<String>,
    pub(super) select: SelectArgs,
    pub(super) limit: Option<usize>,
    pub(super) json: bool,
    pub(super) source: Source,
    pub(super) input: InputArgs,
}

impl ExplainArgs {
    /// The cell that is asked for.
    pub(super) fn cell(&self) -> Option<CellOf> {
        let (column, row) = (self.column.clone(), self.row.clone());
        self.table.clone().map(|table| CellOf { table, column, row })
    }

    /// What a command for a part of the figure has in common with this one.
    pub(super) fn again(&self) -> Again {
        let option = |name: &str, value: &str| format!("--{name}={value}");
        let each = |name: &str, values: &[String]| -> Vec<String> {
            values.iter().map(|value| option(name, value)).collect()
        };
        let one = |name: &str, value: Option<String>| value.map(|value| option(name, &value));
        let path = |path: &PathBuf| path.to_string_lossy().into_owned();
        let SelectArgs { from, to, organization, location, .. } = &self.select;
        let select = &self.select;
        let mut rest: Vec<String> = [
            ("group", &select.group),
            ("queue", &select.queue),
            ("category", &select.category),
            ("type", &select.ticket_type),
            ("outcome", &select.outcome),
            ("weekday", &select.weekday),
            ("hour", &select.hour),
        ]
        .into_iter()
        .flat_map(|(name, values)| each(name, values))
        .collect();
        let ends_at = self.wait_ends_at.and_then(|end| end.to_possible_value());
        rest.extend(
            [
                one("state", self.how.state.as_ref().map(path)),
                one("config", self.how.config.as_ref().map(path)),
                one("as-of", self.how.as_of.clone()),
                one("payload-pointer", self.payload_pointer.clone()),
                one("received-at-pointer", self.received_at_pointer.clone()),
                one("time-zone", self.time_zone.clone()),
                one("target-minutes", self.target_minutes.map(|minutes| minutes.to_string())),
                one("wait-ends-at", ends_at.map(|end| end.get_name().to_owned())),
            ]
            .into_iter()
            .flatten(),
        );
        Again {
            window: [one("from", from.clone()), one("to", to.clone())]
                .into_iter()
                .flatten()
                .collect(),
            places: [each("organization", organization), each("location", location)].concat(),
            rest,
            inputs: self.what.iter().map(path).collect(),
        }
    }

    /// What is asked, and how `inputs` or the state are read.
    pub(super) fn split(self, inputs: Vec<PathBuf>) -> ExplainOf {
        let (source, input) = self.how.split(inputs);
        let input = InputArgs {
            payload_pointer: self.payload_pointer,
            received_at_pointer: self.received_at_pointer,
            verbose: self.verbose,
            time_zone: self.time_zone,
            target_minutes: self.target_minutes,
            wait_ends_at: self.wait_ends_at,
            ..input
        };
        let Self { date, select, limit, json, .. } = self;
        ExplainOf { date, select, limit, json, source, input }
    }
}
