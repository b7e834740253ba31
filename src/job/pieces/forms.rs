//! What pieces hold.

use serde::{Deserialize, Serialize};

use crate::archive::Skipped;
use crate::partial::{Kept, KeptAccount, Piece};

/// `list.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListOf {
    /// The settings of all steps, as the caller wrote them.
    pub(super) settings: String,
    /// Number of parts that tickets are cut into.
    pub(super) parts: u16,
    /// Number of files to read.
    pub(super) files: u32,
    /// A digest of their names, places, sizes and times.
    pub(super) digest: String,
    /// Files that are not read.
    pub(super) skipped: Vec<Skipped>,
    /// The inputs, and why there is nothing behind them.
    pub(super) roots: Vec<(String, Option<String>)>,
}

/// `piece.json` of a fold.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FoldOf {
    /// Follows from all that it says below; its rows have it too.
    pub(super) fold: i64,
    /// The accounts of its files.
    pub(super) files: Vec<KeptAccount>,
    /// Names and spans by file.
    pub(super) names: Kept,
    /// Parts, and the number of its rows in each.
    pub(super) rows: Vec<(u16, u64)>,
}

/// `names.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamesOf {
    /// Names, and spans over all files.
    pub(super) names: Kept,
}

/// `accounts.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountsOf {
    /// The accounts of all files, in file order.
    pub(super) files: Vec<KeptAccount>,
    /// Names and spans by file.
    pub(super) names: Kept,
    /// What each part must have been joined from.
    pub(super) parts: Vec<PartRows>,
}

/// The rows of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartRows {
    pub(super) part: u16,
    /// Number of rows; one that came twice counts once.
    pub(super) rows: u64,
    /// Follows from the number of rows of each fold.
    pub(super) digest: u64,
}

/// `piece.json` of a join.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JoinOf {
    pub(super) parts: Vec<JoinedPart>,
}

/// A part that was joined.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JoinedPart {
    pub(super) from: PartRows,
    /// The counts of its tickets.
    pub(super) census: serde_json::Value,
}

/// `places.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlacesOf {
    /// What is asked for, as the caller wrote it.
    pub(super) asked: String,
    /// The counts of all tickets.
    pub(super) census: serde_json::Value,
}

/// The first line of `tables.postcard`; the sums are behind it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TablesOf {
    pub(super) organizations: Vec<TableOf>,
    /// First and last service date of the chosen tickets, if none of them lies in the window; ISO dates.
    pub(super) covered: Option<(String, String)>,
}

/// The places of an organization, all tickets of each.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableOf {
    pub(super) organization: String,
    pub(super) places: Vec<String>,
    /// Organization, anomaly, detail, tickets.
    pub(super) left_out: Vec<(String, String, String, u64)>,
}

impl Piece for ListOf {
    const KIND: &'static str = "list";
}

impl Piece for FoldOf {
    const KIND: &'static str = "fold";
}

impl Piece for NamesOf {
    const KIND: &'static str = "names";
}

impl Piece for AccountsOf {
    const KIND: &'static str = "accounts";
}

impl Piece for JoinOf {
    const KIND: &'static str = "join";
}

impl Piece for PlacesOf {
    const KIND: &'static str = "places";
}

impl Piece for TablesOf {
    const KIND: &'static str = "tables";
}
