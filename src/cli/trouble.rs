//! `nightly.on_trouble`: a command that is run when a night does not end well.
//!
//! It runs last, even after a panic or a signal, and never changes the exit code. It gets what was printed, so no text of
//! a payload either.

use std::io::{self, PipeReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::report::text::shown;

use super::args;
use super::config::Nightly;
use super::failure::{Exit, Failure};
use super::log::{Log, said};

/// How long the command may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The same if the night was stopped by a signal.
const HURRY: Duration = Duration::from_secs(5);
/// How long to wait for its output once it has ended: one of its children may hold the pipe.
const REST: Duration = Duration::from_secs(1);
/// Time between two checks whether it has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Most bytes of its output that are printed.
const PRINTED: u64 = 16 << 10;
/// Longest line of it that is printed, characters.
const LONGEST: usize = 400;

/// The command.
#[derive(Debug)]
pub(super) struct Trouble {
    config: PathBuf,
    program: String,
    arguments: Vec<String>,
}

/// Refuses an empty command.
///
/// # Errors
/// [`Exit::Usage`].
pub(super) fn check(nightly: &Nightly) -> Result<(), Failure> {
    match &nightly.on_trouble {
        Some(command) if command.first().is_none_or(|program| program.is_empty()) => {
            Err(Failure::new(Exit::Usage, "`nightly.on_trouble` names no program").hint(
                "give it a program and its arguments, such as [\"mail\", \"-s\", \"queuestat\", \"ops@example.org\"], \
                 or leave it out",
            ))
        }
        Some(_) | None => Ok(()),
    }
}

impl Trouble {
    /// The command to run after a night, if the configuration names one. It is used even if the run will refuse the rest of
    /// the configuration.
    pub(super) fn of(command: &args::Command) -> Option<Self> {
        let args::Command::Nightly(args) = command else { return None };
        // A pipe can be read only once, and the run needs it.
        let is_file = std::fs::metadata(&args.config).is_ok_and(|meta| meta.is_file());
        let text = is_file.then(|| std::fs::read_to_string(&args.config).ok())??;
        let table: toml::Table = toml::from_str(&text).ok()?;
        let words = table.get("nightly")?.get("on_trouble")?.as_array()?.iter();
        let words: Option<Vec<String>> =
            words.map(|word| word.as_str().map(str::to_owned)).collect();
        let mut words = words?.into_iter();
        let program = words.next().filter(|program| !program.is_empty())?;
        let config = std::path::absolute(&args.config).ok()?;
        Some(Self { config, program, arguments: words.collect() })
    }

    /// Runs the command, unless all is well.
    pub(super) fn tell(&self, log: Log, exit: Exit) {
        if exit == Exit::Ok {
            return;
        }
        let stopped = matches!(exit, Exit::Interrupted | Exit::Terminated);
        let patience = if stopped { HURRY } else { PATIENCE };
        let printed = self.run(exit, patience);
        let (printed, trouble) = match printed {
            Ok((printed, Ok(()))) => (printed, None),
            Ok((printed, Err(trouble))) => (printed, Some(trouble)),
            Err(error) => (Vec::new(), Some(format!("it cannot be started: {error}"))),
        };
        for line in String::from_utf8_lossy(&printed).lines().filter(|line| !line.trim().is_empty())
        {
            log.on_trouble(&shown(line, LONGEST));
        }
        if let Some(trouble) = trouble {
            let program = shown(&self.program, LONGEST);
            log.warning(&format!(
                "`nightly.on_trouble` (`{program}`): {trouble}; the exit code stays {}",
                exit as u8
            ));
        }
    }

    /// Runs the command; returns its output and what went wrong.
    fn run(&self, exit: Exit, patience: Duration) -> io::Result<(Vec<u8>, Result<(), String>)> {
        let begin = Instant::now();
        let (reader, mut child) = self.start(exit)?;
        let printed = child.stdin.take().map(|stdin| talk(stdin, reader, message(exit)));
        let ended = wait(&mut child, begin, patience);
        let printed = match printed {
            Some(printed) => collect(&printed?, Instant::now()),
            None => Vec::new(),
        };
        Ok((printed, ended))
    }

    fn start(&self, exit: Exit) -> io::Result<(PipeReader, Child)> {
        let folder = self.config.parent().unwrap_or(Path::new("/"));
        // With a folder in it, it is relative to the configuration like other paths; else it is looked up in PATH.
        let program = match self.program.contains('/') {
            true => folder.join(&self.program),
            false => PathBuf::from(&self.program),
        };
        let (reader, writer) = io::pipe()?;
        let mut command = Command::new(program);
        command
            .args(&self.arguments)
            .current_dir(folder)
            .env("QUEUESTAT_EXIT_CODE", (exit as u8).to_string())
            .env("QUEUESTAT_CONFIG", &self.config)
            .stdin(Stdio::piped())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            // Its own process group, so that its children can be killed with it.
            .process_group(0);
        // Drops the command, and with it our end of the pipe.
        Ok((reader, command.spawn()?))
    }
}

/// Its standard input.
fn message(exit: Exit) -> String {
    let mut text =
        format!("queuestat nightly ended with exit code {}: {}\n\n", exit as u8, exit.words());
    for line in said() {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// Writes its input and reads its output at the same time: a command that does not read must not block us.
fn talk(mut stdin: ChildStdin, from: PipeReader, text: String) -> io::Result<Receiver<Vec<u8>>> {
    let (to, printed) = channel();
    let listen = move || {
        let mut from = from.take(PRINTED);
        let mut piece = [0; 1024];
        while let Ok(n) = from.read(&mut piece) {
            if n == 0 || to.send(piece.get(..n).unwrap_or_default().to_vec()).is_err() {
                break;
            }
        }
        // The rest is thrown away, but its writer must not block.
        let _it_has_ended = io::copy(&mut from.into_inner(), &mut io::sink());
    };
    thread::Builder::new().spawn(listen)?;
    let speak = move || {
        // It may end before it has read everything.
        let _it_does_not_care = stdin.write_all(text.as_bytes());
    };
    thread::Builder::new().spawn(speak)?;
    Ok(printed)
}

/// Its output, as far as it arrives within a moment.
fn collect(printed: &Receiver<Vec<u8>>, since: Instant) -> Vec<u8> {
    let mut all = Vec::new();
    while let Ok(piece) = printed.recv_timeout(REST.saturating_sub(since.elapsed())) {
        all.extend(piece);
    }
    all
}

/// Waits until it has ended; kills it when its time is up.
fn wait(child: &mut Child, begin: Instant, patience: Duration) -> Result<(), String> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(how(status)),
            Ok(None) if begin.elapsed() < patience => thread::sleep(LOOK_AGAIN),
            Ok(None) => {
                let _both_may_have_ended =
                    (kill_process_group(Pid::from_child(child), Signal::KILL), child.kill());
                let _it_ends_now = child.wait();
                return Err(format!(
                    "it did not end within {} s and was killed",
                    patience.as_secs()
                ));
            }
            Err(error) => return Err(format!("it cannot be waited for: {error}")),
        }
    }
}

fn how(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("it failed with exit code {code}"),
        (None, Some(signal)) => format!("it was ended by signal {signal}"),
        (None, None) => "it failed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_the_program_is_told_too() {
        let folder = tempfile::tempdir().unwrap();
        let words = ["-c", "cat > told; echo $QUEUESTAT_EXIT_CODE >> told"].map(str::to_owned);
        let trouble = Trouble {
            config: folder.path().join("queuestat.toml"),
            program: "sh".to_owned(),
            arguments: words.to_vec(),
        };
        trouble.tell(Log::Text, Exit::Ok);
        assert!(!folder.path().join("told").exists());
        trouble.tell(Log::Text, Exit::Internal);
        let told = std::fs::read_to_string(folder.path().join("told")).unwrap();
        let first = "queuestat nightly ended with exit code 1: internal error\n\n";
        assert!(told.starts_with(first) && told.ends_with("1\n"), "{told}");
    }
}
