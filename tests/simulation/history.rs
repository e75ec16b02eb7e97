//! The simulated ledger for readers. Reading passes no gate, since no poll does it.

use async_trait::async_trait;
use aws_dx_monitor::{
    domain::{CoveragePath, HistoryRow, ItemPath, ListedScope, Recalled, RowPath, Scope, Selection, Span, Unmonitored},
    ports::{EachTransition, History, Ledger},
};

use uuid::Uuid;

use super::{
    ledger::SimulatedLedger,
    rows::{self, get},
    tables::Table,
};

#[async_trait(?Send)]
impl History for SimulatedLedger {
    async fn scopes(&self) -> anyhow::Result<Vec<ListedScope>> {
        let inner = self.0.world.inner.borrow();
        let listed = inner.tables.query(Table::States, rows::SCOPES, None, usize::MAX - 1, true);
        let read =
            |(scope, row): &(String, _)| Ok(ListedScope { scope: scope.parse()?, retired_at: get(row, "retired_at") });
        listed.rows.iter().map(read).collect()
    }

    async fn states(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        self.recall(scope).await
    }

    async fn each_transition(&self, selection: &Selection, each: EachTransition<'_>) -> anyhow::Result<()> {
        let item = selection.item.as_ref().map(ToString::to_string);
        let rows = self.rows(selection.span, |of| match &item {
            Some(item) => item == of,
            None => of.parse::<ItemPath>().is_ok(),
        });
        let _broke = rows.into_iter().try_for_each(each);
        Ok(())
    }

    async fn unmonitored(&self, path: &CoveragePath, span: Span) -> anyhow::Result<Vec<Unmonitored>> {
        let inner = self.0.world.inner.borrow();
        let page = inner.tables.query(Table::History, &path.to_string(), None, usize::MAX - 1, true);
        let stretches = page.rows.iter().filter_map(|(_, row)| {
            let (from, to) = (get(row, "from")?, get(row, "to")?);
            Some(path.stretch(from, to))
        });
        Ok(stretches.filter(|stretch| stretch.to >= span.from && stretch.from < span.until).collect())
    }

    async fn documents(&self, scope: &Scope, incident: Uuid) -> anyhow::Result<Vec<HistoryRow>> {
        let path = RowPath::incident(scope.clone(), incident).to_string();
        Ok(self.rows(Span::ALWAYS, |item| item == path))
    }

    async fn each_document(&self, span: Span, each: EachTransition<'_>) -> anyhow::Result<()> {
        let _broke = self.rows(span, RowPath::is_of_an_incident).into_iter().try_for_each(each);
        Ok(())
    }
}

impl SimulatedLedger {
    /// The rows in `span` of all items and incidents that are `wanted`, by time.
    fn rows(&self, span: Span, wanted: impl Fn(&str) -> bool) -> Vec<HistoryRow> {
        let inner = self.0.world.inner.borrow();
        let rows = inner.tables.history.iter().filter(|((of, _), row)| row.contains_key("event") && wanted(of));
        let mut found: Vec<HistoryRow> = rows.map(|((_, at), row)| rows::read_history(at, row)).collect();
        found.retain(|row| (span.from..span.until).contains(&row.occurred_at));
        found.sort_by_key(|row| row.occurred_at);
        found
    }
}
