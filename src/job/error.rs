//! The errors of a job, as kinds that a caller can tell apart.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use chrono::NaiveDate;
use thiserror::Error;

use crate::archive::ArchiveError;
use crate::calendar::rfc3339;
use crate::dataframe::FrameError;
use crate::ingest::IngestError;
use crate::metric::MetricError;
use crate::night::{Cost, StateError};
use crate::report::publish::PublishError;
use crate::report::render::RenderError;
use crate::report::text::{logged, shown};
use crate::report::workbook::WorkbookError;
use crate::store::StoreError;

use super::notice::Fall;
use super::piece_error::PieceError;
use super::read_counts::ReadCounts;
use super::rebuild_words;
use super::words::{count, grouped, years};

/// A failed job. Nothing was published, unless the kind says otherwise. Messages hold no text of a payload.
#[derive(Debug, Error)]
pub enum JobError {
    /// The archive could not be found or read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A file could not be read, or its account does not add up.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The ticket frame could not be built.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// A figure could not be computed.
    #[error(transparent)]
    Metric(#[from] MetricError),
    /// A chart or a page could not be drawn.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A workbook could not be written.
    #[error(transparent)]
    Workbook(#[from] WorkbookError),
    /// The report could not be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The folder of the state could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the state holds could not be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// A step of a report in pieces fails.
    #[error(transparent)]
    Piece(#[from] PieceError),
    /// The job was asked to end. `kept` is the generation that was committed before, if one was; its reports are not
    /// published.
    #[error("the job was asked to end")]
    Stopped {
        /// Number of the generation.
        kept: Option<u64>,
    },
    /// No file of the archive could be read.
    #[error("no file of the archive could be read")]
    Unreadable,
    /// Files could not be used, and there was nothing else to read.
    #[error("{} could not be used, and there is nothing else to read", count(*files, "file"))]
    NothingToRead {
        /// Number of files.
        files: u64,
    },
    /// A larger share of records than `gates.refuse_share` could not be used.
    #[error("{} of {} could not be used{}", grouped(*rejected), count(*records, "record"), worst_words(worst.as_ref()))]
    TooManyRejected {
        /// Rejected records.
        rejected: u64,
        /// All records.
        records: u64,
        /// Where most of them are.
        worst: Option<Worst>,
    },
    /// The last day of a night has far fewer tickets than the same weekday before.
    #[error("{}", .0.iter().map(Fall::words).collect::<Vec<_>>().join("; "))]
    Fallen(Vec<Fall>),
    /// A first night found no ticket.
    #[error("the archive holds no ticket{}; {read}{}", if left_out.is_some() { " to report" } else { "" }, left_out_words(left_out.as_ref()))]
    NoTicket {
        /// What was read.
        read: Box<ReadCounts>,
        /// What the configuration leaves out, in words.
        left_out: Option<String>,
    },
    /// There is no ticket in the window of a report.
    #[error("there is no ticket {}; {}{}", window_words(*window), covered_words(*covered, read), left_out_words(left_out.as_ref()))]
    EmptyWindow {
        /// First and last day of the window.
        window: (Option<NaiveDate>, Option<NaiveDate>),
        /// First and last service date of everything that was chosen, if it has any.
        covered: Option<(NaiveDate, NaiveDate)>,
        /// What was read.
        read: Box<ReadCounts>,
        /// What the configuration leaves out, in words.
        left_out: Option<String>,
    },
    /// A name that was asked for is not there.
    #[error("there is no {} `{}`", .0.noun, shown(&.0.name, 60))]
    Missing(Missing),
    /// What was asked for begins the names of several.
    #[error("`{}` begins the names of {}", shown(&.0.name, 60), count(.0.there as u64, .0.noun))]
    Ambiguous(Missing),
    /// The folder that a state is asked of is none.
    #[error("`{}` is not a kept state: it holds `{example}`", folder.display())]
    NotAState {
        /// The folder.
        folder: PathBuf,
        /// The name of something in it.
        example: String,
    },
    /// Both parts of a comparison hold some tickets.
    #[error("{} {} in both parts that are compared", count(*tickets as u64, "ticket"), if *tickets == 1 { "is" } else { "are" })]
    SharedTickets {
        /// Number of tickets.
        tickets: usize,
    },
    /// Files that were read in nights before are gone, all of them.
    #[error("{}", gone_words(*known, *inputs, cause))]
    ArchiveGone {
        /// Files that were known.
        known: u64,
        /// Number of inputs.
        inputs: usize,
        /// What was not found.
        cause: ArchiveError,
    },
    /// The state is of an older version, and files it was made from are gone.
    #[error(
        "the state was written by an older queuestat, and {} it was made from {} no longer under that name: `{}` …",
        count(*gone, "file"), if *gone == 1 { "is" } else { "are" }, logged(first)
    )]
    OldState {
        /// Files that are gone.
        gone: u64,
        /// Name of the first one.
        first: String,
    },
    /// The state was made with settings that read records in another way.
    #[error(
        "the state was made by another way of reading records: other pointers, another `archive.earliest` or \
         `ratings.scale`, or another queuestat"
    )]
    OtherMeaning,
    /// A state is asked by settings that ratings or times would have been read differently with.
    #[error("the state was made with another `ratings.scale` or `archive.earliest`")]
    OtherFigures,
    /// A rebuild would lose tickets that only the state still has; `None` if nobody can tell.
    #[error("{}", rebuild_words::words(.0.as_deref()))]
    RebuildLoses(Option<Box<Cost>>),
    /// No night has kept anything in a state yet.
    #[error("the state holds no tickets yet")]
    EmptyState,
    /// The current generation of a state is gone.
    #[error("generation {generation}, the current one of the state, is not there")]
    NoCurrent {
        /// Its number.
        generation: u64,
    },
    /// There is no state of which anything could be forgotten.
    #[error("there is no state yet, so there is nothing to forget")]
    NothingKept,
    /// Nothing in the archive happened before the instant of the run.
    #[error(
        "everything in the archive happened after the instant of the run ({}): its times are of {}",
        rfc3339(*as_of), years(years_of)
    )]
    BeforeData {
        /// The instant of the run, UTC milliseconds.
        as_of: i64,
        /// Whether it was given, not taken from the clock.
        given: bool,
        /// The years of the times in the archive.
        years_of: BTreeSet<i32>,
    },
    /// The clock is far behind what the state knows.
    #[error(
        "this machine's clock says {}, but the state holds tickets of {} already", rfc3339(*as_of), rfc3339(*newest)
    )]
    ClockBehind {
        /// The instant of the run, UTC milliseconds.
        as_of: i64,
        /// The newest instant at which anything happened to a ticket of the state, UTC milliseconds.
        newest: i64,
    },
    /// A file that is to be taken back is still in the archive.
    #[error(
        "the file `{}` is still in the archive: the next night would read it again",
        logged(file)
    )]
    StillThere {
        /// Its name.
        file: String,
    },
    /// The state is of a later instant than the one that was given.
    #[error("the state was made at a later instant than --as-of")]
    LaterState,
    /// The counters cannot be written; found before anything was read.
    #[error("cannot write the counters to `{}`", path.display())]
    CountersRefused {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The counters were not written; everything else is done and published.
    #[error("cannot write the counters to `{}`", path.display())]
    CountersUnwritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// The file with most rejected records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worst {
    /// Name of the file.
    pub file: String,
    /// Line of its first rejected record, from 1.
    pub line: u64,
    /// Why that one was rejected.
    pub reason: &'static str,
}

/// Something that was asked for by name and is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What it is: `organization`, `location`, `queue` …
    pub noun: &'static str,
    /// The name that was asked for.
    pub name: String,
    /// At most three names that may have been meant, the nearest first.
    pub near: Vec<String>,
    /// How many there are.
    pub there: usize,
}

impl JobError {
    /// Adds the generation that was committed before, if the job was asked to end.
    pub(crate) fn after_commit(self, generation: Option<u64>) -> Self {
        if matches!(self, Self::Stopped { .. }) { Self::Stopped { kept: generation } } else { self }
    }
}

fn worst_words(worst: Option<&Worst>) -> String {
    worst.map_or_else(String::new, |Worst { file, line, reason }| {
        format!(
            ", most of them in `{}`, the first on line {}: {reason}",
            logged(file),
            grouped(*line)
        )
    })
}

fn window_words((from, to): (Option<NaiveDate>, Option<NaiveDate>)) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("of {from} to {to}"),
        (Some(from), None) => format!("since {from}"),
        (None, Some(to)) => format!("until {to}"),
        (None, None) => "to report".to_owned(),
    }
}

fn covered_words(covered: Option<(NaiveDate, NaiveDate)>, read: &ReadCounts) -> String {
    covered.map_or_else(
        || read.to_string(),
        |(first, last)| format!("the chosen part of the archive covers {first} to {last}"),
    )
}

/// What is left out, behind the rest of a sentence.
fn left_out_words(left_out: Option<&String>) -> String {
    left_out.map_or_else(String::new, |words| format!("; {words}"))
}

fn gone_words(known: u64, inputs: usize, error: &ArchiveError) -> String {
    if inputs == 1 {
        format!("0 of {} known files found: {error}", grouped(known))
    } else {
        format!("{error}; nights before have read {}", count(known, "file"))
    }
}
