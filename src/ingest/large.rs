//! Reads one large file with all threads.
//!
//! Chunks are decoded in any order and folded in the order of the file: whoever has decoded a chunk waits for its turn.
//! So "earlier in the same file" and line numbers mean the same as when one thread reads, and folding, which is several
//! times quicker than decoding, never runs twice at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};

use crate::archive::{ArchiveError, ChunkLines, LargeFile, Line};

use super::file::{Outcome, Reader, outcome};
use super::read::{IngestError, Progress, Settings};

/// Whose turn it is, and what was folded so far.
struct Turn<'a> {
    next: u64,
    failed: bool,
    reader: Reader<'a>,
}

/// Reads the next chunk into the buffer: its number from 0 and its lines, or nothing at the end.
pub(super) type Next<'a> =
    &'a (dyn Fn(&mut Vec<u8>) -> Result<Option<(u64, ChunkLines)>, ArchiveError> + Sync);

/// Reads all chunks; the reader then holds the fold and the account of the file.
pub(super) fn read_large<'a>(
    next: Next<'_>,
    reader: Reader<'a>,
    settings: &'a Settings,
) -> Result<Reader<'a>, IngestError> {
    let turn = Mutex::new(Turn { next: 0, failed: false, reader });
    let changed = Condvar::new();
    let worker = || -> Result<(), IngestError> {
        let mut buffer = Vec::new();
        loop {
            let _wakes_the_others = OnPanic { turn: &turn, changed: &changed };
            // Those who wait for a chunk's turn must not wait for ever.
            let failed = |error: ArchiveError| {
                lock(&turn).failed = true;
                changed.notify_all();
                IngestError::from(error)
            };
            let Some((chunk, lines)) = next(&mut buffer).map_err(failed)? else { return Ok(()) };
            if !fold_chunk(chunk, &lines, settings, &buffer, &turn, &changed) {
                return Ok(());
            }
        }
    };
    let workers = rayon::current_num_threads().max(1);
    let mut results: Vec<Result<(), IngestError>> = Vec::new();
    results.resize_with(workers, || Ok(()));
    rayon::scope(|scope| {
        for result in &mut results {
            scope.spawn(|_| *result = worker());
        }
    });
    results.into_iter().collect::<Result<(), IngestError>>()?;
    let turn = turn.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(turn.reader)
}

/// The chunks of a large plain file, each read by whoever claims it.
pub(super) fn claim_chunks<'a>(
    file: &'a LargeFile,
    settings: &'a Settings,
    progress: Progress<'a>,
) -> impl Fn(&mut Vec<u8>) -> Result<Option<(u64, ChunkLines)>, ArchiveError> + Sync + 'a {
    let claimed = AtomicU64::new(0);
    move |buffer| {
        let chunk = claimed.fetch_add(1, Ordering::Relaxed);
        if chunk >= file.chunks() {
            return Ok(None);
        }
        let lines = file.read(chunk, settings.limits, buffer)?;
        progress(file.size() / file.chunks());
        Ok(Some((chunk, lines)))
    }
}

/// Lets those who wait go home if a worker panics: its chunk's turn would never end.
struct OnPanic<'m, 'a> {
    turn: &'m Mutex<Turn<'a>>,
    changed: &'m Condvar,
}

impl Drop for OnPanic<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(self.turn).failed = true;
            self.changed.notify_all();
        }
    }
}

/// Decodes a chunk, waits for its turn, folds it; false if another chunk failed.
fn fold_chunk(
    chunk: u64,
    lines: &ChunkLines,
    settings: &Settings,
    buffer: &[u8],
    turn: &Mutex<Turn<'_>>,
    changed: &Condvar,
) -> bool {
    let mut decoded: Vec<(Line<'_>, Outcome<'_>)> = Vec::with_capacity(2_048);
    lines.each(settings.limits, buffer, |line| {
        decoded.push((line, outcome(&line, &settings.webhook)));
    });
    let mut turn = lock(turn);
    while turn.next != chunk && !turn.failed {
        turn = changed.wait(turn).unwrap_or_else(std::sync::PoisonError::into_inner);
    }
    if turn.failed {
        return false;
    }
    let before = turn.reader.account.lines;
    for (line, outcome) in decoded {
        turn.reader.take(&Line { number: before + line.number, ..line }, outcome);
    }
    turn.next += 1;
    drop(turn);
    changed.notify_all();
    true
}

fn lock<'m, 'a>(turn: &'m Mutex<Turn<'a>>) -> MutexGuard<'m, Turn<'a>> {
    turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
