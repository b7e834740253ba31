//! Colours: two hues, safe for colour-blind readers, at least 3:1 on white as graphics and 4.5:1 as text (tested). What
//! colour says, shape or a label says too. The style sheet of the pages has a dark twin of each.

use plotters::style::RGBColor;

const fn rgb(hex: u32) -> RGBColor {
    let [_, r, g, b] = hex.to_be_bytes();
    RGBColor(r, g, b)
}

/// The ground of every figure.
pub(super) const PAGE: RGBColor = rgb(0xFF_FFFF);
/// Text, target and the line of a change.
pub(super) const INK: RGBColor = rgb(0x1D_2129);
/// Labels of axes, notes.
pub(super) const SOFT: RGBColor = rgb(0x58_5F69);
/// Axes and centre lines.
pub(super) const AXIS: RGBColor = rgb(0x7A_828C);
/// Grid lines, which carry no information.
pub(super) const GRID: RGBColor = rgb(0xDD_E2E7);
/// What the figure is about; better.
pub(super) const MAIN: RGBColor = rgb(0x00_72B2);
/// What was before; intervals.
pub(super) const BEFORE: RGBColor = rgb(0x7E_8791);
/// For the worse; lost.
pub(super) const WORSE: RGBColor = rgb(0xC2_4E00);
/// Text on what is for the worse.
pub(super) const WORSE_TEXT: RGBColor = rgb(0xA3_4100);
/// Limits of what is usual.
pub(super) const BAND: RGBColor = rgb(0xDC_EAF4);
/// Outer limits of a funnel.
pub(super) const OUTER_BAND: RGBColor = rgb(0xEE_F3F7);
/// An area of lost visits.
pub(super) const LOST_BAND: RGBColor = rgb(0xF6_DDCB);
/// The weeks of the newest span.
pub(super) const NOW: RGBColor = rgb(0xF3_F6F8);
/// Steps of the heat map, light to dark.
pub(super) const HEAT: [RGBColor; 6] = [
    rgb(0xEE_F4F9),
    rgb(0xCF_E1F0),
    rgb(0x9D_C4E2),
    rgb(0x62_A0CF),
    rgb(0x1F_6FA8),
    rgb(0x00_426B),
];
/// Text on the four light steps.
const ON_LIGHT: RGBColor = rgb(0x1B_1E24);
/// Text on the two dark steps.
const ON_DARK: RGBColor = rgb(0xFE_FEFE);

/// The colour of text on a step of the heat map.
pub(super) fn ink_on(step: usize) -> RGBColor {
    if step < 4 { ON_LIGHT } else { ON_DARK }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance).
    fn contrast(a: RGBColor, b: RGBColor) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(colour: RGBColor) -> f64 {
        let channel = |value: u8| {
            let c = f64::from(value) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(colour.0) + 0.7152 * channel(colour.1) + 0.0722 * channel(colour.2)
    }

    #[test]
    fn everything_can_be_seen_and_read() {
        for graphic in [MAIN, BEFORE, WORSE, AXIS, INK] {
            assert!(contrast(graphic, PAGE) >= 3.0, "{graphic:?}");
        }
        for ground in [PAGE, BAND, OUTER_BAND, NOW] {
            for text in [INK, SOFT] {
                assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}");
            }
        }
        assert!(contrast(WORSE_TEXT, LOST_BAND) >= 4.5 && contrast(INK, LOST_BAND) >= 4.5);
        for (step, ground) in HEAT.into_iter().enumerate() {
            assert!(contrast(ink_on(step), ground) >= 4.5, "{ground:?}");
        }
        assert!((contrast(MAIN, PAGE) - 5.19).abs() < 0.01);
    }

    /// The dark theme changes each colour that a figure may have.
    #[test]
    fn every_colour_has_a_dark_twin() {
        let style = include_str!("../page/style.css");
        let grounds = [PAGE, BAND, OUTER_BAND, LOST_BAND, NOW, GRID];
        let marks = [INK, SOFT, AXIS, MAIN, BEFORE, WORSE, WORSE_TEXT, ON_LIGHT, ON_DARK];
        for colour in grounds.into_iter().chain(marks).chain(HEAT) {
            let hex = format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2);
            assert!(style.contains(&format!("svg [fill=\"{hex}\"]")), "{hex}");
        }
    }
}
