//! Finds the files to read and puts them in file order.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use globset::GlobBuilder;
use walkdir::WalkDir;

use crate::cloud::{Address, Stores, Trouble};

use super::candidate::{Candidate, Place};
use super::classify::{
    Class, Exclude, Found as Look, Known, Listing, Rules, Skipped, Told, classify,
};
use super::discover_objects;
use super::error::ArchiveError;
use super::found_names::{file_name, is_pattern, relative, slashes, tell_apart};
use super::limits::Limits;
use super::order::order_key;
use super::outcome::{members, names, nothing_in};
use super::own_folders::{OWN_REPORTS, is_staging};
use super::root::{Root, Spares};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Files to read, in file order; members of containers are files of their own.
    pub files: Vec<Candidate>,
    /// Files that are not read, in path order.
    pub skipped: Vec<Skipped>,
    /// The containers and their contents.
    pub containers: Vec<(Candidate, Listing)>,
    /// What was asked for, in that order; standard input apart.
    pub roots: Vec<Root>,
}

/// Finds the files behind paths with default rules; see [`discover_by`].
///
/// # Errors
/// As [`discover_by`].
pub fn discover(inputs: &[PathBuf]) -> Result<Discovery, ArchiveError> {
    let (exclude, limits) = (Exclude::default(), Limits::default());
    let rules = Rules {
        exclude: &exclude,
        limits,
        known: &|_| Known::No,
        spares: Spares::Nothing,
        stop: Arc::default(),
    };
    discover_by(inputs, &rules)
}

/// Finds the files behind paths: files, folders (recursive, following links), patterns, addresses of object stores, and `-`
/// for standard input.
///
/// A file that is reached twice is read once, under the name it was first reached by. A file that cannot be opened is
/// kept, so that reading it fails and appears in the account. In folders, the content of every file is looked at; what
/// cannot be an archive is listed as skipped. A file that is named explicitly is always tried.
///
/// # Errors
/// [`ArchiveError`]: a path that does not exist, a folder without archives, a pattern without a match, a device, a file
/// that is named explicitly and is of another known kind; a storage failure. Which of several inputs may lack is up to
/// [`Rules::spares`]; never all of them.
pub fn discover_by(inputs: &[PathBuf], rules: &Rules<'_>) -> Result<Discovery, ArchiveError> {
    let mut found = Found { stores: Stores::new(Arc::clone(&rules.stop)), ..Found::default() };
    for input in inputs {
        if input.as_os_str() == "-" {
            found.stdin = true;
            continue;
        }
        found.reached.push(Reached { input: input.to_owned(), ..Reached::default() });
        let trouble = found.input(input).map_or_else(Some, |()| None);
        if let Some(last) = found.reached.last_mut() {
            last.trouble = trouble.map(|error| rules.spares.spare(error)).transpose()?;
        }
    }
    found.finish(rules)
}

#[derive(Default)]
struct Found {
    stores: Stores,
    files: Vec<(PathBuf, Candidate)>,
    /// For each file, the path relative to its input, whether it was named explicitly, and what the walk found out.
    more: Vec<(String, bool, Option<Told>)>,
    /// By their paths without links, as texts: two objects may differ only in a slash that paths do not count.
    real: BTreeMap<OsString, usize>,
    /// The inputs, with the files that each reaches, including those already reached.
    reached: Vec<Reached>,
    stdin: bool,
}

/// What an input reaches.
#[derive(Default)]
struct Reached {
    input: PathBuf,
    files: BTreeSet<usize>,
    /// Why it reaches nothing, if that is spared.
    trouble: Option<ArchiveError>,
    /// Whether it is a folder or a pattern.
    is_walked: bool,
}

impl Found {
    fn input(&mut self, input: &Path) -> Result<(), ArchiveError> {
        if let Some(address) = Address::of(input) {
            return self.objects(input, address);
        }
        let parent = input.parent().unwrap_or(input);
        match fs::metadata(input) {
            Ok(meta) if meta.is_dir() => {
                self.is_walked();
                self.walk(input, |_| true)?;
            }
            Ok(meta) if meta.is_file() => {
                self.add(parent, input, (file_name(input), None), Some(&meta), true);
            }
            Ok(_) => return Err(ArchiveError::NotRegular(input.to_owned())),
            Err(_) if is_pattern(input) => self.pattern(input)?,
            // It may well exist, inside a folder that we may not enter.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                self.add(parent, input, (file_name(input), None), None, true);
            }
            Err(error) if is_nowhere(&error) => {
                return Err(ArchiveError::NotFound(input.to_owned()));
            }
            Err(error) => return Err(ArchiveError::Io { name: slashes(input), source: error }),
        }
        Ok(())
    }

    /// The input at hand is a folder or a pattern.
    fn is_walked(&mut self) {
        if let Some(last) = self.reached.last_mut() {
            last.is_walked = true;
        }
    }

    /// Adds a file found in `root`; `meta` is `None` if its metadata cannot be read.
    fn add(
        &mut self,
        root: &Path,
        path: &Path,
        (name, told): (String, Option<Told>),
        meta: Option<&fs::Metadata>,
        named: bool,
    ) {
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let modified = meta.and_then(|meta| meta.modified().ok());
        let modified = modified.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let candidate = Candidate {
            name,
            place: Place::File(path.to_owned()),
            bytes: meta.map_or(0, fs::Metadata::len),
            modified_ms: modified.and_then(|d| i64::try_from(d.as_millis()).ok()),
        };
        self.put(root, real.into_os_string(), candidate, told, named);
    }

    /// Adds a file, unless it was reached before under this path without links.
    fn put(
        &mut self,
        root: &Path,
        real: OsString,
        candidate: Candidate,
        told: Option<Told>,
        named: bool,
    ) {
        let next = self.files.len();
        let at = *self.real.entry(real).or_insert(next);
        if let Some(reached) = self.reached.last_mut() {
            reached.files.insert(at);
        }
        if let Some((name, was_named, was_told)) = self.more.get_mut(at) {
            *was_named |= named;
            // A link that shows leads to a file that is hidden.
            if *was_told == Some(Told::Hidden) && told != Some(Told::Hidden) {
                name.clone_from(&candidate.name);
                *was_told = told;
                if let Some(file) = self.files.get_mut(at) {
                    *file = (root.to_owned(), candidate);
                }
            }
            return;
        }
        self.more.push((candidate.name.clone(), named, told));
        self.files.push((root.to_owned(), candidate));
    }

    /// Adds the objects behind an address.
    fn objects(
        &mut self,
        input: &Path,
        address: Result<Address, Trouble>,
    ) -> Result<(), ArchiveError> {
        let reached = discover_objects::find(&mut self.stores, input, address)?;
        if reached.is_walked {
            self.is_walked();
        }
        for (mut candidate, told) in reached.found {
            let mut real = reached.root.clone().into_os_string();
            real.push("/");
            real.push(&candidate.name);
            // The key may be that of the prefix.
            if candidate.name.is_empty() {
                candidate.name = "/".to_owned();
            }
            self.put(&reached.root, real, candidate, told, !reached.is_walked);
        }
        Ok(())
    }

    fn pattern(&mut self, pattern: &Path) -> Result<(), ArchiveError> {
        let text = pattern.to_string_lossy().into_owned();
        let glob = GlobBuilder::new(&text)
            .literal_separator(true)
            .build()
            .map_err(|_| ArchiveError::BadPattern(text.clone()))?
            .compile_matcher();
        let root: PathBuf = pattern
            .components()
            .take_while(|part| !matches!(part, Component::Normal(p) if is_pattern(Path::new(p))))
            .collect();
        let root = if root.as_os_str().is_empty() { PathBuf::from(".") } else { root };
        if fs::metadata(&root).is_err_and(|error| is_nowhere(&error)) {
            return Err(ArchiveError::NothingMatches(text));
        }
        self.is_walked();
        let relative = text.starts_with("./") || root != Path::new(".");
        self.walk(&root, |path| {
            let path = if relative { path } else { path.strip_prefix(".").unwrap_or(path) };
            glob.is_match(path)
        })?;
        if self.reached.last().is_some_and(|reached| reached.files.is_empty()) {
            return Err(ArchiveError::NothingMatches(text));
        }
        Ok(())
    }

    /// Walks a folder and enters each real folder only once, so that loops of links end.
    fn walk(&mut self, root: &Path, wanted: impl Fn(&Path) -> bool) -> Result<(), ArchiveError> {
        let mut entered = BTreeSet::new();
        // Sorted, so that of a file and its links the same one comes first on every file system.
        let mut walk = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if error.depth() == 0 => {
                    let name = root.display().to_string();
                    return Err(ArchiveError::Io { name, source: error.into() });
                }
                Err(error) if error.loop_ancestor().is_some() => continue,
                Err(error) => {
                    let Some(path) = error.path().filter(|path| wanted(path) || path.is_dir())
                    else {
                        continue;
                    };
                    let nowhere = error.io_error().is_some_and(is_nowhere);
                    let told = match error.io_error() {
                        _ if nowhere => Some(Told::Nowhere),
                        // A folder that may be listed but not entered: its files are tried and appear in the account.
                        Some(_) if fs::symlink_metadata(path).is_err() => None,
                        _ => Some(Told::Unreadable),
                    };
                    self.add(root, path, (relative(root, path), told), None, false);
                    continue;
                }
            };
            let path = entry.path();
            let hidden =
                entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
            let meta = entry.metadata().ok();
            let told = if hidden {
                Some(Told::Hidden)
            } else if entry.file_type().is_dir() {
                let is_new =
                    meta.as_ref().is_none_or(|meta| entered.insert((meta.dev(), meta.ino())));
                let is_own =
                    entry.depth() > 0 && OWN_REPORTS.iter().any(|name| path.join(name).is_file());
                if is_new && !is_own {
                    continue;
                }
                walk.skip_current_dir();
                if !is_new {
                    continue;
                }
                Some(Told::OwnReport)
            } else if meta.as_ref().is_some_and(|meta| !meta.is_file()) {
                Some(Told::Device)
            } else {
                None
            };
            if told == Some(Told::Hidden) && entry.file_type().is_dir() {
                walk.skip_current_dir();
                // Its name is new in every run, so the account would be, too.
                if is_staging(entry.file_name().as_encoded_bytes()) {
                    continue;
                }
            }
            if wanted(path) {
                self.add(root, path, (relative(root, path), told), meta.as_ref(), false);
            }
        }
        Ok(())
    }

    fn finish(mut self, rules: &Rules<'_>) -> Result<Discovery, ArchiveError> {
        tell_apart(&mut self.files);
        let all = self.files.into_iter().zip(self.more);
        let all = all.map(|((_, candidate), (relative, named, told))| Look {
            candidate,
            relative,
            named,
            told,
        });
        let classes = classify(all.collect(), rules)?;
        let mut all = Discovery::default();
        let mut first = None;
        for Reached { input, files, trouble, is_walked } in self.reached {
            let mine = || files.iter().filter_map(|at| classes.get(*at));
            let trouble = match trouble {
                None if is_walked => nothing_in(&input, mine())
                    .map_or_else(|error| rules.spares.spare(error).map(Some), |()| Ok(None))?,
                trouble => trouble,
            };
            let files = if trouble.is_some() { BTreeSet::new() } else { names(mine()) };
            all.roots.push(Root {
                input,
                files,
                trouble: trouble.as_ref().map(ToString::to_string),
            });
            first = first.or(trouble);
        }
        // If there is nothing else, it is the error that it always is.
        if let Some(error) = first.filter(|_| !self.stdin && all.roots.iter().all(Root::is_gone)) {
            return Err(error);
        }
        for class in classes {
            match class {
                Class::Archive(file) => all.files.push(file),
                Class::Skipped(skipped) => all.skipped.push(skipped),
                Class::Container(file, listing) => {
                    all.files.extend(members(&file, &listing));
                    all.skipped.extend(listing.skipped.iter().cloned());
                    all.containers.push((file, listing));
                }
            }
        }
        if self.stdin {
            all.files.push(Candidate {
                name: "(standard input)".into(),
                place: Place::StandardInput,
                bytes: 0,
                modified_ms: None,
            });
        }
        all.files.sort_by_cached_key(|file| order_key(&file.name));
        all.skipped.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }
}

/// Whether an error means that the path does not exist.
fn is_nowhere(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
#[path = "discover_tests.rs"]
mod tests;
