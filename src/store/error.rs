//! Why the kept state cannot be used, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use super::names::CURRENT;
use crate::disk::Holder;

/// Why the kept state could not be read or changed. The generation that was current still is, unless the storage failed
/// in the very last step of a commit: then either that one or the new one is current, and both are intact.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another run is using the folder.
    #[error("another run works in `{}`{}", folder.display(), in_brackets(holder.as_ref()))]
    Busy {
        /// The folder.
        folder: PathBuf,
        /// Which one, if known.
        holder: Option<Holder>,
    },
    /// The folder holds other files and no state.
    #[error("`{}` is not a kept state: it holds `{example}`", path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// The name of something in it.
        example: String,
    },
    /// The path is not a folder.
    #[error("`{}` is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// There is no state in the folder.
    #[error("`{}` holds no kept state", .0.display())]
    NoState(PathBuf),
    /// A file of the state differs from what was written.
    #[error("`{}` is damaged: {reason}", path.display())]
    Corrupt {
        /// The file, or the generation.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The state was written by another version of queuestat, in a format that this one does not know.
    #[error("`{}` has the format {found}; this queuestat knows {known}", path.display())]
    UnknownVersion {
        /// The file.
        path: PathBuf,
        /// The format version it names, truncated.
        found: String,
        /// The format version that this queuestat knows.
        known: u32,
    },
    /// No earlier generation is intact.
    #[error("`{}` holds no earlier generation that is intact", .0.display())]
    NothingToRollBackTo(PathBuf),
    /// The generation has no blob of the requested name.
    #[error("generation {generation} has no `{name}`")]
    NoBlob {
        /// The generation.
        generation: u64,
        /// The name.
        name: String,
    },
    /// The name of a blob leads elsewhere or is taken.
    #[error("`{0}` is not a valid name for a part of the state")]
    BadName(String),
    /// The storage refused.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// ` (process 4242 on host x)`.
fn in_brackets(holder: Option<&Holder>) -> String {
    match holder {
        Some(Holder { process, host: Some(host), .. }) => {
            format!(" (process {process} on host {host})")
        }
        Some(Holder { process, host: None, .. }) => format!(" (process {process})"),
        None => String::new(),
    }
}

impl StoreError {
    pub(super) fn io(action: &'static str, path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| match source.kind() == io::ErrorKind::NotADirectory {
            true => Self::NotAFolder(path.to_owned()),
            false => Self::Io { action, path: path.to_owned(), source },
        }
    }

    pub(super) fn corrupt(path: PathBuf, reason: &'static str) -> Self {
        Self::Corrupt { path, reason }
    }

    /// Whether the state itself is damaged: not the storage, the folder or the program.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Corrupt { .. } | Self::UnknownVersion { .. })
    }

    /// Whether it describes what is in the folder, rather than this attempt to read it.
    pub(super) fn is_finding(&self) -> bool {
        self.is_damage() || matches!(self, Self::Foreign { .. })
    }

    /// What a person can do about it.
    #[must_use]
    pub fn way_out(&self) -> &'static str {
        match self {
            Self::Busy { holder: Some(Holder { here: false, .. }), .. } => {
                "let it finish, or wait for it with --lock-wait; if that host has died, its lock is held by the server of the \
                 network file system until the host is back or the server lets go of its locks: do that there, and leave \
                 the file `LOCK` where it is"
            }
            Self::Busy { .. } => {
                "let it finish, or wait for it with --lock-wait; a run that has died holds no lock, so there is nothing to remove"
            }
            Self::Foreign { .. } => {
                "the state needs a folder of its own; choose another one, or move those files away"
            }
            Self::NotAFolder(_) => "name a folder of its own for the state",
            Self::NoState(_) => "name the folder that a nightly run keeps its state in",
            Self::Corrupt { path, .. } if path.ends_with(CURRENT) => {
                "nothing was changed; `queuestat state repair` makes the newest intact generation current, as \
                 `queuestat state rollback` does; the next run reads again what came since"
            }
            Self::Corrupt { .. } => {
                "nothing was changed, and no intact copy of it is kept; go back to the generation before with \
                 `queuestat state rollback`, after which the next run reads again what came since. As a last resort --rebuild \
                 reads all archives again; it says first which tickets of files that are gone that loses, and needs \
                 --force for it"
            }
            Self::UnknownVersion { .. } => {
                "nothing was changed; run the queuestat that wrote it, go back to a generation that this one wrote \
                 with `queuestat state rollback`. As a last resort --rebuild reads all archives again; it says first \
                 which tickets of files that are gone that loses, and needs --force for it"
            }
            Self::NothingToRollBackTo(_) => {
                "restore a backup of the state folder if there is one. As a last resort `queuestat nightly --rebuild` reads \
                 all archives again; it says first which tickets of files that are gone that loses, and needs --force for it"
            }
            Self::NoBlob { .. } | Self::BadName(_) => "this is an internal error of queuestat",
            Self::Io { .. } => "the last committed generation is untouched; run again",
        }
    }
}
