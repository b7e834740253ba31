//! Stacked horizontal bars of shares, one row per group.

use plotters::style::RGBColor;

use super::canvas::{Anchor, Canvas, ChartError, Frame, HEAD, WIDTH, draw};
use super::label::{fitted, width_of};
use super::palette::{GRID, INK, MUTED, ink_on};

/// A row: shares in the order of the legend, each 0 to 1.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) shares: Option<Vec<f64>>,
    /// Text at the right end.
    pub(super) value: String,
}

/// A figure of bars.
pub(super) struct Bars<'a> {
    pub(super) bars: Vec<Bar>,
    /// Names and colours of the parts.
    pub(super) legend: Vec<(&'a str, RGBColor)>,
    /// Right end of the axis, 0 to 1.
    pub(super) scale: f64,
}

const ROW: f64 = 27.0;
const LABELS: f64 = 265.0;
const VALUES: f64 = 200.0;

/// Height of the figure, pixels.
pub(super) fn height(rows: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
    let rows = rows as f64;
    HEAD + 34.0 + rows * ROW + 34.0
}

/// The SVG document.
pub(super) fn svg(frame: &Frame<'_>, bars: &Bars<'_>) -> Result<String, ChartError> {
    draw(frame, |canvas| {
        let left = 12.0 + LABELS + 10.0;
        let plot = WIDTH - left - VALUES;
        legend(canvas, &bars.legend)?;
        let top = HEAD + 34.0;
        let mut y = top;
        for tick in 0..=4 {
            let share = bars.scale * f64::from(tick) / 4.0;
            let x = left + plot * f64::from(tick) / 4.0;
            #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
            let bottom = top + ROW * bars.bars.len() as f64;
            canvas.line(&[(x, top), (x, bottom)], GRID, 1.0)?;
            let label = if (bars.scale * 100.0 / 4.0).fract() < 1e-9 {
                format!("{:.0} %", share * 100.0)
            } else {
                format!("{:.1} %", share * 100.0)
            };
            canvas.text((x, bottom + 14.0), &label, 11.5, MUTED, Anchor::Middle)?;
        }
        for bar in &bars.bars {
            let middle = y + ROW / 2.0;
            let label = fitted(&bar.label, 12.5, LABELS);
            canvas.text((left - 10.0, middle), &label, 12.5, INK, Anchor::End)?;
            let mut x = left;
            for (share, (name, colour)) in bar.shares.iter().flatten().zip(&bars.legend) {
                let w = plot * share / bars.scale;
                if w > 0.0 {
                    // A thin gap between the parts, so that they can be told apart without colour.
                    canvas.rect(x, y + 4.0, (w - 1.0).max(0.5), ROW - 8.0, *colour)?;
                    if let Some(text) = inside(name, *share, w) {
                        let centre = (x + w / 2.0, middle);
                        canvas.text(centre, &text, 11.5, ink_on(*colour), Anchor::Middle)?;
                    }
                }
                x += w;
            }
            let end = left + plot + 10.0;
            canvas.text((end, middle), &bar.value, 12.0, MUTED, Anchor::Start)?;
            y += ROW;
        }
        Ok(())
    })
}

/// The text in a part: key and percent, percent alone in a narrow one, nothing if it rounds to 0 or does not fit.
///
/// The key is the first word of the name in the legend; it identifies the part without colour.
fn inside(name: &str, share: f64, width: f64) -> Option<String> {
    let percent = format!("{:.0}", share * 100.0);
    if percent == "0" {
        return None;
    }
    let key = name.split(' ').next().unwrap_or_default();
    // A number alone must not be taken for a key.
    let alone = key.parse::<u8>().is_err().then(|| percent.clone());
    std::iter::once(format!("{key}: {percent}"))
        .chain(alone)
        .find(|text| width_of(text, 11.5) + 6.0 < width)
}

fn legend(canvas: &Canvas<'_>, parts: &[(&str, RGBColor)]) -> Result<(), ChartError> {
    let mut x = 12.0;
    for (name, colour) in parts {
        canvas.rect(x, HEAD + 6.0, 12.0, 12.0, *colour)?;
        canvas.text((x + 17.0, HEAD + 12.0), name, 12.0, INK, Anchor::Start)?;
        x += 17.0 + width_of(name, 12.0) + 18.0;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_named_where_there_is_room() {
        assert_eq!(inside("C no-show", 0.123, 80.0).as_deref(), Some("C: 12"));
        assert_eq!(inside("C no-show", 0.123, 22.0).as_deref(), Some("12"));
        assert_eq!(inside("C no-show", 0.123, 9.0), None);
        assert_eq!(inside("2", 0.05, 22.0), None);
        assert_eq!(inside("C no-show", 0.004, 80.0), None);
    }
}
