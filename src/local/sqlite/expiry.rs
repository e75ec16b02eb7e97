//! Rows whose time is over: deleted here, as DynamoDB's time to live does it there.
//!
//! Nothing depends on when that happens: until then an expired row is read as any other.

use rusqlite::{Connection, named_params};

use crate::domain::Timestamp;

/// How many rows of each table are deleted at a time: other writers wait for it.
const AT_A_TIME: i64 = 1_000;

/// The tables whose rows expire: of items, of incidents, of transitions, documents and unmonitored time, of planned time and
/// of who has taken an incident on, of evidence, and of the prefixes of interfaces.
pub(super) const TABLES: [&str; 7] =
    ["states", "incidents", "history", "windows", "acknowledgements", "evidence", "prefixes"];

/// What deletes the oldest expired rows of a table.
pub(super) fn deletion(table: &str) -> String {
    format!(
        "DELETE FROM {table} WHERE rowid IN
            (SELECT rowid FROM {table} WHERE expires_at < :now ORDER BY expires_at LIMIT :at_a_time)"
    )
}

/// Deletes the rows that expired before `now`. The oldest go first, so many of each table at a time. Returns how many these
/// were.
pub(super) fn delete(connection: &Connection, now: Timestamp) -> anyhow::Result<usize> {
    let mut deleted = 0;
    for table in TABLES {
        deleted += connection
            .prepare_cached(&deletion(table))?
            .execute(named_params! {":now": now.seconds(), ":at_a_time": AT_A_TIME})?;
    }
    Ok(deleted)
}
