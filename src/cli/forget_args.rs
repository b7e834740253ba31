//! The arguments of `queuestat state forget`. Their doc comments are the help text.

use chrono::NaiveDate;
use clap::{ArgGroup, Args as ClapArgs};

use super::numbers::date;

const ENDS: &str = "\
What is forgotten stays forgotten: lines that are read again do not bring it back. The state remembers single tickets as \
keyed hashes; no id stands in it. Figures are published as of the last night. Afterwards one generation of state and site \
is left, so there is none to roll back to. Backups and the archive itself are yours to clean.

A run that was killed has changed nothing, or has committed and not finished: run the same command again, or wait for the \
next night, which finishes it.

Exit codes:
  0 forgotten, published, every older generation removed   2 usage
  3 done, but an id is not among the kept tickets, or tickets of the file stay
  4 refused, nothing changed   5 input or output failed, run it again   75 another run works there";

#[derive(Debug, Clone, ClapArgs)]
#[command(
    after_help = ENDS,
    group = ArgGroup::new("what").args(["ticket", "file", "before"]).required(true).multiple(true)
)]
pub(crate) struct ForgetArgs {
    /// Forget the ticket with this id, its figures too (can be repeated); - reads ids from standard input, one per line
    #[arg(long, value_name = "ID")]
    pub(crate) ticket: Vec<String>,

    /// With --ticket: only in this organization (can be repeated) [default: in all of them]
    #[arg(long, value_name = "NAME", requires = "ticket", conflicts_with_all = ["before", "file"])]
    pub(crate) organization: Vec<String>,

    /// Take back a file that is no longer in the archive, by its name in `files.csv`: tickets that only it brought go, those
    /// that other files brought too are read anew from these, and those of files that are gone stay and are counted
    #[arg(long, value_name = "PATH")]
    pub(crate) file: Option<String>,

    /// Forget the single tickets with a service date before this one; what they add up to stays in the reports of all time
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) before: Option<NaiveDate>,

    /// With --before: the figures of these dates go too
    #[arg(long, requires = "before")]
    pub(crate) with_figures: bool,

    /// Say what would go, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Print what went as JSON: counts by month, never an id
    #[arg(long)]
    pub(crate) json: bool,
}
