//! The read that every poll begins with: all that is known of a scope, in one query.

use std::ops::ControlFlow;

use super::{
    attributes::{as_text, required, text},
    expression::Expression,
    poll_row, state_row,
    tables::Tables,
};
use crate::domain::{ItemKey, Recalled, Scope};

/// All that is known of a scope: one strongly consistent query, as many pages as it takes.
pub(super) async fn recall(tables: &Tables, scope: &Scope) -> anyhow::Result<Recalled> {
    let mut condition = Expression::default();
    condition.compare(&[state_row::SCOPE], "=", text(scope));
    let query = tables.query(&tables.states, &condition).consistent_read(true);
    let mut recalled = Recalled::nothing(scope.clone());
    let read = |row| {
        let item = required(&row, state_row::ITEM, as_text)?;
        if item == poll_row::POLL {
            recalled.poll = Some(poll_row::read(scope, &row)?);
        } else if let Ok(key) = item.parse::<ItemKey>() {
            let state = state_row::read_in(&tables.states, scope, &key, row)?;
            recalled.states.insert(key, state);
        }
        // Anything else is a newer version's, such as an item of a kind that AWS has added: it stays as it is.
        Ok(ControlFlow::Continue(()))
    };
    tables.each_row(&tables.states, query, read).await?;
    Ok(recalled)
}
