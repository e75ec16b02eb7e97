//! The roster in a file: damaged rows are left out and kept.

use aws_dx_monitor::{local::SqliteLedger, ports::Roster};

use super::by_hand;
use crate::ledger_contract::{roster::full, run};

#[test]
fn a_row_that_cannot_be_read_is_left_out_and_never_overwritten() {
    for damage in
        ["cadence = 'lukewarm'", "items = -1", "regions = 'everywhere'", "last_ok_at = 'yesterday'", "revision = -1"]
    {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.db");
        let ledger = SqliteLedger::open(&path).unwrap();
        run(async {
            let (one, other) = (full("111122223333", 1), full("222233334444", 1));
            for row in [&one, &other] {
                assert!(ledger.write_roster_row(row).await.unwrap());
            }
            by_hand(&path, &format!("UPDATE accounts SET {damage} WHERE item = '111122223333';"));
            assert_eq!(ledger.roster().await.unwrap(), [other], "{damage}");
            assert!(ledger.roster_row("111122223333").await.is_err(), "{damage}");
            assert!(!ledger.write_roster_row(&one).await.unwrap(), "{damage}");
        });
    }
}
