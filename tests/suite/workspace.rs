//! A folder of its own for each test, and the binary run in it without an environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The instant that tests run at, unless they say otherwise.
pub(crate) const AS_OF: &str = "2021-08-01T00:00:00Z";

/// A throw-away folder.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
}

/// What a run printed and returned.
#[must_use]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// In memory, where there is such a folder and `TMPDIR` does not name another: for tests that run hundreds of nights,
    /// which on a disk wait for it most of the time. A kill takes nothing from either that was written.
    pub(crate) fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        if std::env::var_os("TMPDIR").is_some() {
            return Self::new();
        }
        tempfile::tempdir_in(memory).map_or_else(|_| Self::new(), |folder| Self { folder })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs queuestat here, with an empty environment.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_queuestat"));
        command.env_clear().current_dir(self.folder.path()).args(args);
        Run::from(command.output().unwrap())
    }

    /// Starts queuestat here, with an empty environment and nobody who listens: to be killed.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_queuestat"));
        command.env_clear().current_dir(self.folder.path()).args(args);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Runs `report INPUT --out out` as of the usual instant, with more arguments.
    pub(crate) fn report(&self, input: &str, more: &[&str]) -> Run {
        let mut args = vec!["report", input, "--out", "out", "--as-of", AS_OF];
        args.extend(more);
        self.run(&args)
    }

    /// Every file of the published report, by relative path.
    pub(crate) fn published(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.path("out"))
    }

    /// A file of the only organization of the published report.
    pub(crate) fn csv(&self, name: &str) -> String {
        std::fs::read_to_string(self.only().join(name)).unwrap()
    }

    /// The folder of the only organization of the published report.
    pub(crate) fn only(&self) -> PathBuf {
        only(&self.path("out"))
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Every file below a folder, by relative path; the manifest apart.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&at) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().unwrap() != ".queuestat-manifest" {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The folder of the only organization of a report.
pub(crate) fn only(report: &Path) -> PathBuf {
    let entries = std::fs::read_dir(report).unwrap().map(|entry| entry.unwrap().path());
    let folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    folders.into_iter().next().unwrap()
}

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One webhook as a line; `position` is the inside of the position object, without the id.
pub(crate) fn hook(organization: &str, kind: &str, id: &str, position: &str) -> String {
    format!(
        "{{\"message\":null,\"data\":{{\"position\":{{\"id\":\"{id}\",{position}}}}},\"type\":\"{kind}\",\
         \"organization\":\"{organization}\"}}\n"
    )
}
