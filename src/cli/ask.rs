//! `queuestat ask`: the measures of the reports for any groups of tickets.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::dataframe::FrameError;
use crate::job::{self, Answered, Basis, Observer, Question, SharedNames};
use crate::metric::{By, MEASURES, Measure, Order, Table};
use crate::report::csv::to_csv;
use crate::report::parquet::to_parquet;
use crate::report::text::{logged, shown};

use super::answer::{answer, answer_bytes, answer_whole};
use super::ask_args::{AnswerFormat, AskArgs};
use super::dates::Today;
use super::endings::refuse_promise;
use super::export_output::Output;
use super::failure::{Exit, Failure};
use super::known::find;
use super::plan::Request;
use super::sheet::{Sheet, as_json};
use super::threads::with_threads;
use super::verdict::{exit_of, say_input};
use super::voice::Voice;
use super::words::count;

/// Characters of a name that are printed.
const NAME: usize = 60;

/// The measures of an answer that asks for none.
const USUAL: [&str; 7] =
    ["tickets", "served", "lost_rate", "wait_p50_s", "wait_p90_s", "within_target_rate", "csat"];

/// Prints an answer.
pub(super) fn run(args: AskArgs) -> Result<Exit, Failure> {
    let AskArgs { source, by, measure, sort, limit, min_n, select, format, json, output } = args;
    let by = groups(&by)?;
    let measures = measures(&measure)?;
    let (sort, descending) = match sort.as_deref().map(|name| (name.strip_prefix('-'), name)) {
        None => (None, false),
        Some((Some(name), _)) => (Some(named(name)?), false),
        Some((None, name)) => (Some(named(name)?), true),
    };
    let order = Order { sort, descending, limit, min_n };
    let form = Form::of(json.then_some(AnswerFormat::Json).or(format), output)?;
    let (source, input) = source.split();
    let Request { mut plan, voice, threads } = Request::asking(&source, input)?;
    job::go_by_last_night(&mut plan, &source)?;
    let asked = select.asked(Today::of(&plan)?)?;
    let mut question = Question { plan, source, asked, by, order };
    with_threads(threads, || {
        let Answered { answer, basis } = job::ask(&mut question, &voice)?;
        let exit = say(&voice, &basis);
        if answer.tickets() == 0 && answer.too_small == 0 && answer.more == 0 {
            say_empty(&voice);
        } else {
            let apart = "--organization chooses one, and --by organization keeps them apart";
            say_of_names(&voice, &basis.shared, apart);
        }
        let table = answer.table(&measures);
        form.write(&table, || Sheet::of(&table))?;
        if !voice.is_quiet() {
            let words = basis.meant.words();
            let about = if words.is_empty() { String::new() } else { format!(" ({words})") };
            let left_out = match answer.too_small {
                0 => String::new(),
                n => format!("; {} too small to be shown", count(n as u64, "group")),
            };
            let more = match answer.more {
                0 => String::new(),
                n => format!("; {n} more not shown"),
            };
            let message = format!(
                "{} in {}{about}{left_out}{more}",
                count(answer.tickets(), "ticket"),
                count(answer.rows.len() as u64, "group"),
            );
            let fields = json!({
                "exit_code": exit as u8,
                "tickets": answer.tickets(),
                "groups": answer.rows.len(),
                "too_small": answer.too_small,
                "more": answer.more,
                "filter": words,
            });
            voice.log.summary(&message, fields);
        }
        Ok(exit)
    })
}

/// Says what has to be known of the tickets behind an answer; the exit code that follows.
pub(super) fn say(voice: &Voice, basis: &Basis) -> Exit {
    let Basis { input, warnings, lacks_forgotten, .. } = basis;
    let exit = match input {
        Some((input, quality)) => {
            say_input(voice, input, *quality, warnings);
            exit_of(*quality)
        }
        None => {
            for warning in warnings {
                voice.notice(warning);
            }
            if warnings.is_empty() { Exit::Ok } else { Exit::LookAtInput }
        }
    };
    say_forgotten(voice, *lacks_forgotten);
    if let Some(words) = basis.unfinished_words().filter(|_| !voice.is_quiet()) {
        voice.log.note(&words);
    }
    exit
}

/// Says that forgotten tickets are missing, if they are.
pub(super) fn say_forgotten(voice: &Voice, lacks: bool) {
    if lacks {
        voice.log.note(
            "single tickets of this window are forgotten: reports of all tickets still count them, this does not",
        );
    }
}

/// Says what a figure is not: of one location or queue, if its name stands in several organizations; of any ticket, if there
/// is none.
pub(super) fn say_of_figure(voice: &Voice, basis: &Basis, tickets: u64) {
    say_of_names(voice, &basis.shared, "--organization chooses one");
    if tickets == 0 {
        say_empty(voice);
    }
}

/// Says which names of several organizations stand in one figure, and how to choose or part them.
fn say_of_names(voice: &Voice, shared: &SharedNames, hint: &str) {
    if voice.is_quiet() {
        return;
    }
    for (kind, names) in [("location", &shared.locations), ("queue", &shared.queues)] {
        let Some(first) = names.first() else { continue };
        let name = shown(first, NAME);
        let who = match names.len() {
            1 => {
                format!("`{name}` is a {kind} of several organizations, and they are added up here")
            }
            n => {
                let others = count(n as u64 - 1, "other name");
                format!("`{name}` and {others} are {kind}s of several organizations, added up here")
            }
        };
        voice.log.note(&format!("{who}; {hint}"));
    }
}

/// Says that there is no such ticket.
pub(super) fn say_empty(voice: &Voice) {
    if !voice.is_quiet() {
        voice.log.note(
            "there is no such ticket; `queuestat locations` lists the locations with their first and last day",
        );
    }
}

/// Columns that Polars cannot write are a fault of this program.
fn unwritten(_error: FrameError) -> Failure {
    Failure::new(Exit::Internal, "the answer cannot be written as Parquet").hint("please report it")
}

/// What is grouped by.
fn groups(names: &[String]) -> Result<Vec<By>, Failure> {
    let known = || By::ALL.map(By::name).join(", ");
    let find = |name: &String| {
        let name = name.trim().to_ascii_lowercase();
        let name = if name == "ticket_type" { "type".to_owned() } else { name };
        By::ALL.into_iter().find(|by| by.name() == name).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("tickets cannot be grouped by `{}`", logged(&name)))
                .hint(format!("use {}", known()))
        })
    };
    let by = names.iter().map(find).collect::<Result<Vec<By>, Failure>>()?;
    if let Some(twice) =
        by.iter().enumerate().find(|(at, one)| by.iter().take(*at).any(|b| b == *one))
    {
        let message = format!("`{}` stands twice in --by", twice.1.name());
        return Err(Failure::new(Exit::Usage, message).hint("name each only once"));
    }
    Ok(by)
}

/// The measures that are shown.
pub(super) fn measures(names: &[String]) -> Result<Vec<&'static Measure>, Failure> {
    match names {
        [] => USUAL.iter().map(|name| named(name)).collect(),
        [all] if all.trim() == "all" => {
            // The ends of intervals come with their values.
            let is_end = |name: &str| name.contains("_low") || name.contains("_high");
            Ok(MEASURES.iter().filter(|measure| !is_end(measure.name)).collect())
        }
        names if names.iter().any(|name| name.trim() == "all") => {
            Err(Failure::new(Exit::Usage, "`all` stands beside other measures in --measure")
                .hint("`all` shows every measure: leave the others out"))
        }
        names => {
            let found =
                names.iter().map(|name| named(name)).collect::<Result<Vec<_>, Failure>>()?;
            let before = |at: usize, name: &str| found.iter().take(at).any(|one| one.name == name);
            if let Some((_, twice)) =
                found.iter().enumerate().find(|(at, one)| before(*at, one.name))
            {
                let message = format!("`{}` stands twice in --measure", twice.name);
                return Err(Failure::new(Exit::Usage, message).hint("name each only once"));
            }
            // The ends of an interval come with their value, and a column stands only once.
            let comes_along = |end: &str| {
                let value = end.replace("_low", "").replace("_high", "");
                value != end && found.iter().any(|one| one.name == value)
            };
            Ok(found.iter().copied().filter(|one| !comes_along(one.name)).collect())
        }
    }
}

/// The measure of a name; units and rates may be left out: `wait_p90`, `lost`.
pub(super) fn named(name: &str) -> Result<&'static Measure, Failure> {
    let name = name.trim().to_ascii_lowercase().replace('-', "_");
    let forms = [name.clone(), format!("{name}_s"), format!("{name}_rate")];
    let found = forms.iter().find_map(|form| MEASURES.iter().find(|one| one.name == form));
    if let Some(found) = found {
        return Ok(found);
    }
    // The ends of an interval come with its value, and begin with its name.
    let is_end = |one: &str| one.contains("_low") || one.contains("_high");
    let names = MEASURES.iter().map(|one| one.name).filter(|one| !is_end(one)).collect();
    let listed = "`queuestat guide numbers` lists all of them";
    let found = find("measure", &name, &names, unitless, listed)?;
    MEASURES.iter().find(|one| one.name == found).ok_or_else(|| {
        Failure::new(Exit::Internal, format!("`{found}` is a measure that is not there"))
    })
}

/// The name of a measure without what may be left out.
fn unitless(name: &'static str) -> &'static str {
    name.strip_suffix("_s").or_else(|| name.strip_suffix("_rate")).unwrap_or(name)
}

/// How an answer is written, and where to.
pub(super) struct Form {
    format: AnswerFormat,
    /// A file; `None` for standard output.
    output: Option<Output>,
}

impl Form {
    /// The format that is asked for, or that fits where the answer goes.
    pub(super) fn of(
        asked: Option<AnswerFormat>,
        output: Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let output = output.filter(|path| path != Path::new("-"));
        let is_terminal = output.is_none() && std::io::stdout().is_terminal();
        let fitting = if is_terminal { AnswerFormat::Table } else { AnswerFormat::Csv };
        let named = output.as_deref().and_then(AnswerFormat::of_name);
        if let (None, None, Some(path)) = (asked, named, &output) {
            refuse_promise(path, ".csv, .json, .md, .parquet or .txt")?;
        }
        let format = asked.or(named).unwrap_or(fitting);
        if format == AnswerFormat::Parquet && is_terminal {
            return Err(Failure::new(Exit::Usage, "Parquet cannot be shown on a terminal")
                .hint("name a file with --output, or pass it on with a pipe"));
        }
        // Before anything is read, so that a bad path is found at once.
        let output = output.map(|path| Output::open(&path, false)).transpose()?;
        Ok(Self { format, output })
    }

    /// Writes an answer; `sheet` makes what people read of it.
    pub(super) fn write(
        self,
        table: &Table<'_>,
        sheet: impl FnOnce() -> Sheet,
    ) -> Result<(), Failure> {
        let bytes = match self.format {
            AnswerFormat::Table => sheet().as_table().into_bytes(),
            AnswerFormat::Csv => to_csv(table),
            AnswerFormat::Json => as_json(table).into_bytes(),
            AnswerFormat::Markdown => sheet().as_markdown().into_bytes(),
            AnswerFormat::Parquet => to_parquet(table).map_err(unwritten)?,
        };
        match (self.output, self.format) {
            (Some(mut output), _) => {
                output.write_all(&bytes).or_else(|error| output.failed(error))?;
                output.finish()
            }
            (None, AnswerFormat::Parquet) => answer_bytes(&bytes),
            (None, AnswerFormat::Json) => answer_whole(&String::from_utf8_lossy(&bytes)),
            (None, _) => answer(&String::from_utf8_lossy(&bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_an_answer_stands_only_once() {
        let asked = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            measures(&names).map(|found| found.iter().map(|one| one.name).collect::<Vec<_>>())
        };
        assert_eq!(
            asked(&["csat_low", "csat", "wait_p50_high_s", "wait_p50"]).unwrap(),
            ["csat", "wait_p50_s"]
        );
        assert_eq!(
            asked(&["csat_low", "wait_p90_high_s"]).unwrap(),
            ["csat_low", "wait_p90_high_s"]
        );
        for names in [&["wait_p90", "wait_p90_s"][..], &["lost", "tickets", "lost_rate"]] {
            let failure = asked(names).unwrap_err();
            assert!(failure.text().contains("stands twice in --measure"), "{names:?}");
        }
        assert!(asked(&["tickets", "all"]).unwrap_err().text().contains("leave the others out"));
        let all = asked(&["all"]).unwrap();
        assert!(all.contains(&"csat") && !all.contains(&"csat_low"));
    }
}
