//! `[csv]`: how the CSV files of reports are written.

use serde::Deserialize;

use crate::cli::failure::{Exit, Failure};
use crate::report::dialect::{Dialect, Separator};
use crate::report::text::logged;

/// The keys it may have.
pub(super) const CSV: &[&str] = &["bom", "separator", "decimal_comma"];

/// `[csv]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Csv {
    /// Whether files begin with a byte order mark.
    pub(crate) bom: bool,
    /// What stands between cells: a comma, a semicolon or a tab.
    pub(crate) separator: Option<String>,
    /// Whether numbers have a comma before their decimals.
    pub(crate) decimal_comma: bool,
}

impl Csv {
    /// The dialect that is meant.
    pub(crate) fn dialect(&self) -> Result<Dialect, Failure> {
        let separator = match &self.separator {
            None => Separator::default(),
            Some(text) => Separator::of(text).ok_or_else(|| {
                let message = format!("`csv.separator` is no separator: `{}`", logged(text));
                Failure::new(Exit::Usage, message).hint("use \",\" (the default), \";\" or \"\\t\"")
            })?,
        };
        Dialect::new(self.bom, separator, self.decimal_comma).ok_or_else(|| {
            let message = "`csv.decimal_comma` needs another `csv.separator` than a comma: a comma \
                           cannot stand in numbers and between cells";
            Failure::new(Exit::Usage, message).hint("write `separator = \";\"` below `[csv]`")
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::config::Config;

    #[test]
    fn a_dialect_is_one_that_can_be_read() {
        let of = |text: &str| Config::parse(&format!("[csv]\n{text}"), "x").unwrap().csv.dialect();
        let other = of("bom = true\nseparator = \";\"\ndecimal_comma = true").unwrap();
        assert_eq!((other.bom(), other.separator().sign()), (true, ';'));
        assert!(other.decimal_comma());
        assert_eq!(of("separator = \"\\t\"").unwrap().separator().sign(), '\t');
        assert_eq!(of("separator = \",\"").unwrap(), of("").unwrap());
        for text in ["decimal_comma = true", "decimal_comma = true\nseparator = \",\""] {
            let words = of(text).unwrap_err().text();
            assert!(words.contains("decimal_comma") && words.contains("separator = \";\""));
        }
        for text in ["separator = \"\"", "separator = \"|\"", "separator = \"; \""] {
            assert!(of(text).unwrap_err().text().contains("csv.separator"), "{text}");
        }
    }
}
