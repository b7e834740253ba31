//! The arguments of `queuestat init`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::input_args::InputArgs;

/// Arguments of `init`.
#[derive(Debug, ClapArgs)]
#[command(mut_arg("config", |config| config.help(
    "Read the archive by this configuration [default: none is looked at, also if there is one]"
)))]
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
