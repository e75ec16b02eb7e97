//! The resilience of the destinations, and what a failure would take: of what the store knows last.

use std::{collections::BTreeMap, ops::ControlFlow};

use super::{Remembered, everything};
use crate::{
    domain::{HistoryRow, RecordedIncident, Scope, Span, Timestamp},
    incident::{Condition, Estate, Items, Level},
    ports::History,
    resilience::{Exercises, Failure, Grade, Intents, UnknownFailure, WhatIf, Wiring, grades, what_if},
};

/// How resilient the destinations of all accounts are.
#[derive(Clone, Debug, Default)]
pub struct Resilience {
    /// By account and destination.
    pub grades: Vec<Grade>,
    /// The last poll of any scope that listed anything completely.
    pub last_poll_at: Option<Timestamp>,
}

/// The grades of all destinations, and when in `span` their redundancy was last exercised.
///
/// # Errors
///
/// The store cannot be read.
pub async fn resilience(history: &dyn History, intents: &Intents, span: Span) -> anyhow::Result<Resilience> {
    let remembered = everything(history).await?;
    let mut exercises = Exercises::default();
    let mut read = |row: HistoryRow| {
        exercises.read(RecordedIncident::of(&row.event));
        ControlFlow::Continue(())
    };
    history.each_document(span, &mut read).await?;
    let polls = remembered.iter().filter_map(|scope| scope.recalled.poll.as_ref()?.last_poll_at());
    let last_poll_at = polls.max();
    let accounts = accounts(&remembered);
    let graded = accounts.iter().flat_map(|(account, wiring)| grades(account, wiring, intents, &exercises));
    Ok(Resilience { grades: graded.collect(), last_poll_at })
}

/// What happens if all of `failing` fail at once.
///
/// # Errors
///
/// The store cannot be read, or one of them is not in it.
pub async fn failure(history: &dyn History, failing: &[Failure]) -> anyhow::Result<Result<WhatIf, UnknownFailure>> {
    Ok(what_if(&accounts(&everything(history).await?), failing))
}

/// The estate of each account. What is retired is not in it.
fn accounts(remembered: &[Remembered]) -> Vec<(String, Wiring)> {
    let mut accounts: BTreeMap<&str, BTreeMap<&Scope, Items>> = BTreeMap::new();
    for scope in remembered {
        let items = accounts.entry(scope.recalled.scope.account()).or_default();
        items.insert(&scope.recalled.scope, polled_items(scope));
    }
    let wired = accounts
        .into_iter()
        .map(|(account, scopes)| (account.to_owned(), Wiring::of(Estate::of(Items::new(), scopes))));
    wired.collect()
}

fn polled_items(remembered: &Remembered) -> Items {
    let rows = remembered.recalled.states.iter().filter(|(key, _)| remembered.retired_at(key.kind).is_none());
    let items = rows.map(|(key, row)| {
        let condition = Condition::of(&row.state, row.incident_id.is_some());
        let level = Level { state: row.state.clone(), since: row.since, condition };
        (key.clone(), (row.details.clone(), Some(level)))
    });
    items.collect()
}
