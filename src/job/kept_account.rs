//! The accounts of the files that a state knows.

use crate::ingest::Account;
use crate::night::{Ledger, in_order};
use crate::ticket::Directory;

use super::united::unite;

/// The accounts of the files that a state knows, each at its number, by the organizations that count.
pub(crate) fn account_of(ledger: &Ledger, directory: &Directory) -> Account {
    let files = in_order(ledger).into_iter().map(|row| row.account.clone()).collect();
    let mut account = Account { files };
    unite(&mut account, directory);
    account
}
