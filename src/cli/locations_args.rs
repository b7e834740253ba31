//! The arguments of `queuestat locations`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::log_format::LogFormatArg;

/// Arguments of `locations`.
#[derive(Debug, ClapArgs)]
pub(crate) struct LocationsArgs {
    /// Files, folders (recursive), quoted patterns such as 'archive/**/*.gz', or - for standard input
    #[arg(
        required_unless_present = "state",
        conflicts_with = "state",
        value_name = "INPUT",
        help_heading = "Input"
    )]
    pub(super) inputs: Vec<PathBuf>,

    /// Folder that nightly runs keep their state in: everything they know, without reading an archive
    #[arg(long, value_name = "DIR", help_heading = "Input")]
    pub(super) state: Option<PathBuf>,

    /// Configuration [default: queuestat.toml in the single input folder, else in the current one, if there is one]
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(super) config: Option<PathBuf>,

    /// The instant the run is made for, RFC 3339 [default: now; of a state, the instant of its last night]
    #[arg(long, value_name = "INSTANT", help_heading = "Input")]
    pub(super) as_of: Option<String>,

    /// Threads to use; the result is the same with any number [default: all cores]
    #[arg(long, value_name = "N", help_heading = "Input")]
    pub(super) threads: Option<usize>,

    /// How long to wait for a run that works on the state, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0, help_heading = "Input")]
    pub(super) lock_wait: u64,

    /// Print CSV instead of a table
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    pub(super) csv: bool,

    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    pub(super) json: bool,

    /// Print nothing but the locations when all is well
    #[arg(long, short, help_heading = "Output")]
    pub(super) quiet: bool,

    /// How stderr is written [default: text]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub(super) log_format: Option<LogFormatArg>,
}
