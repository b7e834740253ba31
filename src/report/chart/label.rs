//! Estimates the width of text, and cuts names to fit.

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Estimated width of a text at a font size, pixels; generous, because the reader's font is unknown.
pub(super) fn width_of(text: &str, pixels: f64) -> f64 {
    wider(0.0, text, pixels)
}

/// The width of a line to which a text is added, letter by letter, so that the sum does not depend on the parts of a line.
fn wider(line: f64, text: &str, pixels: f64) -> f64 {
    text.chars().fold(line, |width, c| width + pixels * width_of_char(c))
}

/// Width of a character in em, roughly that of the widest common screen font. Parts of an emoji count separately,
/// because a font that cannot join them draws them side by side.
fn width_of_char(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | '-' | '\'' | '|' | '(' | ')' | ' ' => 0.4,
        'f' | 'r' | 't' => 0.45,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '&' => 1.0,
        'A'..='Z' | '+' | '<' | '=' | '>' | '#' | '~' => 0.85,
        c if c.is_ascii() => 0.65,
        // Joiners, direction marks and the isolates of `directed` take no room.
        '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' => 0.0,
        // Accents, Hebrew points and Arabic vowels take no room; Indic vowel signs do.
        c if is_combining_mark(c) => {
            if c < '\u{900}' {
                0.0
            } else {
                0.6
            }
        }
        // Arabic ligatures of whole phrases.
        '\u{fdf0}'..='\u{fdfd}' => 13.0,
        // Dž, Lj, Nj.
        '\u{1c4}'..='\u{1cc}' | '\u{1f1}'..='\u{1f3}' => 1.5,
        // Latin, Greek, Cyrillic, Hebrew, Arabic.
        '\u{80}'..='\u{7ff}' => 0.85,
        // Per mille and similar signs, long dashes, several letters in one square.
        '\u{2014}' | '\u{2015}' | '\u{2030}' | '\u{2031}' | '\u{2e3a}' | '\u{2e3b}' => 3.0,
        '…' => 1.0,
        // CJK, emoji and everything else: more than a full square.
        _ => 1.35,
    }
}

/// A name that fits a width in pixels: sanitised, cut with an ellipsis, and isolated in its own direction.
pub(super) fn fitted(name: &str, pixels: f64, width: f64) -> String {
    let whole = crate::report::text::shown(name, 60);
    if width_of(&whole, pixels) <= width {
        return directed(whole);
    }
    let mut cut = String::new();
    let mut left = width - pixels;
    for grapheme in whole.graphemes(true) {
        left -= width_of(grapheme, pixels);
        if left < 0.0 {
            break;
        }
        cut.push_str(grapheme);
    }
    directed(format!("{}…", cut.trim_end()))
}

/// The lines of a text that is broken between words, so that each fits a width in pixels; a longer word stands alone.
pub(super) fn wrapped(text: &str, pixels: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let space = width_of(" ", pixels);
    // The width of the last line, kept, because it would be measured again for each word.
    let mut last = 0.0;
    // A no-break space stays within its word.
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let own = width_of(word, pixels);
        match lines.last_mut() {
            Some(line) if last + space + own <= width => {
                line.push(' ');
                line.push_str(word);
                last = wider(last + space, word, pixels);
            }
            _ => {
                let line = if own <= width { word.to_owned() } else { fitted(word, pixels, width) };
                last = width_of(&line, pixels);
                lines.push(line);
            }
        }
    }
    lines
}

/// Isolates text with right-to-left letters. It then takes the direction of its first letter, so that ellipsis and
/// brackets appear where its readers expect them, and anchors keep their meaning.
fn directed(text: String) -> String {
    if text.chars().any(runs_leftwards) { format!("\u{2068}{text}\u{2069}") } else { text }
}

fn runs_leftwards(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_fit_their_room() {
        assert_eq!(fitted("Sales", 12.5, 265.0), "Sales");
        assert_eq!(fitted("الرياض", 12.5, 265.0), "\u{2068}الرياض\u{2069}");
        assert_eq!(fitted(&"W".repeat(50), 10.0, 55.0), "WWWW…");
        // A whole phrase in one code point does not fit.
        assert_eq!(
            fitted("\u{fdfd}", 12.5, 100.0),
            "\u{2068}…\u{2069}".replace(['\u{2068}', '\u{2069}'], "")
        );
        // Accents take no room.
        assert!((width_of("e\u{301}", 10.0) - width_of("e", 10.0)).abs() < 1e-9);
    }

    #[test]
    fn long_texts_are_broken_between_words() {
        assert_eq!(wrapped("a bb ccc", 10.0, 30.0), ["a bb", "ccc"]);
        assert_eq!(wrapped("5\u{a0}min 5", 10.0, 40.0), ["5\u{a0}min", "5"]);
        assert!(wrapped("", 10.0, 30.0).is_empty());
    }

    /// [`wrapped`] with each line measured again for each word.
    fn measured_again(text: &str, pixels: f64, width: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let own = width_of(word, pixels);
            let room =
                |line: &String| width_of(line, pixels) + width_of(" ", pixels) + own <= width;
            match lines.last_mut() {
                Some(line) if room(line) => *line = format!("{line} {word}"),
                _ if own <= width => lines.push(word.to_owned()),
                _ => lines.push(fitted(word, pixels, width)),
            }
        }
        lines
    }

    proptest! {
        #[test]
        fn lines_are_those_of_measuring_again(
            text in "([a-zW.,é\u{a0}]{0,9} ){0,40}", width in 20.0..400.0_f64,
        ) {
            prop_assert_eq!(wrapped(&text, 12.0, width), measured_again(&text, 12.0, width));
        }

        #[test]
        fn any_name_fits(name in any::<String>(), width in 30.0..300.0_f64) {
            prop_assert!(width_of(&fitted(&name, 12.5, width), 12.5) <= width);
        }
    }
}
