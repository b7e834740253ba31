//! `CURRENT`: which generation is current.
//!
//! ```text
//! queuestat state 1
//! gen-7 7 486ea462…
//! 5891b5b5…
//! ```
//!
//! The second line names the generation, the highest number ever committed, and the checksum of the generation's
//! manifest; the last line is the checksum of the lines above. `none 0 -` means that nothing was committed yet. After a
//! rollback the highest number differs from the current one: a number is used only once, so that another generation 7
//! is never taken for the one that was published.

use super::manifest::{Unreadable, seal, unseal};

const VERSION: u32 = 1;
const HEADER: &str = "queuestat state ";
const FOLDER: &str = "gen-";

/// What `CURRENT` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pointer {
    /// Number of the current generation, and the checksum of its manifest.
    pub(super) current: Option<(u64, String)>,
    pub(super) highest: u64,
}

impl Pointer {
    /// Nothing was committed yet.
    pub(super) const EMPTY: Self = Self { current: None, highest: 0 };

    pub(super) fn to_text(&self) -> String {
        let highest = self.highest;
        seal(match &self.current {
            Some((number, checksum)) => {
                format!("{HEADER}{VERSION}\n{} {highest} {checksum}\n", folder_name(*number))
            }
            None => format!("{HEADER}{VERSION}\nnone {highest} -\n"),
        })
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = unseal(bytes, HEADER, VERSION)?;
        let damaged = Unreadable::Damaged("it names no generation");
        let Some(pointer) = Self::parse_lines(text) else {
            return Err(damaged);
        };
        if pointer.to_text().as_bytes() == bytes { Ok(pointer) } else { Err(damaged) }
    }

    fn parse_lines(text: &str) -> Option<Self> {
        let mut parts = text.lines().nth(1)?.split(' ');
        let (name, highest) = (parts.next()?, parts.next()?.parse().ok()?);
        let current = match name {
            "none" => None,
            name => Some((folder_number(name)?, parts.next()?.to_owned())),
        };
        let is_possible = current.as_ref().is_none_or(|(number, _)| *number <= highest);
        is_possible.then_some(Self { current, highest })
    }
}

/// Name of the folder of a generation.
pub(super) fn folder_name(number: u64) -> String {
    format!("{FOLDER}{number}")
}

/// Number of the generation that a folder name stands for.
pub(super) fn folder_number(name: &str) -> Option<u64> {
    let number = name.strip_prefix(FOLDER)?.parse().ok()?;
    (number > 0 && folder_name(number) == name).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_read_whole_or_not_at_all() {
        let current = Some((6, "0".repeat(64)));
        for pointer in [Pointer::EMPTY, Pointer { current, highest: 7 }] {
            let text = pointer.to_text();
            assert_eq!(Pointer::parse(text.as_bytes()), Ok(pointer));
            for end in 0..text.len() {
                assert!(Pointer::parse(&text.as_bytes()[..end]).is_err(), "{end}");
            }
        }
        for line in ["gen-7 6 x", "gen-07 7 x", "gen-0 7 x", "gen-7 7 x y", "gen-7 7", "x 7 x", ""]
        {
            let text = seal(format!("{HEADER}{VERSION}\n{line}\n"));
            assert!(Pointer::parse(text.as_bytes()).is_err(), "{line}");
        }
    }

    #[test]
    fn folders_of_generations() {
        assert_eq!(folder_number("gen-17"), Some(17));
        for name in ["gen-", "gen-0", "gen-+1", "gen-01", "gen-1.tmp", "gen-99999999999999999999"] {
            assert_eq!(folder_number(name), None, "{name}");
        }
    }
}
