//! Reads all files and merges what they say.

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::archive::{
    ArchiveError, Candidate, End, Ending, LargeFile, Limits, LineStream, Place, read_lines,
};
use crate::calendar::HOUR_MS;
use crate::ticket::{Fold, OrderKey};
use crate::webhook;

use super::account::{Account, FileAccount, FileState};
use super::file::{Reader, Tail};
use super::large::{claim_chunks, read_large};

/// Smaller files are read by one thread each: there are usually many of them.
const STREAM_FROM: u64 = 256 << 10;

/// How files are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How lines are to be read; its `as_of` also decides whether a file may still be being written.
    pub webhook: webhook::Settings,
    /// Caps.
    pub limits: Limits,
}

/// Hears of the stored bytes read since it was last called; called from several threads.
pub type Progress<'a> = &'a (dyn Fn(u64) + Sync);

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Ingested {
    /// The joined tickets.
    pub fold: Fold,
    /// The account, in path order.
    pub account: Account,
}

/// Why reading stopped.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A file's counters do not add up: a fault of this program.
    #[error("the lines of `{0}` do not add up")]
    DoesNotAddUp(String),
}

/// Reads the files, given in path order, with the threads of the current rayon pool.
///
/// # Errors
/// Trouble of the storage while reading. A file that cannot be opened, or whose compressed data are damaged, is
/// accounted for and contributes nothing.
pub fn ingest(
    files: &[Candidate],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Ingested, IngestError> {
    if files.len() > OrderKey::MAX_FILE as usize {
        return Err(ArchiveError::TooManyFiles(OrderKey::MAX_FILE as usize).into());
    }
    let newest = files.len().saturating_sub(1);
    let read = files
        .par_iter()
        .enumerate()
        .map(|(at, file)| {
            let number = u32::try_from(at).unwrap_or(OrderKey::MAX_FILE);
            read_file(file, number, at == newest, settings, progress)
        })
        .map(|read| read.map(|(fold, account)| (fold, vec![account])))
        .try_reduce(
            || (Fold::default(), Vec::new()),
            |(mut fold, mut accounts), (other, more)| {
                fold.merge(other);
                accounts.extend(more);
                Ok((fold, accounts))
            },
        );
    let (fold, files) = read?;
    Ok(Ingested { fold, account: Account { files } })
}

fn read_file(
    file: &Candidate,
    number: u32,
    newest: bool,
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<(Fold, FileAccount), IngestError> {
    let young = file.modified_ms.is_some_and(|at| settings.webhook.as_of - at < HOUR_MS);
    let tail = if young || newest { Tail::Defer } else { Tail::Reject };
    let reader = Reader::new(&settings.webhook, number, tail);
    let parallel = rayon::current_num_threads() > 1;
    if parallel
        && let Some(large) = LargeFile::open(file)
        && large.size() <= settings.limits.file
    {
        let next = claim_chunks(&large, settings, progress);
        let Reader { fold, mut account, .. } = read_large(&next, reader, settings)?;
        account.bytes = large.size();
        account.decompressed = large.size();
        return finished(file, fold, account);
    }
    let read = if parallel && (file.bytes > STREAM_FROM || file.place == Place::StandardInput) {
        read_stream(file, reader, settings, progress)
    } else {
        read_alone(file, reader, settings, progress)
    };
    let (reader, ending) = match read {
        Ok(read) => read,
        Err(IngestError::Archive(ArchiveError::Io { source, .. })) if cannot_open(&source) => {
            let state = FileState::Unreadable(source.kind());
            return Ok(left_out(file, state, FileAccount::default()));
        }
        Err(error) => return Err(error),
    };
    let Reader { fold, mut account, .. } = reader;
    let state = match ending.end {
        End::Complete => FileState::Complete,
        End::Truncated => FileState::Truncated,
        End::Corrupt => FileState::Corrupt,
        End::TooLarge => FileState::TooLarge,
    };
    if state != FileState::Complete {
        let kept = FileAccount {
            bytes: ending.stored,
            suspicious_ratio: ending.suspicious_ratio,
            ..FileAccount::default()
        };
        return Ok(left_out(file, state, kept));
    }
    account.bytes = ending.stored;
    account.decompressed = ending.decompressed;
    account.trailing_garbage = ending.trailing_garbage;
    account.suspicious_ratio = ending.suspicious_ratio;
    finished(file, fold, account)
}

/// Reads a file with the thread at hand.
fn read_alone<'a>(
    file: &Candidate,
    mut reader: Reader<'a>,
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<(Reader<'a>, Ending), IngestError> {
    let ending = read_lines(file, settings.limits, progress, |line| reader.line(&line))?;
    Ok((reader, ending))
}

/// Reads a stream with all threads: one decompresses, the others decode meanwhile.
fn read_stream<'a>(
    file: &Candidate,
    reader: Reader<'a>,
    settings: &'a Settings,
    progress: Progress<'_>,
) -> Result<(Reader<'a>, Ending), IngestError> {
    let stream = LineStream::open(file, settings.limits)?;
    let next = |buffer: &mut Vec<u8>| stream.next(buffer, progress);
    let reader = read_large(&next, reader, settings)?;
    Ok((reader, stream.ending()))
}

/// Names the account and checks that it adds up.
fn finished(
    file: &Candidate,
    fold: Fold,
    mut account: FileAccount,
) -> Result<(Fold, FileAccount), IngestError> {
    account.name.clone_from(&file.name);
    if account.adds_up() {
        Ok((fold, account))
    } else {
        Err(IngestError::DoesNotAddUp(file.name.clone()))
    }
}

/// The account of a file of which nothing is used.
fn left_out(file: &Candidate, state: FileState, account: FileAccount) -> (Fold, FileAccount) {
    (Fold::default(), FileAccount { name: file.name.clone(), state, ..account })
}

/// Trouble of one file, not of the storage: the others can still be read.
fn cannot_open(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as K;
    matches!(error.kind(), K::NotFound | K::PermissionDenied | K::InvalidInput | K::IsADirectory)
}
