//! Figures that are made of other figures: limits, funnels, changes and trends, each with those figures.

use crate::metric::bands;
use crate::metric::cell::{Cell, Kind};
use crate::metric::changes::Finding;
use crate::metric::ratings_by_wait::WaitBandRow;
use crate::metric::record::Record;
use crate::metric::section::LocationSection;
use crate::metric::tables_of_changes::of as amount;
use crate::statistics::what_changed::Told;

use super::ground::Ground;
use super::made::{Made, Part, PartWay};
use super::weeks::weeks;

/// How a figure came about that is made of others; `None` for another column.
pub(super) fn figure(ground: &Ground<'_>, record: &Record, column: &str) -> Option<Made> {
    match (record.file, column) {
        ("control.csv", "centre" | "low" | "high" | "signal") => control(ground, record),
        ("funnel.csv", _) => funnel(ground, record, column),
        ("changes.csv", _) => changes(ground, record, column),
        ("ratings_by_wait.csv", "wait_to_min") => Some(Made {
            calculation: "the bands are the same everywhere".to_owned(),
            ..Made::default()
        }),
        ("ratings_by_wait.csv", "trend_z" | "trend_p") => {
            let location = ground.location(record.text("location_id")?)?;
            Some(trend(ground, &[location]))
        }
        ("ratings_by_wait_trend.csv", _) => {
            let all: Vec<&LocationSection> = ground.sections.locations.iter().collect();
            Some(trend(ground, &all))
        }
        ("groups.csv", "level") => {
            let calculation = "the parts of the name between `/`".to_owned();
            Some(Made { calculation, ..Made::default() })
        }
        ("groups.csv", "locations") => locations(ground, record),
        _ => None,
    }
}

/// The cells that tell a row of a location.
fn at(location: &str, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut row = vec![("location_id", location.to_owned())];
    row.extend(more.iter().map(|(column, value)| (*column, (*value).to_owned())));
    row
}

/// The weeks that a location's limits and runs are made of.
fn control(ground: &Ground<'_>, record: &Record) -> Option<Made> {
    let (id, measure) = (record.text("location_id")?, record.text("measure")?);
    let section = &ground.location(id)?.section;
    let mine = section.control.iter().filter(|row| row.measure.name() == measure && row.complete);
    let part = |row: &crate::metric::control_rows::ControlRow| {
        let from = row.from.to_string();
        Part {
            name: ground.rules.week_starts_on.iso_name(row.from).unwrap_or_else(|| from.clone()),
            value: (amount(row.measure, row.value), Kind::Amount),
            n: Some(row.n),
            is_marked: record.date("from") == Some(row.from),
            way: PartWay::Cell {
                file: "control.csv",
                column: "value",
                row: at(id, &[("measure", measure), ("from", &from)]),
            },
        }
    };
    let parts: Vec<Part> = mine.map(part).collect();
    let calculation = match parts.len() {
        _ if record.get("complete") == Some(Cell::Truth(false)) => {
            "the week is not over, so it has no limits".to_owned()
        }
        n if n < 20 => format!("whole weeks with a value: {n}; limits need 20, runs 10"),
        n => format!("from the values and n of {n} whole weeks"),
    };
    let marked = Some("it is the week of the row");
    Some(Made { calculation, parts, marked, ..Made::default() })
}

/// The shares of all locations, or what is drawn around their target.
fn funnel(ground: &Ground<'_>, record: &Record, column: &str) -> Option<Made> {
    let (id, measure) = (record.text("location_id")?, record.text("measure")?);
    let mine = ground.sections.funnel.iter().filter(|row| row.measure == measure);
    let cell = |of: &str, column, name: String, value: Cell<'static>, kind, n| Part {
        name,
        value: (value, kind),
        n,
        is_marked: of == id,
        way: PartWay::Cell { file: "funnel.csv", column, row: at(of, &[("measure", measure)]) },
    };
    let shares = || -> Vec<Part> {
        let part = |row: &crate::metric::funnel_rows::FunnelRow| {
            let value = Cell::Number(row.value);
            cell(&row.id, "value", row.location.clone(), value, Kind::Share, Some(row.n))
        };
        mine.clone().map(part).collect()
    };
    let own = mine.clone().find(|row| row.id == id)?;
    let target =
        || cell(id, "target", "target".to_owned(), Cell::Number(own.target), Kind::Share, None);
    let number = || cell(id, "n", "n".to_owned(), Cell::Count(own.n), Kind::Count, None);
    let value =
        || cell(id, "value", "value".to_owned(), Cell::Number(own.value), Kind::Share, None);
    let is_of = Some("it is of the location of the row");
    let (calculation, parts) = match column {
        "target" => ("hits and n of all locations below, summed".to_owned(), shares()),
        "low_95" | "high_95" | "low_998" | "high_998" => {
            (format!("from the target and n = {}", own.n), vec![target(), number()])
        }
        "z" => {
            let last = ground.sections.all.changes.first().and_then(|finding| finding.week);
            let own_weeks = last.map_or_else(Vec::new, |last| {
                let (from, _) = ground.sections.window;
                let mut parts = weeks(ground, (measure, Some(id)), last, 0);
                parts.retain(|part| from.is_none_or(|from| begins(part, from)));
                parts
            });
            let parts = [value(), number(), target()].into_iter().chain(own_weeks);
            let calculation = "from the value, n and target, the own weeks for the scatter between weeks, and the shares of all \
                               locations for the differences between them; another location's weeks are parts of its own z";
            (calculation.to_owned(), parts.chain(shares()).collect())
        }
        "p_adjusted" => {
            let part = |row: &crate::metric::funnel_rows::FunnelRow| {
                let value = Cell::Number(row.z);
                cell(&row.id, "z", row.location.clone(), value, Kind::Mean, None)
            };
            ("from the z of all locations".to_owned(), mine.clone().map(part).collect())
        }
        "flag" => {
            let p = Cell::Number(own.adjusted_p);
            let p = cell(id, "p_adjusted", "p_adjusted".to_owned(), p, Kind::Share, None);
            ("from p_adjusted, the value and the target".to_owned(), vec![p, value(), target()])
        }
        _ => return None,
    };
    Some(Made { calculation, parts, marked: is_of, ..Made::default() })
}

/// Whether the days of a part begin on a day or later.
fn begins(part: &Part, from: chrono::NaiveDate) -> bool {
    match &part.way {
        PartWay::Measure { days, .. } => from <= days.0,
        PartWay::Cell { .. } | PartWay::Record { .. } | PartWay::End => true,
    }
}

/// The weeks that were held against each other, and, where the common course was taken out, the changes of the others.
fn changes(ground: &Ground<'_>, record: &Record, column: &str) -> Option<Made> {
    let measure = record.text("measure")?;
    if matches!(column, "organization" | "location" | "location_id" | "measure") {
        return None;
    }
    let section = ground.section(record)?;
    let finding: &Finding = section.changes.iter().find(|one| one.measure.name() == measure)?;
    let id = record.text("location_id");
    let (marked, has_peers, said) = match &finding.told {
        Some(Told::Judged(of)) => (
            of.span_weeks,
            of.peers,
            format!(
                "the newest {} weeks, which are marked, against {} spans of as many weeks before",
                of.span_weeks, of.spans_before
            ),
        ),
        Some(Told::TooLittle(of)) => match of.plain {
            Some(plain) => {
                let weeks = plain.weeks;
                let said = format!(
                    "a plain difference: the newest {weeks} weeks, which are marked, and the {weeks} before"
                );
                (weeks, false, said)
            }
            None => (0, false, "the weeks are too few or hold too little".to_owned()),
        },
        None => {
            let hidden = "hidden: there are too few ratings (`ratings.hide_below`)".to_owned();
            return Some(Made { calculation: hidden, ..Made::default() });
        }
    };
    let mut parts =
        finding.week.map_or_else(Vec::new, |last| weeks(ground, (measure, id), last, marked));
    let mut calculation = said;
    if has_peers && let Some(mine) = id {
        calculation.push_str("; what all locations did together is taken out");
        parts.extend(ground.sections.locations.iter().filter(|one| one.id != mine).filter_map(
            |other| {
                let told = other.section.changes.iter().find(|o| o.measure.name() == measure)?;
                let judged = told.judged()?;
                Some(Part {
                    name: other.name.clone(),
                    value: (amount(told.measure, judged.change), Kind::Amount),
                    n: Some(judged.n_after),
                    is_marked: false,
                    way: PartWay::Cell {
                        file: "changes.csv",
                        column: "change",
                        row: at(&other.id, &[("measure", measure)]),
                    },
                })
            },
        ));
    }
    let marked = Some("it is one of the newest weeks");
    Some(Made { calculation, parts, marked, ..Made::default() })
}

/// The bands of locations that a trend is made of; marked are those that take part.
fn trend(ground: &Ground<'_>, locations: &[&LocationSection]) -> Made {
    let (mut parts, mut strata, mut ratings, mut with_ten) = (Vec::new(), 0, 0, [0_u64; 6]);
    let is_many = locations.len() > 1;
    for location in locations {
        let rows = &location.section.ratings_by_wait;
        let shown = rows.iter().filter(|row| row.ratings.is_some_and(|n| n > 0)).count();
        let counts = shown > 1;
        strata += u64::from(counts);
        for row in rows {
            let WaitBandRow { from_min, to_min, ratings: n, csat, .. } = row;
            let takes_part = counts && n.is_some_and(|n| n > 0);
            if takes_part {
                ratings += n.unwrap_or(0);
                let minute = u32::try_from(from_min * 60).unwrap_or(u32::MAX);
                if let Some(sum) = with_ten.get_mut(usize::from(bands::of_wait(minute))) {
                    *sum += n.unwrap_or(0);
                }
            }
            let band = match to_min {
                Some(to) => format!("{from_min} to {to} minutes"),
                None => format!("{from_min} minutes and over"),
            };
            parts.push(Part {
                name: if is_many { format!("{}, {band}", location.name) } else { band },
                value: (Cell::number(*csat), Kind::Share),
                n: *n,
                is_marked: takes_part,
                way: PartWay::Cell {
                    file: "ratings_by_wait.csv",
                    column: "csat",
                    row: at(&location.id, &[("wait_from_min", &from_min.to_string())]),
                },
            });
        }
    }
    let bands = with_ten.iter().filter(|n| **n >= crate::statistics::trend::LEAST_IN_BIN).count();
    let of = &ground.sections.organization;
    let place = if is_many { format!("{of}: ") } else { String::new() };
    Made {
        calculation: format!(
            "{place}from the ratings of the marked bands ({ratings}) at their locations ({strata}); bands with 10 ratings or more: {bands}"
        ),
        counts: vec![("strata", strata), ("ratings", ratings)],
        parts,
        marked: Some(
            "it takes part: it has ratings that are shown, and so has another band of its location",
        ),
        ..Made::default()
    }
}

/// The locations of a group.
fn locations(ground: &Ground<'_>, record: &Record) -> Option<Made> {
    let group = record.text("group")?;
    let lies = |name: &str| {
        ground.groups.get(name).is_some_and(|groups| groups.iter().any(|one| one == group))
    };
    let part = |location: &LocationSection| Part {
        name: location.name.clone(),
        value: (Cell::Count(location.section.figures.tickets), Kind::Count),
        n: None,
        is_marked: false,
        way: PartWay::Cell { file: "locations.csv", column: "tickets", row: at(&location.id, &[]) },
    };
    let all = ground.sections.locations.iter().filter(|location| lies(&location.name));
    let parts: Vec<Part> = all.map(part).collect();
    let calculation = "the locations below, each with its tickets".to_owned();
    Some(Made { calculation, parts, ..Made::default() })
}
