//! `nightly.on_trouble`: a plain command that is told when a night does not end well.
//!
//! It runs after everything else, also after a panic and after a signal, and never changes how the night ends. What it is
//! told is what was printed, so it holds no text of a payload either.

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

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take if the night was asked to stop.
const HURRY: Duration = Duration::from_secs(5);
/// How long to wait for what it printed, once it has ended: a child of its own may hold the pipe.
const REST: Duration = Duration::from_secs(1);
/// Sleep between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Most bytes of what it prints that are shown.
const PRINTED: u64 = 16 << 10;
/// Longest line of it that is shown, characters.
const LONGEST: usize = 400;

/// Who is to be told.
#[derive(Debug)]
pub(super) struct Trouble {
    config: PathBuf,
    program: String,
    arguments: Vec<String>,
}

/// Refuses a command that is none.
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
    /// Who is to be told of trouble with a command, if anybody is. The configuration is not judged here: also one that the
    /// run will refuse may say whom to tell.
    pub(super) fn of(command: &args::Command) -> Option<Self> {
        let args::Command::Nightly(args) = command else { return None };
        // A pipe can be read once only.
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

    /// Tells how the night ended, unless all is well.
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

    /// Runs the command. Hands back what it printed, and what went wrong with it.
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
        // With a folder in it, it is a path like the others of the configuration; else it is looked for.
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
            // So that what it starts can be ended with it.
            .process_group(0);
        // The command goes, and with it our end of the pipe.
        Ok((reader, command.spawn()?))
    }
}

/// What it is told.
fn message(exit: Exit) -> String {
    let mut text =
        format!("queuestat nightly ended with exit code {}: {}\n\n", exit as u8, exit.words());
    for line in said() {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// Writes to its standard input, and listens to what it prints, beside each other: who does not read must not stop us.
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
        // The rest is of no use, but its writer must not be stopped.
        let _it_has_ended = io::copy(&mut from.into_inner(), &mut io::sink());
    };
    thread::Builder::new().spawn(listen)?;
    let speak = move || {
        // It may end without having read.
        let _it_does_not_care = stdin.write_all(text.as_bytes());
    };
    thread::Builder::new().spawn(speak)?;
    Ok(printed)
}

/// What was printed, as far as it comes within a moment.
fn collect(printed: &Receiver<Vec<u8>>, since: Instant) -> Vec<u8> {
    let mut all = Vec::new();
    while let Ok(piece) = printed.recv_timeout(REST.saturating_sub(since.elapsed())) {
        all.extend(piece);
    }
    all
}

/// Waits until it has ended, or ends it.
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
        let first = "queuestat nightly ended with exit code 1: a fault of the program\n\n";
        assert!(told.starts_with(first) && told.ends_with("1\n"), "{told}");
    }
}
