//! The stored form of headings and spans: the newest line of each combination of names, and the service times in each file.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ticket::{HeadingRow, OrderKey, Record, Rows, Span, SpanRow};

type KeptHeading = (String, [Option<String>; Record::TEXTS.len()], [u64; 2]);
type KeptSpan = (u32, usize, Option<(i64, i64)>, Option<(i64, i64)>, Option<i64>);

/// Headings and spans.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    /// Organization, names, order key of the newest line.
    headings: Vec<KeptHeading>,
    /// File, index of the heading, instants, wall-clock times, latest instant at which anything happened.
    spans: Vec<KeptSpan>,
}

impl Kept {
    /// The stored form of rows in which files are named by id.
    pub(crate) fn of(rows: &Rows) -> Self {
        let heading = |row: &HeadingRow| {
            let texts = row.texts.each_ref().map(|text| text.as_deref().map(str::to_owned));
            (row.organization.to_string(), texts, row.newest.to_numbers())
        };
        let span = |row: &SpanRow| {
            let Span { instants, wall_clocks, happened } = row.span;
            (row.file, row.heading, instants, wall_clocks, happened)
        };
        Self {
            headings: rows.headings.iter().map(heading).collect(),
            spans: rows.spans.iter().map(span).collect(),
        }
    }

    /// The rows of the stored form.
    pub(crate) fn rows(self) -> Rows {
        let heading = |(organization, texts, newest): KeptHeading| HeadingRow {
            organization: organization.into(),
            texts: texts.map(|text| text.map(Arc::from)),
            newest: OrderKey::of_numbers(newest),
        };
        let span = |(file, heading, instants, wall_clocks, happened): KeptSpan| SpanRow {
            file,
            heading,
            span: Span { instants, wall_clocks, happened },
        };
        Rows {
            headings: self.headings.into_iter().map(heading).collect(),
            spans: self.spans.into_iter().map(span).collect(),
        }
    }
}
