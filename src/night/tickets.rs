//! Joined tickets as Parquet, one part a month: what can be read by queuestat, and by anything else that reads Parquet.
//!
//! Rows are sorted and the writer is told
//! everything it could choose, so the same tickets are the same bytes.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::sync::Arc;

use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, PolarsError, Series};
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter, StatisticsOptions};

use crate::ticket::{Facts, OrderKey, Record};
use crate::webhook::{BookingTime, TicketId};

/// Rows of a row group.
const GROUP: usize = 1 << 16;
/// Names of the two times of a slot; each has a column of instants and one of wall clocks.
const SLOT: [&str; 2] = ["slot_start", "slot_end"];

/// A part of the kept tickets that cannot be read, although its bytes are those that were written.
#[derive(Debug, thiserror::Error)]
pub enum MonthError {
    /// Polars refuses.
    #[error("it is no table of tickets")]
    Polars(#[from] PolarsError),
    /// A number is larger than it can be.
    #[error("it holds a number that is too large")]
    TooLarge,
}

/// Writes records, sorted by organization and id.
///
/// # Errors
/// Whatever Polars says; a fault of the program.
pub fn encode(records: &[Record]) -> Result<Vec<u8>, MonthError> {
    let mut columns: Vec<Column> = Vec::new();
    let text = |of: &dyn Fn(&Record) -> Option<&str>| -> Vec<Option<String>> {
        records.iter().map(|record| of(record).map(str::to_owned)).collect()
    };
    columns.push(column("organization", text(&|record| Some(&record.organization))));
    let id = |of: fn(TicketId) -> u64| records.iter().map(|r| of(r.id)).collect::<Vec<u64>>();
    columns.push(column("id_high", id(|id| halves(id).0)));
    columns.push(column("id_low", id(|id| halves(id).1)));
    let number = |of: fn(&Record) -> u32| records.iter().map(|r| of(r)).collect::<Vec<u32>>();
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
        let texts = text(&|record| record.texts.get(at).and_then(Option::as_deref));
        columns.push(column(name, texts));
    }
    for (at, name) in SLOT.iter().enumerate() {
        let slot = |record: &Record| record.slot.get(at).copied().flatten();
        let of = |wanted: fn(BookingTime) -> Option<i64>| -> Vec<Option<i64>> {
            records.iter().map(|record| slot(record).and_then(wanted)).collect()
        };
        columns.push(column(name, of(instant)));
        columns.push(column(&format!("{name}_wall"), of(wall_clock)));
    }
    for (at, name) in Record::KEYS.iter().enumerate() {
        let keys = records.iter().map(|record| record.keys.get(at).copied().flatten());
        let (time, line): (Vec<Option<u64>>, Vec<Option<u64>>) = keys
            .map(|key| match key.map(OrderKey::to_numbers) {
                Some([time, line]) => (Some(time), Some(line)),
                None => (None, None),
            })
            .unzip();
        columns.push(column(&format!("{name}_key_time"), time));
        columns.push(column(&format!("{name}_key_line"), line));
    }
    let mut frame = DataFrame::new(records.len(), columns)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .with_statistics(StatisticsOptions::default())
        .with_row_group_size(Some(GROUP))
        .set_parallel(false)
        .finish(&mut frame)?;
    Ok(bytes)
}

/// Reads what [`encode`] wrote.
///
/// # Errors
/// [`MonthError`] if the bytes are of another kind.
pub fn decode(bytes: &[u8]) -> Result<Vec<Record>, MonthError> {
    let frame = ParquetReader::new(Cursor::new(bytes)).finish()?;
    let mut shared = BTreeSet::new();
    let mut texts = |name: &str| -> Result<std::vec::IntoIter<Option<Arc<str>>>, MonthError> {
        let column = frame.column(name)?.str()?;
        let texts: Vec<_> = column.iter().map(|text| text.map(|t| share(&mut shared, t))).collect();
        Ok(texts.into_iter())
    };
    let mut organizations = texts("organization")?;
    let [mut location, mut queue, mut ticket_type, mut category] = four(Record::TEXTS, &mut texts)?;
    let numbers = |name: &str| -> Result<std::vec::IntoIter<u32>, MonthError> {
        let column = frame.column(name)?.u32()?;
        Ok(column.iter().map(Option::unwrap_or_default).collect::<Vec<_>>().into_iter())
    };
    let (mut facts, mut retries) = (numbers("facts")?, numbers("retries")?);
    let (mut people, mut ratings) = (numbers("people")?, numbers("rating")?);
    let big = |name: &str| -> Result<std::vec::IntoIter<Option<u64>>, MonthError> {
        Ok(frame.column(name)?.u64()?.iter().collect::<Vec<_>>().into_iter())
    };
    let (mut high, mut low) = (big("id_high")?, big("id_low")?);
    let signed = |name: &str| -> Result<std::vec::IntoIter<Option<i64>>, MonthError> {
        Ok(frame.column(name)?.i64()?.iter().collect::<Vec<_>>().into_iter())
    };
    let mut times = Vec::new();
    for name in Record::TIMES {
        times.push(signed(name)?);
    }
    let mut slots = Vec::new();
    for name in SLOT {
        slots.push((signed(name)?, signed(&format!("{name}_wall"))?));
    }
    let mut keys = Vec::new();
    for name in Record::KEYS {
        keys.push((big(&format!("{name}_key_time"))?, big(&format!("{name}_key_line"))?));
    }
    let small = |n: Option<u32>| u16::try_from(n.unwrap_or(0)).map_err(|_| MonthError::TooLarge);
    let mut records = Vec::with_capacity(frame.height());
    for _ in 0..frame.height() {
        let mut record = Record {
            organization: organizations.next().flatten().unwrap_or_default(),
            id: whole([high.next().flatten(), low.next().flatten()].map(Option::unwrap_or_default)),
            facts: Facts::of_bits(small(facts.next())?),
            retries: small(retries.next())?,
            times: Default::default(),
            texts: [
                location.next().flatten(),
                queue.next().flatten(),
                ticket_type.next().flatten(),
                category.next().flatten(),
            ],
            slot: Default::default(),
            people: small(people.next())?,
            rating: u8::try_from(small(ratings.next())?).map_err(|_| MonthError::TooLarge)?,
            keys: Default::default(),
        };
        for (time, column) in record.times.iter_mut().zip(&mut times) {
            *time = column.next().flatten();
        }
        for (slot, (instants, walls)) in record.slot.iter_mut().zip(&mut slots) {
            let wall = walls.next().flatten().map(BookingTime::WallClock);
            *slot = instants.next().flatten().map(BookingTime::Instant).or(wall);
        }
        for (key, (time, line)) in record.keys.iter_mut().zip(&mut keys) {
            let numbers = (time.next().flatten(), line.next().flatten());
            *key = match numbers {
                (Some(time), Some(line)) => Some(OrderKey::of_numbers([time, line])),
                _ => None,
            };
        }
        records.push(record);
    }
    Ok(records)
}

fn column<T, P: ?Sized>(name: &str, values: T) -> Column
where
    Series: NamedFrom<T, P>,
{
    Series::new(name.into(), values).into_column()
}

fn four<T>(
    names: [&str; 4],
    mut of: impl FnMut(&str) -> Result<T, MonthError>,
) -> Result<[T; 4], MonthError> {
    let [a, b, c, d] = names;
    Ok([of(a)?, of(b)?, of(c)?, of(d)?])
}

/// Few texts stand in many rows: each is kept once.
fn share(shared: &mut BTreeSet<Arc<str>>, text: &str) -> Arc<str> {
    if let Some(known) = shared.get(text) {
        return Arc::clone(known);
    }
    let new: Arc<str> = text.into();
    shared.insert(Arc::clone(&new));
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
