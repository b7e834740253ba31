//! What the run has kept and published so far, so that any failure, even a panic, can say it.
//!
//! A process runs one command, so this is a global.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::args::{Command, StateAction};
use super::pieces_args::Step;

/// What kind of command runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Look,
    Report,
    Night,
    /// A step of a report in pieces, publishing apart.
    Piece,
    Synth,
}

#[derive(Debug)]
struct Fate {
    work: Work,
    kept: Option<u64>,
    published: bool,
    /// The link that publishes, and where it led before.
    link: Option<(PathBuf, Option<PathBuf>)>,
}

static FATE: Mutex<Fate> =
    Mutex::new(Fate { work: Work::Look, kept: None, published: false, link: None });

fn fate() -> MutexGuard<'static, Fate> {
    FATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Records which command begins.
pub(super) fn begin(command: &Command) {
    let forgets =
        matches!(command, Command::State(args) if matches!(args.action, StateAction::Forget(_)));
    fate().work = if forgets || matches!(command, Command::Nightly(_)) {
        Work::Night
    } else if matches!(command, Command::Report(_)) || publishes(command) {
        Work::Report
    } else if matches!(command, Command::Synth(_)) {
        Work::Synth
    } else if matches!(command, Command::Pieces(_)) {
        Work::Piece
    } else {
        Work::Look
    };
}

/// Whether a command is the step of a report in pieces that publishes it.
fn publishes(command: &Command) -> bool {
    matches!(command, Command::Pieces(args) if matches!(args.step, Step::Publish(_)))
}

/// Records a committed generation. `out` is the site that will show it.
pub(super) fn kept(generation: u64, out: &Path) {
    let link = out.join("current");
    let leads = std::fs::read_link(&link).ok();
    let mut fate = fate();
    fate.kept = Some(generation);
    fate.link = Some((link, leads));
}

/// Records that the reports were published.
pub(super) fn published() {
    fate().published = true;
}

/// Whether the command is `nightly`, which nobody watches.
pub(super) fn is_night() -> bool {
    fate().work == Work::Night
}

/// What was kept and published and what was not, in words.
pub(super) fn words() -> String {
    let fate = fate();
    fate.words(fate.is_shown())
}

impl Fate {
    /// Whether tonight's reports are on the site, even if publishing failed after the link was moved.
    fn is_shown(&self) -> bool {
        let moved = |(link, before): &(PathBuf, Option<PathBuf>)| {
            std::fs::read_link(link).is_ok_and(|now| Some(&now) != before.as_ref())
        };
        self.published || self.link.as_ref().is_some_and(moved)
    }

    fn words(&self, is_shown: bool) -> String {
        match (self.work, self.kept, is_shown) {
            (Work::Look, _, _) => "nothing was written".to_owned(),
            (Work::Piece, _, _) => "the step is not done, run it again".to_owned(),
            (Work::Synth, _, _) => "the archive is not whole, remove it".to_owned(),
            (Work::Report, _, true) => "the report was published".to_owned(),
            (Work::Night, _, true) => "the reports were published".to_owned(),
            (Work::Report, _, false) => "nothing was published; the last report stays".to_owned(),
            (Work::Night, None, false) => "nothing was published; the last reports stay".to_owned(),
            (Work::Night, Some(generation), false) => format!(
                "generation {generation} is kept, its reports are not published; the next run publishes them"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_moved_has_published() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("current");
        let lead = |to: &str| std::os::unix::fs::symlink(to, &link).unwrap();
        lead(".gen/1");
        let before = Some(PathBuf::from(".gen/1"));
        let fate = Fate {
            work: Work::Night,
            kept: Some(2),
            published: false,
            link: Some((link.clone(), before)),
        };
        assert!(!fate.is_shown() && fate.words(false).starts_with("generation 2 is kept"));
        std::fs::remove_file(&link).unwrap();
        assert!(!fate.is_shown());
        lead(".gen/2");
        assert!(fate.is_shown() && fate.words(true) == "the reports were published");
    }
}
