//! What `check` prints about the shapes of records: how files hold them, and where each has its webhook and its time of
//! receipt.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::archive;
use crate::ingest::FileAccount;
use crate::report::text::logged;
use crate::webhook::Shape;

use super::words::count;

/// Shapes printed; the rest are in the JSON.
const SHOWN: usize = 20;
/// Files of which the keys are printed.
const FILES: usize = 3;

/// How records stand in their files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Form {
    kind: Option<archive::Form>,
    /// Whether times stand beside the records.
    has_times: bool,
}

impl Form {
    fn of(file: &FileAccount) -> Self {
        Self { kind: file.form(), has_times: file.timed_beside > 0 }
    }

    fn name(self) -> Option<&'static str> {
        self.kind.map(archive::Form::name)
    }

    /// Where the receive time of records of a shape is.
    fn received_at(self, shape: &Shape) -> Option<&str> {
        let beside = match self.kind {
            Some(archive::Form::Table) => "a column of the table",
            _ => "the start of the line",
        };
        shape.received_at.as_deref().or(self.has_times.then_some(beside))
    }
}

/// Records by form and shape.
fn all(files: &[FileAccount]) -> Vec<(Form, &Shape, u64)> {
    let mut sums: BTreeMap<(Form, &Shape), u64> = BTreeMap::new();
    for file in files {
        for (shape, records) in &file.shapes {
            *sums.entry((Form::of(file), shape)).or_default() += records;
        }
    }
    let mut all: Vec<_> = sums.into_iter().map(|((form, shape), n)| (form, shape, n)).collect();
    all.sort_by_key(|(_, _, records)| std::cmp::Reverse(*records));
    all
}

/// The shapes of the archive, as lines for people.
pub(super) fn as_text(files: &[FileAccount]) -> String {
    let shapes = all(files);
    let mut text = String::new();
    for (form, shape, records) in shapes.iter().take(SHOWN) {
        let webhook = match shape.webhook.as_str() {
            "" => "the webhook itself".to_owned(),
            path => format!("the webhook under `{path}`"),
        };
        let time = match (&shape.received_at, form.received_at(shape)) {
            (Some(path), _) => format!("received at `{path}`"),
            (None, Some(place)) => format!("received at the time in {place}"),
            (None, None) => "no time of receipt".to_owned(),
        };
        let form = form.name().unwrap_or_default();
        text.push_str(&format!("{}: {form}; {webhook}; {time}\n", count(*records, "record")));
    }
    if let Some(more) = shapes.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let more = u64::try_from(more).unwrap_or(u64::MAX);
        text.push_str(&format!(
            "and {} more; `queuestat check --json` lists them\n",
            count(more, "shape")
        ));
    }
    for file in files.iter().filter(|file| !hint_keys(file).is_empty()).take(FILES) {
        text.push_str(&format!("{}: {}\n", logged(&file.name), hint(file)));
    }
    text
}

/// Advice for a file in which no webhook was found.
fn hint(file: &FileAccount) -> String {
    let keys: Vec<String> = file.keys.iter().map(|key| format!("`{key}`")).collect();
    format!(
        "no webhook in {}. Keys on the way: {}. If one of them leads to the webhook, name it with --payload-pointer; \
         if the file holds other things, set archive.other_records = \"ignore\" or leave it out with archive.exclude",
        count(file.records - file.blank, "record"),
        if keys.is_empty() { "none".to_owned() } else { keys.join(", ") },
    )
}

/// The keys of the records of a file in which nothing was found.
pub(super) fn hint_keys(file: &FileAccount) -> &[String] {
    if file.accepted == 0 { &file.keys } else { &[] }
}

/// The shapes of the archive.
pub(super) fn as_json(files: &[FileAccount]) -> Vec<Value> {
    all(files).into_iter().map(|(form, shape, records)| one(form, shape, records)).collect()
}

/// The shapes of a file.
pub(super) fn of_file(file: &FileAccount) -> Vec<Value> {
    file.shapes.iter().map(|(shape, records)| one(Form::of(file), shape, *records)).collect()
}

fn one(form: Form, shape: &Shape, records: u64) -> Value {
    json!({
        "form": form.name(),
        "webhook": shape.webhook,
        "received_at": form.received_at(shape),
        "records": records,
    })
}
