//! The ledger in DynamoDB: two tables, one transaction for what must be true together, one read for all that is known.
//!
//! Start with `state_row`, `history_row` and `poll_row`, which say what is in the tables; then `recording`, the write
//! that everything hangs on, and `baseline`, the same in bulk. `amending`, `progress` and `outbox` are the smaller writes,
//! `reading` is what recalls; `history` is what reports read, and `by_day` how they find everybody's rows without a scan. All of them stand on `calls` (one call, its conditions and what came of it),
//! `expression` (every name behind a placeholder: many of ours are reserved words), `attributes`, `failure` and `retry`.
//!
//! Rules of the house:
//!
//! - A row that is there is updated, never put anew: what another version wrote into it stays.
//! - Every condition that is refused asks for the row that refused it. A write whose answer was lost is made again by
//!   the SDK, and then fails on its own effect; the row says whose it is.
//! - Conflicts between transactions are passing, and tried again like throttling; a refused condition is an answer.

mod amending;
mod attributes;
mod baseline;
mod by_day;
mod calls;
mod expression;
mod failure;
mod history;
mod history_row;
mod outbox;
mod poll_row;
mod progress;
mod reading;
mod recording;
mod retry;
mod state_row;

use anyhow::Context;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::{Client, config::Builder};

use super::limits::{CallLimits, Limited};
use crate::{
    domain::{Amendment, HistoryRow, ItemPath, Recalled, Scope, SinkName, Unmonitored},
    ports::{BaselineAnnounced, Covering, Ledger, Parking, Progress, Record, Recording},
};

/// A ledger in two DynamoDB tables.
#[derive(Clone, Debug)]
pub struct DynamoLedger {
    client: Client,
    states: Table,
    history: Table,
}

/// A table, and how an operator says which one it is.
#[derive(Clone, Debug)]
struct Table {
    name: String,
    variable: &'static str,
}

impl DynamoLedger {
    /// A ledger in the tables of these names (or ARNs). `config`'s own retries and timeouts are not looked at: `limits`
    /// says those.
    pub fn new(
        config: &SdkConfig,
        state_table: impl Into<String>,
        history_table: impl Into<String>,
        limits: &CallLimits,
    ) -> DynamoLedger {
        let config = Builder::from(config).limited(limits).retry_classifier(retry::PassingConflicts);
        DynamoLedger {
            client: Client::from_conf(config.build()),
            states: Table { name: state_table.into(), variable: "DX_MONITOR_STATE_TABLE" },
            history: Table { name: history_table.into(), variable: "DX_MONITOR_HISTORY_TABLE" },
        }
    }
}

impl Ledger for DynamoLedger {
    async fn recall(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        self.read_scope(scope).await.with_context(|| format!("the states of {scope} cannot be read"))
    }

    async fn record(&self, record: Record<'_>, sinks: &[SinkName]) -> anyhow::Result<Recording> {
        self.write_transition(&record, sinks).await.with_context(|| {
            let transition = record.transition;
            format!("a transition of {} cannot be recorded: {transition}", transition.scope())
        })
    }

    async fn record_baseline(&self, scope: &Scope, records: &[Record<'_>], sinks: &[SinkName]) -> anyhow::Result<()> {
        self.write_baseline(scope, records, sinks)
            .await
            .with_context(|| format!("the baseline of {scope} cannot be recorded"))
    }

    async fn amend(&self, scope: &Scope, amendment: &Amendment) -> anyhow::Result<Recording> {
        self.write_amendment(scope, amendment)
            .await
            .with_context(|| format!("a state row of {scope} cannot be amended: {amendment}"))
    }

    async fn pending(&self, item: &ItemPath, cursor: u64) -> anyhow::Result<Vec<HistoryRow>> {
        self.read_pending(item, cursor)
            .await
            .with_context(|| format!("the pending transitions of {item} cannot be read"))
    }

    async fn acknowledge(&self, item: &ItemPath, sink: SinkName, sequence: u64) -> anyhow::Result<()> {
        self.move_cursor(item, sink, sequence)
            .await
            .with_context(|| format!("the cursor of {sink} on {item} cannot be moved to {sequence}"))
    }

    async fn park(&self, parking: &Parking<'_>) -> anyhow::Result<()> {
        self.mark_parked(parking).await.with_context(|| {
            let Parking { item, occurred_at, sink, .. } = parking;
            format!("{item} at {occurred_at} cannot be parked for {sink}")
        })
    }

    async fn cover(&self, unmonitored: &Unmonitored, expires_at: i64) -> anyhow::Result<Covering> {
        self.write_coverage(unmonitored, expires_at)
            .await
            .with_context(|| format!("unmonitored time of {}/{} cannot be noted", unmonitored.scope, unmonitored.kind))
    }

    async fn progress(&self, scope: &Scope, progress: &Progress) -> anyhow::Result<()> {
        self.write_progress(scope, progress).await.with_context(|| format!("the progress of {scope} cannot be written"))
    }

    async fn baseline_announced(&self, announced: &BaselineAnnounced) -> anyhow::Result<()> {
        self.write_baseline_announced(announced).await.with_context(|| {
            let BaselineAnnounced { scope, sink, .. } = announced;
            format!("it cannot be noted that {sink} was told of the baseline of {scope}")
        })
    }
}
