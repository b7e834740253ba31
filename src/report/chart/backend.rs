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

/// A path that may go on.
#[derive(Debug)]
struct Open {
    paint: Paint,
    colour: (u8, u8, u8),
    data: String,
}

/// Writes the elements of a drawing, without a root element.
#[derive(Debug)]
pub(super) struct Compact<'s> {
    out: &'s mut String,
    size: (u32, u32),
    open: Option<Open>,
}

impl<'s> Compact<'s> {
    /// Writes to `out`; `size` in tenths of a pixel.
    pub(super) fn new(out: &'s mut String, size: (u32, u32)) -> Self {
        Self { out, size, open: None }
    }

    /// The data of the open path of this kind, after closing one of another kind.
    fn path(&mut self, paint: Paint, colour: BackendColor) -> &mut String {
        let is_other = |open: &Open| (open.paint, open.colour) != (paint, colour.rgb);
        if self.open.as_ref().is_some_and(is_other) {
            self.close();
        }
        let new = || Open { paint, colour: colour.rgb, data: String::new() };
        &mut self.open.get_or_insert_with(new).data
    }

    /// Ends the open path.
    fn close(&mut self) {
        let Some(Open { paint, colour, data }) = self.open.take() else { return };
        let colour = hex(colour);
        match paint {
            Paint::Fill => self.put(format_args!("<path fill=\"{colour}\" d=\"{data}\"/>")),
            Paint::Stroke(width) => self.put(format_args!(
                "<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"{}\" d=\"{data}\"/>",
                tenths(i64::from(width))
            )),
            Paint::Dots(width) => self.put(format_args!(
                "<path stroke=\"{colour}\" stroke-width=\"{}\" stroke-linecap=\"round\" d=\"{data}\"/>",
                tenths(i64::from(width))
            )),
        }
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // A string takes everything.
        _ = self.out.write_fmt(text);
    }
}

fn hex((r, g, b): (u8, u8, u8)) -> String {
    format!("#{r:02X}{g:02X}{b:02X}")
}

/// Tenths as a decimal without zeros at its end: `12.3`, `12`.
fn tenths(n: i64) -> String {
    let (sign, whole, rest) = (if n < 0 { "-" } else { "" }, n.abs() / 10, n.abs() % 10);
    match (whole, rest) {
        (_, 0) => format!("{sign}{whole}"),
        (0, _) => format!("{sign}.{rest}"),
        _ => format!("{sign}{whole}.{rest}"),
    }
}

/// Appends two numbers; a sign separates as well as a space does.
fn pair(data: &mut String, a: i32, b: i32) {
    for n in [a, b] {
        if n >= 0 && data.ends_with(|last: char| last.is_ascii_digit()) {
            data.push(' ');
        }
        data.push_str(&tenths(i64::from(n)));
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

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
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
        _ = write!(data, "h{}v{}h{}z", tenths(w), tenths(h), tenths(-w));
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
        let anchor = match style.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " text-anchor=\"middle\"",
            HPos::Right => " text-anchor=\"end\"",
        };
        let weight =
            if matches!(style.style(), FontStyle::Bold) { " font-weight=\"600\"" } else { "" };
        let height = if (size - TEXT).abs() < 0.01 {
            String::new()
        } else {
            format!(" font-size=\"{size}\"")
        };
        let (x, base, colour) =
            (tenths(i64::from(x)), tenths(i64::from(base)), hex(style.color().rgb));
        let text = escape(text);
        self.put(format_args!(
            "<text x=\"{x}\" y=\"{base}\"{height}{anchor}{weight} fill=\"{colour}\">{text}</text>"
        ));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [0, 5, -5, 10, 123, -1_230].map(tenths),
            ["0", ".5", "-.5", "1", "12.3", "-123"]
        );
        let mut data = String::from("M");
        pair(&mut data, 5, 5);
        pair(&mut data, -5, 20);
        assert_eq!(data, "M.5 .5-.5 2");
    }
}
