//! The arguments of `queuestat completions` and `queuestat man`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

/// Arguments of `completions`.
#[derive(Debug, ClapArgs)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(super) shell: ShellArg,
}

/// A shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShellArg {
    /// For `/etc/bash_completion.d/queuestat`
    Bash,
    /// For `_queuestat` in a folder of `fpath`
    Zsh,
    /// For `~/.config/fish/completions/queuestat.fish`
    Fish,
}

/// Arguments of `man`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ManArgs {
    /// Write a page for the program and one for each command into this folder, which is made [default: the page of the program
    /// to standard output]
    #[arg(long, value_name = "DIR")]
    pub(super) dir: Option<PathBuf>,
}
