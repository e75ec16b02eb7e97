//! Expired rows are deleted on demand, in portions, and nothing else is.

use aws_dx_monitor::{
    domain::{Amendment, CoveragePath, FoldStep, IncidentWrite, Kind, Span, Timestamp, Unmonitored},
    local::SqliteLedger,
    ports::{History, Ledger, Progress},
};

use super::by_hand;
use crate::ledger_contract::{EXPIRES_AT, Rig, at, incident_rig::new, run};

/// The progress of a poll that listed all connections at an instant.
fn listed(at: Timestamp) -> Progress {
    Progress::listed(at, [Kind::Connection])
}

/// So many seconds after the rows of every story expire.
fn after_expiry(seconds: i64) -> Timestamp {
    Timestamp::from_milliseconds((EXPIRES_AT + seconds) * 1000)
}

#[test]
fn rows_live_until_their_time_is_over() {
    let ledger = SqliteLedger::in_memory().unwrap();
    run(async {
        let rig = Rig::new(&ledger);
        rig.story("dxcon-1", &["down"]).await;
        let removed = rig.story("dxcon-2", &["deleted"]).await;
        let expires_at = Some(EXPIRES_AT + 10);
        rig.amend(&Amendment { expires_at, ..Amendment::of(&rig.key("dxcon-2"), &removed) }).await;
        let silence = Unmonitored {
            scope: rig.scope.clone(),
            kind: Kind::Connection,
            parent: None,
            from: at(100),
            to: at(2_000),
        };
        ledger.progress(&rig.scope, &listed(at(100))).await.unwrap();
        ledger.cover(&silence, EXPIRES_AT + 20).await.unwrap();

        let path = CoveragePath::new(rig.scope.clone(), Kind::Connection);
        let left = async || {
            let transitions = rig.history("dxcon-1").await.len() + rig.history("dxcon-2").await.len();
            let states = rig.recall().await.states.len();
            (transitions, states, ledger.unmonitored(&path, Span::ALWAYS).await.unwrap().len())
        };
        for (seconds, deleted, expected) in
            [(0, 0, (4, 2, 1)), (1, 4, (0, 2, 1)), (10, 0, (0, 2, 1)), (11, 1, (0, 1, 1)), (21, 1, (0, 1, 0))]
        {
            assert_eq!(ledger.delete_expired(after_expiry(seconds)).unwrap(), deleted, "after {seconds} s");
            assert_eq!(left().await, expected, "after {seconds} s");
        }
        assert_eq!(rig.row("dxcon-1").await.sequence, 2, "the state of what is there never expires");
    });
}

#[test]
fn an_incident_that_is_over_goes_and_its_documents_stay_as_long_as_all_history() {
    let ledger = SqliteLedger::in_memory().unwrap();
    run(async {
        let rig = Rig::new(&ledger);
        let over = IncidentWrite { expires_at: Some(EXPIRES_AT - 10), ..new(1, rig.documents(1, 1..=2)) };
        let open = new(2, rig.documents(2, 1..=1));
        rig.fold(&FoldStep { incidents: vec![over, open], ..rig.step(0) }).await;
        for (seconds, deleted, incidents, documents) in [(-10, 0, 2, 2), (-9, 1, 1, 2), (0, 0, 1, 2), (1, 3, 1, 0)] {
            assert_eq!(ledger.delete_expired(after_expiry(seconds)).unwrap(), deleted, "after {seconds} s");
            let left = (rig.recall().await.incidents.len(), rig.told(1).await.len());
            assert_eq!(left, (incidents, documents), "after {seconds} s");
        }
        assert_eq!((rig.incident(2).await.sequence, rig.revision().await), (1, 1), "what is open never expires");
    });
}

#[test]
fn many_rows_go_piece_by_piece_and_the_oldest_first() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let ledger = SqliteLedger::open(&path).unwrap();
    by_hand(
        &path,
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2500)
         INSERT INTO history (item, occurred_at, expires_at) SELECT 'note', printf('%05d', n), 10000 - n FROM numbers;
         INSERT INTO history (item, occurred_at) VALUES ('note', 'a row without an end');",
    );
    let first_left = || -> i64 {
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.query_row("SELECT min(expires_at) FROM history", [], |row| row.get(0)).unwrap()
    };
    let now = Timestamp::from_milliseconds(10_000_000);
    assert_eq!((ledger.delete_expired(now).unwrap(), first_left()), (1_000, 8_500));
    assert_eq!((ledger.delete_expired(now).unwrap(), first_left()), (1_000, 9_500));
    assert_eq!([0; 2].map(|_| ledger.delete_expired(now).unwrap()), [500, 0]);
}

#[test]
fn a_reader_deletes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    drop(SqliteLedger::open(&path).unwrap());
    by_hand(&path, "INSERT INTO history (item, occurred_at, expires_at) VALUES ('note', '1', 1);");
    let error = SqliteLedger::open_read_only(&path).unwrap().delete_expired(at(0)).unwrap_err();
    assert!(format!("{error:#}").starts_with("expired rows cannot be deleted: "), "{error:#}");
    assert_eq!(SqliteLedger::open(&path).unwrap().delete_expired(at(0)).unwrap(), 1);
}
