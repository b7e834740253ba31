//! The command line: wiring, the one clock, words for people, exit codes.
//!
//! The only floor that prints. stdout carries what was asked for (`check`), stderr everything else.

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
mod log;
mod made_from;
mod make;
mod nightly;
mod nightly_plan;
mod plan;
mod progress;
mod ratings_gate;
mod read;
mod report;
mod run_file;
mod shapes;
mod silence;
mod state;
mod stop;
mod synth;
mod visits;
mod words;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use failure::{Exit, Failure};
use log::Log;
use stop::Stop;

/// Runs the command line and returns its exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    quiet_panics(Log::Text);
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            let _nobody_listens = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Ok.into() };
        }
    };
    let log = Log::from(args.command.log_format());
    quiet_panics(log);
    let run = || match args.command {
        // Who waits for bytes that never come hears nothing else: there a signal kills, as without an ear.
        Command::Report(args) if args.input.inputs.iter().any(|input| input == "-") => {
            report::run(args, &Stop::never())
        }
        Command::Report(args) => stop::listen(|stop| report::run(args, stop)),
        Command::Check(args) => check::run(args),
        Command::Nightly(args) => stop::listen(|stop| nightly::run(args, stop)),
        Command::State(args) => state::run(&args),
        Command::Synth(args) => synth::run(args),
    };
    end_of(log, run).into()
}

/// How a run ends; a panic, which has said where it happened, is a fault of the program like any other.
fn end_of(log: Log, run: impl FnOnce() -> Result<Exit, Failure>) -> Exit {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => {
            log.failure(&failure);
            failure.exit
        }
        Err(_said) => Exit::Internal,
    }
}

/// Prints to stdout what was asked for; a reader that went away is no error.
fn answer(text: &str) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Io, format!("cannot print the result: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A panic says where it happened and nothing else: its message could quote a payload.
fn quiet_panics(log: Log) {
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or_else(String::new, |at| format!(" at {at}"));
        let message = format!("internal fault{place}; nothing was published");
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
