//! Files that could be read and are of little use all the same.

use crate::ingest::{FileAccount, FileState};
use crate::webhook::Reject;

use super::words::{count, grouped};

/// Whether a file was read and nothing in it could be used.
pub(crate) fn is_lost(file: &FileAccount) -> bool {
    let used = file.accepted + file.duplicate + file.other + file.deferred;
    file.state == FileState::Complete && used == 0 && file.rejected_total() > 0
}

/// Why a file needs a look although it could be read: most of its records cannot be used, with the first place and reason.
pub(crate) fn trouble(file: &FileAccount) -> Option<String> {
    let (rejected, used) = (file.rejected_total(), file.accepted + file.duplicate);
    if used == 0 && file.other > 0 && rejected == 0 {
        return Some(format!(
            "all {} hold something other than webhooks; leave the file out with `archive.exclude`",
            count(file.other, "record")
        ));
    }
    let first = file.rejects.first().filter(|_| rejected > used)?;
    let because = match first.reason {
        Reject::NoWebhook => "; `queuestat check` shows the keys in it",
        Reject::NotJson
        | Reject::NoType
        | Reject::NoTicketId
        | Reject::NoOrganization
        | Reject::DuplicateKey
        | Reject::BadUtf8
        | Reject::LineTooLong
        | Reject::TruncatedTail => "",
    };
    Some(format!(
        "{} of {} could not be used, the first on line {}: {}{because}; repair it or leave it out with `archive.exclude`",
        grouped(rejected),
        count(file.records, "record"),
        grouped(first.line),
        first.reason.words(),
    ))
}
