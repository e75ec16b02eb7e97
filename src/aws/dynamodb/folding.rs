//! Writes one step of a fold, which turns transitions into incidents: all of it or nothing.
//!
//! Polls fold a scope one after another: every step increments the revision in the scope's row `fold`, and is refused
//! if the revision is not the one that the step was decided on.

use anyhow::{bail, ensure};
use aws_sdk_dynamodb::types::TransactWriteItem;

use super::{
    attributes::{as_natural, number, required, text},
    calls::{Cancellation, Transacted, put_new, update_action},
    expression::Expression,
    history_row, incident_row, resilience_row,
    state_row::{self, ANNOUNCED, GROUP, ITEM, SCOPE},
    tables::Tables,
};
use crate::domain::{FoldStep, Folding, Membership, RowKey, RowPath, Scope, SinkName};

/// The name of the row with a scope's revision.
const FOLD: &str = "fold";
const REVISION: &str = "revision";
/// The attribute with the id of the last step.
const STEP: &str = "step";

/// The most actions that DynamoDB accepts in one transaction.
const MAXIMUM_ACTIONS: usize = 100;

/// The position of the scope's own row in the transaction. The members follow, then the incidents, then the documents,
/// then what is known of the resilience of destinations.
const SCOPES_OWN: usize = 0;

/// The revision of a scope: how often it was folded.
pub(super) async fn revision(tables: &Tables, scope: &Scope) -> anyhow::Result<u64> {
    let mut condition = Expression::default();
    condition.compare(&[SCOPE], "=", text(scope));
    condition.compare(&[ITEM], "=", text(FOLD));
    let query = tables.query(&tables.states, &condition).consistent_read(true);
    let rows = tables.rows(&tables.states, query).await?;
    rows.first().map_or(Ok(0), |row| required(row, REVISION, as_natural))
}

/// Writes a step, if the store is still as it was when the step was decided.
pub(super) async fn fold(tables: &Tables, step: &FoldStep, sinks: &[SinkName]) -> anyhow::Result<Folding> {
    let rows = step.rows();
    ensure!(rows <= MAXIMUM_ACTIONS, "it writes {rows} rows, and DynamoDB takes {MAXIMUM_ACTIONS} in one transaction");
    let actions = actions(tables, step, sinks)?;
    let cancellation = match tables.transact(actions.clone()).await? {
        Transacted::Written => return Ok(Folding::Folded),
        Transacted::Canceled(cancellation) => cancellation,
    };
    let without_cursors = (0..rows).filter(|action| cancellation.is_missing_parent_map(*action));
    let without_cursors: Vec<RowKey> = without_cursors.filter_map(|action| row(step, action)).collect();
    if without_cursors.is_empty() {
        return conclude(tables, step, &cancellation);
    }
    for key in without_cursors {
        state_row::make_cursors(tables, state_row::key(&step.scope, key)).await?;
    }
    match tables.transact(actions).await? {
        Transacted::Written => Ok(Folding::Folded),
        Transacted::Canceled(cancellation) => conclude(tables, step, &cancellation),
    }
}

/// The outcome of a step that this call did not write.
fn conclude(tables: &Tables, step: &FoldStep, cancellation: &Cancellation) -> anyhow::Result<Folding> {
    let last_step = cancellation.row(SCOPES_OWN).and_then(|row| row.get(STEP));
    if last_step == Some(&text(step.id())) {
        // An earlier call wrote it, but its answer was lost.
        return Ok(Folding::Folded);
    }
    let subject = |action| match row(step, action) {
        Some(key) => key.to_string(),
        None if action == SCOPES_OWN => format!("the row {FOLD:?}"),
        None if step.resilience.is_some() && action + 1 == step.rows() => {
            format!("the row {:?}", resilience_row::RESILIENCE)
        }
        None => "a document".to_owned(),
    };
    if let Some(problem) = cancellation.problem(subject) {
        bail!(tables.transaction().because(&problem));
    }
    if (0..step.rows()).any(|action| cancellation.refused(action)) {
        return Ok(Folding::Refused);
    }
    bail!(cancellation.unexplained())
}

/// The member or the incident whose row an action changes, for messages.
fn row(step: &FoldStep, action: usize) -> Option<RowKey> {
    let members = step.members.iter().map(|member| RowKey::Item(member.key.clone()));
    let incidents = step.incidents.iter().map(|incident| RowKey::Incident(incident.id));
    members.chain(incidents).nth(action.checked_sub(SCOPES_OWN + 1)?)
}

fn actions(tables: &Tables, step: &FoldStep, sinks: &[SinkName]) -> anyhow::Result<Vec<TransactWriteItem>> {
    let FoldStep { scope, members, incidents, .. } = step;
    let mut actions = vec![update_action(&tables.states, state_row::key(scope, FOLD), &moved_on(step))?];
    for member in members {
        actions.push(update_action(&tables.states, state_row::key(scope, &member.key), &folded(member))?);
    }
    for incident in incidents {
        actions.push(if incident.is_new {
            put_new(&tables.states, incident_row::new(scope, incident, sinks)?, ITEM)?
        } else {
            let key = incident_row::key(scope, incident.id);
            update_action(&tables.states, key, &incident_row::change(incident, sinks)?)?
        });
    }
    for incident in incidents {
        let path = RowPath::incident(scope.clone(), incident.id);
        for (occurred_at, document) in &incident.documents {
            let row = history_row::new_document(&path, *occurred_at, document, step.expires_at)?;
            actions.push(put_new(&tables.history, row, history_row::ITEM)?);
        }
    }
    if let Some(known) = &step.resilience {
        let key = state_row::key(scope, resilience_row::RESILIENCE);
        actions.push(update_action(&tables.states, key, &resilience_row::write(known)?)?);
    }
    Ok(actions)
}

/// Increments the scope's revision.
fn moved_on(step: &FoldStep) -> Expression {
    let mut expression = Expression::default();
    match step.revision {
        0 => expression.require_absence(&[ITEM]),
        revision => expression.compare(&[REVISION], "=", number(revision)),
    }
    expression.set(&[REVISION], number(step.revision + 1));
    expression.set(&[STEP], text(step.id()));
    expression
}

/// What a step changes in a member's row.
fn folded(member: &Membership) -> Expression {
    let cursor = [ANNOUNCED, SinkName::INCIDENTS.as_str()];
    let mut expression = Expression::default();
    expression.require_presence(&[ITEM]);
    match member.recalled_cursor {
        Some(recalled) => expression.compare(&cursor, "=", number(recalled)),
        None => expression.require_absence(&cursor),
    }
    match member.recalled_group {
        Some(recalled) => expression.compare(&[GROUP], "=", text(recalled)),
        None => expression.require_absence(&[GROUP]),
    }
    expression.set(&cursor, number(member.cursor));
    expression.put(&[GROUP], member.group.map(text));
    expression
}
