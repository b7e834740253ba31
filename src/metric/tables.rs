//! All tables of one organization at once.

use crate::dataframe::TicketFrame;

use super::table::{Group, MetricError, Table};
use super::{
    Daily, Grain, cancellations, hourly, ratings, ratings_by_wait, summary, wait_histogram,
};

/// The tables that are made from tickets.
#[derive(Debug, Clone)]
pub struct Tables {
    /// The whole window (`locations.csv`).
    pub whole: Table,
    /// By service date (`daily.csv`).
    pub daily: Table,
    /// By ISO week (`weekly.csv`).
    pub weekly: Table,
    /// By weekday and hour (`hourly.csv`).
    pub hourly: Table,
    /// Lost visits (`cancellations.csv`).
    pub cancellations: Table,
    /// Ratings by wait (`ratings_by_wait.csv`).
    pub ratings_by_wait: Table,
    /// Ratings by value (`ratings.csv`).
    pub ratings: Table,
    /// Waits by minute (`wait_histogram.csv`).
    pub wait_histogram: Table,
}

impl Tables {
    /// Computes them all, side by side; `days` are those of the same tickets.
    ///
    /// # Errors
    /// [`MetricError`] if any of them fails.
    pub fn of(tickets: &TicketFrame, days: &Daily, group: Group) -> Result<Self, MetricError> {
        use rayon::join;
        let by = |grain| move || summary(tickets, days, group, grain);
        let ((whole, daily), (weekly, (hourly, (lost, (by_wait, (by_value, waits)))))) = join(
            || join(by(Grain::Window), by(Grain::Day)),
            || {
                join(by(Grain::Week), || {
                    join(
                        || hourly(tickets, group),
                        || {
                            join(
                                || cancellations(tickets, group),
                                || {
                                    join(
                                        || ratings_by_wait(tickets, group),
                                        || {
                                            join(
                                                || ratings(tickets, group),
                                                || wait_histogram(tickets, group),
                                            )
                                        },
                                    )
                                },
                            )
                        },
                    )
                })
            },
        );
        Ok(Self {
            whole: whole?,
            daily: daily?,
            weekly: weekly?,
            hourly: hourly?,
            cancellations: lost?,
            ratings: by_value?,
            ratings_by_wait: by_wait?,
            wait_histogram: waits?,
        })
    }

    /// File names and tables, in the order of the documentation.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &Table)> {
        [
            ("locations.csv", &self.whole),
            ("daily.csv", &self.daily),
            ("weekly.csv", &self.weekly),
            ("hourly.csv", &self.hourly),
            ("cancellations.csv", &self.cancellations),
            ("ratings.csv", &self.ratings),
            ("ratings_by_wait.csv", &self.ratings_by_wait),
            ("wait_histogram.csv", &self.wait_histogram),
        ]
        .into_iter()
    }
}
