//! `funnel.csv` and `control.csv`: locations against all of them, and their weeks against what is usual.

use super::cell::{Cell, Kind};
use super::control_rows::{ControlRow, Signal};
use super::funnel_rows::{Flag, FunnelRow};
use super::sections::Sections;
use super::table::Table;
use super::tables_of_changes::of;

impl Sections {
    /// `funnel.csv`; without ten locations to compare it has no rows.
    pub(super) fn funnel(&self) -> Table<'_> {
        let columns = vec![
            ("organization", Kind::Text),
            ("location", Kind::Text),
            ("location_id", Kind::Text),
            ("measure", Kind::Text),
            ("n", Kind::Count),
            ("value", Kind::Share),
            ("target", Kind::Share),
            ("low_95", Kind::Share),
            ("high_95", Kind::Share),
            ("low_998", Kind::Share),
            ("high_998", Kind::Share),
            ("z", Kind::Mean),
            ("p_adjusted", Kind::Share),
            ("flag", Kind::Text),
        ];
        Table::new("funnel.csv", columns, move |sink| {
            for row in &self.funnel {
                let FunnelRow { limits_95, limits_998, flag, .. } = row;
                let flag = flag.map(|flag| match flag {
                    Flag::Higher => "higher",
                    Flag::Lower => "lower",
                });
                sink(&[
                    Cell::Text(&self.organization),
                    Cell::Text(&row.location),
                    Cell::Text(&row.id),
                    Cell::Text(row.measure),
                    Cell::Count(row.n),
                    Cell::Number(row.value),
                    Cell::Number(row.target),
                    Cell::Number(limits_95.0),
                    Cell::Number(limits_95.1),
                    Cell::Number(limits_998.0),
                    Cell::Number(limits_998.1),
                    Cell::Number(row.z),
                    Cell::Number(row.adjusted_p),
                    Cell::text(flag),
                ]);
            }
        })
    }

    /// `control.csv`: weeks without a value have no row.
    pub(super) fn control(&self) -> Table<'_> {
        let columns = vec![
            ("measure", Kind::Text),
            ("iso_week", Kind::Text),
            ("from", Kind::Date),
            ("value", Kind::Amount),
            ("n", Kind::Count),
            ("centre", Kind::Amount),
            ("low", Kind::Amount),
            ("high", Kind::Amount),
            ("signal", Kind::Text),
            ("complete", Kind::Truth),
        ];
        self.by_location("control.csv", columns, move |location, sink| {
            for row in &location.section.control {
                let ControlRow { measure, from, value, n, limits, signal, complete } = *row;
                let week = self.week_starts_on.iso_name(from);
                let amount = |value: f64| of(measure, value);
                let limit = |limit: Option<f64>| limit.map_or(Cell::Missing, amount);
                let signal = signal.map(|signal| match signal {
                    Signal::BeyondLimits => "beyond_limits",
                    Signal::Run => "run",
                    Signal::Both => "both",
                });
                sink(&[
                    Cell::Text(measure.name()),
                    Cell::text(week.as_deref()),
                    Cell::Date(from),
                    amount(value),
                    Cell::Count(n),
                    limit(limits.map(|limits| limits.centre)),
                    limit(limits.map(|limits| limits.low)),
                    limit(limits.map(|limits| limits.high)),
                    Cell::text(signal),
                    Cell::Truth(complete),
                ]);
            }
        })
    }
}
