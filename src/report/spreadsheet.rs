//! What all workbooks share: how a text, a date and an instant become cells, and what makes the bytes the same every time.

use chrono::NaiveDate;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Note, Workbook, Worksheet, XlsxError};

use super::text::one_line;

/// Rows that a sheet holds below its header.
pub const MOST_ROWS: usize = 1_048_575;
/// How a date is shown.
pub(super) const DATE: &str = "yyyy-mm-dd";
/// Length of the longest text that a cell holds, in units of UTF-16.
const LONGEST: usize = 32_767;
/// The number of 1970-01-01 in a workbook, which counts days.
const DAY_1970: f64 = 25_569.0;
/// The first day whose number all spreadsheets agree on: before it, some count a 29 February 1900.
const DAY_1900: f64 = 61.0;
/// The last day that spreadsheets know, 9999-12-31.
const DAY_9999: f64 = 2_958_465.0;

/// A workbook without sheets. The same sheets give the same bytes whenever they are written.
///
/// # Errors
/// What the library says.
pub(super) fn workbook() -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    Ok(workbook)
}

/// A cell by its row and column, both from 0.
pub(super) type Place = (u32, u16);

/// Writes a text as such, on one line: it is never a formula or a link. It is cut to what a cell holds.
///
/// # Errors
/// What the library says.
pub(super) fn write_text(
    page: &mut Worksheet,
    (row, column): Place,
    text: &str,
    format: Option<&Format>,
) -> Result<(), XlsxError> {
    let text = one_line(text);
    let text = fitting(&text);
    match format {
        Some(format) => page.write_string_with_format(row, column, text, format)?,
        None => page.write_string(row, column, text)?,
    };
    Ok(())
}

/// As much of a text as a cell holds.
fn fitting(text: &str) -> &str {
    let mut units = 0;
    let too_long = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > LONGEST
    });
    too_long.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// Writes a date; one that spreadsheets do not know is written as a text.
///
/// # Errors
/// What the library says.
pub(super) fn write_date(
    page: &mut Worksheet,
    place: Place,
    date: NaiveDate,
    format: &Format,
) -> Result<(), XlsxError> {
    let number = f64::from(date.to_epoch_days()) + DAY_1970;
    if !(DAY_1900..=DAY_9999).contains(&number) {
        return write_text(page, place, &date.to_string(), None);
    }
    page.write_number_with_format(place.0, place.1, number, format).map(|_| ())
}

/// The number of an instant (milliseconds since 1970) in a workbook.
pub(super) fn number_of(ms: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 for a hundred thousand years")]
    let days = ms as f64 / 86_400_000.0;
    days + DAY_1970
}

/// Writes the header of a column: its name, and what it means as a note.
///
/// # Errors
/// What the library says.
pub(super) fn write_header(
    page: &mut Worksheet,
    (row, column): Place,
    (name, meaning): (&str, &str),
    format: &Format,
) -> Result<(), XlsxError> {
    page.write_string_with_format(row, column, name, format)?;
    // Wide enough for a line of a sentence, and high enough for all of them.
    let lines: usize = meaning.lines().map(|line| 1 + line.chars().count() / 45).sum();
    let height = 30 + 18 * u32::try_from(lines).unwrap_or(0);
    let note = Note::new(meaning).set_author("queuestat").add_author_prefix(false);
    page.insert_note(row, column, &note.set_width(300).set_height(height)).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What is written fits, and is the beginning of the text; nothing that fits is cut.
        #[test]
        fn a_text_is_cut_to_what_a_cell_holds(c in any::<char>(), n in 0_usize..40_000, rest in any::<String>()) {
            let text = c.to_string().repeat(n) + &rest;
            let cut = fitting(&text);
            prop_assert!(text.starts_with(cut));
            let units = |text: &str| text.encode_utf16().count();
            prop_assert!(units(cut) <= LONGEST);
            let next = text.get(cut.len()..).and_then(|rest| rest.chars().next());
            prop_assert!(next.is_none_or(|next| units(cut) + next.len_utf16() > LONGEST));
        }
    }

    #[test]
    fn instants_count_days() {
        assert_eq!(number_of(0).to_string(), "25569");
        assert_eq!(number_of(946_684_800_000 + 43_200_000).to_string(), "36526.5");
    }
}
