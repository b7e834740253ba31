//! The arguments of `queuestat init`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::input_args::InputArgs;

/// Arguments of `init`.
#[derive(Debug, ClapArgs)]
pub(crate) struct InitArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

    /// The file to write, which must not exist yet, or - for standard output
    #[arg(
        long,
        short,
        value_name = "FILE",
        default_value = "queuestat.toml",
        help_heading = "Output"
    )]
    pub(super) output: PathBuf,
}
