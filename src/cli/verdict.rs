//! What the gates say of an input, as words and as an exit code.

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

/// Prints what there is to say, and where records were rejected.
pub(super) fn say_verdict(voice: &Voice, input: &Input, verdict: &Verdict) {
    verdict.notices.iter().for_each(|notice| voice.notice(notice));
    voice.account(input, verdict.quality == Quality::Good);
}
