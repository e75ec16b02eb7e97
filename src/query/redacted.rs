//! A store of which readers see pseudonyms only.

use std::{ops::ControlFlow, rc::Rc};

use anyhow::bail;
use async_trait::async_trait;
use uuid::Uuid;

use crate::{
    domain::{
        Acknowledgement, CoveragePath, HistoryRow, ItemKey, ItemPath, ListedScope, Recalled, Scope, Selection, Span,
        StateRow, Unmonitored, Window, WindowRows,
    },
    ports::{EachTransition, History, Windows},
    redaction::Redactor,
};

/// A store whose rows and documents have pseudonyms in place of all that names a network. Those who ask it for something
/// name it by pseudonyms, too: by those that they have from it.
pub struct Redacted<S: ?Sized> {
    store: Rc<S>,
    redactor: Rc<Redactor>,
}

impl<S: ?Sized> Redacted<S> {
    /// `store` with the pseudonyms of `redactor`.
    pub fn new(store: Rc<S>, redactor: Rc<Redactor>) -> Redacted<S> {
        Redacted { store, redactor }
    }

    /// What names were given for.
    fn original(&self, text: &str) -> String {
        self.redactor.original(text).unwrap_or_else(|| text.to_owned())
    }

    fn original_path(&self, path: &ItemPath) -> ItemPath {
        let key = ItemKey::new(path.key.kind, self.original(&path.key.id));
        ItemPath::new(self.redactor.original_scope(&path.scope), key)
    }

    fn original_id(&self, id: Uuid) -> Uuid {
        self.original(&id.to_string()).parse().unwrap_or(id)
    }
}

/// What was read; without the reason where it could not be, since that names what could not be read.
fn inert<T>(read: anyhow::Result<T>) -> anyhow::Result<T> {
    match read {
        Ok(read) => Ok(read),
        Err(_) => bail!(
            "the store, or a row in it, cannot be read; the reason would show what --redact holds back: run the command \
             without it to see the reason"
        ),
    }
}

#[async_trait(?Send)]
impl<S: History + ?Sized> History for Redacted<S> {
    async fn scopes(&self) -> anyhow::Result<Vec<ListedScope>> {
        let scopes = inert(self.store.scopes().await)?;
        Ok(scopes.iter().map(|listed| self.redactor.listed(listed)).collect())
    }

    async fn states(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        let recalled = inert(self.store.states(&self.redactor.original_scope(scope)).await)?;
        Ok(self.redactor.recalled(recalled))
    }

    async fn state(&self, item: &ItemPath) -> anyhow::Result<Option<StateRow>> {
        let row = inert(self.store.state(&self.original_path(item)).await)?;
        Ok(row.map(|row| self.redactor.state_row(row)))
    }

    async fn each_transition(&self, selection: &Selection, each: EachTransition<'_>) -> anyhow::Result<()> {
        let item = selection.item.as_ref().map(|item| self.original_path(item));
        let mut redacted = |row: HistoryRow| each(self.redactor.history_row(row));
        inert(self.store.each_transition(&Selection { item, span: selection.span }, &mut redacted).await)
    }

    async fn unmonitored(&self, path: &CoveragePath, span: Span) -> anyhow::Result<Vec<Unmonitored>> {
        let CoveragePath { scope, kind, parent } = path;
        let parent = parent.as_deref().map(|parent| self.original(parent));
        let path = CoveragePath { scope: self.redactor.original_scope(scope), kind: *kind, parent };
        let stretches = inert(self.store.unmonitored(&path, span).await)?;
        Ok(stretches.iter().map(|stretch| self.redactor.unmonitored(stretch)).collect())
    }

    async fn documents(&self, scope: &Scope, incident: Uuid) -> anyhow::Result<Vec<HistoryRow>> {
        let (scope, incident) = (self.redactor.original_scope(scope), self.original_id(incident));
        let rows = inert(self.store.documents(&scope, incident).await)?;
        Ok(rows.into_iter().map(|row| self.redactor.history_row(row)).collect())
    }

    async fn each_document(&self, span: Span, each: EachTransition<'_>) -> anyhow::Result<()> {
        let mut redacted = |row: HistoryRow| -> ControlFlow<()> { each(self.redactor.history_row(row)) };
        inert(self.store.each_document(span, &mut redacted).await)
    }
}

#[async_trait(?Send)]
impl<S: Windows + ?Sized> Windows for Redacted<S> {
    async fn windows(&self, account: &str) -> anyhow::Result<WindowRows> {
        Ok(self.redactor.window_rows(inert(self.store.windows(&self.original(account)).await)?))
    }

    async fn write_window(&self, _: &str, _: &Window) -> anyhow::Result<()> {
        bail!("pseudonyms are not written to a store")
    }

    async fn write_acknowledgement(&self, _: &str, _: Uuid, _: &Acknowledgement) -> anyhow::Result<()> {
        bail!("pseudonyms are not written to a store")
    }
}
