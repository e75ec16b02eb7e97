//! The roster: a row for each account that is watched from here.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{integer, json, natural, optional_timestamp, parse_json, parse_word, word};
use crate::domain::{RosterRow, Timestamp};

pub(super) const ALL: &str = "SELECT * FROM accounts ORDER BY item";

pub(super) const OF_ACCOUNT: &str = "SELECT * FROM accounts WHERE item = :item";

const REVISION: &str = "SELECT revision FROM accounts WHERE item = :item";

const WRITE: &str = "
    INSERT INTO accounts
        (item, name, cadence, items, regions, last_poll_at, last_ok_at, last_error, refused_since, enrolled_at,
         left_at, changed_at, late_since, revision)
    VALUES
        (:item, :name, :cadence, :items, :regions, :last_poll_at, :last_ok_at, :last_error, :refused_since,
         :enrolled_at, :left_at, :changed_at, :late_since, :revision)
    ON CONFLICT (item) DO UPDATE SET
        name = excluded.name, cadence = excluded.cadence, items = excluded.items, regions = excluded.regions,
        last_poll_at = excluded.last_poll_at, last_ok_at = excluded.last_ok_at, last_error = excluded.last_error,
        refused_since = excluded.refused_since, enrolled_at = excluded.enrolled_at, left_at = excluded.left_at,
        changed_at = excluded.changed_at, late_since = excluded.late_since, revision = excluded.revision";

/// All rows, by account. One that cannot be read is a newer version's, or damaged: it is left out.
pub(super) fn all(connection: &Connection) -> anyhow::Result<Vec<RosterRow>> {
    let mut statement = connection.prepare_cached(ALL)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        match parse(row) {
            Ok(row) => found.push(row),
            Err(error) => {
                let account: String = row.get("item")?;
                tracing::warn!(account, error = format!("{error:#}"), "a row of the roster cannot be read");
            }
        }
    }
    Ok(found)
}

/// The row of one account.
pub(super) fn of_account(connection: &Connection, account: &str) -> anyhow::Result<Option<RosterRow>> {
    let mut statement = connection.prepare_cached(OF_ACCOUNT)?;
    let mut rows = statement.query(named_params! {":item": account})?;
    rows.next()?.map(parse).transpose()
}

/// Writes a row, if the stored one is of the revision before it.
pub(super) fn write(connection: &Connection, row: &RosterRow) -> anyhow::Result<bool> {
    let mut statement = connection.prepare_cached(REVISION)?;
    let stored: Option<i64> =
        statement.query_row(named_params! {":item": row.account}, |row| row.get("revision")).optional()?;
    if stored.unwrap_or(0) != integer(row.revision.saturating_sub(1))? {
        return Ok(of_account(connection, &row.account).is_ok_and(|stored| stored.as_ref() == Some(row)));
    }
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
    connection.prepare_cached(WRITE)?.execute(named_params! {
        ":item": row.account,
        ":name": row.name,
        ":cadence": word(&row.cadence)?,
        ":items": integer(row.items)?,
        ":regions": json(&row.regions)?,
        ":last_poll_at": text(row.last_poll_at),
        ":last_ok_at": text(row.last_ok_at),
        ":last_error": row.last_error,
        ":refused_since": text(row.refused_since),
        ":enrolled_at": text(row.enrolled_at),
        ":left_at": text(row.left_at),
        ":changed_at": text(row.changed_at),
        ":late_since": text(row.late_since),
        ":revision": integer(row.revision)?,
    })?;
    Ok(true)
}

fn parse(row: &Row<'_>) -> anyhow::Result<RosterRow> {
    Ok(RosterRow {
        account: row.get("item")?,
        name: row.get("name")?,
        cadence: parse_word(row, "cadence")?,
        items: natural(row, "items")?,
        regions: parse_json(row, "regions")?,
        last_poll_at: optional_timestamp(row, "last_poll_at")?,
        last_ok_at: optional_timestamp(row, "last_ok_at")?,
        last_error: row.get("last_error")?,
        refused_since: optional_timestamp(row, "refused_since")?,
        enrolled_at: optional_timestamp(row, "enrolled_at")?,
        left_at: optional_timestamp(row, "left_at")?,
        changed_at: optional_timestamp(row, "changed_at")?,
        late_since: optional_timestamp(row, "late_since")?,
        revision: natural(row, "revision")?,
    })
}
