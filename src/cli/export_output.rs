//! Where an export goes: standard output, or a file that is replaced once the new one is whole.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::failure::{Exit, Failure};

/// The mode of a file that its owner alone may read and write.
const PRIVATE: u32 = 0o600;

/// Where an export goes.
pub(super) struct Output {
    to: To,
    error: Option<io::Error>,
}

enum To {
    Stdout(io::Stdout),
    File { file: BufWriter<File>, made: Made, path: PathBuf },
}

/// A file with a temporary name, which goes again unless it was renamed.
struct Made(Option<PathBuf>);

impl Drop for Made {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // If it cannot be removed, nothing better can be done.
            let _removed = std::fs::remove_file(path);
        }
    }
}

impl Output {
    /// Opens an output. A file gets its name when it is whole. One that is private can be read and written by its owner alone,
    /// whatever the umask, from its first byte on.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub(super) fn open(path: &Path, is_private: bool) -> Result<Self, Failure> {
        if path == Path::new("-") {
            return Ok(Self { to: To::Stdout(io::stdout()), error: None });
        }
        if path.is_dir() {
            return Err(Failure::new(Exit::Usage, format!("`{}` is a folder", path.display()))
                .hint("name a file with --output"));
        }
        let Some(name) = path.file_name() else {
            return Err(Failure::new(Exit::Usage, format!("`{}` names no file", path.display())));
        };
        // Through a link, so that the file behind it is replaced and the link stays.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.tmp", std::process::id()));
        let made = path.with_file_name(hidden);
        let mut options = OpenOptions::new();
        // A device or a named pipe is written to; only files are replaced.
        let (made, file) = if path.metadata().is_ok_and(|it| !it.is_file()) {
            (Made(None), options.write(true).open(&path))
        } else {
            if is_private {
                options.mode(PRIVATE);
            }
            let file = options.write(true).create_new(true).open(&made);
            let made = Made(file.is_ok().then_some(made));
            // A umask takes rights away, also those of the owner.
            let file = file.and_then(|file| {
                if is_private {
                    file.set_permissions(Permissions::from_mode(PRIVATE))?;
                }
                Ok(file)
            });
            (made, file)
        };
        let file = file.map_err(|error| unwritten(&path, &error))?;
        Ok(Self { to: To::File { file: BufWriter::new(file), made, path }, error: None })
    }

    /// Whether it is standard output.
    pub(super) fn is_stdout(&self) -> bool {
        matches!(self.to, To::Stdout(_))
    }

    /// The error of the last write, which a format may have turned into one of its own.
    pub(super) fn error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    /// Ends the output: everything is written, and a file gets its name.
    ///
    /// # Errors
    /// That of the system.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        let failed = |path: &Path, error| unwritten(path, &error);
        match &mut self.to {
            To::Stdout(stdout) => {
                stdout.flush().or_else(unless_closed).map_err(|error| unprinted(&error))
            }
            To::File { file, made, path } => {
                file.flush().map_err(|error| failed(path, error))?;
                if let Some(from) = made.0.take() {
                    let renamed =
                        file.get_ref().sync_all().and_then(|()| std::fs::rename(&from, &*path));
                    // If it is not the file, it is nothing.
                    made.0 = renamed.is_err().then_some(from);
                    renamed.map_err(|error| failed(path, error))?;
                }
                Ok(())
            }
        }
    }

    /// What a failed write means: nothing if the reader of a pipe has seen enough.
    ///
    /// # Errors
    /// Every other one.
    pub(super) fn failed(&self, error: io::Error) -> Result<(), Failure> {
        match &self.to {
            To::Stdout(_) => unless_closed(error).map_err(|error| unprinted(&error)),
            To::File { path, .. } => Err(unwritten(path, &error)),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &mut self.to {
            To::Stdout(stdout) => stdout.write(bytes),
            To::File { file, .. } => file.write(bytes),
        };
        written.map_err(|error| self.keep(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = match &mut self.to {
            To::Stdout(stdout) => stdout.flush(),
            To::File { file, .. } => file.flush(),
        };
        flushed.map_err(|error| self.keep(error))
    }
}

impl Output {
    /// Keeps an error, and returns one like it.
    fn keep(&mut self, error: io::Error) -> io::Error {
        let like =
            error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
        if error.kind() != io::ErrorKind::Interrupted {
            self.error = Some(error);
        }
        like
    }
}

fn unless_closed(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}

fn unprinted(error: &io::Error) -> Failure {
    Failure::io("cannot print the rows to standard output", error)
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    Failure::io(format!("cannot write `{}`", path.display()), error)
}
