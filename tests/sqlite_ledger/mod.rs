//! The ledger in SQLite: it keeps the contract, in memory and in a file; and the cases that only a file can have.

mod expiry;
mod file;
mod foreign;
mod opening;
mod roster;
mod windows;

use std::path::Path;

use aws_dx_monitor::local::SqliteLedger;
use rusqlite::Connection;

use crate::ledger_contract::Fresh;

ledger_contract!(contract_in_memory, crate::sqlite_ledger::in_memory);
ledger_contract!(contract_in_a_file, crate::sqlite_ledger::in_a_file);

async fn in_memory() -> Fresh<SqliteLedger> {
    Fresh::new(SqliteLedger::in_memory().unwrap())
}

async fn in_a_file() -> Fresh<SqliteLedger> {
    let directory = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::open(&directory.path().join("ledger.db")).unwrap();
    Fresh::keeping(ledger, directory)
}

/// Changes the file as a person with a SQLite shell might.
fn by_hand(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}
