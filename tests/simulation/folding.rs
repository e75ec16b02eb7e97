//! The simulated ledger: how often a scope was folded, and the transaction of one step of a fold.

use aws_dx_monitor::domain::{FoldStep, Folding, Membership, Reason, RowKey, Scope, SinkName};
use serde_json::{Value, json};

use super::{
    ledger::{SimulatedLedger, put_new},
    rows::{self, get, put, says},
    tables::{Action, Refused, Row, Table},
    world::Entry,
};

impl SimulatedLedger {
    pub async fn read_revision(&self, scope: &Scope) -> anyhow::Result<u64> {
        self.0
            .call("ledger.revision", scope.to_string(), |inner| {
                let row = inner.tables.states.get(&rows::state_key(scope, rows::FOLD));
                let revision = row.and_then(|row| get(row, "revision")).unwrap_or(0);
                inner.answer(self.0.poll, || format!("revision {revision}"));
                revision
            })
            .await
    }

    pub async fn write_step(&self, step: &FoldStep, sinks: &[SinkName]) -> anyhow::Result<Folding> {
        let id = json!(step.id());
        let mut actions = vec![moved_on(step, &id)];
        actions.extend(step.members.iter().map(|member| folded(&step.scope, member)));
        actions.extend(incidents(step, sinks));
        actions.extend(documents(step));
        actions.extend(known(step));
        let detail = format!("{} on {}: {} rows", step.scope, step.revision, step.rows());
        let entry = self.folded(step);
        let folded = || vec![entry];
        match self.write("ledger.fold", detail, actions, folded).await? {
            Ok(()) => Ok(Folding::Folded),
            Err(Refused(rows)) => {
                let own = rows[0].as_ref().is_some_and(|row| says(row.as_ref(), "step", &id));
                Ok(if own { Folding::Folded } else { Folding::Refused })
            }
        }
    }

    fn folded(&self, step: &FoldStep) -> Entry {
        let members = step.members.iter().map(|member| (format!("{}/{}", step.scope, member.key), member.cursor));
        let ends = |reason| matches!(reason, Reason::Resolved | Reason::Withdrawn);
        // What is about facts ends with these, and not by what is seen of an item.
        let ended = step.incidents.iter().filter(|write| !write.state.category.is_of_facts());
        let ended = ended.filter(|write| write.documents.iter().any(|(_, document)| ends(document.reason)));
        Entry::Folded {
            poll: self.0.poll,
            scope: step.scope.clone(),
            at: self.0.now(),
            members: members.collect(),
            ended: ended.map(|write| write.id).collect(),
        }
    }
}

/// Moves the scope's revision on.
fn moved_on<'a>(step: &'a FoldStep, id: &'a Value) -> Action<'a> {
    Action {
        table: Table::States,
        key: rows::state_key(&step.scope, rows::FOLD),
        condition: Box::new(|row| match step.revision {
            0 => row.is_none(),
            revision => says(row, "revision", &json!(revision)),
        }),
        change: Box::new(move |row| {
            put(row, "revision", json!(step.revision + 1));
            put(row, "step", id.clone());
        }),
    }
}

/// What a step changes in a member's row.
fn folded<'a>(scope: &Scope, member: &'a Membership) -> Action<'a> {
    let cursor = |row: &Row| row["announced"].get(SinkName::INCIDENTS.as_str()).and_then(Value::as_u64);
    Action {
        table: Table::States,
        key: rows::state_key(scope, &member.key),
        condition: Box::new(move |row| {
            row.is_some_and(|row| cursor(row) == member.recalled_cursor)
                && says(row, "group", &json!(member.recalled_group))
        }),
        change: Box::new(|row| {
            row["announced"][SinkName::INCIDENTS.as_str()] = json!(member.cursor);
            put(row, "group", json!(member.group));
        }),
    }
}

fn incidents<'a>(step: &'a FoldStep, sinks: &'a [SinkName]) -> impl Iterator<Item = Action<'a>> {
    step.incidents.iter().map(move |write| Action {
        table: Table::States,
        key: rows::state_key(&step.scope, RowKey::Incident(write.id)),
        condition: Box::new(|row| row.is_none() == write.is_new),
        change: Box::new(move |row| rows::put_incident(row, write, sinks)),
    })
}

fn known(step: &FoldStep) -> Option<Action<'_>> {
    let known = step.resilience.as_ref()?;
    Some(Action {
        table: Table::States,
        key: rows::state_key(&step.scope, rows::RESILIENCE),
        condition: Box::new(|_| true),
        change: Box::new(move |row| put(row, "known", json!(known))),
    })
}

fn documents(step: &FoldStep) -> impl Iterator<Item = Action<'_>> {
    let all = step.incidents.iter().flat_map(|write| write.documents.iter().map(|document| (write.id, document)));
    all.map(move |(id, (occurred_at, document))| {
        let key = rows::history_key(&step.scope, RowKey::Incident(id), *occurred_at);
        put_new(Table::History, key, move |row| {
            put(row, "sequence", json!(document.metadata.sequence));
            put(row, "event", json!(document));
            put(row, "expires_at", json!(step.expires_at));
        })
    })
}
