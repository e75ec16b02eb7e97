//! Reading: all that is known of a scope in one query, one item's row, its history, and what was not watched.

use std::ops::ControlFlow;

use anyhow::Context;

use super::{
    DynamoLedger,
    attributes::{Attributes, as_text, required, text},
    expression::Expression,
    history_row,
    poll_row::{self, POLL, SCOPES},
    state_row,
};
use crate::{
    domain::{CoveragePath, ItemKey, ItemPath, Recalled, Scope, Span, StateRow, Unmonitored},
    ports::EachTransition,
};

impl DynamoLedger {
    /// All that is known of a scope: one strongly consistent query, as many pages as it takes.
    pub(super) async fn read_scope(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        let mut condition = Expression::default();
        condition.compare(&[state_row::SCOPE], "=", text(scope));
        let query = self.query(&self.states, &condition).consistent_read(true);
        let mut recalled = Recalled::nothing(scope.clone());
        self.each_row(&self.states, query, |row| {
            let item = required(&row, state_row::ITEM, as_text)?;
            if item == POLL {
                recalled.poll = Some(poll_row::read(scope, &row)?);
            } else if let Ok(key) = item.parse::<ItemKey>() {
                let state = self.read_state_row(scope, &key, row)?;
                recalled.states.insert(key, state);
            }
            // Anything else is a newer version's, such as an item of a kind that AWS has added: it stays as it is.
            Ok(ControlFlow::Continue(()))
        })
        .await?;
        Ok(recalled)
    }

    /// The scopes that were ever polled.
    pub(super) async fn read_scopes(&self) -> anyhow::Result<Vec<Scope>> {
        let mut condition = Expression::default();
        condition.compare(&[state_row::SCOPE], "=", text(SCOPES));
        let query = self.query(&self.states, &condition).consistent_read(true);
        let rows = self.rows(&self.states, query).await?;
        rows.iter().map(|row| Ok(required(row, state_row::ITEM, as_text)?.parse()?)).collect()
    }

    /// The state row of one item, if it has one.
    pub(super) async fn read_state(&self, item: &ItemPath) -> anyhow::Result<Option<StateRow>> {
        let mut condition = Expression::default();
        condition.compare(&[state_row::SCOPE], "=", text(&item.scope));
        condition.compare(&[state_row::ITEM], "=", text(&item.key));
        let query = self.query(&self.states, &condition).consistent_read(true);
        let rows = self.rows(&self.states, query).await?;
        rows.into_iter().next().map(|row| self.read_state_row(&item.scope, &item.key, row)).transpose()
    }

    fn read_state_row(&self, scope: &Scope, key: &ItemKey, row: Attributes) -> anyhow::Result<StateRow> {
        state_row::read(scope, key, row)
            .with_context(|| format!("the state row {:?} in table {:?} is damaged", key.to_string(), self.states.name))
    }

    /// Hands an item's transitions in `span`, ascending, to `each`: page by page, and no further than wanted.
    pub(super) async fn read_each_transition(
        &self,
        item: &ItemPath,
        span: Span,
        each: EachTransition<'_>,
    ) -> anyhow::Result<()> {
        // An empty range is an error to DynamoDB.
        let Some(last) = span.last() else { return Ok(()) };
        let mut condition = Expression::default();
        condition.compare(&[history_row::ITEM], "=", text(item));
        condition.require_between(&[history_row::OCCURRED_AT], text(span.from), text(last));
        let query = self.query(&self.history, &condition).consistent_read(true);
        self.each_row(&self.history, query, |row| Ok(each(history_row::read(&row)?))).await
    }

    /// The unmonitored stretches of a kind that reach into `span`, ascending.
    pub(super) async fn read_unmonitored(&self, path: &CoveragePath, span: Span) -> anyhow::Result<Vec<Unmonitored>> {
        let mut condition = Expression::default();
        condition.compare(&[history_row::ITEM], "=", text(path));
        condition.compare(&[history_row::OCCURRED_AT], ">=", text(span.from));
        let query = self.query(&self.history, &condition).consistent_read(true);
        let mut stretches = Vec::new();
        for row in self.rows(&self.history, query).await? {
            let stretch = history_row::read_unmonitored(path, &row)?;
            if stretch.from < span.until {
                stretches.push(stretch);
            }
        }
        Ok(stretches)
    }
}
