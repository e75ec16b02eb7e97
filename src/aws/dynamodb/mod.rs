//! The ledger in DynamoDB: two tables, one transaction for rows that belong together, one query for everything that is
//! known of a scope.
//!
//! Start with the rows: `state_row`, `incident_row`, `history_row`, `poll_row` (with `parent_gaps`), `coverage_row` and
//! `scopes_row`, `prefix_row` for what is accepted over virtual interfaces, and `windows_row` and `evidence_row` for what is
//! planned and why, have the content of the tables, how it
//! is read, and the small writes that change it. `recording` records a transition, and `baseline` many first sights in
//! bulk; `folding` writes incidents; `recalling` is the read that every poll begins with; `by_day` finds the history of all
//! items without a scan. They are functions over `tables`, and use `calls` (one call, its conditions and its outcome),
//! `expression` (names and values behind placeholders), `lanes` (how many calls run at the same time), `attributes`,
//! `failure` and `retry`. Two are no part of the ledger: `turn_row`, by which the polls that events ask for take turns, and
//! `roster_row`, the accounts that are watched from here.
//!
//! Rules of this module:
//!
//! - A row that is there is updated, never put anew: what another version wrote into it stays.
//! - Every condition that is refused asks for the row that refused it. A write whose answer was lost is made again by
//!   the SDK, and then fails on its own effect; the row says whose it is.
//! - Conflicts between transactions are passing, and tried again like throttling; a refused condition is an answer.

mod attributes;
mod baseline;
mod by_day;
mod calls;
mod coverage_row;
mod evidence_row;
mod expression;
mod failure;
mod folding;
mod history_row;
mod incident_row;
mod lanes;
mod parent_gaps;
mod poll_row;
mod prefix_row;
mod recalling;
mod recording;
mod resilience_row;
mod retry;
mod roster_row;
mod scopes_row;
mod state_row;
mod tables;
mod turn_row;
mod windows_row;

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use anyhow::Context;
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::{Client, config::Builder};
use uuid::Uuid;

use self::{
    lanes::Lanes,
    tables::{Table, Tables},
};
use super::limits::{CallLimits, Limited};
use crate::{
    domain::{
        Acknowledgement, Amendment, CoveragePath, Evidence, FoldStep, Folding, HistoryRow, ItemPath, ListedScope,
        PrefixRow, Recalled, RosterRow, RowPath, Scope, Selection, SinkName, Span, StateRow, Turn, Unmonitored, Window,
        WindowRows,
    },
    ports::{
        BaselineAnnounced, Covering, Cursors, EachTransition, EvidenceStore, History, Ledger, Parking, Progress,
        Record, Recording, Roster, Turns, Windows,
    },
};

/// A ledger in two DynamoDB tables.
#[derive(Clone, Debug)]
pub struct DynamoLedger {
    tables: Tables,
}

impl DynamoLedger {
    /// A ledger in the tables of these names (or ARNs). Retries and timeouts are those of `limits`, not those of
    /// `config`.
    pub fn new(
        config: &SdkConfig,
        state_table: impl Into<String>,
        history_table: impl Into<String>,
        limits: &CallLimits,
    ) -> DynamoLedger {
        let lanes = Arc::<Lanes>::default();
        let retries = retry::Retries { lanes: Arc::clone(&lanes) };
        let config = Builder::from(config).limited(limits).retry_classifier(retries);
        let tables = Tables {
            client: Client::from_conf(config.build()),
            lanes,
            states: Table { name: state_table.into(), variable: "DX_MONITOR_STATE_TABLE" },
            history: Table { name: history_table.into(), variable: "DX_MONITOR_HISTORY_TABLE" },
        };
        DynamoLedger { tables }
    }
}

impl Ledger for DynamoLedger {
    async fn recall(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        recalling::recall(&self.tables, scope).await.with_context(|| format!("the states of {scope} cannot be read"))
    }

    async fn record(&self, record: Record<'_>, sinks: &[SinkName]) -> anyhow::Result<Recording> {
        recording::record(&self.tables, &record, sinks).await.with_context(|| {
            let transition = record.transition;
            format!("a transition of {} cannot be recorded: {transition}", transition.scope())
        })
    }

    async fn record_baseline(&self, scope: &Scope, records: &[Record<'_>], sinks: &[SinkName]) -> anyhow::Result<()> {
        baseline::record_baseline(&self.tables, scope, records, sinks)
            .await
            .with_context(|| format!("the baseline of {scope} cannot be recorded"))
    }

    async fn amend(&self, scope: &Scope, amendment: &Amendment) -> anyhow::Result<Recording> {
        state_row::amend(&self.tables, scope, amendment)
            .await
            .with_context(|| format!("a state row of {scope} cannot be amended: {amendment}"))
    }

    async fn revision(&self, scope: &Scope) -> anyhow::Result<u64> {
        folding::revision(&self.tables, scope)
            .await
            .with_context(|| format!("how often {scope} was folded cannot be read"))
    }

    async fn fold(&self, step: &FoldStep, sinks: &[SinkName]) -> anyhow::Result<Folding> {
        folding::fold(&self.tables, step, sinks)
            .await
            .with_context(|| format!("a step of folding {} cannot be written", step.scope))
    }

    async fn pending(&self, path: &RowPath, cursor: u64) -> anyhow::Result<Vec<HistoryRow>> {
        history_row::pending(&self.tables, path, cursor)
            .await
            .with_context(|| format!("what is pending of {path} cannot be read"))
    }

    async fn acknowledge(&self, path: &RowPath, cursors: &Cursors) -> anyhow::Result<()> {
        state_row::acknowledge(&self.tables, path, cursors)
            .await
            .with_context(|| format!("the cursors of {path} cannot be moved: {cursors:?}"))
    }

    async fn park(&self, parking: &Parking<'_>) -> anyhow::Result<()> {
        history_row::park(&self.tables, parking).await.with_context(|| {
            let Parking { path, occurred_at, sink, .. } = parking;
            format!("{path} at {occurred_at} cannot be parked for {sink}")
        })
    }

    async fn cover(&self, unmonitored: &Unmonitored, expires_at: i64) -> anyhow::Result<Covering> {
        coverage_row::cover(&self.tables, unmonitored, expires_at)
            .await
            .with_context(|| format!("the unmonitored time {} cannot be noted", unmonitored.path()))
    }

    async fn progress(&self, scope: &Scope, progress: &Progress) -> anyhow::Result<()> {
        poll_row::progress(&self.tables, scope, progress)
            .await
            .with_context(|| format!("the progress of {scope} cannot be written"))
    }

    async fn keep_prefixes(&self, scope: &Scope, row: &PrefixRow) -> anyhow::Result<Recording> {
        prefix_row::write(&self.tables, scope, row)
            .await
            .with_context(|| format!("the prefixes of {} in {scope} cannot be kept", row.interface))
    }

    async fn listed(&self) -> anyhow::Result<Vec<ListedScope>> {
        scopes_row::all(&self.tables).await.context("the list of scopes cannot be read")
    }

    async fn relist(&self, listed: &ListedScope) -> anyhow::Result<()> {
        scopes_row::relist(&self.tables, listed)
            .await
            .with_context(|| format!("the row of {} in the list of scopes cannot be written", listed.scope))
    }

    async fn baseline_announced(&self, announced: &BaselineAnnounced) -> anyhow::Result<()> {
        poll_row::baseline_announced(&self.tables, announced).await.with_context(|| {
            let BaselineAnnounced { scope, sink, .. } = announced;
            format!("it cannot be noted that {sink} has announced the baseline of {scope}")
        })
    }
}

/// The tables for readers. Every call here is a `Query`, so a reader needs no other permission.
#[async_trait(?Send)]
impl History for DynamoLedger {
    async fn scopes(&self) -> anyhow::Result<Vec<ListedScope>> {
        self.listed().await
    }

    async fn states(&self, scope: &Scope) -> anyhow::Result<Recalled> {
        self.recall(scope).await
    }

    async fn state(&self, item: &ItemPath) -> anyhow::Result<Option<StateRow>> {
        state_row::of_item(&self.tables, item).await.with_context(|| format!("the state of {item} cannot be read"))
    }

    async fn each_transition(&self, selection: &Selection, each: EachTransition<'_>) -> anyhow::Result<()> {
        let Selection { item, span } = selection;
        let read = async {
            match item {
                Some(item) => history_row::each_of(&self.tables, item, *span, each).await,
                None => by_day::each_of_everything(&self.tables, *span, history_row::is_transition, each).await,
            }
        };
        read.await.with_context(|| format!("the history {selection} cannot be read"))
    }

    async fn unmonitored(&self, path: &CoveragePath, span: Span) -> anyhow::Result<Vec<Unmonitored>> {
        coverage_row::all(&self.tables, path, span)
            .await
            .with_context(|| format!("the unmonitored time {path} cannot be read"))
    }

    async fn documents(&self, scope: &Scope, incident: Uuid) -> anyhow::Result<Vec<HistoryRow>> {
        let path = RowPath::incident(scope.clone(), incident);
        let mut documents = Vec::new();
        let mut keep = |row| {
            documents.push(row);
            ControlFlow::Continue(())
        };
        let read = history_row::each_of(&self.tables, &path, Span::ALWAYS, &mut keep).await;
        read.with_context(|| format!("the documents of {path} cannot be read"))?;
        Ok(documents)
    }

    async fn each_document(&self, span: Span, each: EachTransition<'_>) -> anyhow::Result<()> {
        by_day::each_of_everything(&self.tables, span, history_row::is_document, each)
            .await
            .with_context(|| format!("the incidents from {} until {} cannot be read", span.from, span.until))
    }
}

#[async_trait(?Send)]
impl Windows for DynamoLedger {
    async fn windows(&self, account: &str) -> anyhow::Result<WindowRows> {
        windows_row::all(&self.tables, account)
            .await
            .with_context(|| format!("the planned time of account {account} cannot be read"))
    }

    async fn write_window(&self, account: &str, window: &Window) -> anyhow::Result<()> {
        windows_row::write(&self.tables, account, window)
            .await
            .with_context(|| format!("the planned time {:?} of account {account} cannot be written", window.id))
    }

    async fn write_acknowledgement(&self, account: &str, incident: Uuid, by: &Acknowledgement) -> anyhow::Result<()> {
        windows_row::acknowledge(&self.tables, account, incident, by)
            .await
            .with_context(|| format!("the acknowledgement of the incident {incident} cannot be written"))
    }
}

#[async_trait(?Send)]
impl EvidenceStore for DynamoLedger {
    async fn keep(&self, scope: &Scope, evidence: &Evidence) -> anyhow::Result<()> {
        evidence_row::keep(&self.tables, scope, evidence)
            .await
            .with_context(|| format!("evidence of {scope} cannot be kept"))
    }

    async fn evidence(&self, scope: &Scope, span: Span) -> anyhow::Result<Vec<Evidence>> {
        evidence_row::within(&self.tables, scope, span)
            .await
            .with_context(|| format!("the evidence of {scope} cannot be read"))
    }
}

#[async_trait(?Send)]
impl Turns for DynamoLedger {
    async fn turn(&self, account: &str) -> anyhow::Result<Option<Turn>> {
        turn_row::turn(&self.tables, account).await.with_context(|| format!("the turn of {account} cannot be read"))
    }

    async fn write_turn(&self, account: &str, turn: &Turn) -> anyhow::Result<bool> {
        turn_row::write(&self.tables, account, turn)
            .await
            .with_context(|| format!("the turn of {account} cannot be written"))
    }

    async fn poll_lasted(&self, account: &str, lasted: Duration) -> anyhow::Result<()> {
        turn_row::poll_lasted(&self.tables, account, lasted)
            .await
            .with_context(|| format!("how long the poll of {account} took cannot be written"))
    }
}

#[async_trait(?Send)]
impl Roster for DynamoLedger {
    async fn roster(&self) -> anyhow::Result<Vec<RosterRow>> {
        roster_row::all(&self.tables).await.context("the roster cannot be read")
    }

    async fn roster_row(&self, account: &str) -> anyhow::Result<Option<RosterRow>> {
        roster_row::of_account(&self.tables, account)
            .await
            .with_context(|| format!("the row of the account {account} cannot be read"))
    }

    async fn write_roster_row(&self, row: &RosterRow) -> anyhow::Result<bool> {
        roster_row::write(&self.tables, row)
            .await
            .with_context(|| format!("the row of the account {} cannot be written", row.account))
    }
}
