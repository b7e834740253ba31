//! Figure (c): lost visits by cause.

use crate::report::model::Figures;

use super::bars::{Bar, Bars, height, svg};
use super::canvas::{ChartError, Frame};
use super::figure::{Cell, Figure, FigureTable, counted, grouped, percent, short};
use super::palette::CAUSES;
use super::rows::{Row, Scope, few};

const NAMES: [&str; 6] = [
    "cancelled by customer",
    "cancelled by staff",
    "no-show",
    "removed uncalled",
    "rejected",
    "lapsed",
];

fn causes(f: &Figures) -> [u64; 6] {
    [f.cancelled_by_customer, f.cancelled_by_staff, f.no_show, f.removed, f.rejected, f.lapsed]
}

fn closed(f: &Figures) -> u64 {
    f.served + causes(f).iter().sum::<u64>()
}

/// The share of each cause in closed tickets; `None` without closed tickets.
pub(super) fn shares(f: &Figures) -> Option<Vec<f64>> {
    let closed = closed(f);
    #[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
    let of = |n: u64| n as f64 / closed as f64;
    (closed > 0).then(|| causes(f).into_iter().map(of).collect())
}

/// The smallest round share that is not below any bar.
fn scale(rows: &[Row<'_>]) -> f64 {
    let longest = rows
        .iter()
        .filter_map(|row| shares(row.figures))
        .map(|shares| shares.iter().sum::<f64>())
        .fold(0.0, f64::max);
    [0.1, 0.2, 0.4, 0.6, 0.8].into_iter().find(|s| longest <= *s).unwrap_or(1.0)
}

/// The figure.
pub(super) fn figure(scope: &Scope<'_>) -> Result<Figure, ChartError> {
    let f = &scope.section.figures;
    let title = match (f.lost_rate, f.cancellation_rate) {
        (Some(_), _) if closed(f) == f.served => {
            format!("No visit was lost ({} closed)", grouped(closed(f)))
        }
        (Some(lost), Some(cancelled)) => {
            format!(
                "{} of closed visits were lost, {} by cancellation",
                percent(lost),
                percent(cancelled)
            )
        }
        _ => "No closed visits in this window".to_owned(),
    };
    let subtitle = format!(
        "Share of closed visits that were not served, by cause, in percent; {}{}",
        counted(closed(f), "closed visit"),
        scope.period
    );
    let description = format!("Stacked bars of the shares of lost visits by cause. {title}.");
    let bars: Vec<Bar> = scope
        .rows
        .iter()
        .map(|row| Bar {
            label: row.label.clone(),
            shares: shares(row.figures),
            value: row.figures.lost_rate.map_or_else(
                || "no closed visits".to_owned(),
                |lost| {
                    format!(
                        "{} lost (n = {}{})",
                        percent(lost),
                        short(closed(row.figures)),
                        few(closed(row.figures))
                    )
                },
            ),
        })
        .collect();
    let id = format!("{}-lost", scope.prefix);
    let frame = Frame {
        id: &id,
        title: &title,
        subtitle: &subtitle,
        description: &description,
        height: height(bars.len()),
    };
    let keyed: Vec<String> =
        NAMES.iter().zip('A'..='F').map(|(name, key)| format!("{key} {name}")).collect();
    let legend = keyed.iter().map(String::as_str).zip(CAUSES).collect();
    let svg = svg(&frame, &Bars { bars, legend, scale: scale(&scope.rows) })?;
    Ok(Figure {
        id: "lost".into(),
        svg,
        table: table(scope),
        note: scope.note(closed),
        source: "cancellations.csv",
        title,
        description,
    })
}

fn table(scope: &Scope<'_>) -> FigureTable {
    let mut header = vec!["".to_owned(), "closed".to_owned()];
    header.extend(NAMES.map(str::to_owned));
    header.push("lost".to_owned());
    let row = |row: &Row<'_>| {
        let mut cells =
            vec![Cell::Text(row.label.clone()), Cell::Number(grouped(closed(row.figures)))];
        let shares = shares(row.figures);
        for (at, n) in causes(row.figures).into_iter().enumerate() {
            let share = shares.as_ref().and_then(|s| s.get(at));
            cells.push(Cell::of(share.map(|s| format!("{} ({})", grouped(n), percent(*s)))));
        }
        cells.push(Cell::of(row.figures.lost_rate.map(percent)));
        cells
    };
    FigureTable { header, rows: scope.rows.iter().map(row).collect() }
}
