//! `queuestat explain`: how a ticket came about, record by record.

use serde_json::json;

use crate::job::{self, Explained};
use crate::report::text::shown;

use super::answer::{answer, answer_whole};
use super::explain_args::ExplainArgs;
use super::failure::{Exit, Failure};
use super::plan::Request;
use super::threads::with_threads;

/// Characters of a name that are printed.
const NAME: usize = 80;

/// Prints the records of a ticket and what follows from them.
pub(super) fn run(args: ExplainArgs) -> Result<Exit, Failure> {
    let ExplainArgs { ticket, json, input } = args;
    let Request { plan, voice, threads } = Request::from_args(input)?;
    with_threads(threads, || {
        let all = job::explain(&plan, &ticket, &voice)?;
        if json {
            answer_whole(&as_json(&all))?;
        } else {
            answer(&as_text(&all))?;
        }
        Ok(Exit::Ok)
    })
}

fn as_text(all: &[Explained]) -> String {
    let mut text = String::new();
    for one in all {
        let Explained { organization, location, zone, records, facts } = one;
        text.push_str(&format!(
            "{}, {} ({zone})\n\n",
            shown(organization, NAME),
            shown(location, NAME)
        ));
        for record in records {
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
    }
    text
}

fn as_json(all: &[Explained]) -> String {
    let tickets: Vec<_> = all
        .iter()
        .map(|one| {
            let records: Vec<_> = one
                .records
                .iter()
                .map(|record| {
                    let fields: Vec<_> = record
                        .fields
                        .iter()
                        .map(|field| {
                            json!({
                                "name": field.name,
                                "value": field.value,
                                "kept": field.is_kept,
                                "why": field.why,
                            })
                        })
                        .collect();
                    json!({
                        "file": record.file,
                        "line": record.line,
                        "event": record.event,
                        "received_at": record.received_at,
                        "repeated": record.is_repeat,
                        "fields": fields,
                    })
                })
                .collect();
            let facts: Vec<_> = one
                .facts
                .iter()
                .map(|(name, value, why)| json!({"name": name, "value": value, "why": why}))
                .collect();
            json!({
                "organization": one.organization,
                "location": one.location,
                "time_zone": one.zone,
                "records": records,
                "facts": facts,
            })
        })
        .collect();
    format!("{:#}\n", json!({"tickets": tickets}))
}
