//! `ratings_by_wait.csv`: ratings by the wait of the same visit.

use polars::prelude::{Column, IntoLazy, col};

use crate::dataframe::TicketFrame;
use crate::dataframe::column::{self, Kind};
use crate::statistics::wilson;

use super::table::{Group, MetricError, Table, lists, ratio, unsigned};

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
    let rated = col(column::RATING).is_not_null().and(col(column::WAIT_S).is_not_null());
    let grouped = tickets
        .rows
        .clone()
        .lazy()
        .filter(rated)
        .group_by([col(group.column())])
        .agg([col(column::RATING), col(column::WAIT_S)])
        .sort([group.column()], Default::default())
        .collect()?;
    let all_ratings = lists(&grouped, column::RATING)?;
    let all_waits = lists(&grouped, column::WAIT_S)?;

    let (mut places, mut bands, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    let (mut means, mut shares, mut lows, mut highs) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for ((place, ratings), waits) in
        unsigned(&grouped, group.column())?.into_iter().zip(all_ratings).zip(all_waits)
    {
        for (at, (band, first)) in WAIT_BANDS.iter().enumerate() {
            let end = WAIT_BANDS.get(at + 1).map_or(i64::MAX, |(_, end)| *end);
            let inside = |wait: i64| (*first..end).contains(&wait);
            let (mut n, mut sum, mut top) = (0_i64, 0_i64, 0_i64);
            for (rating, _) in ratings.iter().zip(&waits).filter(|(_, wait)| inside(**wait)) {
                n += 1;
                sum += rating;
                top += i64::from(*rating >= 4);
            }
            if n == 0 {
                continue;
            }
            let interval = u64::try_from(top)
                .ok()
                .zip(u64::try_from(n).ok())
                .and_then(|(k, n)| wilson::interval_95(k, n));
            places.push(place);
            bands.push(*band);
            counts.push(n);
            means.push(ratio(sum, n));
            shares.push(ratio(top, n));
            lows.push(interval.map(|i| i.0));
            highs.push(interval.map(|i| i.1));
        }
    }
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
