//! Which exit code and which hint each kind of error gets.

use std::io::ErrorKind;

use crate::archive::ArchiveError;
use crate::calendar::UnknownZone;
use crate::cloud::is_address;
use crate::dataframe::FrameError;
use crate::ingest::IngestError;
use crate::job::nearest::either;
use crate::job::{JobError, Missing, PieceError};
use crate::metric::MetricError;
use crate::night::StateError;
use crate::report::publish::PublishError;
use crate::store::StoreError;

use super::failure::{Exit, Failure};
use super::fate;
use super::words::count;
use super::zone_advice;

impl From<JobError> for Failure {
    fn from(error: JobError) -> Self {
        let message = error.to_string();
        let of = |exit: Exit, hint: &str| Self::new(exit, message.clone()).hint(hint);
        match error {
            JobError::Archive(error) => error.into(),
            JobError::Ingest(error) => error.into(),
            JobError::Frame(error) => error.into(),
            JobError::Metric(error) => error.into(),
            JobError::Render(error) => Self::from_error(Exit::Internal, &error),
            JobError::Workbook(error) => Self::from_error(Exit::Internal, &error)
                .hint("leave it out (`--xlsx`, `xlsx`): the CSV files hold the same tables"),
            JobError::Publish(error) => error.into(),
            JobError::Store(error) => error.into(),
            JobError::State(error) => error.into(),
            JobError::Piece(error) => error.into(),
            JobError::Stopped { kept: None } => Self::stopped(),
            JobError::Stopped { kept: Some(generation) } => {
                Self::stopped().after_commit(generation)
            }
            JobError::Unreadable => of(Exit::Io, "check the permissions; nothing was published"),
            JobError::NothingToRead { .. } | JobError::TooManyRejected { .. } => of(
                Exit::Refused,
                "`queuestat check --verbose` lists them; --force publishes all the same",
            ),
            JobError::Fallen(_) => of(
                Exit::Refused,
                "if it was a quiet day, such as a public holiday, go on with --force, and name such days in `closed`; if \
                 the rest of it is still to come, run again then; `gates.refuse_fall` sets the limit, 1.0 switches it off",
            ),
            JobError::NoTicket { .. } => of(
                Exit::Refused,
                "see what `queuestat check` says of the archive, or publish empty reports with --force",
            ),
            JobError::EmptyWindow { .. } => of(
                Exit::Refused,
                "nothing was published, the old report stays; choose another window, or publish an empty report with --force",
            ),
            JobError::Missing(missing) => of(Exit::Usage, &offer(&missing)),
            JobError::Ambiguous(several) => {
                let names: Vec<&str> = several.near.iter().map(String::as_str).collect();
                of(Exit::Usage, &format!("write more of the name, such as {}", either(&names)))
            }
            JobError::NotAState { .. } => of(
                Exit::Usage,
                "name the folder that a nightly run keeps its state in; an archive is named without --state",
            ),
            JobError::SharedTickets { .. } => of(
                Exit::Usage,
                "a part cannot be judged against one that holds it: end the earlier window with --with-to, or name other locations",
            ),
            JobError::EmptyState => of(
                Exit::Usage,
                "run `queuestat nightly` first, or name an archive instead of the state",
            ),
            JobError::ArchiveGone { .. } => of(
                Exit::Io,
                "is the archive mounted? If the files were all deleted on purpose, add the next one and run again",
            ),
            JobError::OldState { .. } => of(
                Exit::Refused,
                "nothing was changed; put the files back and run again. If they are lost for good: --rebuild reads what is \
                 there, says first which tickets that loses, and needs --force for it",
            ),
            JobError::OtherMeaning => of(
                Exit::Refused,
                "nothing was changed; put the settings back, or read all archives again with --rebuild, \
                 which says first which tickets of files that are gone that loses, and needs --force for it",
            ),
            JobError::NoCurrent { .. } => of(
                Exit::Refused,
                "nothing was changed; go back with `queuestat state rollback`; what came since is read again from the files",
            ),
            JobError::RebuildLoses(_) => of(
                Exit::Refused,
                "nothing was changed. A night without --rebuild keeps these tickets; `queuestat state forget` erases single \
                 tickets, those of one file, or those before a date. To lose them all the same: --rebuild --force",
            ),
            JobError::StillThere { .. } => of(
                Exit::Refused,
                "nothing was changed; move it out of the archive, or name it in `archive.exclude`, and then run this again",
            ),
            JobError::NothingKept => of(
                Exit::Usage,
                "a state of an older queuestat has to be made anew by `queuestat nightly` first",
            ),
            JobError::BeforeData { given: true, .. } => of(
                Exit::Usage,
                "nothing was published; give --as-of an instant after the webhooks; if it comes from a clock, set that clock",
            ),
            JobError::BeforeData { given: false, .. } => of(
                Exit::Usage,
                "nothing was published; set the clock of this machine, or give the instant with --as-of",
            ),
            JobError::ClockBehind { .. } => of(
                Exit::Refused,
                "nothing was changed, the last reports stay; set the clock, then run again",
            ),
            JobError::LaterState => of(
                Exit::Usage,
                "if --as-of comes from a clock, set that clock; else leave it out: for figures as of then, read the archive \
                 with the same --as-of, as `queuestat report` does, which leaves the state alone",
            ),
            JobError::OtherFigures => of(
                Exit::Usage,
                "name the configuration of the nights with --config, or ask the archive itself",
            ),
            JobError::CountersRefused { source, .. } => Self::io(message, &source),
            JobError::CountersUnwritten { source, .. } => Self::io(message, &source)
                .with_exit(Exit::LookAtInput)
                .outcome(format!("{}, the counters were not written", fate::words())),
        }
    }
}

/// "Did you mean", or where the names are listed.
fn offer(missing: &Missing) -> String {
    if missing.noun == "file" && missing.near.is_empty() {
        return "give its name as `files.csv` of the site has it".to_owned();
    }
    if missing.near.is_empty() {
        let verb = if missing.there == 1 { "is" } else { "are" };
        let things = count(missing.there as u64, missing.noun);
        return format!("there {verb} {things}; {}", listed(missing.noun));
    }
    let near: Vec<&str> = missing.near.iter().map(String::as_str).collect();
    format!("did you mean {}?", either(&near))
}

/// What lists the names of a kind.
fn listed(noun: &str) -> String {
    match noun {
        "ticket" => "`queuestat export tickets` lists their ids".to_owned(),
        "group" => "`queuestat ask --by group` lists those that have tickets; `group` under `[locations.\"…\"]` makes one".to_owned(),
        "category" | "type" => format!("`queuestat ask --by {noun}` lists what there is"),
        _ => "`queuestat locations` lists what there is".to_owned(),
    }
}

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        if matches!(error, ArchiveError::Stopped) {
            return Self::stopped();
        }
        let (exit, hint) = match &error {
            ArchiveError::NotFound(input) if is_address(input) => (
                Exit::Usage,
                "check the bucket and the prefix, and the region and the endpoint that the environment or the profile names",
            ),
            ArchiveError::Store { trouble, .. } => (Exit::Usage, trouble.advice()),
            ArchiveError::NotFound(_) => {
                (Exit::Usage, "name a file, a folder, a quoted pattern, or - for standard input")
            }
            ArchiveError::NoArchives { .. } => (
                Exit::Usage,
                "archives hold webhooks as JSON, plain or compressed, loose or in a tar or zip; hidden files are not read; \
                 a file that is named outright is always tried",
            ),
            ArchiveError::Foreign { advice, .. } => (Exit::Usage, *advice),
            ArchiveError::NothingMatches(_) => (
                Exit::Usage,
                "quote the pattern so that the shell leaves it alone; ** crosses folders",
            ),
            ArchiveError::BadPattern(_) => (Exit::Usage, "use *, **, ?, [a-z] and {a,b}"),
            ArchiveError::NotRegular(_) => (Exit::Usage, "use - to read standard input"),
            ArchiveError::Stopped => (Exit::Terminated, "run again"),
            ArchiveError::TooManyFiles(_) => (Exit::Usage, "read the archive in parts"),
            ArchiveError::Io { .. } => {
                (Exit::Io, "run again; if it fails again, look at the storage")
            }
        };
        Self::from_error(exit, &error).advised(&error, hint)
    }
}

impl From<IngestError> for Failure {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::Archive(error) => error.into(),
            IngestError::DoesNotAddUp(_) => Self::from_error(Exit::Internal, &error)
                .hint("this is a bug in queuestat; nothing was published"),
        }
    }
}

impl From<FrameError> for Failure {
    fn from(error: FrameError) -> Self {
        Self::from_error(Exit::Internal, &error)
    }
}

impl From<MetricError> for Failure {
    fn from(error: MetricError) -> Self {
        Self::from_error(Exit::Internal, &error)
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        let (exit, hint) = match &error {
            PublishError::Foreign { .. } => (
                Exit::Refused,
                "queuestat replaces its report folder as a whole and never deletes what it did not write; \
                 move those files away or choose another --out",
            ),
            PublishError::NotAFolder(_) | PublishError::NoName(_) => {
                (Exit::Usage, "give --out the name of a folder of its own")
            }
            PublishError::MountPoint(_) => (
                Exit::Usage,
                "name a folder inside it, such as `report`, which need not exist; nothing was published",
            ),
            PublishError::BadName(_) => (Exit::Internal, "this is a bug in queuestat"),
            PublishError::Io { .. } => (Exit::Io, "run again"),
        };
        Self::from_error(exit, &error).advised(&error, hint)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match &error {
            StoreError::Busy { .. } => Exit::Busy,
            StoreError::Corrupt { .. }
            | StoreError::UnknownVersion { .. }
            | StoreError::Foreign { .. }
            | StoreError::NothingToRollBackTo(_) => Exit::Refused,
            StoreError::NotAFolder(_) | StoreError::NoState(_) => Exit::Usage,
            StoreError::NoBlob { .. } | StoreError::BadName(_) => Exit::Internal,
            StoreError::Io { .. } => Exit::Io,
        };
        Self::from_error(exit, &error).advised(&error, error.way_out())
    }
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Store(error) => error.into(),
            StateError::Rows { .. } | StateError::Figures { .. } => {
                Self::from_error(Exit::Internal, &error)
            }
            StateError::Ledger { .. }
            | StateError::Json { .. }
            | StateError::Packed { .. }
            | StateError::Table { .. } => {
                Self::from_error(Exit::Refused, &error).hint(
                    "nothing was changed; use the queuestat that wrote it, or go back with `queuestat state rollback`. As a \
                     last resort --rebuild reads all archives again; it says first which tickets of files that are gone \
                     that loses, and needs --force for it",
                )
            }
        }
    }
}

impl From<PieceError> for Failure {
    fn from(error: PieceError) -> Self {
        if let PieceError::Io { doing: "read", path, source } = &error
            && source.kind() == ErrorKind::NotFound
        {
            return Self::new(Exit::Usage, format!("`{}` is not there", path.display()))
                .hint("make it with the step before, or name the place where it is");
        }
        let (exit, hint) = match &error {
            PieceError::Io { .. } => (Exit::Io, "run the step again"),
            PieceError::Encode(_) => (Exit::Internal, "this is a bug in queuestat"),
            PieceError::Nothing { .. } | PieceError::NoNumbers { .. } => (
                Exit::Usage,
                "`queuestat pieces --help` tells what each step needs; numbers look like 0-99,120",
            ),
            PieceError::NoName { .. } => (Exit::Usage, "rename it, or read it with `report`"),
            PieceError::Part { .. } | PieceError::Differ { .. } => (
                Exit::Refused,
                "make it again with this queuestat, from the list, names and places of this folder of the job",
            ),
            PieceError::Incomplete(_) => {
                (Exit::Refused, "name the pieces that lack, or make them again")
            }
        };
        Self::new(exit, error.to_string()).advised(&error, hint)
    }
}

impl From<UnknownZone> for Failure {
    fn from(error: UnknownZone) -> Self {
        Self::new(Exit::Usage, error.to_string()).hint(zone_advice::advice(&error.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_name_leads_to_what_lists_such_names() {
        for (noun, command) in [
            ("location", "queuestat locations"),
            ("organization", "queuestat locations"),
            ("queue", "queuestat locations"),
            ("ticket", "queuestat export tickets"),
            ("group", "queuestat ask --by group"),
            ("category", "queuestat ask --by category"),
            ("type", "queuestat ask --by type"),
        ] {
            let missing = Missing { noun, name: "x".to_owned(), there: 3, near: Vec::new() };
            let hint = offer(&missing);
            assert!(hint.contains(&format!("`{command}`")), "{noun}: {hint}");
            assert!(!hint.contains("categorys"), "{hint}");
        }
    }
}
