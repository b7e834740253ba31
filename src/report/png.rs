//! Charts as PNG, for slides, mail and chat: the same drawing as the SVG, at twice its size.
//!
//! Text is drawn with fonts that come with the program, never with those of the machine, so that the bytes are the same
//! everywhere. They cover Latin, Greek, Cyrillic, Arabic and Hebrew. For other scripts, such as Chinese or Japanese, fonts can be
//! given; without one, their letters are boxes.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

/// Pixels for each unit of the drawing.
const SCALE: f32 = 2.0;
/// The family that is used where nothing else fits.
const FAMILY: &str = "Noto Sans";

const FONTS: [&[u8]; 4] = [
    include_bytes!("fonts/NotoSans-Regular.ttf"),
    include_bytes!("fonts/NotoSans-Bold.ttf"),
    include_bytes!("fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("fonts/NotoSansHebrew-Regular.ttf"),
];

/// A chart could not be made a PNG.
#[derive(Debug, thiserror::Error)]
#[error("a chart cannot be drawn as PNG: {0}")]
pub struct PngError(String);

/// Draws SVG as PNG.
#[derive(Clone)]
pub struct Painter {
    fonts: Arc<Database>,
}

impl std::fmt::Debug for Painter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Painter").field("fonts", &self.fonts.len()).finish()
    }
}

impl Painter {
    /// A painter with these fonts (TrueType or OpenType, also collections) behind those of the program.
    ///
    /// # Errors
    /// The place of the first of `more` that is no font.
    pub fn new(more: Vec<Vec<u8>>) -> Result<Self, usize> {
        let mut fonts = Database::new();
        for font in FONTS {
            fonts.load_font_data(font.to_vec());
        }
        for (at, font) in more.into_iter().enumerate() {
            let before = fonts.len();
            fonts.load_font_data(font);
            if fonts.len() == before {
                return Err(at);
            }
        }
        fonts.set_sans_serif_family(FAMILY);
        Ok(Self { fonts: Arc::new(fonts) })
    }

    /// An SVG document as PNG.
    ///
    /// # Errors
    /// [`PngError`] if it is no SVG, or larger than memory.
    pub fn png(&self, svg: &str) -> Result<Vec<u8>, PngError> {
        let failed = |error: &dyn std::fmt::Display| PngError(error.to_string());
        let options = Options {
            fontdb: Arc::clone(&self.fonts),
            font_family: FAMILY.to_owned(),
            ..Options::default()
        };
        let tree = Tree::from_str(svg, &options).map_err(|error| failed(&error))?;
        let size = tree.size().to_int_size().scale_by(SCALE);
        let size = size.ok_or_else(|| failed(&"it has no size"))?;
        let mut pixels =
            Pixmap::new(size.width(), size.height()).ok_or_else(|| failed(&"it is too large"))?;
        resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
        pixels.encode_png().map_err(|error| failed(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart;
    use crate::report::fixture::report;

    fn pixels(png: &[u8]) -> Pixmap {
        Pixmap::decode_png(png).unwrap()
    }

    fn svg(text: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"30\" font-family=\"system-ui, sans-serif\">\
             <text x=\"5\" y=\"20\" font-size=\"12\">{text}</text></svg>"
        )
    }

    #[test]
    fn charts_are_drawn_at_twice_their_size_and_always_alike() {
        let painter = Painter::new(Vec::new()).unwrap();
        let report = report("o", &["A", "B"], 300);
        let charts = chart::overview(&report, &chart::Shared::of(&report)).unwrap();
        assert!(charts.all().count() > 3);
        for figure in charts.all() {
            let svg = figure.document();
            let png = painter.png(&svg).unwrap();
            let size = |name: &str| {
                let rest = svg.split_once(&format!(" {name}=\"")).unwrap().1;
                rest.split('"').next().unwrap().parse::<u32>().unwrap()
            };
            let drawn = pixels(&png);
            assert_eq!((drawn.width(), drawn.height()), (2 * size("width"), 2 * size("height")));
            assert_eq!(png, Painter::new(Vec::new()).unwrap().png(&svg).unwrap());
        }
    }

    /// Each script has letters of its own: two different words of the same length look different, and not like boxes.
    #[test]
    fn the_scripts_of_names_have_letters() {
        let painter = Painter::new(Vec::new()).unwrap();
        let drawn = |text: &str| pixels(&painter.png(&svg(text)).unwrap()).data().to_vec();
        for (a, b) in [
            ("Åsa", "Öra"),
            ("Αθήνα", "Πάτρα"),
            ("Киев", "Омск"),
            ("الرياض", "الدمام"),
            ("חיפה", "אילת"),
        ] {
            assert_ne!(drawn(a), drawn(b), "{a} {b}");
            assert!(drawn(a).iter().any(|byte| *byte > 0), "{a}");
        }
    }

    #[test]
    fn what_is_no_font_is_told() {
        let font = FONTS[3].to_vec();
        assert_eq!(Painter::new(vec![font, b"no font".to_vec()]).unwrap_err(), 1);
        assert!(Painter::new(Vec::new()).unwrap().png("<svg").is_err());
    }
}
