//! Which keys every table of the file may have.

use toml::de::{DeTable, DeValue};

use crate::cli::ratings::RATINGS;

use super::{archive, csv, gates, nightly, place, zones};

/// The keys it may have.
const TOP: &[&str] = &[
    "time_zone",
    "day_starts_at",
    "png",
    "parquet",
    "xlsx",
    "png_fonts",
    "target_minutes",
    "week_starts_on",
    "closed",
    "wait",
    "archive",
    "csv",
    "gates",
    "ratings",
    "organizations",
    "locations",
    "queues",
    "nightly",
];

/// The keys of the top that are sections.
const SECTIONS: &[&str] = &[
    "wait",
    "archive",
    "csv",
    "gates",
    "ratings",
    "organizations",
    "locations",
    "queues",
    "nightly",
];

/// Whether a key stands at the top and is no section: behind a section it would be taken for a part of that one.
pub(super) fn is_plain(key: &str) -> bool {
    TOP.contains(&key) && !SECTIONS.contains(&key)
}

/// Every table of the file with the keys it may have.
pub(super) fn tables<'t, 'a>(
    top: &'t DeTable<'a>,
) -> Vec<(&'t DeTable<'a>, &'static [&'static str])> {
    fn below<'t, 'a>(table: &'t DeTable<'a>, name: &str) -> Option<&'t DeTable<'a>> {
        match table.get(name)?.get_ref() {
            DeValue::Table(table) => Some(table),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => None,
        }
    }
    let mut all = vec![(top, TOP)];
    let sections = [
        ("wait", gates::WAIT),
        ("archive", archive::ARCHIVE),
        ("csv", csv::CSV),
        ("gates", gates::GATES),
        ("nightly", nightly::NIGHTLY),
        ("ratings", RATINGS),
    ];
    for (name, known) in sections {
        all.extend(below(top, name).map(|table| (table, known)));
    }
    let windows = below(top, "nightly").and_then(|nightly| nightly.get("report"));
    if let Some(DeValue::Array(windows)) = windows.map(|windows| windows.get_ref()) {
        for window in windows {
            if let DeValue::Table(table) = window.get_ref() {
                all.push((table, nightly::WINDOW));
            }
        }
    }
    for (name, known) in [
        ("locations", place::PLACE),
        ("queues", place::PLACE),
        ("organizations", place::ORGANIZATION),
    ] {
        let Some(named) = below(top, name) else { continue };
        for one in named.keys().filter_map(|key| below(named, key.get_ref())) {
            all.push((one, known));
        }
    }
    let dated: Vec<_> = all.iter().filter_map(|(table, _)| table.get("time_zone")).collect();
    for list in dated {
        let DeValue::Array(list) = list.get_ref() else { continue };
        for zone in list {
            if let DeValue::Table(table) = zone.get_ref() {
                all.push((table, zones::DATED));
            }
        }
    }
    all
}
