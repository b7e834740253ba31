//! Stores joined tickets as Parquet, one file per period, for queuestat and anything else that reads Parquet.
//!
//! Rows are sorted and every option of the writer is set, so the same tickets always give the same bytes.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;

use foldhash::fast::RandomState;
use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, PolarsError, Series};
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter, StatisticsOptions};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::ticket::{Facts, OrderKey, Record};
use crate::webhook::{BookingTime, TicketId};

use super::claims;

/// Records written and read at a time.
pub(crate) const GROUP: usize = 1 << 16;
/// The two times of a slot; each has a column of instants and one of wall-clock times.
const SLOT: [&str; 2] = ["slot_start", "slot_end"];

/// Why the kept tickets of a period cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Polars cannot read or write it.
    #[error("it is not a table of tickets")]
    Polars(#[from] PolarsError),
    /// The JSON text of a ticket is not as expected.
    #[error("its column `claims` cannot be decoded")]
    Claims(#[from] serde_json::Error),
    /// A number is out of range.
    #[error("it holds a number that is too large")]
    TooLarge,
}

/// Encodes records in the order in which they come.
///
/// # Errors
/// [`TableError`]: an internal error.
pub fn encode(groups: impl Iterator<Item = Vec<Record>>) -> Result<Vec<u8>, TableError> {
    let mut bytes = Vec::new();
    let none = table(&[])?;
    let mut writer = ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .with_statistics(StatisticsOptions::empty())
        .set_parallel(true)
        .batched(none.schema())?;
    for records in groups {
        writer.write_batch(&table(&records)?)?;
    }
    writer.finish()?;
    drop(writer);
    Ok(bytes)
}

/// The table of some records.
pub(super) fn table(records: &[Record]) -> Result<DataFrame, TableError> {
    let mut columns: Vec<Column> = Vec::new();
    columns.push(column("organization", texts(records, |record| Some(&record.organization))));
    let id = |of: fn(TicketId) -> u64| records.iter().map(|r| of(r.id)).collect::<Vec<u64>>();
    columns.push(column("id_high", id(|id| halves(id).0)));
    columns.push(column("id_low", id(|id| halves(id).1)));
    let number = |of: fn(&Record) -> u32| records.iter().map(of).collect::<Vec<u32>>();
    columns.push(column("facts", number(|record| u32::from(record.facts.bits()))));
    columns.push(column("retries", number(|record| u32::from(record.retries))));
    columns.push(column("people", number(|record| u32::from(record.people))));
    columns.push(column("rating", number(|record| u32::from(record.rating))));
    for (at, name) in Record::TIMES.iter().enumerate() {
        let times: Vec<Option<i64>> =
            records.iter().map(|record| record.times.get(at).copied().flatten()).collect();
        columns.push(column(name, times));
    }
    for (at, name) in Record::TEXTS.iter().enumerate() {
        columns.push(column(name, texts(records, |record| record.texts.get(at)?.as_deref())));
    }
    for (at, name) in SLOT.iter().enumerate() {
        let slot = |record: &Record| record.slot.get(at).copied().flatten();
        let of = |wanted: fn(BookingTime) -> Option<i64>| -> Vec<Option<i64>> {
            records.iter().map(|record| slot(record).and_then(wanted)).collect()
        };
        columns.push(column(name, of(instant)));
        columns.push(column(&format!("{name}_wall"), of(wall_clock)));
    }
    // Most values of a ticket come from its newest line: their key is written once, with a bit for each such value.
    let heads: Vec<Option<OrderKey>> = records.iter().map(Record::head).collect();
    key_columns("head", &heads, &mut columns);
    let of_head = records.iter().zip(&heads).map(|(record, head)| {
        let mine = record.keys.iter().enumerate().filter(|(_, key)| key.is_some() && *key == head);
        mine.fold(0_u32, |fields, (at, _)| fields | 1 << at)
    });
    columns.push(column("of_head", of_head.collect::<Vec<u32>>()));
    for (at, name) in Record::KEYS.iter().enumerate() {
        let own = records.iter().zip(&heads).map(|(record, head)| {
            let key = record.keys.get(at).copied().flatten();
            key.filter(|key| Some(*key) != *head)
        });
        key_columns(name, &own.collect::<Vec<_>>(), &mut columns);
    }
    let hash = |record: &Record| (record.rating != 0).then_some(record.rating_hash);
    columns.push(column("rating_hash", records.iter().map(hash).collect::<Vec<_>>()));
    let also = |of: fn((u8, u32)) -> u32| -> Vec<Option<u32>> {
        records.iter().map(|record| record.also.map(of)).collect()
    };
    columns.push(column("also_fields", also(|(fields, _)| u32::from(fields))));
    columns.push(column("also_file", also(|(_, file)| file)));
    let claims: Result<Vec<_>, _> = records.iter().map(claims::encode).collect();
    columns.push(column("claims", claims?));
    columns.push(column("files", records.iter().map(files_text).collect::<Vec<_>>()));
    Ok(DataFrame::new(records.len(), columns)?)
}

/// The list of files of a ticket, `3 17`; `None` if it has none.
fn files_text(record: &Record) -> Option<String> {
    let numbers = record.files.iter().map(u32::to_string).collect::<Vec<_>>();
    (!numbers.is_empty()).then(|| numbers.join(" "))
}

/// What [`files_text`] wrote.
fn files_of(text: &str) -> Result<Vec<u32>, TableError> {
    text.split(' ').map(|number| number.parse().map_err(|_| TableError::TooLarge)).collect()
}

fn key_columns(name: &str, keys: &[Option<OrderKey>], columns: &mut Vec<Column>) {
    let numbers = |half: usize| -> Vec<Option<u64>> {
        let half = |key: &OrderKey| key.to_numbers().get(half).copied();
        keys.iter().map(|key| key.as_ref().and_then(half)).collect()
    };
    columns.push(column(&format!("{name}_key_time"), numbers(0)));
    columns.push(column(&format!("{name}_key_line"), numbers(1)));
}

fn texts<'r>(
    records: &'r [Record],
    text: impl Fn(&'r Record) -> Option<&'r str>,
) -> Vec<Option<&'r str>> {
    records.iter().map(text).collect()
}

/// Number of records in what [`encode`] wrote.
///
/// # Errors
/// [`TableError`] if the bytes are of another kind.
pub(crate) fn height(bytes: &[u8]) -> Result<usize, TableError> {
    Ok(ParquetReader::new(Cursor::new(bytes)).num_rows()?)
}

/// Reads what [`encode`] wrote, 65,536 records at a time, and hands them over in their order; the next ones are read
/// meanwhile.
///
/// # Errors
/// [`TableError`] if the bytes are anything else.
pub fn decode(bytes: &[u8], mut each: impl FnMut(Vec<Record>) + Send) -> Result<(), TableError> {
    let height = height(bytes)?;
    let group = |first: usize| -> Result<Vec<Record>, TableError> {
        if first >= height {
            return Ok(Vec::new());
        }
        let reader = ParquetReader::new(Cursor::new(bytes)).with_slice(Some((first, GROUP)));
        records(&reader.finish()?)
    };
    let mut some = group(0)?;
    for first in (0..height).step_by(GROUP) {
        let ((), next) = rayon::join(|| each(some), || group(first + GROUP));
        some = next?;
    }
    Ok(())
}

/// The records of a table.
pub(super) fn records(frame: &DataFrame) -> Result<Vec<Record>, TableError> {
    let mut shared: HashMap<String, Arc<str>, RandomState> = HashMap::default();
    let mut texts = |name: &str| -> Result<Vec<Option<Arc<str>>>, TableError> {
        let column = frame.column(name)?.str()?;
        Ok(column.iter().map(|text| text.map(|text| share(&mut shared, text))).collect())
    };
    let organizations = texts("organization")?;
    let names = four(Record::TEXTS, &mut texts)?;
    let numbers = |name: &str| -> Result<Vec<Option<u32>>, TableError> {
        Ok(frame.column(name)?.u32()?.iter().collect())
    };
    let (facts, retries) = (numbers("facts")?, numbers("retries")?);
    let (people, ratings) = (numbers("people")?, numbers("rating")?);
    let big = |name: &str| -> Result<Vec<Option<u64>>, TableError> {
        Ok(frame.column(name)?.u64()?.iter().collect())
    };
    let (high, low) = (big("id_high")?, big("id_low")?);
    let signed = |name: &str| -> Result<Vec<Option<i64>>, TableError> {
        Ok(frame.column(name)?.i64()?.iter().collect())
    };
    let times: Vec<_> = Record::TIMES.into_iter().map(signed).collect::<Result<_, _>>()?;
    let mut slots = Vec::new();
    for name in SLOT {
        slots.push((signed(name)?, signed(&format!("{name}_wall"))?));
    }
    let key = |name: &str| -> Result<Vec<Option<OrderKey>>, TableError> {
        let (time, line) = (big(&format!("{name}_key_time"))?, big(&format!("{name}_key_line"))?);
        let halves = time.into_iter().zip(line);
        let key = |(time, line): (Option<u64>, Option<u64>)| {
            time.zip(line).map(|(time, line)| OrderKey::of_numbers([time, line]))
        };
        Ok(halves.map(key).collect())
    };
    let (heads, of_head) = (key("head")?, numbers("of_head")?);
    let keys: Vec<_> = Record::KEYS.into_iter().map(key).collect::<Result<_, _>>()?;
    let hashes = big("rating_hash")?;
    let (also_fields, also_files) = (numbers("also_fields")?, numbers("also_file")?);
    let claims: Vec<Option<&str>> = frame.column("claims")?.str()?.iter().collect();
    let files: Vec<Option<&str>> = frame.column("files")?.str()?.iter().collect();
    let small = |column: &[Option<u32>], at: usize| {
        u16::try_from(cell(column, at).unwrap_or(0)).map_err(|_| TableError::TooLarge)
    };
    let record = |at: usize| {
        let mut record = Record {
            organization: cell(&organizations, at).unwrap_or_default(),
            id: whole([&high, &low].map(|half| cell(half, at).unwrap_or_default())),
            facts: Facts::of_bits(small(&facts, at)?),
            retries: small(&retries, at)?,
            times: Default::default(),
            texts: names.each_ref().map(|names| cell(names, at)),
            slot: Default::default(),
            people: small(&people, at)?,
            rating: u8::try_from(small(&ratings, at)?).map_err(|_| TableError::TooLarge)?,
            keys: Default::default(),
            rating_hash: cell(&hashes, at).unwrap_or(0),
            ratings: Vec::new(),
            also: None,
            claims: Vec::new(),
            starts: Vec::new(),
            creations: 0,
            files: cell(&files, at).map_or(Ok(Vec::new()), files_of)?,
        };
        if let (Some(fields), Some(file)) = (cell(&also_fields, at), cell(&also_files, at)) {
            let fields = u8::try_from(fields).map_err(|_| TableError::TooLarge)?;
            record.also = Some((fields, file));
        }
        if let Some(text) = cell(&claims, at) {
            claims::decode(text, &mut record)?;
        }
        for (time, column) in record.times.iter_mut().zip(&times) {
            *time = cell(column, at);
        }
        for (slot, (instants, walls)) in record.slot.iter_mut().zip(&slots) {
            let wall = cell(walls, at).map(BookingTime::WallClock);
            *slot = cell(instants, at).map(BookingTime::Instant).or(wall);
        }
        let (head, of_head) = (cell(&heads, at), cell(&of_head, at).unwrap_or(0));
        for (field, (key, own)) in record.keys.iter_mut().zip(&keys).enumerate() {
            *key = cell(own, at).or(head.filter(|_| of_head & 1 << field != 0));
        }
        Ok(record)
    };
    (0..frame.height()).into_par_iter().map(record).collect()
}

fn cell<T: Clone>(column: &[Option<T>], at: usize) -> Option<T> {
    column.get(at).cloned().flatten()
}

fn column<T, P: ?Sized>(name: &str, values: T) -> Column
where
    Series: NamedFrom<T, P>,
{
    Series::new(name.into(), values).into_column()
}

fn four<T>(
    names: [&str; 4],
    mut of: impl FnMut(&str) -> Result<T, TableError>,
) -> Result<[T; 4], TableError> {
    let [a, b, c, d] = names;
    Ok([of(a)?, of(b)?, of(c)?, of(d)?])
}

/// Many rows share few texts: each is held once.
fn share(shared: &mut HashMap<String, Arc<str>, RandomState>, text: &str) -> Arc<str> {
    if let Some(known) = shared.get(text) {
        return Arc::clone(known);
    }
    let new: Arc<str> = text.into();
    shared.insert(text.to_owned(), Arc::clone(&new));
    new
}

fn instant(time: BookingTime) -> Option<i64> {
    match time {
        BookingTime::Instant(at) => Some(at),
        BookingTime::WallClock(_) => None,
    }
}

fn wall_clock(time: BookingTime) -> Option<i64> {
    match time {
        BookingTime::Instant(_) => None,
        BookingTime::WallClock(at) => Some(at),
    }
}

fn halves(id: TicketId) -> (u64, u64) {
    let whole = u128::from_be_bytes(id.0);
    let half = |n: u128| u64::try_from(n & u128::from(u64::MAX)).unwrap_or(0);
    (half(whole >> 64), half(whole))
}

fn whole([high, low]: [u64; 2]) -> TicketId {
    TicketId((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
}
