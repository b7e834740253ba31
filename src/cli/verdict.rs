//! The verdict of the gates on an input, printed and as an exit code.

use crate::job::{Input, Notice, Observer, Quality};

use super::failure::Exit;
use super::voice::Voice;

/// The exit code of an input.
pub(super) fn exit_of(quality: Quality) -> Exit {
    match quality {
        Quality::Good => Exit::Ok,
        Quality::NeedsALook => Exit::LookAtInput,
        Quality::Refused => Exit::Refused,
        Quality::Unreadable => Exit::Io,
    }
}

/// Prints the notices and where records were rejected.
pub(super) fn say_input(voice: &Voice, input: &Input, quality: Quality, warnings: &[Notice]) {
    for warning in warnings {
        voice.notice(warning);
    }
    voice.account(input, quality == Quality::Good);
}
