//! Announces a baseline: one summary, to people, of the items that are monitored from now on.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::future::join_all;

use super::{comparison::Comparison, failure::Step, notes::Notes};
use crate::{
    announcement::BaselineSummary,
    domain::{Health, ItemDescription, Kind, Scope, SinkName, State},
    ports::{Announcer, BaselineAnnounced, Clock, Ledger, Progress, Refusal},
};

/// The part of a scope's baseline that is still to be announced.
pub(super) struct Baseline {
    scope: Scope,
    kinds: BTreeMap<Kind, KindBaseline>,
}

/// A kind's baseline, as a summary counts it.
struct KindBaseline {
    /// The sinks that have announced it.
    announced_on: BTreeSet<String>,
    count: usize,
    not_up: Vec<(Arc<ItemDescription>, State)>,
}

impl Baseline {
    /// The kinds whose baseline is set, by this poll (as `progress` has it) or an earlier one, and not yet announced on
    /// every sink for people.
    pub(super) fn unannounced(comparison: &Comparison, progress: Option<&Progress>) -> Option<Baseline> {
        let mut kinds = BTreeMap::new();
        let known = comparison.poll().map(|poll| &poll.kinds);
        for kind in &comparison.snapshot.kinds {
            let earlier = known.and_then(|kinds| kinds.get(kind));
            let is_set = progress.is_some_and(|progress| progress.baseline.contains(kind))
                || earlier.is_some_and(|progress| progress.baseline_at.is_some());
            if is_set && earlier.is_none_or(|progress| progress.baseline_announced.is_none()) {
                let announced_on = earlier.map(|progress| progress.announced_on.clone()).unwrap_or_default();
                kinds.insert(*kind, KindBaseline::of(*kind, comparison, announced_on));
            }
        }
        (!kinds.is_empty()).then(|| Baseline { scope: comparison.scope().clone(), kinds })
    }

    pub(super) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Notes that `sink` has announced it. Returns the kinds that all of `people` have announced now, and those that
    /// others have not yet.
    fn announced(&mut self, sink: SinkName, people: &BTreeSet<SinkName>) -> [(BTreeSet<Kind>, bool); 2] {
        let (mut everywhere, mut not_yet) = (BTreeSet::new(), BTreeSet::new());
        for (kind, baseline) in &mut self.kinds {
            if baseline.announced_on.insert(sink.as_str().to_owned()) {
                let is_last = people.iter().all(|name| baseline.announced_on.contains(name.as_str()));
                if is_last { &mut everywhere } else { &mut not_yet }.insert(*kind);
            }
        }
        [(everywhere, true), (not_yet, false)]
    }
}

impl KindBaseline {
    /// The items of a kind: those just listed or, if the listing has a gap, those recalled. The children of a parent
    /// whose list was never read completely count as far as they were read.
    fn of(kind: Kind, comparison: &Comparison, announced_on: BTreeSet<String>) -> KindBaseline {
        let Comparison { recalled, snapshot, .. } = comparison;
        let seen: Vec<(&Arc<ItemDescription>, &State)> = if snapshot.is_complete(kind) {
            let items = snapshot.observation.items.iter().filter(|(key, _)| key.kind == kind);
            let unread = recalled.states.iter().filter(|(key, row)| {
                key.kind == kind && !snapshot.covers(&row.details) && !snapshot.observation.items.contains_key(key)
            });
            let items = items.map(|(_, item)| (&item.description, &item.state));
            items.chain(unread.map(|(_, row)| (&row.details, &row.state))).collect()
        } else {
            let rows = recalled.states.iter().filter(|(key, _)| key.kind == kind);
            rows.map(|(_, row)| (&row.details, &row.state)).collect()
        };
        KindBaseline {
            announced_on,
            count: seen.len(),
            not_up: seen
                .into_iter()
                .filter(|(_, state)| state.health() != Health::Up)
                .map(|(description, state)| (description.clone(), state.clone()))
                .collect(),
        }
    }
}

/// The last stage: one summary of all kinds and scopes, on each sink for people.
pub(super) struct Baselines<'a, L, C> {
    pub(super) ledger: &'a L,
    pub(super) announcers: &'a [&'a dyn Announcer],
    pub(super) clock: &'a C,
    pub(super) notes: &'a Notes,
}

impl<'a, L: Ledger, C: Clock> Baselines<'a, L, C> {
    /// Whether a summary of a scope is to be announced, by the progress that was recalled.
    pub(super) fn is_behind(&self, comparison: &Comparison) -> bool {
        Baseline::unannounced(comparison, None).is_some() && self.people().next().is_some()
    }

    /// Announces the summary on each sink for people that has not announced it; no sink waits for another. This is
    /// recorded only afterwards, so that a crash repeats the summary rather than loses it.
    pub(super) async fn announce(&self, baselines: Vec<Baseline>) {
        let baselines = &RefCell::new(baselines);
        let announcing = self.people().map(async |announcer| {
            let sink = announcer.sink();
            let summary = self.summary(&baselines.borrow(), sink);
            let Some(summary) = summary else { return };
            match announcer.announce_baseline(&summary).await {
                Ok(()) => self.remember(baselines, sink).await,
                Err(Refusal::Transient(error) | Refusal::Event(error) | Refusal::Sink(error)) => {
                    self.notes.fail_with(Step::Announce, format_args!("{sink} summary of the baseline"), &error);
                }
            }
        });
        join_all(announcing).await;
    }

    fn people(&self) -> impl Iterator<Item = &'a dyn Announcer> {
        self.announcers.iter().copied().filter(|announcer| announcer.is_for_people())
    }

    /// The summary that `sink` has still to announce, if any.
    fn summary(&self, baselines: &[Baseline], sink: SinkName) -> Option<BaselineSummary> {
        let mut summary = BaselineSummary { at: self.clock.now(), counts: BTreeMap::new(), not_up: Vec::new() };
        for Baseline { scope, kinds } in baselines {
            for (kind, baseline) in kinds {
                if !baseline.announced_on.contains(sink.as_str()) {
                    summary.counts.insert((scope.clone(), *kind), baseline.count);
                    summary.not_up.extend(baseline.not_up.iter().cloned());
                }
            }
        }
        (!summary.counts.is_empty()).then_some(summary)
    }

    async fn remember(&self, baselines: &RefCell<Vec<Baseline>>, sink: SinkName) {
        let people: BTreeSet<SinkName> = self.people().map(|announcer| announcer.sink()).collect();
        let mut announced = Vec::new();
        for baseline in baselines.borrow_mut().iter_mut() {
            let kinds = baseline.announced(sink, &people).into_iter().filter(|(kinds, _)| !kinds.is_empty());
            announced.extend(kinds.map(|(kinds, everywhere)| (baseline.scope.clone(), kinds, everywhere)));
        }
        for (scope, kinds, everywhere) in announced {
            let announced = BaselineAnnounced { scope, kinds, sink, everywhere, at: self.clock.now() };
            if let Err(error) = self.ledger.baseline_announced(&announced).await {
                self.notes.fail_with(Step::Baseline, &announced.scope, &error);
            }
        }
    }
}
