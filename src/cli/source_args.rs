//! Where the tickets of a question come from: an archive, or what nightly runs keep.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;

use crate::job::Source;

use super::input_args::InputArgs;
use super::log_format::LogFormatArg;
use super::numbers::whole;
use super::threads::threads;

/// An archive or a state.
#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct SourceArgs {
    /// Files, folders (recursive), quoted patterns such as 'archive/**/*.gz', addresses of object stores
    /// (s3://…, gs://…, az://…), or - for standard input
    #[arg(
        required_unless_present = "state",
        conflicts_with = "state",
        value_name = "INPUT",
        help_heading = "Input"
    )]
    pub(super) inputs: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) how: HowArgs,
}

impl SourceArgs {
    /// Where the tickets come from, and the arguments of the plan.
    pub(super) fn split(self) -> (Source, InputArgs) {
        self.how.split(self.inputs)
    }
}

/// A state, and how it or an archive is read.
#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct HowArgs {
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
    #[arg(long, value_name = "N", value_parser = threads, allow_negative_numbers = true, help_heading = "Input")]
    pub(super) threads: Option<usize>,

    /// How long to wait for a run that works on the state, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0, help_heading = "Input", value_parser = whole::<u64>)]
    pub(super) lock_wait: u64,

    /// Print nothing but the answer when all is well
    #[arg(long, short, help_heading = "Output")]
    pub(super) quiet: bool,

    /// How stderr is written [default: text]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) log_format: Option<LogFormatArg>,
}

impl HowArgs {
    /// Where the tickets come from, and the arguments of the plan.
    pub(super) fn split(self, inputs: Vec<PathBuf>) -> (Source, InputArgs) {
        let wait = Duration::from_secs(self.lock_wait);
        let source = self.state.map_or(Source::Archive, |folder| Source::State(folder, wait));
        let input = InputArgs {
            inputs,
            config: self.config,
            payload_pointer: None,
            received_at_pointer: None,
            as_of: self.as_of,
            threads: self.threads,
            quiet: self.quiet,
            verbose: false,
            log_format: self.log_format,
            png: false,
            parquet: false,
            xlsx: false,
            time_zone: None,
            target_minutes: None,
            wait_ends_at: None,
        };
        (source, input)
    }
}
