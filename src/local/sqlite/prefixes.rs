//! Prefixes: a row for each virtual interface.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{integer, json, natural, parse_json};
use crate::{
    domain::{PrefixRow, Recalled, Scope},
    ports::Recording,
};

pub(super) const OF_SCOPE: &str = "
    SELECT interface, revision, families, expires_at FROM prefixes WHERE scope = :scope";

pub(super) const OF_INTERFACE: &str = "
    SELECT interface, revision, families, expires_at FROM prefixes WHERE scope = :scope AND interface = :interface";

const WRITE: &str = "
    INSERT INTO prefixes (scope, interface, revision, families, expires_at)
    VALUES (:scope, :interface, :revision, :families, :expires_at)
    ON CONFLICT (scope, interface) DO UPDATE SET
        revision = excluded.revision, families = excluded.families, expires_at = excluded.expires_at";

/// Takes in the rows of a scope. One that cannot be read is a newer version's, or damaged: it is left out.
pub(super) fn recall(connection: &Connection, recalled: &mut Recalled) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached(OF_SCOPE)?;
    let mut rows = statement.query(named_params! {":scope": recalled.scope.to_string()})?;
    while let Some(row) = rows.next()? {
        match parse(row) {
            Ok(row) => drop(recalled.prefixes.insert(row.interface.clone(), row)),
            Err(error) => {
                let (scope, error) = (&recalled.scope, format!("{error:#}"));
                let interface: String = row.get("interface")?;
                tracing::warn!(%scope, interface, error, "a row of prefixes cannot be read");
            }
        }
    }
    Ok(())
}

/// Writes a row, if the stored one is of the revision before it.
pub(super) fn write(connection: &Connection, scope: &Scope, row: &PrefixRow) -> anyhow::Result<Recording> {
    let stored = connection
        .prepare_cached(OF_INTERFACE)?
        .query_row(named_params! {":scope": scope.to_string(), ":interface": row.interface}, |stored| {
            Ok((stored.get::<_, i64>("revision")?, parse(stored)))
        })
        .optional()?;
    let before = stored.as_ref().map_or(0, |(revision, _)| *revision);
    if before != integer(row.revision.saturating_sub(1))? {
        let is_own = stored.is_some_and(|(_, stored)| stored.is_ok_and(|stored| stored == *row));
        return Ok(if is_own { Recording::Recorded } else { Recording::Lost });
    }
    connection.prepare_cached(WRITE)?.execute(named_params! {
        ":scope": scope.to_string(),
        ":interface": row.interface,
        ":revision": integer(row.revision)?,
        ":families": json(&row.families)?,
        ":expires_at": row.expires_at,
    })?;
    Ok(Recording::Recorded)
}

fn parse(row: &Row<'_>) -> anyhow::Result<PrefixRow> {
    Ok(PrefixRow {
        interface: row.get("interface")?,
        revision: natural(row, "revision")?,
        families: parse_json(row, "families")?,
        expires_at: row.get("expires_at")?,
    })
}
