//! The list of locations as a table for people, as CSV and as JSON.

use serde_json::json;

use crate::job::renamed_words::note;
use crate::job::shared_queues;
use crate::job::{ListedLocation, ZoneFrom};
use crate::report::text::{csv_cell, shown};
use crate::ticket::{RenamedQueue, SharedQueues};

use super::words::{aligned, cut, grouped};

/// Who chose a zone, in one word.
fn named(zone_from: ZoneFrom) -> &'static str {
    match zone_from {
        ZoneFrom::Section => "section",
        ZoneFrom::Default => "default",
        ZoneFrom::Nobody => "none",
    }
}

/// First and last service date.
fn dates(row: &ListedLocation) -> [Option<String>; 2] {
    let (first, last) = row.dates.unzip();
    [first, last].map(|date| date.map(|date| date.to_string()))
}

/// JSON, with names as they are in the archive.
pub(super) fn as_json(rows: &[ListedLocation]) -> String {
    let locations: Vec<_> = rows
        .iter()
        .map(|row| {
            let [first, last] = dates(row);
            json!({
                "organization": row.organization,
                "location": row.name,
                "location_id": row.id,
                "queues": row.queues,
                "time_zone": row.zone,
                "time_zone_from": named(row.zone_from),
                "tickets": row.tickets,
                "first_service_date": first,
                "last_service_date": last,
                "renamed_from": row.renamed_from,
                "renamed_to": row.renamed_to,
                "day_starts_at": row.day_start,
                "excluded_by": row.excluded_by,
            })
        })
        .collect();
    format!("{:#}\n", json!({"locations": locations}))
}

const HEAD: &str = "organization,location,location_id,queues,queue_ids,time_zone,time_zone_from,tickets,\
    first_service_date,last_service_date,renamed_from,renamed_to,day_starts_at,excluded_by\n";

/// CSV, with texts escaped as in the reports; several ids or names in a cell are separated by `; `.
pub(super) fn as_csv(rows: &[ListedLocation]) -> String {
    let mut csv = HEAD.to_owned();
    for row in rows {
        let [first, last] = dates(row).map(|date| date.as_deref().map(csv_cell));
        let list = |names: &[String]| {
            if names.is_empty() { String::new() } else { csv_cell(&names.join("; ")) }
        };
        let cells = [
            csv_cell(&row.organization),
            csv_cell(&row.name),
            csv_cell(&row.id),
            row.queues.len().to_string(),
            list(&row.queues),
            csv_cell(&row.zone),
            csv_cell(named(row.zone_from)),
            row.tickets.to_string(),
            first.unwrap_or_default(),
            last.unwrap_or_default(),
            list(&row.renamed_from),
            list(&row.renamed_to),
            csv_cell(&row.day_start),
            row.excluded_by.as_deref().map(csv_cell).unwrap_or_default(),
        ];
        csv.push_str(&cells.join(","));
        csv.push('\n');
    }
    csv
}

/// Width of a name in the table, columns.
const NAME: usize = 40;
/// Most queue ids of a row in the table.
const IDS: usize = 3;
/// Columns of numbers, which are right-aligned.
const NUMBERS: [usize; 2] = [3, 7];

/// A table for people: long names are cut, further queues counted, and notes on renamed queues follow.
pub(super) fn as_table(
    rows: &[ListedLocation],
    renamed: &[RenamedQueue],
    shared: &[SharedQueues],
) -> String {
    if rows.is_empty() {
        return "no locations\n".to_owned();
    }
    let head = [
        "organization",
        "location",
        "location_id",
        "tickets",
        "first",
        "last",
        "time zone",
        "queues",
        "",
    ];
    let mut lines: Vec<[String; 9]> = vec![head.map(str::to_owned)];
    for row in rows {
        let [first, last] = dates(row).map(|date| date.unwrap_or_else(|| "-".to_owned()));
        let mark = if row.renamed_from.is_empty() && row.renamed_to.is_empty() { "" } else { " *" };
        let mark = if row.excluded_by.is_some() { " (left out)" } else { mark };
        let zone = match row.zone_from {
            ZoneFrom::Section => row.zone.clone(),
            ZoneFrom::Default => format!("{} (default)", row.zone),
            ZoneFrom::Nobody => format!("{} (nobody chose)", row.zone),
        };
        let zone = match row.day_start.as_str() {
            "00:00" => zone,
            start => format!("{zone}, days from {start}"),
        };
        let mut ids: Vec<String> =
            row.queues.iter().take(IDS).map(|id| cut(&shown(id, NAME), NAME)).collect();
        if let Some(more) = row.queues.len().checked_sub(IDS).filter(|more| *more > 0) {
            ids.push(format!("+{more}"));
        }
        lines.push([
            cut(&shown(&row.organization, NAME), NAME),
            format!("{}{mark}", cut(&shown(&row.name, NAME), NAME)),
            row.id.clone(),
            grouped(row.tickets),
            first,
            last,
            zone,
            grouped(row.queues.len() as u64),
            ids.join(" "),
        ]);
    }
    let mut text = aligned(&lines, &NUMBERS);
    if !renamed.is_empty() {
        text.push_str("* has a queue that was seen with several names\n");
    }
    for queue in renamed {
        text.push_str(&format!("\n{}\n", note(queue)));
    }
    for queues in shared {
        text.push_str(&format!("\n{}\n", shared_queues::note(queues)));
    }
    text
}
