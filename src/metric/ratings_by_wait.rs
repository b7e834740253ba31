//! `ratings_by_wait.csv`: ratings by the wait of the same visit.

use polars::prelude::Column;

use crate::dataframe::TicketFrame;
use crate::dataframe::column::{self, Kind};
use crate::statistics::wilson;

use super::groups::Groups;
use super::table::{Group, MetricError, Table, ratio, signed};

/// The bands: name and first second; left-closed.
pub const WAIT_BANDS: [(&str, i64); 6] = [
    ("00-05", 0),
    ("05-10", 300),
    ("10-20", 600),
    ("20-30", 1_200),
    ("30-60", 1_800),
    ("60+", 3_600),
];

/// Ratings of visits with a usable headline wait, by band; bands without a rating have no row.
///
/// # Errors
/// [`MetricError`] if Polars refuses.
pub fn ratings_by_wait(tickets: &TicketFrame, group: Group) -> Result<Table, MetricError> {
    let rows = &tickets.rows;
    let ratings = signed(rows, column::RATING)?;
    let band_of = |wait: i32| WAIT_BANDS.iter().rposition(|(_, first)| i64::from(wait) >= *first);
    let waits = signed(rows, column::WAIT_S)?;
    let groups = Groups::of(group.places(tickets)?.zip(ratings.iter()).zip(waits.iter()).map(
        |((place, rating), wait)| rating.is_some().then_some((place, wait.and_then(band_of)?)),
    ));
    let counts = groups.sizes();
    let sums = groups.sum(ratings.iter().map(|rating| rating.map_or(0, i64::from)));
    let satisfied = i32::from(tickets.settings.scale.satisfied_from());
    let top =
        groups.count(ratings.iter().map(|rating| rating.is_some_and(|value| value >= satisfied)));
    let intervals: Vec<_> = top
        .iter()
        .zip(&counts)
        .map(|(k, n)| wilson::interval_95(u64::try_from(*k).ok()?, u64::try_from(*n).ok()?))
        .collect();
    let share = |of: &[i64]| of.iter().zip(&counts).map(|(n, d)| ratio(*n, *d)).collect();
    let (means, shares): (Vec<_>, Vec<_>) = (share(&sums), share(&top));
    let lows = intervals.iter().map(|i| i.map(|i| i.0)).collect();
    let highs = intervals.iter().map(|i| i.map(|i| i.1)).collect();
    let places: Vec<u32> = groups.keys.iter().map(|(place, _)| *place).collect();
    let bands: Vec<&str> =
        groups.keys.iter().map(|(_, band)| WAIT_BANDS.get(*band).map_or("", |b| b.0)).collect();
    let float = |name: &'static str, values: Vec<Option<f64>>| {
        (name, Kind::Rate, Column::new(name.into(), values))
    };
    let columns = vec![
        (column::WAIT_BAND, Kind::Text, Column::new(column::WAIT_BAND.into(), bands)),
        (column::RATINGS, Kind::Count, Column::new(column::RATINGS.into(), counts)),
        float(column::RATING_MEAN, means),
        float(column::CSAT, shares),
        float(column::CSAT_LOW, lows),
        float(column::CSAT_HIGH, highs),
    ];
    Table::keyed(tickets, group, &places, columns)
}
