//! The tables, and the marks by which a file is known to hold them.
//!
//! Names and values are those of the DynamoDB tables, so that one description serves both. Instants are RFC 3339 in UTC
//! with milliseconds (their text sorts as they do), maps are JSON texts. The column `day` is for people who query the file
//! by hand.

use std::{thread, time::Duration};

use anyhow::{Context, bail};
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

/// The mark in the file's header that it is a database of this program.
const APPLICATION_ID: i64 = 0x4458_4D4E;

/// The version of the tables below: that of [`TABLES`] is 1, and each of [`ADDITIONS`] makes the next.
const SCHEMA_VERSION: i64 = 1 + ADDITIONS.len() as i64;

/// How often the switch to WAL is tried, and the pause between attempts: five seconds in all.
const SWITCH_ATTEMPTS: u32 = 500;
const SWITCH_PAUSE: Duration = Duration::from_millis(10);

/// `history` keeps its rowid: events are too large for a table that is its own index. Its index by time serves a day as
/// well as any other range.
const TABLES: &str = r#"
CREATE TABLE states (
    scope TEXT NOT NULL,
    item TEXT NOT NULL,
    state TEXT NOT NULL,
    level INTEGER NOT NULL,
    health TEXT NOT NULL,
    since TEXT NOT NULL,
    name TEXT,
    sequence INTEGER NOT NULL,
    last_transition_at TEXT NOT NULL,
    announced TEXT NOT NULL,
    suspect TEXT,
    incident_id TEXT,
    details TEXT NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (scope, item)
) STRICT;

CREATE TABLE history (
    item TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    day TEXT GENERATED ALWAYS AS (substr(occurred_at, 1, 10)) VIRTUAL,
    sequence INTEGER,
    event TEXT,
    "from" TEXT,
    "to" TEXT,
    parked TEXT,
    expires_at INTEGER,
    PRIMARY KEY (item, occurred_at)
) STRICT;

CREATE INDEX history_by_time ON history (occurred_at);

CREATE TABLE scopes (
    item TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE polls (
    scope TEXT NOT NULL PRIMARY KEY,
    interval_seconds INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE polled_kinds (
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    baseline_at TEXT,
    baseline_told TEXT,
    told_sinks TEXT NOT NULL DEFAULT '[]',
    last_complete_at TEXT,
    PRIMARY KEY (scope, kind)
) STRICT, WITHOUT ROWID;
"#;

/// What each version added to the tables of the one before. A file of an older version is brought up to date by whoever
/// opens it; a row that was written before has nothing in a new column.
const ADDITIONS: [&str; 12] = [
    "
ALTER TABLE states ADD COLUMN seen_at TEXT;
ALTER TABLE states ADD COLUMN never_up INTEGER;
ALTER TABLE polled_kinds ADD COLUMN settled_at TEXT;
",
    "
CREATE INDEX states_by_expiry ON states (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX history_by_expiry ON history (expires_at) WHERE expires_at IS NOT NULL;
",
    "
ALTER TABLE scopes ADD COLUMN retired_at TEXT;
ALTER TABLE polled_kinds ADD COLUMN retired_at TEXT;
",
    "
ALTER TABLE states ADD COLUMN missed_at TEXT;
",
    r#"
ALTER TABLE states ADD COLUMN "group" TEXT;

CREATE TABLE incidents (
    scope TEXT NOT NULL,
    id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    announced TEXT NOT NULL,
    incident TEXT NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (scope, id)
) STRICT;

CREATE INDEX incidents_by_expiry ON incidents (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE folds (
    scope TEXT NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL,
    step TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"#,
    "
CREATE TABLE parent_gaps (
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT NOT NULL,
    gap_since TEXT,
    settled_at TEXT,
    PRIMARY KEY (scope, kind, parent)
) STRICT, WITHOUT ROWID;
",
    r#"
CREATE TABLE windows (
    account TEXT NOT NULL,
    item TEXT NOT NULL,
    id TEXT NOT NULL,
    source TEXT NOT NULL,
    "match" TEXT NOT NULL,
    "from" TEXT NOT NULL,
    until TEXT NOT NULL,
    title TEXT NOT NULL,
    "by" TEXT NOT NULL,
    even_outage INTEGER,
    notice TEXT,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, item)
) STRICT;

CREATE TABLE acknowledgements (
    account TEXT NOT NULL,
    incident TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "at" TEXT NOT NULL,
    note TEXT,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, incident)
) STRICT;

CREATE TABLE evidence (
    scope TEXT NOT NULL,
    item TEXT NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    "at" TEXT NOT NULL,
    summary TEXT NOT NULL,
    "by" TEXT,
    items TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (scope, item)
) STRICT;

CREATE INDEX windows_by_expiry ON windows (expires_at);
CREATE INDEX acknowledgements_by_expiry ON acknowledgements (expires_at);
CREATE INDEX evidence_by_expiry ON evidence (expires_at);
"#,
    "
ALTER TABLE polls ADD COLUMN last_regular_at TEXT;
",
    "ALTER TABLE windows ADD COLUMN announced_at TEXT;",
    "
CREATE TABLE accounts (
    item TEXT NOT NULL PRIMARY KEY,
    name TEXT,
    cadence TEXT NOT NULL,
    items INTEGER NOT NULL,
    regions TEXT NOT NULL,
    last_poll_at TEXT,
    last_ok_at TEXT,
    last_error TEXT,
    refused_since TEXT,
    enrolled_at TEXT,
    left_at TEXT,
    changed_at TEXT,
    late_since TEXT,
    revision INTEGER NOT NULL
) STRICT;
",
    "
CREATE TABLE prefixes (
    scope TEXT NOT NULL,
    interface TEXT NOT NULL,
    revision INTEGER NOT NULL,
    families TEXT NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (scope, interface)
) STRICT;

CREATE INDEX prefixes_by_expiry ON prefixes (expires_at) WHERE expires_at IS NOT NULL;
",
    "CREATE TABLE resilience (scope TEXT NOT NULL PRIMARY KEY, known TEXT NOT NULL) STRICT, WITHOUT ROWID;",
];

enum Identity {
    Empty,
    /// Ours, with the tables of this older version.
    Older(usize),
    Ours,
}

/// Makes the tables in an empty database; accepts a database of ours, and brings it up to date; refuses any other, and
/// leaves it as it is.
pub(super) fn create_or_check(connection: &Connection) -> anyhow::Result<()> {
    // First of all, since switching the journal would change another program's database.
    identify_in_snapshot(connection)?;
    // With FULL, a commit is on the disk when it returns. A transition that was announced survives a power failure.
    connection.pragma_update(None, "synchronous", "FULL")?;
    switch_to_wal(connection)?;
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Again, under the lock: another process may have made the tables meanwhile.
    let additions = match identify(&transaction)? {
        Identity::Ours => &[],
        Identity::Older(version) => &ADDITIONS[version - 1..],
        Identity::Empty => {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            &ADDITIONS[..]
        }
    };
    if !additions.is_empty() {
        transaction.execute_batch(&additions.concat())?;
        transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    }
    transaction.commit()?;
    Ok(())
}

/// What a database of ours is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// Its tables are those of this version.
    UpToDate,
    /// An older version made it.
    Older,
}

/// Accepts a database of ours only, which may be one of an older version.
pub(super) fn check(connection: &Connection) -> anyhow::Result<Age> {
    let age = match identify_in_snapshot(connection)? {
        Identity::Ours => Age::UpToDate,
        Identity::Older(_) => Age::Older,
        Identity::Empty => bail!("it is empty: `aws-dx-monitor demo` or `aws-dx-monitor watch` fills one"),
    };
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(age)
}

/// Switches the journal to WAL, so that readers can read while a process writes. The database keeps this mode. A database
/// in memory has a mode of its own, which is just as good.
fn switch_to_wal(connection: &Connection) -> anyhow::Result<()> {
    let mut attempts = 1;
    loop {
        match connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())) {
            // SQLite ignores its busy timeout here, so two processes that open a new file at once can collide.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && attempts < SWITCH_ATTEMPTS => {
                attempts += 1;
                thread::sleep(SWITCH_PAUSE);
            }
            result => return result.context("its journal cannot be switched to WAL"),
        }
    }
}

/// As [`identify`], in one snapshot. Otherwise, while another process creates the tables, one mark of the file could be
/// read before and another one after that.
fn identify_in_snapshot(connection: &Connection) -> anyhow::Result<Identity> {
    let snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    identify(&snapshot)
}

fn identify(connection: &Connection) -> anyhow::Result<Identity> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let application_id = number("application_id").map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            anyhow::Error::new(error).context("it is not a SQLite database: name another file")
        }
        _ => error.into(),
    })?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let version = number("user_version").context("its version cannot be read")?;
    match (application_id, version) {
        (APPLICATION_ID, SCHEMA_VERSION) => Ok(Identity::Ours),
        (APPLICATION_ID, older @ 1..SCHEMA_VERSION) => Ok(Identity::Older(usize::try_from(older)?)),
        (APPLICATION_ID, newer) if newer > SCHEMA_VERSION => bail!(
            "a newer version of aws-dx-monitor made it (its tables have version {newer}, this program knows up to \
             {SCHEMA_VERSION}): use that version, or another file"
        ),
        (0, 0) if tables == 0 => Ok(Identity::Empty),
        _ => bail!("it is a SQLite database of another program: name another file"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        SqliteLedger, evidence, expiry, folding, history, incidents, parent_gaps, polls, prefixes, resilience, roster,
        states, windows,
    };

    /// SQLite's plan for a query. The plan decides whether a query on a million rows is fast.
    fn plan(sql: &str) -> String {
        let ledger = SqliteLedger::in_memory().unwrap();
        let mut statement = ledger.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut rows = statement.raw_query();
        let mut plan = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            plan.push(row.get::<_, String>("detail").unwrap());
        }
        plan.join("; ")
    }

    #[test]
    fn every_read_uses_an_index() {
        let deletions = expiry::TABLES.map(expiry::deletion);
        let [states, incidents, history, windows, acknowledgements, evidence, prefixes] = &deletions;
        let plans = [
            states::OF_SCOPE,
            states::OF_ITEM,
            states::ACKNOWLEDGE,
            states::IS_AS_FOLDED,
            states::FOLD,
            incidents::OF_SCOPE,
            incidents::OF_INCIDENT,
            incidents::ACKNOWLEDGE,
            incidents::CHANGE,
            folding::OF_SCOPE,
            resilience::OF_SCOPE,
            polls::KINDS_OF_SCOPE,
            parent_gaps::GAPS_OF_SCOPE,
            history::NEWEST_FIRST,
            history::OF_ITEM,
            history::OF_EVERYTHING,
            history::UNMONITORED,
            states,
            history,
            incidents,
            windows::OF_ACCOUNT,
            windows::ACKNOWLEDGEMENTS,
            evidence::WITHIN,
            roster::ALL,
            roster::OF_ACCOUNT,
            windows,
            acknowledgements,
            evidence,
            prefixes::OF_SCOPE,
            prefixes::OF_INTERFACE,
            prefixes,
            "SELECT event FROM history WHERE occurred_at >= '2026-11-22' AND occurred_at < '2026-11-23'",
        ];
        insta::assert_snapshot!(plans.map(plan).join("\n"), @"
        SEARCH states USING INDEX sqlite_autoindex_states_1 (scope=?)
        SEARCH states USING INDEX sqlite_autoindex_states_1 (scope=? AND item=?)
        SEARCH states USING INDEX sqlite_autoindex_states_1 (scope=? AND item=?)
        SEARCH states USING INDEX sqlite_autoindex_states_1 (scope=? AND item=?)
        SEARCH states USING INDEX sqlite_autoindex_states_1 (scope=? AND item=?)
        SEARCH incidents USING INDEX sqlite_autoindex_incidents_1 (scope=?)
        SEARCH incidents USING COVERING INDEX sqlite_autoindex_incidents_1 (scope=? AND id=?)
        SEARCH incidents USING INDEX sqlite_autoindex_incidents_1 (scope=? AND id=?)
        SEARCH incidents USING INDEX sqlite_autoindex_incidents_1 (scope=? AND id=?)
        SEARCH folds USING PRIMARY KEY (scope=?)
        SEARCH resilience USING PRIMARY KEY (scope=?)
        SEARCH polled_kinds USING PRIMARY KEY (scope=?)
        SEARCH parent_gaps USING PRIMARY KEY (scope=?)
        SEARCH history USING INDEX sqlite_autoindex_history_1 (item=?)
        SEARCH history USING INDEX sqlite_autoindex_history_1 (item=? AND occurred_at>? AND occurred_at<?)
        SEARCH history USING INDEX history_by_time (occurred_at>? AND occurred_at<?); USE TEMP B-TREE FOR LAST TERM OF ORDER BY
        SEARCH history USING INDEX sqlite_autoindex_history_1 (item=? AND occurred_at>?)
        SEARCH states USING INTEGER PRIMARY KEY (rowid=?); LIST SUBQUERY 1; SEARCH states USING COVERING INDEX states_by_expiry (expires_at<?)
        SEARCH history USING INTEGER PRIMARY KEY (rowid=?); LIST SUBQUERY 1; SEARCH history USING COVERING INDEX history_by_expiry (expires_at<?)
        SEARCH incidents USING INTEGER PRIMARY KEY (rowid=?); LIST SUBQUERY 1; SEARCH incidents USING COVERING INDEX incidents_by_expiry (expires_at<?)
        SEARCH windows USING INDEX sqlite_autoindex_windows_1 (account=?)
        SEARCH acknowledgements USING INDEX sqlite_autoindex_acknowledgements_1 (account=?)
        SEARCH evidence USING INDEX sqlite_autoindex_evidence_1 (scope=? AND item>? AND item<?)
        SCAN accounts USING INDEX sqlite_autoindex_accounts_1
        SEARCH accounts USING INDEX sqlite_autoindex_accounts_1 (item=?)
        SEARCH windows USING INTEGER PRIMARY KEY (rowid=?); LIST SUBQUERY 1; SEARCH windows USING COVERING INDEX windows_by_expiry (expires_at<?)
        SEARCH acknowledgements USING INTEGER PRIMARY KEY (rowid=?); LIST SUBQUERY 1; SEARCH acknowledgements USING COVERING INDEX acknowledgements_by_expiry (expires_at<?)
        SEARCH evidence USING INTEGER PRIMARY KEY (rowid=?); LIST SUBQUERY 1; SEARCH evidence USING COVERING INDEX evidence_by_expiry (expires_at<?)
        SEARCH prefixes USING INDEX sqlite_autoindex_prefixes_1 (scope=?)
        SEARCH prefixes USING INDEX sqlite_autoindex_prefixes_1 (scope=? AND interface=?)
        SEARCH prefixes USING INTEGER PRIMARY KEY (rowid=?); LIST SUBQUERY 1; SEARCH prefixes USING COVERING INDEX prefixes_by_expiry (expires_at<?)
        SEARCH history USING INDEX history_by_time (occurred_at>? AND occurred_at<?)
        ");
    }
}
