//! What a job tells while it runs.

use std::path::Path;

use super::input::Input;
use super::notice::Notice;
use super::run_file::NightEnd;

/// Hears what a job does, as it happens. Every method has an empty default. Nothing passed here quotes a payload.
pub trait Observer: Sync {
    /// A stage has ended: its name, its seconds, and how many of which unit it handled.
    fn stage(&self, _name: &str, _seconds: f64, _amount: u64, _unit: &str) {}
    /// Reading begins; so many stored bytes are ahead, if that is known.
    fn reading(&self, _bytes: Option<u64>) {}
    /// So many more stored bytes were read; called from several threads.
    fn more_read(&self, _bytes: u64) {}
    /// Reading has ended, well or not.
    fn read(&self) {}
    /// A notice, as soon as it is known.
    fn notice(&self, _notice: &Notice) {}
    /// What was read: counts, rejected records and files that are still being written. `is_well` if nothing needs a look.
    fn account(&self, _input: &Input, _is_well: bool) {}
    /// A generation of the state was committed; `out` is the site that is to show it.
    fn committed(&self, _generation: u64, _out: &Path) {}
    /// The reports were published.
    fn published(&self) {}
    /// A night is done; only its counters are still to be written.
    fn night(&self, _end: &NightEnd<'_>) {}
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {}
