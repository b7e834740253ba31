//! The arguments. Their doc comments are the help text.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

use super::ask_args::AskArgs;
use super::compare_args::CompareArgs;
use super::examples;
use super::explain_args::ExplainArgs;
use super::export_args::ExportArgs;
use super::forget_args::ForgetArgs;
use super::guide_args::GuideArgs;
use super::init_args::InitArgs;
use super::input_args::InputArgs;
use super::locations_args::LocationsArgs;
use super::log_format::LogFormatArg;
use super::numbers::whole;
use super::only_arg::OnlyArg;
use super::pieces_args::PiecesArgs;
use super::select_args::SelectArgs;
use super::shells_args::{CompletionsArgs, ManArgs};
use super::synth_args::SynthArgs;
use super::threads::threads;
use super::version;

/// Ratings, waits and cancellations per location, from archived Ombori Grid queue webhooks
#[derive(Debug, Parser)]
#[command(name = "queuestat", version = version::SHORT, long_version = version::long(), max_term_width = 100, after_help = examples::PROGRAM)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Command {
    /// How stderr is written.
    pub(crate) fn log_format(&self) -> LogFormatArg {
        let asked = match self {
            Self::Report(args) => args.input.log_format,
            Self::Ask(args) => args.log_format(),
            Self::Export(args) => args.log_format(),
            Self::Check(args) => args.input.log_format,
            Self::Compare(args) => args.log_format(),
            Self::Explain(args) => args.how.log_format,
            Self::Locations(args) => args.log_format(),
            Self::Nightly(args) => args.log_format,
            Self::Init(args) => args.input.log_format,
            Self::Pieces(args) => args.log_format(),
            Self::State(_)
            | Self::Synth(_)
            | Self::SparkJob
            | Self::Completions(_)
            | Self::Guide(_)
            | Self::Man(_) => None,
        };
        asked.unwrap_or(LogFormatArg::Text)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read an archive and publish a report: CSV files, charts and pages
    #[command(after_help = examples::REPORT)]
    Report(ReportArgs),
    /// Answer a question about any part of the tickets, with the measures of the reports
    #[command(after_help = examples::ASK)]
    Ask(AskArgs),
    /// Write single tickets, ratings, waits or comments as CSV, Parquet, JSON lines, Arrow or a workbook
    #[command(after_help = examples::EXPORT)]
    Export(ExportArgs),
    /// Look at an archive: how its records look, what is read of it and what is not; write nothing
    Check(CheckArgs),
    /// Compare two windows, two locations or two reports, measure by measure
    #[command(after_help = examples::COMPARE)]
    Compare(CompareArgs),
    /// Show how a ticket came about, record by record; or with --measure how a figure did, ticket by ticket
    Explain(ExplainArgs),
    /// List the locations of an archive or a state, with their queues, zones, tickets and dates; write nothing
    Locations(LocationsArgs),
    /// Read what is new since last night and publish the reports of the configuration; for cron
    #[command(after_help = examples::NIGHTLY)]
    Nightly(NightlyArgs),
    /// Look at what nightly runs keep, check it, go back to the night before, forget tickets
    State(StateArgs),
    /// Write a commented configuration with the organizations, locations and queues of an archive
    #[command(after_help = examples::INIT)]
    Init(InitArgs),
    /// The report of an archive in pieces that can run anywhere, for clusters: each reads and writes files
    #[command(after_help = examples::PIECES)]
    Pieces(PiecesArgs),
    /// Print a program that makes a report in pieces on Apache Spark: `spark-submit job.py --archive … --out …`
    SparkJob,
    /// Print a page of the guide, or the list of its pages
    Guide(GuideArgs),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
    /// Print the man page, or write one for each command
    Man(ManArgs),
    /// Write a realistic archive of invented tickets, to try, test and measure with
    Synth(SynthArgs),
}

#[derive(Debug, ClapArgs)]
#[command(mut_arg("inputs", |inputs| {
    inputs.required(false).required_unless_present("state").conflicts_with("state")
}))]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

    /// Folder that nightly runs keep their state in: everything they know, without reading an archive
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with_all = ["payload_pointer", "received_at_pointer"],
        help_heading = "Input"
    )]
    pub(crate) state: Option<PathBuf>,

    /// With --state: how long to wait for a run that works there, seconds
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 0,
        value_parser = whole::<u64>,
        help_heading = "Input"
    )]
    pub(crate) lock_wait: u64,

    /// Folder to publish; replaced as a whole, and refused if it holds anything queuestat did not write
    #[arg(long, short, value_name = "FOLDER", help_heading = "Output")]
    pub(crate) out: PathBuf,

    /// Publish only a part
    #[arg(long, value_name = "PART", help_heading = "Output")]
    pub(crate) only: Option<OnlyArg>,

    /// Write each chart as PNG too, at twice its size, for slides, mail and chat
    #[arg(long, help_heading = "Output")]
    pub(crate) png: bool,

    /// Write each table as Apache Parquet too, below `parquet`
    #[arg(long, help_heading = "Output")]
    pub(crate) parquet: bool,

    /// Write a workbook for spreadsheets too, `tables.xlsx`: every table, a summary with charts, and what they rest on
    #[arg(long, help_heading = "Output")]
    pub(crate) xlsx: bool,

    /// Publish although more than a fifth of the records, or all of them, were rejected, or there is no ticket to report
    #[arg(long, help_heading = "Output")]
    pub(crate) force: bool,

    /// Print what was published as JSON on standard output: counts, dates, warnings and the exit code; nothing if it fails
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) select: SelectArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct NightlyArgs {
    /// Configuration with a `nightly` section; its paths are relative to its folder
    #[arg(long, value_name = "FILE", default_value = "queuestat.toml", help_heading = "Input")]
    pub(crate) config: PathBuf,

    /// The instant the run is made for, RFC 3339 [default: now]
    #[arg(long, value_name = "INSTANT", help_heading = "Input")]
    pub(crate) as_of: Option<String>,

    /// Read everything anew instead of going on from what is kept. What only files brought that are gone is lost: the run
    /// says how many tickets of which months that would be, and does it only with --force
    #[arg(long, help_heading = "Input")]
    pub(crate) rebuild: bool,

    /// Look into every file, also where size and time say that it is unchanged
    #[arg(long, help_heading = "Input")]
    pub(crate) verify: bool,

    /// Publish although more than a fifth of tonight's records were rejected, or a day has far fewer tickets than the same
    /// weekday before, or there is no ticket at all; with --rebuild, lose tickets that no file brings any more
    #[arg(long, help_heading = "Output")]
    pub(crate) force: bool,

    /// Write counters for the textfile collector of Prometheus, when the run has ended well
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) metrics_file: Option<PathBuf>,

    /// Print what the night did as JSON on standard output: counts, dates, warnings and the exit code; nothing if it fails
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    /// Print nothing when all is well
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    pub(crate) quiet: bool,

    /// Print the time and rows of each stage, and where records were rejected
    #[arg(long, short, help_heading = "Output")]
    pub(crate) verbose: bool,

    /// How stderr is written [default: text]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) log_format: Option<LogFormatArg>,

    /// How long to wait for another run, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = whole::<u64>)]
    pub(crate) lock_wait: u64,

    /// Threads to use; the result is the same with any number [default: all cores]
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    pub(crate) threads: Option<usize>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct StateArgs {
    #[command(subcommand)]
    pub(crate) action: StateAction,

    /// Configuration with a `nightly` section
    #[arg(long, value_name = "FILE", default_value = "queuestat.toml", global = true)]
    pub(crate) config: PathBuf,

    /// How long to wait for a run that works there, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0, global = true, value_parser = whole::<u64>)]
    pub(crate) lock_wait: u64,
}

/// What to do with the state.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum StateAction {
    /// Print the generations that are kept: when they were made, of what, and how large they are
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Read and check every byte of all of them
    Verify {
        /// Print what was found as JSON
        #[arg(long)]
        json: bool,
    },
    /// Put back whatever is damaged and has a whole copy, and name what has none
    Repair {
        /// Print what was found and put back as JSON
        #[arg(long)]
        json: bool,
    },
    /// Go back to the newest whole generation before the current one
    Rollback {
        /// Print what was done as JSON
        #[arg(long)]
        json: bool,
    },
    /// Erase tickets from all generations of the state, and publish the reports anew without them
    Forget(ForgetArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Args::command().debug_assert();
    }
}
