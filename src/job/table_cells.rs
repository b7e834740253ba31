//! One cell of a table, found by the words of whoever has a row of the CSV file in front of him, and traced.

use std::collections::BTreeSet;

use crate::metric::{
    Cell, Ground, Kind, Made, Record, Table, data_quality, definition, files, formula, is_key,
    trace,
};
use crate::report::csv::cell;

use super::cells::{Cells, OfOrganization};
use super::cells_of_records::OfRecords;
use super::named::{Meant, meant};
use super::nearest::nearest;
use super::no_cell::NoCell;

/// Tells the organization of a row.
const OWNER: &str = "organization";

/// A cell, and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundCell {
    /// The table's file.
    pub file: &'static str,
    /// The column.
    pub column: &'static str,
    /// The cells that tell its row apart, as the CSV file has them, without quotes.
    pub row: Vec<(&'static str, String)>,
    /// Its value as the CSV file has it; empty if there is none.
    pub value: String,
    /// Its unit.
    pub unit: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// How it came about.
    pub made: Made,
}

/// The rows of a table, of all organizations.
pub struct TableCells<'c> {
    cells: &'c Cells,
    file: &'static str,
    columns: Vec<(&'static str, Kind)>,
    /// Each with the place of its organization.
    rows: Vec<(usize, Record)>,
}

impl Cells {
    /// The rows of a table, named with or without `.csv`.
    ///
    /// # Errors
    /// [`NoCell::Table`] if there is no such table.
    pub fn table(&self, name: &str) -> Result<TableCells<'_>, NoCell> {
        let asked = name.trim().to_ascii_lowercase();
        let asked = asked.rsplit('/').next().unwrap_or_default();
        let wanted = asked.strip_suffix(".csv").unwrap_or(asked);
        let is_it = |table: &&Table<'_>| table.file.strip_suffix(".csv") == Some(wanted);
        let (mut found, mut there) = (None, Vec::new());
        let mut rows = Vec::new();
        for (at, of) in self.of.iter().enumerate() {
            let tables = of.tables();
            there = tables.iter().map(|table| table.file).collect();
            if let Some(table) = tables.iter().find(is_it) {
                found = Some((table.file, table.columns.clone()));
                rows.extend(table.records().into_iter().map(|record| (at, record)));
            }
        }
        let Some((file, columns)) = found else {
            return Err(NoCell::Table { asked: name.to_owned(), there });
        };
        Ok(TableCells { cells: self, file, columns, rows })
    }
}

impl Cells {
    /// The organization at a place.
    fn owner(&self, at: usize) -> &str {
        self.of.get(at).map_or("", |of| &of.numbers.sections.organization)
    }
}

impl OfOrganization {
    fn tables(&self) -> Vec<Table<'_>> {
        let accounting = [data_quality(&self.numbers.quality), files(&self.numbers.files)];
        self.numbers.sections.tables().into_iter().chain(accounting).collect()
    }
}

/// A cell as the CSV file has it, without quotes.
fn printed(value: Cell<'_>, kind: Kind) -> String {
    let text = cell(value, kind);
    let inside = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inside.map_or(text.clone(), |inside| inside.replace("\"\"", "\""))
}

impl TableCells<'_> {
    /// Explains the cell of a column in the row that some parts tell, each `column=value`, or several with commas between
    /// them.
    ///
    /// # Errors
    /// [`NoCell`] if there is no such column or row, if several rows are left, or if the column holds nothing that is computed.
    pub fn find(&self, column: &str, row: &[String]) -> Result<FoundCell, NoCell> {
        let column = self.column(column)?;
        self.explain(self.row(row)?, column)
    }

    /// The place of the row that some parts tell.
    ///
    /// # Errors
    /// [`NoCell`] if there is no such row, or if several are left.
    pub fn row(&self, row: &[String]) -> Result<usize, NoCell> {
        let mut left: Vec<usize> = (0..self.rows.len()).collect();
        for (name, asked) in self.parts(row)? {
            left = self.narrowed(left, name, &asked)?;
        }
        match left.as_slice() {
            [one] => Ok(*one),
            many => Err(self.several(many)),
        }
    }

    /// Explains a cell of the row at a place.
    ///
    /// # Errors
    /// [`NoCell`] if there is no such column, or if it holds nothing that is computed.
    pub fn cell(&self, row: usize, column: &str) -> Result<FoundCell, NoCell> {
        self.explain(row, self.column(column)?)
    }

    /// The columns that hold what is computed.
    fn numbers(&self) -> Vec<&'static str> {
        let names = self.columns.iter().map(|(name, _)| *name);
        names.filter(|name| self.is_number(name)).collect()
    }

    fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|(name, _)| *name == column)
    }

    fn is_number(&self, column: &str) -> bool {
        !is_key(self.file, column) && !formula(self.file, column).is_empty()
    }

    fn column(&self, asked: &str) -> Result<&'static str, NoCell> {
        let name = asked.trim().to_ascii_lowercase().replace('-', "_");
        let forms = [name.clone(), format!("{name}_s"), format!("{name}_rate")];
        let find = |form: &String| self.columns.iter().find(|(name, _)| name == form);
        match forms.iter().find_map(find) {
            Some((column, _)) if self.is_number(column) => Ok(column),
            Some((column, _)) => {
                Err(NoCell::NoNumber { file: self.file, column, there: self.numbers() })
            }
            None => {
                let all = self.numbers();
                let near = nearest(&name, all.iter().copied());
                let there = all.iter().copied().filter(|one| near.contains(one)).collect();
                let there = if near.is_empty() { all } else { there };
                Err(NoCell::Column { file: self.file, asked: asked.to_owned(), there })
            }
        }
    }

    /// The parts of a row. A comma parts two of them where the name of a column and `=` follow, so a value may hold commas.
    fn parts(&self, row: &[String]) -> Result<Vec<(&'static str, String)>, NoCell> {
        let known = |text: &str| {
            let (name, _) = text.split_once('=')?;
            let name = name.trim().to_ascii_lowercase();
            // Every organization has files of its own, also where no column names it.
            let columns = self.columns.iter().map(|(column, _)| *column);
            columns.chain([OWNER]).find(|column| *column == name)
        };
        let mut all = Vec::new();
        for text in row {
            let mut begin = 0;
            let ends = text.match_indices(',').map(|(at, _)| at).chain([text.len()]);
            for end in ends {
                let rest = text.get(end + 1..).unwrap_or_default();
                if end < text.len() && known(rest).is_none() {
                    continue;
                }
                let part = text.get(begin..end).unwrap_or_default();
                begin = end + 1;
                let read = known(part).zip(part.split_once('=').map(|(_, value)| value));
                let Some((name, value)) = read else {
                    let there = self.columns.iter().map(|(name, _)| *name);
                    let there = there.filter(|name| is_key(self.file, name)).collect();
                    return Err(NoCell::Unreadable {
                        file: self.file,
                        part: part.to_owned(),
                        there,
                    });
                };
                all.push((name, value.trim().to_owned()));
            }
        }
        Ok(all)
    }

    /// The rows that have a value: exactly this one as it is or as it is printed, else the only one that begins so.
    fn narrowed(
        &self,
        rows: Vec<usize>,
        column: &'static str,
        asked: &str,
    ) -> Result<Vec<usize>, NoCell> {
        let values = |row: &usize| {
            let (at, record) = self.rows.get(*row)?;
            if column == OWNER {
                let name = self.cells.owner(*at).to_owned();
                return Some((name.clone(), name, String::new()));
            }
            let raw = record.text(column).unwrap_or("").to_owned();
            let kind = record.cells.iter().find(|(name, ..)| *name == column);
            let (_, kind, held) = kind?;
            let text = printed(held.cell(), *kind);
            // A location may be told by its id, as everywhere.
            let id = record.text("location_id").filter(|_| column == "location");
            Some((text, raw, id.unwrap_or("").to_owned()))
        };
        let is_same = |value: &str| {
            value == asked
                || matches!((value.parse::<u64>(), asked.parse::<u64>()), (Ok(a), Ok(b)) if a == b)
        };
        let has = |row: &usize, is: &dyn Fn(&str) -> bool| {
            values(row).is_some_and(|(text, raw, id)| {
                is(&text) || (!raw.is_empty() && is(&raw)) || (!id.is_empty() && is(&id))
            })
        };
        let exact: Vec<_> = rows.iter().copied().filter(|row| has(row, &is_same)).collect();
        if !exact.is_empty() {
            return Ok(exact);
        }
        let texts = || rows.iter().filter_map(values);
        let all: BTreeSet<String> = texts().map(|(text, ..)| text).collect();
        let is_text =
            column == OWNER || self.rows.iter().any(|(_, record)| record.text(column).is_some());
        let there: BTreeSet<&str> = all.iter().map(String::as_str).filter(|_| is_text).collect();
        let file = self.file;
        match meant(asked, &there) {
            Meant::One(value) => {
                let is_it = |text: &str| text == value;
                Ok(rows.into_iter().filter(|row| has(row, &is_it)).collect())
            }
            Meant::Several(there) => {
                let there = there.into_iter().map(str::to_owned).collect();
                Err(NoCell::Ambiguous { file, column, asked: asked.to_owned(), there })
            }
            Meant::Nothing => {
                let there = all.into_iter().collect();
                Err(NoCell::Nothing { file, column, asked: asked.to_owned(), there })
            }
        }
    }

    /// The error for rows of which not one is left; it names a column that tells them apart.
    fn several(&self, rows: &[usize]) -> NoCell {
        let values = |column: &str| -> BTreeSet<String> {
            let of = |row: &usize| {
                let (at, record) = self.rows.get(*row)?;
                if column == OWNER {
                    return Some(self.cells.owner(*at).to_owned());
                }
                let (_, kind, held) = record.cells.iter().find(|(name, ..)| *name == column)?;
                Some(printed(held.cell(), *kind))
            };
            rows.iter().filter_map(of).collect()
        };
        let keys = self.columns.iter().map(|(name, _)| *name).filter(|n| is_key(self.file, n));
        // A location tells its organization too.
        let keys = ["location"].into_iter().filter(|n| self.has(n)).chain([OWNER]).chain(keys);
        let differs = keys.map(|name| (name, values(name))).find(|(_, values)| values.len() > 1);
        let (column, there) = differs.unwrap_or((OWNER, BTreeSet::new()));
        let there = there.into_iter().collect();
        NoCell::Several { file: self.file, rows: rows.len(), column, there }
    }

    fn explain(&self, row: usize, column: &'static str) -> Result<FoundCell, NoCell> {
        let Cells { of, tickets, rules, .. } = self.cells;
        let no_number = || NoCell::NoNumber { file: self.file, column, there: self.numbers() };
        let (at, record) = self.rows.get(row).ok_or_else(no_number)?;
        let of = of.get(*at).ok_or_else(no_number)?;
        let sections = &of.numbers.sections;
        let ground = Ground {
            sections,
            places: &of.numbers.locations,
            tickets,
            groups: &of.groups,
            rules: *rules,
        };
        let records = OfRecords {
            organization: &sections.organization,
            files: &of.files,
            quality: &of.numbers.quality,
            tickets,
        };
        let made = records.made(record, column).or_else(|| trace(&ground, record, column));
        let made = made.ok_or_else(no_number)?;
        let definition = definition(self.file, column).ok_or_else(no_number)?;
        let key = record.cells.iter().filter(|(name, ..)| is_key(self.file, name));
        let row = key.map(|(name, kind, held)| (*name, printed(held.cell(), *kind))).collect();
        let found = record.cells.iter().find(|(name, ..)| *name == column);
        let value = found.map(|(_, kind, held)| printed(held.cell(), *kind)).unwrap_or_default();
        Ok(FoundCell {
            file: self.file,
            column,
            row,
            value,
            unit: definition.unit,
            meaning: definition.meaning,
            made,
        })
    }
}
