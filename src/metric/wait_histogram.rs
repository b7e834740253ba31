//! `wait_histogram.csv`: waits by started minute.

use polars::prelude::{Column, IntoLazy, col, len, lit, when};

use crate::dataframe::TicketFrame;
use crate::dataframe::column::{self, Kind};

use super::table::{Group, MetricError, Table, sorted, unsigned};

/// The last minute stands for itself and everything above.
pub const LAST_MINUTE: i64 = 180;

/// Number of waits by started minute; minutes without a wait have no row.
///
/// # Errors
/// [`MetricError`] if Polars refuses.
pub fn wait_histogram(tickets: &TicketFrame, group: Group) -> Result<Table, MetricError> {
    let minute = col(column::MINUTE);
    let capped = when(minute.clone().gt(lit(LAST_MINUTE))).then(lit(LAST_MINUTE)).otherwise(minute);
    let keys = [group.column(), column::MINUTE];
    let grouped = tickets
        .rows
        .clone()
        .lazy()
        .filter(col(column::MINUTE).is_not_null())
        .with_column(capped.alias(column::MINUTE))
        .group_by(keys.map(col))
        .agg([len().alias(column::WAITS)])
        .collect()?;
    let grouped = sorted(grouped, &keys)?;
    let places = unsigned(&grouped, group.column())?;
    let waits: Vec<i64> = unsigned(&grouped, column::WAITS)?.into_iter().map(i64::from).collect();
    let columns = vec![
        (column::MINUTE, Kind::Count, grouped.column(column::MINUTE)?.clone()),
        (column::WAITS, Kind::Count, Column::new(column::WAITS.into(), waits)),
    ];
    Table::keyed(tickets, group, &places, columns)
}
