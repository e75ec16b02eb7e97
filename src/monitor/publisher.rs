//! Publishing: the levels of all items, and the monitor's own figures.
//!
//! A poll is quiet when, but for its poll row, nothing is left to record or to announce once all is observed: all but a
//! few are. Then the monitor's own figures are known already and travel with the levels, in the same call: a call less,
//! and a round trip less. What goes wrong after that all the same is said by a correction. The alarm on `PollSucceeded`
//! takes the minimum, so that a correction counts. In any other poll the figures follow at the end.
//!
//! A region may take half a minute to fail. The levels of the others do not wait that long: an alarm on them must not
//! depend on it.

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

/// How long the levels of one scope wait for those of the others.
const PATIENCE: Duration = Duration::from_secs(5);

/// What one scope has to publish.
pub(super) struct Levels {
    pub(super) data: Vec<DataPoint>,
    /// Whether nothing is left to do in the scope but to write its poll row.
    pub(super) quiet: bool,
}

/// The levels that have come so far.
#[derive(Default)]
struct Gathered {
    /// What is not published yet.
    data: Vec<DataPoint>,
    /// How many scopes have come, and how many of them are quiet.
    scopes: usize,
    quiet: usize,
}

impl Gathered {
    /// Adds what comes, until all has come. Dropped before that, it keeps what it has.
    async fn gather(&mut self, levels: &mut mpsc::UnboundedReceiver<Levels>) {
        while let Some(levels) = levels.next().await {
            self.add(levels);
        }
    }

    fn add(&mut self, Levels { data, quiet }: Levels) {
        self.data.extend(data);
        self.scopes += 1;
        self.quiet += usize::from(quiet);
    }

    /// Takes what is not published yet.
    fn take(&mut self) -> Vec<DataPoint> {
        std::mem::take(&mut self.data)
    }

    /// Whether every one of so many scopes has come and is quiet, those published before included.
    fn is_quiet(&self, scopes: usize) -> bool {
        self.scopes == scopes && self.quiet == scopes
    }
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
    /// Publishes the items' metrics: once, where every scope is observed in time, and with the monitor's own where the
    /// poll is quiet. While a scope is late, what has come is published every [`PATIENCE`], and the monitor's own wait.
    pub(super) async fn publish(&self, mut levels: mpsc::UnboundedReceiver<Levels>) {
        let mut gathered = Gathered::default();
        loop {
            let is_complete = self.clock.within(PATIENCE, gathered.gather(&mut levels)).await.is_some();
            let is_quiet = is_complete && gathered.is_quiet(self.settings.scopes.len());
            self.publish_gathered(gathered.take(), is_quiet).await;
            if is_complete {
                return;
            }
        }
    }

    /// Publishes data points of items, and with them the monitor's own figures where the poll is quiet and nothing failed.
    async fn publish_gathered(&self, mut data: Vec<DataPoint>, is_quiet: bool) {
        let now = self.clock.now();
        let figures = self.notes.report(now.since(self.began)).figures();
        let own = if is_quiet && figures.succeeded {
            metrics::own_data_points(&figures, &self.settings.monitor, now)
        } else {
            Vec::new()
        };
        let riding = own.len();
        data.extend(own);
        if data.is_empty() {
            return;
        }
        let mut publication = self.metrics.publish(&data).await;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Unit;

    fn levels(metric: &'static str, quiet: bool) -> Levels {
        let at = Timestamp::from_milliseconds(0);
        Levels { data: vec![DataPoint { metric, dimensions: Vec::new(), value: 4.0, unit: Unit::None, at }], quiet }
    }

    #[test]
    fn what_is_taken_is_not_taken_again_and_counts_all_the_same() {
        let mut gathered = Gathered::default();
        gathered.add(levels("first", true));
        assert!(!gathered.is_quiet(2), "one is late");
        assert_eq!(gathered.take().len(), 1);
        gathered.add(levels("second", true));
        assert!(gathered.is_quiet(2));
        assert_eq!(gathered.take().iter().map(|point| point.metric).collect::<Vec<_>>(), ["second"]);
    }

    #[test]
    fn one_scope_with_something_to_do_is_enough() {
        for (first, second) in [(true, false), (false, true)] {
            let mut gathered = Gathered::default();
            gathered.add(levels("first", first));
            gathered.take();
            gathered.add(levels("second", second));
            assert!(!gathered.is_quiet(2), "{first} {second}");
        }
    }
}
