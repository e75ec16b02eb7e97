//! The state rows: one for each item, with its last known state and each sink's cursor. Also the small writes that
//! change neither the state nor the history.

use std::sync::Arc;

use anyhow::Context;
use aws_sdk_dynamodb::types::AttributeValue;
use uuid::Uuid;

use super::{
    attributes::{
        Attributes, as_bool, as_document, as_integer, as_map, as_natural, as_text, as_timestamp, document,
        into_document, number, optional, required, taken, text,
    },
    calls::Updated,
    expression::Expression,
    tables::{Table, Tables},
};
use crate::{
    domain::{
        Amendment, Health, ItemDescription, ItemKey, ItemPath, RowPath, Scope, SinkName, State, StateRow, Suspect,
        Transition,
    },
    ports::{Cursors, Record, Recording},
};

pub(super) const SCOPE: &str = "scope";
pub(super) const ITEM: &str = "item";
pub(super) const SEQUENCE: &str = "sequence";
pub(super) const LAST_TRANSITION_AT: &str = "last_transition_at";
pub(super) const ANNOUNCED: &str = "announced";
const SUSPECT: &str = "suspect";
pub(super) const EXPIRES_AT: &str = "expires_at";
/// The id of the announced incident that the item is a member of. `incident_id` is that of the item's own outage.
pub(super) const GROUP: &str = "group";
const STATE: &str = "state";
const LEVEL: &str = "level";
const HEALTH: &str = "health";
const SINCE: &str = "since";
const NAME: &str = "name";
const INCIDENT_ID: &str = "incident_id";
const DETAILS: &str = "details";
const LAST_SEEN_AT: &str = "last_seen_at";
const UNKNOWN_AT: &str = "unknown_at";
const MISSED_AT: &str = "missed_at";
const SEEN_AT: &str = "seen_at";
const NEVER_UP: &str = "never_up";

/// The key of the row of `item` (an item's key, or the name of a row of another sort) in `scope`.
pub(super) fn key(scope: impl ToString, item: impl ToString) -> Attributes {
    Attributes::from([(SCOPE.to_owned(), text(scope)), (ITEM.to_owned(), text(item))])
}

/// The attributes that a transition sets in its item's row (a value) or removes from it (none), without cursors,
/// suspect and expiry.
fn stated(transition: &Transition) -> anyhow::Result<[(&'static str, Option<AttributeValue>); 12]> {
    Ok([
        (STATE, Some(text(transition.state.value()))),
        (LEVEL, Some(number(transition.state.level()))),
        (HEALTH, Some(text(transition.state.health()))),
        (SINCE, Some(text(transition.since))),
        (SEEN_AT, Some(text(transition.seen_at))),
        (MISSED_AT, transition.missed_at().map(text)),
        (NEVER_UP, transition.never_up.then_some(AttributeValue::Bool(true))),
        (NAME, transition.item.name.as_ref().map(text)),
        (SEQUENCE, Some(number(transition.sequence))),
        (LAST_TRANSITION_AT, Some(text(transition.since))),
        (INCIDENT_ID, transition.incident_after().map(text)),
        (DETAILS, Some(document(&transition.item)?)),
    ])
}

/// The first row of an item, with every cursor of `sinks` at `cursor`, except those of sinks that skip the transition.
pub(super) fn new(record: &Record<'_>, sinks: &[SinkName], cursor: u64) -> anyhow::Result<Attributes> {
    let transition = record.transition;
    let mut row = key(transition.scope(), transition.key());
    let stated = stated(transition)?.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    row.extend(stated);
    let mut announced = cursors(sinks, cursor);
    announced.extend(cursors(record.passed_by, transition.sequence));
    row.insert(ANNOUNCED.to_owned(), AttributeValue::M(announced));
    Ok(row)
}

/// Cursors of `sinks`, all at `cursor`.
pub(super) fn cursors(sinks: &[SinkName], cursor: u64) -> Attributes {
    sinks.iter().map(|sink| (sink.as_str().to_owned(), number(cursor))).collect()
}

/// Gives a row without cursors, which should not exist, an empty map of them: a path into a missing map cannot be set.
pub(super) async fn make_cursors(tables: &Tables, key: Attributes) -> anyhow::Result<()> {
    let mut expression = Expression::default();
    expression.require_presence(&[ITEM]);
    expression.set_if_absent(&[ANNOUNCED], AttributeValue::M(Attributes::new()));
    // This is refused if the row has been deleted meanwhile; the transaction will find that out too.
    tables.update(&tables.states, key, &expression).await?;
    Ok(())
}

/// Sets and removes the attributes that a transition changes.
pub(super) fn set_transition(expression: &mut Expression, transition: &Transition) -> anyhow::Result<()> {
    for (name, value) in stated(transition)? {
        expression.put(&[name], value);
    }
    expression.remove(&[SUSPECT]);
    expression.remove(&[EXPIRES_AT]);
    Ok(())
}

/// Sets the item's description.
fn set_details(expression: &mut Expression, details: &ItemDescription) -> anyhow::Result<()> {
    expression.set(&[DETAILS], document(details)?);
    expression.put(&[NAME], details.name.as_ref().map(text));
    Ok(())
}

/// Requires that the suspect is this one. It is compared key by key, since a newer version may have added keys.
pub(super) fn require_suspect(expression: &mut Expression, suspect: Option<&Suspect>) -> anyhow::Result<()> {
    let Some(suspect) = suspect else {
        expression.require_absence(&[SUSPECT]);
        return Ok(());
    };
    for (name, value) in suspect_attributes(suspect)? {
        match value {
            Some(value) => expression.compare(&[SUSPECT, name], "=", value),
            None => expression.require_absence(&[SUSPECT, name]),
        }
    }
    Ok(())
}

/// Replaces the suspect `recalled` by `suspect`, and changes only the keys that this version knows.
fn set_suspect(
    expression: &mut Expression,
    recalled: Option<&Suspect>,
    suspect: Option<&Suspect>,
) -> anyhow::Result<()> {
    match (recalled, suspect) {
        (_, None) => expression.remove(&[SUSPECT]),
        (None, Some(suspect)) => expression.set(&[SUSPECT], document(suspect)?),
        (Some(_), Some(suspect)) => {
            for (name, value) in suspect_attributes(suspect)? {
                expression.put(&[SUSPECT, name], value);
            }
        }
    }
    Ok(())
}

fn suspect_attributes(suspect: &Suspect) -> anyhow::Result<[(&'static str, Option<AttributeValue>); 6]> {
    Ok([
        ("state", Some(document(&suspect.state)?)),
        ("polls", Some(number(suspect.polls))),
        ("since", Some(text(suspect.since))),
        ("at", Some(text(suspect.at))),
        (LAST_SEEN_AT, suspect.last_seen_at.map(text)),
        (UNKNOWN_AT, suspect.unknown_at.map(text)),
    ])
}

/// Changes attributes of a row other than its state, if the row is still as it was recalled.
pub(super) async fn amend(tables: &Tables, scope: &Scope, amendment: &Amendment) -> anyhow::Result<Recording> {
    let mut expression = Expression::default();
    expression.compare(&[SEQUENCE], "=", number(amendment.recalled_sequence));
    require_suspect(&mut expression, amendment.recalled_suspect.as_ref())?;
    if amendment.suspect != amendment.recalled_suspect {
        let (recalled, suspect) = (amendment.recalled_suspect.as_ref(), amendment.suspect.as_ref());
        set_suspect(&mut expression, recalled, suspect)?;
    }
    expression.put(&[EXPIRES_AT], amendment.expires_at.map(number));
    if let Some(seen_at) = amendment.seen_at {
        expression.set(&[SEEN_AT], text(seen_at));
    }
    if amendment.ends_outage {
        expression.remove(&[INCIDENT_ID]);
    }
    if let Some(details) = &amendment.details {
        set_details(&mut expression, details)?;
    }
    match tables.update(&tables.states, key(scope, &amendment.key), &expression).await? {
        Updated::Written => Ok(Recording::Recorded),
        Updated::Refused(Some(row)) if is_amended(scope, amendment, &row) => Ok(Recording::Recorded),
        Updated::Refused(_) => Ok(Recording::Lost),
    }
}

/// Moves cursors forward: those that exist, and no further than the row's own sequence.
pub(super) async fn acknowledge(tables: &Tables, path: &RowPath, cursors: &Cursors) -> anyhow::Result<()> {
    let mut left = cursors.clone();
    while !left.is_empty() {
        let mut expression = Expression::default();
        for (sink, sequence) in &left {
            let cursor = [ANNOUNCED, sink.as_str()];
            expression.compare(&cursor, "<", number(*sequence));
            expression.compare(&[SEQUENCE], ">=", number(*sequence));
            expression.set(&cursor, number(*sequence));
        }
        let refused = match tables.update(&tables.states, key(&path.scope, &path.key), &expression).await? {
            Updated::Written => return Ok(()),
            Updated::Refused(row) => row.unwrap_or_default(),
        };
        // Another poll, or an earlier call of ours whose answer was lost, has moved one of the cursors as far or
        // further; or the row has no such cursor. The others are tried without it. Each iteration has fewer cursors
        // than the one before, so the loop ends.
        let before = left.len();
        left.retain(|sink, sequence| is_to_be_moved(&refused, *sink, *sequence));
        if left.len() == before {
            return Ok(());
        }
    }
    Ok(())
}

/// Whether the row has this cursor, the cursor is below `sequence`, and the row's own sequence is not.
fn is_to_be_moved(row: &Attributes, sink: SinkName, sequence: u64) -> bool {
    let cursor = row.get(ANNOUNCED).and_then(|cursors| as_natural(cursors.as_m().ok()?.get(sink.as_str())?).ok());
    let head = row.get(SEQUENCE).and_then(|head| as_natural(head).ok());
    cursor.is_some_and(|cursor| cursor < sequence) && head.is_some_and(|head| head >= sequence)
}

/// Whether `row` already has the changes of `amendment`, from an earlier call whose answer was lost.
fn is_amended(scope: &Scope, amendment: &Amendment, row: &Attributes) -> bool {
    read(scope, &amendment.key, row.clone()).is_ok_and(|row| amendment.is_made(&row))
}

/// The row of an item, if it has one.
pub(super) async fn of_item(tables: &Tables, item: &ItemPath) -> anyhow::Result<Option<StateRow>> {
    let mut condition = Expression::default();
    condition.compare(&[SCOPE], "=", text(&item.scope));
    condition.compare(&[ITEM], "=", text(&item.key));
    let query = tables.query(&tables.states, &condition).consistent_read(true);
    let rows = tables.rows(&tables.states, query).await?;
    rows.into_iter().next().map(|row| read_in(&tables.states, &item.scope, &item.key, row)).transpose()
}

/// Reads the row of `key`, found in `table`.
pub(super) fn read_in(table: &Table, scope: &Scope, key: &ItemKey, row: Attributes) -> anyhow::Result<StateRow> {
    read(scope, key, row)
        .with_context(|| format!("the state row {:?} in table {:?} is damaged", key.to_string(), table.name))
}

/// Reads the row of `key`.
///
/// Descriptive attributes may be missing, as in rows of older versions, or unreadable, as in rows of newer ones. They
/// are then ignored and stay as they are. Attributes that decide on sequences and announcements must be right: a guess
/// there would lose a transition or announce it twice.
fn read(scope: &Scope, key: &ItemKey, mut row: Attributes) -> anyhow::Result<StateRow> {
    let details = readable(scope, key, taken(&mut row, DETAILS, into_document));
    let row = &row;
    let word = required(row, STATE, as_text)?;
    let level = optional(row, LEVEL, as_natural)?;
    let health = readable(scope, key, optional(row, HEALTH, as_health));
    Ok(StateRow {
        state: State::recalled(key.kind, &word, level, health),
        since: required(row, SINCE, as_timestamp)?,
        seen_at: readable(scope, key, optional(row, SEEN_AT, as_timestamp)),
        missed_at: readable(scope, key, optional(row, MISSED_AT, as_timestamp)),
        never_up: readable(scope, key, optional(row, NEVER_UP, as_bool)).unwrap_or_default(),
        sequence: required(row, SEQUENCE, as_natural)?,
        last_transition_at: required(row, LAST_TRANSITION_AT, as_timestamp)?,
        announced: optional(row, ANNOUNCED, |value| as_map(value, as_natural))?.unwrap_or_default(),
        suspect: readable(scope, key, optional(row, SUSPECT, as_document)),
        incident_id: readable(scope, key, optional(row, INCIDENT_ID, as_uuid)),
        group: readable(scope, key, optional(row, GROUP, as_uuid)),
        details: details.unwrap_or_else(|| Arc::new(ItemDescription::bare(scope, key))),
        expires_at: readable(scope, key, optional(row, EXPIRES_AT, as_integer)),
    })
}

fn as_uuid(value: &AttributeValue) -> anyhow::Result<Uuid> {
    as_text(value)?.parse().context("it is not a UUID")
}

fn as_health(value: &AttributeValue) -> anyhow::Result<Health> {
    as_text(value)?.parse().map_err(anyhow::Error::msg)
}

fn readable<T>(scope: &Scope, key: &ItemKey, value: anyhow::Result<Option<T>>) -> Option<T> {
    value.unwrap_or_else(|error| {
        tracing::warn!(%scope, item = %key, error = format!("{error:#}"), "a state row is not wholly readable");
        None
    })
}

#[cfg(test)]
mod tests;
