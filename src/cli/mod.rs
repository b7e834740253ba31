//! The command line: arguments, configuration, the one clock, words for people, exit codes, progress, signals.
//!
//! The only floor that prints. stdout carries answers (`check`, `locations`, `state`), stderr everything else. The work is
//! done in `job`.

mod advice;
mod answer;
mod args;
mod ask;
mod ask_args;
mod check;
mod closed;
mod compare;
mod compare_args;
mod compare_reports;
mod compare_table;
mod config;
mod dates;
mod day;
mod endings;
mod examples;
mod exits;
mod explain;
mod explain_again;
mod explain_args;
mod explain_figure;
mod explain_measure;
mod explain_table;
mod explain_ticket;
mod export;
mod export_args;
mod export_output;
mod failure;
mod fate;
mod forget;
mod forget_args;
mod guide;
mod guide_args;
mod hooks;
mod init;
mod init_args;
mod init_paths;
mod init_text;
mod input_args;
mod known;
mod locations;
mod locations_args;
mod locations_list;
mod log;
mod log_format;
mod man;
mod night_summary;
mod nightly;
mod nightly_plan;
mod numbers;
mod only_arg;
mod pieces;
mod pieces_args;
mod pieces_settings;
mod plan;
mod progress;
mod ratings;
mod report;
mod select_args;
mod shapes;
mod sheet;
mod shells;
mod shells_args;
mod source_args;
mod spark_job;
mod state;
mod state_check;
mod stop;
mod synth;
mod synth_args;
mod synth_names;
mod system;
mod threads;
mod verdict;
mod version;
mod voice;
mod windows;
mod windows_zones;
mod words;
mod zone_advice;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser;

use answer::asked_for;
use args::{Args, Command, StateAction};
use failure::{Exit, Failure};
use hooks::Hooks;
use log::Log;
use stop::Ear;

/// Runs the command line and returns its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    quiet_panics(Log::Text);
    let prepared = system::prepare();
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            if error.use_stderr() {
                let _nobody_listens = error.print();
                return Exit::Usage.into();
            }
            return end_of(Log::Text, || asked_for(error.print()).map(|()| Exit::Ok)).into();
        }
    };
    let log = Log::from(args.command.log_format());
    quiet_panics(log);
    fate::begin(&args.command);
    let hooks = Hooks::of(&args.command);
    let run = || match args.command {
        // A blocking read of stdin cannot be interrupted, so there a signal kills at once.
        Command::Report(args) if args.input.inputs.iter().any(|input| input == "-") => {
            report::run(args, &Ear::default())
        }
        Command::Report(args) => stop::listen(|ear| report::run(args, ear)),
        Command::Ask(args) => ask::run(args),
        Command::Export(args) => stop::listen(|ear| export::run(args, ear)),
        Command::Check(args) => check::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Locations(args) => locations::run(args),
        Command::Nightly(args) => stop::listen(|ear| nightly::run(args, ear)),
        Command::Completions(args) => shells::completions(&args),
        Command::Guide(args) => guide::run(&args),
        Command::Man(args) => man::run(&args),
        Command::Init(args) => init::run(args),
        Command::Pieces(args) => stop::listen(|ear| pieces::run(args, ear)),
        Command::SparkJob => spark_job::run(),
        Command::State(args) if matches!(args.action, StateAction::Forget(_)) => {
            stop::listen(|ear| state::run(&args, ear))
        }
        Command::State(args) => state::run(&args, &Ear::default()),
        Command::Synth(args) => synth::run(args),
    };
    let exit = end_of(log, || prepared.and_then(|()| run()));
    hooks.tell(log, exit);
    exit.into()
}

/// How a run ends; a panic, which has said where it happened, is an internal error like any other.
fn end_of(log: Log, run: impl FnOnce() -> Result<Exit, Failure>) -> Exit {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => {
            let exit = failure.exit;
            log.failure(&told(failure));
            exit
        }
        Err(_said) if NO_THREAD.load(Ordering::Relaxed) => Exit::Io,
        Err(_said) => Exit::Internal,
    }
}

/// Adds what was and was not published where that is not obvious; for a night always, and on one line.
fn told(failure: Failure) -> Failure {
    match failure.exit {
        // These say it themselves.
        Exit::Ok | Exit::LookAtInput | Exit::Interrupted | Exit::Terminated => failure,
        Exit::Internal | Exit::Usage | Exit::Refused | Exit::Busy | Exit::Io
            if fate::is_night() =>
        {
            failure.outcome(fate::words()).in_one_line()
        }
        Exit::Io | Exit::Internal => failure.outcome(fate::words()),
        Exit::Usage | Exit::Refused | Exit::Busy => failure,
    }
}

/// Whether the run ends because the system gave no thread.
static NO_THREAD: AtomicBool = AtomicBool::new(false);

/// Makes a panic say where it happened and nothing else: its message could quote a payload.
fn quiet_panics(log: Log) {
    std::panic::set_hook(Box::new(move |panic| {
        // Libraries start threads in a way that panics when there is no memory for one.
        if panic.location().is_some_and(|at| at.file().ends_with("std/src/thread/functions.rs")) {
            NO_THREAD.store(true, Ordering::Relaxed);
            let message = format!("the system gives no further thread; {}", fate::words());
            log.fault(&message, "allow more memory (`ulimit -v`) or more processes (`ulimit -u`)");
            return;
        }
        let place = panic.location().map_or_else(String::new, |at| format!(" at {at}"));
        let message = format!("internal error{place}; {}", fate::words());
        log.fault(&message, "please report it");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_internal_error() {
        assert_eq!(end_of(Log::Text, || panic!("on purpose")), Exit::Internal);
        assert_eq!(end_of(Log::Text, || Ok(Exit::LookAtInput)), Exit::LookAtInput);
    }

    /// Tells this test that it runs in a process of its own, which may print and panic as the program would.
    const ALONE: &str = "QUEUESTAT_TEST_ALONE";

    /// What a customer wrote, in the message of a panic and in its payload, on this thread and on another.
    fn panic_with_canaries(log: Log) {
        let written = String::from("Quetzal, +46701239876");
        quiet_panics(log);
        let parse = || written.parse::<u32>().map_err(|_| &written).unwrap();
        assert_eq!(end_of(log, || panic!("{}", parse())), Exit::Internal);
        let other = std::thread::spawn(|| std::panic::panic_any("Quetzal, +46701239876"));
        let joined = || other.join().map_err(|said| std::panic::resume_unwind(said)).unwrap();
        assert_eq!(end_of(log, joined), Exit::Internal);
    }

    #[test]
    fn a_panic_tells_its_place_and_nothing_that_it_was_given() {
        if let Some(log) = std::env::var_os(ALONE) {
            return panic_with_canaries(if log == "json" { Log::Json } else { Log::Text });
        }
        for log in ["text", "json"] {
            let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
            let name = "cli::tests::a_panic_tells_its_place_and_nothing_that_it_was_given";
            alone.args(["--exact", name, "--nocapture"]).env(ALONE, log);
            let ran = alone.env("RUST_BACKTRACE", "full").output().unwrap();
            let said = [ran.stdout, ran.stderr].concat();
            let said = String::from_utf8(said).unwrap();
            assert!(ran.status.success(), "{said}");
            assert_eq!(said.matches("internal error at src/cli/mod.rs:").count(), 2, "{said}");
            assert!(!said.contains("Quetzal") && !said.contains("46701239876"), "{said}");
        }
    }
}
