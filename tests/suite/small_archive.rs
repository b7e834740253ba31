//! Small archives for the figures, and what their reports say.

use std::collections::BTreeMap;

use queuestat::dataframe::location_ids;

use crate::workspace::{Workspace, hook};

/// Local times are those of Stockholm: an hour ahead of UTC until 28 March 2021, and two from then on.
const CONFIG: &str = "time_zone = \"Europe/Stockholm\"\n";

/// An instant of 2021, UTC: `03-10 09:30` or `03-10 09:30:05`.
pub(crate) fn at(field: &str, time: &str) -> String {
    let (date, time) = time.split_once(' ').unwrap();
    let seconds = if time.len() == 5 { ":00" } else { "" };
    format!(",\"{field}\":\"2021-{date}T{time}{seconds}Z\"")
}

/// A walk-in's webhook.
pub(crate) fn walk_in(kind: &str, id: &str, place: &str, created: &str, more: &str) -> String {
    let created = at("createdAt", created);
    hook("o", kind, id, &format!("\"location\":\"{place}\",\"type\":\"anonymous\"{created}{more}"))
}

/// A walk-in that waited so many minutes, of an hour at most.
pub(crate) fn served(
    id: &str,
    place: &str,
    (date, hour): (&str, u32),
    minutes: u32,
    more: &str,
) -> String {
    let (from, to) = (format!("{date} {hour:02}:00"), format!("{date} {hour:02}:{minutes:02}"));
    walk_in("positionFulfilled", id, place, &from, &(at("fulfilledAt", &to) + more))
}

/// A booking's webhook.
pub(crate) fn booking(kind: &str, id: &str, place: &str, start: &str, more: &str) -> String {
    let (created, start) = (at("createdAt", "03-01 09:00"), at("start", start));
    let slot = start.trim_start_matches(',');
    let position = format!(
        "\"location\":\"{place}\",\"type\":\"booking\",\"booking\":{{{slot}}}{created}{more}"
    );
    hook("o", kind, id, &position)
}

/// The report of an archive, CSV files alone or everything.
pub(crate) fn report(archive: &str, config: &str, more: &[&str]) -> Workspace {
    let space = Workspace::new();
    space.write("in/a.jsonl", archive);
    space.write("in/queuestat.toml", format!("{CONFIG}{config}"));
    let mut args = vec!["report", "in", "--out", "out"];
    args.extend(more);
    if !more.contains(&"--as-of") {
        args.extend(["--as-of", "2021-08-01T00:00:00Z"]);
    }
    let run = space.run(&args);
    assert_eq!(run.code, 0, "{}", run.stderr);
    space
}

/// Arguments for CSV files alone.
pub(crate) const CSV: &[&str] = &["--only", "csv"];

/// The cells of a row, by column.
type Row = BTreeMap<String, String>;

/// The rows of a CSV file, by column; no cell here holds a comma.
pub(crate) fn rows(space: &Workspace, file: &str) -> Vec<Row> {
    let text = space.csv(file);
    let mut lines = text.lines().map(|line| line.split(',').map(|cell| cell.trim_matches('"')));
    let head: Vec<&str> = lines.next().unwrap().collect();
    let row = |cells: Vec<&str>| {
        assert_eq!(cells.len(), head.len(), "{file}");
        head.iter().zip(cells).map(|(k, v)| ((*k).to_owned(), v.to_owned())).collect()
    };
    lines.map(|cells| row(cells.collect())).collect()
}

/// Some cells of the rows of a CSV file, for one location or all.
pub(crate) fn cells(
    space: &Workspace,
    file: &str,
    place: Option<&str>,
    columns: &[&str],
) -> Vec<String> {
    let all = rows(space, file);
    let mine = all.iter().filter(|row| place.is_none_or(|place| row["location"] == place));
    let joined =
        |row: &Row| columns.iter().map(|name| row[*name].as_str()).collect::<Vec<_>>().join(" ");
    mine.map(joined).collect()
}

/// Every page and chart of a report as text, by path.
pub(crate) fn shown(space: &Workspace) -> BTreeMap<String, String> {
    let is_shown = |name: &str| name.ends_with(".html") || name.ends_with(".svg");
    let all = space.published().into_iter().filter(|(name, _)| is_shown(name));
    all.map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
}

/// The page of a location.
pub(crate) fn page_of<'p>(pages: &'p BTreeMap<String, String>, place: &str) -> &'p str {
    let id = location_ids([("o", place)].into_iter()).remove(0);
    pages.iter().find(|(name, _)| name.ends_with(&format!("{id}.html"))).unwrap().1
}

/// The overview of the only organization.
pub(crate) fn first_page(pages: &BTreeMap<String, String>) -> &str {
    pages.iter().find(|(name, _)| name.ends_with("/index.html")).unwrap().1
}
