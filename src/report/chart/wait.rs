//! Figure (b): median and 90th percentile of the wait.

use super::canvas::{Anchor, ChartError, Frame, HEAD, WIDTH, draw};
use super::figure::{Cell, Figure, FigureTable, counted, duration, grouped, short};
use super::label::fitted;
use super::palette::{BLUE, GREY, GRID, INK, MUTED, VERMILLION};
use super::rows::{FEW, Row, Scope, few};

const ROW: f64 = 27.0;
const LABELS: f64 = 265.0;
const VALUES: f64 = 222.0;

/// Median and 90th percentile of a row, minutes.
pub(super) fn minutes(row: &Row<'_>) -> Option<(f64, f64)> {
    let drawn = |seconds: f64| (seconds.is_finite() && seconds >= 0.0).then_some(seconds / 60.0);
    Some((drawn(row.figures.wait_p50_s?)?, drawn(row.figures.wait_p90_s?)?))
}

/// Right end and tick step of an axis in minutes.
fn axis(longest: f64) -> (f64, f64) {
    let steps = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 240.0, 480.0];
    let step = steps
        .into_iter()
        .find(|step| longest <= step * 6.0)
        .unwrap_or_else(|| (longest / 6.0 / 1_440.0).ceil() * 1_440.0);
    ((longest / step).ceil().max(1.0) * step, step)
}

/// The figure.
pub(super) fn figure(scope: &Scope<'_>) -> Result<Figure, ChartError> {
    let f = &scope.section.figures;
    let title =
        match (f.wait_p50_s.filter(|s| s.is_finite()), f.wait_p90_s.filter(|s| s.is_finite())) {
            (Some(p50), _) if f.waits == 1 => format!("Only 1 wait: {}", duration(p50)),
            (Some(p50), _) if f.waits < FEW => {
                format!("Only {} waits; half were {} or less", f.waits, duration(p50))
            }
            (Some(p50), Some(p90)) => {
                format!(
                    "Half waited {} or less, one in ten {} or more",
                    duration(p50),
                    duration(p90)
                )
            }
            _ => "No waits in this window".to_owned(),
        };
    let target = scope
        .target_minutes
        .map_or_else(String::new, |target| format!("; dashed: target {target} min"));
    let subtitle = format!(
        "Wait {} in minutes; {}{target}{}",
        scope.wait_words,
        counted(f.waits, "wait"),
        scope.period
    );
    let description = format!(
        "Dot plot of median and 90th percentile of the wait {}. {title}.",
        scope.wait_words
    );
    let id = format!("{}-wait", scope.prefix);
    #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
    let body = scope.rows.len() as f64 * ROW;
    let frame = Frame {
        id: &id,
        title: &title,
        subtitle: &subtitle,
        description: &description,
        height: HEAD + 34.0 + body + 34.0,
    };
    let svg = draw(&frame, |canvas| {
        let left = 12.0 + LABELS + 10.0;
        let plot = WIDTH - left - VALUES;
        let longest = scope.rows.iter().filter_map(minutes).map(|(_, p90)| p90).fold(0.0, f64::max);
        let (end, step) = axis(longest.max(scope.target_minutes.unwrap_or(0.0)));
        let at = |minutes: f64| left + plot * minutes / end;
        canvas.dot(18.0, HEAD + 12.0, 5.0, BLUE)?;
        canvas.text((29.0, HEAD + 12.0), "median", 12.0, INK, Anchor::Start)?;
        canvas.triangle(104.0, HEAD + 12.0, 5.5, VERMILLION)?;
        canvas.text((116.0, HEAD + 12.0), "90th percentile", 12.0, INK, Anchor::Start)?;
        let (top, bottom) = (HEAD + 34.0, HEAD + 34.0 + body);
        for tick in (0..=8_u8).map(|n| step * f64::from(n)).filter(|tick| *tick <= end + 1e-9) {
            canvas.line(&[(at(tick), top), (at(tick), bottom)], GRID, 1.0)?;
            canvas.text(
                (at(tick), bottom + 14.0),
                &format!("{tick:.0} min"),
                11.5,
                MUTED,
                Anchor::Middle,
            )?;
        }
        if let Some(target) = scope.target_minutes {
            canvas.dashes(at(target), top, bottom, INK)?;
        }
        let mut middle = top + ROW / 2.0;
        for row in &scope.rows {
            let label = fitted(&row.label, 12.5, LABELS);
            canvas.text((left - 10.0, middle), &label, 12.5, INK, Anchor::End)?;
            let value = match minutes(row) {
                None => "no waits".to_owned(),
                Some((p50, p90)) => {
                    canvas.line(&[(at(p50), middle), (at(p90), middle)], GREY, 2.0)?;
                    canvas.triangle(at(p90), middle, 6.0, VERMILLION)?;
                    canvas.dot(at(p50), middle, 5.5, BLUE)?;
                    let few = few(row.figures.waits);
                    format!("{p50:.1} / {p90:.1} min (n = {}{few})", short(row.figures.waits))
                }
            };
            canvas.text((left + plot + 16.0, middle), &value, 12.0, MUTED, Anchor::Start)?;
            middle += ROW;
        }
        Ok(())
    })?;
    Ok(Figure {
        id: "wait".into(),
        svg,
        table: table(scope),
        note: scope.note(|f| f.waits),
        source: "locations.csv",
        title,
        description,
    })
}

fn table(scope: &Scope<'_>) -> FigureTable {
    let header = ["", "waits", "median", "90th percentile", "95th percentile", "mean", "longest"];
    let row = |row: &Row<'_>| {
        let f = row.figures;
        #[expect(clippy::cast_precision_loss, reason = "seconds of a wait")]
        let longest = f.wait_max_s.map(|s| duration(s as f64));
        vec![
            Cell::Text(row.label.clone()),
            Cell::Number(grouped(f.waits)),
            Cell::of(f.wait_p50_s.map(duration)),
            Cell::of(f.wait_p90_s.map(duration)),
            Cell::of(f.wait_p95_s.map(duration)),
            Cell::of(f.wait_mean_s.map(duration)),
            Cell::of(longest),
        ]
    };
    FigureTable {
        header: header.map(str::to_owned).to_vec(),
        rows: scope.rows.iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_behind_the_longest_wait() {
        for (longest, end, step) in [
            (0.0, 1.0, 1.0),
            (5.9, 6.0, 1.0),
            (7.0, 8.0, 2.0),
            (61.0, 75.0, 15.0),
            (20_000.0, 21_600.0, 4_320.0),
        ] {
            let got = axis(longest);
            assert!(
                (got.0 - end).abs() < 1e-9 && (got.1 - step).abs() < 1e-9,
                "{longest}: {got:?}"
            );
        }
    }
}
