//! The list of locations as a table for people, as CSV and as JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::json;

use crate::dataframe::{TicketFrame, Visits};
use crate::job::Plan;
use crate::job::renamed::Renames;
use crate::job::renamed_words::note;
use crate::report::text::{csv_cell, shown};
use crate::ticket::RenamedQueue;

use super::failure::Failure;
use super::words::{aligned, cut, grouped};

/// The queues of each location, by organization and name, with the tickets of each.
pub(super) type Queues<'a> = BTreeMap<(&'a str, &'a str), BTreeMap<Cow<'a, str>, u64>>;

/// A location.
pub(super) struct Row {
    pub(super) organization: String,
    name: String,
    id: String,
    /// Ids, those with most tickets first.
    queues: Vec<String>,
    zone: &'static str,
    zone_from: ZoneFrom,
    pub(super) visits: Visits,
    /// Older and newer names of its queues.
    renamed_from: Vec<String>,
    renamed_to: Vec<String>,
}

/// Who chose a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ZoneFrom {
    /// The section of the location or of one of its queues.
    Section,
    /// `time_zone` of the configuration.
    Default,
    /// Nobody: it is UTC.
    Nobody,
}

impl ZoneFrom {
    fn name(self) -> &'static str {
        match self {
            Self::Section => "section",
            Self::Default => "default",
            Self::Nobody => "none",
        }
    }
}

/// The rows of frames without a window, by organization and name.
pub(super) fn rows(
    plan: &Plan,
    frames: &[TicketFrame],
    queues: &Queues<'_>,
    renamed: &[RenamedQueue],
) -> Result<Vec<Row>, Failure> {
    let (renames, none) = (Renames::of(renamed), BTreeMap::new());
    let mut rows = Vec::new();
    for frame in frames {
        for (place, visits) in frame.locations.iter().zip(frame.visits()?) {
            let key = (frame.organization.as_str(), place.name.as_str());
            let mut by_size: Vec<(u64, &str)> = queues
                .get(&key)
                .unwrap_or(&none)
                .iter()
                .map(|(queue, n)| (u64::MAX - n, &**queue))
                .collect();
            by_size.sort_unstable();
            let ids = || by_size.iter().map(|(_, queue)| *queue);
            let zone_from = if plan.directory.has_own_zone(&place.name, ids()) {
                ZoneFrom::Section
            } else if place.zone_is_chosen {
                ZoneFrom::Default
            } else {
                ZoneFrom::Nobody
            };
            let names = |of: &BTreeMap<_, std::collections::BTreeSet<&str>>| -> Vec<String> {
                of.get(&key).into_iter().flatten().map(|name| (*name).to_owned()).collect()
            };
            rows.push(Row {
                organization: frame.organization.clone(),
                name: place.name.clone(),
                id: place.id.clone(),
                queues: ids().map(str::to_owned).collect(),
                zone: place.zone.name(),
                zone_from,
                visits,
                renamed_from: names(&renames.from),
                renamed_to: names(&renames.to),
            });
        }
    }
    Ok(rows)
}

impl Row {
    fn dates(&self) -> [Option<String>; 2] {
        let (first, last) = self.visits.dates.unzip();
        [first, last].map(|date| date.map(|date| date.to_string()))
    }
}

/// JSON, with names as they are in the archive.
pub(super) fn as_json(rows: &[Row]) -> String {
    let locations: Vec<_> = rows
        .iter()
        .map(|row| {
            let [first, last] = row.dates();
            json!({
                "organization": row.organization,
                "location": row.name,
                "location_id": row.id,
                "queues": row.queues,
                "time_zone": row.zone,
                "time_zone_from": row.zone_from.name(),
                "tickets": row.visits.tickets,
                "first_service_date": first,
                "last_service_date": last,
                "renamed_from": row.renamed_from,
                "renamed_to": row.renamed_to,
            })
        })
        .collect();
    format!("{:#}\n", json!({"locations": locations}))
}

const HEAD: &str = "organization,location,location_id,queues,queue_ids,time_zone,time_zone_from,tickets,\
    first_service_date,last_service_date,renamed_from,renamed_to\n";

/// CSV, with texts escaped as in the reports; several ids or names in a cell are separated by `; `.
pub(super) fn as_csv(rows: &[Row]) -> String {
    let mut csv = HEAD.to_owned();
    for row in rows {
        let [first, last] = row.dates().map(|date| date.as_deref().map(csv_cell));
        let list = |names: &[String]| {
            if names.is_empty() { String::new() } else { csv_cell(&names.join("; ")) }
        };
        let cells = [
            csv_cell(&row.organization),
            csv_cell(&row.name),
            csv_cell(&row.id),
            row.queues.len().to_string(),
            list(&row.queues),
            csv_cell(row.zone),
            csv_cell(row.zone_from.name()),
            row.visits.tickets.to_string(),
            first.unwrap_or_default(),
            last.unwrap_or_default(),
            list(&row.renamed_from),
            list(&row.renamed_to),
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
pub(super) fn as_table(rows: &[Row], renamed: &[RenamedQueue]) -> String {
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
        let [first, last] = row.dates().map(|date| date.unwrap_or_else(|| "-".to_owned()));
        let mark = if row.renamed_from.is_empty() && row.renamed_to.is_empty() { "" } else { " *" };
        let zone = match row.zone_from {
            ZoneFrom::Section => row.zone.to_owned(),
            ZoneFrom::Default => format!("{} (default)", row.zone),
            ZoneFrom::Nobody => format!("{} (nobody chose)", row.zone),
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
            grouped(row.visits.tickets),
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
    text
}
