//! The cover: what the workbook is about, the settings in force, the account of the records, and its sheets.

use chrono::NaiveDate;
use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use crate::calendar::weekday_name;
use crate::dataframe::WaitEnd;
use crate::metric;
use crate::report::spreadsheet::{DATE, number_of, write_date, write_text};
use crate::report::text::{counted, grouped};

use super::about::About;
use super::cells::{COUNT, Formats};
use super::table::Page;

/// Name of the sheet.
const NAME: &str = "Cover";
/// Name of the sheet behind it.
pub(super) const SUMMARY: &str = "Summary";
/// How a local date and time is shown.
const MOMENT: &str = "yyyy-mm-dd hh:mm";

/// Lines of a cover while they are written, one below the other.
struct Lines<'f> {
    sheet: Worksheet,
    formats: &'f Formats,
    moment: Format,
    date: Format,
    count: Format,
    row: u32,
}

impl Lines<'_> {
    fn heading(&mut self, text: &str) -> Result<(), XlsxError> {
        self.row += 1;
        write_text(&mut self.sheet, (self.row, 0), text, Some(&self.formats.head))?;
        self.row += 1;
        Ok(())
    }

    /// Writes a label; its value stands beside it.
    fn label(&mut self, label: &str) -> Result<(), XlsxError> {
        write_text(&mut self.sheet, (self.row, 0), label, None)
    }

    fn text(&mut self, label: &str, value: &str, more: &str) -> Result<(), XlsxError> {
        self.label(label)?;
        write_text(&mut self.sheet, (self.row, 1), value, None)?;
        write_text(&mut self.sheet, (self.row, 2), more, None)?;
        self.row += 1;
        Ok(())
    }

    fn date(
        &mut self,
        label: &str,
        date: Option<NaiveDate>,
        without: &str,
    ) -> Result<(), XlsxError> {
        let Some(date) = date else { return self.text(label, without, "") };
        self.label(label)?;
        write_date(&mut self.sheet, (self.row, 1), date, &self.date)?;
        self.row += 1;
        Ok(())
    }

    fn count(&mut self, label: &str, count: u64, more: &str) -> Result<(), XlsxError> {
        self.label(label)?;
        #[expect(clippy::cast_precision_loss, reason = "a count of things in an archive")]
        let number = count as f64;
        self.sheet.write_number_with_format(self.row, 1, number, &self.count)?;
        write_text(&mut self.sheet, (self.row, 2), more, None)?;
        self.row += 1;
        Ok(())
    }
}

/// Makes the cover of some sheets.
///
/// # Errors
/// What the library says.
pub(super) fn cover(
    about: &About,
    pages: &[Page],
    formats: &Formats,
) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(NAME)?;
    // Values stand below each other, whatever they are.
    let left = |text: &str| Format::new().set_num_format(text).set_align(FormatAlign::Left);
    for (column, width) in [(0, 30), (1, 34), (2, 96)] {
        sheet.set_column_width(column, width)?;
    }
    write_text(
        &mut sheet,
        (0, 0),
        "Ratings, waits and cancellations per location",
        Some(&formats.title),
    )?;
    let mut lines = Lines {
        sheet,
        formats,
        moment: left(MOMENT),
        date: left(DATE),
        count: left(COUNT),
        row: 1,
    };
    window(&mut lines, about)?;
    settings(&mut lines, about)?;
    account(&mut lines, about)?;
    sheets(&mut lines, pages)?;
    lines.heading("Made by")?;
    lines.text("queuestat", &about.version, "")?;
    lines.sheet.set_landscape();
    lines.sheet.set_print_fit_to_pages(1, 1);
    Ok(lines.sheet)
}

/// What the figures are of.
fn window(lines: &mut Lines<'_>, about: &About) -> Result<(), XlsxError> {
    lines.heading("Window")?;
    lines.text("Organization", &about.organization, "")?;
    lines.date("First day asked for", about.window.0, "none: from the first one on")?;
    lines.date("Last day asked for", about.window.1, "none: up to the last one")?;
    let dates = about.dates.unzip();
    lines.date("First day with a ticket", dates.0, "no ticket")?;
    lines.date("Last day with a ticket", dates.1, "no ticket")?;
    let filter = if about.filter.is_empty() { "all tickets" } else { &about.filter };
    lines.text("Tickets", filter, "")?;
    let as_of = about.as_of.as_deref().unwrap_or("the clock of the run");
    lines.text("As of", as_of, "")?;
    match &about.data_through {
        None => lines.text("Data through", "not known", "")?,
        Some((at, zone)) => {
            lines.label("Data through")?;
            let number = number_of(at.and_utc().timestamp_millis());
            lines.sheet.write_number_with_format(lines.row, 1, number, &lines.moment)?;
            write_text(&mut lines.sheet, (lines.row, 2), zone, None)?;
            lines.row += 1;
        }
    }
    if about.made_before.is_some() {
        lines.date("Kept as made before", about.made_before, "")?;
    }
    Ok(())
}

/// The settings in force.
fn settings(lines: &mut Lines<'_>, about: &About) -> Result<(), XlsxError> {
    lines.heading("Configuration")?;
    let of = |n: u64| counted(n, "location");
    for (zone, n) in &about.zones {
        lines.text("Time zone", zone, &of(*n))?;
    }
    if about.zone_is_default {
        lines.text(
            "",
            "",
            "No time zone is configured for at least one location: its times are in UTC.",
        )?;
    }
    for (start, n) in &about.day_starts {
        lines.text("Days begin at", start, &of(*n))?;
    }
    let monday = about.week_starts_on.weekdays().first().copied().unwrap_or(1);
    lines.text("Weeks begin on", weekday_name(monday), "")?;
    for (minutes, n) in &about.targets {
        lines.text("Target of the wait", &format!("{minutes} min"), &of(*n))?;
    }
    let end = match about.wait_ends_at {
        WaitEnd::CheckIn => "check-in",
        WaitEnd::Call => "first call",
    };
    lines.text("Headline wait ends at", end, "")?;
    lines.text("Longest wait believed", &format!("{} h", about.max_wait_hours), "")?;
    let bursts = if about.leave_out_bursts { "left out" } else { "used" };
    lines.text("Waits ended by the clock", bursts, "Five check-ins or more in one second.")?;
    let (top, from) = (about.scale.top(), about.scale.satisfied_from());
    lines.text(
        "Scale of ratings",
        &format!("1 to {top}"),
        &format!("Satisfied from {from} on."),
    )?;
    let hidden = match about.hide_below {
        0 => "none".to_owned(),
        least => format!("groups with fewer than {}", counted(least, "rating")),
    };
    lines.text("Ratings hidden", &hidden, "")
}

/// What became of the records.
fn account(lines: &mut Lines<'_>, about: &About) -> Result<(), XlsxError> {
    let l = &about.account;
    lines.heading("Account of the records")?;
    lines.count("Files read", about.files, "")?;
    lines.count("Records", l.records, "The sum of the following.")?;
    for (label, count, words) in [
        ("Blank", l.blank, "Empty records."),
        ("Accepted", l.accepted, "Records that were used."),
        ("Duplicate", l.duplicate, "Records that repeat an earlier one of the same file."),
        ("Rejected", l.rejected, "Records that could not be used: data_quality tells why."),
        ("Other", l.other, "Records of other things."),
        ("Deferred", l.deferred, "Unfinished last records that wait for a later run."),
    ] {
        lines.count(label, count, words)?;
    }
    Ok(())
}

/// The sheets with their rows.
fn sheets(lines: &mut Lines<'_>, pages: &[Page]) -> Result<(), XlsxError> {
    lines.heading("Sheets, and their rows")?;
    lines.text(SUMMARY, "", "Key figures of each location, and charts.")?;
    for page in pages {
        let about = metric::about(page.file).unwrap_or_default();
        let cut = if page.written < page.rows {
            let (written, file) = (grouped(page.written), page.file);
            format!(
                " Only its first {written} rows stand here, as many as a sheet holds: {file} has all of them."
            )
        } else {
            String::new()
        };
        lines.count(page.name, page.rows, &format!("{about}{cut}"))?;
    }
    Ok(())
}
