//! A second, closer look at a record that is not JSON; and a sink that collects records in a list.

use std::ops::Range;

use super::piece::{Kind, Piece, PlainLine, Sink, Spot};
use super::splitter::Splitter;
use super::value::{Found, value_end};

/// The records inside one whose brackets match but which is not JSON, as where two writers share a file, or a file has a
/// hole.
#[must_use]
pub fn look_closer(bytes: &[u8], piece: &Piece, limit: usize) -> Vec<Piece> {
    let text = bytes.get(piece.at.clone()).unwrap_or_default();
    let mut found = Pieces::default();
    Splitter::close(limit, piece).split(text, 0, true, &mut found);
    let first = piece.at.start;
    let moved = |range: Range<usize>| first + range.start..first + range.end;
    let in_place = |found: Piece| Piece {
        // The file goes on after it.
        kind: match found.kind {
            Kind::Unfinished => Kind::Broken { saved: None },
            Kind::Saved { .. } => Kind::Saved { unfinished: false },
            kind @ (Kind::Value
            | Kind::Blank
            | Kind::Broken { .. }
            | Kind::NoValue
            | Kind::TooLong) => kind,
        },
        form: piece.form,
        at: moved(found.at),
        prefix: None,
        ..found
    };
    found.0.into_iter().map(in_place).collect()
}

/// Collects pieces, one after the other.
#[derive(Default)]
pub(super) struct Pieces(pub(super) Vec<Piece>);

impl Sink for Pieces {
    fn plain(&mut self, bytes: &[u8], line: PlainLine) -> bool {
        let text = bytes.get(line.at.clone()).unwrap_or_default();
        let whole = value_end(text) == Found::End(text.len());
        if whole {
            self.0.push(line.piece());
        }
        whole
    }

    fn piece(&mut self, _: &[u8], piece: Piece) {
        self.0.push(piece);
    }
}

impl PlainLine {
    /// The line as a record.
    #[must_use]
    pub fn piece(self) -> Piece {
        let Spot { form, line, offset, length } = self.spot;
        Piece {
            kind: Kind::Value,
            form,
            line,
            offset,
            length,
            at: self.at,
            prefix: None,
            table: None,
            bom: false,
        }
    }
}
