//! Whole numbers as every program can move them: signed, 64 bits. Larger ones keep their bits.

use polars::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, PolarsError, Series};

use super::error::PartError;

/// A table with its unsigned numbers made signed.
///
/// # Errors
/// What Polars reports: an internal error.
pub(super) fn signed(table: DataFrame) -> Result<DataFrame, PolarsError> {
    let height = table.height();
    let signed = |column: Column| {
        if column.dtype() == &DataType::UInt64 {
            let same_bits = |n: u64| i64::from_ne_bytes(n.to_ne_bytes());
            let numbers: Vec<Option<i64>> =
                column.u64()?.iter().map(|n| n.map(same_bits)).collect();
            Ok(Series::new(column.name().clone(), numbers).into_column())
        } else if column.dtype() == &DataType::UInt32 {
            column.cast(&DataType::Int64)
        } else {
            Ok(column)
        }
    };
    let columns: Result<Vec<Column>, PolarsError> =
        table.into_columns().into_iter().map(signed).collect();
    DataFrame::new(height, columns?)
}

/// What [`signed`] made signed, in the columns and types of an empty table of that kind. Other columns are left out.
///
/// # Errors
/// [`PartError`] if a column is missing or holds something else.
pub(super) fn unsigned(found: &DataFrame, like: &DataFrame) -> Result<DataFrame, PartError> {
    let mut columns = Vec::with_capacity(like.width());
    for wanted in like.columns() {
        let (name, column) = (wanted.name(), found.column(wanted.name())?);
        let dtype = wanted.dtype();
        columns.push(if dtype == &DataType::UInt64 {
            let same_bits = |n: i64| u64::from_ne_bytes(n.to_ne_bytes());
            let numbers: Vec<Option<u64>> =
                numbers(column)?.into_iter().map(|n| n.map(same_bits)).collect();
            Series::new(name.clone(), numbers).into_column()
        } else if dtype == &DataType::UInt32 {
            let small = |n: i64| u32::try_from(n).map_err(|_| PartError::Numbers(name.to_string()));
            let small: Result<Vec<Option<u32>>, PartError> =
                numbers(column)?.into_iter().map(|n| n.map(small).transpose()).collect();
            Series::new(name.clone(), small?).into_column()
        } else if dtype == &DataType::Int64 {
            Series::new(name.clone(), numbers(column)?).into_column()
        } else {
            Series::new(name.clone(), texts(column)?).into_column()
        });
    }
    Ok(DataFrame::new(found.height(), columns)?)
}

/// The whole numbers of a column.
///
/// # Errors
/// [`PartError`] if it holds anything else.
pub(super) fn numbers(column: &Column) -> Result<Vec<Option<i64>>, PartError> {
    let dtype = column.dtype();
    if dtype == &DataType::Null {
        // Of a column without any value, some programs do not know the type.
        return Ok(vec![None; column.len()]);
    }
    // Anything else, such as a number with a fraction, may have lost digits.
    if ![DataType::Int64, DataType::Int32, DataType::UInt32].contains(dtype) {
        return Err(PartError::Numbers(column.name().to_string()));
    }
    Ok(column.cast(&DataType::Int64)?.i64()?.iter().collect())
}

/// The texts of a column.
///
/// # Errors
/// [`PartError`] if it holds anything else.
pub(super) fn texts(column: &Column) -> Result<Vec<Option<String>>, PartError> {
    if column.dtype() == &DataType::Null {
        return Ok(vec![None; column.len()]);
    }
    Ok(column.str()?.iter().map(|text| text.map(str::to_owned)).collect())
}
