//! The arguments of `queuestat guide`.

use clap::{Args as ClapArgs, ValueEnum};

/// Arguments of `guide`.
#[derive(Debug, ClapArgs)]
pub(crate) struct GuideArgs {
    /// The page to print, as Markdown [default: the list of all pages]
    #[arg(value_name = "TOPIC")]
    pub(super) topic: Option<Topic>,
}

/// A page of the guide. Its name is that of its file in `src/cli/guide/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Topic {
    /// From source, Debian package, container; what is in the program
    Install,
    /// Commands, dates, output folders, exit codes, JSON and logs
    Running,
    /// How to keep webhooks, for those who have no archive yet
    Recording,
    /// What is read of an archive, and how
    Formats,
    /// Every key of `queuestat.toml`
    Configuration,
    /// Cron, systemd, mail, alerts, warnings, state, backup, repair, erasing
    Nightly,
    /// How to read pages, charts and the workbook
    Pages,
    /// Definitions, CSV files, every column
    Numbers,
    /// Ask, compare, explain, export, with worked questions
    Questions,
    /// S3, Google Cloud Storage, Azure Blob Storage
    ObjectStores,
    /// Reports in pieces on many machines, also on Spark
    Pieces,
    /// How long things take, and which run says so
    Speed,
}
