//! Reads from `schema.json` how the CSV files of a published report are written.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::report::dialect::{Dialect, Separator};

/// The dialect of each CSV file that a schema describes, by its name; `None` if the schema is damaged, or names a dialect in
/// which queuestat writes nothing.
#[must_use]
pub fn dialects(schema: &str) -> Option<BTreeMap<String, Dialect>> {
    let schema: Value = serde_json::from_str(schema).ok()?;
    let tables = schema.get("resources")?.as_array()?;
    tables.iter().map(|table| Some((table.get("path")?.as_str()?.to_owned(), of(table)?))).collect()
}

fn of(table: &Value) -> Option<Dialect> {
    let separator = match table.get("dialect") {
        None => Separator::default(),
        Some(dialect) => Separator::of(dialect.get("delimiter")?.as_str()?)?,
    };
    let mut decimal_comma = false;
    for field in table.get("schema")?.get("fields")?.as_array()? {
        match field.get("decimalChar").map(Value::as_str) {
            None | Some(Some(".")) => {}
            Some(Some(",")) => decimal_comma = true,
            Some(_) => return None,
        }
    }
    Dialect::new(false, separator, decimal_comma)
}

#[cfg(test)]
mod tests {
    use super::super::schema::schema;
    use super::*;
    use crate::metric::{Kind, Table};

    fn table() -> Table<'static> {
        Table::new("ratings.csv", vec![("value", Kind::Count), ("share", Kind::Share)], |_| {})
    }

    /// What is written is read back.
    #[test]
    fn every_dialect_is_known_again() {
        for separator in Separator::ALL {
            for decimal_comma in [false, true] {
                let Some(dialect) = Dialect::new(false, separator, decimal_comma) else { continue };
                let written = String::from_utf8(schema(&[table()], dialect)).unwrap();
                assert_eq!(dialects(&written).unwrap()["ratings.csv"], dialect, "{written}");
                // The usual dialect is not mentioned: a schema stays what it was.
                let is_usual = dialect == Dialect::default();
                let mentions = written.contains("dialect") || written.contains("decimalChar");
                assert_eq!(mentions, !is_usual);
            }
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let semicolon = Dialect::new(true, Separator::Semicolon, true).unwrap();
        let written = String::from_utf8(schema(&[table()], semicolon)).unwrap();
        for (from, to) in [
            ("\"delimiter\": \";\"", "\"delimiter\": \"|\""),
            ("\"delimiter\": \";\"", "\"delimiter\": \",\""),
            ("\"decimalChar\": \",\"", "\"decimalChar\": \"'\""),
            ("\"resources\"", "\"tables\""),
            ("{", "["),
        ] {
            let other = written.replace(from, to);
            assert_ne!(other, written);
            assert_eq!(dialects(&other), None, "{other}");
        }
    }
}
