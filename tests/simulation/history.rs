//! The simulated ledger as readers see it; reading passes no gate, for no poll does it.

use aws_dx_monitor::{
    domain::{HistoryRow, ItemKey, Kind, Recalled, Scope, Timestamp, Unmonitored},
    ports::{History, Ledger},
};

use super::{
    ledger::SimulatedLedger,
    rows::{self, get},
    tables::Table,
};

impl History for SimulatedLedger {
    async fn scopes(&self) -> anyhow::Result<Vec<Scope>> {
        let inner = self.0.world.inner.borrow();
        let listed = inner.tables.query(Table::States, rows::SCOPES, None, usize::MAX - 1, true);
        listed.rows.iter().map(|(scope, _)| Ok(scope.parse()?)).collect()
    }

    async fn states(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        self.recall(scope).await
    }

    async fn transitions(
        &self,
        scope: &Scope,
        key: &ItemKey,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<HistoryRow>> {
        let inner = self.0.world.inner.borrow();
        let page = inner.tables.query(Table::History, &format!("{scope}/{key}"), None, usize::MAX - 1, true);
        let rows = page.rows.iter().map(|(occurred_at, row)| rows::read_history(occurred_at, row));
        Ok(rows.filter(|row| (from..until).contains(&row.occurred_at)).collect())
    }

    async fn all_transitions(&self, from: Timestamp, until: Timestamp) -> anyhow::Result<Vec<HistoryRow>> {
        let inner = self.0.world.inner.borrow();
        let rows = inner.tables.history.iter().filter(|(_, row)| row.contains_key("event"));
        let mut found: Vec<HistoryRow> = rows.map(|((_, at), row)| rows::read_history(at, row)).collect();
        found.retain(|row| (from..until).contains(&row.occurred_at));
        found.sort_by_key(|row| row.occurred_at);
        Ok(found)
    }

    async fn unmonitored(
        &self,
        scope: &Scope,
        kind: Kind,
        from: Timestamp,
        until: Timestamp,
    ) -> anyhow::Result<Vec<Unmonitored>> {
        let inner = self.0.world.inner.borrow();
        let page = inner.tables.query(Table::History, &rows::coverage_hash(scope, kind), None, usize::MAX - 1, true);
        let stretches = page.rows.iter().filter_map(|(_, row)| {
            Some(Unmonitored { scope: scope.clone(), kind, from: get(row, "from")?, to: get(row, "to")? })
        });
        Ok(stretches.filter(|stretch| stretch.to >= from && stretch.from < until).collect())
    }
}
