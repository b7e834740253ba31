//! Colours: safe for colour-blind readers, at least 3:1 on white as graphics and 4.5:1 as text (tested).

use plotters::style::RGBColor;

/// Background of every figure.
pub(super) const WHITE: RGBColor = RGBColor(255, 255, 255);
/// Titles and values.
pub(super) const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Subtitles, axes, notes.
pub(super) const MUTED: RGBColor = RGBColor(0x59, 0x59, 0x59);
/// Connecting lines.
pub(super) const GREY: RGBColor = RGBColor(0x76, 0x76, 0x76);
/// Grid lines, which carry no information.
pub(super) const GRID: RGBColor = RGBColor(0xe6, 0xe6, 0xe6);
/// Colour of the first series.
pub(super) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xb2);
/// Colour of the second series, which always has another shape than the first.
pub(super) const VERMILLION: RGBColor = RGBColor(0xb8, 0x50, 0x00);

/// Ratings 1 to 5: dark at both ends, grey in the middle.
pub(super) const RATINGS: [RGBColor; 5] = [
    RGBColor(0x7a, 0x2e, 0x00),
    RGBColor(0xb8, 0x50, 0x00),
    RGBColor(0x6b, 0x6b, 0x6b),
    RGBColor(0x1a, 0x77, 0xb0),
    RGBColor(0x00, 0x42, 0x6b),
];

/// Causes of lost visits, in the order of the outcomes.
pub(super) const CAUSES: [RGBColor; 6] = [
    RGBColor(0x00, 0x66, 0xa1),
    RGBColor(0xb8, 0x50, 0x00),
    RGBColor(0x00, 0x75, 0x57),
    RGBColor(0x8e, 0x4a, 0x75),
    RGBColor(0x6b, 0x6b, 0x6b),
    RGBColor(0x85, 0x72, 0x00),
];

/// Steps of the heat map, light to dark.
pub(super) const HEAT: [RGBColor; 6] = [
    RGBColor(0xee, 0xf4, 0xf9),
    RGBColor(0xd0, 0xe2, 0xf0),
    RGBColor(0x9f, 0xc5, 0xe0),
    RGBColor(0x1f, 0x78, 0xb4),
    RGBColor(0x00, 0x5a, 0x8f),
    RGBColor(0x00, 0x38, 0x5c),
];

/// Black or white, whichever is easier to read on a colour.
pub(super) fn ink_on(ground: RGBColor) -> RGBColor {
    if contrast(WHITE, ground) >= 4.5 { WHITE } else { INK }
}

/// Contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance).
pub(super) fn contrast(a: RGBColor, b: RGBColor) -> f64 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_can_be_seen_and_read() {
        for graphic in RATINGS.into_iter().chain(CAUSES).chain([BLUE, VERMILLION, GREY]) {
            assert!(contrast(graphic, WHITE) >= 3.0, "{graphic:?}");
        }
        for text in [INK, MUTED] {
            assert!(contrast(text, WHITE) >= 4.5, "{text:?}");
        }
        for ground in RATINGS.into_iter().chain(CAUSES).chain(HEAT) {
            assert!(contrast(ink_on(ground), ground) >= 4.5, "{ground:?}");
        }
        assert!((contrast(BLUE, WHITE) - 5.19).abs() < 0.01);
    }
}
