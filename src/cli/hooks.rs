//! Commands that are run after a night: `nightly.on_trouble` when it does not end well, `nightly.on_success` when it has
//! published.
//!
//! They run last, `on_trouble` even after a panic or a signal, and never change the exit code. `on_trouble` gets what was printed,
//! `on_success` the digests of the first report; no text of a payload either.

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

/// When a command is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// After a night that does not end with 0.
    Trouble,
    /// After a night that has published: it ends with 0 or 3.
    Success,
}

impl When {
    const fn key(self) -> &'static str {
        match self {
            Self::Trouble => "on_trouble",
            Self::Success => "on_success",
        }
    }

    fn is_now(self, exit: Exit) -> bool {
        match self {
            Self::Trouble => exit != Exit::Ok,
            Self::Success => matches!(exit, Exit::Ok | Exit::LookAtInput),
        }
    }
}

/// A command.
#[derive(Debug)]
struct Hook {
    when: When,
    config: PathBuf,
    program: String,
    arguments: Vec<String>,
    /// The folder of the first report, where the digests are.
    report: PathBuf,
}

/// The commands that the configuration names.
#[derive(Debug)]
pub(super) struct Hooks(Vec<Hook>);

/// Refuses an empty command.
///
/// # Errors
/// [`Exit::Usage`].
pub(super) fn check(nightly: &Nightly) -> Result<(), Failure> {
    for (when, command) in
        [(When::Trouble, &nightly.on_trouble), (When::Success, &nightly.on_success)]
    {
        let is_empty = |words: &Vec<String>| words.first().is_none_or(|program| program.is_empty());
        if command.as_ref().is_some_and(is_empty) {
            let error = format!("`nightly.{}` names no program", when.key());
            return Err(Failure::new(Exit::Usage, error).hint(
                "give it a program and its arguments, such as [\"mail\", \"-s\", \"queuestat\", \"ops@example.org\"], \
                 or leave it out",
            ));
        }
    }
    Ok(())
}

impl Hooks {
    /// The commands to run after a night. They are used even if the run will refuse the rest of the configuration.
    pub(super) fn of(command: &args::Command) -> Self {
        Self(Self::named(command).unwrap_or_default())
    }

    fn named(command: &args::Command) -> Option<Vec<Hook>> {
        let args::Command::Nightly(args) = command else { return None };
        // A pipe can be read only once, and the run needs it.
        let is_file = std::fs::metadata(&args.config).is_ok_and(|meta| meta.is_file());
        let text = is_file.then(|| std::fs::read_to_string(&args.config).ok())??;
        let table: toml::Table = toml::from_str(&text).ok()?;
        let nightly = table.get("nightly")?;
        let config = std::path::absolute(&args.config).ok()?;
        let out = nightly.get("out").and_then(toml::Value::as_str).unwrap_or_default();
        let first = nightly.get("report").and_then(|reports| reports.get(0)?.get("name")?.as_str());
        let folder = config.parent().unwrap_or(Path::new("/")).join(out).join("current");
        let report = folder.join(first.unwrap_or("last-28-days"));
        let hook = |when: When| {
            let words = nightly.get(when.key())?.as_array()?.iter();
            let words: Option<Vec<String>> =
                words.map(|word| word.as_str().map(str::to_owned)).collect();
            let mut words = words?.into_iter();
            let program = words.next().filter(|program| !program.is_empty())?;
            let (config, report) = (config.clone(), report.clone());
            Some(Hook { when, config, program, arguments: words.collect(), report })
        };
        Some([When::Trouble, When::Success].into_iter().filter_map(hook).collect())
    }

    /// Runs the commands that are meant for this end.
    pub(super) fn tell(&self, log: Log, exit: Exit) {
        for hook in self.0.iter().filter(|hook| hook.when.is_now(exit)) {
            hook.tell(log, exit);
        }
    }
}

impl Hook {
    fn tell(&self, log: Log, exit: Exit) {
        let stopped = matches!(exit, Exit::Interrupted | Exit::Terminated);
        let patience = if stopped { HURRY } else { PATIENCE };
        let printed = self.run(exit, patience);
        let (printed, trouble) = match printed {
            Ok((printed, Ok(()))) => (printed, None),
            Ok((printed, Err(trouble))) => (printed, Some(trouble)),
            Err(error) => (Vec::new(), Some(format!("it cannot be started: {error}"))),
        };
        let key = self.when.key();
        for line in String::from_utf8_lossy(&printed).lines().filter(|line| !line.trim().is_empty())
        {
            log.hook(key, &shown(line, LONGEST));
        }
        if let Some(trouble) = trouble {
            let program = shown(&self.program, LONGEST);
            log.warning(&format!(
                "`nightly.{key}` (`{program}`): {trouble}; the exit code stays {}",
                exit as u8
            ));
        }
    }

    /// Runs the command; returns its output and what went wrong.
    fn run(&self, exit: Exit, patience: Duration) -> io::Result<(Vec<u8>, Result<(), String>)> {
        let begin = Instant::now();
        let text = match self.when {
            When::Trouble => message(exit),
            When::Success => digests(&self.report).map_err(|error| {
                io::Error::new(error.kind(), format!("the digests cannot be read: {error}"))
            })?,
        };
        let (reader, mut child) = self.start(exit)?;
        let printed = child.stdin.take().map(|stdin| talk(stdin, reader, text));
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
            .env("QUEUESTAT_REPORT", &self.report)
            .stdin(Stdio::piped())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            // Its own process group, so that its children can be killed with it.
            .process_group(0);
        // Drops the command, and with it our end of the pipe.
        Ok((reader, command.spawn()?))
    }
}

/// The digests of all organizations of a report, one after the other.
fn digests(report: &Path) -> io::Result<String> {
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(report)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    folders.sort();
    let mut all = Vec::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        all.push(std::fs::read_to_string(folder.join("digest.txt"))?);
    }
    Ok(all.join("\n\n"))
}

/// The standard input of a command for nights that did not end well.
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
        let hooks = Hooks(vec![Hook {
            when: When::Trouble,
            config: folder.path().join("queuestat.toml"),
            program: "sh".to_owned(),
            arguments: words.to_vec(),
            report: folder.path().to_owned(),
        }]);
        hooks.tell(Log::Text, Exit::Ok);
        assert!(!folder.path().join("told").exists());
        hooks.tell(Log::Text, Exit::Internal);
        let told = std::fs::read_to_string(folder.path().join("told")).unwrap();
        let first = "queuestat nightly ended with exit code 1: internal error\n\n";
        assert!(told.starts_with(first) && told.ends_with("1\n"), "{told}");
    }

    #[test]
    fn each_command_has_its_time() {
        let at = |when: When| {
            [Exit::Ok, Exit::LookAtInput, Exit::Refused, Exit::Io].map(|exit| when.is_now(exit))
        };
        assert_eq!(at(When::Trouble), [false, true, true, true]);
        assert_eq!(at(When::Success), [true, true, false, false]);
    }
}
