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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of<T, P: ?Sized>(name: &str, values: T) -> Column
    where
        Series: NamedFrom<T, P>,
    {
        Series::new(name.into(), values).into_column()
    }

    proptest! {
        /// Every number comes back, also when another program has made small ones of those that fit.
        #[test]
        fn numbers_keep_their_bits(rows in prop::collection::vec(
            (prop::option::of(any::<u64>()), prop::option::of(0_u32..1 << 31), prop::option::of(any::<i64>())),
            0..20,
        )) {
            let (large, small, signs): (Vec<_>, Vec<_>, Vec<_>) = {
                let (a, (b, c)): (Vec<_>, (Vec<_>, Vec<_>)) =
                    rows.iter().map(|(a, b, c)| (*a, (*b, *c))).unzip();
                (a, b, c)
            };
            let columns = vec![of("a", large), of("b", small), of("c", signs)];
            let table = DataFrame::new(rows.len(), columns).unwrap();
            let like = table.head(Some(0));
            let mut moved = signed(table.clone()).unwrap();
            prop_assert!(moved.columns().iter().all(|c| c.dtype() == &DataType::Int64));
            prop_assert!(unsigned(&moved, &like).unwrap().equals_missing(&table));
            let narrow = moved.column("b").unwrap().cast(&DataType::Int32).unwrap();
            moved.with_column(narrow).unwrap();
            prop_assert!(unsigned(&moved, &like).unwrap().equals_missing(&table));
        }
    }

    #[test]
    fn numbers_with_a_fraction_and_those_out_of_range_are_refused() {
        let like = DataFrame::new(0, vec![of("n", Vec::<u32>::new())]).unwrap();
        let table = |column: Column| DataFrame::new(1, vec![column]).unwrap();
        assert!(unsigned(&table(of("n", vec![7_i64])), &like).is_ok());
        for bad in [of("n", vec![7.0_f64]), of("n", vec![-1_i64]), of("n", vec![1_i64 << 32])] {
            let refused = unsigned(&table(bad), &like);
            assert!(matches!(refused, Err(PartError::Numbers(name)) if name == "n"));
        }
        assert!(matches!(unsigned(&table(of("m", vec![7_i64])), &like), Err(PartError::Polars(_))));
        let empty = Series::full_null("n".into(), 1, &DataType::Null).into_column();
        let found = unsigned(&table(empty), &like).unwrap();
        assert_eq!(found.column("n").unwrap().null_count(), 1);
    }
}
