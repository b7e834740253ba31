//! The arguments of `queuestat ask`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::log_format::LogFormatArg;
use super::numbers::whole;
use super::select_args::SelectArgs;
use super::source_args::SourceArgs;

/// Arguments of `ask`.
#[derive(Debug, ClapArgs)]
pub(crate) struct AskArgs {
    #[command(flatten)]
    pub(super) source: SourceArgs,

    /// What to group tickets by, the first outermost: organization, group, location, category, queue, type, outcome, day,
    /// week, month, weekday, hour
    #[arg(long, value_name = "WHAT", value_delimiter = ',', help_heading = "Question")]
    pub(super) by: Vec<String>,

    /// Measures to show: any summary column of the CSV files [default: a readable few]; `all` shows every one
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = "Question")]
    pub(super) measure: Vec<String>,

    /// Sort by this measure, the largest first; with a minus before it (--sort=-csat), the smallest first
    #[arg(long, value_name = "MEASURE", allow_hyphen_values = true, help_heading = "Question")]
    pub(super) sort: Option<String>,

    /// Show only so many groups
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "Question", value_parser = whole::<usize>)]
    pub(super) limit: Option<usize>,

    /// Leave out groups with fewer tickets; with --sort, with fewer ratings, waits or tickets behind what is sorted by
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true,
        help_heading = "Question", value_parser = whole::<u64>,
    )]
    pub(super) min_n: u64,

    #[command(flatten)]
    pub(super) select: SelectArgs,

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

impl AskArgs {
    /// How stderr is written.
    pub(super) fn log_format(&self) -> Option<LogFormatArg> {
        self.source.how.log_format
    }
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// Columns that end together, with percent and minutes, for people
    Table,
    /// As the CSV files of reports
    Csv,
    /// A list of objects, with the columns of the CSV
    Json,
    /// A table of Markdown
    Markdown,
    /// Apache Parquet, with the columns of the CSV
    Parquet,
}

impl AnswerFormat {
    /// The format that the name of a file asks for.
    pub(super) fn of_name(path: &std::path::Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "md" | "markdown" => Some(Self::Markdown),
            "parquet" => Some(Self::Parquet),
            "txt" => Some(Self::Table),
            _ => None,
        }
    }
}
