//! Rows whose time is over: deleted here, as DynamoDB's time to live does it there.
//!
//! Nothing depends on when that happens: until then an expired row is read as any other.

use rusqlite::{Connection, named_params};

use crate::domain::Timestamp;

/// How many rows of each table are deleted at a time: other writers wait for it.
const AT_A_TIME: i64 = 1_000;

pub(super) const STATES: &str = "
    DELETE FROM states WHERE rowid IN
        (SELECT rowid FROM states WHERE expires_at < :now ORDER BY expires_at LIMIT :at_a_time)";

pub(super) const HISTORY: &str = "
    DELETE FROM history WHERE rowid IN
        (SELECT rowid FROM history WHERE expires_at < :now ORDER BY expires_at LIMIT :at_a_time)";

pub(super) const INCIDENTS: &str = "
    DELETE FROM incidents WHERE rowid IN
        (SELECT rowid FROM incidents WHERE expires_at < :now ORDER BY expires_at LIMIT :at_a_time)";

pub(super) const WINDOWS: &str = "
    DELETE FROM windows WHERE rowid IN
        (SELECT rowid FROM windows WHERE expires_at < :now ORDER BY expires_at LIMIT :at_a_time)";

pub(super) const ACKNOWLEDGEMENTS: &str = "
    DELETE FROM acknowledgements WHERE rowid IN
        (SELECT rowid FROM acknowledgements WHERE expires_at < :now ORDER BY expires_at LIMIT :at_a_time)";

pub(super) const EVIDENCE: &str = "
    DELETE FROM evidence WHERE rowid IN
        (SELECT rowid FROM evidence WHERE expires_at < :now ORDER BY expires_at LIMIT :at_a_time)";

pub(super) const PREFIXES: &str = "
    DELETE FROM prefixes WHERE rowid IN
        (SELECT rowid FROM prefixes WHERE expires_at < :now ORDER BY expires_at LIMIT :at_a_time)";

/// Deletes the rows that expired before `now`: of removed items, of incidents that are over, of transitions, documents and
/// unmonitored time, of planned time, of evidence, and of the prefixes of interfaces that are gone. The oldest go first, so many at a time. Returns how many these were.
pub(super) fn delete(connection: &Connection, now: Timestamp) -> anyhow::Result<usize> {
    let mut deleted = 0;
    for statement in [STATES, INCIDENTS, HISTORY, WINDOWS, ACKNOWLEDGEMENTS, EVIDENCE, PREFIXES] {
        deleted += connection
            .prepare_cached(statement)?
            .execute(named_params! {":now": now.seconds(), ":at_a_time": AT_A_TIME})?;
    }
    Ok(deleted)
}
