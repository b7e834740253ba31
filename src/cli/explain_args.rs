//! The arguments of `queuestat explain`.

use clap::Args as ClapArgs;

use super::input_args::InputArgs;

/// Arguments of `explain`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ExplainArgs {
    /// Id of the ticket (`data.position.id` of its webhooks)
    #[arg(value_name = "TICKET", help_heading = "Question")]
    pub(super) ticket: String,

    /// Print JSON instead of text
    #[arg(long, help_heading = "Output")]
    pub(super) json: bool,

    #[command(flatten)]
    pub(crate) input: InputArgs,
}
