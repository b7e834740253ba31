//! Reads one file with all threads: a large plain file in chunks, a compressed one in blocks that one thread decompresses.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::archive::{ArchiveError, Block, Content, LargeFile, Sink};
use crate::ticket::Spans;

use super::decode::{Bench, Taking};
use super::error::IngestError;
use super::file::Reading;
use super::settings::{Progress, Settings};

/// Reads the next block into the buffer. Returns its number, from 0, and what it holds; `None` at the end.
pub(super) type Next<'a> =
    &'a (dyn Fn(&mut Block) -> Result<Option<(u64, Option<Content>)>, ArchiveError> + Sync);

/// Reads all blocks. False if the file cannot be split that way: then nothing that was read may be used. `again` says
/// whether the file can be read again in that case.
pub(super) fn read_large(
    next: Next<'_>,
    reading: &Reading,
    bench: &Bench<'_>,
    settings: &Settings,
    again: bool,
) -> Result<bool, IngestError> {
    let workers = rayon::current_num_threads().max(1);
    let good = AtomicBool::new(true);
    let worker = |thread: usize| -> Result<(), IngestError> {
        let _wakes_the_others = OnPanic(reading);
        let mut tools = bench.take();
        tools.batch.clear();
        let mut spans = Spans::default();
        let mut buffer = std::mem::take(&mut tools.buffer);
        while good.load(Ordering::Relaxed) {
            let block = next(&mut buffer).inspect_err(|_| reading.call_off())?;
            let Some((number, content)) = block else { break };
            let mut taking = Taking::new(&mut tools, reading, &mut spans, settings);
            let mut last = true;
            let lines = match content {
                None => None,
                Some(Content::Lines(lines)) => {
                    last = lines.is_last();
                    lines.records(settings.limits, &buffer, &mut taking)
                }
                Some(Content::Pieces(pieces, is_last)) => {
                    last = is_last || !again;
                    for piece in pieces {
                        taking.piece(buffer.bytes(), piece);
                    }
                    Some(0)
                }
            };
            // A text that continues in the next block needs a reader that sees both.
            let lines = lines.filter(|_| last || !taking.goes_on());
            taking.end();
            let Some(lines) = lines else {
                good.store(false, Ordering::Relaxed);
                reading.call_off();
                break;
            };
            tools.batch.lines = lines;
            if !reading.fold(number, &mut tools.batch, (thread, workers)) {
                break;
            }
        }
        tools.buffer = buffer;
        reading.add(&spans, tools.take_shapes());
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
    results.into_iter().collect::<Result<(), IngestError>>()?;
    Ok(good.into_inner())
}

/// Hands out the chunks of a large plain file: each thread reads the next chunk that nobody has claimed.
pub(super) fn claim_chunks<'a>(
    file: &'a LargeFile,
    settings: &'a Settings,
    progress: Progress<'a>,
) -> impl Fn(&mut Block) -> Result<Option<(u64, Option<Content>)>, ArchiveError> + Sync + 'a {
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
        Ok(Some((chunk, lines.map(Content::Lines))))
    }
}

/// Releases the waiting threads if a worker panics: the turn of its chunk would never come.
struct OnPanic<'r>(&'r Reading);

impl Drop for OnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.call_off();
        }
    }
}
