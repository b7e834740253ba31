//! What every command that reads an archive takes.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use serde::{Deserialize, Serialize};

use super::log_format::LogFormatArg;
use super::numbers::number;
use super::threads::threads;

/// What to read, and how.
#[derive(Debug, ClapArgs)]
pub(crate) struct InputArgs {
    /// Files, folders (recursive), quoted patterns such as 'archive/**/*.gz', addresses of object stores
    /// (s3://…, gs://…, az://…), or - for standard input
    #[arg(required = true, value_name = "INPUT", help_heading = "Input")]
    pub(crate) inputs: Vec<PathBuf>,

    /// Configuration [default: queuestat.toml in the single input folder, else in the current one, if there is one]
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(crate) config: Option<PathBuf>,

    /// Where the webhook is in each record, as a JSON Pointer such as /detail/body [default: it is searched for]
    #[arg(long, value_name = "POINTER", help_heading = "Input")]
    pub(crate) payload_pointer: Option<String>,

    /// Where the time of receipt is in each record, as a JSON Pointer [default: it is searched for]
    #[arg(long, value_name = "POINTER", help_heading = "Input")]
    pub(crate) received_at_pointer: Option<String>,

    /// The instant the run is made for, RFC 3339; later times in the archive are out of range [default: now]
    #[arg(long, value_name = "INSTANT", help_heading = "Input")]
    pub(crate) as_of: Option<String>,

    /// Threads to use; the result is the same with any number [default: all cores]
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true, help_heading = "Input")]
    pub(crate) threads: Option<usize>,

    /// Print nothing but what was asked for when all is well
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    pub(crate) quiet: bool,

    /// Print the time and rows of each stage, and where records were rejected (the first 1000 of each file)
    #[arg(long, short, help_heading = "Output")]
    pub(crate) verbose: bool,

    /// How stderr is written [default: text]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) log_format: Option<LogFormatArg>,

    /// Whether charts are written as PNG too; only `report` has an argument for it.
    #[arg(skip)]
    pub(crate) png: bool,
    /// Whether tables are written as Parquet too; only `report` has an argument for it.
    #[arg(skip)]
    pub(crate) parquet: bool,
    /// Whether tables are written as a workbook too; only `report` has an argument for it.
    #[arg(skip)]
    pub(crate) xlsx: bool,

    /// Zone of all local days and hours, such as Europe/Stockholm; overrides every zone of the configuration
    #[arg(long, value_name = "ZONE", help_heading = "Figures")]
    pub(crate) time_zone: Option<String>,

    /// Target of the wait, in minutes; overrides every target of the configuration [default: 10]
    #[arg(long, value_name = "MINUTES", allow_negative_numbers = true, help_heading = "Figures", value_parser = number)]
    pub(crate) target_minutes: Option<f64>,

    /// Where the headline wait ends [default: check-in]
    #[arg(long, value_name = "EVENT", help_heading = "Figures")]
    pub(crate) wait_ends_at: Option<WaitEndArg>,
}

/// Where the headline wait ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub(crate) enum WaitEndArg {
    /// At the check-in
    CheckIn,
    /// At the first call
    Call,
}
