//! The pipeline: recall, observe, publish; record, announce, acknowledge. And nothing but it.
//!
//! ```text
//! recall ──► observe ──►┬─► publish metrics
//! (states)  (describe)  └─► diff ──► record ──► announce ──► acknowledge
//! ```
//!
//! Scopes go their ways side by side, and so do the sinks: none waits for another, and a failure anywhere is noted while
//! everything else goes on. The order of the steps within a scope is what the guarantees stand on:
//!
//! - recalled **before** it is observed, so that a write is refused when the observation is older than the row;
//! - recorded **before** it is announced, and announced from the record, so that everybody is told the same thing;
//! - announced **before** it is acknowledged, so that a crash repeats and never loses;
//! - a kind's last complete listing moves forward only **after** what it showed is recorded.
//!
//! No task is spawned and no time is taken but from the clock port: a deterministic simulation can drive all of it.

mod announcing;
mod backlog;
mod baseline;
mod failure;
mod notes;
mod outbox;
mod poll_report;
mod publishing;
mod recording;

use std::{collections::BTreeSet, pin::pin, time::Duration};

use anyhow::anyhow;
use futures::{
    channel::mpsc,
    future::{Either, join, join_all, join3, select},
};

use self::{baseline::Baseline, notes::Notes, publishing::Levels};
pub use self::{
    failure::{Cause, Failure, Gap, Step},
    poll_report::PollReport,
};
use crate::{
    diff::{Rules, diff},
    domain::{Kind, Recalled, Scope, SinkName, Snapshot, Timestamp},
    metrics::{self, MetricsMode},
    ports::{Announcer, Clock, Inventory, Ledger, MetricSink},
};

/// How long recalling a scope may take, retries included; a poll without memory still publishes its metrics.
const RECALL_LIMIT: Duration = Duration::from_secs(5);
/// What must be left of the time of an invocation for a poll to go on: enough to say what is left undone.
const RESERVE: Duration = Duration::from_secs(2);

/// What to watch, and by which rules.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The scopes: one per region, and one for the global kinds.
    pub scopes: Vec<Scope>,
    /// The kinds.
    pub kinds: BTreeSet<Kind>,
    /// Which metrics of items are published.
    pub metrics: MetricsMode,
    /// How many successive observations make an uncertain sight certain.
    pub confirm_polls: u64,
    /// For how long a kind may go without a complete listing before that time counts as unmonitored.
    pub unmonitored_after: Duration,
    /// For how long history, and the rows of items that left, are kept.
    pub keep_history: Duration,
    /// What the monitor's own metrics are told apart by: the function's name.
    pub monitor: String,
}

impl Settings {
    /// The scopes in which items of `kinds` are found, seen from `account` in `regions`.
    pub fn scopes(account: &str, regions: &[String], kinds: &BTreeSet<Kind>) -> Vec<Scope> {
        let regional = regions.iter().map(|region| Scope::regional(account, region.clone()));
        regional.chain([Scope::global(account)]).filter(|scope| kinds.iter().any(|kind| scope.holds(*kind))).collect()
    }

    fn rules(&self) -> Rules {
        Rules {
            confirm_polls: self.confirm_polls,
            unmonitored_after: self.unmonitored_after,
            keep_removed: self.keep_history,
        }
    }

    /// When what is written at `at` may be dropped, in seconds since 1970.
    fn expiry(&self, at: Timestamp) -> i64 {
        at.plus(self.keep_history).seconds()
    }
}

/// One monitor over its ports; lives as long as the program, and polls whenever it is asked to.
#[derive(Clone)]
pub struct Monitor<'a, I, L, M, C> {
    /// Where the items and their states come from.
    pub inventory: &'a I,
    /// Where states, history and cursors are kept.
    pub ledger: &'a L,
    /// Where levels are published.
    pub metrics: &'a M,
    /// Where transitions are announced.
    pub announcers: Vec<&'a dyn Announcer>,
    /// Time.
    pub clock: &'a C,
    /// What to watch, and by which rules.
    pub settings: &'a Settings,
}

impl<I: Inventory, L: Ledger, M: MetricSink, C: Clock> Monitor<'_, I, L, M, C> {
    /// Looks once, does all that follows, and says what was done and what could not be. With a deadline, it stops two
    /// seconds before it, wherever it is: what was recorded is announced by the next poll.
    pub async fn poll(&self, deadline: Option<Timestamp>) -> PollReport {
        let began = self.clock.now();
        let notes = Notes::new(self.sinks());
        let work = self.work(began, &notes);
        match deadline {
            None => work.await,
            Some(deadline) => {
                let time = deadline.since(began).saturating_sub(RESERVE);
                if self.within(time, work).await.is_none() {
                    notes.fail(Step::Deadline, &anyhow!("the time of the invocation ran out; the next poll goes on"));
                }
            }
        }
        let now = self.clock.now();
        let mut report = notes.report(now.since(began));
        self.publish_own(&notes, &mut report, now).await;
        report
    }

    async fn work(&self, began: Timestamp, notes: &Notes) {
        let (levels, all_levels) = mpsc::unbounded();
        let scopes = self.settings.scopes.iter().map(|scope| self.poll_scope(scope, levels.clone(), notes));
        let scopes = join_all(scopes.collect::<Vec<_>>());
        drop(levels);
        let (baselines, ()) = join(scopes, self.publish(began, all_levels, notes)).await;
        self.tell_baselines(baselines.into_iter().flatten().collect(), notes).await;
    }

    /// One scope, from recall to acknowledgement. Gives back what people have not been told of its baseline.
    async fn poll_scope(
        &self,
        scope: &Scope,
        levels: mpsc::UnboundedSender<Levels>,
        notes: &Notes,
    ) -> Option<Baseline> {
        let recalled = self.recall(scope, notes).await;
        let snapshot = self.observe(scope, notes).await;
        let compared = recalled.map(|recalled| {
            let diff = diff(&recalled, &snapshot, &self.settings.rules());
            (recalled, diff)
        });
        let quiet = compared.as_ref().is_some_and(|(recalled, diff)| self.is_quiet(recalled, &snapshot, diff));
        // The receiver outlives all senders; were it gone, nobody would be there to publish anyway.
        let _ = levels.unbounded_send(Levels { data: metrics::data_points(&snapshot, self.settings.metrics), quiet });
        drop(levels);

        let (recalled, diff) = compared?;
        let recorded = self.record(&recalled, &snapshot, &diff, notes).await;
        let (_, progress, ()) = join3(
            self.amend(scope, &diff.amendments, notes),
            self.progress(&recalled, &snapshot, &recorded, notes),
            self.announce(&recalled, &recorded, notes),
        )
        .await;
        Baseline::untold(&recalled, &snapshot, &progress)
    }

    async fn recall(&self, scope: &Scope, notes: &Notes) -> Option<Recalled> {
        let recalled = match self.within(RECALL_LIMIT, self.ledger.recall(scope)).await {
            Some(recalled) => recalled,
            None => Err(anyhow!("no answer within {} seconds", RECALL_LIMIT.as_secs())),
        };
        match recalled {
            Ok(recalled) => Some(recalled),
            Err(error) => {
                notes.fail_with(Step::Recall, scope, &error);
                None
            }
        }
    }

    async fn observe(&self, scope: &Scope, notes: &Notes) -> Snapshot {
        let kinds: BTreeSet<Kind> = self.settings.kinds.iter().copied().filter(|kind| scope.holds(*kind)).collect();
        let observation = self.inventory.observe(scope, &kinds).await;
        let snapshot = Snapshot { scope: scope.clone(), at: self.clock.now(), kinds, observation };
        notes.observed(&snapshot);
        snapshot
    }

    fn sinks(&self) -> Vec<SinkName> {
        self.announcers.iter().map(|announcer| announcer.sink()).collect()
    }

    /// What `future` gives, unless the time is over first.
    async fn within<F: Future>(&self, time: Duration, future: F) -> Option<F::Output> {
        match select(pin!(future), pin!(self.clock.sleep(time))).await {
            Either::Left((output, _)) => Some(output),
            Either::Right(_) => None,
        }
    }
}
