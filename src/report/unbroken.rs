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
    let mut out = String::with_capacity(text.len() + 8);
    let mut from = 0;
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| *byte == b' ') {
        let (before, after) = (text.get(..at), text.get(at + 1..));
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        if may_stay(before, after) && stays(before, after) {
            out.push_str(text.get(from..at).unwrap_or_default());
            out.push('\u{a0}');
            from = at + 1;
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// Whether [`stays`] may be true of a space, by the letters beside it. Of most spaces it is not, so that their words need not be
/// looked at.
fn may_stay(before: &str, after: &str) -> bool {
    let last = before.as_bytes().last().copied();
    matches!(last, None | Some(b'0'..=b'9' | b'n' | b'h' | b'=' | b' ')) || after.starts_with('=')
}

/// Whether the words on both sides of a space stay together.
fn stays(before: &str, after: &str) -> bool {
    let is_number = |word: &str| word.ends_with(|c: char| c.is_ascii_digit());
    let is_unit = |word: &str| UNITS.contains(&word.trim_end_matches([',', ';', '.', ':', ')']));
    let is_of = |one: &str, two: &str| is_number(one) && is_unit(two);
    let (mut left, mut right) = (before.rsplit(' '), after.split(' '));
    let (word, next) = (left.next().unwrap_or(""), right.next().unwrap_or(""));
    is_of(word, next)
        // The minutes of a duration and its seconds.
        || (matches!(word, "min" | "h")
            && left.next().is_some_and(is_number)
            && is_of(next, right.next().unwrap_or("")))
        // The day of a date and its month.
        || (is_day(word) && MONTHS.contains(&next.get(..3).unwrap_or("")))
        // A sample size, or what a sign stands for.
        || word == "="
        || next == "="
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

    /// The same, each word looked at.
    fn word_by_word(text: &str) -> String {
        let words: Vec<&str> = text.split(' ').collect();
        let get = |at: usize| words.get(at).copied().unwrap_or("");
        let is_number = |word: &str| word.ends_with(|c: char| c.is_ascii_digit());
        let is_unit =
            |word: &str| UNITS.contains(&word.trim_end_matches([',', ';', '.', ':', ')']));
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

    proptest! {
        #[test]
        fn spaces_stay_as_by_looking_at_each_word(
            words in prop::collection::vec(
                prop::sample::select(vec![
                    "", "5", "12", "123", "n", "=", "min", "h", "s,", "%", "x7", "March", "Jan.", "hn", "(9)", "points)", "é",
                ]),
                0..12,
            ),
        ) {
            let text = words.join(" ");
            prop_assert_eq!(unbroken(&text), word_by_word(&text));
        }

        /// Nothing but blanks changes.
        #[test]
        fn unbroken_text_is_the_same_text(text in "[0-9a-z=%(), .]{0,60}") {
            prop_assert_eq!(unbroken(&text).replace('\u{a0}', " "), text);
        }
    }
}
