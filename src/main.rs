//! The `queuestat` command; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    queuestat::cli::run(std::env::args_os())
}
