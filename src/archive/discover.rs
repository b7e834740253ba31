//! Finds the files to read and puts them in file order.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use globset::GlobBuilder;
use walkdir::WalkDir;

use super::error::ArchiveError;
use super::order::order_key;
use super::sniff;
use super::source::open_regular;

/// Where the bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file.
    File(PathBuf),
    /// Standard input.
    StandardInput,
}

/// One file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Path relative to the input it was found in, with `/`; unique in the run. This is what reports print.
    pub name: String,
    /// Where the bytes are.
    pub place: Place,
    /// Size when it was found, bytes; 0 for standard input.
    pub bytes: u64,
    /// Last change, UTC milliseconds; `None` for standard input.
    pub modified_ms: Option<i64>,
}

/// Why a path in a folder was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// It does not look like archived webhooks.
    NotWebhooks,
    /// It is a device, a pipe, a socket or a link to nothing.
    NotRegular,
    /// It is a link that leads out of the folder.
    OutsideFolder,
    /// It is a folder that cannot be listed, or a link that cannot be followed.
    Unreadable,
}

/// A path that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Path relative to the input.
    pub name: String,
    /// Why.
    pub reason: SkipReason,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Files to read, in file order.
    pub files: Vec<Candidate>,
    /// What was left out, in path order.
    pub skipped: Vec<Skipped>,
}

/// Finds the files behind paths, folders (recursive, no hidden files), patterns and `-`.
///
/// A file that is reached twice is read once, under the name it was reached by first. A file that cannot be opened is
/// kept, so that reading it fails and is accounted for. In folders, what does not look like archived webhooks is left
/// out and reported; a file that is named outright is always read.
///
/// # Errors
/// A path that does not exist, a folder without archives, a pattern without a match, a device.
pub fn discover(inputs: &[PathBuf]) -> Result<Discovery, ArchiveError> {
    let mut found = Found::default();
    for input in inputs {
        if input.as_os_str() == "-" {
            found.stdin = true;
        } else {
            found.input(input)?;
        }
    }
    Ok(found.finish())
}

#[derive(Default)]
struct Found {
    files: Vec<(PathBuf, Candidate)>,
    real: BTreeSet<PathBuf>,
    /// Files reached so far, those reached again included.
    reached: usize,
    skipped: Vec<Skipped>,
    stdin: bool,
}

impl Found {
    fn input(&mut self, input: &Path) -> Result<(), ArchiveError> {
        let parent = input.parent().unwrap_or(input);
        match fs::metadata(input) {
            Ok(meta) if meta.is_dir() => self.folder(input)?,
            Ok(meta) if meta.is_file() => self.add(parent, input, file_name(input), Some(&meta)),
            Ok(_) => return Err(ArchiveError::NotRegular(input.to_owned())),
            Err(_) if is_pattern(input) => self.pattern(input)?,
            // It may well be there, behind a folder that must not be entered.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                self.add(parent, input, file_name(input), None);
            }
            Err(error) if is_nowhere(&error) => {
                return Err(ArchiveError::NotFound(input.to_owned()));
            }
            Err(error) => return Err(ArchiveError::Io { name: slashes(input), source: error }),
        }
        Ok(())
    }

    /// Adds a file that lies in `root`; one of which nothing can be learnt has no `meta`.
    fn add(&mut self, root: &Path, path: &Path, name: String, meta: Option<&fs::Metadata>) {
        self.reached += 1;
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if !self.real.insert(real) {
            return;
        }
        let modified = meta.and_then(|meta| meta.modified().ok());
        let modified = modified.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let candidate = Candidate {
            name,
            place: Place::File(path.to_owned()),
            bytes: meta.map_or(0, fs::Metadata::len),
            modified_ms: modified.and_then(|d| i64::try_from(d.as_millis()).ok()),
        };
        self.files.push((root.to_owned(), candidate));
    }

    fn skip(&mut self, name: String, reason: SkipReason) {
        self.skipped.push(Skipped { name, reason });
    }

    fn folder(&mut self, root: &Path) -> Result<(), ArchiveError> {
        let before = self.reached;
        self.walk(root, |_| true)?;
        if self.reached == before {
            return Err(ArchiveError::NoArchives(root.to_owned()));
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
        let before = self.reached;
        let relative = text.starts_with("./") || root != Path::new(".");
        self.walk(&root, |path| {
            let path = if relative { path } else { path.strip_prefix(".").unwrap_or(path) };
            glob.is_match(path)
        })?;
        if self.reached == before {
            return Err(ArchiveError::NothingMatches(text));
        }
        Ok(())
    }

    fn walk(&mut self, root: &Path, wanted: impl Fn(&Path) -> bool) -> Result<(), ArchiveError> {
        let real_root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
        let hidden = |name: &OsStr| name.as_encoded_bytes().starts_with(b".");
        // Sorted: of a file and its links, the same one is reached first on every file system.
        let walk = WalkDir::new(root).follow_links(false).sort_by_file_name().into_iter();
        for entry in walk.filter_entry(|e| e.depth() == 0 || !hidden(e.file_name())) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    if error.depth() == 0 {
                        return Err(ArchiveError::Io {
                            name: root.display().to_string(),
                            source: error.into(),
                        });
                    }
                    let name = error.path().map_or_else(String::new, |p| relative(root, p));
                    self.skip(name, SkipReason::Unreadable);
                    continue;
                }
            };
            let path = entry.path();
            let name = relative(root, path);
            if entry.file_type().is_dir() || !wanted(path) {
                continue;
            }
            if entry.file_type().is_symlink() {
                let target = match fs::canonicalize(path) {
                    Ok(target) => target,
                    Err(error) => {
                        let nowhere = is_nowhere(&error);
                        let reason =
                            if nowhere { SkipReason::NotRegular } else { SkipReason::Unreadable };
                        self.skip(name, reason);
                        continue;
                    }
                };
                if target.is_dir() {
                    continue;
                }
                if !target.starts_with(&real_root) {
                    self.skip(name, SkipReason::OutsideFolder);
                    continue;
                }
            }
            // A folder that can be listed but not entered tells names and nothing else.
            let Ok(meta) = fs::metadata(path) else {
                self.add(root, path, name, None);
                continue;
            };
            if !meta.is_file() {
                self.skip(name, SkipReason::NotRegular);
                continue;
            }
            // What cannot be opened is kept, so that reading it is tried, fails and is accounted for.
            let looks_right = open_regular(path)
                .and_then(|file| sniff::looks_like_webhooks(&name, file))
                .unwrap_or(true);
            if looks_right {
                self.add(root, path, name, Some(&meta));
            } else {
                self.skip(name, SkipReason::NotWebhooks);
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Discovery {
        tell_apart(&mut self.files);
        let mut files: Vec<Candidate> = self.files.into_iter().map(|(_, file)| file).collect();
        if self.stdin {
            files.push(Candidate {
                name: "(standard input)".into(),
                place: Place::StandardInput,
                bytes: 0,
                modified_ms: None,
            });
        }
        files.sort_by_cached_key(|file| order_key(&file.name));
        self.skipped.sort_by(|a, b| a.name.cmp(&b.name));
        Discovery { files, skipped: self.skipped }
    }
}

/// Makes names unique: equal ones get the name of their folder in front, then its whole path, then a number.
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
    // What is left differs only in bytes that cannot be printed.
    let mut taken = BTreeSet::new();
    for (_, file) in files {
        let name = file.name.clone();
        let mut number = 1_u64;
        while !taken.insert(file.name.clone()) {
            number += 1;
            file.name = format!("{name} ({number})");
        }
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

/// Whether an error says that there is no such path.
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
            // The root is written by the separator behind it.
            let root = part == Component::RootDir;
            if root { String::new() } else { part.as_os_str().to_string_lossy().into_owned() }
        })
        .collect();
    parts.join("/")
}

#[cfg(test)]
#[path = "discover_tests.rs"]
mod tests;
