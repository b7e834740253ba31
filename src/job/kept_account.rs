//! The accounts of the files that a state knows.

use crate::ingest::{Account, FileAccount, FileState};
use crate::night::Ledger;

/// The accounts of the files that a state knows, each at its id.
pub(crate) fn account_of(ledger: &Ledger) -> Account {
    let taken_back = || FileAccount { state: FileState::TakenBack, ..FileAccount::default() };
    let account =
        |id: u32| ledger.files.get(&id).map_or_else(taken_back, |row| row.account.clone());
    Account { files: (0..ledger.next_id).map(account).collect() }
}
