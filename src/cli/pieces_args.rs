//! The arguments of `queuestat pieces`. Their doc comments are the help text.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use super::input_args::InputArgs;
use super::log_format::LogFormatArg;
use super::only_arg::OnlyArg;
use super::select_args::SelectArgs;
use super::threads::threads;

#[derive(Debug, ClapArgs)]
pub(crate) struct PiecesArgs {
    #[command(subcommand)]
    pub(crate) step: Step,
}

/// A step of the job.
#[derive(Debug, Subcommand)]
pub(crate) enum Step {
    /// 1: Find the files of an archive, number them, and write down the settings of all steps
    List(ListArgs),
    /// 2: Read some files of the list → partial tickets, what the files say of names, and their accounts
    Fold(FoldArgs),
    /// 3: Bring together what all folds say of names and files
    Names(NamesArgs),
    /// 4: Join all partial tickets of some parts → tickets with their locations
    Join(JoinArgs),
    /// 5: Bring together the counts of all joins, and say what the report is about
    Places(PlacesArgs),
    /// 6: Derive and add up all tickets of some locations → partial tables
    Tabulate(TabulateArgs),
    /// 7: Publish the report of all partial tables, byte for byte that of `report`
    Publish(PublishArgs),
}

impl PiecesArgs {
    /// How stderr is written.
    pub(super) fn log_format(&self) -> Option<LogFormatArg> {
        match &self.step {
            Step::List(args) => args.input.log_format,
            Step::Fold(FoldArgs { how, .. })
            | Step::Names(NamesArgs { how, .. })
            | Step::Join(JoinArgs { how, .. })
            | Step::Places(PlacesArgs { how, .. })
            | Step::Tabulate(TabulateArgs { how, .. })
            | Step::Publish(PublishArgs { how, .. }) => how.log_format,
        }
    }
}

/// What the steps after the first have in common.
#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct StepArgs {
    /// Folder of the job: what `list`, `names` and `places` wrote
    #[arg(long, value_name = "DIR", help_heading = "Input")]
    pub(super) work: PathBuf,

    /// Threads to use; the result is the same with any number [default: all cores]
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true, help_heading = "Input")]
    pub(super) threads: Option<usize>,

    /// Print nothing when all is well
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    pub(super) quiet: bool,

    /// Print the time and rows of each stage
    #[arg(long, short, help_heading = "Output")]
    pub(super) verbose: bool,

    /// How stderr is written [default: text]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub(super) log_format: Option<LogFormatArg>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(super) input: InputArgs,

    /// Folder of the job; made if it is missing. Gets `list.json` (settings, files that are not read) and `files.parquet` (a row
    /// for each file to read)
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(super) work: PathBuf,

    /// Number of parts that tickets are cut into, by their ids: at least as many as joins that are to run at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4096), help_heading = "Output")]
    pub(super) parts: u16,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct FoldArgs {
    #[command(flatten)]
    pub(super) how: StepArgs,

    /// The files to read: a Parquet file with some rows of `files.parquet`, or numbers such as 0-99,120 [default: all]
    #[arg(long, value_name = "FILE|NUMBERS", help_heading = "Input")]
    pub(super) files: Option<String>,

    /// Folder of the fold, replaced file by file. Gets `tickets.parquet` (to be brought together by `part`) and `piece.json`
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(super) out: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct NamesArgs {
    /// Every fold: its `piece.json` under any name, or folders in which all files `*.json` are such
    #[arg(required = true, value_name = "FOLD", help_heading = "Input")]
    pub(super) pieces: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) how: StepArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct JoinArgs {
    /// Parquet files with all rows of some parts, of all folds; or folders with files `*.parquet`
    #[arg(required = true, value_name = "TICKETS", help_heading = "Input")]
    pub(super) tickets: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) how: StepArgs,

    /// Folder of the join, replaced file by file. Gets `tickets.parquet` (to be brought together by `organization` and `place`) and
    /// `piece.json`
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(super) out: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PlacesArgs {
    /// Every join: its `piece.json` under any name, or folders in which all files `*.json` are such
    #[arg(required = true, value_name = "JOIN", help_heading = "Input")]
    pub(super) pieces: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) how: StepArgs,

    #[command(flatten)]
    pub(super) select: SelectArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct TabulateArgs {
    /// Parquet files with all rows of some places, of all joins; or folders with files `*.parquet`
    #[arg(required = true, value_name = "TICKETS", help_heading = "Input")]
    pub(super) tickets: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) how: StepArgs,

    /// Folder of the tables, replaced file by file. Gets `tables.postcard`
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(super) out: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PublishArgs {
    /// The tables of all places, `tables.postcard` under any name, or folders with files `*.postcard`
    #[arg(required = true, value_name = "TABLES", help_heading = "Input")]
    pub(super) pieces: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) how: StepArgs,

    /// Folder to publish; replaced as a whole, and refused if it holds anything queuestat did not write
    #[arg(long, short, value_name = "FOLDER", help_heading = "Output")]
    pub(super) out: PathBuf,

    /// Publish only a part
    #[arg(long, value_name = "PART", help_heading = "Output")]
    pub(super) only: Option<OnlyArg>,

    /// Write each chart as PNG too, at twice its size, for slides, mail and chat
    #[arg(long, help_heading = "Output")]
    pub(super) png: bool,

    /// Write each table as Apache Parquet too, below `parquet`
    #[arg(long, help_heading = "Output")]
    pub(super) parquet: bool,

    /// Write a workbook for spreadsheets too, `tables.xlsx`: every table, a summary with charts, and what they rest on
    #[arg(long, help_heading = "Output")]
    pub(super) xlsx: bool,

    /// Publish although more than a fifth of the records, or all of them, were rejected, or there is no ticket to report
    #[arg(long, help_heading = "Output")]
    pub(super) force: bool,

    /// Print what was published as JSON on standard output: counts, dates, warnings and the exit code; nothing if it fails
    #[arg(long, help_heading = "Output")]
    pub(super) json: bool,
}
