//! A drawing surface in pixels over the SVG backend.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, FontStyle, RGBColor, ShapeStyle};

use super::backend::{Compact, TEXT};
use super::palette::PAGE;
use super::writing::Label;

/// Backend units per pixel.
const SCALE: f64 = 10.0;

/// The backend could not draw a figure.
#[derive(Debug, thiserror::Error)]
#[error("a figure could not be drawn: {0}")]
pub struct ChartError(String);

/// Where a text is placed relative to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Which way a triangle points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Points {
    Up,
    Down,
}

/// A point, pixels; the origin is at the top left.
pub(super) type At = (f64, f64);

type Done = Result<(), ChartError>;

/// A drawing surface. All lengths are in pixels.
pub(super) struct Canvas<'a> {
    area: DrawingArea<Compact<'a>, Shift>,
}

fn unit(pixels: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "a figure is a few thousand pixels")]
    let units = (pixels * SCALE).round() as i32;
    units
}

fn at((x, y): At) -> (i32, i32) {
    (unit(x), unit(y))
}

/// Pixels as backend units that must not be negative.
fn size(pixels: f64) -> u32 {
    u32::try_from(unit(pixels)).unwrap_or(0)
}

fn check<T, E: std::fmt::Display>(drawn: Result<T, E>) -> Done {
    drawn.map(|_| ()).map_err(|error| ChartError(error.to_string()))
}

impl Canvas<'_> {
    /// A filled rectangle, given by its left, top, width and height.
    pub(super) fn rect(&self, x: f64, y: f64, w: f64, h: f64, fill: RGBColor) -> Done {
        let corners = [at((x, y)), at((x + w, y + h))];
        check(self.area.draw(&Rectangle::new(corners, fill.filled())))
    }

    /// A rectangle with an outline inside its edge.
    pub(super) fn outlined(
        &self,
        (x, y, w, h): (f64, f64, f64, f64),
        edge: RGBColor,
        fill: RGBColor,
    ) -> Done {
        self.rect(x, y, w, h, fill)?;
        let line = 1.2;
        if w <= line || h <= line {
            return self.rect(x, y, w, h, edge);
        }
        let corners =
            [at((x + line / 2.0, y + line / 2.0)), at((x + w - line / 2.0, y + h - line / 2.0))];
        let style = ShapeStyle { color: edge.to_rgba(), filled: false, stroke_width: size(line) };
        check(self.area.draw(&Rectangle::new(corners, style)))
    }

    /// A line through points.
    pub(super) fn line(&self, points: &[At], colour: RGBColor, width: f64) -> Done {
        let points: Vec<_> = points.iter().copied().map(at).collect();
        let style =
            ShapeStyle { color: colour.to_rgba(), filled: false, stroke_width: size(width) };
        check(self.area.draw(&PathElement::new(points, style)))
    }

    /// A dashed line between two points.
    pub(super) fn dashed(&self, from: At, to: At, colour: RGBColor, width: f64) -> Done {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let point = |along: f64| {
            let share = if length > 0.0 { along / length } else { 0.0 };
            (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1))
        };
        let mut begin = 0.0;
        while begin < length {
            self.line(&[point(begin), point((begin + 4.0).min(length))], colour, width)?;
            begin += 7.0;
        }
        Ok(())
    }

    /// A filled circle.
    pub(super) fn dot(&self, centre: At, radius: f64, fill: RGBColor) -> Done {
        check(self.area.draw(&Circle::new(at(centre), size(radius), fill.filled())))
    }

    /// A ring.
    pub(super) fn hollow(&self, centre: At, radius: f64, edge: RGBColor) -> Done {
        self.dot(centre, radius, edge)?;
        self.dot(centre, radius - 1.5, PAGE)
    }

    /// A filled triangle.
    pub(super) fn triangle(&self, centre: At, radius: f64, way: Points, fill: RGBColor) -> Done {
        self.polygon(&corners(centre, radius, way), fill)
    }

    /// The outline of a triangle.
    pub(super) fn hollow_triangle(
        &self,
        centre: At,
        radius: f64,
        way: Points,
        edge: RGBColor,
    ) -> Done {
        self.polygon(&corners(centre, radius, way), edge)?;
        self.polygon(&corners(centre, radius - 2.6, way), PAGE)
    }

    /// A filled area.
    pub(super) fn polygon(&self, corners: &[At], fill: RGBColor) -> Done {
        let corners: Vec<_> = corners.iter().copied().map(at).collect();
        check(self.area.draw(&Polygon::new(corners, fill.filled())))
    }

    /// One line of text of the usual size, centred on `y`.
    pub(super) fn text(&self, place: At, text: &str, colour: RGBColor, anchor: Anchor) -> Done {
        self.styled(place, text, TEXT, colour, anchor, FontStyle::Normal)
    }

    /// The same in semibold and another size, pixels.
    pub(super) fn bold(
        &self,
        place: At,
        text: &str,
        pixels: f64,
        colour: RGBColor,
        anchor: Anchor,
    ) -> Done {
        self.styled(place, text, pixels, colour, anchor, FontStyle::Bold)
    }

    fn styled(
        &self,
        place: At,
        text: &str,
        pixels: f64,
        colour: RGBColor,
        anchor: Anchor,
        weight: FontStyle,
    ) -> Done {
        let anchor = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let label = Label { text, place: at(place), size: pixels * SCALE, colour, anchor, weight };
        check(self.area.draw(&label))
    }
}

fn corners((x, y): At, radius: f64, way: Points) -> [At; 3] {
    let tip = if way == Points::Up { -radius } else { radius };
    [(x, y + tip), (x + radius, y - tip * 0.8), (x - radius, y - tip * 0.8)]
}

/// Draws into an area of this size, and returns the SVG elements.
pub(super) fn draw(
    (width, height): (f64, f64),
    body: impl FnOnce(&Canvas<'_>) -> Done,
) -> Result<String, ChartError> {
    // Few drawings are shorter than this.
    let mut elements = String::with_capacity(4_096);
    let backend = Compact::new(&mut elements, (size(width), size(height)));
    let canvas = Canvas { area: backend.into_drawing_area() };
    body(&canvas)?;
    check(canvas.area.present())?;
    drop(canvas);
    Ok(elements)
}
