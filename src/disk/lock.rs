//! The lock that only one run holds at a time, and who holds it.
//!
//! The lock is the system's (`flock`) and ends with the process, so a file left by a dead run locks nothing. The text
//! in the file is only for people who want to know which run to wait for; no code relies on it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use super::rights::set_mode;
use super::{Disk, open_here};

/// How long a run that waits for a lock sleeps between two attempts.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Longest note that we write, bytes; a longer one is not ours.
const NOTE_BYTES: u64 = 200;
const HOST: &str = "/proc/sys/kernel/hostname";

/// A held lock; released when it is dropped or the process ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
    signed: bool,
}

/// Who holds a lock, according to its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Process id.
    pub process: u32,
    /// Host name, if it was known.
    pub host: Option<String>,
    /// Whether it is this host.
    pub here: bool,
}

impl Lock {
    /// Notes in the file who holds it, for [`Disk::holder`], replacing what a dead run may have left. Failing to do so does
    /// no harm: the lock holds without a note.
    pub fn sign(&mut self) {
        let host = host().map_or_else(String::new, |host| format!(" on {host}"));
        let note = format!("process {}{host}\n", std::process::id());
        self.signed = true;
        let _nobody_needs_it = self.replace(note.as_bytes());
    }

    fn replace(&mut self, note: &[u8]) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(note)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.signed {
            let _nobody_decides_by_it = self.replace(b"");
        }
        // Closing the file would do, unless a child process started meanwhile has it open for a moment too.
        let _closed_in_any_case = self.file.unlock();
    }
}

impl Disk {
    /// Locks a file for this run alone, creating it with exactly this mode if needed; waits up to `wait` for another run. `None` if that run still
    /// holds it. The file is for the lock only and must never be removed, or two runs could lock two files of the
    /// same name.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn lock(&self, path: &Path, mode: u32, wait: Duration) -> io::Result<Option<Lock>> {
        let begin = Instant::now();
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(mode);
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
        let file = self.step("open lock", path, || {
            let file = options.open(path)?;
            set_mode(&file, mode)?;
            Ok(file)
        })?;
        self.step("lock", path, || {
            loop {
                match file.try_lock() {
                    Ok(()) => return Ok(Some(Lock { file, signed: false })),
                    Err(TryLockError::Error(error)) => return Err(error),
                    Err(TryLockError::WouldBlock) => {}
                }
                let left = wait.saturating_sub(begin.elapsed());
                let stop = self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed));
                if left.is_zero() || stop {
                    return Ok(None);
                }
                std::thread::sleep(left.min(LOOK_AGAIN));
            }
        })
    }

    /// Who holds a lock that could not be obtained, if the file says so and it can be true: a process of this host that is
    /// gone cannot hold it.
    #[must_use]
    pub fn holder(&self, path: &Path) -> Option<Holder> {
        let mut note = String::new();
        open_here(path).ok()?.take(NOTE_BYTES).read_to_string(&mut note).ok()?;
        let holder = parse(&note, host().as_deref())?;
        let is_gone = || matches!(fs::exists(format!("/proc/{}", holder.process)), Ok(false));
        if holder.here && fs::exists("/proc/self").unwrap_or(false) && is_gone() {
            return None;
        }
        Some(holder)
    }
}

/// Name of this host, if the system knows one of plain characters.
fn host() -> Option<String> {
    let name = fs::read_to_string(HOST).ok()?;
    is_plain(name.trim()).then(|| name.trim().to_owned())
}

fn is_plain(host: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !host.is_empty() && host.len() <= 64 && host.chars().all(is_plain)
}

fn parse(note: &str, this_host: Option<&str>) -> Option<Holder> {
    let words = note.strip_prefix("process ")?.strip_suffix('\n')?;
    let (process, host) = match words.split_once(" on ") {
        Some((process, host)) => (process, Some(host)),
        None => (words, None),
    };
    let number: u32 = process.parse().ok()?;
    if number.to_string() != process || !host.is_none_or(is_plain) {
        return None;
    }
    let here = host == this_host;
    Some(Holder { process: number, host: host.map(str::to_owned), here })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_whole_or_not_at_all() {
        let read = |note: &str| parse(note, Some("x"));
        let holder = |process, host: Option<&str>, here| {
            Some(Holder { process, host: host.map(str::to_owned), here })
        };
        assert_eq!(read("process 42 on x\n"), holder(42, Some("x"), true));
        assert_eq!(read("process 42 on db-1.example\n"), holder(42, Some("db-1.example"), false));
        assert_eq!(read("process 42\n"), holder(42, None, false));
        for note in [
            "",
            "4242",
            "4242\n",
            "process 42",
            "process 042\n",
            "process +4\n",
            "process 42 on \n",
            "process 42 on a b\n",
            "process 42 on x\nprocess 43 on x\n",
            "process 42 on x\u{1b}[31m\n",
        ] {
            assert_eq!(read(note), None, "{note:?}");
        }
    }

    #[test]
    fn who_holds_it_is_said_only_while_it_can_be_true() {
        let folder = tempfile::tempdir().unwrap();
        let (disk, path) = (Disk::new(), folder.path().join("LOCK"));
        fs::write(&path, "process 1 on another-host\n and more of an older note").unwrap();
        let mut lock = disk.lock(&path, 0o600, Duration::ZERO).unwrap().unwrap();
        lock.sign();
        let holder = disk.holder(&path).unwrap();
        assert_eq!(holder.process, std::process::id());
        drop(lock);
        assert_eq!(fs::read(&path).unwrap(), b"");
        // No process has this number: it is above the highest that Linux gives.
        let host = host().unwrap();
        fs::write(&path, format!("process 4194999 on {host}\n")).unwrap();
        assert_eq!(disk.holder(&path), None);
        assert_eq!(disk.holder(&folder.path().join("none")), None);
    }
}
