//! A group of locations.

use super::curves::LeftWaits;
use super::measure::Figures;

/// A group of locations and its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceGroup {
    /// Its name with those of the levels above it: `North/City`.
    pub name: String,
    /// How many levels the name has.
    pub level: usize,
    /// Its locations that have a ticket in the window, also those of groups within it.
    pub locations: usize,
    /// Its figures.
    pub figures: Figures,
    /// How long those waited who left.
    pub left_waits: LeftWaits,
}
