//! "Did you mean": the names nearest to one that does not exist.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::report::text::shown;
use crate::ticket::normalise;

/// Names that are offered.
const OFFERED: usize = 3;
/// Longer names are not compared letter by letter; that would take long.
const LONGEST: usize = 200;
/// Shorter names are part of too many others.
const SHORTEST_PART: usize = 3;
/// Graphemes of a name that are printed.
const SHOWN: usize = 60;

/// At most three names that may have been meant, the nearest first, equally near ones in order. Case, white space, accents
/// and invisible characters do not count.
///
/// A name is near if a few typing errors explain it (one, or a quarter of the letters), or if one holds the other.
pub(crate) fn nearest<'a>(asked: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let asked = folded(asked);
    let known: BTreeSet<&str> = known.into_iter().collect();
    let mut near: Vec<(usize, &str)> =
        known.into_iter().filter_map(|name| Some((rank(&asked, &folded(name))?, name))).collect();
    near.sort_unstable();
    near.into_iter().map(|(_, name)| name).take(OFFERED).collect()
}

/// A name as it is compared: normalised, in small letters, without accents and spaces.
pub(crate) fn folded(name: &str) -> String {
    // Somebody who types `Malmo` means `Malmö`.
    let plain = normalise(name).nfd().filter(|c| !is_combining_mark(*c)).collect::<String>();
    let small: String = plain.chars().flat_map(char::to_lowercase).collect();
    normalise(&small.replace(' ', ""))
}

/// How far apart two names are; `None` if too far.
fn rank(asked: &str, name: &str) -> Option<usize> {
    let (long, short) = (asked.chars().count(), name.chars().count());
    let (long, short) = (long.max(short), long.min(short));
    if long <= LONGEST {
        let slips = 1.max(long / 4);
        // The distance is at least the difference of the lengths.
        if long - short <= slips {
            let distance = strsim::damerau_levenshtein(asked, name);
            if distance <= slips {
                return Some(distance);
            }
        }
    }
    let is_part = short >= SHORTEST_PART && (asked.contains(name) || name.contains(asked));
    // Ranks behind every typing error.
    is_part.then(|| LONGEST + (long - short))
}

/// `` `A`, `B` or `C` ``, safe to print on one line.
pub(crate) fn either(names: &[&str]) -> String {
    let mut names: Vec<String> =
        names.iter().map(|name| format!("`{}`", shown(name, SHOWN))).collect();
    let last = names.pop().unwrap_or_default();
    if names.is_empty() { last } else { format!("{} or {last}", names.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KNOWN: [&str; 7] = [
        "Café Kiosk",
        "Harbour Desk",
        "Harbour Desk 2",
        "Nordhem Malmö Kitchen & Bath",
        "عيادة الرياض",
        "A",
        "Pier",
    ];

    #[test]
    fn what_was_meant_is_offered() {
        for (asked, expected) in [
            ("Habour Desk", &["Harbour Desk", "Harbour Desk 2"][..]),
            ("Harbor Desk", &["Harbour Desk", "Harbour Desk 2"]),
            ("Harbuor Desk 2", &["Harbour Desk 2", "Harbour Desk"]),
            ("café kiosk", &["Café Kiosk"]),
            ("CAFE\u{301}  KIOSK\u{200b}", &["Café Kiosk"]),
            ("Cafe Kiosk", &["Café Kiosk"]),
            ("Malmö Kitchen", &["Nordhem Malmö Kitchen & Bath"]),
            ("nordhem malmo", &["Nordhem Malmö Kitchen & Bath"]),
            ("عيادة الرياص", &["عيادة الرياض"]),
            ("B", &["A"]),
            ("Peer", &["Pier"]),
            ("Airport", &[]),
            ("", &["A"]),
        ] {
            assert_eq!(nearest(asked, KNOWN), expected, "{asked}");
        }
        assert_eq!(nearest("x", []), Vec::<&str>::new());
        let many = ["Desk 1", "Desk 2", "Desk 3", "Desk 4"];
        assert_eq!(nearest("Desk 5", many), ["Desk 1", "Desk 2", "Desk 3"]);
        assert_eq!(either(&["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!((either(&["a"]), either(&["a", "b"])), ("`a`".into(), "`a` or `b`".into()));
    }

    #[test]
    fn very_long_names_take_no_time() {
        let (a, b) = ("x".repeat(500_000), "y".repeat(500_000));
        assert!(nearest(&a, [b.as_str()]).is_empty());
        assert_eq!(nearest(&a, [format!("{a}y").as_str()]).len(), 1);
    }

    proptest! {
        #[test]
        fn one_slip_is_found_again(
            name in "[A-Za-zÅÄÖéعيادة][A-Za-zÅÄÖéعيادة ]{1,20}[A-Za-zÅÄÖéعيادة]",
            others in prop::collection::btree_set("[0-9]{3,20}", 0..9),
            at in any::<prop::sample::Index>(), slip in 0..4, letter in "[a-zö]",
        ) {
            let mut letters: Vec<char> = name.chars().collect();
            let at = at.index(letters.len() - 1);
            let letter = letter.chars().next().unwrap();
            match slip {
                0 => { letters.remove(at); }
                1 => letters.insert(at, letter),
                2 => letters[at] = letter,
                _ => letters.swap(at, at + 1),
            }
            let slipped: String = letters.into_iter().collect();
            let known = others.iter().map(String::as_str).chain([name.as_str()]);
            prop_assert_eq!(nearest(&slipped, known), [name.as_str()]);
        }
    }
}
