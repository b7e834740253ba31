//! Horizontal bars of the parts of a whole, each with its share and its count written beside it.

use super::canvas::{Anchor, Canvas, ChartError};
use super::figure::{Drawing, Screen, grouped};
use super::label::width_of;
use super::palette::{BEFORE, INK, MAIN, PAGE, SOFT};

const WIDTH: f64 = 340.0;
/// Space between columns, pixels.
const GAP: f64 = 8.0;

/// How a bar looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Solid,
    Outlined,
    /// An outline in grey, for what is not known.
    Grey,
}

/// One part of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bar {
    /// Its name; short.
    pub(super) label: String,
    pub(super) n: u64,
    pub(super) mark: Mark,
}

/// The share of a part; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The parts in whole percent, so that they add up to 100 (largest remainder; of equal ones the first). All 0 if the parts are.
pub(super) fn whole_percents(parts: &[u64]) -> Vec<u64> {
    let whole: u128 = parts.iter().copied().map(u128::from).sum();
    if whole == 0 {
        return vec![0; parts.len()];
    }
    let scaled = || parts.iter().map(|part| u128::from(*part) * 100);
    let mut percents: Vec<u64> =
        scaled().map(|part| u64::try_from(part / whole).unwrap_or(100)).collect();
    let mut order: Vec<(u128, usize)> =
        scaled().enumerate().map(|(at, part)| (part % whole, at)).collect();
    order.sort_by_key(|(rest, at)| (std::cmp::Reverse(*rest), *at));
    let left = 100_u64.saturating_sub(percents.iter().sum());
    for (_, at) in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(percent) = percents.get_mut(at) {
            *percent += 1;
        }
    }
    percents
}

/// A share as a percentage, as exact as its interval allows: whole percent if that is wider than 4 points, else one decimal.
#[must_use]
pub fn rounded(share: f64, (low, high): (f64, f64)) -> String {
    let digits = usize::from(high - low <= 0.04);
    format!("{:.digits$}", share * 100.0)
}

/// Draws the bars. `shares` in whole percent, one each; without them only the counts are written.
pub(super) fn drawing(bars: &[Bar], shares: Option<&[u64]>) -> Result<Drawing, ChartError> {
    let rows = f64::from(u32::try_from(bars.len()).unwrap_or(u32::MAX));
    let step = (150.0 / rows.max(1.0)).clamp(19.0, 30.0);
    Drawing::of(Screen::All, (WIDTH, (step * rows).ceil() + 8.0), |canvas| {
        draw(canvas, bars, shares, step)
    })
}

fn draw(
    canvas: &Canvas<'_>,
    bars: &[Bar],
    shares: Option<&[u64]>,
    step: f64,
) -> Result<(), ChartError> {
    let widest = |texts: &[String], bold: f64| {
        texts.iter().map(|text| width_of(text, 12.0)).fold(0.0, f64::max) * bold
    };
    let counts: Vec<String> = bars.iter().map(|bar| grouped(bar.n)).collect();
    let percents: Vec<String> =
        shares.unwrap_or_default().iter().map(|share| format!("{share} %")).collect();
    let labels: Vec<String> = bars.iter().map(|bar| bar.label.clone()).collect();
    let left = widest(&labels, 1.0) + GAP;
    let share_end = WIDTH - 2.0 - widest(&counts, 1.0) - GAP;
    let right = (share_end - widest(&percents, 1.0) - GAP).max(left + 20.0);
    let longest = bars.iter().map(|bar| bar.n).max().unwrap_or(0);
    let thick = step * 0.72;
    let middle = |at: usize| 4.0 + step * (f64::from(u32::try_from(at).unwrap_or(0)) + 0.5);
    let length = |bar: &Bar| (share(bar.n, longest) * (right - left)).max(1.5);
    let some =
        |mark: Mark| bars.iter().enumerate().filter(move |(_, bar)| bar.mark == mark && bar.n > 0);
    for (at, bar) in some(Mark::Solid) {
        canvas.rect(left, middle(at) - thick / 2.0, length(bar), thick, MAIN)?;
    }
    for (mark, edge) in [(Mark::Outlined, MAIN), (Mark::Grey, BEFORE)] {
        for (at, bar) in some(mark) {
            let place = (left, middle(at) - thick / 2.0, length(bar), thick);
            canvas.outlined(place, edge, PAGE)?;
        }
    }
    for (at, label) in labels.iter().enumerate() {
        canvas.text((2.0, middle(at)), label, INK, Anchor::Start)?;
    }
    for (at, percent) in percents.iter().enumerate() {
        canvas.text((share_end, middle(at)), percent, INK, Anchor::End)?;
    }
    for (at, count) in counts.iter().enumerate() {
        canvas.text((WIDTH - 2.0, middle(at)), count, SOFT, Anchor::End)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_add_up() {
        assert_eq!(whole_percents(&[1, 1, 1]), [34, 33, 33]);
        assert_eq!(whole_percents(&[469, 352, 113, 54, 61]), [45, 33, 11, 5, 6]);
        assert_eq!(whole_percents(&[0, 0]), [0, 0]);
        assert_eq!(whole_percents(&[u64::MAX, u64::MAX]), [50, 50]);
        assert_eq!(rounded(0.783, (0.76, 0.81)), "78");
        assert_eq!(rounded(0.783, (0.77, 0.80)), "78.3");
    }

    proptest! {
        #[test]
        fn percents_are_near_and_whole(parts in prop::collection::vec(0_u64..100_000, 1..12)) {
            let percents = whole_percents(&parts);
            let whole: u64 = parts.iter().sum();
            prop_assert_eq!(percents.iter().sum::<u64>(), if whole == 0 { 0 } else { 100 });
            for (part, percent) in parts.iter().zip(percents) {
                prop_assert!((share(*part, whole) * 100.0 - percent as f64).abs() < 1.0);
            }
        }
    }
}
