//! Text in which numbers stay on one line with what they count: units, durations, sample sizes, dates.

/// Units behind a number.
const UNITS: [&str; 6] = ["%", "s", "min", "h", "points", "px"];

/// Beginnings of months.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn is_day(word: &str) -> bool {
    word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The text with numbers that stay on the same line as their units, durations (`6 min 38 s`) sample sizes (`n = 24`) and dates (`8 March`).
#[must_use]
pub fn unbroken(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let get = |at: usize| words.get(at).copied().unwrap_or("");
    let is_number = |word: &str| word.ends_with(|c: char| c.is_ascii_digit());
    let is_unit = |word: &str| UNITS.contains(&word.trim_end_matches([',', ';', '.', ':', ')']));
    let is_of = |at: usize| is_number(get(at)) && is_unit(get(at + 1));
    let mut out = String::with_capacity(text.len() + 8);
    for (at, word) in words.iter().enumerate() {
        out.push_str(word);
        if at + 1 == words.len() {
            break;
        }
        let before = at.checked_sub(1).map_or("", get);
        let stays = is_of(at)
            // The minutes of a duration and its seconds.
            || (matches!(*word, "min" | "h") && is_number(before) && is_of(at + 1))
            // The day of a date and its month.
            || (is_day(word) && MONTHS.contains(&get(at + 1).get(..3).unwrap_or("")))
            // A sample size, or what a sign stands for.
            || *word == "="
            || get(at + 1) == "=";
        out.push(if stays { '\u{a0}' } else { ' ' });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_stay_with_their_units() {
        for (text, expected) in [
            ("waited 6 min 38 s or less", "waited 6~min~38~s or less"),
            (
                "(95 % interval +1 min 31 s to +1 h 5 min), n = 24.",
                "(95~% interval +1~min~31~s to +1~h~5~min), n~=~24.",
            ),
            ("n = 1,200; 12 of 34 s", "n~=~1,200; 12 of 34~s"),
            ("5 min 12 visits, (n = 3) 4.5 points.", "5~min 12 visits, (n~=~3) 4.5~points."),
            ("a  s min h 9", "a  s min h 9"),
            ("8 March 2021 to 25 Jul", "8~March 2021 to 25~Jul"),
            ("", ""),
        ] {
            assert_eq!(unbroken(text), expected.replace('~', "\u{a0}"));
        }
    }

    proptest! {
        /// Nothing but blanks changes.
        #[test]
        fn unbroken_text_is_the_same_text(text in "[0-9a-z=%(), .]{0,60}") {
            prop_assert_eq!(unbroken(&text).replace('\u{a0}', " "), text);
        }
    }
}
