//! Records first sights in bulk: many items in one transaction, with the same rows as single records, but marked as
//! announced.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::{
    attributes::{Attributes, size},
    calls::{Cancellation, Transacted, put_new},
    history_row, state_row,
    tables::Tables,
};
use crate::{
    domain::{Scope, SinkName},
    ports::{Record, Throttled},
};

/// Limits that stay below those of a DynamoDB transaction: 100 actions, of which an item needs two, and 4 MB.
const MAXIMUM_ITEMS: usize = 50;
const MAXIMUM_BYTES: usize = 3_000_000;

/// A first sight that is being written.
struct FirstSight<'a> {
    record: &'a Record<'a>,
    state: Attributes,
    /// None if the history already has it.
    history: Option<Attributes>,
}

impl FirstSight<'_> {
    fn size(&self) -> usize {
        size(&self.state) + self.history.as_ref().map_or(0, size)
    }
}

/// Writes those of `records` whose items have no row yet.
pub(super) async fn record_baseline(
    tables: &Tables,
    scope: &Scope,
    records: &[Record<'_>],
    sinks: &[SinkName],
) -> anyhow::Result<()> {
    let mut batch: Vec<FirstSight<'_>> = Vec::new();
    let mut bytes = 0;
    for record in records {
        let state = state_row::new(record, sinks, 1)?;
        let history = Some(history_row::new(record)?);
        let first_sight = FirstSight { record, state, history };
        let full = batch.len() == MAXIMUM_ITEMS || bytes + first_sight.size() > MAXIMUM_BYTES;
        if full && !batch.is_empty() {
            write_batch(tables, scope, std::mem::take(&mut batch)).await?;
            bytes = 0;
        }
        bytes += first_sight.size();
        batch.push(first_sight);
    }
    write_batch(tables, scope, batch).await
}

/// Writes a batch. If some of it exists already, writes the rest. Each iteration has less to write than the one before,
/// so the loop ends.
async fn write_batch(tables: &Tables, scope: &Scope, mut batch: Vec<FirstSight<'_>>) -> anyhow::Result<()> {
    while !batch.is_empty() {
        let mut actions = Vec::new();
        for first_sight in &batch {
            actions.push(put_new(&tables.states, first_sight.state.clone(), state_row::ITEM)?);
            if let Some(history) = &first_sight.history {
                actions.push(put_new(&tables.history, history.clone(), history_row::ITEM)?);
            }
        }
        match tables.transact(actions.clone()).await? {
            Transacted::Written => return Ok(()),
            Transacted::Canceled(cancellation) => batch = remaining(tables, scope, batch, &actions, &cancellation)?,
        }
    }
    Ok(())
}

/// What of a batch is still to be written.
fn remaining<'a>(
    tables: &Tables,
    scope: &Scope,
    batch: Vec<FirstSight<'a>>,
    actions: &[TransactWriteItem],
    cancellation: &Cancellation,
) -> anyhow::Result<Vec<FirstSight<'a>>> {
    let subject = |action| subject(actions, action);
    if let Some(problem) = cancellation.problem(subject) {
        let problem = tables.transaction().because(&problem);
        return Err(if cancellation.was_throttled() { Throttled(problem).into() } else { problem });
    }
    if !(0..actions.len()).any(|action| cancellation.refused(action)) {
        return Err(cancellation.unexplained());
    }
    let mut remaining = Vec::new();
    let mut action = 0;
    for mut first_sight in batch {
        let (state, history) = (action, action + 1);
        action += 1 + usize::from(first_sight.history.is_some());
        if cancellation.refused(state) {
            // The row exists, from another poll or an earlier call of ours, and stays as it is.
            continue;
        }
        if first_sight.history.is_some() && cancellation.refused(history) {
            if !cancellation.row(history).is_some_and(|row| history_row::is_of(row, first_sight.record)) {
                let transition = first_sight.record.transition;
                anyhow::bail!("the history of {scope} has another row in the place of {transition}");
            }
            // History outlived the state row, which may have been restored or removed by hand.
            first_sight.history = None;
        }
        remaining.push(first_sight);
    }
    Ok(remaining)
}

/// Which row an action writes.
fn subject(actions: &[TransactWriteItem], action: usize) -> String {
    let put = actions.get(action).and_then(TransactWriteItem::put);
    let item = put.and_then(|put| put.item().get(state_row::ITEM)?.as_s().ok());
    item.map_or_else(|| format!("action {action}"), |item| format!("{item:?}"))
}
