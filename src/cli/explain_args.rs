//! The arguments of `queuestat explain`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::job::Source;

use super::input_args::{InputArgs, WaitEndArg};
use super::select_args::SelectArgs;
use super::source_args::HowArgs;

const USAGE: &str = "\
queuestat explain [OPTIONS] <TICKET> <INPUT>...
       queuestat explain [OPTIONS] <TICKET> --state <DIR>
       queuestat explain [OPTIONS] --measure <MEASURE> <INPUT>...
       queuestat explain [OPTIONS] --measure <MEASURE> --state <DIR>";

/// Arguments of `explain`.
#[derive(Debug, ClapArgs)]
#[command(override_usage = USAGE)]
pub(crate) struct ExplainArgs {
    /// Id of a ticket (`data.position.id` of its webhooks, or as an export has it), then its archive: files, folders, quoted
    /// patterns, or - for standard input. With --measure the archive alone
    #[arg(value_name = "TICKET INPUT", help_heading = "Question")]
    pub(super) what: Vec<PathBuf>,

    /// A summary column of the CSV files: its value, how it is computed, and the tickets behind it in order. The filters below
    /// say of which tickets
    #[arg(long, value_name = "MEASURE", help_heading = "Question")]
    pub(super) measure: Option<String>,

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

    /// With --measure: list at most so many tickets, those that decide the value among them
    #[arg(long, value_name = "N", requires = "measure", help_heading = "Question")]
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
    #[arg(long, value_name = "MINUTES", allow_negative_numbers = true, help_heading = "Figures")]
    pub(super) target_minutes: Option<f64>,

    /// Where the headline wait ends [default: check-in]
    #[arg(long, value_name = "EVENT", help_heading = "Figures")]
    pub(super) wait_ends_at: Option<WaitEndArg>,
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
