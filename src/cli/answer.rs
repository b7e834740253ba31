//! stdout: what was asked for, and nothing else.

use std::io::{self, Write};

use super::failure::Failure;

/// Prints to stdout what was asked for; a reader that went away has seen enough.
pub(super) fn answer(text: &str) -> Result<(), Failure> {
    asked_for(print(text))
}

/// Prints to stdout what is of use as a whole only: a reader that went away is an error.
pub(super) fn answer_whole(text: &str) -> Result<(), Failure> {
    print(text).map_err(|error| Failure::io(UNPRINTED, &error))
}

const UNPRINTED: &str = "cannot print the result to standard output";

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Whether something could be printed, as far as somebody was there to read it.
pub(super) fn asked_for(printed: io::Result<()>) -> Result<(), Failure> {
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::io(UNPRINTED, &error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
