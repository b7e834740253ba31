//! The figures: the ticket frame in, sums, typed figures and sorted tables out. No I/O.
//!
//! ```text
//! TicketFrame ─ rows by location ─ LocationSums (tallies by day, …) ─┬─ Sections (typed figures) ─ Table (CSV)
//!                       kept sums of periods ─ merge ────────────────┘
//! ```
//!
//! Sums can be merged and kept; figures are made of them once, and tables, charts and pages all read those. A value that is
//! not known stays unknown and is never a 0.

mod accounting;
mod answer;
mod bands;
mod behind;
mod cell;
mod changes;
mod columns;
mod control_rows;
mod course;
mod curves;
mod edges;
mod ends;
mod error;
mod evidence;
mod evidence_row;
mod funnel_rows;
mod group;
mod grouping;
mod hours;
mod line;
mod measure;
mod organization;
mod place_groups;
mod place_sums;
mod ratings_by_wait;
mod recipe;
mod record;
mod row;
mod section;
mod sections;
mod sums;
mod table;
mod table_words;
mod tables;
mod tables_of_changes;
mod tables_of_control;
mod tables_of_groups;
mod tables_of_hours;
mod tables_of_waits;
mod tally;
mod trace;
mod values;
mod view;

pub use accounting::{Counter, FileRow, data_quality, files};
pub use answer::{Answer, AnswerRow, Order};
pub use behind::{Behind, Counted, Mark};
pub use cell::{Cell, Kind};
pub use changes::Finding;
pub use columns::{Definition, definition, is_key};
pub use control_rows::{ControlRow, Signal};
pub use course::{Courses, history_from, last_week};
pub use curves::{CurveRow, LeftWaits};
pub use error::MetricError;
pub use evidence::{Evidence, Known as KnownValue, difference};
pub use funnel_rows::{Flag, FunnelRow};
pub use group::Rules;
pub use grouping::{By, GroupKey, Grouped, grouped, shared_label, shared_queues};
pub use measure::{FEW, FEW_FOR_P90, Figures, MEASURES, Measure, Sample};
pub use organization::{OrganizationSums, PeriodSums};
pub use place_groups::{PlaceGroup, place_groups};
pub use place_sums::PlaceSums;
pub use ratings_by_wait::{RatingTrend, WaitBandRow};
pub use record::{Held, Record};
pub use section::{HourCell, HourOfDay, LAST_MINUTE, LocationSection, LostRow, Section, Segment};
pub use sections::Sections;
pub use sums::{Dimension, LocationSums};
pub use table::{Sink, Table};
pub use table_words::about;
pub use tally::Tally;
pub use trace::{Ground, Made, Part, PartWay, formula, trace};
pub use view::{View, last_whole, whole_everywhere};
