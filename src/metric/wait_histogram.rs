//! `wait_histogram.csv`: waits by started minute.

use polars::prelude::Column;

use crate::dataframe::TicketFrame;
use crate::dataframe::column::{self, Kind};

use super::groups::Groups;
use super::table::{Group, MetricError, Table, signed};

/// The last minute stands for itself and everything above.
pub const LAST_MINUTE: i64 = 180;

/// Number of waits by started minute; minutes without a wait have no row.
///
/// # Errors
/// [`MetricError`] if Polars refuses.
pub fn wait_histogram(tickets: &TicketFrame, group: Group) -> Result<Table, MetricError> {
    let places = group.places(tickets)?;
    let waits = signed(&tickets.rows, column::WAIT_S)?;
    let groups = Groups::of(places.zip(waits.iter()).map(|(place, wait)| {
        let minute = i64::from(wait?) / 60;
        Some((place, minute.min(LAST_MINUTE)))
    }));
    let (places, minutes): (Vec<u32>, Vec<i64>) = groups.keys.iter().copied().unzip();
    let columns = vec![
        (column::MINUTE, Kind::Count, Column::new(column::MINUTE.into(), minutes)),
        (column::WAITS, Kind::Count, Column::new(column::WAITS.into(), groups.sizes())),
    ];
    Table::keyed(tickets, group, &places, columns)
}
