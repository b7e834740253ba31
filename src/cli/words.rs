//! Numbers, plurals and tables for people.

use unicode_segmentation::UnicodeSegmentation;

pub(super) use crate::job::words::{
    bytes, count, grouped, reasons, rounded, without_figures_words,
};

/// A table with columns two spaces apart. Those in `numbers` are right-aligned, the others left-aligned.
pub(super) fn aligned<const N: usize>(lines: &[[String; N]], numbers: &[usize]) -> String {
    let mut widths = [0; N];
    for line in lines {
        for (widest, cell) in widths.iter_mut().zip(line) {
            *widest = width(cell).max(*widest);
        }
    }
    let mut text = String::new();
    for line in lines {
        let mut whole = String::new();
        for ((at, cell), full) in line.iter().enumerate().zip(&widths) {
            let gap = " ".repeat(full.saturating_sub(width(cell)));
            let (before, behind) =
                if numbers.contains(&at) { (gap.as_str(), "") } else { ("", gap.as_str()) };
            whole.push_str(&format!("{before}{cell}{behind}  "));
        }
        text.push_str(whole.trim_end());
        text.push('\n');
    }
    text
}

/// Width of a text on a terminal, columns: East Asian letters and pictures take two, combining marks none.
pub(super) fn width(text: &str) -> usize {
    text.graphemes(true).map(of_grapheme).sum()
}

fn of_grapheme(grapheme: &str) -> usize {
    let is_wide = |c: char| {
        matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}'
            | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
            | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1f64f}'
            | '\u{1f680}'..='\u{1f6ff}' | '\u{1f900}'..='\u{1f9ff}' | '\u{20000}'..='\u{3fffd}')
    };
    if grapheme.chars().any(is_wide) { 2 } else { 1 }
}

/// A text that takes at most so many columns; an ellipsis marks the cut.
pub(super) fn cut(text: &str, longest: usize) -> String {
    if width(text) <= longest {
        return text.to_owned();
    }
    let (mut short, mut used) = (String::new(), 1);
    for grapheme in text.graphemes(true) {
        used += of_grapheme(grapheme);
        if used > longest {
            break;
        }
        short.push_str(grapheme);
    }
    short + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_together_and_words_begin_together() {
        let lines = [["a", "1", "x"], ["東京", "1,000", "y"]].map(|line| line.map(str::to_owned));
        assert_eq!(aligned(&lines, &[1]), "a         1  x\n東京  1,000  y\n");
        assert_eq!(aligned(&lines, &[]), "a     1      x\n東京  1,000  y\n");
    }

    #[test]
    fn widths_are_those_of_a_terminal() {
        for (text, columns) in [
            ("Desk", 4),
            ("Cafe\u{301}", 4),
            ("東京", 4),
            ("한국", 4),
            ("عيادة", 5),
            ("🏥 A", 4),
            ("", 0),
        ] {
            assert_eq!(width(text), columns, "{text}");
        }
        assert_eq!(cut("東京都庁", 8), "東京都庁");
        assert_eq!(cut("東京都庁舎", 8), "東京都…");
        assert_eq!(cut("abcdef", 4), "abc…");
        let line = |a: &str, b: &str| -> [String; 2] { [a.to_owned(), b.to_owned()] };
        let lines = [line("東京", "x"), line("abcdef", "y")];
        assert_eq!(aligned(&lines, &[]), "東京    x\nabcdef  y\n");
    }
}
