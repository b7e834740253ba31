//! The list of files to fold, as a table that any program can cut.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use polars::prelude::{DataFrame, IntoColumn, NamedFrom, Series};
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter, StatisticsOptions};

use crate::archive::{Candidate, Holder, Holders, Listed, Place};

use super::error::PartError;
use super::format::FORMAT;
use super::moved::{Marks, judge};
use super::whole_numbers::{numbers, texts};

/// Encodes files with their numbers in file order. Standard input, members that are open already and paths that are no text cannot
/// be written down, and are left out.
///
/// # Errors
/// [`PartError`]: an internal error.
pub fn encode_files(files: &[(u32, Candidate)], made_from: &str) -> Result<Vec<u8>, PartError> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (number, file) in files {
        let member = match &file.place {
            Place::File(_) | Place::Object(_) => None,
            Place::Member { number, container_bytes, .. } => Some((*number, *container_bytes)),
            Place::StandardInput | Place::Opened(_) => continue,
        };
        let Some(path) = file.holder().and_then(|holder| holder.text()) else { continue };
        rows.push(Row { number: *number, file, path, member });
    }
    // Members of one container are neighbours in the list of those that have the same path.
    let number = |of: fn(&Row<'_>) -> Option<i64>| rows.iter().map(of).collect::<Vec<_>>();
    let text = |of: fn(&Row<'_>) -> String| rows.iter().map(of).collect::<Vec<_>>();
    let tags: Vec<Option<&str>> = rows.iter().map(|row| row.file.tag()).collect();
    let columns = vec![
        Series::new("format".into(), vec![i64::from(FORMAT); rows.len()]).into_column(),
        Series::new("made_from".into(), vec![made_from; rows.len()]).into_column(),
        Series::new("number".into(), number(|row| Some(row.number.into()))).into_column(),
        Series::new("name".into(), text(|row| row.file.name.clone())).into_column(),
        Series::new("path".into(), text(|row| row.path.clone())).into_column(),
        Series::new("member".into(), number(|row| whole(row.member?.0))).into_column(),
        Series::new("container_bytes".into(), number(|row| whole(row.member?.1))).into_column(),
        Series::new("bytes".into(), number(|row| whole(row.file.bytes))).into_column(),
        Series::new("modified_ms".into(), number(|row| row.file.modified_ms)).into_column(),
        Series::new("tag".into(), tags).into_column(),
    ];
    let mut table = DataFrame::new(rows.len(), columns)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .with_statistics(StatisticsOptions::empty())
        .finish(&mut table)?;
    Ok(bytes)
}

struct Row<'a> {
    number: u32,
    file: &'a Candidate,
    path: String,
    /// Index of the member, and size of its container.
    member: Option<(u64, u64)>,
}

fn whole(number: u64) -> Option<i64> {
    i64::try_from(number).ok()
}

/// Decodes what [`encode_files`] wrote, or some rows of it. Nobody waits for a store any more once `stop` is true.
///
/// # Errors
/// [`PartError`] if the bytes are anything else, of another format, or of another list.
pub fn decode_files(
    bytes: &[u8],
    made_from: &str,
    stop: &Arc<AtomicBool>,
) -> Result<Vec<(u32, Candidate)>, PartError> {
    let found = ParquetReader::new(Cursor::new(bytes)).finish()?;
    judge(&found, Marks { of: "list.json", made_from })?;
    let number = |name: &str| numbers(found.column(name)?);
    let text = |name: &str| texts(found.column(name)?);
    let (names, paths, tags) = (text("name")?, text("path")?, text("tag")?);
    let (listed, members, modified) =
        (number("number")?, number("member")?, number("modified_ms")?);
    let (sizes, containers) = (number("bytes")?, number("container_bytes")?);
    let mut holders = Holders::new(Arc::clone(stop));
    let file = |at: usize| {
        let get = |column: &[Option<i64>]| column.get(at).copied().flatten();
        let size = |column: &[Option<i64>]| get(column).and_then(|n| u64::try_from(n).ok());
        let of = |column: &[Option<String>]| column.get(at).cloned().flatten();
        let bytes = size(&sizes).ok_or(PartError::Lacks("bytes"))?;
        let held = size(&containers);
        let (modified_ms, tag) = (get(&modified), of(&tags));
        let text = of(&paths).ok_or(PartError::Lacks("path"))?;
        let known = Listed { bytes: held.unwrap_or(bytes), modified_ms, tag };
        let holder = holders.at(text.clone(), known);
        let holder =
            holder.map_err(|trouble| PartError::Store { at: text, why: trouble.to_string() })?;
        let place = match (size(&members), holder) {
            (Some(number), container) => Place::Member {
                container,
                number,
                container_bytes: held.ok_or(PartError::Lacks("container_bytes"))?,
            },
            (None, Holder::File(path)) => Place::File(path),
            (None, Holder::Object(object)) => Place::Object(object),
        };
        let number = get(&listed).and_then(|number| u32::try_from(number).ok());
        let candidate = Candidate {
            name: of(&names).ok_or(PartError::Lacks("name"))?,
            place,
            bytes,
            modified_ms,
        };
        Ok((number.ok_or(PartError::Lacks("number"))?, candidate))
    };
    (0..found.height()).map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_back_as_they_were_and_other_lists_are_refused() {
        let file = |name: &str, place, modified_ms| Candidate {
            name: name.into(),
            place,
            bytes: 7,
            modified_ms,
        };
        let member = Place::Member {
            container: Holder::File("/a/b.tar".into()),
            number: 3,
            container_bytes: 1 << 40,
        };
        let files = vec![
            (4, file("b.jsonl", Place::File("/a/b.jsonl".into()), Some(5))),
            (9, file("b.tar!/c", member, None)),
        ];
        let bytes = encode_files(&files, "one").unwrap();
        assert_eq!(decode_files(&bytes, "one", &Arc::default()).unwrap(), files);
        assert!(matches!(
            decode_files(&bytes, "two", &Arc::default()),
            Err(PartError::MadeFrom("list.json"))
        ));
        assert!(decode_files(b"PAR1", "one", &Arc::default()).is_err());
    }
}
