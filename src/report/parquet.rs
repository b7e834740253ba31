//! Tables as Apache Parquet: the columns of the CSV with their types.

use polars::prelude::{
    BooleanChunked, Column, DataFrame, Float64Chunked, Int32Chunked, IntoSeries, NewChunkedArray,
    StringChunked, UInt64Chunked,
};
use polars_io::parquet::write::{KeyValueMetadata, ParquetCompression, ParquetWriter};

use crate::dataframe::FrameError;
use crate::metric::{Cell, Definition, Kind, Table, definition};

/// The values of a column as they come.
enum Values {
    Texts(Vec<Option<String>>),
    /// Days since 1970.
    Dates(Vec<Option<i32>>),
    Counts(Vec<Option<u64>>),
    Numbers(Vec<Option<f64>>),
    Truths(Vec<Option<bool>>),
}

impl Values {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Texts(Vec::new()),
            Kind::Date => Self::Dates(Vec::new()),
            Kind::Count => Self::Counts(Vec::new()),
            Kind::Share | Kind::Mean | Kind::Seconds | Kind::Amount => Self::Numbers(Vec::new()),
            Kind::Truth => Self::Truths(Vec::new()),
        }
    }

    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Texts(all), Cell::Text(text)) => all.push(Some(text.to_owned())),
            (Self::Texts(all), _) => all.push(None),
            (Self::Dates(all), Cell::Date(date)) => all.push(Some(date.to_epoch_days())),
            (Self::Dates(all), _) => all.push(None),
            (Self::Counts(all), Cell::Count(count)) => all.push(Some(count)),
            (Self::Counts(all), _) => all.push(None),
            (Self::Numbers(all), Cell::Number(number) | Cell::Seconds(number)) => {
                all.push(Some(number));
            }
            #[expect(clippy::cast_precision_loss, reason = "differences of counts of tickets")]
            (Self::Numbers(all), Cell::Whole(number)) => all.push(Some(number as f64)),
            (Self::Numbers(all), _) => all.push(None),
            (Self::Truths(all), Cell::Truth(holds)) => all.push(Some(holds)),
            (Self::Truths(all), _) => all.push(None),
        }
    }

    fn column(self, name: &str) -> Column {
        let name = name.into();
        match self {
            Self::Texts(all) => StringChunked::from_slice_options(name, &all).into_series().into(),
            Self::Dates(all) => {
                Int32Chunked::from_slice_options(name, &all).into_date().into_series().into()
            }
            Self::Counts(all) => UInt64Chunked::from_slice_options(name, &all).into_series().into(),
            Self::Numbers(all) => {
                Float64Chunked::from_slice_options(name, &all).into_series().into()
            }
            Self::Truths(all) => {
                BooleanChunked::from_slice_options(name, &all).into_series().into()
            }
        }
    }
}

/// Renders a table as a Parquet file. Dates are dates, texts are as archived, not made inert for spreadsheets; numbers are not rounded. The
/// metadata of the file name the unit and the meaning of each column that has any, by its name.
///
/// # Errors
/// [`FrameError::Polars`] if Polars cannot write it.
pub fn to_parquet(table: &Table<'_>) -> Result<Vec<u8>, FrameError> {
    let mut values: Vec<Values> = table.columns.iter().map(|(_, kind)| Values::of(*kind)).collect();
    table.rows(&mut |row| {
        for (values, cell) in values.iter_mut().zip(row) {
            values.push(*cell);
        }
    });
    let columns = table.columns.iter().zip(values).map(|((name, _), values)| values.column(name));
    let mut frame = DataFrame::new_infer_height(columns.collect())?;
    let defined = table.columns.iter().filter_map(|(name, _)| {
        let Definition { unit, meaning } = definition(table.file, name)?;
        let unit = if unit.is_empty() { String::new() } else { format!(" Unit: {unit}.") };
        Some(((*name).to_owned(), format!("{meaning}{unit}")))
    });
    let about = KeyValueMetadata::from_static(defined.collect());
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Snappy)
        .with_key_value_metadata(Some(about))
        .finish(&mut frame)?;
    Ok(bytes)
}
