//! The value of a cell once more, by plain code, from what `explain` lists behind it and from nothing else.

use queuestat::dataframe::Single;
use queuestat::job::{Cells, FoundCell};
use queuestat::metric::{Cell, Mark, Part, PartWay};
use queuestat::ticket::Outcome;

use crate::control::{chart, limit, two_sided};
use crate::explain_measure::{Listed, recomputed};
use crate::export::Row;

/// Columns that are not numbers, or that a rule of the program sets: they have their parts, and no arithmetic.
const NO_ARITHMETIC: [(&str, &str); 12] = [
    ("changes.csv", "verdict"),
    ("changes.csv", "state"),
    ("changes.csv", "since"),
    ("changes.csv", "first_said"),
    ("changes.csv", "why"),
    ("changes.csv", "weeks_needed"),
    ("changes.csv", "span_weeks"),
    ("changes.csv", "smallest_visible"),
    ("control.csv", "signal"),
    ("funnel.csv", "flag"),
    ("ratings_by_wait.csv", "wait_to_min"),
    ("ratings_by_wait_trend.csv", "direction"),
];

/// What a cell has, recomputed: a value or none; or that it cannot be, and why.
#[derive(Debug, PartialEq)]
pub(crate) enum Again {
    Value(Option<f64>),
    /// Files and lines are told, or the rule of the program sets it.
    NotHere,
}

/// Recomputes a cell of a row.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
pub(crate) fn again(found: &FoundCell, row: &Row, cells: &Cells) -> Again {
    let FoundCell { file, column, made, .. } = found;
    if NO_ARITHMETIC.contains(&(file, column)) {
        return Again::NotHere;
    }
    let listed: Vec<Listed> = made
        .tickets
        .iter()
        .map(|one| Listed { value: one.value, is_marked: one.mark != Mark::None })
        .collect();
    let singles: Vec<&Single> =
        made.tickets.iter().map(|one| cells.tickets.get(one.at).unwrap()).collect();
    let ratings_of_value = |share: bool| {
        let n = listed.iter().filter(|one| one.is_marked).count() as f64;
        if share { n / listed.len() as f64 } else { listed.len() as f64 }
    };
    let measure = row.get("measure").map_or("", String::as_str);
    let value = match (*file, *column) {
        ("hourly.csv" | "hours.csv", "line_mean") => line_mean(found, &singles, row),
        ("hourly.csv" | "hours.csv", "line_max") => {
            // All of them stand there at one instant, and there are so many.
            let from = singles.iter().filter_map(|one| Some(one.in_line?.0)).max();
            let to = singles.iter().filter_map(|one| Some(one.in_line?.1)).min();
            assert!(from.zip(to).is_none_or(|(from, to)| from < to), "{found:?}");
            Some(listed.len() as f64)
        }
        ("hourly.csv" | "hours.csv", "open_days") => {
            let days: std::collections::BTreeSet<_> =
                singles.iter().filter(|one| one.came).map(|one| one.service_day).collect();
            assert_eq!(listed.iter().filter(|one| one.is_marked).count(), days.len());
            Some(days.len() as f64)
        }
        ("curves.csv", _) => Some(curve(column, row, &singles, &listed)),
        ("ratings.csv", "ratings") => Some(ratings_of_value(false)),
        ("ratings.csv", "share") => Some(ratings_of_value(true)),
        ("ratings_by_wait.csv", "trend_z") => trend(&made.parts),
        ("ratings_by_wait.csv", "trend_p") => trend(&made.parts).map(two_sided),
        ("ratings_by_wait_trend.csv", "z") => trend(&made.parts),
        ("ratings_by_wait_trend.csv", "p_value") => trend(&made.parts).map(two_sided),
        ("ratings_by_wait_trend.csv", "ratings") => {
            Some(made.parts.iter().filter(|part| part.is_marked).map(n).sum())
        }
        ("ratings_by_wait_trend.csv", "strata") => {
            Some(by_place(&made.parts).iter().filter(|bands| bands.len() > 1).count() as f64)
        }
        ("groups.csv", "locations") => Some(made.parts.len() as f64),
        ("groups.csv", "level") => Some(row["group"].split('/').count() as f64),
        ("funnel.csv" | "control.csv", "n") => Some(listed.len() as f64),
        ("funnel.csv" | "control.csv", "value") => {
            recomputed(if measure == "wait" { "wait_p50_s" } else { "a_rate" }, &listed)
        }
        ("control.csv", _) => control(column, measure, &made.parts),
        ("funnel.csv", _) => return funnel(column, row, &made.parts),
        ("changes.csv", _) => return change(column, row, &made.parts),
        ("data_quality.csv", _) => {
            let sum: f64 = made.parts.iter().map(value_of).sum();
            let is_told = row["count"] != "0" && made.parts.is_empty() && listed.is_empty();
            if is_told {
                return Again::NotHere;
            }
            Some(sum + listed.len() as f64)
        }
        ("files.csv", "records") if row.contains_key("records") => {
            Some(made.parts.iter().map(value_of).sum())
        }
        ("files.csv", "rejected") if row.contains_key("rejected") => {
            Some(made.parts.len() as f64 + made.parts_left_out as f64)
        }
        ("files.csv", _) => return Again::NotHere,
        (_, name) => recomputed(name, &listed),
    };
    Again::Value(value)
}

fn number(cell: Cell<'_>) -> Option<f64> {
    match cell {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        Cell::Count(n) => Some(n as f64),
        Cell::Number(x) | Cell::Seconds(x) => Some(x),
        Cell::Missing | Cell::Text(_) | Cell::Date(_) | Cell::Whole(_) | Cell::Truth(_) => None,
    }
}

fn value_of(part: &Part) -> f64 {
    number(part.value.0).unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn n(part: &Part) -> f64 {
    part.n.unwrap() as f64
}

/// Hits and trials of a part.
fn hits(part: &Part) -> (f64, f64) {
    ((value_of(part) * n(part)).round(), n(part))
}

/// Hour by hour of UTC, which is the zone of the archive; and the mean of what is listed.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn line_mean(found: &FoundCell, singles: &[&Single], row: &Row) -> Option<f64> {
    let open = found.made.counts.iter().find(|(name, _)| *name == "open_days").unwrap().1;
    let hour: i64 = row["hour"].parse().unwrap();
    for (one, counted) in singles.iter().zip(&found.made.tickets) {
        let (from, to) = one.in_line.unwrap();
        let inside = |at: &i64| {
            // Of 1 January 1970, a Thursday.
            let (day, of_day) = (at / 24, at % 24);
            let weekday = ((day + 3) % 7 + 1).to_string();
            of_day == hour && row.get("weekday").is_none_or(|mine| *mine == weekday)
        };
        let hours = from / 3_600_000..=to / 3_600_000;
        let of = |at: i64| (to.min((at + 1) * 3_600_000) - from.max(at * 3_600_000)).max(0);
        let ms: i64 = hours.filter(inside).map(of).sum();
        // Of a day on which nobody came, nothing counts.
        assert!(i64::from(counted.value.unwrap()) <= ms, "{found:?}");
    }
    let sum: u64 = found.made.tickets.iter().map(|one| u64::from(one.value.unwrap())).sum();
    (open > 0).then(|| sum as f64 / (3_600_000.0 * open as f64))
}

/// Aalen and Johansen, each sum written out; the variance as a sum over pairs.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn curve(column: &str, row: &Row, singles: &[&Single], listed: &[Listed]) -> f64 {
    let until = row["minute"].parse::<u32>().unwrap() * 60;
    let kind = column.trim_end_matches("_low").trim_end_matches("_high");
    let ended = |one: &Single| match one.outcome {
        Outcome::Served => "served",
        Outcome::CancelledByCustomer => "left",
        Outcome::NoShow => "no_show",
        Outcome::CancelledByStaff | Outcome::Removed | Outcome::Rejected => "removed",
        Outcome::Open => "open",
        Outcome::Lapsed => unreachable!("lapsed tickets stand in no curve"),
    };
    let all: Vec<(u32, &str)> = listed
        .iter()
        .zip(singles)
        .map(|(listed, one)| (listed.value.unwrap(), ended(one)))
        .collect();
    // What is marked is what counts above the line.
    for ((time, ended), listed) in all.iter().zip(listed) {
        let is_part =
            if column == "at_risk" { *time >= until } else { *time <= until && *ended == kind };
        assert_eq!(listed.is_marked, is_part, "{column} {until} {time} {ended}");
    }
    if column == "at_risk" {
        return all.iter().filter(|(time, _)| *time >= until).count() as f64;
    }
    let mut times: Vec<u32> = all.iter().map(|one| one.0).filter(|time| *time <= until).collect();
    times.dedup();
    let count = |is: &dyn Fn(&(u32, &str)) -> bool| all.iter().filter(|one| is(one)).count() as f64;
    let (mut waiting, mut share) = (1.0, 0.0);
    // Share after each time, and the parts of the variance.
    let mut steps: Vec<(f64, f64, f64, f64)> = Vec::new();
    for time in times {
        let at_risk = count(&|one| one.0 >= time);
        let d = count(&|one| one.0 == time && one.1 != "open");
        let own = count(&|one| one.0 == time && one.1 == kind);
        share += waiting * own / at_risk;
        let a = if d < at_risk { d / (at_risk * (at_risk - d)) } else { 0.0 };
        let b = waiting * waiting * (at_risk - own) * own / at_risk.powi(3);
        steps.push((share, a, b, waiting * own / (at_risk * at_risk)));
        waiting *= (at_risk - d) / at_risk;
    }
    let variance: f64 = steps
        .iter()
        .map(|(then, a, b, c)| (share - then).powi(2) * a + b - 2.0 * (share - then) * c)
        .sum();
    let error = variance.max(0.0).sqrt();
    let is_sure = share <= 0.0 || share >= 1.0 || error <= 1e-12;
    let far = if is_sure { 0.0 } else { 1.959_963_985 * error / (share * share.ln()).abs() };
    let bent = |far: f64| if is_sure { share } else { share.powf(far.exp()) };
    match column {
        _ if column.ends_with("_low") => bent(far),
        _ if column.ends_with("_high") => bent(-far),
        _ => share,
    }
}

/// Score, hits and trials of the bands that take part, place by place.
fn by_place(parts: &[Part]) -> Vec<Vec<(f64, f64, f64)>> {
    let mut places: std::collections::BTreeMap<&str, Vec<(f64, f64, f64)>> = Default::default();
    for part in parts.iter().filter(|part| part.is_marked) {
        let (place, band) = part.name.rsplit_once(", ").unwrap_or(("", &part.name));
        let from: f64 = band.split(' ').next().unwrap().parse().unwrap();
        let middle = [2.5, 7.5, 15.0, 25.0, 45.0, 75.0].into_iter().find(|m| *m > from).unwrap();
        let (hits, n) = hits(part);
        places.entry(place).or_default().push((middle, hits, n));
    }
    places.into_values().collect()
}

/// The z of the trend within places; from three bands with ten ratings on.
fn trend(parts: &[Part]) -> Option<f64> {
    let places = by_place(parts);
    let bands = [2.5, 7.5, 15.0, 25.0, 45.0, 75.0];
    let of = |band: &f64| -> f64 {
        let all = places.iter().flatten().filter(|(score, ..)| (score - band).abs() < 1e-9);
        all.map(|(_, _, n)| n).sum()
    };
    if bands.iter().filter(|band| of(band) >= 10.0).count() < 3 {
        return None;
    }
    let (mut excess, mut variance) = (0.0, 0.0);
    for bins in places {
        let (hits, n) = bins.iter().fold((0.0, 0.0), |(h, m), bin| (h + bin.1, m + bin.2));
        let mean = bins.iter().map(|(score, _, m)| score * m).sum::<f64>() / n;
        excess += bins.iter().map(|(score, h, _)| (score - mean) * h).sum::<f64>();
        let squares = bins.iter().map(|(score, _, m)| (score - mean).powi(2) * m).sum::<f64>();
        variance += hits * (n - hits) / (n * (n - 1.0)) * squares;
    }
    (variance > 0.0).then(|| excess / variance.sqrt())
}

/// Centre and limits of the marked week.
fn control(column: &str, measure: &str, parts: &[Part]) -> Option<f64> {
    let is_wait = measure == "wait";
    let weeks: Vec<(f64, f64)> = parts
        .iter()
        .map(|part| if is_wait { (value_of(part), n(part)) } else { hits(part) })
        .collect();
    let at = parts.iter().position(|part| part.is_marked)?;
    let (all, whole) = weeks.iter().fold((0.0, 0.0), |sum, week| (sum.0 + week.0, sum.1 + week.1));
    if weeks.len() < 20 || (!is_wait && (all == 0.0 || (all - whole).abs() < 0.5)) {
        return None;
    }
    let [centre, low, high] = chart(&weeks, is_wait).0[at];
    let value = match column {
        "centre" => centre,
        "low" => low,
        _ => high,
    };
    Some(if is_wait { (value.exp() - 60.0).max(0.0) } else { value })
}

fn funnel(column: &str, row: &Row, parts: &[Part]) -> Again {
    let of = |name: &str| row[name].parse::<f64>().unwrap();
    let value = match column {
        "target" => {
            let sum = parts.iter().map(hits).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
            sum.0 / sum.1
        }
        "low_95" | "high_95" | "low_998" | "high_998" => {
            let (target, number) = (value_of(&parts[0]), value_of(&parts[1]));
            let tail = if column.ends_with("95") { 0.025 } else { 0.001 };
            let level = if column.starts_with("low") { tail } else { 1.0 - tail };
            limit(level, number, target)
        }
        "p_adjusted" => {
            // Benjamini and Hochberg: the least p · n / rank of those at least as large.
            let mut p: Vec<f64> = parts.iter().map(|part| two_sided(value_of(part))).collect();
            let own = parts.iter().position(|part| part.is_marked).map(|at| p[at]).unwrap();
            p.sort_by(f64::total_cmp);
            let all = p.len() as f64;
            let ranked = (1..).zip(&p).filter(|(_, p)| **p >= own);
            ranked.map(|(rank, p)| p * all / f64::from(rank)).fold(1.0, f64::min)
        }
        "z" => {
            // Its value, n and target, and one share for each location.
            assert!((value_of(&parts[0]) - of("value")).abs() < 1e-4);
            assert!((value_of(&parts[1]) - of("n")).abs() < 1e-9);
            assert!((value_of(&parts[2]) - of("target")).abs() < 1e-4 && parts.len() > 13);
            // The own weeks are those of the window, which is the only one with a funnel here.
            let weeks = parts.iter().filter_map(|part| match &part.way {
                PartWay::Measure { days, .. } => Some(days.0.to_string()),
                PartWay::Cell { .. } | PartWay::Record { .. } | PartWay::End => None,
            });
            let weeks: Vec<String> = weeks.collect();
            assert!(weeks.len() > 15 && weeks.iter().all(|first| first.as_str() >= "2021-02-10"));
            return Again::NotHere;
        }
        _ => unreachable!("{column}"),
    };
    Again::Value(Some(value))
}

/// What can be told of a change by plain arithmetic: its numbers, and, judged alone, its sizes.
fn change(column: &str, row: &Row, parts: &[Part]) -> Again {
    let weeks: Vec<&Part> = parts.iter().filter(|part| part.name.contains("-W")).collect();
    let number = |name: &str| row.get(name).map(|text| text.parse::<f64>().unwrap());
    let (Some(length), Some(spans)) = (number("span_weeks"), number("spans_before")) else {
        // A plain difference, or none at all.
        let value = match column {
            "n_after" if number("span_weeks").is_some() => {
                Some(weeks.iter().filter(|part| part.is_marked).map(|part| n(part)).sum())
            }
            "spans_before" | "low" | "high" => None,
            _ if number("span_weeks").is_none() && column != "weeks" => None,
            _ => return Again::NotHere,
        };
        return Again::Value(value);
    };
    let has_peers = weeks.len() < parts.len();
    let is_wait = row["measure"] == "wait";
    let length = if length > 3.0 { 4 } else { 2 };
    let least = if row["measure"] == "csat" { 20.0 } else { 40.0 };
    // By the first day of the newest week, so that weeks without a value leave a gap.
    let day = |part: &Part| {
        chrono::NaiveDate::parse_from_str(&format!("{}-1", part.name), "%G-W%V-%u").unwrap()
    };
    let last = day(weeks[weeks.len() - 1]);
    let mut by_age: Vec<Vec<&Part>> = vec![Vec::new(); 13];
    for part in &weeks {
        let age = usize::try_from((last - day(part)).num_weeks()).unwrap() / length;
        if let Some(span) = by_age.get_mut(age) {
            span.push(part);
        }
    }
    // The oldest weeks that fill no span are in none.
    let there = usize::try_from((last - day(weeks[0])).num_weeks()).unwrap() + 1;
    by_age.truncate(there / length);
    let bears = |span: &[&Part]| {
        let enough = span.len() >= if length == 4 { 3 } else { 2 };
        span.iter().map(|part| n(part)).sum::<f64>() >= least
            && (!is_wait || enough)
            && !span.is_empty()
    };
    let scaled = |span: &[&Part]| {
        if is_wait {
            let logs = span.iter().map(|part| (value_of(part) + 60.0).ln());
            return logs.sum::<f64>() / span.len() as f64;
        }
        let sum =
            span.iter().map(|part| hits(part)).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
        f64::sqrt((sum.0 + 0.375) / (sum.1 + 0.75)).asin()
    };
    let back = |y: f64| if is_wait { (y.exp() - 60.0).max(0.0) } else { y.sin().powi(2) };
    let before: Vec<&Vec<&Part>> = by_age[1..].iter().filter(|span| bears(span)).collect();
    assert!((before.len() as f64 - spans).abs() < 1e-9, "{row:?}");
    let base = before.iter().map(|span| scaled(span)).sum::<f64>() / spans;
    let of = |spans: &[&Vec<&Part>]| spans.iter().flat_map(|span| span.iter()).map(|p| n(p)).sum();
    Again::Value(Some(match column {
        "spans_before" => spans,
        "n_after" => of(&[&by_age[0]]),
        "n_before" => of(&before),
        "before" if !has_peers => back(base),
        "after" if !has_peers => back(scaled(&by_age[0])),
        "change" if !has_peers => back(scaled(&by_age[0])) - back(base),
        "weeks" => return Again::Value(None),
        _ => return Again::NotHere,
    }))
}
