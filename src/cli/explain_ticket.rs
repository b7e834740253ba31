//! How a ticket came about, record by record; of a state, the ticket as it is kept.

use serde_json::{Value, json};

use crate::job::{self, Explained, JobError, TracedField, TracedRecord};
use crate::report::text::shown;

use super::answer::{answer, answer_whole};
use super::explain_args::ExplainOf;
use super::failure::{Exit, Failure};
use super::plan::Request;
use super::threads::with_threads;
use super::verdict::exit_of;

/// Characters of a name that are printed.
const NAME: usize = 80;

/// What is said of a ticket of a state.
const OF_STATE: &str = "\
The state keeps the joined ticket, not its records: file and line of each stand only in the archive.
`queuestat explain TICKET ARCHIVE` shows them.
";

/// Prints the records of a ticket and what follows from them.
pub(super) fn run(ticket: &str, of: ExplainOf) -> Result<Exit, Failure> {
    let ExplainOf { json, source, input, .. } = of;
    let Request { mut plan, voice, threads } = Request::asking(&source, input)?;
    with_threads(threads, || {
        let all = job::explain(&mut plan, &source, ticket, &voice);
        let (all, quality) = match (all, &source) {
            (Err(JobError::Missing(missing)), job::Source::State(..)) => {
                let message = format!("the state keeps no ticket `{}`", shown(&missing.name, 60));
                return Err(Failure::new(Exit::Usage, message).hint(
                    "it may be forgotten, or of another archive; `queuestat explain TICKET ARCHIVE` looks for its records",
                ));
            }
            (all, _) => all?,
        };
        if json {
            answer_whole(&as_json(&all))?;
        } else {
            answer(&as_text(&all))?;
        }
        Ok(exit_of(quality))
    })
}

fn as_text(all: &[Explained]) -> String {
    let mut text = String::new();
    for one in all {
        let Explained { organization, location, zone, ticket, records, facts } = one;
        text.push_str(&format!(
            "{}, {} ({zone})\n\n",
            shown(organization, NAME),
            shown(location, NAME)
        ));
        if records.is_none() {
            for (name, value, why) in ticket {
                text.push_str(&format!("  {name:<16} {}  ({why})\n", shown(value, NAME)));
            }
        }
        for record in records.iter().flatten() {
            let received = record.received_at.as_ref();
            let received = received.map_or_else(String::new, |at| format!(", received {at}"));
            let repeat = if record.is_repeat { " (repeated)" } else { "" };
            text.push_str(&format!(
                "{}:{}  {}{received}{repeat}\n",
                shown(&record.file, 200),
                record.line,
                shown(&record.event, NAME)
            ));
            for field in &record.fields {
                let mark = if field.is_kept { '=' } else { ' ' };
                text.push_str(&format!(
                    "  {mark} {:<16} {}  ({})\n",
                    field.name,
                    shown(&field.value, NAME),
                    shown(&field.why, 200)
                ));
            }
        }
        text.push('\n');
        for (name, value, why) in facts {
            text.push_str(&format!("{name:<22}  {}  ({why})\n", shown(value, NAME)));
        }
        text.push('\n');
        if records.is_none() {
            text.push_str(OF_STATE);
        }
    }
    text
}

fn as_json(all: &[Explained]) -> String {
    let field = |field: &TracedField| {
        json!({
            "name": field.name,
            "value": field.value,
            "kept": field.is_kept,
            "why": field.why,
        })
    };
    let record = |record: &TracedRecord| {
        json!({
            "file": record.file,
            "line": record.line,
            "event": record.event,
            "received_at": record.received_at,
            "repeated": record.is_repeat,
            "fields": record.fields.iter().map(field).collect::<Vec<_>>(),
        })
    };
    let told =
        |name: &str, value: &str, why: &str| json!({"name": name, "value": value, "why": why});
    let ticket = |one: &Explained| {
        let records = one.records.as_ref();
        let held = one.ticket.iter().map(|(name, value, why)| told(name, value, why));
        let facts = one.facts.iter().map(|(name, value, why)| told(name, value, why));
        json!({
            "organization": one.organization,
            "location": one.location,
            "time_zone": one.zone,
            "ticket": held.collect::<Vec<_>>(),
            "records": records.map(|all| all.iter().map(record).collect::<Vec<_>>()),
            "facts": facts.collect::<Vec<_>>(),
        })
    };
    let tickets: Vec<Value> = all.iter().map(ticket).collect();
    format!("{:#}\n", json!({"tickets": tickets}))
}
