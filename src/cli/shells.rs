//! `queuestat completions` and `queuestat man`: made from the same definitions as the help.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::generate;
use clap_complete::shells::{Bash, Fish, Zsh};
use clap_mangen::Man;

use super::answer::answer;
use super::args::Args;
use super::failure::{Exit, Failure};
use super::shells_args::{CompletionsArgs, ManArgs, ShellArg};

/// Name of the program in completions and pages.
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

/// Prints the man page, or writes one for each command.
pub(super) fn man(args: &ManArgs) -> Result<Exit, Failure> {
    let page = |command: clap::Command| {
        let mut page = Vec::new();
        let made = Man::new(command).render(&mut page);
        made.map(|()| page).map_err(|error| Failure::io("cannot make the man page", &error))
    };
    let command = Args::command();
    let Some(folder) = &args.dir else {
        answer(&String::from_utf8_lossy(&page(command)?))?;
        return Ok(Exit::Ok);
    };
    let cannot =
        |path: &PathBuf, error| Failure::io(format!("cannot write `{}`", path.display()), &error);
    std::fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
    let names =
        command.get_subcommands().map(|one| (format!("{NAME}-{}", one.get_name()), one.clone()));
    for (name, one) in names.chain([(NAME.to_owned(), command.clone())]) {
        let path = folder.join(format!("{name}.1"));
        std::fs::write(&path, page(one.display_name(name))?)
            .map_err(|error| cannot(&path, error))?;
    }
    Ok(Exit::Ok)
}
