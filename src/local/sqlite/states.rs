//! State rows: one for each item, with its last known state and each sink's cursor.

use std::collections::BTreeMap;

use anyhow::Context;
use rusqlite::{Connection, Row, named_params};

use super::columns::{cursor_path, integer, json, natural, optional_timestamp, parse_json, timestamp};
use crate::{
    domain::{
        Amendment, Health, ItemKey, Kind, Membership, ParseItemKeyError, Scope, SinkName, State, StateRow, Transition,
    },
    ports::{Cursors, Recording},
};

pub(super) const OF_SCOPE: &str = r#"
    SELECT item, state, level, health, since, seen_at, missed_at, never_up, sequence, last_transition_at, announced,
        suspect, incident_id, "group", details, expires_at
    FROM states WHERE scope = :scope"#;

pub(super) const OF_ITEM: &str = r#"
    SELECT item, state, level, health, since, seen_at, missed_at, never_up, sequence, last_transition_at, announced,
        suspect, incident_id, "group", details, expires_at
    FROM states WHERE scope = :scope AND item = :item"#;

pub(super) const ACKNOWLEDGE: &str = "
    UPDATE states SET announced = json_set(announced, :cursor, :sequence)
    WHERE scope = :scope AND item = :item AND sequence >= :sequence AND json_extract(announced, :cursor) < :sequence";

/// The row of a member, if its cursor of folding and its incident are as they were recalled.
pub(super) const IS_AS_FOLDED: &str = r#"
    SELECT 1 FROM states
    WHERE scope = :scope AND item = :item AND json_extract(announced, :path) IS :cursor AND "group" IS :group"#;

pub(super) const FOLD: &str = r#"
    UPDATE states SET announced = json_set(announced, :path, :cursor), "group" = :group
    WHERE scope = :scope AND item = :item"#;

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

/// Writes the item's row after a transition, and creates it if there is none.
pub(super) fn put(
    connection: &Connection,
    scope: &Scope,
    transition: &Transition,
    announced: &BTreeMap<String, u64>,
) -> anyhow::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO states (scope, item, state, level, health, since, seen_at, missed_at, never_up, name,
                 sequence, last_transition_at, announced, suspect, incident_id, details, expires_at)
             VALUES (:scope, :item, :state, :level, :health, :at, :seen_at, :missed_at, :never_up, :name, :sequence, :at,
                 :announced, NULL, :incident_id, :details, NULL)
             ON CONFLICT (scope, item) DO UPDATE SET state = excluded.state, level = excluded.level,
                 health = excluded.health, since = excluded.since, seen_at = excluded.seen_at,
                 missed_at = excluded.missed_at, never_up = excluded.never_up, name = excluded.name,
                 sequence = excluded.sequence, last_transition_at = excluded.last_transition_at,
                 announced = excluded.announced, suspect = NULL, incident_id = excluded.incident_id,
                 details = excluded.details, expires_at = NULL",
        )?
        .execute(named_params! {
            ":scope": scope.to_string(),
            ":item": transition.key().to_string(),
            ":state": transition.state.value(),
            ":level": transition.state.level(),
            ":health": transition.state.health().as_str(),
            ":at": transition.since.to_string(),
            ":seen_at": transition.seen_at.to_string(),
            ":missed_at": transition.missed_at().map(|at| at.to_string()),
            ":never_up": transition.never_up.then_some(1),
            ":name": transition.item.name,
            ":sequence": integer(transition.sequence)?,
            ":announced": json(announced)?,
            ":incident_id": transition.incident_after().map(|id| id.to_string()),
            ":details": json(&transition.item)?,
        })?;
    Ok(())
}

/// Changes the attributes of a row besides its state, if the row is still as it was recalled.
pub(super) fn amend(connection: &Connection, scope: &Scope, amendment: &Amendment) -> anyhow::Result<Recording> {
    let Some(row) = of_item(connection, scope, &amendment.key)? else { return Ok(Recording::Lost) };
    if row.sequence != amendment.recalled_sequence {
        return Ok(Recording::Lost);
    }
    if row.suspect != amendment.recalled_suspect {
        // Either another poll has changed the row, or this is a repeat of a write that took effect.
        return Ok(if amendment.is_made(&row) { Recording::Recorded } else { Recording::Lost });
    }
    let item = amendment.key.to_string();
    connection
        .prepare_cached(
            "UPDATE states SET suspect = :suspect, seen_at = coalesce(:seen_at, seen_at), expires_at = :expires_at,
                 incident_id = iif(:ends_outage, NULL, incident_id)
             WHERE scope = :scope AND item = :item",
        )?
        .execute(named_params! {
            ":scope": scope.to_string(),
            ":item": item,
            ":suspect": amendment.suspect.as_ref().map(json).transpose()?,
            ":seen_at": amendment.seen_at.map(|at| at.to_string()),
            ":expires_at": amendment.expires_at,
            ":ends_outage": amendment.ends_outage,
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

/// Moves an item's cursors forward, but never beyond the row's sequence, and creates none.
pub(super) fn acknowledge(
    connection: &Connection,
    scope: &Scope,
    key: &ItemKey,
    cursors: &Cursors,
) -> anyhow::Result<()> {
    let mut statement = connection.prepare_cached(ACKNOWLEDGE)?;
    for (sink, sequence) in cursors {
        // A missing cursor extracts as null, and no comparison with null is true. So none is created here.
        statement.execute(named_params! {
            ":scope": scope.to_string(),
            ":item": key.to_string(),
            ":cursor": cursor_path(*sink),
            ":sequence": integer(*sequence)?,
        })?;
    }
    Ok(())
}

/// Whether a member's row is there, and as a step of a fold was decided on.
pub(super) fn is_as_folded(connection: &Connection, scope: &Scope, member: &Membership) -> anyhow::Result<bool> {
    Ok(connection.prepare_cached(IS_AS_FOLDED)?.exists(named_params! {
        ":scope": scope.to_string(),
        ":item": member.key.to_string(),
        ":path": cursor_path(SinkName::INCIDENTS),
        ":cursor": member.recalled_cursor.map(integer).transpose()?,
        ":group": member.recalled_group.map(|id| id.to_string()),
    })?)
}

/// Moves a member's cursor of folding, and says which incident the item is in.
pub(super) fn fold(connection: &Connection, scope: &Scope, member: &Membership) -> anyhow::Result<()> {
    connection.prepare_cached(FOLD)?.execute(named_params! {
        ":scope": scope.to_string(),
        ":item": member.key.to_string(),
        ":path": cursor_path(SinkName::INCIDENTS),
        ":cursor": integer(member.cursor)?,
        ":group": member.group.map(|id| id.to_string()),
    })?;
    Ok(())
}

fn parse(scope: &Scope, row: &Row<'_>) -> anyhow::Result<Option<(ItemKey, StateRow)>> {
    let item: String = row.get("item").with_context(|| format!("a state row of {scope} has no readable item"))?;
    let damaged = || format!("the state row {item:?} of {scope} is damaged");
    let key: ItemKey = match item.parse() {
        Ok(key) => key,
        // Kinds that only a newer version knows are skipped.
        Err(ParseItemKeyError::Kind(_)) => return Ok(None),
        Err(error) => return Err(error).with_context(damaged),
    };
    let state = parse_columns(key.kind, row).with_context(damaged)?;
    Ok(Some((key, state)))
}

fn parse_columns(kind: Kind, row: &Row<'_>) -> anyhow::Result<StateRow> {
    let suspect: Option<String> = row.get("suspect")?;
    let incident_id: Option<String> = row.get("incident_id")?;
    let group: Option<String> = row.get("group")?;
    let (word, level): (String, _) = (row.get("state")?, natural(row, "level")?);
    let health = row.get::<_, String>("health")?.parse::<Health>().map_err(anyhow::Error::msg).context("health")?;
    Ok(StateRow {
        state: State::recalled(kind, &word, Some(level), Some(health)),
        since: timestamp(row, "since")?,
        seen_at: optional_timestamp(row, "seen_at")?,
        missed_at: optional_timestamp(row, "missed_at")?,
        never_up: row.get::<_, Option<bool>>("never_up")?.unwrap_or_default(),
        sequence: natural(row, "sequence")?,
        last_transition_at: timestamp(row, "last_transition_at")?,
        announced: parse_json(row, "announced")?,
        suspect: suspect.map(|text| serde_json::from_str(&text)).transpose().context("suspect")?,
        incident_id: incident_id.map(|text| text.parse()).transpose().context("incident_id")?,
        group: group.map(|text| text.parse()).transpose().context("group")?,
        details: parse_json(row, "details")?,
        expires_at: row.get("expires_at")?,
    })
}
