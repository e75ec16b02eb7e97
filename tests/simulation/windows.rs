//! The simulated ledger: planned time among the states, and evidence in history.

use async_trait::async_trait;
use aws_dx_monitor::{
    domain::{Acknowledgement, Evidence, Scope, Span, Window, WindowRows},
    ports::{EvidenceStore, Windows},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    ledger::{SimulatedLedger, put_new},
    rows::put,
    tables::{Action, Row, Table},
};

/// A value's fields are a row's attributes.
fn attributes(value: Value, expires_at: i64) -> Row {
    let Value::Object(mut row) = value else { panic!("{value} has no fields") };
    put(&mut row, "expires_at", json!(expires_at));
    row
}

fn read<T: serde::de::DeserializeOwned>(row: Row) -> Option<T> {
    serde_json::from_value(Value::Object(row)).ok()
}

#[async_trait(?Send)]
impl Windows for SimulatedLedger {
    async fn windows(&self, account: &str) -> anyhow::Result<WindowRows> {
        let mut found = WindowRows::default();
        for (key, row) in self.all("ledger.windows", &WindowRows::path(account)).await? {
            match Acknowledgement::incident(&key) {
                Some(incident) => found.acknowledgements.extend(read(row).map(|row| (incident, row))),
                None => found.windows.extend(read::<Window>(row)),
            }
        }
        Ok(found)
    }

    async fn write_window(&self, account: &str, window: &Window) -> anyhow::Result<()> {
        let action = Action {
            table: Table::States,
            key: (WindowRows::path(account), window.key()),
            condition: Box::new(|_| true),
            change: Box::new(|row| *row = attributes(json!(window), window.expires_at())),
        };
        let _ = self.write("ledger.write-window", window.key(), vec![action], Vec::new).await?;
        Ok(())
    }

    async fn write_acknowledgement(&self, account: &str, incident: Uuid, by: &Acknowledgement) -> anyhow::Result<()> {
        let key = (WindowRows::path(account), Acknowledgement::key(incident));
        let action = put_new(Table::States, key, |row| {
            *row = attributes(json!(by), by.expires_at());
        });
        // Refused where it is on record already.
        let _ = self.write("ledger.write-acknowledgement", incident.to_string(), vec![action], Vec::new).await?;
        Ok(())
    }
}

#[async_trait(?Send)]
impl EvidenceStore for SimulatedLedger {
    async fn keep(&self, scope: &Scope, evidence: &Evidence) -> anyhow::Result<()> {
        let action = put_new(Table::History, (Evidence::path(scope), evidence.key()), |row| {
            *row = attributes(json!(evidence), evidence.expires_at());
        });
        let _ = self.write("ledger.keep", evidence.key(), vec![action], Vec::new).await?;
        Ok(())
    }

    async fn evidence(&self, scope: &Scope, span: Span) -> anyhow::Result<Vec<Evidence>> {
        let Some([first, last]) = Evidence::keys_within(span) else { return Ok(Vec::new()) };
        let rows = self.all("ledger.evidence", &Evidence::path(scope)).await?.into_iter();
        Ok(rows.filter(|(key, _)| first < *key && *key < last).filter_map(|(_, row)| read(row)).collect())
    }
}

impl SimulatedLedger {
    /// The rows of a hash, over all pages.
    pub async fn all(&self, port: &'static str, hash: &str) -> anyhow::Result<Vec<(String, Row)>> {
        let mut found = Vec::new();
        let mut start = None;
        loop {
            let page = self.page(port, hash, start.as_deref(), true).await?;
            found.extend(page.rows);
            start = page.next;
            if start.is_none() {
                return Ok(found);
            }
        }
    }
}
