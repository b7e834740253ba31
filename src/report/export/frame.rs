//! Parquet and Arrow files, written some rows at a time.

use std::io::Write;

use polars::prelude::{
    BooleanChunked, Column as Series, CompatLevel, DataFrame, Int32Chunked, Int64Chunked,
    IntoSeries, NewChunkedArray, PolarsError, SchemaExt, StringChunkedBuilder, TimeUnit, TimeZone,
    UInt32Chunked,
};
use polars_io::SerWriter;
use polars_io::ipc::IpcWriter;
use polars_io::parquet::write::{
    KeyValueMetadata, ParquetWriter, StatisticsOptions, get_encodings,
};
use polars_parquet::write::{
    CompressedPage, CompressionOptions, ParquetType, Version, WriteOptions, ZstdLevel,
    array_to_columns, compress,
};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use crate::dataframe::Single;

use super::column::{Column, Kind, Value};
use super::row::Row;
use super::sheet::Sheet;

/// Rows that are written at a time: a row group of Parquet, a batch of Arrow.
const GROUP: usize = 1 << 16;

/// Rows whose tickets fit in a core's own cache.
const BLOCK: usize = 1 << 11;

/// How pages are written: in version 1 of the format, which everybody reads, and by the quick level of Zstandard, which packs
/// these columns a little better than its usual one.
fn options() -> Result<WriteOptions, PolarsError> {
    Ok(WriteOptions {
        statistics: StatisticsOptions::default(),
        version: Version::V1,
        compression: CompressionOptions::Zstd(Some(ZstdLevel::try_new(1)?)),
        data_page_size: None,
    })
}

/// Writes Apache Parquet: dates as dates, instants as UTC to the millisecond, ids as texts. The metadata of the file name the
/// meaning of each column, by its name. The columns of a row group are made, encoded and compressed side by side; Polars'
/// own writer compresses them one after the other.
///
/// # Errors
/// What Polars or the writer says.
pub fn to_parquet(sheet: &Sheet<'_>, out: &mut (dyn Write + Send)) -> Result<(), PolarsError> {
    let schema = batch(&sheet.columns, &[])?.schema().clone();
    let options = options()?;
    let encodings = get_encodings(&schema.to_arrow(CompatLevel::newest()));
    let mut writer = ParquetWriter::new(out)
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(
            sheet.columns.iter().map(|column| (column.name.to_owned(), told(column))).collect(),
        )))
        .batched(&schema)?;
    let types = writer.parquet_schema().fields().to_vec();
    batches(sheet, |rows| {
        let batch = batch(&sheet.columns, rows)?;
        let columns = batch.columns().par_iter().zip(&types).zip(encodings.as_ref());
        let pages = |((column, kind), encoding): ((&Series, &ParquetType), &Vec<_>)| {
            let array = column.as_materialized_series().to_arrow(0, CompatLevel::newest());
            let columns = array_to_columns(array, kind.clone(), options, encoding)?;
            let pages = columns.into_iter().flatten();
            let packed = pages.map(|page| Ok(compress(page?, Vec::new(), options.compression)?));
            packed.collect::<Result<Vec<CompressedPage>, PolarsError>>()
        };
        let group = columns.map(pages).collect::<Result<Vec<_>, PolarsError>>()?;
        writer.write_row_group(rows.len() as u64, &group)
    })?;
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
    batches(sheet, |rows| writer.write_batch(&batch(&sheet.columns, rows)?))?;
    writer.finish()
}

/// What a column means, with its unit where it has one.
fn told(column: &Column) -> String {
    match column.kind {
        Kind::Seconds => format!("{} Unit: seconds.", column.meaning),
        Kind::Instant => format!("{} UTC.", column.meaning),
        Kind::Text | Kind::Id | Kind::Date | Kind::Count | Kind::Truth => column.meaning.to_owned(),
    }
}

/// Takes the rows, some at a time.
fn batches(
    sheet: &Sheet<'_>,
    mut each: impl FnMut(&[Row<'_>]) -> Result<(), PolarsError>,
) -> Result<(), PolarsError> {
    let mut rows = sheet.rows();
    loop {
        let some: Vec<Row<'_>> = rows.by_ref().take(GROUP).collect();
        if some.is_empty() {
            return Ok(());
        }
        each(&some)?;
    }
}

/// A dataframe of some rows. The columns are made block by block from tickets that were brought near, because each of them
/// asks for every ticket, and in their order tickets lie anywhere.
fn batch(columns: &[&'static Column], rows: &[Row<'_>]) -> Result<DataFrame, PolarsError> {
    let block = |rows: &[Row<'_>]| {
        let near: Vec<Single> = rows.iter().map(|row| *row.ticket).collect();
        let rows: Vec<Row<'_>> =
            rows.iter().zip(&near).map(|(row, ticket)| Row { ticket, ..*row }).collect();
        let columns = columns.iter().map(|column| series(column, &rows)).collect();
        DataFrame::new(rows.len(), columns)
    };
    let blocks = rows.par_chunks(BLOCK).map(block).collect::<Result<Vec<_>, _>>()?;
    let mut whole = block(&[])?;
    for block in blocks {
        whole.vstack_mut_owned(block)?;
    }
    whole.rechunk_mut_par();
    Ok(whole)
}

fn series(column: &Column, rows: &[Row<'_>]) -> Series {
    let name = column.name.into();
    let values = rows.iter().map(|row| (column.of)(*row));
    match column.kind {
        Kind::Text | Kind::Id => {
            let mut texts = StringChunkedBuilder::new(name, rows.len());
            for value in values {
                match value {
                    Value::Text(text) => texts.append_value(text),
                    Value::Id(id) => texts.append_value(id.as_str()),
                    Value::Missing
                    | Value::Date(_)
                    | Value::Instant(_)
                    | Value::Count(_)
                    | Value::Truth(_) => texts.append_null(),
                }
            }
            texts.finish().into_series().into()
        }
        Kind::Date => {
            let day = |value| {
                if let Value::Date(date) = value { Some(date.to_epoch_days()) } else { None }
            };
            let days: Vec<Option<i32>> = values.map(day).collect();
            Int32Chunked::from_slice_options(name, &days).into_date().into_series().into()
        }
        Kind::Instant => {
            let at = |value| if let Value::Instant(at) = value { Some(at) } else { None };
            let instants: Vec<Option<i64>> = values.map(at).collect();
            Int64Chunked::from_slice_options(name, &instants)
                .into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC))
                .into_series()
                .into()
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
