//! The write that makes incidents of transitions: one step of a fold, all of it or nothing.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::{
    columns::{integer, natural},
    history, incidents, resilience, states,
};
use crate::domain::{FoldStep, Folding, RowPath, Scope, SinkName};

pub(super) const OF_SCOPE: &str = "SELECT revision, step FROM folds WHERE scope = :scope";

/// How often a scope was folded.
pub(super) fn revision(connection: &Connection, scope: &Scope) -> anyhow::Result<u64> {
    Ok(last(connection, scope)?.map_or(0, |(revision, _)| revision))
}

/// The scope's revision, and the id of the step that moved it there.
fn last(connection: &Connection, scope: &Scope) -> anyhow::Result<Option<(u64, String)>> {
    connection
        .prepare_cached(OF_SCOPE)?
        .query_row(named_params! {":scope": scope.to_string()}, |row| Ok((natural(row, "revision"), row.get("step")?)))
        .optional()?
        .map(|(revision, step)| Ok((revision?, step)))
        .transpose()
}

/// Writes a step, if the store still says what it was decided from.
pub(super) fn fold(connection: &Connection, step: &FoldStep, sinks: &[SinkName]) -> anyhow::Result<Folding> {
    let last = last(connection, &step.scope)?;
    if last.as_ref().is_some_and(|(_, last)| *last == step.id().to_string()) {
        return Ok(Folding::Folded);
    }
    if last.map_or(0, |(revision, _)| revision) != step.revision || !is_as_recalled(connection, step)? {
        return Ok(Folding::Refused);
    }
    move_on(connection, step)?;
    for member in &step.members {
        states::fold(connection, &step.scope, member)?;
    }
    for incident in &step.incidents {
        let write = if incident.is_new { incidents::insert } else { incidents::change };
        write(connection, &step.scope, incident, sinks)?;
        let path = RowPath::incident(step.scope.clone(), incident.id);
        for (occurred_at, document) in &incident.documents {
            history::insert_document(connection, &path, *occurred_at, document, step.expires_at)?;
        }
    }
    if let Some(known) = &step.resilience {
        resilience::write(connection, &step.scope, known)?;
    }
    Ok(Folding::Folded)
}

/// Whether all rows that a step changes are there and as it was decided on, and none that it makes.
fn is_as_recalled(connection: &Connection, step: &FoldStep) -> anyhow::Result<bool> {
    for member in &step.members {
        if !states::is_as_folded(connection, &step.scope, member)? {
            return Ok(false);
        }
    }
    for incident in &step.incidents {
        if incidents::exists(connection, &step.scope, incident.id)? == incident.is_new {
            return Ok(false);
        }
        let path = RowPath::incident(step.scope.clone(), incident.id);
        for (occurred_at, _) in &incident.documents {
            if history::has(connection, &path, *occurred_at)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Moves the scope's revision on.
fn move_on(connection: &Connection, step: &FoldStep) -> anyhow::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO folds (scope, revision, step) VALUES (:scope, :revision, :step)
             ON CONFLICT (scope) DO UPDATE SET revision = excluded.revision, step = excluded.step",
        )?
        .execute(named_params! {
            ":scope": step.scope.to_string(),
            ":revision": integer(step.revision + 1)?,
            ":step": step.id().to_string(),
        })?;
    Ok(())
}
