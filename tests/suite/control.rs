//! `funnel.csv` and `control.csv` through the whole binary, against plain loops over the counts of `weekly.csv` and
//! `locations.csv` of the same report.

use std::collections::BTreeMap;

use crate::weeks::table;
use crate::workspace::{Workspace, files};

/// First day of the last week, which is over in Sydney, but not everywhere.
const LAST: &str = "2021-06-28";

type Row = BTreeMap<String, String>;

/// Twenty-six weeks of ten locations each of two organizations, with scatter.
pub(crate) fn archive() -> Workspace {
    let space = Workspace::in_memory();
    let mut args = vec!["synth", "--out", "in", "--tickets", "9000", "--locations", "20"];
    args.extend(["--days", "182", "--first-day", "2021-01-04", "--seed", "3", "--scatter", "1"]);
    args.extend(["--clean", "--newest-version", "--container", "none", "--envelope", "none"]);
    args.extend(["--change", "14:wait:1.8:2021-05-31", "--change", "12:cancellation:3:2021-01-11"]);
    let run = space.run(&args);
    assert_eq!(run.code, 0, "{}", run.stderr);
    space
}

/// The rows of a table of both organizations, of a report with these arguments.
fn reported(space: &Workspace, out: &str, more: &[&str]) -> impl Fn(&str) -> Vec<Row> {
    let mut args = vec!["report", "in", "--out", out, "--as-of", "2021-08-01T00:00:00Z"];
    args.extend(["--only", "csv"]);
    args.extend(more);
    let run = space.run(&args);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let published = files(&space.path(out));
    move |name: &str| {
        let mine = published.iter().filter(|(path, _)| path.ends_with(&format!("/{name}")));
        mine.flat_map(|(_, bytes)| table(std::str::from_utf8(bytes).unwrap())).collect()
    }
}

fn number(row: &Row, name: &str) -> f64 {
    row[name].parse().unwrap()
}

/// Hits and trials of a share, or the median wait and the number of waits; `None` where there is no value.
fn counts(row: &Row, measure: &str) -> Option<(f64, f64)> {
    let closed = number(row, "tickets") - number(row, "open");
    let (hits, n) = match measure {
        "cancellation" => {
            (number(row, "cancelled_by_customer") + number(row, "cancelled_by_staff"), closed)
        }
        "no_show" => (number(row, "no_show"), closed),
        "csat" => (number(row, "rating_4") + number(row, "rating_5"), number(row, "ratings")),
        // Empty where it is 0; added by `with_offered`.
        "within_target" if row["offered"].is_empty() => return None,
        "within_target" => {
            let offered = number(row, "offered");
            ((number(row, "within_target_rate") * offered).round(), offered)
        }
        "wait" if number(row, "waits") < 10.0 => return None,
        "wait" => (number(row, "wait_p50_s"), number(row, "waits")),
        _ => unreachable!("{measure}"),
    };
    (n > 0.0).then_some((hits, n))
}

/// Rows of a table with what `within_target_rate` is a share of, which an answer tells and the tables do not.
fn with_offered(space: &Workspace, more: &[&str], mut rows: Vec<Row>, by: &[&str]) -> Vec<Row> {
    let by_all = by.join(",");
    let mut args = vec!["ask", "in", "--as-of", "2021-08-01T00:00:00Z", "--by", &by_all];
    args.extend(["--measure", "within_target_rate"]);
    args.extend(more);
    let run = space.run(&args);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let key = |row: &Row, names: &[&str]| names.iter().map(|name| row[*name].clone()).collect();
    let answer: BTreeMap<Vec<String>, Row> =
        table(&run.stdout).into_iter().map(|row| (key(&row, by), row)).collect();
    let here: Vec<&str> =
        by.iter().map(|name| if *name == "week" { "iso_week" } else { *name }).collect();
    for row in &mut rows {
        let of = &answer[&key(row, &here)];
        assert_eq!(of["within_target_rate"], row["within_target_rate"]);
        row.insert("offered".to_owned(), of["offered"].clone());
    }
    rows
}

fn close(row: &Row, name: &str, should: f64, within: f64) {
    assert!((number(row, name) - should).abs() <= within, "{name}, not {should}: {row:?}");
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn mean_range(values: &[f64]) -> f64 {
    mean(&values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect::<Vec<_>>())
}

/// Centre, low and high of each week on the scale that is looked at, and the values on it.
pub(crate) fn chart(weeks: &[(f64, f64)], is_wait: bool) -> (Vec<[f64; 3]>, Vec<f64>) {
    if is_wait {
        let values: Vec<f64> = weeks.iter().map(|(median, _)| (median + 60.0).ln()).collect();
        let (centre, half) = (mean(&values), 3.0 / 1.128 * mean_range(&values));
        return (vec![[centre, centre - half, centre + half]; weeks.len()], values);
    }
    let (hits, n) = weeks.iter().fold((0.0, 0.0), |(h, m), (hits, n)| (h + hits, m + n));
    let p: f64 = hits / n;
    let sigma = |n: f64| (p * (1.0 - p) / n).sqrt();
    let values: Vec<f64> = weeks.iter().map(|(hits, n)| hits / n).collect();
    let z: Vec<f64> = weeks.iter().map(|(hits, n)| (hits / n - p) / sigma(*n)).collect();
    let scatter = (mean_range(&z) / 1.128).max(1.0);
    let limits = |(_, n): &(f64, f64)| {
        let half = 3.0 * sigma(*n) * scatter;
        [p, (p - half).max(0.0), (p + half).min(1.0)]
    };
    (weeks.iter().map(limits).collect(), values)
}

/// Whether the sides of the median on which the values lie are not those of chance (fewer than 46 values).
fn has_run(values: &[f64]) -> bool {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let median = (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0;
    let off = values.iter().filter(|value| value.total_cmp(&median).is_ne());
    let above: Vec<bool> = off.map(|value| *value > median).collect();
    if above.len() < 10 {
        return false;
    }
    let crossings = above.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let longest = above.chunk_by(|a, b| a == b).map(<[bool]>::len).max().unwrap();
    // The fewest crossings with at least 5 % of all sequences at or below.
    let trials = above.len() - 1;
    let (mut ways, mut sum, mut fewest) = (1.0, 1.0, 0);
    while sum / 2_f64.powi(i32::try_from(trials).unwrap()) < 0.05 {
        ways *= (trials - fewest) as f64 / (fewest + 1) as f64;
        fewest += 1;
        sum += ways;
    }
    // Three more than the logarithm to the base 2, rounded.
    let (mut usual, mut reach) = (3, 2_f64.sqrt());
    while reach <= above.len() as f64 {
        (usual, reach) = (usual + 1, reach * 2.0);
    }
    longest > usual || crossings < fewest
}

#[test]
fn weeks_are_held_against_what_is_usual() {
    let space = archive();
    let all = reported(&space, "all", &[]);
    let (control, weekly) = (all("control.csv"), all("weekly.csv"));
    let (mut rows_seen, mut beyond, mut runs) = (0, 0, 0);
    let ids: std::collections::BTreeSet<&String> =
        weekly.iter().map(|row| &row["location_id"]).collect();
    assert_eq!(ids.len(), 20);
    for id in ids {
        for measure in ["cancellation", "csat", "no_show", "wait"] {
            let weeks: Vec<(&Row, (f64, f64))> = weekly
                .iter()
                .filter(|row| &row["location_id"] == id && row["from"].as_str() < LAST)
                .filter_map(|row| Some((row, counts(row, measure)?)))
                .collect();
            let mine: Vec<&Row> = control
                .iter()
                .filter(|row| &row["location_id"] == id && row["measure"] == measure)
                .filter(|row| row["complete"] == "true")
                .collect();
            let of =
                |rows: Vec<&Row>| rows.iter().map(|row| row["from"].clone()).collect::<Vec<_>>();
            assert_eq!(of(mine.clone()), of(weeks.iter().map(|(row, _)| *row).collect()), "{id}");
            let is_wait = measure == "wait";
            let points: Vec<(f64, f64)> = weeks.iter().map(|(_, point)| *point).collect();
            let (limits, values) = chart(&points, is_wait);
            let back = |value: f64| if is_wait { (value.exp() - 60.0).max(0.0) } else { value };
            let within = if is_wait { 0.005_001 } else { 0.000_050_001 };
            let is_firm = points.len() >= 20;
            let is_run = is_firm && has_run(&values);
            for (((row, (value, n)), limits), scaled) in
                mine.iter().zip(&points).zip(&limits).zip(&values)
            {
                rows_seen += 1;
                close(row, "value", if is_wait { *value } else { value / n }, within);
                close(row, "n", *n, 0.0);
                if !is_firm {
                    assert!(["centre", "low", "high"].iter().all(|name| row[*name].is_empty()));
                    continue;
                }
                for (name, limit) in ["centre", "low", "high"].iter().zip(limits) {
                    close(row, name, back(*limit), within);
                }
                let is_beyond = *scaled < limits[1] || *scaled > limits[2];
                beyond += usize::from(is_beyond);
                runs += usize::from(is_run);
                let signal = match (is_beyond, is_run) {
                    (true, true) => "both",
                    (true, false) => "beyond_limits",
                    (false, true) => "run",
                    (false, false) => "",
                };
                assert_eq!(row["signal"], signal, "{row:?}");
            }
        }
    }
    println!("{rows_seen} weeks, {beyond} beyond the limits, {runs} in unstable series");
    assert!(rows_seen > 1_500 && beyond > 0 && runs > 0);

    // A window: weeks before it are there as well, and a week that it cuts with its days in the window only.
    let window = reported(&space, "part", &["--from", "2021-06-08", "--to", "2021-06-30"]);
    let (cut, weekly) = (window("control.csv"), window("weekly.csv"));
    let whole = |rows: &[Row]| -> BTreeMap<(String, String, String), (String, String)> {
        let key =
            |row: &Row| (row["location_id"].clone(), row["measure"].clone(), row["from"].clone());
        let rows = rows.iter().filter(|row| row["complete"] == "true");
        rows.map(|row| (key(row), (row["value"].clone(), row["n"].clone()))).collect()
    };
    assert_eq!(whole(&cut), whole(&control));
    let running: Vec<&Row> = cut.iter().filter(|row| row["complete"] == "false").collect();
    for row in &running {
        let mut week = weekly
            .iter()
            .filter(|week| week["location_id"] == row["location_id"] && week["from"] == LAST);
        let (value, n) = counts(week.next().unwrap(), &row["measure"]).unwrap();
        let is_wait = row["measure"] == "wait";
        close(
            row,
            "value",
            if is_wait { value } else { value / n },
            if is_wait { 0.005_001 } else { 0.000_050_001 },
        );
        close(row, "n", n, 0.0);
        assert_eq!(row["from"], LAST);
        assert!(["centre", "low", "high", "signal"].iter().all(|name| row[*name].is_empty()));
    }
    assert!(running.len() >= 40, "{}", running.len());
    let tickets = |rows: &[Row]| -> f64 {
        let mine = |row: &&Row| row["measure"] == "no_show" && row["from"] == LAST;
        rows.iter().filter(mine).map(|row| number(row, "n")).sum()
    };
    assert!(tickets(&cut) < tickets(&control), "days after the window are left out");
    assert!(cut.iter().all(|row| row["from"].as_str() <= LAST));
}

/// Two-sided p of a normal value, by Simpson's rule over twelve standard deviations.
pub(crate) fn two_sided(z: f64) -> f64 {
    let density = |x: f64| (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt();
    let (from, step) = (z.abs(), 12.0 / 4_000.0);
    let weight = |i: u32| if i == 0 || i == 4_000 { 1.0 } else { 2.0 + 2.0 * f64::from(i % 2) };
    2.0 * step / 3.0
        * (0..=4_000).map(|i| weight(i) * density(from + f64::from(i) * step)).sum::<f64>()
}

/// The share at which the binomial distribution reaches a level, between whole hits.
pub(crate) fn limit(level: f64, n: f64, p: f64) -> f64 {
    let (mut term, mut below, mut hits) = (n * (1.0 - p).ln(), 0.0, 0.0);
    loop {
        let up_to = below + term.exp();
        if up_to >= level {
            return ((hits - (up_to - level) / (up_to - below)) / n).clamp(0.0, 1.0);
        }
        term += ((n - hits) / (hits + 1.0) * p / (1.0 - p)).ln();
        (below, hits) = (up_to, hits + 1.0);
    }
}

/// A decile of sorted values, type 7.
fn decile(sorted: &[f64], which: usize) -> f64 {
    let at = which * (sorted.len() - 1);
    let (low, part) = (at / 10, (at % 10) as f64 / 10.0);
    sorted[low] + part * (sorted[(low + 1).min(sorted.len() - 1)] - sorted[low])
}

#[test]
fn locations_are_held_against_all_of_them() {
    let space = archive();
    held_against_all(&space, "all", &[]);
    // Weeks before the window have no part in how much a location scatters.
    held_against_all(&space, "part", &["--from", "2021-02-22"]);
}

fn held_against_all(space: &Workspace, out: &str, more: &[&str]) {
    let all = reported(space, out, more);
    let funnel = all("funnel.csv");
    let by = ["organization", "location", "week"];
    let weekly = with_offered(space, more, all("weekly.csv"), &by);
    let places = with_offered(space, more, all("locations.csv"), &by[..2]);
    let (mut seen, mut flagged) = (0, 0);
    for organization in ["nordhem", "riyadh-clinic"] {
        for measure in ["cancellation", "csat", "no_show", "within_target"] {
            let mine: Vec<&Row> = funnel
                .iter()
                .filter(|row| row["organization"] == organization && row["measure"] == measure)
                .collect();
            let there: Vec<(&Row, (f64, f64))> = places
                .iter()
                .filter(|row| row["organization"] == organization)
                .filter_map(|row| Some((row, counts(row, measure)?)))
                .filter(|(_, (_, n))| *n >= 10.0)
                .collect();
            if there.len() < 10 {
                assert!(mine.is_empty());
                continue;
            }
            assert_eq!(mine.len(), there.len(), "{organization} {measure}");
            let target = there.iter().map(|(_, of)| of.0).sum::<f64>()
                / there.iter().map(|(_, of)| of.1).sum::<f64>();
            let off: Vec<(f64, f64)> = there
                .iter()
                .map(|(place, (hits, n))| {
                    let weeks: Vec<(f64, f64)> = weekly
                        .iter()
                        .filter(|row| row["location_id"] == place["location_id"])
                        .filter(|row| row["from"].as_str() < LAST)
                        .filter_map(|row| counts(row, measure))
                        .collect();
                    let p = weeks.iter().map(|of| of.0).sum::<f64>()
                        / weeks.iter().map(|of| of.1).sum::<f64>();
                    let residuals: Vec<f64> = weeks
                        .iter()
                        .map(|(hits, n)| (hits - n * p) / (n * p * (1.0 - p)).sqrt())
                        .collect();
                    let steps: Vec<f64> =
                        residuals.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).collect();
                    assert!(weeks.len() >= 8);
                    let own = (mean(&steps) / 2.0).max(1.0);
                    let distance = (hits / n).sqrt().asin() - target.sqrt().asin();
                    (distance, own / (4.0 * n))
                })
                .collect();
            let mut z: Vec<f64> = off.iter().map(|(d, v)| d / v.sqrt()).collect();
            z.sort_by(f64::total_cmp);
            let (low, high) = (decile(&z, 1), decile(&z, 9));
            let phi = mean(&z.iter().map(|z| z.clamp(low, high).powi(2)).collect::<Vec<_>>());
            let count = off.len() as f64;
            let (sum, squares) =
                off.iter().fold((0.0, 0.0), |(s, q), (_, v)| (s + 1.0 / v, q + 1.0 / (v * v)));
            let tau2 = if phi > 1.0 + 2.0 * (2.0 / count).sqrt() {
                ((count * phi - (count - 1.0)) / (sum - squares / sum)).max(0.0)
            } else {
                0.0
            };
            let among: Vec<f64> = off.iter().map(|(d, v)| d / (v + tau2).sqrt()).collect();
            let p: Vec<f64> = among.iter().map(|z| two_sided(*z)).collect();
            for (at, (row, (place, (hits, n)))) in mine.iter().zip(&there).enumerate() {
                assert_eq!(row["location_id"], place["location_id"]);
                seen += 1;
                close(row, "n", *n, 0.0);
                // The smallest p of those not below, times locations, over its rank.
                let adjusted = p
                    .iter()
                    .filter(|other| **other >= p[at])
                    .map(|q| q * count / p.iter().filter(|other| *other <= q).count() as f64)
                    .fold(1.0, f64::min);
                for (name, should) in [
                    ("value", hits / n),
                    ("target", target),
                    ("low_95", limit(0.025, *n, target)),
                    ("high_95", limit(0.975, *n, target)),
                    ("low_998", limit(0.001, *n, target)),
                    ("high_998", limit(0.999, *n, target)),
                    ("z", among[at]),
                    ("p_adjusted", adjusted),
                ] {
                    close(row, name, should, 0.000_050_001);
                }
                let direction = if among[at] > 0.0 { "higher" } else { "lower" };
                let flag = if adjusted <= 0.05 { direction } else { "" };
                assert_eq!(row["flag"], flag, "{row:?}");
                flagged += usize::from(!flag.is_empty());
            }
        }
    }
    assert!(seen >= 40 && flagged > 0);
    let key =
        |row: &Row| (row["organization"].clone(), row["location"].clone(), row["measure"].clone());
    assert!(funnel.iter().map(key).is_sorted());
}
