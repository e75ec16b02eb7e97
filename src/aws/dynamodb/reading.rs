//! Reading: all that is known of a scope in one query, and history by item, by time and by what was not watched.

use anyhow::Context;
use futures::{StreamExt, TryStreamExt, stream};

use super::{
    DynamoLedger,
    attributes::{Attributes, as_text, required, text},
    expression::Expression,
    failure::Attempt,
    history_row,
    poll_row::{self, POLL, SCOPES},
    state_row,
};
use crate::domain::{HistoryRow, ItemKey, Kind, Recalled, Scope, Timestamp, Unmonitored};

const DAY_MILLISECONDS: i64 = 86_400_000;

/// Up to how many days everybody's history is asked for day by day. A longer range covers a good part of all that is kept
/// (400 days unless configured otherwise): reading the index from end to end costs hardly more than the range itself, and
/// a range without bounds does not become a query for each day of the calendar.
const DAYS_BY_QUERY: i64 = 100;

/// How many days are asked for at the same time.
const QUERIES_IN_FLIGHT: usize = 8;

impl DynamoLedger {
    /// All that is known of a scope: one strongly consistent query, as many pages as it takes.
    pub(super) async fn read_scope(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        let mut condition = Expression::default();
        condition.compare(&[state_row::SCOPE], "=", text(scope));
        let query = self.query(&self.states, &condition).consistent_read(true);
        let mut recalled = Recalled::nothing(scope.clone());
        for row in self.rows(&self.states, query).await? {
            let item = required(&row, state_row::ITEM, as_text)?;
            if item == POLL {
                recalled.poll = Some(poll_row::read(scope, &row)?);
            } else if let Ok(key) = item.parse::<ItemKey>() {
                let state = state_row::read(scope, &key, &row)
                    .with_context(|| format!("the state row {item:?} in table {:?} is damaged", self.states.name))?;
                recalled.states.insert(key, state);
            }
            // Anything else is a newer version's, such as an item of a kind that AWS has added: it stays as it is.
        }
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

    /// An item's transitions in `from..until`, ascending.
    pub(super) async fn read_transitions(
        &self,
        scope: &Scope,
        key: &ItemKey,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<HistoryRow>> {
        let Some(last) = last_before(from, until) else { return Ok(Vec::new()) };
        let mut condition = Expression::default();
        condition.compare(&[history_row::ITEM], "=", text(history_row::item(scope, key)));
        condition.require_between(&[history_row::OCCURRED_AT], text(from), text(last));
        let query = self.query(&self.history, &condition).consistent_read(true);
        self.rows(&self.history, query).await?.iter().map(history_row::read).collect()
    }

    /// Everybody's transitions in `from..until`, by time. The index follows the table within moments.
    pub(super) async fn read_all_transitions(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<HistoryRow>> {
        let Some(last) = last_before(from, until) else { return Ok(Vec::new()) };
        let day = |at: Timestamp| at.milliseconds().div_euclid(DAY_MILLISECONDS);
        let mut rows: Vec<Attributes> = if day(last) - day(from) < DAYS_BY_QUERY {
            stream::iter(day(from)..=day(last))
                .map(|day| self.day(Timestamp::from_milliseconds(day * DAY_MILLISECONDS), from, last))
                .buffered(QUERIES_IN_FLIGHT)
                .try_concat()
                .await?
        } else {
            self.whole_index(from, last).await?
        };
        rows.retain(history_row::is_transition);
        let mut transitions = Vec::with_capacity(rows.len());
        for row in &rows {
            transitions.push((history_row::read(row)?, required(row, history_row::ITEM, as_text)?));
        }
        transitions.sort_by(|(a, a_item), (b, b_item)| (a.occurred_at, a_item).cmp(&(b.occurred_at, b_item)));
        Ok(transitions.into_iter().map(|(row, _)| row).collect())
    }

    /// The rows of a day between two instants, both included.
    async fn day(&self, day: Timestamp, from: Timestamp, last: Timestamp) -> anyhow::Result<Vec<Attributes>> {
        let mut condition = Expression::default();
        condition.compare(&[history_row::DAY], "=", text(day.day()));
        condition.require_between(&[history_row::OCCURRED_AT], text(from), text(last));
        let query = self.query(&self.history, &condition).index_name(history_row::BY_DAY);
        self.rows(&self.history, query).await
    }

    /// The rows between two instants, both included, found by reading the whole index.
    async fn whole_index(&self, from: Timestamp, last: Timestamp) -> anyhow::Result<Vec<Attributes>> {
        let mut filter = Expression::default();
        filter.require_between(&[history_row::OCCURRED_AT], text(from), text(last));
        let scan = self
            .client
            .scan()
            .table_name(&self.history.name)
            .index_name(history_row::BY_DAY)
            .set_filter_expression(filter.condition())
            .set_expression_attribute_names(filter.names())
            .set_expression_attribute_values(filter.values());
        let rows = scan.into_paginator().items().send().collect::<Result<_, _>>().await;
        rows.map_err(|error| {
            Attempt { operation: "Scan", tables: vec![&self.history], actions: &["Scan"] }.failure(&error)
        })
    }

    /// The unmonitored stretches of a kind that reach into `from..until`, ascending.
    pub(super) async fn read_unmonitored(
        &self,
        scope: &Scope,
        kind: Kind,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<Unmonitored>> {
        let mut condition = Expression::default();
        condition.compare(&[history_row::ITEM], "=", text(history_row::coverage_item(scope, kind)));
        condition.compare(&[history_row::OCCURRED_AT], ">=", text(from));
        let query = self.query(&self.history, &condition).consistent_read(true);
        let mut stretches = Vec::new();
        for row in self.rows(&self.history, query).await? {
            let stretch = history_row::read_unmonitored(scope, kind, &row)?;
            if stretch.from < until {
                stretches.push(stretch);
            }
        }
        Ok(stretches)
    }
}

/// The last instant of `from..until`; none if the range is empty. A range whose end lies before its start is an error to
/// DynamoDB.
fn last_before(from: Timestamp, until: Timestamp) -> Option<Timestamp> {
    (from < until).then(|| Timestamp::from_milliseconds(until.milliseconds() - 1))
}
