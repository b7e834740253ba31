//! Faults for tests: counts operations, and makes one of them fail the way a disk, or a killed run, does.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::io::Errno;

/// What happens to the chosen operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The disk is full: nothing is done.
    Full,
    /// The disk fills up: half of the bytes are written.
    HalfThenFull,
    /// The disk is broken: nothing is done.
    Broken,
    /// The operation is done, and the disk says that it was not.
    DoneButBroken,
    /// The file system cannot do this, such as one without second names.
    Unsupported,
    /// The run is killed before the operation; nothing later has any effect either, so that no clean-up can run.
    Kill,
    /// The run is killed when half of the bytes are written.
    HalfThenKill,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Full,
        Self::HalfThenFull,
        Self::Broken,
        Self::DoneButBroken,
        Self::Unsupported,
        Self::Kill,
        Self::HalfThenKill,
    ];

    /// Whether an operation of this name can meet this fault: only writing can be done by half, and only second names, and
    /// renaming with conditions, are unknown to some file systems.
    #[must_use]
    pub fn fits(self, verb: &str) -> bool {
        match self {
            Self::Full | Self::Broken | Self::DoneButBroken | Self::Kill => true,
            Self::HalfThenFull | Self::HalfThenKill => verb == "write",
            Self::Unsupported => matches!(verb, "hard link" | "exchange" | "rename new"),
        }
    }
}

/// An operation that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What, such as `write` or `rename`.
    pub verb: &'static str,
    /// On what; of a renaming, the new name.
    pub path: PathBuf,
}

/// What becomes of an operation.
pub(super) enum Verdict {
    Act,
    ActThen(io::Error),
    Half(io::Error),
    Refuse(io::Error),
}

#[derive(Debug)]
pub(super) struct Recorder {
    plan: Option<(usize, Fault)>,
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    steps: Vec<Step>,
    killed: bool,
}

impl Recorder {
    pub(super) fn new(plan: Option<(usize, Fault)>) -> Self {
        Self { plan, log: Mutex::default() }
    }

    pub(super) fn steps(&self) -> Vec<Step> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).steps.clone()
    }

    /// Counts an operation and says what becomes of it.
    pub(super) fn next(&self, verb: &'static str, path: &Path) -> Verdict {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let killed = || io::Error::other("the run was killed");
        if log.killed {
            return Verdict::Refuse(killed());
        }
        let number = log.steps.len();
        log.steps.push(Step { verb, path: path.to_owned() });
        let Some((_, fault)) = self.plan.filter(|(at, _)| *at == number) else {
            return Verdict::Act;
        };
        log.killed = matches!(fault, Fault::Kill | Fault::HalfThenKill);
        match fault {
            Fault::Full => Verdict::Refuse(Errno::NOSPC.into()),
            Fault::HalfThenFull => Verdict::Half(Errno::NOSPC.into()),
            Fault::Broken => Verdict::Refuse(Errno::IO.into()),
            Fault::DoneButBroken => Verdict::ActThen(Errno::IO.into()),
            Fault::Unsupported => Verdict::Refuse(Errno::OPNOTSUPP.into()),
            Fault::Kill => Verdict::Refuse(killed()),
            Fault::HalfThenKill => Verdict::Half(killed()),
        }
    }
}
