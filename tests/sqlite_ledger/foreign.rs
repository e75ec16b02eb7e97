//! Rows that this version did not write: newer ones are skipped and kept, damaged ones are named.

use std::path::PathBuf;

use aws_dx_monitor::{
    domain::{FoldStep, Folding, Kind, Scope, Selection, SinkName, Span, StateRow, Unmonitored},
    local::SqliteLedger,
    ports::{Covering, History, Ledger, Progress, Record},
};
use tempfile::TempDir;

use super::by_hand;
use crate::ledger_contract::{
    EXPIRES_AT, Rig, SINKS, at, event,
    incident_rig::{change, id, membership, new},
    run,
};

struct Database {
    _directory: TempDir,
    path: PathBuf,
    ledger: SqliteLedger,
    scope: Scope,
}

impl Database {
    /// A database with one item that went down, and a poll.
    fn new() -> Database {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.db");
        let ledger = SqliteLedger::open(&path).unwrap();
        let scope = Scope::regional("123456789012", "us-east-1");
        let database = Database { _directory: directory, path, ledger, scope };
        run(async {
            let rig = database.rig();
            rig.story("dxcon-1", &["down"]).await;
            let progress = Progress {
                baseline: [Kind::Connection].into(),
                interval_seconds: Some(60),
                regular_at: Some(at(60)),
                first_poll: true,
                ..Progress::listed(at(60), [Kind::Connection])
            };
            database.ledger.progress(&database.scope, &progress).await.unwrap();
        });
        database
    }

    fn rig(&self) -> Rig<'_, SqliteLedger> {
        Rig { ledger: &self.ledger, scope: self.scope.clone() }
    }

    fn by_hand(&self, sql: &str) {
        by_hand(&self.path, sql);
    }

    fn count(&self, sql: &str) -> i64 {
        rusqlite::Connection::open(&self.path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

#[test]
fn rows_of_kinds_that_only_a_newer_version_knows_are_skipped_and_kept() {
    let database = Database::new();
    let before = database.count("SELECT count(*) FROM history");
    database.by_hand(
        "INSERT INTO states (scope, item, state, level, health, since, sequence, last_transition_at, announced, details)
             SELECT scope, 'quantum-link/dxql-1', state, level, health, since, sequence, last_transition_at, announced,
             details FROM states;
         INSERT INTO history (item, occurred_at, sequence, event)
             SELECT '123456789012/us-east-1/quantum-link/dxql-1', occurred_at, sequence, event FROM history;
         INSERT INTO polled_kinds (scope, kind, last_complete_at)
             VALUES ('123456789012/us-east-1', 'quantum-link', '2026-11-22T03:12:00.123Z');",
    );
    run(async {
        let rig = database.rig();
        assert_eq!(rig.recall().await.states.len(), 1);
        assert_eq!(rig.poll().await.kinds.len(), 1);
        let rows = database.ledger.transitions(&Selection::of_all(Span::new(at(0), at(61)))).await.unwrap();
        assert_eq!(i64::try_from(rows.len()).unwrap(), before);
        rig.go_on("dxcon-1", &["available"]).await;
    });
    assert_eq!(database.count("SELECT count(*) FROM states"), 2);
    assert_eq!(database.count("SELECT count(*) FROM polled_kinds"), 2);
    assert_eq!(database.count("SELECT count(*) FROM history WHERE item LIKE '%quantum%'"), before);
}

#[test]
fn what_a_newer_version_adds_to_a_row_stays_unread() {
    let database = Database::new();
    database.by_hand(
        "UPDATE states SET details = json_set(details, '$.colour', 'blue'), announced = json_set(announced, '$.pager', 1)",
    );
    run(async {
        let row = database.rig().go_on("dxcon-1", &["available"]).await;
        assert_eq!(row.announced["pager"], 1);
        database.rig().acknowledge("dxcon-1", SinkName::SNS, 3).await;
        assert_eq!(database.rig().row("dxcon-1").await.announced["pager"], 1);
    });
}

/// Spoils something by hand, and asserts that the error of `read` names it and its place.
fn assert_named<T>(sql: &str, names: &[&str], read: impl AsyncFnOnce(&Rig<'_, SqliteLedger>) -> anyhow::Result<T>) {
    let database = Database::new();
    database.by_hand(sql);
    run(async {
        let Err(error) = read(&database.rig()).await else { panic!("{sql}: no error") };
        let error = format!("{error:#}");
        for name in names.iter().chain(&["123456789012/us-east-1"]) {
            assert!(error.contains(name), "{sql}: {error} does not say {name}");
        }
    });
}

#[test]
fn a_damaged_state_row_is_named() {
    for (column, damage) in [
        ("since", "'yesterday'"),
        ("last_transition_at", "''"),
        ("sequence", "-1"),
        ("level", "-1"),
        ("health", "'well'"),
        ("seen_at", "'then'"),
        ("missed_at", "'then'"),
        ("announced", "'not json'"),
        ("announced", "'{\"sns\": \"two\"}'"),
        ("suspect", "'{}'"),
        ("incident_id", "'1234'"),
        ("\"group\"", "'1234'"),
        ("details", "'null'"),
    ] {
        let sql = format!("UPDATE states SET {column} = {damage}");
        assert_named(&sql, &["connection/dxcon-1", column.trim_matches('"')], async |rig| {
            rig.ledger.recall(&rig.scope).await
        });
    }
    let sql = "UPDATE states SET item = 'dxcon-1'";
    assert_named(sql, &["\"dxcon-1\""], async |rig| rig.ledger.recall(&rig.scope).await);
}

#[test]
fn a_damaged_state_row_is_named_by_every_write_that_reads_it() {
    let sql = "UPDATE states SET announced = 'not json'";
    assert_named(sql, &["connection/dxcon-1"], async |rig| {
        rig.ledger.acknowledge(&rig.path("dxcon-1").into(), &[(SinkName::SNS, 1)].into()).await
    });
    assert_named(sql, &["connection/dxcon-1"], async |rig| {
        let mut row = rig.row_before_damage();
        row.sequence = 2;
        let next = rig.after("dxcon-1", &row, "available", at(120));
        let event = event(&next);
        let record = Record { transition: &next, event: &event, passed_by: &[], expires_at: EXPIRES_AT };
        rig.ledger.record(record, &SINKS).await
    });
}

impl Rig<'_, SqliteLedger> {
    /// A row as it might have been recalled.
    fn row_before_damage(&self) -> StateRow {
        let first = self.first("dxcon-1", "down", at(60));
        StateRow {
            state: first.state,
            since: first.since,
            seen_at: Some(first.seen_at),
            missed_at: None,
            never_up: false,
            sequence: first.sequence,
            last_transition_at: first.since,
            announced: Default::default(),
            suspect: None,
            incident_id: None,
            group: None,
            details: first.item,
            expires_at: None,
        }
    }
}

/// A damaged row of an item stops the poll; one of an incident must not keep anybody from seeing that something is down.
#[test]
fn a_row_of_an_incident_that_cannot_be_read_is_counted_and_kept() {
    for damage in
        ["id = 'one'", "sequence = -1", "announced = 'none'", "incident = json_set(incident, '$.category', 'weather')"]
    {
        let database = Database::new();
        run(async {
            let rig = database.rig();
            let incidents = vec![new(1, rig.documents(1, 1..=1)), new(2, rig.documents(2, 1..=1))];
            rig.fold(&FoldStep { incidents, ..rig.step(0) }).await;
            database.by_hand(&format!("UPDATE incidents SET {damage} WHERE id = '{}'", id(1)));
            let recalled = rig.recall().await;
            assert_eq!((recalled.states.len(), recalled.unreadable_incidents), (1, 1), "{damage}");
            assert_eq!(recalled.incidents.into_keys().collect::<Vec<_>>(), [id(2)]);
            rig.fold(&FoldStep { incidents: vec![change(2, 1, Vec::new())], ..rig.step(1) }).await;
            assert_eq!(database.count("SELECT count(*) FROM incidents"), 2);
        });
    }
}

#[test]
fn a_damaged_row_of_folding_is_named() {
    let database = Database::new();
    database.by_hand("INSERT INTO folds VALUES ('123456789012/us-east-1', -1, 'x')");
    run(async {
        let error = format!("{:#}", database.ledger.revision(&database.scope).await.unwrap_err());
        assert!(error.starts_with("how often 123456789012/us-east-1 was folded cannot be read: revision"), "{error}");
    });
}

#[test]
fn a_failed_step_leaves_nothing_behind() {
    let database = Database::new();
    database
        .by_hand("CREATE TRIGGER spoil BEFORE INSERT ON history BEGIN SELECT raise(ABORT, 'the disk is tired'); END;");
    run(async {
        let rig = database.rig();
        let before = rig.recall().await;
        let step = FoldStep {
            members: vec![membership("dxcon-1", &rig.row("dxcon-1").await, Some(id(1)))],
            incidents: vec![new(1, rig.documents(1, 1..=1))],
            ..rig.step(0)
        };
        let error = format!("{:#}", database.ledger.fold(&step, &SINKS).await.unwrap_err());
        assert!(error.starts_with("a step of folding 123456789012/us-east-1 cannot be written: the disk is tired"));
        assert_eq!((rig.recall().await, rig.revision().await), (before, 0));
        database.by_hand("DROP TRIGGER spoil");
        assert_eq!(rig.fold(&step).await, Folding::Folded);
    });
}

#[test]
fn a_damaged_history_row_is_named() {
    for (column, damage) in
        [("sequence", "NULL"), ("event", "'not json'"), ("parked", "'[]'"), ("occurred_at", "'then'")]
    {
        let sql = format!("UPDATE history SET {column} = {damage} WHERE sequence = 2");
        let names = ["connection/dxcon-1", column];
        assert_named(&sql, &names, async |rig| rig.ledger.pending(&rig.path("dxcon-1").into(), 0).await);
        // An instant that is none sorts anywhere: only a read of the whole outbox is sure to find it.
        if column != "occurred_at" {
            assert_named(&sql, &names, async |rig| rig.ledger.transitions(&Selection::of_all(Span::ALWAYS)).await);
            assert_named(&sql, &names, async |rig| {
                rig.ledger.transitions(&Selection::of(rig.path("dxcon-1"), Span::ALWAYS)).await
            });
        }
    }
}

#[test]
fn a_damaged_poll_row_is_named() {
    for (table, column, damage) in [
        ("polled_kinds", "baseline_at", "'then'"),
        ("polled_kinds", "told_sinks", "'sns'"),
        ("polled_kinds", "last_complete_at", "'1'"),
        ("polled_kinds", "settled_at", "'2'"),
        ("polls", "interval_seconds", "-60"),
        ("polls", "last_regular_at", "'yesterday'"),
    ] {
        let sql = format!("UPDATE {table} SET {column} = {damage}");
        assert_named(&sql, &[column], async |rig| rig.ledger.recall(&rig.scope).await);
    }
}

#[test]
fn a_damaged_list_of_scopes_is_an_error() {
    let database = Database::new();
    database.by_hand("INSERT INTO scopes (item) VALUES ('nowhere')");
    run(async {
        let error = database.ledger.scopes().await.unwrap_err();
        assert!(format!("{error:#}").contains("nowhere"), "{error:#}");
    });
}

/// An item whose state row was lost begins again at one; its older history is not pending again.
#[test]
fn history_from_before_a_lost_state_row_is_not_pending() {
    let database = Database::new();
    database.by_hand("DELETE FROM states");
    run(async {
        let rig = database.rig();
        let again = rig.first("dxcon-1", "available", at(600));
        rig.record(&again).await;
        rig.go_on("dxcon-1", &["down"]).await;
        assert_eq!(rig.sequences("dxcon-1").await, [1, 2, 1, 2]);
        let pending = database.ledger.pending(&rig.path("dxcon-1").into(), 0).await.unwrap();
        assert_eq!(pending.iter().map(|row| row.occurred_at).collect::<Vec<_>>(), [at(600), at(660)]);
        assert_eq!(rig.pending("dxcon-1", 1).await, [2]);
    });
}

#[test]
fn a_hole_in_the_outbox_is_left_to_be_seen() {
    let database = Database::new();
    run(async {
        database.rig().go_on("dxcon-1", &["available", "down"]).await;
        database.by_hand("DELETE FROM history WHERE sequence = 2");
        assert_eq!(database.rig().pending("dxcon-1", 0).await, [1, 3, 4]);
        assert_eq!(database.rig().pending("dxcon-1", 1).await, [3, 4]);
        assert_eq!(database.rig().pending("dxcon-1", 2).await, [3, 4]);
    });
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    let database = Database::new();
    database.by_hand(
        "CREATE TRIGGER spoil BEFORE UPDATE ON states BEGIN SELECT raise(ABORT, 'the disk is tired'); END;
         CREATE TRIGGER spoil_too BEFORE UPDATE ON polled_kinds BEGIN SELECT raise(ABORT, 'the disk is tired'); END;",
    );
    fn assert_tired<T>(result: anyhow::Result<T>) {
        let Err(error) = result else { panic!("no error") };
        assert!(format!("{error:#}").contains("the disk is tired"), "{error:#}");
    }
    fn rows(database: &Database) -> i64 {
        database.count("SELECT count(*) FROM history")
    }
    let before = rows(&database);
    run(async {
        let rig = database.rig();
        let next = rig.after("dxcon-1", &rig.row("dxcon-1").await, "available", at(120));
        let event = event(&next);
        assert_tired(
            database
                .ledger
                .record(Record { transition: &next, event: &event, passed_by: &[], expires_at: 1 }, &SINKS)
                .await,
        );
        let unmonitored =
            Unmonitored { scope: rig.scope.clone(), kind: Kind::Connection, parent: None, from: at(60), to: at(5_000) };
        assert_tired(database.ledger.cover(&unmonitored, 1).await);
        assert_eq!(rows(&database), before);
        database.by_hand("DROP TRIGGER spoil; DROP TRIGGER spoil_too;");
        assert_eq!(rig.go_on("dxcon-1", &["available"]).await.sequence, 3);
        assert_eq!(database.ledger.cover(&unmonitored, 1).await.unwrap(), Covering::Written);
    });
}

/// The names that people and other programs read the file by.
#[test]
fn the_columns_are_those_of_the_tables_in_dynamodb() {
    let database = Database::new();
    let state = "SELECT scope || ' ' || item || ' ' || state || ' ' || level || ' ' || health || ' ' || since || ' ' ||
        name || ' ' || sequence || ' ' || last_transition_at || ' ' || announced FROM states";
    let history = "SELECT item || ' ' || occurred_at || ' ' || day || ' ' || sequence || ' ' || expires_at || ' ' ||
        json_extract(event, '$.state.value') FROM history ORDER BY occurred_at LIMIT 1";
    let text = |sql: &str| -> String {
        rusqlite::Connection::open(&database.path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    };
    insta::assert_snapshot!(text(state), @r#"123456789012/us-east-1 connection/dxcon-1 down 5 down 2026-11-22T03:13:00.123Z name of dxcon-1 2 2026-11-22T03:13:00.123Z {"eventbridge":0,"sns":0}"#);
    insta::assert_snapshot!(text(history), @"123456789012/us-east-1/connection/dxcon-1 2026-11-22T03:12:00.123Z 2026-11-22 1 1829877120 available");
}
