//! The pipeline: recall, observe, publish; record, announce, acknowledge. And nothing but it.
//!
//! ```text
//! recall ──► observe ──►┬─► publish metrics
//! (states)  (describe)  └─► diff ──► record ──► announce ──► acknowledge
//! ```
//!
//! Here stands the order of the steps. Each step is a stage in a file of its own, which holds the ports that it touches:
//! `observer` recalls and observes, and makes a `comparison` of the two; `publisher` publishes; `recorder` writes, and
//! `first_sights` what is new in bulk; `dispatcher` brings each sink up to date by a `delivery`, from what an `outbox` reads
//! back, at the `pace` that the sink bears; `baselines` announces what has begun to be watched; `retirement` ends what is
//! configured no longer. What they could not do stands in `notes`.
//!
//! Scopes go their ways side by side, and so do the sinks: none waits for another, and a failure anywhere is noted while
//! everything else goes on. The order of the steps within a scope is what the guarantees stand on:
//!
//! - recalled **before** it is observed, so that a write is refused when the observation is older than the row;
//! - recorded **before** it is announced, and announced from the record, so that every sink announces the same: a
//!   transition goes on as soon as it is recorded, the cables' first, while the others are still being recorded;
//! - announced **before** it is acknowledged, so that a crash repeats and never loses;
//! - a kind's last complete listing moves forward only **after** what it showed is on record, uncertain sights included:
//!   it is the bound of the changes that follow.
//!
//! No task is spawned and no time is taken but from the clock port: a deterministic simulation can drive all of it.

mod acknowledger;
mod backlog;
mod baselines;
mod comparison;
mod delivery;
mod dispatcher;
mod failure;
mod first_sights;
mod folder;
mod folding;
mod lister;
mod memory;
mod notes;
mod observer;
mod outbox;
mod pace;
mod poll_report;
mod poll_time;
mod publisher;
mod recorder;
mod retirement;
mod settings;

use std::sync::Arc;

use anyhow::anyhow;
use futures::{
    StreamExt,
    channel::mpsc,
    future::{join, join_all, join4},
};

use self::{
    backlog::News,
    baselines::{Baseline, Baselines},
    comparison::Comparison,
    dispatcher::Dispatcher,
    folder::{Estate, Folder, Part, ScopeFold},
    lister::Lister,
    notes::Notes,
    observer::Observer,
    pace::Pace,
    poll_time::PollTime,
    publisher::{Levels, Publisher},
    recorder::{Outcome, Recorder, from_the_cables_upwards},
};
pub use self::{
    failure::{Cause, Failure, Gap, Step},
    memory::Memory,
    poll_report::{BaselineProgress, PollReport},
    settings::Settings,
};
use crate::{
    domain::{Scope, SinkName, Timestamp, Transition},
    metrics,
    ports::{Announcer, Clock, Inventory, Ledger, MetricSink},
};

/// Up to how many transitions of a scope are folded in one go.
const FOLDED_AT_ONCE: usize = 64;

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
    /// What this process remembers from one poll to the next.
    pub memory: &'a Memory,
}

impl<I: Inventory, L: Ledger, M: MetricSink, C: Clock> Monitor<'_, I, L, M, C> {
    /// Polls once, does all that follows, and says what was done and what could not be. With a deadline, it stops two
    /// seconds before it, wherever it is: what was recorded is announced by the next poll.
    pub async fn poll(&self, deadline: Option<Timestamp>) -> PollReport {
        let began = self.clock.now();
        let notes = Notes::new(self.announcers.iter().map(|announcer| announcer.sink()));
        let time = PollTime::until(deadline, began);
        let estate = Estate::default();
        let poll = self.stages(time, &estate, &notes);
        match time.whole() {
            None => poll.run().await,
            Some(whole) => {
                if self.clock.within(whole, poll.run()).await.is_none() {
                    let error = anyhow!("the time of the invocation ran out; the next poll goes on");
                    notes.fail(Step::Deadline, &error);
                }
            }
        }
        let now = self.clock.now();
        let mut report = notes.report(now.since(began));
        poll.publisher.publish_own(&mut report, now).await;
        report
    }

    /// The stages of a poll that has this time.
    fn stages<'a>(&'a self, time: PollTime, estate: &'a Estate, notes: &'a Notes) -> Poll<'a, I, L, M, C> {
        let Monitor { inventory, ledger, metrics, ref announcers, clock, settings, memory } = *self;
        let people = announcers.iter().filter(|announcer| announcer.is_for_people());
        let people: Vec<SinkName> = people.map(|announcer| announcer.sink()).collect();
        let sinks: Vec<SinkName> = announcers.iter().map(|announcer| announcer.sink()).collect();
        let cursors = sinks.iter().copied().chain([SinkName::INCIDENTS]).collect();
        Poll {
            settings,
            observer: Observer { inventory, ledger, clock, settings, time, notes },
            publisher: Publisher { metrics, clock, settings, began: time.began, notes },
            recorder: Recorder { ledger, clock, settings, sinks: cursors, people: people.clone(), time, notes },
            folder: Folder { ledger, clock, settings, memory, sinks, people, estate, notes },
            dispatcher: Dispatcher {
                ledger,
                announcers,
                clock,
                pace: Pace::new(clock, announcers, time),
                notify: settings.notify,
                notes,
            },
            baselines: Baselines { ledger, announcers, clock, notes },
            lister: Lister { ledger, memory, scopes: &settings.scopes, began: time.began, notes },
        }
    }
}

/// One run of the pipeline: its stages, and their order.
struct Poll<'a, I, L, M, C> {
    settings: &'a Settings,
    observer: Observer<'a, I, L, C>,
    publisher: Publisher<'a, M, C>,
    recorder: Recorder<'a, L, C>,
    folder: Folder<'a, L, C>,
    dispatcher: Dispatcher<'a, L, C>,
    baselines: Baselines<'a, L, C>,
    lister: Lister<'a, L>,
}

impl<I: Inventory, L: Ledger, M: MetricSink, C: Clock> Poll<'_, I, L, M, C> {
    async fn run(&self) {
        let (levels, all_levels) = mpsc::unbounded();
        let (baselines, all_baselines) = mpsc::unbounded();
        let scopes = self.settings.scopes.iter().map(|scope| self.scope(scope, levels.clone(), baselines.clone()));
        let scopes = join_all(scopes.collect::<Vec<_>>());
        drop((levels, baselines));
        join4(scopes, self.publisher.publish(all_levels), self.announce(all_baselines), self.retire()).await;
    }

    /// Announces the baselines of all scopes, once there is one or none of each.
    async fn announce(&self, baselines: mpsc::UnboundedReceiver<Baseline>) {
        let mut baselines: Vec<Baseline> = baselines.collect().await;
        baselines.sort_by_key(|baseline| self.settings.scopes.iter().position(|scope| scope == baseline.scope()));
        self.baselines.announce(baselines).await;
    }

    /// One scope, from recall to acknowledgement. Hands on what is still to be announced of its baseline.
    async fn scope(
        &self,
        scope: &Scope,
        levels: mpsc::UnboundedSender<Levels>,
        baselines: mpsc::UnboundedSender<Baseline>,
    ) {
        let revision = self.folder.revision(scope).await;
        let recalled = self.observer.recall(scope).await.map(Arc::new);
        recalled.iter().for_each(|recalled| self.folder.knows(recalled));
        let mut scope_fold = recalled.as_ref().and_then(|recalled| self.folder.begin(revision, recalled));
        let seen = self.observer.observe(scope).await;
        let snapshot = match &recalled {
            Some(recalled) => seen.in_context(recalled),
            None => seen,
        };
        let data = metrics::data_points(&snapshot, self.settings.metrics);
        let comparison = recalled.map(|recalled| Comparison::of(recalled, snapshot, &self.settings.rules()));
        let quiet = comparison.as_ref().is_some_and(|comparison| self.is_quiet(comparison));
        // The receiver outlives all senders; were it gone, there would be nothing to publish to anyway.
        let _ = levels.unbounded_send(Levels { data, quiet });
        drop(levels);

        let Some(comparison) = comparison else { return };
        let (sender, news) = mpsc::unbounded();
        join(
            self.record(&comparison, scope_fold.as_mut(), sender, baselines),
            self.dispatcher.dispatch(&comparison, news),
        )
        .await;
    }

    /// Records and folds one scope: hands on each transition as it is recorded, each incident as it is folded, and what is
    /// to be announced of a baseline in the end.
    async fn record(
        &self,
        comparison: &Comparison,
        scope_fold: Option<&mut ScopeFold>,
        news: mpsc::UnboundedSender<News>,
        baselines: mpsc::UnboundedSender<Baseline>,
    ) {
        let mut outcome = self.recorder.cover_all(comparison).await;
        let (recorded, failed) = join(
            self.record_and_fold(comparison, &outcome, scope_fold, &news),
            self.recorder.record_first_sights(comparison, &outcome.unsettled),
        )
        .await;
        drop(news);
        outcome.unsettled.extend(recorded.unsettled);
        outcome.unsettled.extend(failed);
        let progress = self.recorder.amend_and_progress(comparison, &outcome).await;
        let baseline = Baseline::unannounced(comparison, progress.as_ref());
        // The receiver outlives all senders.
        let _ = baseline.map(|baseline| baselines.unbounded_send(baseline));
    }

    /// Records transitions from the cables upwards. Of a large outage the cables are folded while the rest is still being
    /// recorded, so that people hear of its root at once.
    async fn record_and_fold<'c>(
        &self,
        comparison: &'c Comparison,
        covered: &Outcome<'_>,
        scope_fold: Option<&mut ScopeFold>,
        news: &mpsc::UnboundedSender<News>,
    ) -> Outcome<'c> {
        let writable = |transition: &&Transition| !covered.unsettled.contains(&transition.item.kind);
        let transitions = from_the_cables_upwards(comparison.diff.transitions.iter().filter(writable).collect());
        let Some(scope_fold) = scope_fold else {
            return self.recorder.record(&comparison.recalled, transitions, news).await;
        };
        let mut rest = transitions;
        let cables = if rest.len() > FOLDED_AT_ONCE {
            rest.drain(..rest.iter().take_while(|transition| transition.item.kind.layer() == 0).count()).collect()
        } else {
            Vec::new()
        };
        let mut outcome = self.recorder.record(&comparison.recalled, cables, news).await;
        if outcome.recorded.is_empty() {
            outcome.take(self.recorder.record(&comparison.recalled, rest, news).await);
        } else {
            let first = self.folder.fold(scope_fold, comparison, &outcome.recorded, Part::First, news);
            let (recorded, ()) = join(self.recorder.record(&comparison.recalled, rest, news), first).await;
            outcome.take(recorded);
        }
        let is_settled = covered.unsettled.is_empty() && outcome.unsettled.is_empty();
        self.folder.fold(scope_fold, comparison, &outcome.recorded, Part::Last { is_settled }, news).await;
        outcome
    }

    /// Whether nothing is to be recorded or announced of a scope, its poll row left out.
    fn is_quiet(&self, comparison: &Comparison) -> bool {
        comparison.is_settled()
            && !self.dispatcher.is_behind(&comparison.recalled)
            && !self.baselines.is_behind(comparison)
    }
}
