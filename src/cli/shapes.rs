//! What `check` prints about the shapes of records: how files hold them, and where each has its webhook and its time of
//! receipt.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::archive::Form;
use crate::ingest::FileAccount;
use crate::report::text::logged;
use crate::webhook::Shape;

use super::words::count;

/// Shapes printed; the rest are in the JSON.
const SHOWN: usize = 20;
/// Files of which the keys are printed.
const FILES: usize = 3;

/// Records by form and shape.
fn all(files: &[FileAccount]) -> Vec<(Option<Form>, &Shape, u64)> {
    let mut sums: BTreeMap<(Option<Form>, &Shape), u64> = BTreeMap::new();
    for file in files {
        for (shape, records) in &file.shapes {
            *sums.entry((file.form(), shape)).or_default() += records;
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
        let time = match &shape.received_at {
            None => "no time of receipt".to_owned(),
            Some(path) => format!("received at `{path}`"),
        };
        let form = form.map_or("", Form::name);
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
    file.shapes.iter().map(|(shape, records)| one(file.form(), shape, *records)).collect()
}

fn one(form: Option<Form>, shape: &Shape, records: u64) -> Value {
    json!({
        "form": form.map(Form::name),
        "webhook": shape.webhook,
        "received_at": shape.received_at,
        "records": records,
    })
}
