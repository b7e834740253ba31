//! Reads one file with all threads: a large plain one in chunks, a compressed one in the blocks one thread decompresses.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::archive::{ArchiveError, Block, ChunkLines, LargeFile};
use crate::ticket::Spans;

use super::batch::Bench;
use super::file::Reading;
use super::read::{IngestError, Progress, Settings};

/// Reads the next chunk into the buffer: its number from 0 and its lines, or nothing at the end.
pub(super) type Next<'a> =
    &'a (dyn Fn(&mut Block) -> Result<Option<(u64, ChunkLines)>, ArchiveError> + Sync);

/// Reads all chunks.
pub(super) fn read_large(
    next: Next<'_>,
    reading: &Reading,
    bench: &Bench<'_>,
    settings: &Settings,
) -> Result<(), IngestError> {
    let workers = rayon::current_num_threads().max(1);
    let worker = |thread: usize| -> Result<(), IngestError> {
        let _wakes_the_others = OnPanic(reading);
        let mut tools = bench.take();
        tools.batch.clear();
        let mut spans = Spans::default();
        let mut buffer = std::mem::take(&mut tools.buffer);
        loop {
            let chunk = next(&mut buffer).inspect_err(|_| reading.call_off())?;
            let Some((number, lines)) = chunk else { break };
            lines.each(settings.limits, &buffer, |line| {
                tools.line(&line, reading.tail, &mut spans);
            });
            if !reading.fold(number, &mut tools.batch, (thread, workers)) {
                break;
            }
        }
        tools.buffer = buffer;
        reading.add_spans(&spans);
        bench.put_back(tools);
        Ok(())
    };
    let mut results: Vec<Result<(), IngestError>> = Vec::new();
    results.resize_with(workers, || Ok(()));
    rayon::scope(|scope| {
        for (thread, result) in results.iter_mut().enumerate() {
            let worker = &worker;
            scope.spawn(move |_| *result = worker(thread));
        }
    });
    results.into_iter().collect()
}

/// The chunks of a large plain file, each read by whoever claims it.
pub(super) fn claim_chunks<'a>(
    file: &'a LargeFile,
    settings: &'a Settings,
    progress: Progress<'a>,
) -> impl Fn(&mut Block) -> Result<Option<(u64, ChunkLines)>, ArchiveError> + Sync + 'a {
    let claimed = AtomicU64::new(0);
    move |buffer| {
        let chunk = claimed.fetch_add(1, Ordering::Relaxed);
        if chunk >= file.chunks() {
            return Ok(None);
        }
        let lines = file.read(chunk, settings.limits, buffer)?;
        if progress(file.size() / file.chunks()).is_break() {
            return Err(ArchiveError::Stopped);
        }
        Ok(Some((chunk, lines)))
    }
}

/// Lets those who wait go home if a worker panics: its chunk's turn would never end.
struct OnPanic<'r>(&'r Reading);

impl Drop for OnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.call_off();
        }
    }
}
