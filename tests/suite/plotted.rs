//! What a chart plots, what the table under it says, and what stands in the CSV file that it names are the same numbers.

use std::collections::BTreeMap;

use crate::groupings;
use crate::workspace::Workspace;

type Row = BTreeMap<String, String>;

/// The pages and CSV files of an organization.
struct Report {
    space: Workspace,
}

impl Report {
    /// Half a year at two places, and a third one with little.
    fn of(more: &[&str]) -> Self {
        let space = Workspace::new();
        let synth = [
            "synth",
            "--out",
            "in",
            "--locations",
            "3",
            "--days",
            "140",
            "--tickets",
            "6000",
            "--newest-version",
            "--compression",
            "plain",
        ];
        assert_eq!(space.run(&synth).code, 0);
        let run = space.report("in", more);
        assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        Self { space }
    }

    fn csv(&self, file: &str) -> Vec<Row> {
        let text = self.space.csv(file);
        let cells = |line| {
            groupings::cells(line)
                .into_iter()
                .map(|cell| cell.trim_matches('"').to_owned())
                .collect()
        };
        let mut lines = text.lines().map(cells);
        let head: Vec<String> = lines.next().unwrap();
        lines.map(|line| head.iter().cloned().zip(line).collect()).collect()
    }

    /// The pages: that of all locations, without an id, and those of each.
    fn pages(&self) -> Vec<(String, String)> {
        let folder = self.space.only();
        let page = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap();
        let mut pages = vec![(String::new(), page("index.html"))];
        for row in self.csv("locations.csv") {
            let id = row["location_id"].clone();
            pages.push((id.clone(), page(&format!("locations/{id}.html"))));
        }
        pages
    }
}

/// A figure of a page.
struct Figure<'p> {
    html: &'p str,
}

impl<'p> Figure<'p> {
    /// The figure whose description begins so.
    fn find(page: &'p str, kind: &str) -> Option<Self> {
        let label = format!("aria-label=\"{kind}");
        let html = page.split("<figure").skip(1).find(|html| html.contains(&label))?;
        Some(Self { html: html.split("</figure>").next().unwrap() })
    }

    fn file(&self) -> String {
        let link = self.html.split("File: <a href=\"").nth(1).unwrap();
        link.split('"').next().unwrap().trim_start_matches("../").to_owned()
    }

    /// The rows of its table, without blanks between thousands or units.
    fn rows(&self) -> Vec<Vec<String>> {
        let body = self.html.split("<tbody>").nth(1).unwrap();
        let row = |row: &str| {
            let all = row.split("<td").skip(1).map(|cell| {
                let text = cell.split_once('>').unwrap().1.split("</td>").next().unwrap();
                let mut plain = String::new();
                let mut is_tag = false;
                for c in text.chars() {
                    match c {
                        '<' => is_tag = true,
                        '>' => is_tag = false,
                        c if !is_tag => plain.push(c),
                        _ => {}
                    }
                }
                plain.replace(',', "")
            });
            all.collect()
        };
        body.split("<tr>").skip(1).map(row).collect()
    }

    /// The elements of its widest drawing.
    fn drawing(&self) -> &str {
        self.html.split("<svg").nth(1).unwrap().split("</svg>").next().unwrap()
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim_end_matches(" %").parse().ok()
}

/// Whether a printed number is a value, rounded.
fn is(printed: &str, value: f64) -> bool {
    let text = printed.trim_end_matches(" %");
    let decimals = text.split_once('.').map_or(0, |(_, digits)| digits.len());
    let half = 0.5 * 10_f64.powi(-i32::try_from(decimals).unwrap());
    let scale = if printed.ends_with('%') { 100.0 } else { 1.0 };
    // The CSV file has four decimals of a share.
    text.parse::<f64>()
        .is_ok_and(|shown| (shown - value * scale).abs() <= half + 0.006 * scale / 100.0)
}

fn of<'r>(rows: &'r [Row], id: &'r str) -> impl Iterator<Item = &'r Row> {
    rows.iter().filter(move |row| row["location_id"] == id)
}

fn value(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap()
}

#[test]
fn hours_of_the_day() {
    let report = Report::of(&[]);
    let hours = report.csv("hours.csv");
    let (mut rows, mut dots) = (0, 0);
    for (id, page) in report.pages() {
        let figure = Figure::find(&page, "Dot plot of the wait, over bars of arrivals").unwrap();
        assert_eq!(figure.file(), "hours.csv");
        let mut medians = Vec::new();
        for cells in figure.rows() {
            let hour: u32 = cells[0][..2].parse().unwrap();
            let found = of(&hours, &id).find(|row| row["hour"] == hour.to_string());
            let Some(row) = found else {
                assert_eq!(cells[5], "0");
                continue;
            };
            assert_eq!((&cells[3], &cells[5]), (&row["waits"], &row["tickets"]));
            let waits = value(row, "waits");
            let minutes = |column| value(row, column) / 60.0;
            assert!(if waits >= 10.0 {
                is(&cells[1], minutes("wait_p50_s"))
            } else {
                cells[1] == "–"
            });
            assert!(if waits >= 36.0 {
                is(&cells[2], minutes("wait_p90_s"))
            } else {
                cells[2] == "–"
            });
            assert!(is(&cells[4], value(row, "tickets") / value(row, "open_days")), "{cells:?}");
            medians.extend((waits >= 10.0).then(|| minutes("wait_p50_s")));
            rows += 1;
        }
        // The dots of the drawing, read off its axis.
        let axis = Axis::of(figure.drawing());
        let drawn = dots_of(figure.drawing(), "9.2");
        assert_eq!(drawn.len(), medians.len());
        for (y, median) in drawn.iter().zip(&medians) {
            assert!((axis.value(*y) - median).abs() < axis.pixel() * 0.11, "{median} at {y}");
            dots += 1;
        }
        if !id.is_empty() {
            let line = Figure::find(&page, "Bar chart of the line by hour").unwrap();
            assert_eq!(line.file(), "hours.csv");
            for cells in line.rows() {
                let hour: u32 = cells[0][..2].parse().unwrap();
                let found = of(&hours, &id).find(|row| row["hour"] == hour.to_string());
                let Some(row) = found else { continue };
                assert!(is(&cells[1], value(row, "line_mean")) && cells[2] == row["line_max"]);
            }
        }
    }
    assert!(rows > 40 && dots > 20, "{rows} {dots}");
}

/// The values of the first axis of a drawing by their pixels.
struct Axis((f64, f64), (f64, f64));

impl Axis {
    fn of(drawing: &str) -> Self {
        let labels =
            drawing.split("<text ").skip(1).filter(|text| text.contains("text-anchor=\"end\""));
        let label = |text: &str| {
            let y = text.split("y=\"").nth(1).unwrap().split('"').next().unwrap();
            let shown = text.split('>').nth(1).unwrap().split('<').next().unwrap();
            // A label stands a third of its size below its line.
            Some((y.parse::<f64>().unwrap() - 4.2, number(shown)?))
        };
        let mut labels = labels.filter_map(label);
        let (first, second) = (labels.next().unwrap(), labels.next().unwrap());
        assert!(first.0 > second.0 && first.1 < second.1);
        Self(first, second)
    }

    /// How much a pixel is.
    fn pixel(&self) -> f64 {
        (self.1.1 - self.0.1) / (self.0.0 - self.1.0)
    }

    fn value(&self, y: f64) -> f64 {
        self.0.1 + (self.0.0 - y) * self.pixel()
    }
}

/// The heights of dots of a diameter, in their order.
fn dots_of(drawing: &str, diameter: &str) -> Vec<f64> {
    let style = format!("stroke-width=\"{diameter}\" stroke-linecap=\"round\" d=\"");
    let data = drawing.split(&style).nth(1).map_or("", |rest| rest.split('"').next().unwrap());
    data.split('M')
        .skip(1)
        .map(|dot| dot.split('h').next().unwrap().split(' ').nth(1).unwrap().parse().unwrap())
        .collect()
}

#[test]
fn weeks() {
    let report = Report::of(&[]);
    let (weekly, totals) = (report.csv("weekly.csv"), report.csv("totals.csv"));
    let control = report.csv("control.csv");
    let mut compared = [0; 3];
    for (id, page) in report.pages() {
        let row = |first: &str| {
            if id.is_empty() {
                return totals.iter().find(|row| row["grain"] == "week" && row["from"] == first);
            }
            of(&weekly, &id).find(|row| row["from"] == first)
        };
        let file = if id.is_empty() { "totals.csv" } else { "weekly.csv" };
        let panel =
            |kind: &str| Figure::find(&page, &format!("Line chart of {kind} by week")).unwrap();
        let tickets = panel("tickets");
        assert_eq!(tickets.file(), file);
        assert!(tickets.rows().len() <= 25);
        for cells in tickets.rows() {
            let Some(row) = row(&cells[0]) else {
                assert_eq!(cells[1], "–");
                continue;
            };
            assert_eq!(cells[1], row["tickets"]);
            // The week in which an archive begins may be whole by the calendar.
            assert!(cells[5] == "no" || row["complete"] == "true");
            compared[0] += 1;
        }
        for (kind, column) in [
            ("lost visits", "lost_rate"),
            ("served within target", "within_target_rate"),
            ("response rate", "response_rate"),
        ] {
            for cells in panel(kind).rows() {
                if number(&cells[1]).is_some() {
                    assert!(
                        is(&cells[1], value(row(&cells[0]).unwrap(), column)),
                        "{kind} {cells:?}"
                    );
                    compared[1] += 1;
                }
            }
        }
        let wait = panel("median wait");
        assert_eq!(wait.file(), if id.is_empty() { "totals.csv" } else { "control.csv" });
        for cells in wait.rows().iter().filter(|cells| number(&cells[1]).is_some()) {
            assert!(
                is(&cells[1], value(row(&cells[0]).unwrap(), "wait_p50_s") / 60.0),
                "{cells:?}"
            );
            let mine = |row: &&Row| row["measure"] == "wait" && row["from"] == cells[0];
            if let Some(row) = of(&control, &id).find(mine) {
                assert!(is(&cells[1], value(row, "value") / 60.0) && cells[2] == row["n"]);
                for (cell, column) in [(&cells[3], "low"), (&cells[4], "high")] {
                    assert!(row[column].is_empty() == (cell == "–"));
                    assert!(cell == "–" || is(cell, value(row, column) / 60.0));
                }
                compared[2] += 1;
            }
        }
    }
    assert!(compared.iter().all(|n| *n > 40), "{compared:?}");
}

#[test]
fn days_waits_ratings_and_minutes() {
    let report = Report::of(&[]);
    let daily = report.csv("daily.csv");
    let (histogram, ratings) = (report.csv("wait_histogram.csv"), report.csv("ratings.csv"));
    let (curves, hourly) = (report.csv("curves.csv"), report.csv("hourly.csv"));
    let mut compared = [0; 5];
    for (id, page) in report.pages().iter().skip(1) {
        let days = Figure::find(page, "Bar chart of tickets by day").unwrap();
        assert_eq!(days.file(), "daily.csv");
        for cells in days.rows().iter().filter(|cells| cells[2] == "over") {
            let row = of(&daily, id).find(|row| row["service_date"] == cells[0]).unwrap();
            assert_eq!(cells[1], row["tickets"]);
            compared[0] += 1;
        }
        let waits = Figure::find(page, "Histogram of the wait").unwrap();
        for cells in waits.rows() {
            let words: Vec<&str> = cells[0].split(' ').collect();
            let from: u32 = words[0].parse().unwrap();
            let to: u32 = words.last().unwrap().parse().unwrap_or(u32::MAX);
            let mine = of(&histogram, id)
                .filter(|row| (from..to).contains(&row["minute"].parse().unwrap()));
            let n: f64 = mine.map(|row| value(row, "waits")).sum();
            assert!(is(&cells[1], n), "{cells:?}");
            compared[1] += 1;
        }
        let rated = Figure::find(page, "Bar chart of the ratings by value").unwrap();
        for cells in rated.rows() {
            let row = of(&ratings, id).find(|row| row["value"] == cells[0][..1]).unwrap();
            assert_eq!(cells[1], row["ratings"]);
            compared[2] += 1;
        }
        let outcome = Figure::find(page, "Area chart of what became of visits").unwrap();
        for cells in outcome.rows() {
            let row = of(&curves, id).find(|row| row["minute"] == cells[0]).unwrap();
            assert_eq!(cells[1], row["at_risk"]);
            for (cell, column) in [
                (&cells[2], "served"),
                (&cells[4], "left"),
                (&cells[5], "no_show"),
                (&cells[6], "removed"),
            ] {
                assert!(is(cell, value(row, column)), "{cells:?} {row:?}");
            }
            compared[3] += 1;
        }
        let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        let map = Figure::find(page, "Heat map of the median wait").unwrap();
        let hours: Vec<u32> = map
            .html
            .split("<thead>")
            .nth(1)
            .unwrap()
            .split("</thead>")
            .next()
            .unwrap()
            .split("scope=\"col\">")
            .skip(2)
            .map(|head| head[..2].parse().unwrap())
            .collect();
        for cells in map.rows() {
            let weekday = (1..).zip(names).find(|(_, name)| *name == cells[0]).unwrap().0;
            for (hour, cell) in hours.iter().zip(&cells[1..]).filter(|(_, cell)| *cell != "–") {
                let mine = |row: &&Row| {
                    row["weekday"] == format!("{weekday}") && row["hour"] == format!("{hour}")
                };
                let row = of(&hourly, id).find(mine).unwrap();
                assert!(is(cell, value(row, "wait_p50_s") / 60.0));
                compared[4] += 1;
            }
        }
    }
    assert!(compared.iter().all(|n| *n >= 15), "{compared:?}");
}

/// A window of a few days has no weeks to compare: the causes of lost visits are told all the same.
#[test]
fn causes_of_a_short_window() {
    let report = Report::of(&["--from", "2021-05-04", "--to", "2021-05-06"]);
    let locations = report.csv("locations.csv");
    let columns = [
        ("Cancelled by customer", "cancelled_by_customer"),
        ("Cancelled by staff", "cancelled_by_staff"),
        ("No-show", "no_show"),
        ("Removed", "removed"),
        ("Rejected", "rejected"),
        ("Lapsed", "lapsed"),
    ];
    let mut all = 0;
    for (id, page) in report.pages().iter().skip(1) {
        assert!(Figure::find(page, "Line chart of no-show by week").is_none());
        let row = of(&locations, id).next().unwrap();
        let lost: f64 = columns.iter().map(|(_, column)| value(row, column)).sum();
        let Some(figure) = Figure::find(page, "Bar chart of lost visits by cause") else {
            assert!(lost < 1.0);
            continue;
        };
        let rows = figure.rows();
        for (name, column) in columns {
            let cells = rows.iter().find(|cells| cells[0] == name);
            assert_eq!(cells.map_or("0", |cells| &cells[1]), row[column], "{name}");
        }
        all += rows.len();
    }
    assert!(all > 2);
}
