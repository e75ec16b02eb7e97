//! History as the outbox: what a sink has not acknowledged, and what it will never have.

use anyhow::bail;
use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    DynamoLedger,
    attributes::{Attributes, text},
    calls::Updated,
    expression::Expression,
    failure::Attempt,
    history_row,
};
use crate::{
    domain::{HistoryRow, ItemPath},
    ports::Parking,
};

/// How many rows the first page of pending ones may hold; each later page holds ten times as many as the one before.
/// Usually one or two are pending, of a history of hundreds, and what is read is paid for.
const FIRST_PAGE: i32 = 10;

/// How often parking goes from one form of the write to the other.
const PARK_ATTEMPTS: usize = 4;

impl DynamoLedger {
    /// The item's rows above `cursor`, ascending.
    ///
    /// Read newest-first until the row after the cursor: sequences below it may come again further back, from before the
    /// item's state row was lost.
    pub(super) async fn read_pending(&self, item: &ItemPath, cursor: u64) -> anyhow::Result<Vec<HistoryRow>> {
        let mut condition = Expression::default();
        condition.compare(&[history_row::ITEM], "=", text(item));
        let newest_first = self.query(&self.history, &condition).consistent_read(true).scan_index_forward(false);
        let mut pending = Vec::new();
        let (mut start, mut limit) = (None, FIRST_PAGE);
        'pages: loop {
            let page = newest_first.clone().set_exclusive_start_key(start).limit(limit).send().await;
            let page = page.map_err(|error| {
                Attempt { operation: "Query", tables: vec![&self.history], actions: &["Query"], index: None }
                    .failure(&error)
            })?;
            for row in page.items() {
                let row = history_row::read(row)?;
                let sequence = row.sequence;
                if sequence > cursor {
                    pending.push(row);
                }
                if sequence <= cursor.saturating_add(1) {
                    break 'pages;
                }
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                break;
            }
            limit = limit.saturating_mul(10);
        }
        pending.reverse();
        Ok(pending)
    }

    /// Marks a row as one that a sink will never have, and says why.
    ///
    /// A path into a map that is not there cannot be set, and a whole map would overwrite another sink's mark: one of the
    /// two forms fits, and its condition says which.
    pub(super) async fn mark_parked(&self, parking: &Parking<'_>) -> anyhow::Result<()> {
        let Parking { item, occurred_at, sink, reason } = *parking;
        let row_key = history_row::key(item, occurred_at);
        let mut first_mark = true;
        for _ in 0..PARK_ATTEMPTS {
            let mut expression = Expression::default();
            expression.require_presence(&[history_row::EVENT]);
            if first_mark {
                expression.require_absence(&[history_row::PARKED]);
                let marks = Attributes::from([(sink.as_str().to_owned(), text(reason))]);
                expression.set(&[history_row::PARKED], AttributeValue::M(marks));
            } else {
                expression.require_presence(&[history_row::PARKED]);
                expression.set(&[history_row::PARKED, sink.as_str()], text(reason));
            }
            match self.update(&self.history, row_key.clone(), &expression).await? {
                Updated::Written => return Ok(()),
                Updated::Refused(Some(row)) if row.contains_key(history_row::EVENT) => {
                    first_mark = !row.contains_key(history_row::PARKED);
                }
                Updated::Refused(_) => bail!("table {:?} has no such row", self.history.name),
            }
        }
        bail!("other polls changed the row {PARK_ATTEMPTS} times")
    }
}
