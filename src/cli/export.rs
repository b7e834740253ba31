//! `queuestat export`: single tickets for other programs.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use serde_json::json;

use crate::dataframe::Singles;
use crate::job::{self, Basis, Commented, ExportPlan, Exported, JobError, Source};
use crate::report::export::{
    MOST_ROWS, Sheet, What, to_arrow, to_csv, to_json_lines, to_parquet, to_workbook,
};

use super::ask::{say, say_empty};
use super::dates::Today;
use super::endings::refuse_promise;
use super::export_args::{ExportArgs, ExportFormat, ExportOf};
use super::export_output::Output;
use super::failure::{Exit, Failure};
use super::plan::Request;
use super::stop::Ear;
use super::threads::with_threads;
use super::voice::Voice;
use super::words::{count, grouped};

/// Writes an export.
pub(super) fn run(args: ExportArgs, ear: &Ear) -> Result<Exit, Failure> {
    let (what, ExportOf { source, select, format, output }, messages) = args.rows.split();
    let format = format_of(format, &output)?;
    let (source, input) = source.split();
    if what == What::Comments {
        may_comment(messages, &source)?;
    }
    let Request { mut plan, voice, threads } = Request::asking(&source, input)?;
    plan.stop = ear.stop();
    job::go_by_last_night(&mut plan, &source)?;
    let asked = select.asked(Today::of(&plan)?)?;
    let mut plan = ExportPlan { plan, source, asked };
    // Before anything is read, so that a bad path is found at once.
    let mut output = Output::open(&output, what == What::Comments)?;
    with_threads(threads, || {
        let Rows { tickets, groups, messages, basis } = Rows::of(what, &mut plan, &voice)?;
        let sheet = match what {
            What::Comments => Sheet::comments(&tickets, &groups, &messages),
            What::Tickets | What::Ratings | What::Waits => Sheet::new(what, &tickets, &groups),
        };
        let rows = sheet.height();
        fits(format, rows)?;
        let exit = say(&voice, &basis);
        if what == What::Comments && output.is_stdout() {
            voice.log.warning(
                "this holds what customers wrote, masked but not anonymous; with --output FILE only you can read it",
            );
        }
        let shows_ratings = sheet.has("rating");
        if shows_ratings && plan.plan.rules.hide_below > 1 && !voice.is_quiet() {
            voice.log.note(
                "`ratings.hide_below` hides the ratings of small groups in figures; an export has the rating of each single ticket",
            );
        }
        write(&sheet, format, &mut output)?;
        output.finish()?;
        if rows == 0 {
            say_empty(&voice);
        }
        if !voice.is_quiet() {
            let words = basis.meant.words();
            let about = if words.is_empty() { String::new() } else { format!(" ({words})") };
            let message = format!("{}{about}", count(rows as u64, "row"));
            let fields = json!({
                "exit_code": exit as u8,
                "rows": rows,
                "filter": words,
            });
            voice.log.summary(&message, fields);
        }
        Ok(exit)
    })
}

/// What is written.
struct Rows {
    tickets: Singles,
    groups: Vec<String>,
    /// One for each ticket of an export of comments.
    messages: Vec<String>,
    basis: Basis,
}

impl Rows {
    fn of(what: What, plan: &mut ExportPlan, observer: &Voice) -> Result<Self, JobError> {
        if what == What::Comments {
            let Commented { tickets, groups, messages, basis } =
                job::comments(&plan.plan, &plan.asked, observer)?;
            return Ok(Self { tickets, groups, messages, basis });
        }
        let Exported { tickets, groups, basis } = job::export(plan, observer)?;
        Ok(Self { tickets, groups, messages: Vec::new(), basis })
    }
}

/// Refuses to read what customers wrote unless that is said, and where it is not kept.
fn may_comment(messages: bool, source: &Source) -> Result<(), Failure> {
    if matches!(source, Source::State(..)) {
        return Err(Failure::new(Exit::Usage, "a state never holds what customers wrote")
            .hint("name the archive instead of --state"));
    }
    if messages {
        return Ok(());
    }
    Err(Failure::new(Exit::Usage, "comments are what customers wrote, in their own words").hint(
        "long numbers and mail addresses are masked, but names and stories are not: add --messages if you may read them",
    ))
}

/// The format that is asked for, or that the name of the file asks for.
fn format_of(asked: Option<ExportFormat>, output: &Path) -> Result<ExportFormat, Failure> {
    let named = ExportFormat::of_name(output);
    if asked.is_none() && named.is_none() {
        refuse_promise(output, ".csv, .parquet, .jsonl, .xlsx or .arrow")?;
    }
    let format = asked.or(named).unwrap_or(ExportFormat::Csv);
    if !format.is_text() && output == Path::new("-") && io::stdout().is_terminal() {
        return Err(Failure::new(Exit::Usage, "this format cannot be shown on a terminal")
            .hint("name a file with --output, or pass it on with a pipe"));
    }
    Ok(format)
}

/// Refuses more rows than a sheet holds.
fn fits(format: ExportFormat, rows: usize) -> Result<(), Failure> {
    if format != ExportFormat::Xlsx || rows <= MOST_ROWS {
        return Ok(());
    }
    let message = format!(
        "a sheet of a workbook holds {} rows, and there are {}",
        grouped(MOST_ROWS as u64),
        grouped(rows as u64)
    );
    Err(Failure::new(Exit::Refused, message)
        .hint("choose fewer tickets with --from, --to or --location, or use --format parquet"))
}

/// Writes the rows. A pipe that was closed ends them quietly.
fn write(sheet: &Sheet<'_>, format: ExportFormat, output: &mut Output) -> Result<(), Failure> {
    let made =
        |written: Result<(), &'static str>, output: &mut Output| match (written, output.error()) {
            (Ok(()), _) => Ok(()),
            (Err(_), Some(error)) => output.failed(error),
            // What a library cannot write of plain rows is a fault of this program.
            (Err(format), None) => {
                let message = format!("the rows cannot be written as {format}");
                Err(Failure::new(Exit::Internal, message).hint("please report it"))
            }
        };
    match format {
        ExportFormat::Csv => to_csv(sheet, output).or_else(|error| output.failed(error)),
        ExportFormat::Jsonl => to_json_lines(sheet, output).or_else(|error| output.failed(error)),
        ExportFormat::Parquet => made(to_parquet(sheet, output).map_err(|_| "Parquet"), output),
        ExportFormat::Arrow => made(to_arrow(sheet, output).map_err(|_| "Arrow"), output),
        ExportFormat::Xlsx => match to_workbook(sheet) {
            Ok(bytes) => output.write_all(&bytes).or_else(|error| output.failed(error)),
            Err(_) => made(Err("a workbook"), output),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_not_cut_short() {
        assert!(fits(ExportFormat::Xlsx, 1_048_575).is_ok());
        assert!(fits(ExportFormat::Csv, 5_000_000).is_ok());
        let failure = fits(ExportFormat::Xlsx, 1_048_576).unwrap_err();
        assert!(failure.text().contains("1,048,575 rows, and there are 1,048,576"));
        assert!(failure.text().contains("--format parquet"));
    }

    #[test]
    fn the_name_of_a_file_says_the_format() {
        let of = |name: &str| format_of(None, Path::new(name)).unwrap();
        assert_eq!(of("a.PARQUET"), ExportFormat::Parquet);
        assert_eq!(of("b/c.ndjson"), ExportFormat::Jsonl);
        assert_eq!(of("d.txt"), ExportFormat::Csv);
        assert!(format_of(None, Path::new("e.json")).is_err());
        assert!(format_of(Some(ExportFormat::Csv), Path::new("e.csv.gz")).is_ok());
        assert_eq!(
            format_of(Some(ExportFormat::Csv), Path::new("a.xlsx")).unwrap(),
            ExportFormat::Csv
        );
    }
}
