//! Why a cell that was asked for is not there, and what to do.

use crate::report::text::shown;

/// Characters of what was asked for that are repeated.
const SHOWN: usize = 80;
/// Values and columns that are named.
const NAMED: usize = 8;

/// Why a cell that was asked for is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCell {
    /// There is no such table.
    Table {
        /// What was asked for.
        asked: String,
        /// The tables there are.
        there: Vec<&'static str>,
    },
    /// The table has no such column.
    Column {
        /// The table.
        file: &'static str,
        /// What was asked for; empty if no column was named.
        asked: String,
        /// The columns that hold numbers.
        there: Vec<&'static str>,
    },
    /// The column says what a row is about, or holds nothing that is computed.
    NoNumber {
        /// The table.
        file: &'static str,
        /// The column.
        column: &'static str,
        /// The columns that hold numbers.
        there: Vec<&'static str>,
    },
    /// A part of the row is not written as `column=value`, or names no column.
    Unreadable {
        /// The table.
        file: &'static str,
        /// The part.
        part: String,
        /// The columns that tell rows apart.
        there: Vec<&'static str>,
    },
    /// No row has this value.
    Nothing {
        /// The table.
        file: &'static str,
        /// The column.
        column: &'static str,
        /// What was asked for.
        asked: String,
        /// Values of the rows that are left.
        there: Vec<String>,
    },
    /// The value begins several.
    Ambiguous {
        /// The table.
        file: &'static str,
        /// The column.
        column: &'static str,
        /// What was asked for.
        asked: String,
        /// Those that it begins.
        there: Vec<String>,
    },
    /// Several rows are left.
    Several {
        /// The table.
        file: &'static str,
        /// How many.
        rows: usize,
        /// A column in which they differ, and the first of its values.
        column: &'static str,
        /// Values of it.
        there: Vec<String>,
    },
}

impl NoCell {
    /// What is wrong.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Table { asked, .. } => format!("there is no table `{}`", shown(asked, SHOWN)),
            Self::Column { file, asked, .. } if asked.is_empty() => {
                format!("no column of `{file}` is named")
            }
            Self::Column { file, asked, .. } => {
                format!("`{file}` has no column `{}`", shown(asked, SHOWN))
            }
            Self::NoNumber { file, column, .. } => {
                format!("`{column}` of `{file}` is not computed from tickets")
            }
            Self::Unreadable { file, part, .. } => {
                format!("`{}` tells no row of `{file}`", shown(part, SHOWN))
            }
            Self::Nothing { file, column, asked, there } if there.is_empty() => {
                format!("`{file}` has no rows, so none with {column}={}", shown(asked, SHOWN))
            }
            Self::Nothing { file, column, asked, .. } => {
                format!("no row of `{file}` has {column}={}", shown(asked, SHOWN))
            }
            Self::Ambiguous { column, asked, there, .. } => {
                format!("{} values of `{column}` begin with `{}`", there.len(), shown(asked, SHOWN))
            }
            Self::Several { file, rows: 0, .. } => format!("`{file}` has no rows"),
            Self::Several { file, rows, .. } => {
                format!("{rows} rows of `{file}` are left, and one is explained at a time")
            }
        }
    }

    /// What to do.
    #[must_use]
    pub fn hint(&self) -> String {
        let columns = |there: &[&str]| there.join(", ");
        match self {
            Self::Table { there, .. } => format!("use one of {}", there.join(", ")),
            Self::Column { there, .. } => format!("name one with --column: {}", columns(there)),
            Self::NoNumber { there, .. } => format!("these are: {}", columns(there)),
            Self::Unreadable { there, .. } => {
                format!(
                    "write --row column=value, with the columns that tell its rows apart: {}",
                    columns(there)
                )
            }
            Self::Nothing { there, .. } if there.is_empty() => {
                "name the filters and the configuration of the report".to_owned()
            }
            Self::Nothing { there, .. } => {
                format!("rows have {}; the filters must be those of the report", list(there))
            }
            Self::Ambiguous { there, .. } => format!("name one of {}", list(there)),
            Self::Several { rows: 0, .. } => {
                "name the filters and the configuration of the report".to_owned()
            }
            Self::Several { column, there, .. } => {
                format!("add --row {column}=…, which is {}", list(there))
            }
        }
    }
}

/// The first of some values.
fn list(values: &[String]) -> String {
    let first = values.iter().take(NAMED).map(|value| match value.as_str() {
        "" => "empty".to_owned(),
        value => format!("`{}`", shown(value, SHOWN)),
    });
    let mut all: Vec<String> = first.collect();
    if let Some(more) = values.len().checked_sub(NAMED).filter(|more| *more > 0) {
        all.push(format!("{more} more"));
    }
    all.join(", ")
}
