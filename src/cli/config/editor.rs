//! What editors and word processors do to a configuration: other encodings, curly quotes, paths of Windows.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::cli::failure::{Exit, Failure};

/// What to do about an encoding.
const SAVE_AS: &str = "save it as UTF-8 (in Notepad: Save as, Encoding, UTF-8)";

/// What to do about backslashes in a path.
pub(super) const BACKSLASHES: &str = "between double quotes a backslash begins an escape: write the path between single quotes ('C:\\data'), \
     or with / instead";

/// The text of a file, without a byte order mark; `name` is printed before line numbers.
pub(super) fn text(bytes: Vec<u8>, name: &str) -> Result<String, Failure> {
    let wrong = |line: usize, what: &str| {
        Failure::new(Exit::Usage, format!("{name}:{line}: {what}")).hint(SAVE_AS)
    };
    if is_wide(&bytes) {
        return Err(wrong(1, "the configuration is saved as UTF-16, not as UTF-8"));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        }),
        Err(error) => {
            let (valid, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
            let (before, rest) = bytes.split_at(valid.min(bytes.len()));
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            let byte = rest.first().copied().unwrap_or_default();
            Err(wrong(
                line,
                &format!(
                    "the byte {byte:02x} is not UTF-8: the configuration seems to be saved as Latin-1 or Windows-1252"
                ),
            ))
        }
    }
}

/// Whether a file is UTF-16 of either order, or UTF-32: it begins with a mark, or every other byte of its beginning is 0,
/// which is in no text.
fn is_wide(bytes: &[u8]) -> bool {
    let begin = bytes.get(..bytes.len().min(64)).unwrap_or_default();
    let (even, odd) = begin.chunks_exact(2).fold((0, 0), |(even, odd), pair| match pair {
        [0, 0] => (even + 1, odd + 1),
        [0, _] => (even + 1, odd),
        [_, 0] => (even, odd + 1),
        _ => (even, odd),
    });
    bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || (even.max(odd) > 0 && 2 * even.max(odd) >= begin.len() / 2)
}

/// What may be wrong on the line of a text that TOML cannot read.
pub(super) fn advice(text: &str, offset: usize) -> Option<String> {
    let (before, after) = text.split_at_checked(offset).unwrap_or((text, ""));
    let begin = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(begin..before.len() + after.find('\n').unwrap_or(after.len()))?;
    let curly = |c: &char| {
        "\u{201c}\u{201d}\u{201e}\u{201f}\u{2018}\u{2019}\u{201a}\u{ab}\u{bb}".contains(*c)
    };
    if let Some(quote) = line.chars().find(curly) {
        return Some(format!(
            "there is a curly quote ({quote}) on that line, as word processors make them: write straight ones (\")"
        ));
    }
    line.contains('\\').then(|| BACKSLASHES.to_owned())
}

/// The sections that hold paths.
const WITH_PATHS: [&str; 2] = ["nightly", "archive"];

/// Where a path of Windows between double quotes became another text: `"C:\new"` is read as `C:`, a line end, `ew`.
pub(super) fn path_with_escapes(text: &str, top: &DeTable<'_>) -> Option<(usize, String)> {
    WITH_PATHS.iter().find_map(|section| in_value(text, top.get(*section)?))
}

fn in_value(text: &str, value: &Spanned<DeValue<'_>>) -> Option<(usize, String)> {
    match value.get_ref() {
        DeValue::String(read) => {
            let span = value.span();
            let written = text.get(span.clone())?;
            let one_line = written.starts_with('"') && !written.starts_with("\"\"\"");
            (one_line && written.contains('\\') && read.chars().any(char::is_control)).then(|| {
                (
                    span.start,
                    "a backslash and the letter after it make a control character here".to_owned(),
                )
            })
        }
        DeValue::Array(values) => values.iter().find_map(|value| in_value(text, value)),
        DeValue::Table(table) => table.iter().find_map(|(_, value)| in_value(text, value)),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::config::Config;

    use super::*;

    fn wide(text: &str, low_first: bool, mark: bool) -> Vec<u8> {
        let mark = mark.then_some(0xfeff);
        let units = mark.into_iter().chain(text.encode_utf16());
        units
            .flat_map(|unit| if low_first { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    #[test]
    fn other_encodings_are_named_and_a_mark_is_no_matter() {
        let config = "time_zone = \"UTC\"\r\n[locations.\"B\u{e6}r\"]\r\nname = \"H\u{f8}vn\"\r\n";
        assert_eq!(text(config.into(), "q.toml").unwrap(), config);
        assert_eq!(text(format!("\u{feff}{config}").into(), "q.toml").unwrap(), config);
        assert!(
            Config::parse(&text(format!("\u{feff}{config}").into(), "q").unwrap(), "q").is_ok()
        );
        for (low_first, mark) in [(true, true), (true, false), (false, true), (false, false)] {
            for config in [config, "a", "", "[x]"] {
                if config.is_empty() && !mark {
                    continue;
                }
                let said = text(wide(config, low_first, mark), "q.toml").unwrap_err();
                assert_eq!(said.exit, Exit::Usage);
                let said = said.text();
                assert!(said.contains("q.toml:1: ") && said.contains("UTF-16"), "{said}");
                assert!(said.contains("save it as UTF-8"), "{said}");
            }
        }
        let latin: Vec<u8> = config.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let said = text(latin, "q.toml").unwrap_err().text();
        assert!(said.contains("q.toml:2: the byte e6 is not UTF-8"), "{said}");
        assert!(said.contains("Latin-1 or Windows-1252"), "{said}");
    }

    #[test]
    fn what_editors_write_is_named_with_its_line() {
        for (config, line, words) in [
            ("\n[locations.\"A\"]\nname = \u{201c}Havn\u{201d}", 3, "curly quote (\u{201c})"),
            ("\ntime_zone = \u{2018}UTC\u{2019}", 2, "curly quote (\u{2018})"),
            ("time_zone = \"UTC\u{201d}\n", 1, "curly quote (\u{201d})"),
            ("[locations.\u{201e}A\u{201c}]", 1, "curly quote"),
            ("[nightly]\narchive = [\"D:\\archive\"]", 2, "single quotes"),
            ("[nightly]\nout = \"D:\\Users\\site\"", 2, "single quotes"),
            // These are escapes that TOML knows.
            ("[nightly]\nout = \"D:\\new\"", 2, "single quotes"),
            ("[nightly]\narchive = [\"a\",\n\"D:\\bin\\tar\"]", 3, "single quotes"),
        ] {
            let failure = Config::parse(config, "q.toml").unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            let said = failure.text();
            assert!(said.contains(&format!("q.toml:{line}: ")), "{config}: {said}");
            assert!(said.contains(words), "{config}: {said}");
        }
        // Between single quotes a backslash is one, and a name may have curly quotes.
        for config in [
            "[nightly]\narchive = ['D:\\new']\nout = \"D:\\\\tar\"",
            "[locations.\"A\"]\nname = \"The \u{201c}A\u{201d}\"",
            "[locations.\"A\"]\nname = \"caf\\u00e9\\tA\"",
        ] {
            assert!(Config::parse(config, "q.toml").is_ok(), "{config}");
        }
        // Nothing of that: no advice.
        assert!(!Config::parse("time_zone = ", "q.toml").unwrap_err().text().contains("hint"));
    }
}
