//! `queuestat completions`: made from the same definitions as the help.

use clap::CommandFactory;
use clap_complete::generate;
use clap_complete::shells::{Bash, Fish, Zsh};

use super::answer::answer;
use super::args::Args;
use super::failure::{Exit, Failure};
use super::shells_args::{CompletionsArgs, ShellArg};

/// Name of the program.
const NAME: &str = "queuestat";

/// Prints the completions of a shell.
pub(super) fn completions(args: &CompletionsArgs) -> Result<Exit, Failure> {
    let (mut command, mut text) = (Args::command(), Vec::new());
    match args.shell {
        ShellArg::Bash => generate(Bash, &mut command, NAME, &mut text),
        ShellArg::Zsh => generate(Zsh, &mut command, NAME, &mut text),
        ShellArg::Fish => generate(Fish, &mut command, NAME, &mut text),
    }
    answer(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Ok)
}
