//! What a metric returns: a frame with the columns of its CSV file, and how each is printed.

use polars::prelude::{
    ChunkedArray, Column, DataFrame, Int32Type, Int64Type, PolarsError, PolarsNumericType,
    PolarsResult, UInt32Type,
};

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
    pub(super) fn places(
        self,
        tickets: &TicketFrame,
    ) -> Result<impl Iterator<Item = u32>, MetricError> {
        let places = unsigned(&tickets.rows, column::PLACE)?.known();
        Ok(places.map(move |place| if self == Self::Location { place } else { 0 }))
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

/// A column of the ticket frame, read in place: a copy would take eight bytes or more a ticket.
#[derive(Debug)]
pub(super) struct InPlace<'a, T: PolarsNumericType>(&'a ChunkedArray<T>);

impl<'a, T: PolarsNumericType> InPlace<'a, T> {
    fn of(
        frame: &'a DataFrame,
        name: &'static str,
        typed: impl Fn(&'a Column) -> PolarsResult<&'a ChunkedArray<T>>,
    ) -> Result<Self, MetricError> {
        frame.column(name).and_then(typed).map(Self).map_err(|_| MetricError::Column(name))
    }

    /// The values, row by row.
    pub(super) fn iter(&self) -> impl Iterator<Item = Option<T::Native>> + use<'a, T> {
        self.0.downcast_iter().flat_map(|array| array.iter().map(|value| value.copied()))
    }

    /// The values of a column without unknown ones.
    pub(super) fn known(&self) -> impl Iterator<Item = T::Native> + use<'a, T> {
        self.iter().map(Option::unwrap_or_default)
    }
}

/// Unsigned numbers of a column of the ticket frame (a code or a place).
pub(super) fn unsigned<'a>(
    frame: &'a DataFrame,
    name: &'static str,
) -> Result<InPlace<'a, UInt32Type>, MetricError> {
    InPlace::of(frame, name, Column::u32)
}

/// Signed numbers of a column of the ticket frame (a day, an hour, seconds).
pub(super) fn signed<'a>(
    frame: &'a DataFrame,
    name: &'static str,
) -> Result<InPlace<'a, Int32Type>, MetricError> {
    InPlace::of(frame, name, Column::i32)
}

/// Instants of a column of the ticket frame.
pub(super) fn instants<'a>(
    frame: &'a DataFrame,
    name: &'static str,
) -> Result<InPlace<'a, Int64Type>, MetricError> {
    InPlace::of(frame, name, Column::i64)
}

/// Truth values of a column of the ticket frame.
pub(super) fn flags<'a>(
    frame: &'a DataFrame,
    name: &'static str,
) -> Result<impl Iterator<Item = bool> + 'a, MetricError> {
    let column = frame.column(name).map_err(|_| MetricError::Column(name))?;
    let values = column.bool().map_err(|_| MetricError::Column(name))?;
    let chunks = values.downcast_iter();
    Ok(chunks.flat_map(|array| array.iter().map(|value| value == Some(true))))
}

/// A share or a mean; null where the denominator is 0.
#[expect(clippy::cast_precision_loss, reason = "counts and sums of seconds stay far below 2^53")]
pub(super) fn ratio(numerator: i64, denominator: i64) -> Option<f64> {
    (denominator > 0).then(|| numerator as f64 / denominator as f64)
}
