//! Which part of a report is published.

use clap::ValueEnum;

/// Part of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnlyArg {
    /// The CSV files
    Csv,
}
