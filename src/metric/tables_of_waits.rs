//! The CSV tables about waits: what became of those who waited, and how they rated.

use crate::statistics::survival::Incidence;

use super::cell::{Cell, Kind};
use super::sections::Sections;
use super::table::Table;

impl Sections {
    /// `ratings_by_wait.csv`: bands without a rating have no row. The trend is that of the location, the same in all its rows.
    pub(super) fn ratings_by_wait(&self) -> Table<'_> {
        let columns = vec![
            ("wait_from_min", Kind::Count),
            ("wait_to_min", Kind::Count),
            ("ratings", Kind::Count),
            ("rating_mean", Kind::Mean),
            ("csat", Kind::Share),
            ("csat_low", Kind::Share),
            ("csat_high", Kind::Share),
            ("trend_z", Kind::Mean),
            ("trend_p", Kind::Share),
        ];
        self.by_location("ratings_by_wait.csv", columns, |location, sink| {
            let test = location.section.rating_trend.test;
            for band in &location.section.ratings_by_wait {
                sink(&[
                    Cell::Count(band.from_min),
                    Cell::count(band.to_min),
                    Cell::count(band.ratings),
                    Cell::number(band.rating_mean),
                    Cell::number(band.csat),
                    Cell::number(band.csat_low),
                    Cell::number(band.csat_high),
                    Cell::number(test.map(|test| test.z)),
                    Cell::number(test.map(|test| test.p)),
                ]);
            }
        })
    }

    /// `ratings_by_wait_trend.csv`: whether ratings fall with the wait, all locations together, each compared with itself.
    pub(super) fn ratings_by_wait_trend(&self) -> Table<'_> {
        let columns = vec![
            ("organization", Kind::Text),
            ("strata", Kind::Count),
            ("ratings", Kind::Count),
            ("z", Kind::Mean),
            ("p_value", Kind::Share),
            ("direction", Kind::Text),
        ];
        Table::new("ratings_by_wait_trend.csv", columns, move |sink| {
            let trend = self.all.rating_trend;
            sink(&[
                Cell::Text(&self.organization),
                Cell::Count(trend.strata),
                Cell::Count(trend.ratings),
                Cell::number(trend.test.map(|test| test.z)),
                Cell::number(trend.test.map(|test| test.p)),
                Cell::Text(trend.direction()),
            ]);
        })
    }

    /// `curves.csv`: locations with too few tickets have no row.
    pub(super) fn curves(&self) -> Table<'_> {
        let columns = vec![
            ("minute", Kind::Count),
            ("at_risk", Kind::Count),
            ("served", Kind::Share),
            ("served_low", Kind::Share),
            ("served_high", Kind::Share),
            ("left", Kind::Share),
            ("left_low", Kind::Share),
            ("left_high", Kind::Share),
            ("no_show", Kind::Share),
            ("no_show_low", Kind::Share),
            ("no_show_high", Kind::Share),
            ("removed", Kind::Share),
            ("removed_low", Kind::Share),
            ("removed_high", Kind::Share),
        ];
        self.by_location("curves.csv", columns, |location, sink| {
            for row in &location.section.curves {
                let shares = [row.served, row.left, row.no_show, row.removed];
                let shares = shares.iter().flat_map(|Incidence { share, low, high, .. }| {
                    [share, low, high].map(|value| Cell::number(Some(*value)))
                });
                let counts = [Cell::Count(row.minute), Cell::Count(row.at_risk)];
                sink(&counts.into_iter().chain(shares).collect::<Vec<_>>());
            }
        })
    }
}
