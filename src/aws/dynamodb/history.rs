//! The tables as readers see them. Every call here is a `Query`: that is all that a reader must be allowed.

use std::ops::ControlFlow;

use anyhow::Context;

use super::DynamoLedger;
use crate::{
    domain::{HistoryRow, ItemKey, Kind, Recalled, Scope, StateRow, Timestamp, Unmonitored},
    ports::{History, Ledger},
};

impl History for DynamoLedger {
    async fn scopes(&self) -> anyhow::Result<Vec<Scope>> {
        self.read_scopes().await.context("the list of scopes cannot be read")
    }

    async fn states(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        self.recall(scope).await
    }

    async fn state(&self, scope: &Scope, key: &ItemKey) -> anyhow::Result<Option<StateRow>> {
        self.read_state(scope, key).await.with_context(|| format!("the state of {scope}/{key} cannot be read"))
    }

    async fn transitions(
        &self,
        scope: &Scope,
        key: &ItemKey,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<HistoryRow>> {
        let mut transitions = Vec::new();
        self.each_transition(scope, key, from, until, keep_in(&mut transitions)).await?;
        Ok(transitions)
    }

    async fn each_transition(
        &self,
        scope: &Scope,
        key: &ItemKey,
        from: Timestamp,
        until: Timestamp,
        each: impl FnMut(HistoryRow) -> ControlFlow<()>,
    ) -> anyhow::Result<()> {
        self.read_each_transition(scope, key, from, until, each)
            .await
            .with_context(|| format!("the history of {scope}/{key} cannot be read"))
    }

    async fn all_transitions(&self, from: Timestamp, until: Timestamp) -> anyhow::Result<Vec<HistoryRow>> {
        let mut transitions = Vec::new();
        self.each_of_all_transitions(from, until, keep_in(&mut transitions)).await?;
        Ok(transitions)
    }

    async fn each_of_all_transitions(
        &self,
        from: Timestamp,
        until: Timestamp,
        each: impl FnMut(HistoryRow) -> ControlFlow<()>,
    ) -> anyhow::Result<()> {
        self.read_each_of_all_transitions(from, until, each)
            .await
            .with_context(|| format!("the history from {from} until {until} cannot be read"))
    }

    async fn unmonitored(
        &self,
        scope: &Scope,
        kind: Kind,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<Unmonitored>> {
        self.read_unmonitored(scope, kind, from, until)
            .await
            .with_context(|| format!("the unmonitored time of {scope}/{kind} cannot be read"))
    }
}

/// What keeps every transition that it is handed.
fn keep_in(transitions: &mut Vec<HistoryRow>) -> impl FnMut(HistoryRow) -> ControlFlow<()> {
    |row| {
        transitions.push(row);
        ControlFlow::Continue(())
    }
}
