//! A drawing surface in printed pixels over plotters' integer SVG backend, and the finished SVG document.

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, IntoFont, RGBColor, ShapeStyle, TextStyle};

use super::palette::{INK, MUTED, WHITE};

/// Backend units per printed pixel.
const SCALE: f64 = 10.0;
/// plotters divides font sizes by this factor.
const FONT_FACTOR: f64 = 1.24;
/// Width of every figure, pixels.
pub(super) const WIDTH: f64 = 920.0;

/// The backend could not draw a figure.
#[derive(Debug, thiserror::Error)]
#[error("figure `{figure}` could not be drawn: {reason}")]
pub struct ChartError {
    figure: String,
    reason: String,
}

/// Where a text is placed relative to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// A drawing surface. All lengths are in printed pixels; the origin is at the top left.
pub(super) struct Canvas<'a> {
    area: Area<'a>,
    figure: &'a str,
}

fn unit(pixels: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "a figure is a few thousand pixels")]
    let units = (pixels * SCALE).round() as i32;
    units
}

/// Pixels as backend units that must not be negative.
fn size(pixels: f64) -> u32 {
    u32::try_from(unit(pixels)).unwrap_or(0)
}

impl Canvas<'_> {
    fn check<T, E: std::fmt::Display>(&self, drawn: Result<T, E>) -> Result<(), ChartError> {
        drawn.map(|_| ()).map_err(|error| ChartError {
            figure: self.figure.to_owned(),
            reason: error.to_string(),
        })
    }

    /// A filled rectangle.
    pub(super) fn rect(
        &self,
        x: f64,
        y: f64,
        w: f64,
        h: f64,
        fill: RGBColor,
    ) -> Result<(), ChartError> {
        let corners = [(unit(x), unit(y)), (unit(x + w), unit(y + h))];
        self.check(self.area.draw(&Rectangle::new(corners, fill.filled())))
    }

    /// A line through points.
    pub(super) fn line(
        &self,
        points: &[(f64, f64)],
        colour: RGBColor,
        width: f64,
    ) -> Result<(), ChartError> {
        let points: Vec<_> = points.iter().map(|(x, y)| (unit(*x), unit(*y))).collect();
        let style =
            ShapeStyle { color: colour.to_rgba(), filled: false, stroke_width: size(width) };
        self.check(self.area.draw(&PathElement::new(points, style)))
    }

    /// A dashed vertical line.
    pub(super) fn dashes(
        &self,
        x: f64,
        top: f64,
        bottom: f64,
        colour: RGBColor,
    ) -> Result<(), ChartError> {
        let mut y = top;
        while y < bottom {
            self.line(&[(x, y), (x, (y + 5.0).min(bottom))], colour, 1.5)?;
            y += 9.0;
        }
        Ok(())
    }

    /// A circle: ●
    pub(super) fn dot(
        &self,
        x: f64,
        y: f64,
        radius: f64,
        fill: RGBColor,
    ) -> Result<(), ChartError> {
        self.check(self.area.draw(&Circle::new((unit(x), unit(y)), size(radius), fill.filled())))
    }

    /// A triangle: ▲
    pub(super) fn triangle(
        &self,
        x: f64,
        y: f64,
        radius: f64,
        fill: RGBColor,
    ) -> Result<(), ChartError> {
        let points = vec![
            (unit(x), unit(y - radius)),
            (unit(x + radius), unit(y + radius * 0.8)),
            (unit(x - radius), unit(y + radius * 0.8)),
        ];
        self.check(self.area.draw(&Polygon::new(points, fill.filled())))
    }

    /// One line of text, centred on `y`.
    pub(super) fn text(
        &self,
        (x, y): (f64, f64),
        text: &str,
        pixels: f64,
        colour: RGBColor,
        anchor: Anchor,
    ) -> Result<(), ChartError> {
        self.styled((x, y), text, pixels, colour, anchor, FontStyle::Normal)
    }

    fn styled(
        &self,
        (x, y): (f64, f64),
        text: &str,
        pixels: f64,
        colour: RGBColor,
        anchor: Anchor,
        weight: FontStyle,
    ) -> Result<(), ChartError> {
        let horizontal = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let font =
            ("system-ui, sans-serif", pixels * SCALE * FONT_FACTOR).into_font().style(weight);
        let style = TextStyle::from(font).color(&colour).pos(Pos::new(horizontal, VPos::Center));
        self.check(self.area.draw(&Text::new(text.to_owned(), (unit(x), unit(y)), style)))
    }
}

/// What every figure has.
pub(super) struct Frame<'a> {
    /// ASCII id, unique on its page.
    pub(super) id: &'a str,
    /// The finding.
    pub(super) title: &'a str,
    /// Measure, unit, n.
    pub(super) subtitle: &'a str,
    /// The figure in words.
    pub(super) description: &'a str,
    /// Height, pixels.
    pub(super) height: f64,
}

/// Height of title and subtitle, pixels.
pub(super) const HEAD: f64 = 56.0;

/// Draws a figure and returns the SVG document.
pub(super) fn draw(
    frame: &Frame<'_>,
    body: impl FnOnce(&Canvas<'_>) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let mut svg = String::new();
    {
        let backend = SVGBackend::with_string(&mut svg, (size(WIDTH), size(frame.height)));
        let area = backend.into_drawing_area();
        let canvas = Canvas { area, figure: frame.id };
        canvas.rect(0.0, 0.0, WIDTH, frame.height, WHITE)?;
        canvas.styled((12.0, 18.0), frame.title, 16.0, INK, Anchor::Start, FontStyle::Bold)?;
        canvas.text((12.0, 39.0), frame.subtitle, 12.5, MUTED, Anchor::Start)?;
        body(&canvas)?;
        let presented = canvas.area.present();
        canvas.check(presented)?;
    }
    // The backend writes a bare root element: give it a size in pixels, a role and a description.
    let rest = svg
        .split_once("<svg")
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(_, rest)| rest)
        .ok_or_else(|| ChartError { figure: frame.id.to_owned(), reason: "no SVG root".into() })?;
    let (w, h) = (size(WIDTH), size(frame.height));
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\"><title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>{rest}",
        w / 10,
        h / 10,
        escape(frame.title),
        escape(frame.description),
        id = frame.id,
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
