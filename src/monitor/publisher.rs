//! Publishes the metrics: the levels of all items, and the monitor's own figures.
//!
//! A poll is quiet if nothing but its poll row is left to record or announce after the observation, and almost all
//! polls are. The monitor's own figures are then known early and are published with the levels in one call, which saves
//! a round trip. If something fails after that, a correction is published. The alarm on `PollSucceeded` takes the
//! minimum, so that the correction counts. In any other poll the figures follow at the end.
//!
//! A poll in between publishes levels, and of the monitor's own figures only what happened in it. So does a poll of another
//! account: the monitor's own figures are about the monitor, and no single account of many may hold them.
//!
//! A region may take half a minute to fail. The levels of the others do not wait that long, so that alarms on them do
//! not depend on it.

use std::time::Duration;

use futures::{StreamExt, channel::mpsc};

use super::{notes::Notes, occasion::Occasion, poll_report::PollReport, settings::Settings};
use crate::{
    domain::{Timestamp, Whose},
    metrics::{self, DataPoint, PollFigures},
    ports::{Clock, MetricSink},
};

/// How long publishing the monitor's own metrics may take; part of the reserve.
const OWN_METRICS_LIMIT: Duration = Duration::from_secs(1);

/// How long the levels of one scope wait for those of the others.
const PATIENCE: Duration = Duration::from_secs(5);

/// The metrics of one scope.
pub(super) struct Levels {
    pub(super) data: Vec<DataPoint>,
    /// Whether the scope has nothing left to write but its poll row.
    pub(super) quiet: bool,
}

/// The levels received so far.
#[derive(Default)]
struct Gathered {
    /// The data points that are not published yet.
    data: Vec<DataPoint>,
    /// How many scopes were received, and how many of them are quiet.
    scopes: usize,
    quiet: usize,
    /// How many items of all scopes are down, where that is a number of its own; and whether it is published already.
    items_down: Option<DataPoint>,
    is_down_published: bool,
}

impl Gathered {
    /// Adds levels until all have been received. If it is dropped earlier, the levels received so far are kept.
    async fn gather(&mut self, levels: &mut mpsc::UnboundedReceiver<Levels>) {
        while let Some(levels) = levels.next().await {
            self.add(levels);
        }
    }

    fn add(&mut self, Levels { mut data, quiet }: Levels) {
        for down in data.extract_if(.., |point| point.metric == metrics::ITEMS_DOWN) {
            let before = self.items_down.as_ref().map_or(0.0, |before| before.value);
            self.items_down = Some(DataPoint { value: before + down.value, ..down });
            self.is_down_published = false;
        }
        self.data.extend(data);
        self.scopes += 1;
        self.quiet += usize::from(quiet);
    }

    /// Takes the data points that are not published yet.
    fn take(&mut self) -> Vec<DataPoint> {
        let down = self.items_down.clone().filter(|_| !self.is_down_published);
        self.is_down_published = true;
        self.data.extend(down);
        std::mem::take(&mut self.data)
    }

    /// Whether all of this many scopes were received and are quiet, including those already published.
    fn is_quiet(&self, scopes: usize) -> bool {
        self.scopes == scopes && self.quiet == scopes
    }
}

/// Publishes a poll's metrics.
pub(super) struct Publisher<'a, M, C> {
    pub(super) metrics: &'a M,
    pub(super) clock: &'a C,
    pub(super) settings: &'a Settings,
    pub(super) occasion: Occasion<'a>,
    /// When the poll began.
    pub(super) began: Timestamp,
    pub(super) notes: &'a Notes,
}

impl<M: MetricSink, C: Clock> Publisher<'_, M, C> {
    /// Publishes the items' metrics: all at once if every scope is observed in time, and together with the monitor's
    /// own if the poll is quiet. While a scope is late, the levels received so far are published every [`PATIENCE`],
    /// and the monitor's own wait.
    pub(super) async fn publish(&self, mut levels: mpsc::UnboundedReceiver<Levels>) {
        let mut gathered = Gathered::default();
        loop {
            let is_complete = self.clock.within(PATIENCE, gathered.gather(&mut levels)).await.is_some();
            let is_quiet = is_complete && gathered.is_quiet(self.occasion.scopes.len());
            self.publish_gathered(gathered.take(), is_quiet).await;
            if is_complete {
                return;
            }
        }
    }

    /// Publishes data points of items, and with them the monitor's own figures if the poll is quiet and nothing has
    /// failed.
    async fn publish_gathered(&self, mut data: Vec<DataPoint>, is_quiet: bool) {
        let now = self.clock.now();
        let figures = self.notes.report(now.since(self.began)).figures();
        let own = if is_quiet && figures.succeeded && self.is_about_the_monitor() {
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
        // Counts items only. If some calls failed, it is unknown which of them had the monitor's own data points.
        publication.accepted = publication.accepted.saturating_sub(riding);
        if riding > 0 && publication.errors.is_empty() {
            self.notes.published_own(figures);
        }
        self.notes.published(&publication);
    }

    /// Whether the figures of this poll are true of the monitor as a whole.
    fn is_about_the_monitor(&self) -> bool {
        self.occasion.is_regular && self.settings.whose == Whose::Own
    }

    /// Publishes the monitor's own figures, as far as they differ from those published earlier in the poll.
    pub(super) async fn publish_own(&self, report: &mut PollReport, now: Timestamp) {
        let (figures, monitor) = (report.figures(), &self.settings.monitor);
        let own = match self.notes.own_as_published() {
            _ if self.settings.whose == Whose::Another => {
                let succeeded = !report.concerns_all();
                metrics::own_data_points_of_another(&PollFigures { succeeded, ..figures }, monitor, now)
            }
            _ if !self.occasion.is_regular => metrics::own_data_points_in_between(&figures, monitor, now),
            Some(published) => metrics::corrections(&published, &figures, monitor, now),
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
    fn data_points_are_taken_once_and_scopes_still_count() {
        let mut gathered = Gathered::default();
        gathered.add(levels("first", true));
        assert!(!gathered.is_quiet(2), "one is late");
        assert_eq!(gathered.take().len(), 1);
        gathered.add(levels("second", true));
        assert!(gathered.is_quiet(2));
        assert_eq!(gathered.take().iter().map(|point| point.metric).collect::<Vec<_>>(), ["second"]);
    }

    #[test]
    fn what_is_down_in_all_scopes_is_one_number_which_grows_as_they_come() {
        let down = |value| {
            let mut levels = levels(metrics::ITEMS_DOWN, true);
            levels.data[0].value = value;
            levels
        };
        let mut gathered = Gathered::default();
        gathered.add(down(1.0));
        gathered.add(down(2.0));
        assert_eq!(gathered.take().iter().map(|point| point.value).collect::<Vec<_>>(), [3.0]);
        assert_eq!(gathered.take(), [], "it is published once");
        gathered.add(down(0.0));
        assert_eq!(gathered.take()[0].value, 3.0, "a late scope brings the whole again");
    }

    #[test]
    fn one_scope_that_is_not_quiet_is_enough() {
        for (first, second) in [(true, false), (false, true)] {
            let mut gathered = Gathered::default();
            gathered.add(levels("first", first));
            gathered.take();
            gathered.add(levels("second", second));
            assert!(!gathered.is_quiet(2), "{first} {second}");
        }
    }
}
