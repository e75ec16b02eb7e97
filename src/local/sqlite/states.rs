//! State rows: one an item, with its last known state and each sink's cursor.

use std::collections::BTreeMap;

use anyhow::Context;
use rusqlite::{Connection, Row, named_params};

use super::columns::{integer, json, natural, parse_json, timestamp};
use crate::{
    domain::{Amendment, ItemKey, ItemPath, Kind, ParseItemKeyError, Scope, State, StateRow, Transition},
    ports::{Cursors, Recording},
};

pub(super) const OF_SCOPE: &str = "
    SELECT item, state, level, since, sequence, last_transition_at, announced, suspect, incident_id, details, expires_at
    FROM states WHERE scope = :scope";

pub(super) const OF_ITEM: &str = "
    SELECT item, state, level, since, sequence, last_transition_at, announced, suspect, incident_id, details, expires_at
    FROM states WHERE scope = :scope AND item = :item";

pub(super) const ACKNOWLEDGE: &str = "
    UPDATE states SET announced = json_set(announced, :cursor, :sequence)
    WHERE scope = :scope AND item = :item AND sequence >= :sequence AND json_extract(announced, :cursor) < :sequence";

/// All state rows of a scope whose kinds this version knows.
pub(super) fn of_scope(connection: &Connection, scope: &Scope) -> anyhow::Result<BTreeMap<ItemKey, StateRow>> {
    let mut statement = connection.prepare_cached(OF_SCOPE)?;
    let mut rows = statement.query(named_params! {":scope": scope.to_string()})?;
    let mut states = BTreeMap::new();
    while let Some(row) = rows.next()? {
        if let Some((key, state)) = parse(scope, row)? {
            states.insert(key, state);
        }
    }
    Ok(states)
}

/// The state row of an item.
pub(super) fn of_item(connection: &Connection, scope: &Scope, key: &ItemKey) -> anyhow::Result<Option<StateRow>> {
    let mut statement = connection.prepare_cached(OF_ITEM)?;
    let mut rows = statement.query(named_params! {":scope": scope.to_string(), ":item": key.to_string()})?;
    match rows.next()? {
        Some(row) => Ok(parse(scope, row)?.map(|(_, state)| state)),
        None => Ok(None),
    }
}

/// Whether an item has a state row.
pub(super) fn exists(connection: &Connection, scope: &Scope, key: &ItemKey) -> anyhow::Result<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM states WHERE scope = :scope AND item = :item")?
        .exists(named_params! {":scope": scope.to_string(), ":item": key.to_string()})?)
}

/// Writes what a transition makes of its item's row, new or old.
pub(super) fn put(
    connection: &Connection,
    scope: &Scope,
    transition: &Transition,
    announced: &BTreeMap<String, u64>,
) -> anyhow::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO states (scope, item, state, level, health, since, name, sequence, last_transition_at, announced,
                 suspect, incident_id, details, expires_at)
             VALUES (:scope, :item, :state, :level, :health, :at, :name, :sequence, :at, :announced,
                 NULL, :incident_id, :details, NULL)
             ON CONFLICT (scope, item) DO UPDATE SET state = excluded.state, level = excluded.level,
                 health = excluded.health, since = excluded.since, name = excluded.name, sequence = excluded.sequence,
                 last_transition_at = excluded.last_transition_at, announced = excluded.announced, suspect = NULL,
                 incident_id = excluded.incident_id, details = excluded.details, expires_at = NULL",
        )?
        .execute(named_params! {
            ":scope": scope.to_string(),
            ":item": transition.key().to_string(),
            ":state": transition.state.value(),
            ":level": transition.state.level(),
            ":health": transition.state.health().as_str(),
            ":at": transition.since.to_string(),
            ":name": transition.item.name,
            ":sequence": integer(transition.sequence)?,
            ":announced": json(announced)?,
            ":incident_id": transition.incident_after().map(|id| id.to_string()),
            ":details": json(&transition.item)?,
        })?;
    Ok(())
}

/// Changes what a row says besides its state, if it is still as it was recalled.
pub(super) fn amend(connection: &Connection, scope: &Scope, amendment: &Amendment) -> anyhow::Result<Recording> {
    let Some(row) = of_item(connection, scope, &amendment.key)? else { return Ok(Recording::Lost) };
    if row.sequence != amendment.recalled_sequence {
        return Ok(Recording::Lost);
    }
    if row.suspect != amendment.recalled_suspect {
        // Either another poll knows better, or this is a repeat that finds what it wrote before.
        let is_own = row.suspect == amendment.suspect
            && row.expires_at == amendment.expires_at
            && amendment.details.as_ref().is_none_or(|details| *details == row.details);
        return Ok(if is_own { Recording::Recorded } else { Recording::Lost });
    }
    let item = amendment.key.to_string();
    connection
        .prepare_cached(
            "UPDATE states SET suspect = :suspect, expires_at = :expires_at WHERE scope = :scope AND item = :item",
        )?
        .execute(named_params! {
            ":scope": scope.to_string(),
            ":item": item,
            ":suspect": amendment.suspect.as_ref().map(json).transpose()?,
            ":expires_at": amendment.expires_at,
        })?;
    if let Some(details) = &amendment.details {
        connection
            .prepare_cached("UPDATE states SET details = :details, name = :name WHERE scope = :scope AND item = :item")?
            .execute(named_params! {
                ":scope": scope.to_string(),
                ":item": item,
                ":details": json(details)?,
                ":name": details.name,
            })?;
    }
    Ok(Recording::Recorded)
}

/// Moves cursors forward, as far as there are such cursors and the row has come that far.
pub(super) fn acknowledge(connection: &Connection, item: &ItemPath, cursors: &Cursors) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached(ACKNOWLEDGE)?;
    for (sink, sequence) in cursors {
        // A comparison with the null that a missing cursor extracts as is not true: no cursor is made here.
        statement.execute(named_params! {
            ":scope": item.scope.to_string(),
            ":item": item.key.to_string(),
            ":cursor": format!("$.\"{sink}\""),
            ":sequence": integer(*sequence)?,
        })?;
    }
    Ok(())
}

fn parse(scope: &Scope, row: &Row<'_>) -> anyhow::Result<Option<(ItemKey, StateRow)>> {
    let item: String = row.get("item").with_context(|| format!("a state row of {scope} has no readable item"))?;
    let damaged = || format!("the state row {item:?} of {scope} is damaged");
    let key: ItemKey = match item.parse() {
        Ok(key) => key,
        // A newer version's: it is none of ours, and it stays.
        Err(ParseItemKeyError::Kind(_)) => return Ok(None),
        Err(error) => return Err(error).with_context(damaged),
    };
    let state = parse_columns(key.kind, row).with_context(damaged)?;
    Ok(Some((key, state)))
}

fn parse_columns(kind: Kind, row: &Row<'_>) -> anyhow::Result<StateRow> {
    let suspect: Option<String> = row.get("suspect")?;
    let incident_id: Option<String> = row.get("incident_id")?;
    Ok(StateRow {
        state: State::recalled(kind, &row.get::<_, String>("state")?, natural(row, "level")?),
        since: timestamp(row, "since")?,
        sequence: natural(row, "sequence")?,
        last_transition_at: timestamp(row, "last_transition_at")?,
        announced: parse_json(row, "announced")?,
        suspect: suspect.map(|text| serde_json::from_str(&text)).transpose().context("suspect")?,
        incident_id: incident_id.map(|text| text.parse()).transpose().context("incident_id")?,
        details: parse_json(row, "details")?,
        expires_at: row.get("expires_at")?,
    })
}
