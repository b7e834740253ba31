//! What a job has to say, as data: it becomes words at the last moment, in [`Notice::words`].

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::ticket::{Overruled, RenamedQueue, SharedQueues};

use super::restated::Restated;

pub use super::notice_parts::{
    Fall, FileTrouble, OffScale, Silent, SilentLocation, SilentRoot, Table,
};

/// Something that a reader of a run or of a page must know, or may like to know.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// A file could not be used, or not as a whole.
    File {
        /// Name of the file.
        file: String,
        /// What is wrong with it.
        trouble: FileTrouble,
    },
    /// More files of an organization like those that were named.
    MoreFiles {
        /// Their number.
        more: u64,
    },
    /// A file was not read.
    NotRead {
        /// Name of the file.
        file: String,
        /// Whether it should have been readable, and was damaged.
        unusable: bool,
        /// Why.
        note: String,
    },
    /// One of several inputs holds nothing now; the others were read.
    Root {
        /// The input as it was asked for.
        input: PathBuf,
        /// Why there is nothing.
        trouble: String,
        /// Files of it that nights before have read.
        known: u64,
    },
    /// More files were not read.
    MoreNotRead {
        /// Whether they should have been readable.
        unusable: bool,
        /// Their number.
        more: u64,
    },
    /// Tickets of a file are in no figure by day.
    NoDay {
        /// Name of the file.
        file: String,
        /// Tickets without a day.
        without: u64,
        /// All tickets of the file.
        tickets: u64,
        /// Years of times before the earliest believable one, and that instant, UTC milliseconds.
        too_early: (BTreeSet<i32>, i64),
        /// Years of times after the instant of the run, and that instant, UTC milliseconds.
        too_late: (BTreeSet<i32>, i64),
    },
    /// Tickets of a file are older than such webhooks; they were used.
    OldDays {
        /// Name of the file.
        file: String,
        /// Tickets of those years.
        old: u64,
        /// All tickets of the file.
        tickets: u64,
        /// The years.
        years: BTreeSet<i32>,
    },
    /// More files with tickets without a day or of unlikely years.
    MoreDays {
        /// Their number.
        more: u64,
    },
    /// Ratings lie outside the scale and were not used.
    OffScale {
        /// The organization; `None` on its own pages.
        organization: Option<String>,
        /// The ratings.
        ratings: OffScale,
    },
    /// More records than usual could not be used.
    ManyRejected {
        /// Their number.
        rejected: u64,
        /// All records.
        records: u64,
    },
    /// The same on a page. A share only: in a file of several organizations the numbers would tell of the others.
    ShareRejected {
        /// Share of the records, between 0 and 1.
        share: f64,
        /// Number of files they stand in.
        files: u64,
    },
    /// More records than usual of one organization could not be used.
    Lost {
        /// The organization.
        organization: String,
        /// Rejected records in its files.
        lost: u64,
        /// All records in its files.
        records: u64,
    },
    /// Two sections of the configuration are the same thing.
    SameSection {
        /// The kind of section.
        table: Table,
        /// Their keys.
        keys: [String; 2],
        /// The configuration.
        config: Option<PathBuf>,
    },
    /// A section of the configuration matches nothing.
    IdleSection {
        /// The kind of section.
        table: Table,
        /// Its key.
        key: String,
        /// Names that may have been meant, the nearest first.
        near: Vec<String>,
        /// How many there are that it could match.
        there: usize,
        /// The configuration.
        config: Option<PathBuf>,
    },
    /// More sections that match nothing.
    MoreIdleSections {
        /// The kind of section.
        table: Table,
        /// Their number.
        more: u64,
        /// The configuration.
        config: Option<PathBuf>,
    },
    /// A nightly report ends before the earliest believable day, so it can have no ticket.
    EmptyWindow {
        /// Name of the report.
        window: String,
        /// Its last day.
        to: NaiveDate,
        /// The earliest believable day.
        earliest: NaiveDate,
    },
    /// A day has far fewer tickets than the same weekday before.
    Fallen {
        /// The day.
        fall: Fall,
        /// Whether it is an earlier day, which no night before could publish.
        is_late: bool,
    },
    /// More earlier days like it.
    MoreFallen {
        /// Their number.
        more: u64,
    },
    /// Nothing new came of an organization.
    Silent(Silent),
    /// No ticket comes any more of a location.
    SilentLocation(SilentLocation),
    /// More locations like it.
    MoreSilentLocations {
        /// Their number.
        more: u64,
    },
    /// Nothing new comes of one of several inputs.
    SilentRoot(SilentRoot),
    /// Figures of earlier weeks changed. Good to know.
    Restated(Restated),
    /// Something was mended in the state; in the words of the store.
    Mended(String),
    /// Something happened to the files of the night; in its words.
    Night(String),
    /// What an earlier run of the same day published as standing, word for word.
    Told(String),
    /// A queue was seen with several names. Good to know.
    Renamed(RenamedQueue),
    /// A CSV file has more rows than a spreadsheet shows.
    LongTable {
        /// The file, below the folder of the report.
        file: String,
        /// Rows below its header.
        rows: u64,
        /// How many of them a spreadsheet shows.
        shown: u64,
    },
    /// Several organizations have the same queues. Good to know.
    SharedQueues(SharedQueues),
    /// More organizations like these.
    MoreSharedQueues {
        /// The number of groups of them.
        more: u64,
    },
    /// More queues like it.
    MoreRenamed {
        /// Their number.
        more: u64,
    },
    /// A setting is not in force, because another section comes first. Good to know.
    Overruled(Overruled),
    /// More settings like it.
    MoreOverruled {
        /// Their number.
        more: u64,
    },
    /// Figures of earlier service dates are kept as they were made.
    AsMade {
        /// The first date of which single tickets are kept.
        before: NaiveDate,
    },
    /// Single tickets were forgotten tonight, and their figures kept.
    Summed {
        /// Their number.
        tickets: u64,
        /// How many of them the configuration leaves out: of these, no figures are kept.
        without_figures: u64,
        /// The first date of which single tickets are kept.
        before: NaiveDate,
    },
    /// Tickets of tonight's lines were left out because they are forgotten.
    LeftOutAgain {
        /// Tickets that were forgotten by their ids.
        forgotten: u64,
        /// Tickets of dates of which single tickets are forgotten.
        too_late: u64,
    },
    /// A nightly report of some days begins before the first date of which single tickets are kept.
    WindowForgotten {
        /// Name of the report.
        window: String,
        /// The first date of which single tickets are kept.
        before: NaiveDate,
    },
    /// Tickets were created on several dates: their ids seem to have been used again, or anonymised.
    UsedAgain {
        /// The organization; `None` on its own pages.
        organization: Option<String>,
        /// Tickets of several dates.
        several: u64,
        /// Those of ten dates or more.
        many: u64,
        /// All tickets.
        tickets: u64,
    },
    /// Tickets were seen in two queues. Good to know.
    TwoQueues {
        /// The organization.
        organization: String,
        /// Their number.
        two: u64,
        /// All tickets.
        tickets: u64,
    },
    /// The state is of an older version, so the whole archive is read again.
    ReadAgain,
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Good to know; nobody has to act.
    Note,
    /// Good to know, and said even if little is to be said.
    Event,
    /// Somebody has to look.
    Warning,
}

impl Notice {
    /// How much it matters.
    #[must_use]
    pub fn weight(&self) -> Weight {
        match self {
            Self::Renamed(_)
            | Self::Restated(_)
            | Self::SharedQueues(_)
            | Self::MoreSharedQueues { .. }
            | Self::LongTable { .. }
            | Self::MoreRenamed { .. }
            | Self::Overruled(_)
            | Self::AsMade { .. }
            | Self::Summed { .. }
            | Self::LeftOutAgain { .. }
            | Self::TwoQueues { .. }
            | Self::MoreOverruled { .. } => Weight::Note,
            Self::ReadAgain => Weight::Event,
            Self::File { .. }
            | Self::MoreFiles { .. }
            | Self::NotRead { .. }
            | Self::MoreNotRead { .. }
            | Self::Root { .. }
            | Self::NoDay { .. }
            | Self::OldDays { .. }
            | Self::MoreDays { .. }
            | Self::OffScale { .. }
            | Self::UsedAgain { .. }
            | Self::ManyRejected { .. }
            | Self::ShareRejected { .. }
            | Self::Lost { .. }
            | Self::SameSection { .. }
            | Self::IdleSection { .. }
            | Self::MoreIdleSections { .. }
            | Self::EmptyWindow { .. }
            | Self::WindowForgotten { .. }
            | Self::Fallen { .. }
            | Self::MoreFallen { .. }
            | Self::Silent(_)
            | Self::SilentLocation(_)
            | Self::MoreSilentLocations { .. }
            | Self::SilentRoot(_)
            | Self::Mended(_)
            | Self::Night(_)
            | Self::Told(_) => Weight::Warning,
        }
    }
}
