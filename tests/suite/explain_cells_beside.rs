//! What stands beside a value that is explained: counts, what values and marks mean, and the calculation in words.

use std::collections::{BTreeMap, BTreeSet};

use queuestat::job::{Cells, FoundCell};
use queuestat::metric::{Made, Mark};

use crate::export::Row;

/// What stands beside a value fits to what is listed: counts, what values and marks mean.
pub(crate) fn beside(found: &FoundCell, row: &Row, cells: &Cells, about: &dyn Fn() -> String) {
    let Made { counts, tickets, values_are, marked, parts, .. } = &found.made;
    let count = |name: &str| counts.iter().find(|(of, _)| *of == name).map(|(_, n)| *n);
    let marks = tickets.iter().filter(|one| one.mark == Mark::Part).count() as u64;
    let is_summary = count("tickets").is_some();
    let each: BTreeSet<usize> = tickets.iter().map(|one| one.at).collect();
    assert_eq!(each.len(), tickets.len(), "a ticket is listed twice: {}", about());
    if is_summary && tickets.iter().all(|one| one.mark == Mark::None && one.value.is_none()) {
        let days =
            tickets.iter().map(|one| (cells.tickets.get(one.at).unwrap().service_day, one.at));
        assert!(days.is_sorted(), "not by day: {}", about());
    }
    if tickets.iter().any(|one| one.value.is_some()) {
        assert!(values_are.is_some_and(|column| !column.is_empty()), "{}", about());
    }
    // The marks of summary figures have one meaning everywhere.
    if !is_summary && (marks > 0 || parts.iter().any(|part| part.is_marked)) {
        assert!(marked.is_some_and(|words| !words.is_empty()), "{}", about());
    }
    if !tickets.is_empty() && found.file != "data_quality.csv" {
        assert!(counts.iter().any(|(_, n)| *n == tickets.len() as u64), "{}", about());
        // Shares of the line, and what is counted in it.
        let part = if is_summary { counts.last().map(|(_, n)| *n) } else { count("marked") };
        assert!(marks == 0 || part.or(count("open_days")) == Some(marks), "{}", about());
    }
    if count("marked").is_some() {
        assert_eq!(count("marked"), Some(marks), "{}", about());
        assert_eq!(count("in_queue"), Some(tickets.len() as u64), "{}", about());
        // Whoever stood there for no time is still one of them.
        let of_all = format!(" {marks} of {} tickets ", tickets.len());
        assert!(format!(" {}", found.made.calculation).contains(&of_all), "{}", about());
    }
    if found.file == "control.csv" && found.made.formula.contains("weeks") && !parts.is_empty() {
        let n = parts.len();
        let said = match row.get("complete").map(String::as_str) {
            Some("false") => "the week is not over, so it has no limits".to_owned(),
            _ if n < 20 => format!("whole weeks with a value: {n}; limits need 20, runs 10"),
            _ => format!("from the values and n of {n} whole weeks"),
        };
        assert_eq!(found.made.calculation, said, "{}", about());
    }
    let line_mean = found.made.calculation.split_once(" ms in line / ");
    assert!(
        found.column != "line_mean" || found.value.is_empty() || line_mean.is_some(),
        "{}",
        about()
    );
    if let Some((sum, rest)) = line_mean {
        let number = |text: &str| text.split(' ').next().unwrap().parse::<f64>().unwrap();
        let values: f64 = tickets.iter().map(|one| f64::from(one.value.unwrap())).sum();
        assert!((number(sum) - values).abs() < 0.5, "{}", about());
        let mean: f64 = row[found.column].parse().unwrap();
        assert!((number(sum) / number(rest) - mean).abs() < 1e-4, "{}", about());
    }
    if found.made.calculation.contains("the marked bands (") {
        of_trend(found, count("strata"), count("ratings"), about);
    }
}

/// The numbers of a trend are those of its marked bands.
fn of_trend(
    found: &FoundCell,
    strata: Option<u64>,
    ratings: Option<u64>,
    about: &dyn Fn() -> String,
) {
    let (mut places, mut sum) = (BTreeSet::new(), 0);
    let mut bands: BTreeMap<&str, u64> = BTreeMap::new();
    for part in found.made.parts.iter().filter(|part| part.is_marked) {
        let (place, band) = part.name.rsplit_once(", ").unwrap_or(("", &part.name));
        places.insert(place);
        *bands.entry(band).or_default() += part.n.unwrap();
        sum += part.n.unwrap();
    }
    let strong = bands.values().filter(|n| **n >= 10).count();
    assert_eq!((strata, ratings), (Some(places.len() as u64), Some(sum)), "{}", about());
    let said = format!(
        "the marked bands ({sum}) at their locations ({}); bands with 10 ratings or more: {strong}",
        places.len()
    );
    assert!(found.made.calculation.contains(&said), "{}", about());
}
