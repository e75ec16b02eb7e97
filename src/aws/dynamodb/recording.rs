//! Records a transition: writes its history row and its item's state row in one transaction. Every guarantee of the
//! monitor depends on it.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::{
    attributes::{Attributes, number, text},
    calls::{Cancellation, Transacted, put_new, update_action},
    expression::Expression,
    history_row, state_row,
    tables::Tables,
};
use crate::{
    domain::{Confirmation, Previous, SinkName, Transition},
    ports::{Record, Recording},
};

/// The positions of the two actions in the transaction.
const HISTORY: usize = 0;
const STATE: usize = 1;

/// Writes a transition, if the store is still as it was when the transition was decided.
pub(super) async fn record(tables: &Tables, record: &Record<'_>, sinks: &[SinkName]) -> anyhow::Result<Recording> {
    let transition = record.transition;
    let actions = vec![
        put_new(&tables.history, history_row::new(record)?, history_row::ITEM)?,
        state_action(tables, record, sinks)?,
    ];
    match tables.transact(actions.clone()).await? {
        Transacted::Canceled(cancellation) if cancellation.is_missing_parent_map(STATE) => {
            state_row::make_cursors(tables, state_key(transition)).await?;
            conclude(tables, record, tables.transact(actions).await?)
        }
        transacted => conclude(tables, record, transacted),
    }
}

fn conclude(tables: &Tables, record: &Record<'_>, transacted: Transacted) -> anyhow::Result<Recording> {
    match transacted {
        Transacted::Written => Ok(Recording::Recorded),
        // This transition is recorded, even if the state row has changed since.
        Transacted::Canceled(cancellation)
            if cancellation.row(HISTORY).is_some_and(|row| history_row::is_of(row, record)) =>
        {
            Ok(Recording::Recorded)
        }
        Transacted::Canceled(cancellation) => match problem(tables, &cancellation) {
            Some(problem) => Err(problem),
            None if cancellation.refused(HISTORY) || cancellation.refused(STATE) => Ok(Recording::Lost),
            None => Err(cancellation.unexplained()),
        },
    }
}

fn problem(tables: &Tables, cancellation: &Cancellation) -> Option<anyhow::Error> {
    let subject = |action| if action == HISTORY { "history row" } else { "state row" }.to_owned();
    cancellation.problem(subject).map(|problem| tables.transaction().because(&problem))
}

fn state_action(tables: &Tables, record: &Record<'_>, sinks: &[SinkName]) -> anyhow::Result<TransactWriteItem> {
    match &record.transition.previous {
        None => put_new(&tables.states, state_row::new(record, sinks, 0)?, state_row::ITEM),
        Some(previous) => {
            let expression = state_change(record, previous, sinks)?;
            update_action(&tables.states, state_key(record.transition), &expression)
        }
    }
}

fn state_key(transition: &Transition) -> Attributes {
    state_row::key(transition.scope(), transition.key())
}

/// The changes of a transition in the row that it was decided from.
fn state_change(record: &Record<'_>, previous: &Previous, sinks: &[SinkName]) -> anyhow::Result<Expression> {
    let Record { transition, passed_by, .. } = *record;
    let recalled_sequence = transition.sequence.saturating_sub(1);
    let mut expression = Expression::default();
    expression.compare(&[state_row::SEQUENCE], "=", number(recalled_sequence));
    expression.compare(&[state_row::LAST_TRANSITION_AT], "=", text(previous.last_transition_at));
    if let Some(Confirmation { suspect, .. }) = &previous.confirmed {
        state_row::require_suspect(&mut expression, Some(suspect))?;
    } else if previous.certain {
        state_row::require_suspect(&mut expression, None)?;
    }
    state_row::set_transition(&mut expression, transition)?;
    // The cursor of a sink that is newer than the row starts at the row's sequence: earlier events are not for that
    // sink.
    for sink in sinks.iter().filter(|sink| !passed_by.contains(sink)) {
        expression.set_if_absent(&[state_row::ANNOUNCED, sink.as_str()], number(recalled_sequence));
    }
    for sink in passed_by {
        expression.set(&[state_row::ANNOUNCED, sink.as_str()], number(transition.sequence));
    }
    Ok(expression)
}
