//! Reads a file from start to end, record by record, with one thread.

use std::io;
use std::ops::ControlFlow;

use super::block::Block;
use super::candidate::Candidate;
use super::ending::Ending;
use super::error::ArchiveError;
use super::limits::Limits;
use super::piece::Sink;
use super::source::Source;
use super::splitter::Splitter;
use super::text::Text;

/// Bytes read at a time.
const STEP: usize = 1 << 20;

/// A progress callback that does nothing and goes on.
pub fn go_on(_bytes: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Reads a file record by record. `progress` is called with the stored bytes read since the last call, and says whether to
/// go on.
///
/// Whether the records may be used is known only from the [`Ending`]: those of a damaged compressed file may not.
///
/// # Errors
/// [`ArchiveError::Io`] if the file cannot be opened or the storage fails; [`ArchiveError::Stopped`] if `progress` says so.
pub fn read_records(
    candidate: &Candidate,
    limits: Limits,
    progress: impl FnMut(u64) -> ControlFlow<()>,
    sink: &mut impl Sink,
) -> Result<Ending, ArchiveError> {
    let source = Source::open(candidate, limits)?;
    read_in_steps(Text::of(source), STEP, limits, progress, sink)
        .map_err(|source| ArchiveError::reading(&candidate.name, source))?
        .ok_or(ArchiveError::Stopped)
}

/// Returns how the file ended; `None` if `progress` stopped it.
pub(super) fn read_in_steps(
    mut text: Text,
    step: usize,
    limits: Limits,
    mut progress: impl FnMut(u64) -> ControlFlow<()>,
    sink: &mut impl Sink,
) -> io::Result<Option<Ending>> {
    let mut splitter = Splitter::new(limits.line, 0);
    let mut block = Block::default();
    let mut reported = 0;
    loop {
        let n = text.read(block.room(step))?;
        block.keep(n);
        if progress(text.stored() - reported).is_break() {
            return Ok(None);
        }
        reported = text.stored();
        let done = splitter.split(block.bytes(), 0, n == 0, sink);
        block.drop_front(done);
        if n == 0 {
            return Ok(Some(text.ending()));
        }
    }
}
