//! Several processes on one file: here several handles, each with a connection of its own.

use std::{path::Path, sync::Barrier, thread, time::Duration};

use aws_dx_monitor::{
    domain::{Amendment, Scope, SinkName, Suspicion},
    local::SqliteLedger,
    ports::Recording,
};
use rusqlite::Connection;

use crate::ledger_contract::{Rig, at, run, suspect};

fn open(path: &Path) -> SqliteLedger {
    SqliteLedger::open(path).unwrap()
}

#[test]
fn two_handles_keep_the_rules_between_them() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let (one, other) = (open(&path), open(&path));
    run(async {
        let one = Rig::new(&one);
        let other = Rig { ledger: &other, scope: one.scope.clone() };
        let first = one.first("dxcon-1", "available", at(0));
        assert_eq!(one.record(&first).await, Recording::Recorded);
        assert_eq!(other.record(&first).await, Recording::Recorded, "its own commit, through another handle");
        let old = other.row("dxcon-1").await;
        one.go_on("dxcon-1", &["down"]).await;
        assert_eq!(other.record(&other.after("dxcon-1", &old, "deleting", at(90))).await, Recording::Lost);
        let row = other.row("dxcon-1").await;
        assert_eq!(row, one.row("dxcon-1").await);
        one.suspect("dxcon-1", suspect(Suspicion::Absent, 1, 120)).await;
        assert_eq!(
            other.amend(&Amendment { expires_at: Some(1), ..Amendment::of(&other.key("dxcon-1"), &row) }).await,
            Recording::Lost
        );
        other.acknowledge("dxcon-1", SinkName::SNS, 2).await;
        one.acknowledge("dxcon-1", SinkName::SNS, 1).await;
        assert_eq!(one.row("dxcon-1").await.cursor("sns"), 2);
        assert_eq!(one.pending("dxcon-1", 0).await, other.pending("dxcon-1", 0).await);
    });
}

#[test]
fn many_may_open_a_new_file_at_once() {
    for _ in 0..10 {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.db");
        let start = Barrier::new(4);
        thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    start.wait();
                    open(&path);
                });
            }
        });
    }
}

#[test]
fn writers_that_meet_wait_for_each_other_and_lose_nothing() {
    const WRITERS: usize = 3;
    const TRANSITIONS: u64 = 25;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let scope = Scope::regional("123456789012", "us-east-1");
    let seed = open(&path);
    run(async {
        Rig { ledger: &seed, scope: scope.clone() }.story("dxcon-1", &[]).await;
    });
    thread::scope(|threads| {
        for _ in 0..WRITERS {
            threads.spawn(|| {
                let ledger = open(&path);
                run(async {
                    let rig = Rig { ledger: &ledger, scope: scope.clone() };
                    let mut recorded = 0;
                    while recorded < TRANSITIONS {
                        let row = rig.row("dxcon-1").await;
                        let word = if row.state.value() == "down" { "available" } else { "down" };
                        let next = rig.after("dxcon-1", &row, word, row.since.plus(Duration::from_millis(1)));
                        // All writers would make the same transition of the same row: only one may have made it.
                        if rig.record_for(&next, &[SinkName::SNS]).await == Recording::Recorded {
                            recorded += 1;
                        }
                        rig.acknowledge("dxcon-1", SinkName::SNS, next.sequence).await;
                    }
                });
            });
        }
    });
    run(async {
        let rig = Rig { ledger: &seed, scope: scope.clone() };
        let row = rig.row("dxcon-1").await;
        assert!(row.sequence > TRANSITIONS);
        assert_eq!(rig.sequences("dxcon-1").await, (1..=row.sequence).collect::<Vec<_>>());
        assert_eq!(row.cursor("sns"), row.sequence);
    });
}

#[test]
fn a_foreign_writer_is_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let ledger = open(&path);
    let foreign = Connection::open(&path).unwrap();
    foreign.execute_batch("BEGIN IMMEDIATE").unwrap();
    let release = thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        foreign.execute_batch("COMMIT").unwrap();
    });
    run(async {
        let rig = Rig::new(&ledger);
        // A reader does not wait, a writer does.
        assert!(rig.recall().await.states.is_empty());
        rig.story("dxcon-1", &["down"]).await;
    });
    release.join().unwrap();
}
