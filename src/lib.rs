//! queuestat: ratings, waits and cancellations per location from archived queue webhooks.
//!
//! The floors, lowest first; each hands one thing upward and imports only what lies below it:
//!
//! ```text
//! calendar, statistics   instants, zones, local days; pure formulas
//! disk                   the file system, with faults for tests
//! cloud                  objects in stores such as S3, read like files (feature `cloud`)
//! archive                files → lines (plain, gzip, zstd)
//! webhook                line → snapshot, or one reason why not
//! ticket                 snapshots → joined tickets, outcomes, anomalies
//! ingest                 files in parallel → tickets and a full account of every line
//! partial                joined tickets, names, counts and sums in their stored forms
//! store                  what survives between nights: generations of checked blobs, the one commit
//! night                  which files are known, what is new, and the kept tickets by month
//! dataframe              tickets → one frame with its derived columns
//! metric                 frame → one table per CSV file
//! report                 tables → CSV, charts, pages; published whole or not at all
//! job                    the work itself: read, judge, make, nights; nothing is printed
//! cli                    arguments, configuration, clock, words for people, exit codes
//! ```
//!
//! `synth` stands beside them: it writes realistic archives to try, test and measure with.

pub mod archive;
pub mod calendar;
pub mod cli;
pub mod cloud;
pub mod dataframe;
pub mod disk;
pub mod ingest;
pub mod job;
pub mod metric;
pub mod night;
pub mod partial;
pub mod report;
pub mod statistics;
pub mod store;
pub mod synth;
pub mod ticket;
pub mod webhook;
