//! Asks for evidence in AWS's own metrics, after a poll is over: it can delay or fail nothing of it.
//!
//! What is found is kept beside all other evidence, and explains its incident in the next poll.

use std::time::Duration;

use anyhow::Context;
use futures::future::try_join_all;

use super::memory::Memory;
use crate::{
    domain::{Scope, Timestamp},
    incident::{Inquiry, findings},
    ports::{Clock, EvidenceStore, Measurements},
};

/// How many incidents are asked about after one poll.
const INCIDENTS: usize = 3;
/// How long asking may take in all, and how much of the invocation's time it leaves.
const TIME: Duration = Duration::from_secs(5);
const RESERVE: Duration = Duration::from_secs(2);

/// Asks for evidence in AWS's own metrics.
pub struct Witness<'a, C> {
    /// Where the metrics are read.
    pub measurements: &'a dyn Measurements,
    /// Where evidence is kept.
    pub evidence: &'a dyn EvidenceStore,
    /// Time.
    pub clock: &'a C,
    /// The memory of this process: it knows which incidents there are, and what was asked.
    pub memory: &'a Memory,
}

impl<C: Clock> Witness<'_, C> {
    /// Asks about the incidents of the last poll that are due, within a few seconds. What fails is logged, and asked again
    /// minutes later.
    pub async fn ask(&self, deadline: Option<Timestamp>) {
        let now = self.clock.now();
        let left = deadline.map_or(TIME, |deadline| deadline.since(now).saturating_sub(RESERVE).min(TIME));
        let due = self.memory.due_inquiries(now);
        if due.is_empty() || left.is_zero() {
            return;
        }
        let ask_all = async {
            for (scope, inquiry) in due.iter().take(INCIDENTS) {
                self.memory.asks(inquiry, now);
                if let Err(error) = self.ask_about(scope, inquiry, now).await {
                    let (incident, error) = (inquiry.incident.to_string(), format!("{error:#}"));
                    tracing::warn!(%scope, incident, error, "metrics could not be had as evidence");
                }
            }
        };
        if self.clock.within(left, ask_all).await.is_none() {
            tracing::warn!("metrics could not be had as evidence: they took too long");
        }
    }

    async fn ask_about(&self, scope: &Scope, inquiry: &Inquiry, now: Timestamp) -> anyhow::Result<()> {
        let listed = inquiry.connections.keys().map(|id| self.measurements.series(&inquiry.region, id));
        let wanted = inquiry.wanted(try_join_all(listed).await?.into_iter().flatten());
        if wanted.is_empty() {
            return Ok(());
        }
        let samples = self.measurements.samples(&inquiry.region, &wanted, inquiry.span(now)).await?;
        let series = wanted.len();
        let answers: Vec<_> = wanted.into_iter().zip(samples).collect();
        let found = findings(inquiry, &answers);
        let incident = inquiry.incident.to_string();
        tracing::info!(%scope, incident, series, found = found.len(), "metrics were asked for as evidence");
        for evidence in &found {
            self.evidence.keep(scope, evidence).await.context("it cannot be kept")?;
        }
        Ok(())
    }
}
