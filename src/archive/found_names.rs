//! The names of files that were found: as paths relative to their inputs, and no two alike.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::cloud::is_address;

use super::candidate::Candidate;
use super::names::Names;

/// Makes names unique: equal ones are prefixed with the name of their input folder, then with its whole path, then
/// numbered.
pub(super) fn tell_apart(files: &mut [(PathBuf, Candidate)]) {
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
    if is_address(root) {
        return format!("{}/{name}", root.display());
    }
    slashes(&root.join(name))
}

/// Whether it holds a character that patterns have.
pub(super) fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '[', '{'])
}

/// The name of a file, without its folder.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| slashes(path), |name| name.to_string_lossy().into_owned())
}

/// A path relative to its input, with `/`.
pub(super) fn relative(root: &Path, path: &Path) -> String {
    slashes(path.strip_prefix(root).unwrap_or(path))
}

/// A path with `/`.
pub(super) fn slashes(path: &Path) -> String {
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
