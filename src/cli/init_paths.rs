//! Paths as a configuration has them: relative to its folder.

use std::io;
use std::path::{Component, Path, PathBuf};

use crate::cloud::is_address;

/// The folder of a configuration, and the current one; without links.
#[derive(Debug)]
pub(super) struct Places {
    folder: PathBuf,
    current: PathBuf,
}

impl Places {
    /// Of a configuration in this folder.
    ///
    /// # Errors
    /// That of the system, if the folder is not there.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        Ok(Self { folder: folder.canonicalize()?, current: Path::new(".").canonicalize()? })
    }

    /// How the configuration names a path. An absolute path stays, and one that has nothing in common with the folder
    /// becomes absolute.
    pub(super) fn named(&self, path: &Path) -> PathBuf {
        if path.is_absolute() || is_address(path) {
            return path.to_owned();
        }
        let parts = path.components().filter(|part| *part != Component::CurDir);
        let whole: PathBuf = self.current.components().chain(parts).collect();
        let shared = whole.components().zip(self.folder.components());
        let shared = shared.take_while(|(a, b)| a == b).count();
        let up = self.folder.components().count() - shared;
        // Nothing but the root is shared.
        if shared <= 1 && up > 0 {
            return whole;
        }
        let rest = whole.components().skip(shared);
        let named: PathBuf = std::iter::repeat_n(Component::ParentDir, up).chain(rest).collect();
        if named.as_os_str().is_empty() { PathBuf::from(".") } else { named }
    }

    /// A folder with this name for what is published: beside the configuration, or beside the archive it lies in.
    pub(super) fn beside<'a>(
        &self,
        name: &str,
        inputs: impl Iterator<Item = &'a PathBuf>,
    ) -> PathBuf {
        let holds = |input: &PathBuf| {
            let input = input.canonicalize().ok()?;
            (input.is_dir() && self.folder.starts_with(&input)).then_some(input)
        };
        // The outermost: what lies beside it lies in none of them.
        let Some(archive) = inputs.filter_map(holds).min_by_key(|input| input.components().count())
        else {
            return PathBuf::from(name);
        };
        let up = self.folder.components().count() - archive.components().count() + 1;
        std::iter::repeat_n(Component::ParentDir, up).collect::<PathBuf>().join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the current folder `/srv/queue`.
    fn named(folder: &str, path: &str) -> String {
        let places = Places { folder: folder.into(), current: "/srv/queue".into() };
        places.named(Path::new(path)).display().to_string()
    }

    #[test]
    fn a_path_is_named_from_the_folder_of_the_configuration() {
        for (folder, path, expected) in [
            ("/srv/queue", "archive", "archive"),
            ("/srv/queue", "./archive/", "archive"),
            ("/srv/queue", ".", "."),
            ("/srv/queue", "archive/**/*.gz", "archive/**/*.gz"),
            ("/srv/queue", "../old", "../old"),
            ("/srv/queue", "/var/hooks", "/var/hooks"),
            ("/srv/queue", "s3://hooks/2021/", "s3://hooks/2021/"),
            ("/srv/queue/conf", "archive", "../archive"),
            ("/srv/queue/conf", "conf/../archive", "../archive"),
            ("/srv/queue/archive", "archive", "."),
            ("/srv/queue/archive/a/b", "archive", "../.."),
            ("/srv", "archive", "queue/archive"),
            ("/srv/other", "archive/2021", "../queue/archive/2021"),
            ("/etc/queuestat", "archive", "/srv/queue/archive"),
            ("/", "archive", "srv/queue/archive"),
        ] {
            assert_eq!(named(folder, path), expected, "{folder} {path}");
        }
    }

    #[test]
    fn a_site_lies_in_no_archive() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("archive/2021")).unwrap();
        let out = |at: &str, inputs: &[&str]| {
            let places = Places { folder: root.join(at), current: root.clone() };
            let inputs: Vec<PathBuf> = inputs.iter().map(|input| root.join(input)).collect();
            places.beside("site", inputs.iter()).display().to_string()
        };
        assert_eq!(out("", &["archive"]), "site");
        assert_eq!(out("archive", &["archive"]), "../site");
        assert_eq!(out("archive/2021", &["archive/2021"]), "../site");
        assert_eq!(out("archive/2021", &["archive/2021", "archive"]), "../../site");
        assert_eq!(out("archive/2021", &["archive/*.gz", "gone"]), "site");
    }
}
