//! The part of a store that belongs to some accounts: readers see no other.

use std::{collections::BTreeSet, ops::ControlFlow, rc::Rc};

use anyhow::bail;
use async_trait::async_trait;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    domain::{CoveragePath, HistoryRow, ListedScope, Recalled, Scope, Selection, Span, Unmonitored},
    ports::{EachTransition, History, Roster},
};

/// The accounts with these ids or names. Of a name that several accounts have, all.
///
/// # Errors
///
/// The store knows no account of that id or name.
pub async fn account_ids(
    store: &(impl History + Roster + ?Sized),
    wanted: &[String],
) -> anyhow::Result<BTreeSet<String>> {
    let roster = store.roster().await?;
    let scopes = store.scopes().await?;
    let mut ids = BTreeSet::new();
    for wanted in wanted {
        let named = roster.iter().filter(|row| row.account == *wanted || row.name.as_ref() == Some(wanted));
        let polled = scopes.iter().map(|listed| listed.scope.account()).filter(|account| account == wanted);
        let found: BTreeSet<String> = named.map(|row| row.account.clone()).chain(polled.map(str::to_owned)).collect();
        if found.is_empty() {
            bail!("there is no account {wanted:?} in this store: `aws-dx-monitor accounts` lists them");
        }
        ids.extend(found);
    }
    Ok(ids)
}

/// A store of which readers see some accounts only.
pub struct OfAccounts {
    store: Rc<dyn History>,
    accounts: BTreeSet<String>,
}

impl OfAccounts {
    /// The part of `store` that belongs to these accounts.
    pub fn new(store: Rc<dyn History>, accounts: BTreeSet<String>) -> OfAccounts {
        OfAccounts { store, accounts }
    }

    fn sees(&self, scope: &Scope) -> bool {
        self.accounts.contains(scope.account())
    }

    /// Whether the document of a transition (`item`) or of an incident (`incident`) is of one of the accounts.
    fn sees_document(&self, document: &Value, part: &str) -> bool {
        document[part]["account"].as_str().is_some_and(|account| self.accounts.contains(account))
    }
}

#[async_trait(?Send)]
impl History for OfAccounts {
    async fn scopes(&self) -> anyhow::Result<Vec<ListedScope>> {
        let mut scopes = self.store.scopes().await?;
        scopes.retain(|listed| self.sees(&listed.scope));
        Ok(scopes)
    }

    async fn states(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        if self.sees(scope) { self.store.states(scope).await } else { Ok(Recalled::nothing(scope.clone())) }
    }

    async fn each_transition(&self, selection: &Selection, each: EachTransition<'_>) -> anyhow::Result<()> {
        let mut of_these = |row: HistoryRow| match self.sees_document(&row.event, "item") {
            true => each(row),
            false => ControlFlow::Continue(()),
        };
        self.store.each_transition(selection, &mut of_these).await
    }

    async fn unmonitored(&self, path: &CoveragePath, span: Span) -> anyhow::Result<Vec<Unmonitored>> {
        self.store.unmonitored(path, span).await
    }

    async fn documents(&self, scope: &Scope, incident: Uuid) -> anyhow::Result<Vec<HistoryRow>> {
        if self.sees(scope) { self.store.documents(scope, incident).await } else { Ok(Vec::new()) }
    }

    async fn each_document(&self, span: Span, each: EachTransition<'_>) -> anyhow::Result<()> {
        let mut of_these = |row: HistoryRow| match self.sees_document(&row.event, "incident") {
            true => each(row),
            false => ControlFlow::Continue(()),
        };
        self.store.each_document(span, &mut of_these).await
    }
}
