//! Finds the files to read and puts them in path order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use globset::GlobBuilder;
use walkdir::WalkDir;

use super::error::ArchiveError;
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

impl Candidate {
    /// What files are ordered by: the name without the suffix of its compression, then the name.
    #[must_use]
    pub fn order(&self) -> (&str, &str) {
        (sniff::strip_compression(&self.name), &self.name)
    }
}

/// Why a path in a folder was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// It does not look like archived webhooks.
    NotWebhooks,
    /// It is a device, a pipe or a socket.
    NotRegular,
    /// It is a link that leads out of the folder.
    OutsideFolder,
    /// It is a folder that cannot be listed.
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
    /// Files to read, in path order.
    pub files: Vec<Candidate>,
    /// What was left out, in path order.
    pub skipped: Vec<Skipped>,
}

/// Finds the files behind paths, folders (recursive, no hidden files), patterns and `-`.
///
/// A file that is reached twice is read once. In folders, what does not look like archived webhooks is left out and
/// reported; a file that is named outright is always read.
///
/// # Errors
/// A path that does not exist, a folder without archives, a pattern without a match, a device.
pub fn discover(inputs: &[PathBuf]) -> Result<Discovery, ArchiveError> {
    let mut found = Found::default();
    for input in inputs {
        if input.as_os_str() == "-" {
            found.stdin = true;
        } else if let Ok(meta) = fs::metadata(input) {
            if meta.is_dir() {
                found.folder(input)?;
            } else if meta.is_file() {
                let name = file_name(input);
                found.add(input, input, name, &meta);
            } else {
                return Err(ArchiveError::NotRegular(input.clone()));
            }
        } else if is_pattern(input) {
            found.pattern(input)?;
        } else {
            return Err(ArchiveError::NotFound(input.clone()));
        }
    }
    Ok(found.finish())
}

#[derive(Default)]
struct Found {
    files: Vec<(PathBuf, Candidate)>,
    real: BTreeSet<PathBuf>,
    skipped: Vec<Skipped>,
    stdin: bool,
}

impl Found {
    fn add(&mut self, root: &Path, path: &Path, name: String, meta: &fs::Metadata) {
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if !self.real.insert(real) {
            return;
        }
        let modified = meta.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let candidate = Candidate {
            name,
            place: Place::File(path.to_owned()),
            bytes: meta.len(),
            modified_ms: modified.and_then(|d| i64::try_from(d.as_millis()).ok()),
        };
        self.files.push((root.to_owned(), candidate));
    }

    fn skip(&mut self, name: String, reason: SkipReason) {
        self.skipped.push(Skipped { name, reason });
    }

    fn folder(&mut self, root: &Path) -> Result<(), ArchiveError> {
        let before = self.real.len();
        self.walk(root, |_| true)?;
        if self.real.len() == before {
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
        let before = self.real.len();
        let relative = text.starts_with("./") || root != Path::new(".");
        self.walk(&root, |path| {
            let path = if relative { path } else { path.strip_prefix(".").unwrap_or(path) };
            glob.is_match(path)
        })?;
        if self.real.len() == before {
            return Err(ArchiveError::NothingMatches(text));
        }
        Ok(())
    }

    fn walk(&mut self, root: &Path, wanted: impl Fn(&Path) -> bool) -> Result<(), ArchiveError> {
        let real_root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
        let hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
        let walk = WalkDir::new(root).follow_links(false).into_iter();
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
                let Ok(target) = fs::canonicalize(path) else {
                    continue;
                };
                if target.is_dir() {
                    continue;
                }
                if !target.starts_with(&real_root) {
                    self.skip(name, SkipReason::OutsideFolder);
                    continue;
                }
            }
            let Ok(meta) = fs::metadata(path) else {
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
                self.add(root, path, name, &meta);
            } else {
                self.skip(name, SkipReason::NotWebhooks);
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Discovery {
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, file) in &self.files {
            *names.entry(&file.name).or_default() += 1;
        }
        let twice: BTreeSet<String> =
            names.into_iter().filter(|(_, n)| *n > 1).map(|(name, _)| name.to_owned()).collect();
        for (root, file) in &mut self.files {
            if twice.contains(&file.name) {
                // Equal names under different inputs: the input tells them apart.
                let whole = match &file.place {
                    Place::File(path) if path == root => path.clone(),
                    Place::File(_) | Place::StandardInput => root.join(&file.name),
                };
                file.name = slashes(&whole);
            }
        }
        let mut files: Vec<Candidate> = self.files.into_iter().map(|(_, file)| file).collect();
        if self.stdin {
            files.push(Candidate {
                name: "(standard input)".into(),
                place: Place::StandardInput,
                bytes: 0,
                modified_ms: None,
            });
        }
        files.sort_by(|a, b| a.order().cmp(&b.order()));
        self.skipped.sort_by(|a, b| a.name.cmp(&b.name));
        Discovery { files, skipped: self.skipped }
    }
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
    let parts: Vec<_> =
        path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}

#[cfg(test)]
#[path = "discover_tests.rs"]
mod tests;
