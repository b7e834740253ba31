//! Faults for tests: counts operations and makes one of them fail the way a disk or a killed run would.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::io::Errno;

/// What happens to the chosen operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The disk is full: nothing is written.
    Full,
    /// The disk fills up: half of the bytes are written.
    HalfThenFull,
    /// The disk is broken: nothing is done.
    Broken,
    /// The operation succeeds, but the disk reports an error.
    DoneButBroken,
    /// The file system does not support this, as some do not support hard links.
    Unsupported,
    /// The run is killed before the operation. Nothing later has any effect either, so no clean-up can run.
    Kill,
    /// The run is killed after half of the bytes are written.
    HalfThenKill,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 7] = [
        Self::Full,
        Self::HalfThenFull,
        Self::Broken,
        Self::DoneButBroken,
        Self::Unsupported,
        Self::Kill,
        Self::HalfThenKill,
    ];

    /// Whether an operation of this name can meet this fault: only a write can be half done, and only hard links and
    /// conditional renames are unsupported by some file systems.
    #[must_use]
    pub fn fits(self, verb: &str) -> bool {
        match self {
            Self::Full | Self::Broken | Self::DoneButBroken | Self::Kill => true,
            Self::HalfThenFull | Self::HalfThenKill => verb == "write",
            Self::Unsupported => matches!(verb, "hard link" | "exchange" | "rename new"),
        }
    }
}

/// An operation that was requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name, such as `write` or `rename`.
    pub verb: &'static str,
    /// The path it works on; for a rename, the new path.
    pub path: PathBuf,
}

/// What is to happen to an operation.
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

    /// Counts an operation and says what is to happen to it.
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
