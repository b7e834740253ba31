//! Ratings by value, and by the wait that came before them.

use crate::report::model::{FEW, Figures, Scale, WaitBandRow};
use crate::report::text::{counted, grouped};

use super::bars::{Bar, Mark, drawing, rounded, whole_percents};
use super::canvas::{Anchor, Canvas, ChartError};
use super::figure::{Cell, Drawing, Figure, FigureTable, Screen, Words, percent};
use super::label::width_of;
use super::palette::{AXIS, BEFORE, GRID, INK, MAIN, SOFT};
use super::scale;
use super::scope::Scope;

/// Bars at most; the values of a longer scale are put together.
const BARS: u64 = 11;

/// Both figures, each as far as there are ratings that may be shown.
pub(super) fn figures(scope: &Scope<'_>) -> Result<Vec<Figure>, ChartError> {
    if scope.section.figures.hides_ratings() {
        return Ok(Vec::new());
    }
    let both = [by_value(scope)?, by_wait(scope)?];
    Ok(both.into_iter().flatten().collect())
}

fn by_value(scope: &Scope<'_>) -> Result<Option<Figure>, ChartError> {
    let bars = bars(&scope.section.ratings, scope.scale);
    let n: u64 = bars.iter().map(|bar| bar.n).sum();
    if n == 0 {
        return Ok(None);
    }
    let counts: Vec<u64> = bars.iter().map(|bar| bar.n).collect();
    let percents = (n >= FEW).then(|| whole_percents(&counts));
    let words = Words {
        id: "ratings",
        title: value_title(&scope.section.figures, n, scope.scale),
        subtitle: format!(
            "Ratings from {} (best) to 1; n = {}; solid counts as satisfied",
            scope.scale.top(),
            grouped(n)
        ),
        kind: "Bar chart of the ratings by value".to_owned(),
        caption: "Ratings of those who answered; others may think differently.".to_owned(),
        source: "ratings.csv",
    };
    let row = |(at, bar): (usize, &Bar)| {
        let percent = percents.as_ref().and_then(|all| all.get(at));
        let percent = percent.map(|percent| format!("{percent} %"));
        vec![Cell::text(&bar.label), Cell::count(bar.n), Cell::of(percent)]
    };
    let table = FigureTable::new(
        ["rating", "ratings", "share"],
        bars.iter().enumerate().map(row).collect(),
    );
    Ok(Some(Figure { words, drawings: vec![drawing(&bars, percents.as_deref())?], table }))
}

/// The values from the best to the worst. Those of a long scale are put together, satisfied ones and others apart.
fn bars(ratings: &[(u64, u64)], scale: Scale) -> Vec<Bar> {
    let (top, from) = (u64::from(scale.top()), u64::from(scale.satisfied_from()));
    let size = if top <= BARS { 1 } else { top.div_ceil(BARS - 1) };
    let mut bars = Vec::new();
    let mut high = top;
    while high > 0 {
        let end = if high >= from { from } else { 1 };
        let low = (high + 1).saturating_sub(size).max(end);
        let within = ratings.iter().filter(|(value, _)| (low..=high).contains(value));
        let name = if low == high { low.to_string() } else { format!("{low} to {high}") };
        let end = match (high == top, low == 1) {
            (true, _) => " best",
            (_, true) => " worst",
            _ => "",
        };
        bars.push(Bar {
            label: format!("{name}{end}"),
            n: within.map(|(_, n)| n).sum(),
            mark: if low >= from { Mark::Solid } else { Mark::Outlined },
        });
        high = low - 1;
    }
    bars
}

fn value_title(f: &Figures, n: u64, scale: Scale) -> String {
    let satisfied = scale.satisfied_words();
    let interval = f.csat_low.zip(f.csat_high).filter(|_| n >= FEW);
    let Some((share, ends)) = f.csat.zip(interval) else {
        return format!("Only {}: too few for a share", counted(n, "rating"));
    };
    let [value, low, high] = [share, ends.0, ends.1].map(|share| rounded(share, ends));
    format!("{value} % of ratings are {satisfied} (95 % interval {low} to {high} %)")
}

/// A band of waits as drawn.
#[derive(Debug, Clone, PartialEq)]
struct Band {
    /// `5 to 10`, `60+`.
    label: String,
    /// Ratings; `None` if they are hidden.
    n: Option<u64>,
    /// Share and its interval; `None` where there are too few.
    share: Option<(f64, (f64, f64))>,
    /// `under 5 minutes`, `at 30 to 60 minutes`.
    words: String,
}

impl Band {
    fn of(row: &WaitBandRow) -> Self {
        let WaitBandRow { from_min, to_min, ratings, csat, csat_low, csat_high, .. } = row;
        let ends = csat_low.zip(*csat_high);
        Self {
            label: to_min
                .map_or_else(|| format!("{from_min}+"), |to| format!("{from_min} to {to}")),
            n: *ratings,
            share: csat.zip(ends).filter(|_| ratings.is_some_and(|n| n >= FEW)),
            words: match (from_min, to_min) {
                (0, Some(to)) => format!("under {to} minutes"),
                (from, Some(to)) => format!("at {from} to {to} minutes"),
                (from, None) => format!("at {from} minutes or more"),
            },
        }
    }
}

fn by_wait(scope: &Scope<'_>) -> Result<Option<Figure>, ChartError> {
    let bands: Vec<Band> = scope.section.ratings_by_wait.iter().map(Band::of).collect();
    if bands.iter().all(|band| band.share.is_none()) {
        return Ok(None);
    }
    let f = &scope.section.figures;
    let all = f.csat.filter(|_| f.rated() >= FEW);
    let satisfied = scope.scale.satisfied_words();
    let direction = scope.section.rating_trend.direction();
    let dashed = if all.is_some() { "; dashed: all ratings" } else { "" };
    let words = Words {
        id: "ratings-by-wait",
        title: wait_title(&bands, direction, &satisfied),
        subtitle: format!("% rated {satisfied} by minutes waited, with 95 % interval{dashed}"),
        kind: format!("Dot chart of the share rated {satisfied} by the wait"),
        caption: caption(scope, direction),
        source: "ratings_by_wait.csv",
    };
    let size = (WIDTH, TOP + ROW * count(bands.len()) + 26.0);
    let drawing = Drawing::of(Screen::All, size, |canvas| draw(canvas, &bands, all))?;
    let row = |band: &Band| {
        let n = band.n.map_or_else(|| Cell::text("hidden"), Cell::count);
        let of = |value: Option<f64>| Cell::of(value.map(percent));
        vec![
            Cell::text(&band.label),
            of(band.share.map(|(share, _)| share)),
            of(band.share.map(|(_, ends)| ends.0)),
            of(band.share.map(|(_, ends)| ends.1)),
            n,
        ]
    };
    let table = FigureTable::new(
        ["minutes waited", "share", "interval from", "to", "ratings"],
        bands.iter().map(row).collect(),
    );
    Ok(Some(Figure { words, drawings: vec![drawing], table }))
}

fn caption(scope: &Scope<'_>, direction: &str) -> String {
    let association = "Both go together; that does not say why.";
    match direction {
        "falls" | "rises" if scope.location.is_none() => {
            format!("{association} Tested within each location.")
        }
        "falls" | "rises" => association.to_owned(),
        _ => String::new(),
    }
}

/// What the trend test says; the first and last band with enough ratings stand for it, unless they run against it, as they
/// can where locations differ.
fn wait_title(bands: &[Band], direction: &str, satisfied: &str) -> String {
    let mut shown = bands.iter().filter_map(|band| Some((band, band.share?)));
    let ends = shown.next().zip(shown.next_back());
    let change = |verb: &str, is_so: fn(f64, f64) -> bool| {
        let ends = ends.as_ref().filter(|((_, first), (_, last))| is_so(first.0, last.0));
        let Some(((first, from), (last, to))) = ends else {
            let more = if verb == "falls" { "less" } else { "more" };
            return format!("Within a location, longer waits are rated {satisfied} {more} often");
        };
        // Both as exact as the less exact one.
        let width = |ends: (f64, f64)| ends.1 - ends.0;
        let ends = if width(from.1) > width(to.1) { from.1 } else { to.1 };
        let [from, to] = [from.0, to.0].map(|share| format!("{} %", rounded(share, ends)));
        let (from_words, to_words) = (&first.words, &last.words);
        format!("Rated {satisfied} {verb} from {from} {from_words} to {to} {to_words}")
    };
    match direction {
        "falls" => change("falls", |first, last| last < first),
        "rises" => change("rises", |first, last| last > first),
        "no_clear_trend" => format!("Rated {satisfied}: no clear trend with the wait"),
        _ => "Ratings by wait: too few, or too much alike, for a trend".to_owned(),
    }
}

const WIDTH: f64 = 340.0;
const TOP: f64 = 8.0;
/// Height of a row.
const ROW: f64 = 26.0;

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

fn draw(canvas: &Canvas<'_>, bands: &[Band], all: Option<f64>) -> Result<(), ChartError> {
    let counts: Vec<String> =
        bands.iter().map(|band| band.n.map_or_else(|| "hidden".to_owned(), grouped)).collect();
    let widest = |texts: &mut dyn Iterator<Item = &str>| {
        texts.map(|text| width_of(text, 12.0)).fold(0.0, f64::max)
    };
    let left =
        2.0 + widest(&mut bands.iter().map(|band| band.label.as_str()).chain(["min"])) + 12.0;
    let right = WIDTH - 2.0 - widest(&mut counts.iter().map(String::as_str).chain(["n"])) - 16.0;
    let bottom = TOP + ROW * count(bands.len());
    let x = scale::Scale { from: (0.0, left), to: (1.0, right) };
    let middle = |at: usize| TOP + ROW * (count(at) + 0.5);
    for share in [0.25, 0.5, 0.75, 1.0] {
        canvas.line(&[(x.at(share), TOP), (x.at(share), bottom)], GRID, 1.0)?;
    }
    canvas.line(&[(left, TOP), (left, bottom)], AXIS, 1.0)?;
    if let Some(all) = all {
        canvas.dashed((x.within(all), TOP), (x.within(all), bottom), INK, 1.2)?;
    }
    let shown = || bands.iter().enumerate().filter_map(|(at, band)| Some((at, band.share?)));
    for (at, (_, (low, high))) in shown() {
        let y = middle(at);
        canvas.line(&[(x.within(low), y), (x.within(high), y)], BEFORE, 2.2)?;
    }
    for (at, (share, _)) in shown() {
        canvas.dot((x.within(share), middle(at)), 4.6, MAIN)?;
    }
    for (at, (band, count)) in bands.iter().zip(&counts).enumerate() {
        canvas.text((2.0, middle(at)), &band.label, INK, Anchor::Start)?;
        canvas.text((WIDTH - 2.0, middle(at)), count, SOFT, Anchor::End)?;
        if band.share.is_none() && band.n.is_some() {
            canvas.text((left + 8.0, middle(at)), "too few to show", SOFT, Anchor::Start)?;
        }
    }
    let below = bottom + 14.0;
    canvas.text((2.0, below), "min", SOFT, Anchor::Start)?;
    canvas.text((WIDTH - 2.0, below), "n", SOFT, Anchor::End)?;
    for (share, text) in [(0.0, "0"), (0.5, "50"), (1.0, "100 %")] {
        canvas.text((x.at(share), below), text, SOFT, Anchor::Middle)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::report;
    use crate::report::model::{OrganizationReport, Section};
    use crate::statistics::wilson::interval_95;

    fn rated(counts: &[u64], scale: Scale) -> OrganizationReport {
        let mut report = report("o", &["A"], 28);
        let n: u64 = counts.iter().sum();
        let from = usize::from(scale.satisfied_from()) - 1;
        let satisfied: u64 = counts.iter().skip(from).sum();
        let ends = interval_95(satisfied, n);
        report.scale = scale;
        report.all = Section {
            figures: Figures {
                ratings: Some(n),
                csat: (n > 0).then(|| super::super::bars::share(satisfied, n)),
                csat_low: ends.map(|ends| ends.0),
                csat_high: ends.map(|ends| ends.1),
                ..Figures::default()
            },
            ratings: (1..).zip(counts.iter().copied()).collect(),
            ..Section::default()
        };
        report
    }

    fn drawn(report: &OrganizationReport) -> Vec<Figure> {
        let figures = figures(&Scope::overview(report)).unwrap();
        figures.iter().for_each(super::super::tests::check);
        figures
    }

    #[test]
    fn the_title_is_the_share_and_its_interval() {
        let title = |counts: &[u64]| {
            drawn(&rated(counts, Scale::FIVE)).pop().map(|figure| figure.words.title)
        };
        assert_eq!(
            title(&[61, 54, 113, 352, 469]).as_deref(),
            Some("78 % of ratings are 4 or 5 (95 % interval 76 to 81 %)")
        );
        // 3.8 points wide: one decimal.
        let title_of = title(&[80, 70, 150, 500, 920]).unwrap();
        assert_eq!(title_of, "82.6 % of ratings are 4 or 5 (95 % interval 80.7 to 84.3 %)");
        assert_eq!(title(&[1, 0, 0, 2, 4]).as_deref(), Some("Only 7 ratings: too few for a share"));
        assert_eq!(title(&[0; 5]), None);
    }

    #[test]
    fn hidden_ratings_are_not_drawn() {
        let mut report = rated(&[1, 1, 1, 8, 9], Scale::FIVE);
        report.all.ratings_by_wait = waits();
        assert_eq!(drawn(&report).len(), 2);
        report.all.figures.ratings = None;
        assert!(drawn(&report).is_empty());
    }

    #[test]
    fn every_scale_has_few_bars_that_hold_every_value_once() {
        for top in 2..=100 {
            for from in [2, top / 2, top - 1, top] {
                let Some(scale) = Scale::new(top, Some(from)) else { continue };
                let ratings: Vec<(u64, u64)> = (1..=u64::from(top)).map(|v| (v, v)).collect();
                let bars = bars(&ratings, scale);
                assert!(bars.len() <= 12, "{top} {from}: {}", bars.len());
                let of = |mark| bars.iter().filter(move |bar| bar.mark == mark).map(|bar| bar.n);
                let from = u64::from(from);
                let satisfied: u64 = (from..=u64::from(top)).sum();
                assert_eq!(of(Mark::Solid).sum::<u64>(), satisfied, "{top} {from}");
                assert_eq!(of(Mark::Outlined).sum::<u64>(), (1..from).sum::<u64>());
            }
        }
        let labels = |top, from| {
            let bars = bars(&[], Scale::new(top, Some(from)).unwrap());
            bars.into_iter().map(|bar| bar.label).collect::<Vec<_>>()
        };
        assert_eq!(labels(3, 3), ["3 best", "2", "1 worst"]);
        assert_eq!(labels(20, 18)[..3], ["19 to 20 best", "18", "16 to 17"]);
        drawn(&rated(&[7; 100], Scale::new(100, Some(85)).unwrap()));
    }

    fn row(from_min: u64, satisfied: u64, n: u64) -> WaitBandRow {
        let ends = interval_95(satisfied, n);
        WaitBandRow {
            from_min,
            to_min: (from_min < 60).then_some(from_min * 2 + 5),
            ratings: Some(n),
            rating_mean: None,
            csat: Some(super::super::bars::share(satisfied, n)),
            csat_low: ends.map(|ends| ends.0),
            csat_high: ends.map(|ends| ends.1),
        }
    }

    fn waits() -> Vec<WaitBandRow> {
        vec![row(0, 267, 302), row(5, 301, 357), row(30, 10, 35), row(60, 2, 5)]
    }

    #[test]
    fn bands_with_few_ratings_have_no_dot_and_no_claim() {
        let bands: Vec<Band> = waits().iter().map(Band::of).collect();
        assert!(bands[3].share.is_none() && bands[3].label == "60+");
        let title = |direction| wait_title(&bands, direction, "4 or 5");
        assert_eq!(
            title("falls"),
            "Rated 4 or 5 falls from 88 % under 5 minutes to 29 % at 30 to 65 minutes"
        );
        // 3.7 points wide and 30: both in whole percent.
        let uneven: Vec<Band> =
            [row(0, 900, 1_000), row(30, 10, 35)].iter().map(Band::of).collect();
        assert_eq!(
            wait_title(&uneven, "falls", "5"),
            "Rated 5 falls from 90 % under 5 minutes to 29 % at 30 to 65 minutes"
        );
        // All together run against what is so within each location.
        assert_eq!(title("rises"), "Within a location, longer waits are rated 4 or 5 more often");
        assert_eq!(title("no_clear_trend"), "Rated 4 or 5: no clear trend with the wait");
        assert!(title("too_little").ends_with("for a trend"));
        let mut report = rated(&[1, 1, 1, 8, 9], Scale::FIVE);
        report.all.ratings_by_wait = waits();
        let figure = drawn(&report).pop().unwrap();
        let shares: Vec<&Cell> = figure.table.rows.iter().map(|row| &row[1]).collect();
        assert_eq!(shares[0], &Cell::Number("88.4 %".into()));
        assert_eq!(shares[3], &Cell::Missing);
        report.all.ratings_by_wait = vec![row(60, 2, 5)];
        assert_eq!(drawn(&report).len(), 1);
    }
}
