//! The verdict of the gates on an input, printed and as an exit code.

use crate::job::input::Verdict;
use crate::job::{Input, Observer, Quality};

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
pub(super) fn say_verdict(voice: &Voice, input: &Input, verdict: &Verdict) {
    for notice in &verdict.notices {
        voice.notice(notice);
    }
    voice.account(input, verdict.quality == Quality::Good);
}
