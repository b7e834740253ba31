//! The error of a workbook.

use rust_xlsxwriter::XlsxError;
use thiserror::Error;

/// A workbook could not be written.
#[derive(Debug, Error)]
#[error("the workbook cannot be written")]
pub struct WorkbookError(#[from] XlsxError);
