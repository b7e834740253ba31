//! The arguments of `queuestat export`.

use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use crate::report::export::What;

use super::log_format::LogFormatArg;
use super::select_args::SelectArgs;
use super::source_args::SourceArgs;

/// Arguments of `export`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ExportArgs {
    #[command(subcommand)]
    pub(super) rows: ExportRows,
}

/// What is exported.
#[derive(Debug, Subcommand)]
pub(crate) enum ExportRows {
    /// One row for each ticket, with everything that is derived from it
    Tickets(ExportOf),
    /// One row for each ticket with a rating
    Ratings(ExportOf),
    /// One row for each ticket with a headline wait
    Waits(ExportOf),
    /// One row for each ticket with a message of its customer, low ratings first. Needs --messages; its file is readable by
    /// its owner alone. Numbers of five digits and more and mail addresses are masked, names are not
    Comments(CommentsOf),
}

/// Of what, and to where; for what customers wrote.
#[derive(Debug, ClapArgs)]
pub(crate) struct CommentsOf {
    /// Read what customers wrote, which no other command does
    #[arg(long, help_heading = "Tickets")]
    pub(super) messages: bool,

    #[command(flatten)]
    pub(super) of: ExportOf,
}

/// Of what, and to where.
#[derive(Debug, ClapArgs)]
pub(crate) struct ExportOf {
    #[command(flatten)]
    pub(super) source: SourceArgs,

    #[command(flatten)]
    pub(super) select: SelectArgs,

    /// How the rows are written [default: by the name of --output, else CSV]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub(super) format: Option<ExportFormat>,

    /// Write to this file, or to standard output (-). A file is replaced once it is whole
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(super) output: PathBuf,
}

impl ExportArgs {
    /// How stderr is written.
    pub(super) fn log_format(&self) -> Option<LogFormatArg> {
        let of = match &self.rows {
            ExportRows::Tickets(of) | ExportRows::Ratings(of) | ExportRows::Waits(of) => of,
            ExportRows::Comments(comments) => &comments.of,
        };
        of.source.how.log_format
    }
}

impl ExportRows {
    /// What is exported, the arguments, and whether messages may be read.
    pub(super) fn split(self) -> (What, ExportOf, bool) {
        match self {
            Self::Tickets(of) => (What::Tickets, of, false),
            Self::Ratings(of) => (What::Ratings, of, false),
            Self::Waits(of) => (What::Waits, of, false),
            Self::Comments(CommentsOf { messages, of }) => (What::Comments, of, messages),
        }
    }
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Text with commas, as the CSV files of reports
    Csv,
    /// Apache Parquet
    Parquet,
    /// JSON lines: an object for each row
    Jsonl,
    /// A workbook for spreadsheets
    Xlsx,
    /// An Arrow file (IPC, Feather version 2)
    Arrow,
}

impl ExportFormat {
    /// The format that the name of a file asks for.
    pub(super) fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "parquet" => Some(Self::Parquet),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "xlsx" => Some(Self::Xlsx),
            "arrow" | "feather" | "ipc" => Some(Self::Arrow),
            _ => None,
        }
    }

    /// Whether it is text, which a terminal can show.
    pub(super) const fn is_text(self) -> bool {
        matches!(self, Self::Csv | Self::Jsonl)
    }
}
