//! The list of scopes: a row for each, under one hash, so that readers need no scan.

use super::{
    attributes::{as_text, as_timestamp, optional, required, text},
    expression::Expression,
    state_row,
    tables::Tables,
};
use crate::domain::{ListedScope, Scope};

/// The hash under which each scope has a row.
const SCOPES: &str = "scopes";
/// Since when a scope is no longer configured; exists only while it is not.
const RETIRED_AT: &str = "retired_at";

/// Adds a scope to the list.
pub(super) async fn add(tables: &Tables, scope: &Scope) -> anyhow::Result<()> {
    tables.put_if_absent(&tables.states, state_row::key(SCOPES, scope), state_row::ITEM).await
}

/// The scopes that were ever polled.
pub(super) async fn all(tables: &Tables) -> anyhow::Result<Vec<ListedScope>> {
    let mut condition = Expression::default();
    condition.compare(&[state_row::SCOPE], "=", text(SCOPES));
    let query = tables.query(&tables.states, &condition).consistent_read(true);
    let rows = tables.rows(&tables.states, query).await?;
    let read = |row| {
        let scope: Scope = required(row, state_row::ITEM, as_text)?.parse()?;
        Ok(ListedScope { scope, retired_at: optional(row, RETIRED_AT, as_timestamp)? })
    };
    rows.iter().map(read).collect()
}

/// Records since when a scope on the list is no longer configured, or that it is polled again.
pub(super) async fn relist(tables: &Tables, listed: &ListedScope) -> anyhow::Result<()> {
    let mut expression = Expression::default();
    expression.require_presence(&[state_row::ITEM]);
    match listed.retired_at {
        Some(at) => expression.set_if_absent(&[RETIRED_AT], text(at)),
        None => expression.remove(&[RETIRED_AT]),
    }
    // This is refused if the scope is not on the list; then there is nothing to record.
    tables.update(&tables.states, state_row::key(SCOPES, &listed.scope), &expression).await?;
    Ok(())
}
