//! Checks that a folder holds nothing but what queuestat wrote, and deletes such a folder.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::error::PublishError;
use super::files::{Files, Kind};
use super::manifest::{MANIFEST, Manifest};

/// Refuses a folder that holds anything queuestat did not write, or that was edited since. Missing files are fine.
pub(super) fn check(files: &Files, folder: &Path) -> Result<(), PublishError> {
    let Some(found) = files.list(folder)? else {
        return Ok(());
    };
    if found.is_empty() {
        return Ok(());
    }
    let unreadable = || PublishError::foreign(folder, vec![MANIFEST.to_owned()]);
    let manifest = if found.iter().any(|entry| entry.name == MANIFEST) {
        files
            .read_text(&folder.join(MANIFEST))?
            .and_then(|text| Manifest::parse(&text))
            .ok_or_else(unreadable)?
    } else {
        Manifest::default()
    };
    let foreign: Mutex<Vec<String>> = Mutex::default();
    files.each(&found, |entry| {
        let ours = match entry.kind {
            _ if entry.name == MANIFEST => entry.kind != Kind::Folder,
            Kind::Folder => manifest.has_below(&entry.name),
            Kind::Other => false,
            // A file of another size has other bytes; there is no need to read it.
            Kind::File(size) if manifest.size_of(&entry.name) == Some(size) => {
                manifest.matches(&entry.name, &files.read(&folder.join(&entry.name))?)
            }
            Kind::File(_) => false,
        };
        if !ours {
            foreign.lock().unwrap_or_else(PoisonError::into_inner).push(entry.name.clone());
        }
        Ok(())
    })?;
    let mut foreign = foreign.into_inner().unwrap_or_else(PoisonError::into_inner);
    foreign.sort_unstable();
    if foreign.is_empty() { Ok(()) } else { Err(PublishError::foreign(folder, foreign)) }
}

/// Removes the listed files of a report that passed [`check`], and then empty folders. What cannot be removed is
/// harmless: it is not a report any more, and while its list exists, later runs try again.
pub(super) fn delete_report(files: &Files, folder: &Path) {
    let text = files.read_text(&folder.join(MANIFEST)).ok().flatten();
    let Some(listed) = text.and_then(|text| Manifest::parse(&text)) else { return };
    files.remove_files(&listed.names().map(|name| folder.join(name)).collect::<Vec<_>>());
    files.remove_empty_folders(folder);
    // The list goes last, so that the next run can clean up after a run that is killed here.
    let rest = files.list(folder).ok().flatten().unwrap_or_default();
    if matches!(rest.as_slice(), [last] if last.name == MANIFEST) {
        files.remove_file(&folder.join(MANIFEST));
        files.remove_if_empty(folder);
    }
}
