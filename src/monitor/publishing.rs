//! Publishing: the levels of all items, and the monitor's own figures.
//!
//! A poll is quiet when, but for its poll row, nothing is left to write or to tell once it has looked: all but a few
//! are. Then the monitor's own figures are known already and travel with the levels, in the same call: a call less, and
//! a round trip less. What goes wrong after that all the same is said by a correction. The alarm on `PollSucceeded` looks
//! at the minimum, so that a correction counts. In any other poll the figures follow at the end.

use std::time::Duration;

use futures::{StreamExt, channel::mpsc};

use super::{Monitor, PollReport, backlog::is_behind, baseline::Baseline, notes::Notes};
use crate::{
    diff::Diff,
    domain::{Recalled, Snapshot, Timestamp},
    metrics::{self, DataPoint},
    ports::{Clock, Inventory, Ledger, MetricSink},
};

/// How long the monitor's own metrics may take: part of the reserve.
const OWN_METRICS_LIMIT: Duration = Duration::from_secs(1);

/// What one scope has to publish.
pub(super) struct Levels {
    pub(super) data: Vec<DataPoint>,
    /// Whether nothing is left to do in the scope but to write its poll row.
    pub(super) quiet: bool,
}

impl<I: Inventory, L: Ledger, M: MetricSink, C: Clock> Monitor<'_, I, L, M, C> {
    /// Whether nothing is to be written or told of a scope, its poll row left out.
    pub(super) fn is_quiet(&self, recalled: &Recalled, snapshot: &Snapshot, diff: &Diff) -> bool {
        let has_baseline = |kind| recalled.poll.as_ref().is_some_and(|poll| poll.has_baseline(kind));
        let people_are_told = || {
            Baseline::untold(recalled, snapshot, &None).is_none()
                || !self.announcers.iter().any(|announcer| announcer.is_for_people())
        };
        let is_owed = |sink| recalled.states.values().any(|row| is_behind(row, sink));
        snapshot.observation.gaps.is_empty()
            && diff.is_empty()
            && snapshot.kinds.iter().all(|kind| has_baseline(*kind))
            && people_are_told()
            && !self.sinks().into_iter().any(is_owed)
    }

    /// Publishes the items' metrics as soon as every scope has been observed: in as few calls as the service allows, and
    /// with the monitor's own where the poll is quiet.
    pub(super) async fn publish(&self, began: Timestamp, levels: mpsc::UnboundedReceiver<Levels>, notes: &Notes) {
        let levels: Vec<Levels> = levels.collect().await;
        let quiet = levels.len() == self.settings.scopes.len() && levels.iter().all(|levels| levels.quiet);
        let mut data = levels.into_iter().map(|levels| levels.data).reduce(|mut all, data| {
            all.extend(data);
            all
        });
        let data = data.get_or_insert_default();
        let now = self.clock.now();
        let figures = notes.report(now.since(began)).figures();
        let own = if quiet && figures.succeeded {
            metrics::own_data_points(&figures, &self.settings.monitor, now)
        } else {
            Vec::new()
        };
        let riding = own.len();
        data.extend(own);
        if data.is_empty() {
            return;
        }
        let mut publication = self.metrics.publish(data).await;
        // Of items only: where some calls failed, it is not known in which of them the monitor's own were.
        publication.accepted = publication.accepted.saturating_sub(riding);
        if riding > 0 && publication.errors.is_empty() {
            notes.published_own(figures);
        }
        notes.published(&publication);
    }

    /// Publishes the monitor's own figures: what has not been said of them yet.
    pub(super) async fn publish_own(&self, notes: &Notes, report: &mut PollReport, now: Timestamp) {
        let (figures, monitor) = (report.figures(), &self.settings.monitor);
        let own = match notes.own_as_published() {
            Some(said) => metrics::corrections(&said, &figures, monitor, now),
            None => metrics::own_data_points(&figures, monitor, now),
        };
        if own.is_empty() {
            return;
        }
        report.own_metrics(self.within(OWN_METRICS_LIMIT, self.metrics.publish(&own)).await);
    }
}
