//! Opening: a file that is missing or not ours is reported, and left as it is.

use std::{fs, path::Path};

use aws_dx_monitor::{
    domain::{FoldStep, Folding, Scope, SinkName},
    local::SqliteLedger,
    ports::{History, Ledger},
};

use super::by_hand;
use crate::ledger_contract::{
    Rig,
    incident_rig::{id, membership, new},
    run,
};

type Open = fn(&Path) -> anyhow::Result<SqliteLedger>;

const EVERY_WAY: [Open; 3] = [SqliteLedger::open, SqliteLedger::open_existing, SqliteLedger::open_read_only];
const OF_WHAT_IS_THERE: [Open; 2] = [SqliteLedger::open_existing, SqliteLedger::open_read_only];

fn refusal(open: Open, path: &Path) -> String {
    let error = format!("{:#}", open(path).unwrap_err());
    assert!(error.contains(&path.display().to_string()), "{error} names the file");
    error
}

#[test]
fn what_is_not_there_is_not_made() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("dx-monitor.db");
    for open in OF_WHAT_IS_THERE {
        let error = refusal(open, &path);
        assert!(error.contains("there is no database at") && error.contains("aws-dx-monitor demo"), "{error}");
    }
    assert!(fs::read_dir(directory.path()).unwrap().next().is_none());
}

#[test]
fn a_place_that_cannot_be_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    refusal(SqliteLedger::open, &directory.path().join("no such directory").join("dx-monitor.db"));
    for open in EVERY_WAY {
        refusal(open, directory.path());
    }
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    let text = "what was done on Monday\n".repeat(200);
    fs::write(&path, &text).unwrap();
    for open in EVERY_WAY {
        let error = refusal(open, &path);
        assert!(error.contains("not a SQLite database"), "{error}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_database_of_another_program_is_refused_and_left() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("other.db");
    by_hand(&path, "CREATE TABLE states (id INTEGER); INSERT INTO states VALUES (1);");
    let before = fs::read(&path).unwrap();
    for open in EVERY_WAY {
        let error = refusal(open, &path);
        assert!(error.contains("another program"), "{error}");
    }
    assert!(fs::read(&path).unwrap() == before, "not a byte was changed");
    by_hand(&path, "PRAGMA application_id = 77; DROP TABLE states;");
    assert!(refusal(SqliteLedger::open, &path).contains("another program"), "also one that is marked, but empty");
}

#[test]
fn an_empty_file_is_filled_by_open_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("empty.db");
    fs::write(&path, "").unwrap();
    for open in OF_WHAT_IS_THERE {
        let error = refusal(open, &path);
        assert!(error.contains("is empty") && error.contains("aws-dx-monitor demo"), "{error}");
    }
    assert_eq!(fs::read(&path).unwrap(), b"");
    SqliteLedger::open(&path).unwrap();
    SqliteLedger::open_existing(&path).unwrap();
}

#[test]
fn a_newer_database_is_refused_and_left() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("newer.db");
    drop(SqliteLedger::open(&path).unwrap());
    by_hand(&path, "PRAGMA user_version = 99;");
    for open in EVERY_WAY {
        let error = refusal(open, &path);
        assert!(error.contains("newer version") && error.contains("have version 99"), "{error}");
    }
}

/// What 0.1.0 made: the tables, with an outage in them.
const OF_VERSION_1: &str = r#"
PRAGMA application_id = 0x44584D4E;
PRAGMA user_version = 1;
CREATE TABLE states (
    scope TEXT NOT NULL, item TEXT NOT NULL, state TEXT NOT NULL, level INTEGER NOT NULL, health TEXT NOT NULL,
    since TEXT NOT NULL, name TEXT, sequence INTEGER NOT NULL, last_transition_at TEXT NOT NULL, announced TEXT NOT NULL,
    suspect TEXT, incident_id TEXT, details TEXT NOT NULL, expires_at INTEGER, PRIMARY KEY (scope, item)
) STRICT;
CREATE TABLE history (
    item TEXT NOT NULL, occurred_at TEXT NOT NULL, day TEXT GENERATED ALWAYS AS (substr(occurred_at, 1, 10)) VIRTUAL,
    sequence INTEGER, event TEXT, "from" TEXT, "to" TEXT, parked TEXT, expires_at INTEGER, PRIMARY KEY (item, occurred_at)
) STRICT;
CREATE INDEX history_by_time ON history (occurred_at);
CREATE TABLE scopes (item TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE polls (scope TEXT NOT NULL PRIMARY KEY, interval_seconds INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE polled_kinds (
    scope TEXT NOT NULL, kind TEXT NOT NULL, baseline_at TEXT, baseline_told TEXT, told_sinks TEXT NOT NULL DEFAULT '[]',
    last_complete_at TEXT, PRIMARY KEY (scope, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO states VALUES (
    '123456789012/us-east-1', 'connection/dxcon-1', 'down', 5, 'down', '2026-11-22T03:13:00.123Z', 'fibre', 2,
    '2026-11-22T03:13:00.123Z', '{"sns":2}', NULL, NULL,
    '{"kind":"connection","id":"dxcon-1","account":"123456789012","region":"us-east-1"}', NULL);
INSERT INTO polls VALUES ('123456789012/us-east-1', 60);
INSERT INTO polled_kinds VALUES (
    '123456789012/us-east-1', 'connection', '2026-11-22T03:12:00.123Z', NULL, '[]', '2026-11-22T03:14:00.123Z');
"#;

#[test]
fn a_file_of_an_older_version_is_brought_up_to_date_however_it_is_opened() {
    let directory = tempfile::tempdir().unwrap();
    for (number, open) in EVERY_WAY.into_iter().enumerate() {
        let path = directory.path().join(format!("older-{number}.db"));
        by_hand(&path, OF_VERSION_1);
        for _ in 0..2 {
            let ledger = open(&path).unwrap();
            run(async {
                let rig = Rig { ledger: &ledger, scope: Scope::regional("123456789012", "us-east-1") };
                let row = rig.row("dxcon-1").await;
                assert_eq!((row.state.value(), row.sequence, row.seen_at, row.never_up), ("down", 2, None, false));
                let kinds = rig.poll().await.kinds;
                assert_eq!(kinds.values().map(|kind| kind.settled_at).collect::<Vec<_>>(), [None]);
            });
        }
        let ledger = SqliteLedger::open_existing(&path).unwrap();
        run(async {
            let rig = Rig { ledger: &ledger, scope: Scope::regional("123456789012", "us-east-1") };
            let row = rig.go_on("dxcon-1", &["available"]).await;
            assert!(row.seen_at.is_some() && row.sequence == 3);
            assert_eq!((row.group, rig.revision().await, rig.recall().await.incidents.len()), (None, 0, 0));
            let members = vec![membership("dxcon-1", &row, Some(id(1)))];
            let incidents = vec![new(1, rig.documents(1, 1..=1))];
            assert_eq!(rig.fold(&FoldStep { members, incidents, ..rig.step(0) }).await, Folding::Folded);
            assert_eq!((rig.row("dxcon-1").await.group, rig.incident(1).await.sequence), (Some(id(1)), 1));
        });
    }
}

#[test]
fn a_file_of_an_older_version_that_cannot_be_written_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("older.db");
    by_hand(&path, OF_VERSION_1);
    let another = rusqlite::Connection::open(&path).unwrap();
    another.execute_batch("PRAGMA user_version = 0;").unwrap();
    assert!(refusal(SqliteLedger::open_read_only, &path).contains("another program"), "no version of ours has made it");
}

#[test]
fn a_name_is_a_name_whatever_it_looks_like() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["x?mode=memory", "ünïcode 🦀.db", "a'b\"c;.db", "line\nbreak"] {
        let path = directory.path().join(name);
        drop(SqliteLedger::open(&path).unwrap());
        assert!(path.is_file(), "{name}");
        SqliteLedger::open_read_only(&path).unwrap();
    }
}

#[test]
fn what_was_written_is_there_when_it_is_opened_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("dx-monitor.db");
    let first = SqliteLedger::open(&path).unwrap();
    let scope = Rig::new(&first).scope;
    run(async {
        let rig = Rig { ledger: &first, scope: scope.clone() };
        rig.story("dxcon-1", &["down"]).await;
    });
    let written = first.whole(&scope);
    drop(first);
    for open in EVERY_WAY {
        assert_eq!(open(&path).unwrap().whole(&scope), written);
    }
}

#[test]
fn a_reader_sees_what_is_written_meanwhile_and_cannot_write() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("dx-monitor.db");
    let (writer, reader) = (SqliteLedger::open(&path).unwrap(), SqliteLedger::open_read_only(&path).unwrap());
    run(async {
        let rig = Rig::new(&writer);
        let row = rig.story("dxcon-1", &["down"]).await;
        let read = Rig { ledger: &reader, scope: rig.scope.clone() };
        assert_eq!(read.row("dxcon-1").await, row);
        assert_eq!(read.sequences("dxcon-1").await, [1, 2]);
        let refused = reader.acknowledge(&rig.path("dxcon-1").into(), &[(SinkName::SNS, 1)].into()).await.unwrap_err();
        assert!(format!("{refused:#}").contains("readonly"), "{refused:#}");
        assert_eq!(rig.row("dxcon-1").await, row);
    });
}

/// Everything of a scope, for comparison.
trait Whole {
    fn whole(&self, scope: &Scope) -> String;
}

impl Whole for SqliteLedger {
    fn whole(&self, scope: &Scope) -> String {
        let mut whole = String::new();
        run(async {
            let rig = Rig { ledger: self, scope: scope.clone() };
            whole = format!("{:?} {:?}", self.states(scope).await.unwrap(), rig.history("dxcon-1").await);
        });
        assert!(whole.contains("dxcon-1"));
        whole
    }
}
