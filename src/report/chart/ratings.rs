//! Figure (a): the share of each rating from 1 to 5; on another scale, the shares of satisfied customers and the
//! others.
//!
//! Ten or a hundred parts of a bar could not be told apart; then the page has a table of ratings by value.

use crate::report::model::{Figures, Scale};

use super::bars::{Bar, Bars, height, svg};
use super::canvas::{ChartError, Frame};
use super::figure::{Cell, Figure, FigureTable, counted, percent, ratings_cell, short};
use super::palette::RATINGS;
use super::rows::{FEW, Row, Scope, few};

/// Shares in the order of the legend; `None` without a rating.
pub(super) fn shares(row: &Row<'_>, scale: Scale) -> Option<Vec<f64>> {
    let f = row.figures;
    if !is_stars(scale) {
        return f.csat.map(|satisfied| vec![1.0 - satisfied, satisfied]);
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of ratings")]
    let of = |n: Option<u64>| Some(n? as f64 / f.rated() as f64);
    let stars = [f.rating_1, f.rating_2, f.rating_3, f.rating_4, f.rating_5];
    (f.rated() > 0).then(|| stars.into_iter().map(of).collect()).flatten()
}

/// Whether each rating has its own part of the bar.
fn is_stars(scale: Scale) -> bool {
    scale.top() == 5
}

/// The ratings that do not count as satisfied: `1 to 8`.
fn others(scale: Scale) -> String {
    match scale.satisfied_from() {
        2 => "1".to_owned(),
        3 => "1 or 2".to_owned(),
        from => format!("1 to {}", from - 1),
    }
}

/// The figure.
pub(super) fn figure(scope: &Scope<'_>) -> Result<Figure, ChartError> {
    let (figures, top) = (&scope.section.figures, scope.scale.top());
    let satisfied = scope.scale.satisfied_words();
    let others = others(scope.scale);
    let title = match (figures.csat, figures.csat_low, figures.csat_high) {
        (Some(csat), Some(low), Some(high)) => {
            let subject = if figures.rated() < FEW {
                let n = counted(figures.rated(), "rating");
                format!("Only {n}: {} are", percent(csat))
            } else {
                format!("{} of ratings are", percent(csat))
            };
            let (low, high) = (low * 100.0, high * 100.0);
            format!("{subject} {satisfied} (95 % interval {low:.0} to {high:.0} %)")
        }
        _ if figures.hides_ratings() => {
            format!("Ratings are hidden: fewer than {}", scope.hide_below)
        }
        _ => "No ratings in this window".to_owned(),
    };
    let response = figures
        .response_rate
        .map_or_else(String::new, |rate| format!(", given by {} of served visits", percent(rate)));
    let (subject, parts) = if is_stars(scope.scale) {
        ("Share of each rating in percent".to_owned(), "of ratings 1 to 5".to_owned())
    } else {
        (
            format!("Ratings from 1 to {top}; shares in percent"),
            format!("of ratings of {others} and of {satisfied}, on a scale from 1 to {top}"),
        )
    };
    let given = if figures.hides_ratings() {
        "ratings hidden".to_owned()
    } else {
        counted(figures.rated(), "rating")
    };
    let subtitle = format!("{subject}; {given}{response}{}", scope.period);
    let description = format!("Stacked bars of the shares {parts}. {title}.");
    let bars: Vec<Bar> = scope
        .rows
        .iter()
        .map(|row| Bar {
            label: row.label.clone(),
            shares: shares(row, scope.scale),
            value: match row.figures.rating_mean {
                None if row.figures.hides_ratings() => "hidden".to_owned(),
                None => "no ratings".to_owned(),
                Some(mean) => {
                    let few = few(row.figures.rated());
                    format!("mean {mean:.2} (n = {}{few})", short(row.figures.rated()))
                }
            },
        })
        .collect();
    let id = format!("{}-ratings", scope.prefix);
    let frame = Frame {
        id: &id,
        title: &title,
        subtitle: &subtitle,
        description: &description,
        height: height(bars.len()),
    };
    let names = [format!("Others ({others})"), format!("Satisfied ({satisfied})")];
    let [_, worse, .., best] = RATINGS;
    let legend = if is_stars(scope.scale) {
        ["1 (worst)", "2", "3", "4", "5 (best)"].into_iter().zip(RATINGS).collect()
    } else {
        names.iter().map(String::as_str).zip([worse, best]).collect()
    };
    let svg = svg(&frame, &Bars { bars, legend, scale: 1.0 })?;
    Ok(Figure {
        id: "ratings".into(),
        svg,
        table: table(scope),
        note: scope.note(Figures::rated),
        source: "locations.csv",
        title,
        description,
    })
}

fn table(scope: &Scope<'_>) -> FigureTable {
    let mut header = vec!["".to_owned(), "ratings".to_owned()];
    let scale = scope.scale;
    let values = if is_stars(scale) { 5 } else { 0 };
    header.extend((1..=values).map(|stars| format!("{stars}")));
    header.extend(["mean".to_owned(), scale.satisfied_head(), "95 % interval".to_owned()]);
    let row = |row: &Row<'_>| {
        let f = row.figures;
        let mut cells = vec![Cell::Text(row.label.clone()), ratings_cell(f)];
        match shares(row, scale).filter(|_| is_stars(scale)) {
            Some(shares) => cells.extend(shares.iter().map(|s| Cell::Number(percent(*s)))),
            None => cells.extend(vec![Cell::Missing; values]),
        }
        cells.push(Cell::of(f.rating_mean.map(|mean| format!("{mean:.2}"))));
        cells.push(Cell::of(f.csat.map(percent)));
        let interval = f.csat_low.zip(f.csat_high);
        cells.push(Cell::of(interval.map(|(l, h)| format!("{:.1} to {}", l * 100.0, percent(h)))));
        cells
    };
    FigureTable { header, rows: scope.rows.iter().map(row).collect() }
}
