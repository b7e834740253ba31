//! Figure (a): the share of each rating from 1 to 5.

use super::bars::{Bar, Bars, height, svg};
use super::canvas::{ChartError, Frame};
use super::figure::{Cell, Figure, FigureTable, counted, grouped, percent, short};
use super::palette::RATINGS;
use super::rows::{FEW, Row, Scope, few};

/// Shares of ratings 1 to 5; `None` without a rating.
pub(super) fn shares(row: &Row<'_>) -> Option<Vec<f64>> {
    #[expect(clippy::cast_precision_loss, reason = "counts of ratings")]
    let of = |n: u64| n as f64 / row.figures.ratings as f64;
    (row.figures.ratings > 0).then(|| row.figures.rating_counts.iter().map(|n| of(*n)).collect())
}

/// The figure.
pub(super) fn figure(scope: &Scope<'_>) -> Result<Figure, ChartError> {
    let figures = &scope.section.figures;
    let title = match (figures.csat, figures.csat_low, figures.csat_high) {
        (Some(csat), Some(low), Some(high)) => {
            let subject = if figures.ratings < FEW {
                let n = counted(figures.ratings, "rating");
                format!("Only {n}: {} are", percent(csat))
            } else {
                format!("{} of ratings are", percent(csat))
            };
            format!("{subject} 4 or 5 (95 % interval {:.0} to {:.0} %)", low * 100.0, high * 100.0)
        }
        _ => "No ratings in this window".to_owned(),
    };
    let response = figures
        .response_rate
        .map_or_else(String::new, |rate| format!(", given by {} of served visits", percent(rate)));
    let subtitle = format!(
        "Share of each rating in percent; {}{response}{}",
        counted(figures.ratings, "rating"),
        scope.period
    );
    let description = format!("Stacked bars of the shares of ratings 1 to 5. {title}.");
    let bars: Vec<Bar> = scope
        .rows
        .iter()
        .map(|row| Bar {
            label: row.label.clone(),
            shares: shares(row),
            value: match row.figures.rating_mean {
                None => "no ratings".to_owned(),
                Some(mean) => {
                    let few = few(row.figures.ratings);
                    format!("mean {mean:.2} (n = {}{few})", short(row.figures.ratings))
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
    let names = ["1 (worst)", "2", "3", "4", "5 (best)"];
    let legend = names.into_iter().zip(RATINGS).collect();
    let svg = svg(&frame, &Bars { bars, legend, scale: 1.0 })?;
    Ok(Figure {
        id: "ratings".into(),
        svg,
        table: table(scope),
        note: scope.note(|f| f.ratings),
        source: "locations.csv",
        title,
        description,
    })
}

fn table(scope: &Scope<'_>) -> FigureTable {
    let mut header = vec!["".to_owned(), "ratings".to_owned()];
    header.extend((1..=5).map(|stars| format!("{stars}")));
    header.extend(["mean", "4 or 5", "95 % interval"].map(str::to_owned));
    let row = |row: &Row<'_>| {
        let f = row.figures;
        let mut cells = vec![Cell::Text(row.label.clone()), Cell::Number(grouped(f.ratings))];
        match shares(row) {
            Some(shares) => cells.extend(shares.iter().map(|s| Cell::Number(percent(*s)))),
            None => cells.extend(vec![Cell::Missing; 5]),
        }
        cells.push(Cell::of(f.rating_mean.map(|mean| format!("{mean:.2}"))));
        cells.push(Cell::of(f.csat.map(percent)));
        let interval = f.csat_low.zip(f.csat_high);
        cells.push(Cell::of(interval.map(|(l, h)| format!("{:.1} to {}", l * 100.0, percent(h)))));
        cells
    };
    FigureTable { header, rows: scope.rows.iter().map(row).collect() }
}
