//! The command line: wiring, the one clock, words for people, exit codes.
//!
//! The only floor that prints. stdout carries what was asked for (`check`, `locations`), stderr everything else.

mod account;
mod args;
mod banner;
mod check;
mod closed;
mod compose;
mod config;
mod days_gate;
mod failure;
mod fall_gate;
mod fate;
mod known_files;
mod locations;
mod locations_list;
mod log;
mod made_from;
mod make;
mod mended;
mod metrics_file;
mod nearest;
mod nightly;
mod nightly_plan;
mod obeyed;
mod plan;
mod possible;
mod progress;
mod ratings_gate;
mod read;
mod renamed;
mod report;
mod run_file;
mod shapes;
mod silence;
mod state;
mod state_check;
mod stop;
mod synth;
mod system;
mod toml_text;
mod trouble;
mod visits;
mod words;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use failure::{Exit, Failure};
use log::Log;
use stop::Stop;
use trouble::Trouble;

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
    let trouble = Trouble::of(&args.command);
    let run = || match args.command {
        // Who waits for bytes that never come hears nothing else: there a signal kills, as without an ear.
        Command::Report(args) if args.input.inputs.iter().any(|input| input == "-") => {
            report::run(args, &Stop::never())
        }
        Command::Report(args) => stop::listen(|stop| report::run(args, stop)),
        Command::Check(args) => check::run(args),
        Command::Locations(args) => locations::run(args),
        Command::Nightly(args) => stop::listen(|stop| nightly::run(args, stop)),
        Command::State(args) => state::run(&args),
        Command::Synth(args) => synth::run(args),
    };
    let exit = end_of(log, || prepared.and_then(|()| run()));
    if let Some(trouble) = trouble {
        trouble.tell(log, exit);
    }
    exit.into()
}

/// How a run ends; a panic, which has said where it happened, is a fault of the program like any other.
fn end_of(log: Log, run: impl FnOnce() -> Result<Exit, Failure>) -> Exit {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => {
            let exit = failure.exit;
            log.failure(&told(failure));
            exit
        }
        Err(_said) => Exit::Internal,
    }
}

/// A failure that says what was and was not published, where that is not plain; of a night always, and in one line.
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

/// Prints to stdout what was asked for; a reader that went away has seen enough.
fn answer(text: &str) -> Result<(), Failure> {
    asked_for(print(text))
}

/// Prints to stdout what is of use as a whole only: a reader that went away is an error.
fn answer_whole(text: &str) -> Result<(), Failure> {
    print(text).map_err(|error| Failure::io(UNPRINTED, &error))
}

const UNPRINTED: &str = "cannot print the result to standard output";

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Whether something could be printed, as far as somebody was there to read it.
fn asked_for(printed: io::Result<()>) -> Result<(), Failure> {
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::io(UNPRINTED, &error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A panic says where it happened and nothing else: its message could quote a payload.
fn quiet_panics(log: Log) {
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or_else(String::new, |at| format!(" at {at}"));
        let message = format!("internal fault{place}; {}", fate::words());
        log.fault(&message, "please report it");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_fault_of_the_program() {
        assert_eq!(end_of(Log::Text, || panic!("on purpose")), Exit::Internal);
        assert_eq!(end_of(Log::Text, || Ok(Exit::LookAtInput)), Exit::LookAtInput);
    }
}
