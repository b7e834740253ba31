//! Turns tickets into one frame: a row per ticket, with the derived columns that every metric is computed from.
//!
//! The lowest floor that uses Polars. Local times, waits and their exclusions are settled here, ticket by ticket; the
//! metrics above only group, count and sort.

mod build;
pub mod column;
mod derive;
mod frame;
mod id_text;
mod keep;
mod kept;
mod location_id;
mod narrow;
mod rows;
mod single;
mod singles;
mod visits;

pub use build::organizations;
pub use column::SERVICE_DAY;
pub use derive::{
    Derived, Interval, LEAD_BANDS, LeadBand, WaitEnd, WaitRules, derive, interval, lead_band,
};
pub use frame::{
    DETAILS_LEFT_OUT, FrameError, LeftOut, LocationColumn, Settings, TicketFrame, WAITS_LEFT_OUT,
};
pub use id_text::IdText;
pub use keep::{Choice, Keep};
pub use kept::{KeptRows, LeftOutOfAll, left_out_of, stack};
pub use location_id::location_ids;
pub use single::{Instant, NoWait, Single};
pub use singles::{Place, Singles};
pub use visits::Visits;

pub use crate::ticket::Scale;
