//! Which of some known words was meant: of measures and outcomes, as of the names of locations.

use std::collections::BTreeSet;

use crate::job::named::{Meant, meant};
use crate::job::nearest::{either, nearest};
use crate::report::text::logged;

use super::failure::{Exit, Failure};
use super::words::count;

/// Words that are offered.
const OFFERED: usize = 3;

/// The word that was meant: exactly that one, else the only one that begins so. `short` is how a word may be written too,
/// `listed` says where all of them are.
///
/// # Errors
/// The nearest words for one that is none of them, or begins several.
pub(super) fn find<'a>(
    noun: &str,
    asked: &str,
    known: &BTreeSet<&'a str>,
    short: fn(&'a str) -> &'a str,
    listed: &str,
) -> Result<&'a str, Failure> {
    let shown = logged(asked);
    let (message, hint) = match meant(asked, known) {
        Meant::One(found) => return Ok(found),
        Meant::Several(found) => {
            let first: Vec<&str> = found.iter().copied().take(OFFERED).collect();
            (
                format!("`{shown}` begins the names of {}", count(found.len() as u64, noun)),
                format!("write more of the name, such as {}; {listed}", either(&first)),
            )
        }
        Meant::Nothing => {
            let spellings = known.iter().flat_map(|word| [*word, short(word)]);
            let hint = match nearest(asked, spellings).as_slice() {
                [] => listed.to_owned(),
                near => format!("did you mean {}? {}", either(near), capital(listed)),
            };
            (format!("`{shown}` is no {noun}"), hint)
        }
    };
    Err(Failure::new(Exit::Usage, message).hint(hint))
}

/// A text that begins with a capital letter, if it begins with a letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_as_names_are() {
        let known = BTreeSet::from(["no_show", "cancelled_by_customer", "cancelled_by_staff"]);
        let asked = |word: &str| {
            find("outcome", word, &known, |word| word, "use one of them")
                .map_err(|failure| failure.text())
        };
        assert_eq!(asked("no_show").unwrap(), "no_show");
        assert_eq!(asked("NO").unwrap(), "no_show");
        let several = asked("cancelled").unwrap_err();
        assert!(several.contains("`cancelled` begins the names of 2 outcomes"), "{several}");
        assert!(several.contains("such as `cancelled_by_customer` or `cancelled_by_staff`"));
        let near = asked("noshow").unwrap_err();
        assert!(near.contains("`noshow` is no outcome"), "{near}");
        assert!(near.contains("did you mean `no_show`? Use one of them"), "{near}");
        let short = |word: &'static str| word.strip_suffix("_s").unwrap_or(word);
        let waits = BTreeSet::from(["wait_p50_s", "wait_p90_s"]);
        let near = find("measure", "wait_p59", &waits, short, "see").unwrap_err().text();
        assert!(near.contains("did you mean `wait_p50`"), "{near}");
        let far = asked("foo").unwrap_err();
        assert!(far.contains("use one of them") && !far.contains("did you mean"), "{far}");
    }
}
