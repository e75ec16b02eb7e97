//! Rows of incidents: one for each, with what the next fold has to know of it and each sink's cursor.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, named_params};
use uuid::Uuid;

use super::columns::{cursor_path, integer, json, natural, parse_json};
use crate::{
    domain::{IncidentRow, IncidentWrite, Recalled, Scope, SinkName},
    ports::Cursors,
};

pub(super) const OF_SCOPE: &str = "
    SELECT id, sequence, announced, incident, expires_at FROM incidents WHERE scope = :scope";

pub(super) const OF_INCIDENT: &str = "SELECT 1 FROM incidents WHERE scope = :scope AND id = :id";

pub(super) const ACKNOWLEDGE: &str = "
    UPDATE incidents SET announced = json_set(announced, :cursor, :sequence)
    WHERE scope = :scope AND id = :id AND sequence >= :sequence AND json_extract(announced, :cursor) < :sequence";

pub(super) const CHANGE: &str = "
    UPDATE incidents SET incident = :incident, sequence = :sequence, expires_at = :expires_at
    WHERE scope = :scope AND id = :id";

const ADD_CURSOR: &str = "
    UPDATE incidents SET announced = json_insert(announced, :cursor, :sequence) WHERE scope = :scope AND id = :id";

const PASS_BY: &str = "
    UPDATE incidents SET announced = json_set(announced, :cursor, :sequence) WHERE scope = :scope AND id = :id";

/// Takes in the rows of a scope. One that cannot be read is a newer version's, or damaged: it is counted.
pub(super) fn recall(connection: &Connection, recalled: &mut Recalled) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached(OF_SCOPE)?;
    let mut rows = statement.query(named_params! {":scope": recalled.scope.to_string()})?;
    while let Some(row) = rows.next()? {
        match parse(row) {
            Ok((id, row)) => {
                recalled.incidents.insert(id, row);
            }
            Err(error) => {
                let (scope, error) = (&recalled.scope, format!("{error:#}"));
                tracing::warn!(%scope, error, "the row of an incident cannot be read");
                recalled.unreadable_incidents += 1;
            }
        }
    }
    Ok(())
}

fn parse(row: &Row<'_>) -> anyhow::Result<(Uuid, IncidentRow)> {
    let id = row.get::<_, String>("id")?.parse()?;
    let row = IncidentRow {
        state: parse_json(row, "incident")?,
        sequence: natural(row, "sequence")?,
        announced: parse_json(row, "announced")?,
        expires_at: row.get("expires_at")?,
    };
    Ok((id, row))
}

/// Whether an incident has a row.
pub(super) fn exists(connection: &Connection, scope: &Scope, id: Uuid) -> anyhow::Result<bool> {
    Ok(connection
        .prepare_cached(OF_INCIDENT)?
        .exists(named_params! {":scope": scope.to_string(), ":id": id.to_string()})?)
}

/// Writes the first row of an incident. Every sink's cursor starts at zero, or after the documents that a summary has
/// announced.
pub(super) fn insert(
    connection: &Connection,
    scope: &Scope,
    write: &IncidentWrite,
    sinks: &[SinkName],
) -> anyhow::Result<()> {
    let cursor = if write.announced { write.sequence } else { 0 };
    let mut announced: BTreeMap<&str, u64> = sinks.iter().map(|sink| (sink.as_str(), cursor)).collect();
    announced.extend(write.passed_by.iter().map(|sink| (sink.as_str(), write.sequence)));
    connection
        .prepare_cached(
            "INSERT INTO incidents (scope, id, sequence, announced, incident, expires_at)
             VALUES (:scope, :id, :sequence, :announced, :incident, :expires_at)",
        )?
        .execute(named_params! {
            ":scope": scope.to_string(),
            ":id": write.id.to_string(),
            ":sequence": integer(write.sequence)?,
            ":announced": json(&announced)?,
            ":incident": json(&write.state)?,
            ":expires_at": write.expires_at,
        })?;
    Ok(())
}

/// Changes the row of an incident. A sink that came after the row was made starts where the row stood.
pub(super) fn change(
    connection: &Connection,
    scope: &Scope,
    write: &IncidentWrite,
    sinks: &[SinkName],
) -> anyhow::Result<()> {
    let (scope, id) = (scope.to_string(), write.id.to_string());
    connection.prepare_cached(CHANGE)?.execute(named_params! {
        ":scope": scope,
        ":id": id,
        ":incident": json(&write.state)?,
        ":sequence": integer(write.sequence)?,
        ":expires_at": write.expires_at,
    })?;
    for sink in sinks {
        connection.prepare_cached(ADD_CURSOR)?.execute(named_params! {
            ":scope": scope,
            ":id": id,
            ":cursor": cursor_path(*sink),
            ":sequence": integer(write.sequence_before())?,
        })?;
    }
    for sink in &write.passed_by {
        connection.prepare_cached(PASS_BY)?.execute(named_params! {
            ":scope": scope,
            ":id": id,
            ":cursor": cursor_path(*sink),
            ":sequence": integer(write.sequence)?,
        })?;
    }
    Ok(())
}

/// Moves an incident's cursors forward, but never beyond the row's sequence, and creates none.
pub(super) fn acknowledge(connection: &Connection, scope: &Scope, id: Uuid, cursors: &Cursors) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached(ACKNOWLEDGE)?;
    for (sink, sequence) in cursors {
        // As in the rows of items: a missing cursor is null, which is less than nothing.
        statement.execute(named_params! {
            ":scope": scope.to_string(),
            ":id": id.to_string(),
            ":cursor": cursor_path(*sink),
            ":sequence": integer(*sequence)?,
        })?;
    }
    Ok(())
}
