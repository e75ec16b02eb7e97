//! The pipeline: recall, observe, publish; record, fold, announce, acknowledge.
//!
//! ```text
//! recall ──► observe ──►┬─► publish metrics
//! (states)  (describe)  └─► diff ──► record ──► fold ──► announce ──► acknowledge
//! ```
//!
//! This file has the order of the steps. Each step is a stage in a file of its own, which holds the ports that it uses.
//! `observer` recalls and observes, and makes a `comparison` of the two. `publisher` publishes metrics. `recorder`
//! records transitions, and `first_sights` records baselines in bulk. `prefix_keeper` keeps the
//! prefixes that are accepted. `folder` gathers transitions into incidents.
//! `destinations` compares what their paths amount to, once all scopes are recorded.
//! `dispatcher` brings each sink up to date with a `delivery`, which announces the rows that an `outbox` reads, at the
//! sink's `pace`, and has their cursors moved by the `acknowledger`. `baselines` announces baselines. `retirement`
//! ends scopes that are no longer configured, and the `lister` records which these are. A `witness`
//! asks AWS's own metrics about incidents, when a poll is over. What the stages could not do is collected in `notes`.
//!
//! Scopes are polled in parallel, and so are sinks served: none waits for another, and after a failure everything else
//! goes on. The guarantees depend on the order of the steps within a scope:
//!
//! - recalled **before** it is observed, so that a write is refused when the observation is older than the row;
//! - recorded **before** it is announced, and announced from the record, so that every sink announces the same: a
//!   transition goes on as soon as it is recorded, the cables' first, while the others are still being recorded;
//! - announced **before** it is acknowledged, so that a crash repeats an announcement and never loses one;
//! - a kind's last complete listing moves forward only **after** everything that it showed is recorded, suspects
//!   included: it is the lower bound of the transitions that follow.
//!
//! No task is spawned, and all time comes from the clock port, so that a deterministic simulation can drive the
//! pipeline.

mod acknowledger;
mod backlog;
mod baselines;
mod comparison;
mod delivery;
mod destinations;
mod dispatcher;
mod failure;
mod first_sights;
mod folder;
mod folding;
mod lister;
mod memory;
mod notes;
mod observer;
mod occasion;
mod outbox;
mod pace;
mod part;
mod poll_report;
mod poll_time;
mod prefix_keeper;
mod publisher;
mod recorder;
mod retirement;
mod route_counts;
mod scope_fold;
mod settings;
mod surroundings;
mod witness;

use std::sync::Arc;

use anyhow::anyhow;
use futures::{
    FutureExt, StreamExt,
    channel::mpsc,
    future::{join, join_all, join3, join4},
};

use self::{
    backlog::News,
    baselines::{Baseline, Baselines},
    comparison::Comparison,
    destinations::Done,
    dispatcher::Dispatcher,
    folder::Folder,
    lister::Lister,
    notes::Notes,
    observer::Observer,
    occasion::Occasion,
    pace::Pace,
    part::Part,
    poll_time::PollTime,
    prefix_keeper::PrefixKeeper,
    publisher::{Levels, Publisher},
    recorder::{Outcome, Recorder, first_cables, from_the_cables_upwards},
    scope_fold::{Estate, ScopeFold},
};
pub use self::{
    failure::{Cause, Failure, Gap, Step},
    memory::Memory,
    poll_report::{BaselineProgress, PollReport},
    settings::Settings,
    witness::Witness,
};
use crate::{
    diff::Rules,
    domain::{Scope, SinkName, Timestamp, Transition},
    metrics,
    ports::{Announcer, Clock, Inventory, Ledger, MetricSink},
};

/// How many transitions of a scope are folded at once, at most.
const FOLDED_AT_ONCE: usize = 64;
/// How many cables of a larger outage are folded first: few enough for one transaction, at once.
const FOLDED_FIRST: usize = 64;

/// A monitor with its ports. It lives as long as the program, and polls when it is called.
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
    /// The memory of this process from one poll to the next.
    pub memory: &'a Memory,
}

impl<I: Inventory, L: Ledger, M: MetricSink, C: Clock> Monitor<'_, I, L, M, C> {
    /// Runs one poll, and reports what was done and what could not be done. With a deadline, it stops two seconds
    /// before it, wherever it is; the next poll announces what was recorded.
    pub async fn poll(&self, deadline: Option<Timestamp>) -> PollReport {
        self.run(Occasion::regular(&self.settings.scopes), deadline).await
    }

    /// Runs a regular poll of these scopes, which must be among the configured ones.
    pub async fn poll_of(&self, scopes: &[Scope], deadline: Option<Timestamp>) -> PollReport {
        self.run(Occasion::regular(scopes), deadline).await
    }

    /// Runs a poll of these scopes, which must be among the configured ones, between the regular polls: what happened is
    /// recorded and announced now.
    pub async fn poll_in_between(&self, scopes: &[Scope], deadline: Option<Timestamp>) -> PollReport {
        self.run(Occasion::in_between(scopes), deadline).await
    }

    async fn run(&self, occasion: Occasion<'_>, deadline: Option<Timestamp>) -> PollReport {
        let began = self.clock.now();
        let notes = Notes::new(self.announcers.iter().map(|announcer| announcer.sink()));
        let time = PollTime::until(deadline, began);
        let estate = Estate::default();
        let poll = self.stages(occasion, time, &estate, &notes);
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
    fn stages<'a>(
        &'a self,
        occasion: Occasion<'a>,
        time: PollTime,
        estate: &'a Estate,
        notes: &'a Notes,
    ) -> Poll<'a, I, L, M, C> {
        let Monitor { inventory, ledger, metrics, ref announcers, clock, settings, memory } = *self;
        let people = announcers.iter().filter(|announcer| announcer.is_for_people());
        let people: Vec<SinkName> = people.map(|announcer| announcer.sink()).collect();
        let sinks: Vec<SinkName> = announcers.iter().map(|announcer| announcer.sink()).collect();
        let cursors = sinks.iter().copied().chain([SinkName::INCIDENTS]).collect();
        Poll {
            occasion,
            settings,
            observer: Observer { inventory, ledger, clock, settings, memory, time, notes },
            publisher: Publisher { metrics, clock, settings, occasion, began: time.began, notes },
            recorder: Recorder {
                ledger,
                clock,
                settings,
                occasion,
                sinks: cursors,
                people: people.clone(),
                time,
                notes,
            },
            keeper: PrefixKeeper { ledger, settings, estate, notes },
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
    occasion: Occasion<'a>,
    settings: &'a Settings,
    observer: Observer<'a, I, L, C>,
    publisher: Publisher<'a, M, C>,
    recorder: Recorder<'a, L, C>,
    keeper: PrefixKeeper<'a, L>,
    folder: Folder<'a, L, C>,
    dispatcher: Dispatcher<'a, L, C>,
    baselines: Baselines<'a, L, C>,
    lister: Lister<'a, L>,
}

impl<I: Inventory, L: Ledger, M: MetricSink, C: Clock> Poll<'_, I, L, M, C> {
    async fn run(&self) {
        let plans = self.folder.read_plans(self.occasion.scopes).boxed_local().shared();
        let (levels, all_levels) = mpsc::unbounded();
        let (baselines, all_baselines) = mpsc::unbounded();
        let scopes = self.occasion.scopes.iter().map(|scope| {
            let plans = plans.clone();
            self.scope(scope, plans, levels.clone(), baselines.clone())
        });
        let scopes = join_all(scopes.collect::<Vec<_>>());
        let scopes = async {
            let (done, ()) = join(scopes, self.recall_others()).await;
            self.compare_destinations(done.into_iter().flatten().collect()).await;
        };
        drop((levels, baselines));
        join4(scopes, self.publisher.publish(all_levels), self.announce(all_baselines), self.retire()).await;
    }

    /// Recalls what is configured and not polled this time. Whether a path is the last one depends on what all scopes hold.
    async fn recall_others(&self) {
        let others = self.settings.scopes.iter().filter(|scope| !self.occasion.scopes.contains(scope));
        let recall = others.map(async |scope| {
            let recalled = self.observer.recall(scope).await.map(Arc::new);
            recalled.iter().for_each(|recalled| self.folder.knows(recalled));
        });
        join_all(recall.collect::<Vec<_>>()).await;
    }

    /// Announces the baselines of all scopes, once each scope has reported its baseline, or that it has none to
    /// announce.
    async fn announce(&self, baselines: mpsc::UnboundedReceiver<Baseline>) {
        let mut baselines: Vec<Baseline> = baselines.collect().await;
        baselines.sort_by_key(|baseline| self.occasion.scopes.iter().position(|scope| scope == baseline.scope()));
        self.baselines.announce(baselines).await;
    }

    /// Runs the steps of one scope, from recall to acknowledgement. Hands on the part of its baseline that is still to
    /// be announced.
    async fn scope(
        &self,
        scope: &Scope,
        plans: impl Future<Output = ()>,
        levels: mpsc::UnboundedSender<Levels>,
        baselines: mpsc::UnboundedSender<Baseline>,
    ) -> Option<Done> {
        let revision = self.folder.revision(scope).await;
        let evidence = async { if self.occasion.is_regular { Vec::new() } else { self.folder.evidence(scope).await } };
        let (recalled, (), evidence) = join3(self.observer.recall(scope), plans, evidence).await;
        let recalled = recalled.map(Arc::new);
        recalled.iter().for_each(|recalled| self.folder.knows(recalled));
        let mut scope_fold = recalled.as_ref().and_then(|recalled| self.folder.begin(revision, recalled));
        scope_fold.iter_mut().for_each(|scope_fold| scope_fold.evidence = evidence.clone());
        let seen = self.observer.observe(scope).await;
        let snapshot = match &recalled {
            Some(recalled) => seen.in_context(recalled),
            None => seen,
        };
        let data = metrics::data_points_of(self.settings.whose, &snapshot, recalled.as_deref(), self.settings.metrics);
        let rules = Rules { confirms: self.occasion.is_regular, ..self.settings.rules() };
        let comparison = recalled.map(|recalled| Comparison::of(recalled, snapshot, &rules));
        if let (Some(comparison), Some(scope_fold)) = (&comparison, &mut scope_fold) {
            scope_fold.evidence.extend(route_counts::changed(&comparison.recalled, &comparison.snapshot));
        }
        let quiet = comparison.as_ref().is_some_and(|comparison| self.is_quiet(comparison));
        // The receiver outlives all senders.
        let _ = levels.unbounded_send(Levels { data, quiet });
        drop(levels);

        let comparison = comparison?;
        let (sender, news) = mpsc::unbounded();
        let (is_settled, ()) = join(
            self.record(&comparison, scope_fold.as_mut(), sender, baselines),
            self.dispatcher.dispatch(&comparison, news),
        )
        .await;
        Some(Done { comparison, scope_fold, is_settled })
    }

    /// Compares what the paths to each destination amount to with what they amounted to, once all scopes are recorded, and
    /// announces what has come of it.
    async fn compare_destinations(&self, done: Vec<Done>) {
        let Some((global, seen)) = self.folder.to_compare(done, self.occasion) else { return };
        let Some(recalled) = global.scope_fold.as_ref().map(ScopeFold::not_handed_on) else { return };
        let (sender, news) = mpsc::unbounded();
        let observed_at = global.comparison.snapshot.at;
        let announce = self.dispatcher.dispatch_from(&recalled, observed_at, news);
        join(self.folder.compare(global, &seen, sender), announce).await;
    }

    /// Records and folds one scope. Hands on each transition as it is recorded, each incident as it is folded, and in
    /// the end the baseline to announce. Returns whether all that was seen is recorded.
    async fn record(
        &self,
        comparison: &Comparison,
        mut scope_fold: Option<&mut ScopeFold>,
        news: mpsc::UnboundedSender<News>,
        baselines: mpsc::UnboundedSender<Baseline>,
    ) -> bool {
        let (mut outcome, found) = join(self.recorder.cover_all(comparison), self.keeper.keep(comparison)).await;
        scope_fold.iter_mut().for_each(|scope_fold| scope_fold.findings.extend(found.clone()));
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
        outcome.unsettled.is_empty()
    }

    /// Records transitions from the cables upwards. In a large outage some cables of each device are recorded and folded
    /// before the rest is recorded, so that its root is announced at once.
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
        let is_large = transitions.len() > FOLDED_AT_ONCE;
        let (first, rest) = first_cables(transitions, if is_large { FOLDED_FIRST } else { 0 });
        let mut outcome = self.recorder.record(&comparison.recalled, first, news).await;
        if !outcome.recorded.is_empty() {
            // The rest is not recorded meanwhile: this transaction would have to wait for the partition that all of them
            // are written to.
            let part = Part::First { foreseen: &rest };
            self.folder.fold(scope_fold, comparison, &outcome.recorded, part, news).await;
        }
        outcome.take(self.recorder.record(&comparison.recalled, rest, news).await);
        let is_settled = covered.unsettled.is_empty() && outcome.unsettled.is_empty();
        self.folder.fold(scope_fold, comparison, &outcome.recorded, Part::Last { is_settled }, news).await;
        outcome
    }

    /// Whether nothing of a scope is to be recorded or announced, apart from its poll row.
    fn is_quiet(&self, comparison: &Comparison) -> bool {
        comparison.is_settled()
            && !self.dispatcher.is_behind(&comparison.recalled)
            && !self.baselines.is_behind(comparison)
    }
}
