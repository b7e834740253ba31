//! Parquet and Arrow files, written some rows at a time.

use std::io::Write;

use polars::prelude::{
    BooleanChunked, Column as Series, CompatLevel, DataFrame, IntoSeries, NewChunkedArray,
    PolarsError, StringChunkedBuilder, UInt32Chunked,
};
use polars_io::SerWriter;
use polars_io::ipc::IpcWriter;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter, StatisticsOptions};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::column::{Column, Kind, Value};
use super::row::Row;
use super::sheet::Sheet;
use super::text::instant_text;

/// Rows that are written at a time: a row group of Parquet, a batch of Arrow.
const GROUP: usize = 1 << 16;

/// Writes Apache Parquet. Ids, dates and instants are texts (ISO 8601), because the dataframe here has no temporal types.
///
/// # Errors
/// What Polars or the writer says.
pub fn to_parquet(sheet: &Sheet<'_>, out: &mut (dyn Write + Send)) -> Result<(), PolarsError> {
    let schema = batch(&sheet.columns, &[])?.schema().clone();
    let mut writer = ParquetWriter::new(out)
        .with_compression(ParquetCompression::Zstd(None))
        .with_statistics(StatisticsOptions::default())
        .set_parallel(true)
        .batched(&schema)?;
    batches(sheet, |batch| writer.write_batch(batch))?;
    writer.finish().map(|_| ())
}

/// Writes an Arrow file (IPC, Feather version 2) that every version of Arrow reads.
///
/// # Errors
/// What Polars or the writer says.
pub fn to_arrow(sheet: &Sheet<'_>, out: &mut (dyn Write + Send)) -> Result<(), PolarsError> {
    let schema = batch(&sheet.columns, &[])?.schema().clone();
    // No column is a dictionary.
    let fields = sheet.columns.iter().map(|_| Default::default()).collect();
    let mut writer =
        IpcWriter::new(out).with_compat_level(CompatLevel::oldest()).batched(&schema, fields)?;
    batches(sheet, |batch| writer.write_batch(batch))?;
    writer.finish()
}

/// Makes the rows into dataframes, some at a time.
fn batches(
    sheet: &Sheet<'_>,
    mut each: impl FnMut(&DataFrame) -> Result<(), PolarsError>,
) -> Result<(), PolarsError> {
    let mut rows = sheet.rows();
    loop {
        let some: Vec<Row<'_>> = rows.by_ref().take(GROUP).collect();
        if some.is_empty() {
            return Ok(());
        }
        each(&batch(&sheet.columns, &some)?)?;
    }
}

fn batch(columns: &[&'static Column], rows: &[Row<'_>]) -> Result<DataFrame, PolarsError> {
    let columns = columns.par_iter().map(|column| series(column, rows)).collect();
    DataFrame::new(rows.len(), columns)
}

fn series(column: &Column, rows: &[Row<'_>]) -> Series {
    let name = column.name.into();
    let values = rows.iter().map(|row| (column.of)(*row));
    match column.kind {
        Kind::Text | Kind::Id | Kind::Date | Kind::Instant => {
            let mut texts = StringChunkedBuilder::new(name, rows.len());
            for value in values {
                match value {
                    Value::Text(text) => texts.append_value(text),
                    Value::Id(id) => texts.append_value(id.as_str()),
                    Value::Date(date) => texts.append_value(date.to_string()),
                    Value::Instant(at) => texts.append_value(instant_text(at)),
                    Value::Missing | Value::Count(_) | Value::Truth(_) => texts.append_null(),
                }
            }
            texts.finish().into_series().into()
        }
        Kind::Count | Kind::Seconds => {
            let count = |value| if let Value::Count(count) = value { Some(count) } else { None };
            let counts: Vec<Option<u32>> = values.map(count).collect();
            UInt32Chunked::from_slice_options(name, &counts).into_series().into()
        }
        Kind::Truth => {
            let truth = |value| if let Value::Truth(holds) = value { Some(holds) } else { None };
            let truths: Vec<Option<bool>> = values.map(truth).collect();
            BooleanChunked::from_slice_options(name, &truths).into_series().into()
        }
    }
}
