//! The tables as readers see them. Every call here is a `Query`: that is all that a reader must be allowed.

use anyhow::Context;
use async_trait::async_trait;

use super::DynamoLedger;
use crate::{
    domain::{CoveragePath, ItemPath, Recalled, Scope, Selection, Span, StateRow, Unmonitored},
    ports::{EachTransition, History, Ledger},
};

#[async_trait(?Send)]
impl History for DynamoLedger {
    async fn scopes(&self) -> anyhow::Result<Vec<Scope>> {
        self.read_scopes().await.context("the list of scopes cannot be read")
    }

    async fn states(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        self.recall(scope).await
    }

    async fn state(&self, item: &ItemPath) -> anyhow::Result<Option<StateRow>> {
        self.read_state(item).await.with_context(|| format!("the state of {item} cannot be read"))
    }

    async fn each_transition(&self, selection: &Selection, each: EachTransition<'_>) -> anyhow::Result<()> {
        let read = async {
            match &selection.item {
                Some(item) => self.read_each_transition(item, selection.span, each).await,
                None => self.read_each_of_all_transitions(selection.span, each).await,
            }
        };
        read.await.with_context(|| format!("the history {selection} cannot be read"))
    }

    async fn unmonitored(&self, kind: &CoveragePath, span: Span) -> anyhow::Result<Vec<Unmonitored>> {
        self.read_unmonitored(kind, span)
            .await
            .with_context(|| format!("the unmonitored time of {}/{} cannot be read", kind.scope, kind.kind))
    }
}
