//! Tickets that move from command to command: a table that any program can cut by its keys.

use std::io::Cursor;

use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, Series};
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter, StatisticsOptions};

use crate::ticket::Record;

use super::error::PartError;
use super::format::FORMAT;
use super::tickets::{GROUP, height, records, table};
use super::whole_numbers::{numbers, signed, texts, unsigned};

/// What all rows of a file say of themselves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marks<'a> {
    /// The file that they were made with.
    pub(crate) of: &'static str,
    /// Its digest.
    pub(crate) made_from: &'a str,
}

/// A ticket on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MovedRow {
    /// Of a fold, by its mark; bound for the join of a part.
    Partial { part: u16, fold: i64, record: Record },
    /// Bound for the tables of a location.
    Joined { place: String, record: Record },
}

impl MovedRow {
    fn record(&self) -> &Record {
        match self {
            Self::Partial { record, .. } | Self::Joined { record, .. } => record,
        }
    }
}

/// Encodes rows in the order in which they come. All are partial, or all are joined; `is_joined` says so of an empty table too.
///
/// # Errors
/// [`PartError`]: an internal error.
pub(crate) fn encode_moved(
    groups: impl Iterator<Item = Vec<MovedRow>>,
    is_joined: bool,
    marks: Marks<'_>,
) -> Result<Vec<u8>, PartError> {
    let mut bytes = Vec::new();
    let none = frame(&[], is_joined, marks)?;
    let mut writer = ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .with_statistics(StatisticsOptions::empty())
        .set_parallel(true)
        .batched(none.schema())?;
    for rows in groups.filter(|rows| !rows.is_empty()) {
        writer.write_batch(&frame(&rows, is_joined, marks)?)?;
    }
    writer.finish()?;
    drop(writer);
    Ok(bytes)
}

fn frame(rows: &[MovedRow], is_joined: bool, marks: Marks<'_>) -> Result<DataFrame, PartError> {
    let some: Vec<Record> = rows.iter().map(|row| row.record().clone()).collect();
    let mut columns: Vec<Column> = vec![
        Series::new("format".into(), vec![i64::from(FORMAT); rows.len()]).into_column(),
        Series::new("made_from".into(), vec![marks.made_from; rows.len()]).into_column(),
    ];
    if is_joined {
        let place = |row: &MovedRow| match row {
            MovedRow::Joined { place, .. } => Some(place.clone()),
            MovedRow::Partial { .. } => None,
        };
        let places: Vec<Option<String>> = rows.iter().map(place).collect();
        columns.push(Series::new("place".into(), places).into_column());
    } else {
        let keys = |row: &MovedRow| match row {
            MovedRow::Partial { part, fold, .. } => (Some(i64::from(*part)), Some(*fold)),
            MovedRow::Joined { .. } => (None, None),
        };
        let (parts, folds): (Vec<Option<i64>>, Vec<Option<i64>>) = rows.iter().map(keys).unzip();
        columns.push(Series::new("part".into(), parts).into_column());
        columns.push(Series::new("fold".into(), folds).into_column());
    }
    columns.extend(signed(table(&some)?)?.into_columns());
    Ok(DataFrame::new(rows.len(), columns)?)
}

/// Reads what [`encode_moved`] wrote, or what another program made of it, some rows at a time.
///
/// # Errors
/// [`PartError`] if the bytes are anything else, of another format, or made with another file; else what `each` returns.
pub(crate) fn decode_moved<E: From<PartError>>(
    bytes: &[u8],
    is_joined: bool,
    marks: Marks<'_>,
    mut each: impl FnMut(Vec<MovedRow>) -> Result<(), E>,
) -> Result<(), E> {
    let rows = height(bytes).map_err(PartError::from)?;
    for first in (0..rows.max(1)).step_by(GROUP) {
        let reader = ParquetReader::new(Cursor::new(bytes)).with_slice(Some((first, GROUP)));
        let found = reader.finish().map_err(PartError::from)?;
        each(rows_of(&found, is_joined, marks)?)?;
    }
    Ok(())
}

fn rows_of(
    found: &DataFrame,
    is_joined: bool,
    marks: Marks<'_>,
) -> Result<Vec<MovedRow>, PartError> {
    let column = |name: &str| found.column(name).map_err(PartError::from);
    judge(found, marks)?;
    let records = records(&unsigned(found, &table(&[])?)?)?;
    if is_joined {
        let places = texts(column("place")?)?.into_iter().zip(records);
        let row = |(place, record): (Option<String>, Record)| {
            Ok(MovedRow::Joined { place: place.ok_or(PartError::Lacks("place"))?, record })
        };
        return places.map(row).collect();
    }
    let keys = numbers(column("part")?)?.into_iter().zip(numbers(column("fold")?)?);
    let row = |((part, fold), record): ((Option<i64>, Option<i64>), Record)| {
        let part = part.and_then(|part| u16::try_from(part).ok());
        let part = part.ok_or(PartError::Lacks("part"))?;
        let fold = fold.ok_or(PartError::Lacks("fold"))?;
        Ok(MovedRow::Partial { part, fold, record })
    };
    keys.zip(records).map(row).collect()
}

/// Refuses rows of another format, or made with another file.
///
/// # Errors
/// [`PartError`].
pub(super) fn judge(found: &DataFrame, marks: Marks<'_>) -> Result<(), PartError> {
    let formats = numbers(found.column("format")?)?;
    if let Some(other) = formats.into_iter().find(|format| *format != Some(i64::from(FORMAT))) {
        return Err(PartError::Format(other.unwrap_or_default()));
    }
    let made_from = texts(found.column("made_from")?)?;
    if made_from.iter().any(|one| one.as_deref() != Some(marks.made_from)) {
        return Err(PartError::MadeFrom(marks.of));
    }
    Ok(())
}
