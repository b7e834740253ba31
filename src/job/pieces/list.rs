//! The first step: find the files of an archive, and number them.

use std::path::PathBuf;

use crate::archive::{ArchiveError, Candidate, Holder, Root};
use crate::job::error::JobError;
use crate::job::observer::Observer;
use crate::job::piece_error::PieceError;
use crate::job::plan::Plan;
use crate::job::read::{Timer, find_files};
use crate::partial::{digest, encode_files};
use crate::ticket::OrderKey;

use super::done::Done;
use super::forms::ListOf;
use super::paths::write;
use super::work::{FILES, LIST, Work};

/// Finds the files of an archive, numbers them, and writes down the `settings` of all steps, which are the caller's.
///
/// # Errors
/// [`JobError`] if a file cannot be found or named, or the list cannot be written.
pub fn list(
    plan: &Plan,
    settings: String,
    work: &Work,
    parts: u16,
    observer: &dyn Observer,
) -> Result<Done, JobError> {
    let mut timer = Timer::start(observer);
    let discovery = find_files(plan, &mut timer)?;
    if discovery.files.len() > OrderKey::MAX_FILE as usize {
        return Err(ArchiveError::TooManyFiles(OrderKey::MAX_FILE as usize).into());
    }
    let files: Vec<(u32, Candidate)> = (0..).zip(discovery.files).collect();
    if let Some((_, other)) = files.iter().find(|(_, file)| !has_name(file)) {
        let path = match other.holder() {
            Some(Holder::File(path)) => path,
            Some(Holder::Object(_)) | None => PathBuf::from("-"),
        };
        return Err(PieceError::NoName { path }.into());
    }
    let skipped = discovery.skipped.len();
    let root = |root: Root| (root.input.display().to_string(), root.trouble);
    let list = ListOf {
        settings,
        parts,
        files: u32::try_from(files.len()).unwrap_or(OrderKey::MAX_FILE),
        digest: digest(&encode_files(&files, "").map_err(PieceError::Encode)?),
        skipped: discovery.skipped,
        roots: discovery.roots.into_iter().map(root).collect(),
    };
    let made_from = work.put(LIST, "", &list)?;
    let table = encode_files(&files, &made_from).map_err(PieceError::Encode)?;
    write(&work.path(FILES), &table)?;
    timer.stage("write the list", files.len(), "files");
    Ok(Done::of([(files.len(), "file"), (skipped, "skipped path"), (parts.into(), "part")]))
}

/// Whether a list can name the place of a file.
fn has_name(file: &Candidate) -> bool {
    file.holder().is_some_and(|holder| holder.text().is_some())
}
