//! Where the numbers of `data_quality.csv` and `files.csv` come from: files, and lines of theirs.

use std::collections::BTreeSet;

use crate::dataframe::{NoWait, Single, Singles};
use crate::ingest::{FileAccount, FileState};
use crate::metric::{Cell, Counted, Counter, Kind, Made, Mark, Part, PartWay, Record, formula};
use crate::webhook::Reject;

/// The files that an organization may know of, and its counters.
pub(super) struct OfRecords<'a> {
    pub(super) organization: &'a str,
    pub(super) files: &'a [FileAccount],
    pub(super) quality: &'a [Counter],
    pub(super) tickets: &'a Singles,
}

/// What counters of tickets do not have: files.
const OF_TICKETS: &str =
    "counted over the joined tickets of all files, so no file holds a part of it";

impl OfRecords<'_> {
    /// How a number of one of the two tables came about; `None` for another one.
    pub(super) fn made(&self, record: &Record, column: &str) -> Option<Made> {
        let made = match (record.file, column) {
            ("data_quality.csv", "count") => self.of_counter(record)?,
            ("files.csv", _) => self.of_file(record, column)?,
            _ => return None,
        };
        Some(Made { formula: formula(record.file, column).to_owned(), ..made })
    }

    /// What tells the row of a file. Organizations that share a file have a row each.
    fn row(&self, path: &str) -> Vec<(&'static str, String)> {
        vec![("organization", self.organization.to_owned()), ("path", path.to_owned())]
    }

    /// A part for each file with a number.
    fn by_file(&self, column: Option<&'static str>, of: impl Fn(&FileAccount) -> u64) -> Vec<Part> {
        let part = |file: &FileAccount| {
            let n = of(file);
            (n > 0).then(|| Part {
                name: file.name.clone(),
                value: (Cell::Count(n), Kind::Count),
                n: None,
                is_marked: false,
                way: column.map_or(PartWay::End, |column| PartWay::Cell {
                    file: "files.csv",
                    column,
                    row: self.row(&file.name),
                }),
            })
        };
        self.files.iter().filter_map(part).collect()
    }

    fn of_counter(&self, record: &Record) -> Option<Made> {
        let measure = record.text("measure")?;
        let detail = record.text("detail").unwrap_or("");
        let is = |holds: bool| u64::from(holds);
        let lost = |file: &FileAccount| {
            matches!(
                file.state,
                FileState::Truncated
                    | FileState::Corrupt
                    | FileState::TooLarge
                    | FileState::TooDeep
            )
        };
        let parts = match measure {
            "files" => self.by_file(Some("records"), |_| 1),
            "records" => self.by_file(Some("records"), |file| file.records),
            "blank" => self.by_file(Some("blank"), |file| file.blank),
            "accepted" => self.by_file(Some("accepted"), |file| file.accepted),
            "duplicate" => self.by_file(Some("duplicate"), |file| file.duplicate),
            "other" => self.by_file(Some("other"), |file| file.other),
            "deferred" => self.by_file(Some("deferred"), |file| file.deferred),
            "byte_order_mark" => self.by_file(None, |file| file.byte_order_marks),
            "trailing_garbage" => self.by_file(None, |file| is(file.trailing_garbage)),
            "file_incomplete" => self.by_file(None, |file| is(lost(file))),
            "file_unreadable" => {
                self.by_file(None, |file| is(matches!(file.state, FileState::Unreadable(_))))
            }
            "rejected" => {
                let at = Reject::ALL.iter().position(|reason| reason.name() == detail)?;
                let of = |file: &FileAccount| file.rejected.get(at).copied().unwrap_or(0);
                self.by_file(Some("rejected"), of)
            }
            _ => self.by_file(None, |file| self.odd(file, measure, detail)),
        };
        if !parts.is_empty() {
            let calculation = "the sum over the files below".to_owned();
            return Some(Made { calculation, parts, ..Made::default() });
        }
        if record.count("count") == Some(0) {
            let calculation = "there is none".to_owned();
            return Some(Made { calculation, ..Made::default() });
        }
        Some(self.of_tickets(record, measure, detail))
    }

    /// Odd records of a file. Of a counter with many details, the rare ones stand together.
    fn odd(&self, file: &FileAccount, measure: &str, detail: &str) -> u64 {
        let mine = self.quality.iter().filter(|row| row.measure == measure);
        let named: BTreeSet<&str> = mine.map(|row| row.detail.as_str()).collect();
        let is_mine = |of: &str| of == detail || (detail == "(other)" && !named.contains(of));
        let all = file.oddities.iter().filter(|((organization, one, of), _)| {
            organization == self.organization && one.name() == measure && is_mine(of)
        });
        all.map(|(_, n)| n).sum()
    }

    /// A counter of tickets: those that are known one by one, if they are all of them.
    fn of_tickets(&self, record: &Record, measure: &str, detail: &str) -> Made {
        let is_it: Option<fn(&Single) -> bool> = match (measure, detail) {
            ("negative_wait", "wait") => Some(|one| one.no_wait == Some(NoWait::Negative)),
            ("implausible_wait", "wait") => Some(|one| one.no_wait == Some(NoWait::Implausible)),
            ("feedback_only_ticket", "") => Some(|one| one.is_feedback_only),
            _ => None,
        };
        let is_mine = |one: &Single| {
            let place = self.tickets.places.get(one.place as usize);
            place.is_some_and(|place| place.organization == self.organization)
        };
        let mut calculation = OF_TICKETS.to_owned();
        let mut tickets = Vec::new();
        if let Some(is_it) = is_it {
            let all = self.tickets.iter().enumerate();
            let mine = all.filter(|(_, one)| is_mine(one) && is_it(one));
            tickets = mine.map(|(at, _)| Counted { at, value: None, mark: Mark::None }).collect();
            // The counters are those of the archive, whatever the window and the filters.
            if Some(tickets.len() as u64) != record.count("count") {
                tickets.clear();
            }
        } else if !detail.is_empty() {
            calculation.push_str("; the detail says of which");
        }
        if tickets.is_empty() {
            calculation.push_str(
                "; `queuestat explain TICKET ARCHIVE` says it of a ticket for which it holds",
            );
        }
        Made { calculation, tickets, ..Made::default() }
    }

    fn of_file(&self, record: &Record, column: &str) -> Option<Made> {
        let path = record.text("path")?;
        let says =
            |calculation: &str| Made { calculation: calculation.to_owned(), ..Made::default() };
        if column == "bytes" {
            return Some(says(
                "the size that the file system tells; of a member, that in its container",
            ));
        }
        if record.count("records").is_none() {
            return Some(says("it was not read; `note` says why"));
        }
        let file = self.files.iter().find(|file| file.name == path)?;
        let lines = |kind: &str| {
            says(&format!(
                "counted while {kind} of the file were read; they have no place of their own in the account"
            ))
        };
        Some(match column {
            "records" => {
                let names = ["blank", "accepted", "duplicate", "rejected", "other", "deferred"];
                let part = |name: &'static str| {
                    Some(Part {
                        name: name.to_owned(),
                        value: (Cell::Count(record.count(name)?), Kind::Count),
                        n: None,
                        is_marked: false,
                        way: PartWay::Cell { file: "files.csv", column: name, row: self.row(path) },
                    })
                };
                let parts = names.into_iter().filter_map(part).collect();
                Made { parts, ..says("the sum of what became of them") }
            }
            "rejected" => {
                let part = |reject: &crate::ingest::RejectedRecord| Part {
                    name: reject.reason.name().to_owned(),
                    value: (Cell::Count(1), Kind::Count),
                    n: None,
                    is_marked: false,
                    way: PartWay::Record { path: path.to_owned(), line: reject.line },
                };
                let parts: Vec<Part> = file.rejects.iter().map(part).collect();
                let left_out = file.rejected_total().saturating_sub(parts.len() as u64);
                Made {
                    parts,
                    parts_left_out: left_out,
                    ..says("the records below, each with its line and reason")
                }
            }
            "accepted" => Made {
                counts: vec![("records", file.records)],
                ..says(
                    "the records that are neither blank, repeated, rejected, other nor deferred; `queuestat explain TICKET ARCHIVE` \
                     names the lines of a ticket, each with its file",
                )
            },
            "duplicate" => Made {
                ..says(
                    "the records whose payload stands earlier in the file; `queuestat explain TICKET ARCHIVE` names those of a ticket \
                     as `repeated in its file`",
                )
            },
            "blank" => lines("empty lines and empty batches"),
            "other" => lines("records without a webhook"),
            "deferred" => {
                let bytes = file.deferred_bytes;
                says(&format!(
                    "the end of the file, {bytes} bytes, which may still be being written"
                ))
            }
            _ => return None,
        })
    }
}
