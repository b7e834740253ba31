//! Turns classified files into the files to read, or into the error of a folder that holds none.

use std::collections::BTreeSet;
use std::path::Path;

use super::candidate::{Candidate, Place};
use super::classify::{Class, Listing, SkipState, Skipped};
use super::error::ArchiveError;

/// The members of a container, as files to read.
pub(super) fn members<'a>(
    file: &'a Candidate,
    listing: &'a Listing,
) -> impl Iterator<Item = Candidate> + 'a {
    // What can be read only once is never listed.
    let holder = file.holder();
    let members = holder
        .into_iter()
        .flat_map(|holder| listing.members.iter().map(move |one| (holder.clone(), one)));
    members.map(|(container, (name, number, bytes))| Candidate {
        name: format!("{}!/{name}", file.name),
        place: Place::Member { container, number: *number, container_bytes: file.bytes },
        bytes: *bytes,
        modified_ms: file.modified_ms,
    })
}

/// The names of the files to read among classified files.
pub(super) fn names<'a>(classes: impl Iterator<Item = &'a Class>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for class in classes {
        match class {
            Class::Archive(file) => {
                names.insert(file.name.clone());
            }
            Class::Container(file, listing) => {
                names.extend(members(file, listing).map(|member| member.name));
            }
            Class::Skipped(_) => {}
        }
    }
    names
}

/// The error of a folder in which nothing can be read; it says what the folder holds instead.
pub(super) fn nothing_in<'a>(
    input: &Path,
    classes: impl Iterator<Item = &'a Class>,
) -> Result<(), ArchiveError> {
    let mut others: Vec<&Skipped> = Vec::new();
    for class in classes {
        match class {
            Class::Archive(_) => return Ok(()),
            Class::Container(_, listing) if !listing.members.is_empty() => return Ok(()),
            Class::Container(_, listing) => others.extend(&listing.skipped),
            // A log that has just been rotated is nothing to worry about.
            Class::Skipped(skipped) if skipped.kind == "empty" => return Ok(()),
            Class::Skipped(skipped) => others.push(skipped),
        }
    }
    let told = |skipped: &&&Skipped| !skipped.quiet || skipped.state == SkipState::Excluded;
    let mut holds: Vec<String> = others
        .iter()
        .filter(told)
        .take(3)
        .map(|skipped| format!("`{}` is {}", skipped.name, skipped.note()))
        .collect();
    let more = others.iter().filter(told).count().saturating_sub(holds.len());
    if more > 0 {
        holds.push(format!("and {more} more"));
    }
    Err(ArchiveError::NoArchives { input: input.to_owned(), holds: holds.join("; ") })
}
