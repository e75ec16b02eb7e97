//! Telling people once what the program has begun to watch.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::future::join_all;

use super::{Monitor, Step, notes::Notes};
use crate::{
    announcement::BaselineSummary,
    domain::{Health, ItemDescription, Kind, Recalled, Scope, SinkName, Snapshot, State},
    ports::{Announcer, Clock, Inventory, Ledger, MetricSink, Progress, Refusal},
};

/// What people have not been told of a scope's baseline.
pub(super) struct Baseline {
    scope: Scope,
    kinds: BTreeMap<Kind, Untold>,
}

struct Untold {
    told_sinks: BTreeSet<String>,
    count: usize,
    not_up: Vec<(Arc<ItemDescription>, State)>,
}

impl Baseline {
    /// The kinds whose baseline is set, by this poll or an earlier one, and not yet told on every sink for people.
    pub(super) fn untold(recalled: &Recalled, snapshot: &Snapshot, progress: &Option<Progress>) -> Option<Baseline> {
        let mut kinds = BTreeMap::new();
        let known = recalled.poll.as_ref().map(|poll| &poll.kinds);
        for kind in &snapshot.kinds {
            let earlier = known.and_then(|kinds| kinds.get(kind));
            let set_now = progress.as_ref().is_some_and(|progress| progress.baseline.contains(kind));
            let set = set_now || earlier.is_some_and(|progress| progress.baseline_at.is_some());
            if set && earlier.is_none_or(|progress| progress.baseline_told.is_none()) {
                let told_sinks = earlier.map(|progress| progress.told_sinks.clone()).unwrap_or_default();
                kinds.insert(*kind, Untold::of(*kind, recalled, snapshot, told_sinks));
            }
        }
        (!kinds.is_empty()).then(|| Baseline { scope: recalled.scope.clone(), kinds })
    }

    /// Notes that `sink` was told: gives back of which kinds every one of `people` was told with that, and of which not
    /// yet.
    fn told(&mut self, sink: SinkName, people: &BTreeSet<SinkName>) -> [(Scope, BTreeSet<Kind>, bool); 2] {
        let (mut everyone, mut some) = (BTreeSet::new(), BTreeSet::new());
        for (kind, untold) in &mut self.kinds {
            if untold.told_sinks.insert(sink.as_str().to_owned()) {
                let all = people.iter().all(|name| untold.told_sinks.contains(name.as_str()));
                if all { &mut everyone } else { &mut some }.insert(*kind);
            }
        }
        [(self.scope.clone(), everyone, true), (self.scope.clone(), some, false)]
    }
}

impl Untold {
    /// What there is of a kind: as it was listed just now, or as it is remembered where the listing has a gap.
    fn of(kind: Kind, recalled: &Recalled, snapshot: &Snapshot, told_sinks: BTreeSet<String>) -> Untold {
        let seen: Vec<(&Arc<ItemDescription>, &State)> = if snapshot.is_complete(kind) {
            let items = snapshot.observation.items.iter().filter(|(key, _)| key.kind == kind);
            items.map(|(_, item)| (&item.description, &item.state)).collect()
        } else {
            let rows = recalled.states.iter().filter(|(key, _)| key.kind == kind);
            rows.map(|(_, row)| (&row.details, &row.state)).collect()
        };
        Untold {
            told_sinks,
            count: seen.len(),
            not_up: seen
                .into_iter()
                .filter(|(_, state)| state.health() != Health::Up)
                .map(|(description, state)| (description.clone(), state.clone()))
                .collect(),
        }
    }
}

impl<I: Inventory, L: Ledger, M: MetricSink, C: Clock> Monitor<'_, I, L, M, C> {
    /// One summary for all kinds and scopes, on each sink for people that has not had it, none waiting for another;
    /// remembered only afterwards, so that a crash repeats it rather than loses it.
    pub(super) async fn tell_baselines(&self, baselines: Vec<Baseline>, notes: &Notes) {
        let people: Vec<&dyn Announcer> =
            self.announcers.iter().copied().filter(|announcer| announcer.is_for_people()).collect();
        let names: BTreeSet<SinkName> = people.iter().map(|announcer| announcer.sink()).collect();
        let (baselines, names) = (&RefCell::new(baselines), &names);
        let telling = people.into_iter().map(async |announcer| {
            let sink = announcer.sink();
            let summary = self.summary(&baselines.borrow(), sink);
            let Some(summary) = summary else { return };
            match announcer.announce_baseline(&summary).await {
                Ok(()) => self.remember_told(baselines, sink, names, notes).await,
                Err(Refusal::Transient(error) | Refusal::Event(error) | Refusal::Sink(error)) => {
                    notes.fail_with(Step::Announce, format_args!("{sink} summary of the baseline"), &error);
                }
            }
        });
        join_all(telling).await;
    }

    fn summary(&self, baselines: &[Baseline], sink: SinkName) -> Option<BaselineSummary> {
        let mut summary = BaselineSummary { at: self.clock.now(), counts: BTreeMap::new(), not_up: Vec::new() };
        for baseline in baselines {
            for (kind, untold) in &baseline.kinds {
                if !untold.told_sinks.contains(sink.as_str()) {
                    summary.counts.insert((baseline.scope.clone(), *kind), untold.count);
                    summary.not_up.extend(untold.not_up.iter().cloned());
                }
            }
        }
        (!summary.counts.is_empty()).then_some(summary)
    }

    async fn remember_told(
        &self,
        baselines: &RefCell<Vec<Baseline>>,
        sink: SinkName,
        people: &BTreeSet<SinkName>,
        notes: &Notes,
    ) {
        let told: Vec<_> = baselines.borrow_mut().iter_mut().map(|baseline| baseline.told(sink, people)).collect();
        for (scope, kinds, everyone) in told.into_iter().flatten().filter(|(_, kinds, _)| !kinds.is_empty()) {
            if let Err(error) = self.ledger.baseline_told(&scope, &kinds, sink, everyone, self.clock.now()).await {
                notes.fail_with(Step::Baseline, &scope, &error);
            }
        }
    }
}
