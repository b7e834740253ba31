//! The accounts of the files that a state knows.

use crate::ingest::Account;
use crate::night::{Ledger, in_order};

/// The accounts of the files that a state knows, each at its number.
pub(crate) fn account_of(ledger: &Ledger) -> Account {
    Account { files: in_order(ledger).into_iter().map(|row| row.account.clone()).collect() }
}
