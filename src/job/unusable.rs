//! Finds what is wrong with files that could be opened.

use crate::ingest::{FileAccount, FileState};

use super::notice::{FileTrouble, Notice};

/// Whether a file was read and nothing in it could be used.
pub(crate) fn is_lost(file: &FileAccount) -> bool {
    let used = file.accepted + file.duplicate + file.other + file.deferred;
    file.state == FileState::Complete && used == 0 && file.rejected_total() > 0
}

/// Why a file needs a look although it could be read: none of its records are webhooks, or most were rejected.
pub(crate) fn trouble(file: &FileAccount) -> Option<FileTrouble> {
    let (rejected, used) = (file.rejected_total(), file.accepted + file.duplicate);
    if used == 0 && file.other > 0 && rejected == 0 {
        return Some(FileTrouble::OtherThings { records: file.other });
    }
    let first = file.rejects.first().filter(|_| rejected > used)?;
    let (records, line, reason) = (file.records, first.line, first.reason);
    Some(FileTrouble::MostlyRejected { rejected, records, line, reason })
}

/// Why nothing of a file was used, if that is so.
pub(crate) fn left_out(file: &FileAccount) -> Option<FileTrouble> {
    file.trouble().map(FileTrouble::LeftOut)
}

/// Whether a file has bytes behind its compressed data.
pub(crate) fn garbage(file: &FileAccount) -> Option<FileTrouble> {
    file.trailing_garbage.then_some(FileTrouble::TrailingGarbage)
}

/// Trouble of a file as a notice.
pub(crate) fn notice(file: &FileAccount, trouble: FileTrouble) -> Notice {
    Notice::File { file: file.name.clone(), trouble }
}
