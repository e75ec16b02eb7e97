//! The list of scopes: a row for each, under one hash, so that readers need no scan.

use super::{
    attributes::{as_text, required, text},
    expression::Expression,
    state_row,
    tables::Tables,
};
use crate::domain::Scope;

/// The hash under which each scope has a row.
const SCOPES: &str = "scopes";

/// Puts a scope on the list.
pub(super) async fn add(tables: &Tables, scope: &Scope) -> anyhow::Result<()> {
    tables.put_if_absent(&tables.states, state_row::key(SCOPES, scope), state_row::ITEM).await
}

/// The scopes that were ever polled.
pub(super) async fn all(tables: &Tables) -> anyhow::Result<Vec<Scope>> {
    let mut condition = Expression::default();
    condition.compare(&[state_row::SCOPE], "=", text(SCOPES));
    let query = tables.query(&tables.states, &condition).consistent_read(true);
    let rows = tables.rows(&tables.states, query).await?;
    rows.iter().map(|row| Ok(required(row, state_row::ITEM, as_text)?.parse()?)).collect()
}
