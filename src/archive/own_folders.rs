//! Folders that queuestat itself writes: they are no archive.

/// A folder with one of these files is a report written by queuestat.
pub(super) const OWN_REPORTS: [&str; 2] = [".queuestat-manifest", ".queuestat-site"];

/// What the names of folders hold in which a report is being made, before a random number.
const STAGING: &[u8] = b".queuestat-";

/// Whether a hidden folder is one in which a report is being made.
pub(super) fn is_staging(name: &[u8]) -> bool {
    name.windows(STAGING.len()).any(|part| part == STAGING)
}
