//! The parts of a [`Notice`](super::notice::Notice): what is wrong with a file, who is silent, and the like.

use chrono::NaiveDate;

use crate::calendar::Zone;
use crate::webhook::Reject;

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileTrouble {
    /// Nothing of it was used; why, in the words of the reader.
    LeftOut(String),
    /// Bytes behind its compressed data belong to nothing.
    TrailingGarbage,
    /// All its records are something other than webhooks.
    OtherThings {
        /// Their number.
        records: u64,
    },
    /// Most of its records could not be used.
    MostlyRejected {
        /// Rejected records.
        rejected: u64,
        /// All records.
        records: u64,
        /// Line of the first one, from 1.
        line: u64,
        /// Why that one was rejected.
        reason: Reject,
    },
}

/// Ratings outside the scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffScale {
    /// Ratings outside it.
    pub beyond: u64,
    /// All ratings.
    pub ratings: u64,
    /// The smallest and the largest value that was met, as far as any scale holds them.
    pub met: Option<(u32, u32)>,
    /// Ratings that no scale holds.
    pub on_no_scale: u64,
    /// The best rating of the scale; the worst is 1.
    pub top: u8,
}

/// A kind of sections of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// `[locations]`.
    Locations,
    /// `[queues]`.
    Queues,
    /// `[organizations]`.
    Organizations,
}

impl Table {
    /// Its name in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Locations => "locations",
            Self::Queues => "queues",
            Self::Organizations => "organizations",
        }
    }

    /// What one of its sections is about.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Locations => "location",
            Self::Queues => "queue",
            Self::Organizations => "organization",
        }
    }
}

/// A day with far fewer tickets than the same weekday before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fall {
    /// The organization.
    pub organization: String,
    /// The day, and its tickets.
    pub day: (NaiveDate, u64),
    /// The two days that it was compared with, and their tickets; the later one first.
    pub usual: [(NaiveDate, u64); 2],
}

/// An organization of which nothing new came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silent {
    /// The organization.
    pub organization: String,
    /// What happened last, UTC milliseconds.
    pub since: i64,
    /// The zone that the instant is told in.
    pub zone: Zone,
    /// Whole open days since then.
    pub open_days: u64,
}

/// A location of which no ticket comes any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentLocation {
    /// The organization.
    pub organization: String,
    /// The location.
    pub location: String,
    /// The day of its last ticket.
    pub last: NaiveDate,
    /// Its open days since then.
    pub open_days: u64,
}

/// One of several inputs that brings nothing new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentRoot {
    /// The input.
    pub root: String,
    /// What happened last in its files, UTC milliseconds.
    pub since: i64,
    /// The zone that the instant is told in.
    pub zone: Zone,
    /// Whole open days since then.
    pub open_days: u64,
}
