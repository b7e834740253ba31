//! Finds the objects behind an address: one, all below a prefix, or those that a pattern matches. Prefixes that end with a
//! slash are folders, and the same rules hold for them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;

use crate::cloud::{Address, Object, Stores, Trouble, What};

use super::candidate::{Candidate, Place};
use super::classify::Told;
use super::error::ArchiveError;
use super::found_names::is_pattern;
use super::own_folders::{OWN_REPORTS, is_staging};

/// What an address reaches.
pub(super) struct Reached {
    /// The prefix in which it was looked for.
    pub(super) root: PathBuf,
    /// The objects, named relative to the prefix, and what is known of them already.
    pub(super) found: Vec<(Candidate, Option<Told>)>,
    /// Whether it is a prefix or a pattern.
    pub(super) is_walked: bool,
}

/// Finds the objects behind an address.
///
/// # Errors
/// [`ArchiveError`]: `Store` if it cannot be used as it was named or set up; `NotFound` and `NothingMatches`; `Io` if the
/// store fails.
pub(super) fn find(
    stores: &mut Stores,
    input: &Path,
    address: Result<Address, Trouble>,
) -> Result<Reached, ArchiveError> {
    let trouble = |trouble| error_of(input, trouble);
    let address = address.map_err(trouble)?;
    let mut denied = None;
    if !address.key.is_empty() && !address.key.ends_with('/') {
        match stores.object(&address) {
            Ok(Some(object)) => return Ok(named(&address, object)),
            Ok(None) => {}
            // Of what is not there, the store says so only to those who may list the bucket.
            Err(error) if error.what == What::Denied => denied = Some(error),
            Err(error) => return Err(trouble(error)),
        }
    }
    let by_pattern = is_pattern(Path::new(&address.key));
    let key = address.key.as_str();
    // Ends with a slash, or is empty: the bucket as a whole.
    let prefix = match key {
        _ if by_pattern => plain_part(key).to_owned(),
        _ if key.is_empty() || key.ends_with('/') => key.to_owned(),
        _ => format!("{key}/"),
    };
    let root = address.with_key(prefix);
    let found = stores.below(&root).map_err(trouble)?;
    if let Some(denied) = denied.filter(|_| found.is_empty()) {
        return Err(trouble(denied));
    }
    let text = input.to_string_lossy().into_owned();
    let found = if by_pattern {
        let glob = GlobBuilder::new(&address.key).literal_separator(true).build();
        let glob = glob.map_err(|_| ArchiveError::BadPattern(text.clone()))?.compile_matcher();
        let found = walk(&root, found, |key| glob.is_match(key));
        if found.is_empty() {
            return Err(ArchiveError::NothingMatches(text));
        }
        found
    } else if found.is_empty() && !root.key.is_empty() {
        return Err(ArchiveError::NotFound(input.to_owned()));
    } else {
        walk(&root, found, |_| true)
    };
    Ok(Reached { root: folder(&root), found, is_walked: true })
}

/// The error of an address.
fn error_of(input: &Path, trouble: Trouble) -> ArchiveError {
    let at = input.to_string_lossy().into_owned();
    match trouble.what {
        What::BadAddress => {
            let scheme = at.split("://").next().unwrap_or_default();
            ArchiveError::Store { at: format!("{scheme}://…"), trouble }
        }
        What::NotBuilt | What::Settings => ArchiveError::Store { at, trouble },
        What::NoObject | What::NoBucket => ArchiveError::NotFound(input.to_owned()),
        What::Stopped => ArchiveError::Stopped,
        What::NoCredentials
        | What::Denied
        | What::Changed
        | What::Throttled
        | What::Redirected
        | What::Unreachable
        | What::Cut
        | What::Checksum
        | What::Refused
        | What::NoListing => ArchiveError::Io { name: at, source: trouble.into() },
    }
}

/// A single object that was named.
fn named(address: &Address, object: Object) -> Reached {
    let at = address.key.rfind('/').map_or(0, |at| at + 1);
    let (prefix, name) = address.key.split_at(at);
    let found = vec![(candidate(name.to_owned(), object), None)];
    Reached { root: folder(&address.with_key(prefix)), found, is_walked: false }
}

fn candidate(name: String, object: Object) -> Candidate {
    let (bytes, modified_ms) = (object.bytes, object.modified_ms);
    Candidate { name, place: Place::Object(object), bytes, modified_ms }
}

fn folder(root: &Address) -> PathBuf {
    let text = root.to_string();
    PathBuf::from(text.strip_suffix('/').unwrap_or(&text))
}

/// The part of a pattern that names one prefix, with its slash.
fn plain_part(key: &str) -> &str {
    let at = key.find(['*', '?', '[', '{']).unwrap_or(key.len());
    let plain = key.get(..at).unwrap_or_default();
    plain.get(..plain.rfind('/').map_or(0, |at| at + 1)).unwrap_or_default()
}

/// The objects below a prefix whose keys are wanted. Of a folder that is not entered, the folder itself is named once.
fn walk(
    root: &Address,
    objects: Vec<Object>,
    wanted: impl Fn(&str) -> bool,
) -> Vec<(Candidate, Option<Told>)> {
    let prefix = root.key.as_str();
    let relative = |object: &Object| {
        let key = object.address.key.as_str();
        key.strip_prefix(prefix).unwrap_or(key).to_owned()
    };
    let own: BTreeSet<String> = objects
        .iter()
        .filter_map(|object| {
            let name = relative(object);
            let (folder, file) = name.rsplit_once('/')?;
            OWN_REPORTS.contains(&file).then(|| folder.to_owned())
        })
        .collect();
    let mut closed = BTreeSet::new();
    let mut found = Vec::new();
    for object in objects {
        let name = relative(&object);
        let Some((at, told)) = closed_at(&name, &own) else {
            // An object that only stands for a folder is none of its files.
            let is_folder = object.bytes == 0 && object.address.key.ends_with('/');
            if !is_folder && wanted(&object.address.key) {
                let told = (!object.address.can_be_asked_for()).then_some(Told::Unspeakable);
                found.push((candidate(name, object), told));
            }
            continue;
        };
        let (part, is_folder) = (name.get(..at).unwrap_or_default(), at < name.len());
        let is_made = told == Told::Hidden && is_folder && is_staging(part.as_bytes());
        if is_made || !wanted(&format!("{prefix}{part}")) || !closed.insert(part.to_owned()) {
            continue;
        }
        let mut one = candidate(part.to_owned(), object);
        if is_folder {
            (one.bytes, one.modified_ms) = (0, None);
        }
        found.push((one, Some(told)));
    }
    found
}

/// Where the first part of a name ends that is not entered, and why.
fn closed_at(name: &str, own: &BTreeSet<String>) -> Option<(usize, Told)> {
    let ends = name.match_indices('/').map(|(at, _)| at).chain([name.len()]);
    let mut begin = 0;
    for end in ends {
        let part = name.get(begin..end)?;
        if part.starts_with('.') && part != "." && part != ".." {
            return Some((end, Told::Hidden));
        }
        if end < name.len() && own.contains(name.get(..end)?) {
            return Some((end, Told::OwnReport));
        }
        begin = end + 1;
    }
    None
}

#[cfg(test)]
#[path = "discover_objects_tests.rs"]
mod tests;
