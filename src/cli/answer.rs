//! Writes the answer of a command to stdout, where nothing else is printed.

use std::io::{self, Write};

use super::failure::Failure;

/// Prints an answer; a reader that closed the pipe has seen enough.
pub(super) fn answer(text: &str) -> Result<(), Failure> {
    asked_for(print(text))
}

/// Prints an answer that is useless in part: a closed pipe is an error.
pub(super) fn answer_whole(text: &str) -> Result<(), Failure> {
    print(text).map_err(|error| Failure::io(UNPRINTED, &error))
}

/// Prints an answer that is no text; a closed pipe is an error, since a part of it cannot be read.
pub(super) fn answer_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let printed = stdout.write_all(bytes).and_then(|()| stdout.flush());
    printed.map_err(|error| Failure::io(UNPRINTED, &error))
}

const UNPRINTED: &str = "cannot print the result to standard output";

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Ignores a closed pipe, and nothing else.
pub(super) fn asked_for(printed: io::Result<()>) -> Result<(), Failure> {
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::io(UNPRINTED, &error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
