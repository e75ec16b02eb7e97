//! Publishing: the levels of all items, and the monitor's own figures.
//!
//! A poll is quiet when, but for its poll row, nothing is left to record or to announce once all is observed: all but a
//! few are. Then the monitor's own figures are known already and travel with the levels, in the same call: a call less,
//! and a round trip less. What goes wrong after that all the same is said by a correction. The alarm on `PollSucceeded`
//! takes the minimum, so that a correction counts. In any other poll the figures follow at the end.

use std::time::Duration;

use futures::{StreamExt, channel::mpsc};

use super::{notes::Notes, poll_report::PollReport, settings::Settings};
use crate::{
    domain::Timestamp,
    metrics::{self, DataPoint},
    ports::{Clock, MetricSink},
};

/// How long the monitor's own metrics may take: part of the reserve.
const OWN_METRICS_LIMIT: Duration = Duration::from_secs(1);

/// What one scope has to publish.
pub(super) struct Levels {
    pub(super) data: Vec<DataPoint>,
    /// Whether nothing is left to do in the scope but to write its poll row.
    pub(super) quiet: bool,
}

/// Publishes a poll's metrics.
pub(super) struct Publisher<'a, M, C> {
    pub(super) metrics: &'a M,
    pub(super) clock: &'a C,
    pub(super) settings: &'a Settings,
    /// When the poll began.
    pub(super) began: Timestamp,
    pub(super) notes: &'a Notes,
}

impl<M: MetricSink, C: Clock> Publisher<'_, M, C> {
    /// Publishes the items' metrics as soon as every scope has been observed: in as few calls as the service allows, and
    /// with the monitor's own where the poll is quiet.
    pub(super) async fn publish(&self, levels: mpsc::UnboundedReceiver<Levels>) {
        let levels: Vec<Levels> = levels.collect().await;
        let quiet = levels.len() == self.settings.scopes.len() && levels.iter().all(|levels| levels.quiet);
        let mut data = levels.into_iter().map(|levels| levels.data).reduce(|mut all, data| {
            all.extend(data);
            all
        });
        let data = data.get_or_insert_default();
        let now = self.clock.now();
        let figures = self.notes.report(now.since(self.began)).figures();
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
            self.notes.published_own(figures);
        }
        self.notes.published(&publication);
    }

    /// Publishes the monitor's own figures: what has not been said of them yet.
    pub(super) async fn publish_own(&self, report: &mut PollReport, now: Timestamp) {
        let (figures, monitor) = (report.figures(), &self.settings.monitor);
        let own = match self.notes.own_as_published() {
            Some(said) => metrics::corrections(&said, &figures, monitor, now),
            None => metrics::own_data_points(&figures, monitor, now),
        };
        if !own.is_empty() {
            report.own_metrics(self.clock.within(OWN_METRICS_LIMIT, self.metrics.publish(&own)).await);
        }
    }
}
