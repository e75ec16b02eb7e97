//! What was known of the resilience of an account's destinations: a row of its global scope.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::columns::{json, parse_json};
use crate::domain::{KnownResilience, Recalled, Scope};

pub(super) const OF_SCOPE: &str = "SELECT known FROM resilience WHERE scope = :scope";

/// Takes in the row of a scope. One that cannot be read is a newer version's, or damaged: then nothing is known, and what is
/// seen next is known from then on.
pub(super) fn recall(connection: &Connection, recalled: &mut Recalled) -> anyhow::Result<()> {
    let read = connection
        .prepare_cached(OF_SCOPE)?
        .query_row(named_params! {":scope": recalled.scope.to_string()}, |row| Ok(parse_json(row, "known")))
        .optional()?;
    match read.transpose() {
        Ok(known) => recalled.resilience = known,
        Err(error) => {
            let (scope, error) = (&recalled.scope, format!("{error:#}"));
            tracing::warn!(%scope, error, "what is known of the resilience of its destinations cannot be read");
        }
    }
    Ok(())
}

/// Writes what is known from now on.
pub(super) fn write(connection: &Connection, scope: &Scope, known: &KnownResilience) -> anyhow::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO resilience (scope, known) VALUES (:scope, :known)
             ON CONFLICT (scope) DO UPDATE SET known = excluded.known",
        )?
        .execute(named_params! {":scope": scope.to_string(), ":known": json(known)?})?;
    Ok(())
}
