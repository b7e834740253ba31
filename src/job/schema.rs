//! `schema.json`: what the columns of the CSV files are, as a Frictionless tabular data package.

use serde_json::{Map, Value, json};

use crate::metric::{Kind, Table, definition, is_key};
use crate::report::dialect::{Dialect, Separator};

/// Name of the file in the folder of an organization.
pub const SCHEMA: &str = "schema.json";

/// Tables whose key columns are never empty: a primary key must not be.
const WHOLE: [&str; 9] = [
    "locations.csv",
    "groups.csv",
    "segments.csv",
    "hourly.csv",
    "ratings.csv",
    "ratings_by_wait.csv",
    "wait_histogram.csv",
    "curves.csv",
    "files.csv",
];

/// The schema of tables, in their order. It names their dialect where that is not the usual one; a byte order mark has no word
/// in the standard.
pub(crate) fn schema(tables: &[Table<'_>], dialect: Dialect) -> Vec<u8> {
    let resources: Vec<Value> = tables.iter().map(|table| resource(table, dialect)).collect();
    let whole = json!({
        "name": "queuestat",
        "profile": "tabular-data-package",
        "resources": resources,
    });
    format!("{whole:#}\n").into_bytes()
}

fn resource(table: &Table<'_>, dialect: Dialect) -> Value {
    let fields: Vec<Value> = table
        .columns
        .iter()
        .map(|(name, kind)| {
            let mut field = Map::new();
            field.insert("name".to_owned(), json!(name));
            field.insert("type".to_owned(), json!(type_of(*kind)));
            if dialect.decimal_comma() && type_of(*kind) == "number" {
                field.insert("decimalChar".to_owned(), json!(","));
            }
            if let Some(defined) = definition(table.file, name) {
                field.insert("description".to_owned(), json!(defined.meaning));
                if !defined.unit.is_empty() {
                    field.insert("unit".to_owned(), json!(defined.unit));
                }
            }
            Value::Object(field)
        })
        .collect();
    let names = table.columns.iter().map(|(name, _)| *name);
    let keys: Vec<&str> = names.filter(|name| is_key(table.file, name)).collect();
    let mut columns = json!({"fields": fields, "missingValues": [""]});
    if WHOLE.contains(&table.file)
        && let Some(columns) = columns.as_object_mut()
    {
        columns.insert("primaryKey".to_owned(), json!(keys));
    }
    let mut resource = json!({
        "name": table.file.trim_end_matches(".csv").replace('_', "-"),
        "path": table.file,
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "schema": columns,
    });
    if dialect.separator() != Separator::default()
        && let Some(resource) = resource.as_object_mut()
    {
        resource.insert("dialect".to_owned(), json!({"delimiter": dialect.separator().sign()}));
    }
    resource
}

/// The type of a column in the words of the standard.
fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "string",
        Kind::Date => "date",
        Kind::Count => "integer",
        Kind::Share | Kind::Mean | Kind::Seconds | Kind::Amount => "number",
        Kind::Truth => "boolean",
    }
}
