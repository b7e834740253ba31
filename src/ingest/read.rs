//! Reads all files and merges what they say.

use std::sync::{Mutex, PoisonError};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::archive::{
    ArchiveError, Block, Candidate, Cut, End, Ending, LargeFile, Piece, Place, PlainLine,
    RecordStream, Sink, ahead, read_members, read_records, together,
};
use crate::ticket::{Fold, OrderKey, SHARDS, Shard, Spans};

use super::account::{Account, FileAccount, FileState};
use super::batch::Tail;
use super::decode::{Bench, Taking};
use super::error::{IngestError, cannot_open};
use super::file::{ReadFile, Reading};
use super::large::{claim_chunks, read_large};
use super::settings::{Chosen, Progress, Settings, may_grow};
use super::trace::{Traced, Watch};

/// Records to decode before folding them, where one thread reads a file.
const BATCH: u64 = 1_024;
/// Files up to this size, bytes, are read by one thread each: there are usually many of them.
const STREAM_FROM: u64 = 256 << 10;

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Ingested {
    /// The joined tickets.
    pub fold: Fold,
    /// The account, in file order.
    pub account: Account,
}

/// Reads the files, given in file order, with the threads of the current rayon pool.
///
/// # Errors
/// [`IngestError`] if the storage fails while reading; [`ArchiveError::Stopped`] if `progress` says so. A file that cannot
/// be opened, or whose compressed data are damaged, is no error: it appears in the account and contributes nothing.
pub fn ingest(
    files: &[Candidate],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Ingested, IngestError> {
    ingest_watching(files, Watch::Nothing, settings, progress).map(|(ingested, _)| ingested)
}

/// As [`ingest`]; also finds the records that are watched for, in file order.
///
/// # Errors
/// As [`ingest`].
pub fn ingest_watching(
    files: &[Candidate],
    watch: Watch,
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<(Ingested, Vec<Traced>), IngestError> {
    if files.len() > OrderKey::MAX_FILE as usize {
        return Err(ArchiveError::TooManyFiles(OrderKey::MAX_FILE as usize).into());
    }
    read_all(&numbered(files), watch, settings, progress)
}

/// Files with their numbers in file order.
fn numbered(files: &[Candidate]) -> Vec<Chosen<'_>> {
    let chosen =
        |(at, file)| Chosen { file, number: u32::try_from(at).unwrap_or(OrderKey::MAX_FILE) };
    files.iter().enumerate().map(chosen).collect()
}

/// The index of a file among those requested, and what it holds.
type Said = (usize, (FileAccount, Spans));

/// Reads a selection of the files; the account is in the order given.
///
/// # Errors
/// As [`ingest`].
pub fn ingest_chosen(
    files: &[Chosen<'_>],
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Ingested, IngestError> {
    read_all(files, Watch::Nothing, settings, progress).map(|(ingested, _)| ingested)
}

fn read_all(
    files: &[Chosen<'_>],
    watched: Watch,
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<(Ingested, Vec<Traced>), IngestError> {
    let headings = Mutex::default();
    let bench = Bench::new(&settings.webhook, &headings, watched);
    let traced: Mutex<Vec<Traced>> = Mutex::default();
    let total: Vec<Mutex<Shard>> = (0..SHARDS).map(|_| Mutex::default()).collect();
    let groups = together(files.iter().map(|chosen| chosen.file));
    ahead(files.iter().map(|chosen| chosen.file));
    let read: Result<Vec<Vec<Said>>, IngestError> = groups
        .par_iter()
        .map(|group| {
            let mut accounts = Vec::with_capacity(group.len());
            read_together(group, files, settings, &mut |at, chosen| {
                let read = read_file(chosen, &bench, settings, progress)?;
                for (total, shard) in total.iter().zip(read.shards) {
                    total.lock().unwrap_or_else(PoisonError::into_inner).absorb(shard);
                }
                if !read.traced.is_empty() {
                    traced.lock().unwrap_or_else(PoisonError::into_inner).extend(read.traced);
                }
                accounts.push((at, (read.account, read.spans)));
                Ok(())
            })?;
            Ok(accounts)
        })
        .collect();
    let numbers = files.iter().map(|chosen| chosen.number);
    let mut read: Vec<_> = read?.into_iter().flatten().collect();
    read.sort_by_key(|(at, _)| *at);
    let (files, spans): (Vec<FileAccount>, Vec<Spans>) = read.into_iter().map(|(_, of)| of).unzip();
    drop(bench);
    let headings = headings.into_inner().unwrap_or_else(PoisonError::into_inner);
    let shards = total.into_iter().map(|s| s.into_inner().unwrap_or_else(PoisonError::into_inner));
    let fold = Fold::assemble(headings, shards.collect(), numbers.zip(spans));
    let mut traced = traced.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Within a file they are in order.
    traced.sort_by_key(|one| one.file);
    Ok((Ingested { fold, account: Account { files } }, traced))
}

/// Reads a single file, or the members of a container one after the other, in the order they are stored.
fn read_together(
    group: &[usize],
    files: &[Chosen<'_>],
    settings: &Settings,
    read: &mut dyn FnMut(usize, Chosen<'_>) -> Result<(), IngestError>,
) -> Result<(), IngestError> {
    let chosen: Vec<(usize, Chosen<'_>)> =
        group.iter().filter_map(|at| Some((*at, *files.get(*at)?))).collect();
    if let [(at, one)] = chosen.as_slice()
        && !matches!(one.file.place, Place::Member { .. })
    {
        return read(*at, *one);
    }
    let members: Vec<&Candidate> = chosen.iter().map(|(_, chosen)| chosen.file).collect();
    read_members(&members, settings.limits, |which, open| match chosen.get(which) {
        Some((at, chosen)) => read(*at, Chosen { file: open, ..*chosen }),
        None => Ok(()),
    })
}

fn read_file(
    chosen: Chosen<'_>,
    bench: &Bench<'_>,
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<ReadFile, IngestError> {
    match read_whole(chosen, bench, settings, progress) {
        Err(IngestError::Archive(ArchiveError::Io { source, .. })) if cannot_open(&source) => {
            let state = FileState::Unreadable(source.kind());
            Ok(left_out(chosen.file, state, FileAccount::default()))
        }
        other => other,
    }
}

/// Reads a file in the fastest way that its form allows.
fn read_whole(
    chosen: Chosen<'_>,
    bench: &Bench<'_>,
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<ReadFile, IngestError> {
    let file = chosen.file;
    let once = is_read_once(file);
    if rayon::current_num_threads() == 1 || (file.bytes <= STREAM_FROM && !once) {
        let reading = Reading::of(chosen, settings);
        let ending = read_alone(file, &reading, bench, settings, progress)?;
        return closed(file, reading, ending, bench);
    }
    // First as lines, which any thread can read alone. A pipe or a member of a container cannot be read twice.
    if let Some(large) = LargeFile::open(file)
        && large.size() <= settings.limits.file
    {
        let reading = Reading::of(chosen, settings);
        let next = claim_chunks(&large, settings, progress);
        if read_large(&next, &reading, bench, settings, true)? {
            let mut read = reading.finish(bench.headings);
            read.account.bytes = large.size();
            read.account.decompressed = large.size();
            return finished(file, read);
        }
    } else if !once {
        let reading = Reading::of(chosen, settings);
        let read = read_stream(file, Cut::Lines, &reading, bench, settings, progress)?;
        if let Some(ending) = read {
            return closed(file, reading, ending, bench);
        }
    }
    let reading = Reading::of(chosen, settings);
    if let Some(ending) = read_stream(file, Cut::Records, &reading, bench, settings, progress)? {
        return closed(file, reading, ending, bench);
    }
    // A text continues from block to block.
    let reading = Reading::of(chosen, settings);
    let ending = read_alone(file, &reading, bench, settings, progress)?;
    closed(file, reading, ending, bench)
}

/// Whether it is a pipe or a member of a container.
fn is_read_once(file: &Candidate) -> bool {
    matches!(file.place, Place::StandardInput | Place::Opened(_))
}

/// The result of a file that was read to its end.
fn closed(
    file: &Candidate,
    reading: Reading,
    ending: Ending,
    bench: &Bench<'_>,
) -> Result<ReadFile, IngestError> {
    let state = match ending.end {
        End::Complete => FileState::Complete,
        End::Truncated => FileState::Truncated,
        End::Corrupt => FileState::Corrupt,
        End::TooLarge => FileState::TooLarge,
        End::TooDeep => FileState::TooDeep,
    };
    if state != FileState::Complete {
        let kept = FileAccount {
            bytes: ending.stored,
            broken_at: ending.broken_at,
            suspicious_ratio: ending.suspicious_ratio,
            ..FileAccount::default()
        };
        return Ok(left_out(file, state, kept));
    }
    let mut read = reading.finish(bench.headings);
    read.account.bytes = ending.stored;
    read.account.decompressed = ending.decompressed;
    read.account.trailing_garbage = ending.trailing_garbage;
    read.account.suspicious_ratio = ending.suspicious_ratio;
    finished(file, read)
}

/// Reads a file with the current thread.
fn read_alone(
    file: &Candidate,
    reading: &Reading,
    bench: &Bench<'_>,
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Ending, IngestError> {
    let mut tools = bench.take();
    tools.batch.clear();
    let mut spans = Spans::default();
    let taking = Taking::new(&mut tools, reading, &mut spans, settings);
    let mut folding = Folding { taking, number: 0 };
    let ending = read_records(file, settings.limits, progress, &mut folding)?;
    folding.taking.end();
    folding.fold();
    reading.add(&spans, tools.take_shapes());
    bench.put_back(tools);
    Ok(ending)
}

/// Takes in records and folds them whenever a batch is full.
struct Folding<'t, 's> {
    taking: Taking<'t, 's>,
    number: u64,
}

impl Reading {
    fn of(chosen: Chosen<'_>, settings: &Settings) -> Self {
        let tail = if may_grow(chosen.file, settings.webhook.as_of, settings.settle_ms) {
            Tail::Defer
        } else {
            Tail::Reject
        };
        Self::new(chosen.number, settings.webhook.as_of, tail)
    }
}

impl Folding<'_, '_> {
    fn fold(&mut self) {
        self.taking.reading.fold(self.number, self.taking.batch(), (0, 1));
        self.number += 1;
    }

    fn fold_if_full(&mut self) {
        if self.taking.batch().records >= BATCH {
            self.fold();
        }
    }
}

impl Sink for Folding<'_, '_> {
    fn plain(&mut self, bytes: &[u8], line: PlainLine) -> bool {
        let json = self.taking.plain(bytes, line);
        self.fold_if_full();
        json
    }

    fn piece(&mut self, bytes: &[u8], piece: Piece) {
        self.taking.piece(bytes, piece);
        self.fold_if_full();
    }
}

/// Reads a stream with all threads: one decompresses while the others decode. Returns how it ended; `None` if it cannot be
/// split that way.
fn read_stream(
    file: &Candidate,
    cut: Cut,
    reading: &Reading,
    bench: &Bench<'_>,
    settings: &Settings,
    progress: Progress<'_>,
) -> Result<Option<Ending>, IngestError> {
    let stream = RecordStream::open(file, settings.limits, cut)?;
    let next = |buffer: &mut Block| stream.next(buffer, progress);
    let again = !is_read_once(file);
    let good = read_large(&next, reading, bench, settings, again)?;
    Ok(good.then(|| stream.ending()))
}

/// Puts the file's name into the account and checks that it adds up.
fn finished(file: &Candidate, mut read: ReadFile) -> Result<ReadFile, IngestError> {
    read.account.name.clone_from(&file.name);
    if read.account.adds_up() {
        Ok(read)
    } else {
        Err(IngestError::DoesNotAddUp(file.name.clone()))
    }
}

/// The account of a file of which nothing is used.
fn left_out(file: &Candidate, state: FileState, account: FileAccount) -> ReadFile {
    let account = FileAccount { name: file.name.clone(), state, ..account };
    ReadFile { account, shards: Vec::new(), spans: Spans::default(), traced: Vec::new() }
}
