//! `ratings.csv`: ratings by value, whatever the scale.

use polars::prelude::Column;

use crate::dataframe::TicketFrame;
use crate::dataframe::column::{self, Kind};

use super::groups::Groups;
use super::table::{Group, MetricError, Table, ratio, signed};

/// Number and share of each value of the scale, for whoever has at least one rating.
///
/// # Errors
/// [`MetricError`] if Polars refuses.
pub fn ratings(tickets: &TicketFrame, group: Group) -> Result<Table, MetricError> {
    let ratings = signed(&tickets.rows, column::RATING)?;
    let rated = group.places(tickets)?.zip(ratings.iter());
    let groups = Groups::of(rated.map(|(place, rating)| rating.map(|_| place)));
    let top = usize::from(tickets.settings.scale.top());
    let values = ratings.iter().map(|rating| usize::try_from(rating? - 1).ok());
    let by_value = groups.tally(values, top);
    let rows = groups.keys.len() * top;
    let mut places = Vec::with_capacity(rows);
    let mut columns: [Vec<i64>; 2] = [Vec::with_capacity(rows), Vec::with_capacity(rows)];
    let mut shares = Vec::with_capacity(rows);
    for (at, (place, all)) in groups.keys.iter().zip(groups.sizes()).enumerate() {
        for (value, counts) in (1..).zip(&by_value) {
            let n = counts.get(at).copied().unwrap_or(0);
            let [numbers, ratings] = &mut columns;
            places.push(*place);
            numbers.push(value);
            ratings.push(n);
            shares.push(ratio(n, all));
        }
    }
    let [numbers, ratings] = columns;
    let columns = vec![
        (column::VALUE, Kind::Count, Column::new(column::VALUE.into(), numbers)),
        (column::RATINGS, Kind::Count, Column::new(column::RATINGS.into(), ratings)),
        (column::SHARE, Kind::Rate, Column::new(column::SHARE.into(), shares)),
    ];
    Table::keyed(tickets, group, &places, columns)
}
