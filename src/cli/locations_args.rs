//! The arguments of `queuestat locations`.

use clap::Args as ClapArgs;

use super::log_format::LogFormatArg;
use super::source_args::SourceArgs;

/// Arguments of `locations`.
#[derive(Debug, ClapArgs)]
pub(crate) struct LocationsArgs {
    #[command(flatten)]
    pub(super) source: SourceArgs,

    /// Print CSV instead of a table
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    pub(super) csv: bool,

    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    pub(super) json: bool,
}

impl LocationsArgs {
    /// How stderr is written.
    pub(super) fn log_format(&self) -> Option<LogFormatArg> {
        self.source.how.log_format
    }
}
