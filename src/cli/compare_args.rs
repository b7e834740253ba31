//! The arguments of `queuestat compare`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::ask_args::AnswerFormat;
use super::log_format::LogFormatArg;
use super::numbers::{number, whole};
use super::select_args::SelectArgs;
use super::source_args::SourceArgs;

/// Arguments of `compare`.
#[derive(Debug, ClapArgs)]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    pub(super) source: SourceArgs,

    #[command(flatten)]
    pub(super) select: SelectArgs,

    /// First service date of what --from and --to are compared with [default: the window before, as long and with the same
    /// weekdays]
    #[arg(long, value_name = "DAY", help_heading = "Compared with")]
    pub(super) with_from: Option<String>,

    /// Last service date of it
    #[arg(long, value_name = "DAY", help_heading = "Compared with")]
    pub(super) with_to: Option<String>,

    /// Compare with this location, in the same window (can be repeated)
    #[arg(
        long,
        value_name = "NAME",
        allow_negative_numbers = true,
        help_heading = "Compared with"
    )]
    pub(super) with_location: Vec<String>,

    /// Measures to compare: any summary column of the CSV files [default: a readable few]; `all` shows every one.
    /// Of two reports, `response_rate` and `within_target_rate` have no interval and are not judged: the CSV files lack the tickets
    /// that these are shares of
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = "Question")]
    pub(super) measure: Vec<String>,

    /// Of two reports: numbers differ only if they are further apart than this share of the larger one (of 1 for small ones)
    #[arg(
        long,
        value_name = "SHARE",
        default_value_t = 0.0,
        allow_negative_numbers = true,
        help_heading = "Two reports", value_parser = number,
    )]
    pub(super) tolerance: f64,

    /// Of two reports: list every cell of their CSV files that differs, instead of the measures
    #[arg(long, help_heading = "Two reports")]
    pub(super) cells: bool,

    /// With --cells: how many are listed [default: 20; with --format or --output all]
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "Two reports", value_parser = whole::<usize>)]
    pub(super) limit: Option<usize>,

    /// How the answer is written [default: by the name of --output; else a table on a terminal and CSV elsewhere]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub(super) format: Option<AnswerFormat>,

    /// As --format json
    #[arg(long, conflicts_with = "format", help_heading = "Output")]
    pub(super) json: bool,

    /// Write to this file, or to standard output (-) [default: -]
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(super) output: Option<PathBuf>,
}

impl CompareArgs {
    /// How stderr is written.
    pub(super) fn log_format(&self) -> Option<LogFormatArg> {
        self.source.how.log_format
    }
}
