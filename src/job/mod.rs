//! The work of a run: reads archives, judges gates, makes reports, runs nights. It prints nothing.
//!
//! The command line is one caller; any program can be another. Settings come in as a [`Plan`]. An [`Observer`] hears what
//! happens, and a [`Stop`] ends a job at the next point where nothing is half done. Errors are [`JobError`]s. Printing, exit
//! codes and signals are up to the caller.

mod account;
mod asked;
mod banner;
mod check;
mod clock;
mod closed;
mod compare;
mod compose;
mod days_gate;
mod error;
pub(crate) mod excluded;
mod explain;
mod export;
mod fall_gate;
mod findings;
mod input;
mod join_gate;
mod kept;
mod known_files;
mod located;
mod locations;
mod looked_at;
mod made_from;
mod make;
mod mended;
mod metrics_file;
mod named;
pub(crate) mod nearest;
mod night;
mod night_plan;
mod notice;
mod notice_part_words;
mod notice_parts;
mod notice_words;
mod numbers;
mod obeyed;
mod observer;
mod plan;
mod possible;
mod question;
mod ratings_gate;
mod read;
mod read_counts;
mod rebuild_guard;
mod rebuild_words;
mod renamed;
pub(crate) mod renamed_words;
mod report;
pub(crate) mod restated;
pub(crate) mod run_file;
mod sections;
mod shared_clock;
pub(crate) mod shared_queues;
mod silence;
mod silent_locations;
mod silent_roots;
mod source;
mod stop;
pub(crate) mod toml_text;
mod united;
mod unusable;
mod visits;
mod wanted;
mod whole;
pub(crate) mod words;

pub use asked::{Asked, Groups};
pub use check::{Checked, check};
pub use closed::{ClosedDay, ClosedDays};
pub use compare::{Compared, Comparison, Side, Verdict, compare, window_before};
pub use error::{JobError, Missing, Worst};
pub use explain::{Explained, TracedField, TracedRecord, explain};
pub use export::{ExportPlan, Exported, export};
pub use findings::Found;
pub use input::{Input, Quality};
pub use locations::{ListedLocation, Locations, ZoneFrom, kept_locations, locations};
pub use night::{Forget, ForgetDone, Night, last_night};
pub use night_plan::{NamedWindow, NightPlan, Places};
pub use notice::{
    Fall, FileTrouble, Notice, OffScale, Silent, SilentLocation, SilentRoot, Table, Weight,
};
pub use observer::{Observer, Unobserved};
pub use plan::{Gates, Plan};
pub use question::{Answered, Basis, Question, ask};
pub use read_counts::ReadCounts;
pub use report::{ReportPlan, Reported, report};
pub use restated::{Restated, RestatedWeek, WeekFigures};
pub use run_file::{NightEnd, Run};
pub use sections::Sections;
pub use source::{Source, go_by_last_night};
pub use stop::Stop;
pub use wanted::{Only, Wanted};
