//! A dispatch: reads the roster, sends what is due to the queue, and publishes how the accounts are.

use serde::Serialize;

use crate::{
    metrics::{DataPoint, Unit},
    organisation::{Beat, RosterFigures, Wanted, data_points, due, figures},
    ports::{Clock, MetricSink, Queue, Roster},
};

/// What a dispatch works with.
pub struct Dispatch<'a, M, C> {
    /// The accounts.
    pub roster: &'a dyn Roster,
    /// Where orders are sent.
    pub queue: &'a dyn Queue,
    /// Where figures are published.
    pub metrics: &'a M,
    /// Time.
    pub clock: &'a C,
    /// The dimension of the monitor's own metrics.
    pub monitor: &'a str,
}

/// What a dispatch has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DispatchReport {
    /// Accounts that are watched.
    pub accounts: u64,
    /// Orders that the queue has taken.
    pub sent: u64,
    /// The accounts that are late.
    pub late: Vec<String>,
    /// What could not be done: each error once.
    pub failures: Vec<String>,
}

impl<M: MetricSink, C: Clock> Dispatch<'_, M, C> {
    /// Sends the orders of a beat. An order that the queue refuses holds up no other. The own account alone has no roster,
    /// and no figures of it.
    ///
    /// # Errors
    ///
    /// The roster cannot be read.
    pub async fn run(&self, wanted: Wanted<'_>, beat: &Beat) -> anyhow::Result<DispatchReport> {
        let is_alone = wanted == Wanted::Own;
        let roster = if is_alone { Vec::new() } else { self.roster.roster().await? };
        let messages = due(&roster, wanted, beat);
        let results = self.queue.send(&messages).await;
        let mut failures: Vec<String> = Vec::new();
        let mut sent = 0;
        for result in results {
            match result {
                Ok(()) => sent += 1,
                Err(error) => failures.push(format!("{error:#}")),
            }
        }
        failures.sort();
        failures.dedup();
        let counted = figures(&roster, self.clock.now());
        failures.extend(self.publish((!is_alone).then_some(&counted), sent).await);
        Ok(DispatchReport { accounts: counted.watched, sent, late: counted.late, failures })
    }

    /// Publishes the figures, and returns the errors. `Dispatched` is there with each dispatch: where it is missing, nobody
    /// dispatches.
    async fn publish(&self, counted: Option<&RosterFigures>, sent: u64) -> Vec<String> {
        let at = self.clock.now();
        let mut data = counted.map(|counted| data_points(counted, self.monitor, at)).unwrap_or_default();
        let dimensions = vec![("Monitor", self.monitor.to_owned())];
        data.push(DataPoint { metric: "Dispatched", dimensions, value: sent as f64, unit: Unit::Count, at });
        self.metrics.publish(&data).await.errors.iter().map(|error| format!("{error:#}")).collect()
    }
}

#[cfg(test)]
mod tests;
