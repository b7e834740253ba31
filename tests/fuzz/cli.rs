//! The configuration and how its faults are told.

#[path = "../../src/cli/advice.rs"]
pub mod advice;
#[path = "config.rs"]
pub mod config;
#[path = "../../src/cli/day.rs"]
pub mod day;
#[path = "../../src/cli/failure.rs"]
pub mod failure;
#[path = "../../src/cli/ratings.rs"]
pub mod ratings;
#[path = "../../src/cli/windows_zones.rs"]
mod windows_zones;
#[path = "../../src/cli/zone_advice.rs"]
mod zone_advice;

use crate::calendar::UnknownZone;

use failure::{Exit, Failure};

/// As in `exits.rs`, which knows all other errors too.
impl From<UnknownZone> for Failure {
    fn from(error: UnknownZone) -> Self {
        Self::new(Exit::Usage, error.to_string()).hint(zone_advice::advice(&error.name))
    }
}
