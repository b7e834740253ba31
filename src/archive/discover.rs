//! Finds the files to read and puts them in file order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use globset::GlobBuilder;
use walkdir::WalkDir;

use super::candidate::{Candidate, Place};
use super::classify::{
    Class, Exclude, Found as Look, Known, Listing, Rules, Skipped, Told, classify,
};
use super::error::ArchiveError;
use super::limits::Limits;
use super::names::Names;
use super::order::order_key;
use super::outcome::{members, names, nothing_in};
use super::root::{Root, Spares};

/// A folder with one of these files is a report written by queuestat.
const OWN_REPORTS: [&str; 2] = [".queuestat-manifest", ".queuestat-site"];

/// What the names of folders hold in which a report is being made, before a random number.
const STAGING: &[u8] = b".queuestat-";

/// Whether a hidden folder is one in which a report is being made.
fn is_staging(name: &[u8]) -> bool {
    name.windows(STAGING.len()).any(|part| part == STAGING)
}

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
        flow: &|| std::ops::ControlFlow::Continue(()),
    };
    discover_by(inputs, &rules)
}

/// Finds the files behind paths: files, folders (recursive, following links), patterns, and `-` for standard input.
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
    let mut found = Found::default();
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
    files: Vec<(PathBuf, Candidate)>,
    /// For each file, the path relative to its input, whether it was named explicitly, and what the walk found out.
    more: Vec<(String, bool, Option<Told>)>,
    real: BTreeMap<PathBuf, usize>,
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
        let next = self.files.len();
        let at = *self.real.entry(real).or_insert(next);
        if let Some(reached) = self.reached.last_mut() {
            reached.files.insert(at);
        }
        if let Some((_, was_named, _)) = self.more.get_mut(at) {
            *was_named |= named;
            return;
        }
        let modified = meta.and_then(|meta| meta.modified().ok());
        let modified = modified.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let candidate = Candidate {
            name: name.clone(),
            place: Place::File(path.to_owned()),
            bytes: meta.map_or(0, fs::Metadata::len),
            modified_ms: modified.and_then(|d| i64::try_from(d.as_millis()).ok()),
        };
        self.files.push((root.to_owned(), candidate));
        self.more.push((name, named, told));
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

/// Makes names unique: equal ones are prefixed with the name of their input folder, then with its whole path, then
/// numbered.
fn tell_apart(files: &mut [(PathBuf, Candidate)]) {
    let own: Vec<String> = files.iter().map(|(_, file)| file.name.clone()).collect();
    for lengthen in [with_folder, with_path] {
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for (_, file) in files.iter() {
            *times.entry(file.name.clone()).or_default() += 1;
        }
        for ((root, file), own) in files.iter_mut().zip(&own) {
            if times.get(&file.name).is_some_and(|n| *n > 1) {
                file.name = lengthen(root, own);
            }
        }
    }
    // Names that are still equal differ only in unprintable bytes.
    let mut names = Names::default();
    for (_, file) in files {
        file.name = names.unique(std::mem::take(&mut file.name));
    }
}

fn with_folder(root: &Path, name: &str) -> String {
    match root.file_name() {
        Some(folder) => format!("{}/{name}", folder.to_string_lossy()),
        None => name.to_owned(),
    }
}

fn with_path(root: &Path, name: &str) -> String {
    slashes(&root.join(name))
}

/// Whether an error means that the path does not exist.
fn is_nowhere(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '[', '{'])
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| slashes(path), |name| name.to_string_lossy().into_owned())
}

fn relative(root: &Path, path: &Path) -> String {
    slashes(path.strip_prefix(root).unwrap_or(path))
}

fn slashes(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .map(|part| {
            // The root is empty: the separator after it stands for it.
            let root = part == Component::RootDir;
            if root { String::new() } else { part.as_os_str().to_string_lossy().into_owned() }
        })
        .collect();
    parts.join("/")
}

#[cfg(test)]
#[path = "discover_tests.rs"]
mod tests;
