//! A plotters backend that writes short SVG: what has the same colour and stroke becomes one path, numbers have one
//! decimal, and defaults are left out. plotters' own backend writes more than twice as much, and a page has thirty figures.
//!
//! Coordinates are tenths of a pixel. Dots are strokes of no length with round ends, which every reader of SVG draws as
//! circles.

use std::convert::Infallible;
use std::fmt::Write as _;

use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle,
};

/// Size of text that needs no attribute, pixels; the root sets it.
pub(super) const TEXT: f64 = 12.0;

type Done = Result<(), DrawingErrorKind<Infallible>>;

/// How the shapes of a path are painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paint {
    Fill,
    /// Width, tenths of a pixel.
    Stroke(u32),
    /// Diameter, tenths of a pixel.
    Dots(u32),
}

/// Writes the elements of a drawing, without a root element.
#[derive(Debug)]
pub(super) struct Compact<'s> {
    out: &'s mut String,
    size: (u32, u32),
    /// Paint and colour of the path that may go on, whose data `out` ends with.
    open: Option<(Paint, (u8, u8, u8))>,
}

impl<'s> Compact<'s> {
    /// Writes to `out`; `size` in tenths of a pixel.
    pub(super) fn new(out: &'s mut String, size: (u32, u32)) -> Self {
        Self { out, size, open: None }
    }

    /// Where the data of a path of this kind go on, after closing one of another kind.
    fn path(&mut self, paint: Paint, colour: BackendColor) -> &mut String {
        if self.open != Some((paint, colour.rgb)) {
            self.close();
            self.open = Some((paint, colour.rgb));
            self.begin(paint, colour.rgb);
        }
        self.out
    }

    /// The element of a path up to its data.
    fn begin(&mut self, paint: Paint, colour: (u8, u8, u8)) {
        let out = &mut *self.out;
        out.push_str(match paint {
            Paint::Fill => "<path fill=\"",
            Paint::Stroke(_) => "<path fill=\"none\" stroke=\"",
            Paint::Dots(_) => "<path stroke=\"",
        });
        push_hex(out, colour);
        if let Paint::Stroke(width) | Paint::Dots(width) = paint {
            out.push_str("\" stroke-width=\"");
            push_tenths(out, i64::from(width));
        }
        if matches!(paint, Paint::Dots(_)) {
            out.push_str("\" stroke-linecap=\"round");
        }
        out.push_str("\" d=\"");
    }

    /// Ends the open path.
    fn close(&mut self) {
        if self.open.take().is_some() {
            self.out.push_str("\"/>");
        }
    }
}

/// Appends a colour: `#0072B2`.
fn push_hex(out: &mut String, (r, g, b): (u8, u8, u8)) {
    let digit = |n: u8| char::from(if n < 10 { b'0' + n } else { b'A' + n - 10 });
    out.push('#');
    for n in [r, g, b] {
        out.push(digit(n >> 4));
        out.push(digit(n & 15));
    }
}

/// Appends tenths as a decimal without zeros at its end: `12.3`, `12`. A page holds ten thousand of them: by the usual
/// formatting they took a quarter of the time of a drawing.
fn push_tenths(out: &mut String, n: i64) {
    if n < 0 {
        out.push('-');
    }
    let n = n.unsigned_abs();
    let (whole, rest) = (n / 10, n % 10);
    if whole > 0 || rest == 0 {
        push_whole(out, whole);
    }
    if rest > 0 {
        out.push('.');
        push_digit(out, rest);
    }
}

fn push_whole(out: &mut String, n: u64) {
    if n >= 10 {
        push_whole(out, n / 10);
    }
    push_digit(out, n % 10);
}

/// Appends a digit, 0 to 9.
fn push_digit(out: &mut String, n: u64) {
    out.push(char::from(b'0' + u8::try_from(n).unwrap_or(0)));
}

/// Appends two numbers; a sign separates as well as a space does.
fn pair(data: &mut String, a: i32, b: i32) {
    for n in [a, b] {
        if n >= 0 && data.as_bytes().last().is_some_and(u8::is_ascii_digit) {
            data.push(' ');
        }
        push_tenths(data, i64::from(n));
    }
}

/// Appends a line through points: the first absolute, the others by their distance from the one before.
fn line(data: &mut String, points: impl IntoIterator<Item = BackendCoord>) {
    let mut before: Option<BackendCoord> = None;
    for (x, y) in points {
        match before {
            None => {
                data.push('M');
                pair(data, x, y);
                data.push('l');
            }
            Some((a, b)) => pair(data, x - a, y - b),
        }
        before = Some((x, y));
    }
    if data.ends_with('l') {
        data.pop();
    }
}

/// Appends a text with what would be markup escaped.
fn push_escaped(out: &mut String, text: &str) {
    for part in text.split_inclusive(['&', '<', '>']) {
        let (plain, escaped) = match part.as_bytes().last() {
            Some(b'&') => (part.strip_suffix('&'), "&amp;"),
            Some(b'<') => (part.strip_suffix('<'), "&lt;"),
            Some(b'>') => (part.strip_suffix('>'), "&gt;"),
            _ => (None, ""),
        };
        out.push_str(plain.unwrap_or(part));
        out.push_str(escaped);
    }
}

impl DrawingBackend for Compact<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        self.close();
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, colour: BackendColor) -> Done {
        self.draw_rect(point, (point.0 + 1, point.1 + 1), &colour, true)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done {
        let paint = if fill { Paint::Fill } else { Paint::Stroke(style.stroke_width()) };
        let data = self.path(paint, style.color());
        data.push('M');
        pair(data, left, top);
        let (w, h) = (i64::from(right - left), i64::from(bottom - top));
        for (step, n) in [('h', w), ('v', h), ('h', -w)] {
            data.push(step);
            push_tenths(data, n);
        }
        data.push('z');
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Done {
        line(self.path(Paint::Stroke(style.stroke_width()), style.color()), points);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        _: bool,
    ) -> Done {
        let data = self.path(Paint::Dots(2 * radius), style.color());
        data.push('M');
        pair(data, x, y);
        // Not quite nothing, because some converters drop lines without a length.
        data.push_str("h.01");
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Done {
        let data = self.path(Paint::Fill, style.color());
        line(data, corners);
        data.push('z');
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Done {
        self.close();
        let size = style.size() / 10.0;
        // The middle of capitals and digits is a third of the size above the base line.
        #[expect(clippy::cast_possible_truncation, reason = "a few hundred pixels")]
        let base = y + (size * 3.5).round() as i32;
        let out = &mut *self.out;
        out.push_str("<text x=\"");
        push_tenths(out, i64::from(x));
        out.push_str("\" y=\"");
        push_tenths(out, i64::from(base));
        if (size - TEXT).abs() >= 0.01 {
            // A string takes everything.
            _ = write!(out, "\" font-size=\"{size}");
        }
        out.push_str(match style.anchor().h_pos {
            HPos::Left => "\"",
            HPos::Center => "\" text-anchor=\"middle\"",
            HPos::Right => "\" text-anchor=\"end\"",
        });
        if matches!(style.style(), FontStyle::Bold) {
            out.push_str(" font-weight=\"600\"");
        }
        out.push_str(" fill=\"");
        push_hex(out, style.color().rgb);
        out.push_str("\">");
        push_escaped(out, text);
        out.push_str("</text>");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotters_backend::text_anchor::VPos;

    const BLUE: BackendColor = BackendColor { alpha: 1.0, rgb: (0, 0x72, 0xb2) };
    const RED: BackendColor = BackendColor { alpha: 1.0, rgb: (0xff, 0, 0) };

    fn drawn(draw: impl FnOnce(&mut Compact<'_>)) -> String {
        let mut out = String::new();
        let mut backend = Compact::new(&mut out, (1_000, 1_000));
        draw(&mut backend);
        backend.present().unwrap();
        out
    }

    #[test]
    fn shapes_of_one_colour_are_one_path() {
        let svg = drawn(|to| {
            to.draw_rect((10, 20), (35, 60), &BLUE, true).unwrap();
            to.fill_polygon([(0, 0), (5, 10), (-5, 10)], &BLUE).unwrap();
            to.draw_rect((0, 0), (10, 10), &RED, true).unwrap();
            to.draw_path([(0, 0), (15, -2), (30, 4)], &BLUE).unwrap();
            to.draw_circle((100, 105), 30, &BLUE, true).unwrap();
            to.draw_circle((200, 105), 30, &BLUE, true).unwrap();
        });
        assert_eq!(
            svg,
            "<path fill=\"#0072B2\" d=\"M1 2h2.5v4h-2.5zM0 0l.5 1-1 0z\"/>\
             <path fill=\"#FF0000\" d=\"M0 0h1v1h-1z\"/>\
             <path fill=\"none\" stroke=\"#0072B2\" stroke-width=\".1\" d=\"M0 0l1.5-.2 1.5 .6\"/>\
             <path stroke=\"#0072B2\" stroke-width=\"6\" stroke-linecap=\"round\" d=\"M10 10.5h.01M20 10.5h.01\"/>"
        );
    }

    /// The same by formatting.
    fn tenths(n: i64) -> String {
        let (sign, whole, rest) = (if n < 0 { "-" } else { "" }, n.abs() / 10, n.abs() % 10);
        match (whole, rest) {
            (_, 0) => format!("{sign}{whole}"),
            (0, _) => format!("{sign}.{rest}"),
            _ => format!("{sign}{whole}.{rest}"),
        }
    }

    fn pushed(push: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        push(&mut out);
        out
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [0, 5, -5, 10, 123, -1_230].map(|n| pushed(|out| push_tenths(out, n))),
            ["0", ".5", "-.5", "1", "12.3", "-123"]
        );
        let mut data = String::from("M");
        pair(&mut data, 5, 5);
        pair(&mut data, -5, 20);
        assert_eq!(data, "M.5 .5-.5 2");
    }
    #[test]
    fn numbers_colours_and_texts_are_as_formatting_writes_them() {
        let ends = [i64::from(i32::MIN), i64::from(i32::MAX), 2 * i64::from(i32::MIN)];
        for n in (-12_345..12_345).chain(ends) {
            assert_eq!(pushed(|out| push_tenths(out, n)), tenths(n));
        }
        for r in 0..=255 {
            let (g, b) = (255 - r, r ^ 0x5a);
            assert_eq!(pushed(|out| push_hex(out, (r, g, b))), format!("#{r:02X}{g:02X}{b:02X}"));
        }
        for text in ["", "a & b", "&&<>", "<b>é</b>", "5 > 4", "&amp;", "الرياض &"] {
            let naive = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            assert_eq!(pushed(|out| push_escaped(out, text)), naive);
        }
    }

    #[test]
    fn texts_have_what_differs_from_the_root() {
        let text = |size, weight, anchor| {
            let style = plotters::style::TextStyle::from(
                plotters::style::IntoFont::into_font(("sans-serif", size)).style(weight),
            );
            let pos = plotters::style::text_anchor::Pos::new(anchor, VPos::Center);
            drawn(|to| to.draw_text("a<b", &style.pos(pos), (105, 200)).unwrap())
        };
        assert_eq!(
            text(120.0, FontStyle::Normal, HPos::Left),
            "<text x=\"10.5\" y=\"24.2\" fill=\"#000000\">a&lt;b</text>"
        );
        assert_eq!(
            text(155.0, FontStyle::Bold, HPos::Right),
            "<text x=\"10.5\" y=\"25.4\" font-size=\"15.5\" text-anchor=\"end\" font-weight=\"600\" fill=\"#000000\">a&lt;b</text>"
        );
    }
}
