//! What a metric returns: a frame with the columns of its CSV file, and how each is printed.

use polars::prelude::{ChunkedArray, Column, DataFrame, PolarsError, PolarsNumericType};

use crate::dataframe::TicketFrame;
use crate::dataframe::column::{self, Kind};

/// A metric could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum MetricError {
    /// Polars refused an expression or a column.
    #[error("a metric could not be computed")]
    Polars(#[from] PolarsError),
    /// A column had another type than the metric gave it.
    #[error("column `{0}` is missing or of another type")]
    Column(&'static str),
    /// A line interval lies outside the calendar.
    #[error("an instant lies outside the calendar")]
    Calendar,
}

/// Which tickets belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Those of one location.
    Location,
    /// All of the organization. The tables lack the location columns.
    Organization,
}

impl Group {
    /// The place to group each row of a frame by.
    pub(super) fn places(self, tickets: &TicketFrame) -> Result<Vec<u32>, MetricError> {
        match self {
            Self::Location => unsigned(&tickets.rows, column::PLACE),
            Self::Organization => Ok(vec![0; tickets.rows.height()]),
        }
    }
}

/// A sorted table.
#[derive(Debug, Clone)]
pub struct Table {
    /// The rows.
    pub frame: DataFrame,
    /// The columns in order, and how each is printed.
    pub columns: Vec<(&'static str, Kind)>,
}

impl Table {
    /// A table of finished columns, with the key columns of its group in front.
    pub(super) fn keyed(
        tickets: &TicketFrame,
        group: Group,
        places: &[u32],
        rest: Vec<(&'static str, Kind, Column)>,
    ) -> Result<Self, MetricError> {
        let mut columns = Vec::with_capacity(rest.len() + 3);
        let organization = vec![tickets.organization.as_str(); places.len()];
        columns.push((column::ORGANIZATION, Kind::Text, text(column::ORGANIZATION, organization)));
        if group == Group::Location {
            let place =
                |at: &u32| usize::try_from(*at).ok().and_then(|at| tickets.locations.get(at));
            let names = places.iter().map(|at| place(at).map_or("", |l| l.name.as_str())).collect();
            let ids = places.iter().map(|at| place(at).map_or("", |l| l.id.as_str())).collect();
            columns.push((column::LOCATION, Kind::Text, text(column::LOCATION, names)));
            columns.push((column::LOCATION_ID, Kind::Text, text(column::LOCATION_ID, ids)));
        }
        columns.extend(rest);
        Self::of(places.len(), columns)
    }

    /// A table of finished columns.
    pub(super) fn of(
        height: usize,
        columns: Vec<(&'static str, Kind, Column)>,
    ) -> Result<Self, MetricError> {
        let kinds = columns.iter().map(|(name, kind, _)| (*name, *kind)).collect();
        let columns = columns.into_iter().map(|(_, _, column)| column).collect();
        Ok(Self { frame: DataFrame::new(height, columns)?, columns: kinds })
    }

    /// Whole numbers of a column.
    ///
    /// # Errors
    /// [`MetricError::Column`] if there is no such column of whole numbers.
    pub fn counts(&self, name: &'static str) -> Result<Vec<Option<i64>>, MetricError> {
        let column = self.frame.column(name).map_err(|_| MetricError::Column(name))?;
        let values = column.i64().map_err(|_| MetricError::Column(name))?;
        Ok(values.iter().collect())
    }

    /// Rates, means or seconds of a column.
    ///
    /// # Errors
    /// As [`Table::counts`].
    pub fn numbers(&self, name: &'static str) -> Result<Vec<Option<f64>>, MetricError> {
        let column = self.frame.column(name).map_err(|_| MetricError::Column(name))?;
        let values = column.f64().map_err(|_| MetricError::Column(name))?;
        Ok(values.iter().collect())
    }

    /// Texts of a column.
    ///
    /// # Errors
    /// As [`Table::counts`].
    pub fn texts(&self, name: &'static str) -> Result<Vec<Option<&str>>, MetricError> {
        let column = self.frame.column(name).map_err(|_| MetricError::Column(name))?;
        let values = column.str().map_err(|_| MetricError::Column(name))?;
        Ok(values.iter().collect())
    }

    /// Number of rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.frame.height()
    }
}

/// A text column.
pub(super) fn text(name: &str, values: Vec<&str>) -> Column {
    Column::new(name.into(), values)
}

/// Values of a column, without the detour over a boxed iterator.
fn values<T: PolarsNumericType>(column: &ChunkedArray<T>) -> Vec<Option<T::Native>> {
    let mut all = Vec::with_capacity(column.len());
    for array in column.downcast_iter() {
        let values = array.values().iter().copied();
        match array.validity() {
            None => all.extend(values.map(Some)),
            Some(known) => {
                all.extend(values.zip(known).map(|(value, known)| known.then_some(value)))
            }
        }
    }
    all
}

/// Unsigned numbers of a column of the ticket frame that may be unknown (a code).
pub(super) fn codes(
    frame: &DataFrame,
    name: &'static str,
) -> Result<Vec<Option<u32>>, MetricError> {
    let column = frame.column(name).map_err(|_| MetricError::Column(name))?;
    column.u32().map(values).map_err(|_| MetricError::Column(name))
}

/// Unsigned numbers of a column of the ticket frame that are always known (a code or a place).
pub(super) fn unsigned(frame: &DataFrame, name: &'static str) -> Result<Vec<u32>, MetricError> {
    Ok(codes(frame, name)?.into_iter().map(Option::unwrap_or_default).collect())
}

/// Signed numbers of a column of the ticket frame (a day, an hour, seconds).
pub(super) fn signed(
    frame: &DataFrame,
    name: &'static str,
) -> Result<Vec<Option<i32>>, MetricError> {
    let column = frame.column(name).map_err(|_| MetricError::Column(name))?;
    column.i32().map(values).map_err(|_| MetricError::Column(name))
}

/// Instants of a column of the ticket frame.
pub(super) fn instants(
    frame: &DataFrame,
    name: &'static str,
) -> Result<Vec<Option<i64>>, MetricError> {
    let column = frame.column(name).map_err(|_| MetricError::Column(name))?;
    column.i64().map(values).map_err(|_| MetricError::Column(name))
}

/// Truth values of a column of the ticket frame.
pub(super) fn flags(frame: &DataFrame, name: &'static str) -> Result<Vec<bool>, MetricError> {
    let column = frame.column(name).map_err(|_| MetricError::Column(name))?;
    let values = column.bool().map_err(|_| MetricError::Column(name))?;
    Ok(values.iter().map(|v| v == Some(true)).collect())
}

/// A share or a mean; null where the denominator is 0.
#[expect(clippy::cast_precision_loss, reason = "counts and sums of seconds stay far below 2^53")]
pub(super) fn ratio(numerator: i64, denominator: i64) -> Option<f64> {
    (denominator > 0).then(|| numerator as f64 / denominator as f64)
}
