//! Records the result of a comparison: coverage, transitions, baselines, amendments, progress.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    pin::pin,
};

use anyhow::anyhow;
use futures::{StreamExt, channel::mpsc, stream};

use super::{
    backlog::News, comparison::Comparison, failure::Step, first_sights::FirstSights, notes::Notes, occasion::Occasion,
    poll_time::PollTime, settings::Settings,
};
use crate::{
    domain::{Event, Kind, Recalled, RowKey, SinkName, Snapshot, Transition, Unmonitored},
    ports::{Clock, Covering, Ledger, Progress, Record, Recording},
};

/// Transactions in flight per scope: enough to record a mass outage within one invocation, and few enough not to be
/// throttled for their own burst.
const WRITES_IN_FLIGHT: usize = 16;
/// How often a coverage row is decided anew when concurrent polls keep moving its time.
const COVER_ATTEMPTS: usize = 4;

/// The outcome of recording, once everything is in the store that can be.
#[derive(Default)]
pub(super) struct Outcome<'c> {
    /// The kinds of which something that was seen could not be written. Their last complete listing does not move.
    pub(super) unsettled: BTreeSet<Kind>,
    /// The transitions that are recorded, without baselines.
    pub(super) recorded: Vec<&'c Transition>,
}

impl<'c> Outcome<'c> {
    /// Adds the outcome of another part.
    pub(super) fn take(&mut self, other: Outcome<'c>) {
        self.unsettled.extend(other.unsettled);
        self.recorded.extend(other.recorded);
    }
}

/// Writes the result of a comparison, and the progress of the scope.
pub(super) struct Recorder<'a, L, C> {
    pub(super) ledger: &'a L,
    pub(super) clock: &'a C,
    pub(super) settings: &'a Settings,
    pub(super) occasion: Occasion<'a>,
    /// The sinks that new rows get cursors of.
    pub(super) sinks: Vec<SinkName>,
    /// Those of them that people read.
    pub(super) people: Vec<SinkName>,
    pub(super) time: PollTime,
    pub(super) notes: &'a Notes,
}

impl<L: Ledger, C: Clock> Recorder<'_, L, C> {
    /// Writes coverage rows, each before its kind's state rows. In the opposite order, a crash in between could leave a
    /// transition within time that is later recorded as unmonitored.
    pub(super) async fn cover_all<'c>(&self, comparison: &'c Comparison) -> Outcome<'c> {
        let (of_parents, of_kinds): (Vec<_>, Vec<_>) =
            comparison.diff.unmonitored.iter().partition(|unmonitored| unmonitored.parent.is_some());
        let mut outcome = Outcome::default();
        // All of them change the poll row, and there may be hundreds of parents. Those are written one after the other,
        // so that they do not conflict.
        for (stretches, at_a_time) in [(of_kinds, WRITES_IN_FLIGHT), (of_parents, 1)] {
            let covering = stretches
                .into_iter()
                .map(async |unmonitored| (unmonitored.kind, self.cover(&comparison.snapshot, unmonitored).await));
            let mut covering = stream::iter(covering).buffer_unordered(at_a_time);
            while let Some((kind, covered)) = covering.next().await {
                if let Err(error) = covered {
                    self.notes.fail_with(Step::Coverage, kind, &error);
                    outcome.unsettled.insert(kind);
                }
            }
        }
        outcome
    }

    /// Writes a coverage row. If a concurrent poll has moved its time, decides again from what is stored.
    async fn cover(&self, snapshot: &Snapshot, unmonitored: &Unmonitored) -> anyhow::Result<()> {
        let mut unmonitored = unmonitored.clone();
        let until = unmonitored.to;
        for _ in 0..COVER_ATTEMPTS {
            match self.ledger.cover(&unmonitored, self.settings.expiry(snapshot.at)).await? {
                Covering::Written => return Ok(()),
                Covering::Refused(stored) => {
                    let (path, tolerated) = (unmonitored.path(), self.settings.unmonitored_after);
                    match Unmonitored::between(&path, stored, until, tolerated) {
                        Some(again) => unmonitored = again,
                        None => return Ok(()),
                    }
                }
            }
        }
        Err(anyhow!("other polls changed the last complete listing {COVER_ATTEMPTS} times"))
    }

    /// Writes the first sights that belong to a baseline. Returns the kinds of which some are not written.
    pub(super) async fn record_first_sights(
        &self,
        comparison: &Comparison,
        unsettled: &BTreeSet<Kind>,
    ) -> BTreeSet<Kind> {
        let Recorder { ledger, clock, settings, ref sinks, time, notes, .. } = *self;
        let writable = |transition: &&Transition| !unsettled.contains(&transition.item.kind);
        let baseline: Vec<&Transition> = comparison.diff.baseline.iter().filter(writable).collect();
        FirstSights { ledger, clock, settings, sinks, time, notes }.record(comparison, baseline).await
    }

    /// Writes transitions, and hands on each, in their order, as soon as it is recorded.
    pub(super) async fn record<'c>(
        &self,
        recalled: &Recalled,
        transitions: Vec<&'c Transition>,
        news: &mpsc::UnboundedSender<News>,
    ) -> Outcome<'c> {
        let writes = stream::iter(transitions)
            .map(async |transition| {
                let passed_by = self.passed_by(recalled, transition);
                (transition, self.record_transition(transition, &passed_by).await, passed_by)
            })
            .buffered(WRITES_IN_FLIGHT);
        let mut writes = pin!(writes);
        let mut outcome = Outcome::default();
        while let Some((transition, is_recorded, passed_by)) = writes.next().await {
            if is_recorded {
                outcome.recorded.push(transition);
                let key = RowKey::Item(transition.key());
                // The receiver is dropped only when the announcing is over.
                let _ = news.unbounded_send(News { key, sequence: transition.sequence, passed_by });
            } else {
                outcome.unsettled.insert(transition.item.kind);
            }
        }
        outcome
    }

    /// The sinks for people that skip a transition, because its incident is announced instead, and that have announced
    /// all earlier ones: their cursors move along with the write. A sink that is behind still announces its backlog to
    /// the end.
    fn passed_by(&self, recalled: &Recalled, transition: &Transition) -> Vec<SinkName> {
        if self.settings.notify.items() {
            return Vec::new();
        }
        let row = recalled.states.get(&transition.key());
        let is_even = |sink: &&SinkName| row.is_none_or(|row| row.cursor(sink.as_str()) >= row.sequence);
        self.people.iter().filter(is_even).copied().collect()
    }

    /// Writes a transition. Returns whether it is recorded.
    async fn record_transition(&self, transition: &Transition, passed_by: &[SinkName]) -> bool {
        let recorded_at = self.clock.now();
        let event = Event::of(transition, recorded_at);
        let expires_at = self.settings.expiry(recorded_at);
        let record = Record { transition, event: &event, passed_by, expires_at };
        match self.ledger.record(record, &self.sinks).await {
            Ok(Recording::Recorded) => {
                self.notes.recorded(&event);
                return true;
            }
            // The other poll may have written another state than this one saw. Then this listing did not see that
            // state, and must not become the lower bound of the next transition.
            Ok(Recording::Lost) => tracing::debug!(item = %transition.key(), "another poll was first"),
            Err(error) => self.notes.fail_with(Step::Record, transition.key(), &error),
        }
        false
    }

    /// Writes the amendments, then moves the scope's progress forward for all kinds of which everything is recorded.
    /// Returns the progress that is written.
    ///
    /// The order matters: if a listing counted whose uncertain sight is not written, the next poll would take that
    /// sight for a certain one.
    pub(super) async fn amend_and_progress(&self, comparison: &Comparison, outcome: &Outcome<'_>) -> Option<Progress> {
        let mut unsettled = self.amend(comparison).await;
        unsettled.extend(&outcome.unsettled);
        self.progress(comparison, &unsettled).await
    }

    /// The kinds of which an uncertain sight could not be written.
    async fn amend(&self, comparison: &Comparison) -> BTreeSet<Kind> {
        stream::iter(&comparison.diff.amendments)
            .map(async |amendment| {
                let amended = match self.ledger.amend(comparison.scope(), amendment).await {
                    Ok(recording) => recording == Recording::Recorded,
                    Err(error) => {
                        self.notes.fail_with(Step::Amend, &amendment.key, &error);
                        false
                    }
                };
                (amendment.holds_suspect() && !amended).then_some(amendment.key.kind)
            })
            .buffer_unordered(WRITES_IN_FLIGHT)
            .filter_map(async |unsettled| unsettled)
            .collect()
            .await
    }

    async fn progress(&self, comparison: &Comparison, unsettled: &BTreeSet<Kind>) -> Option<Progress> {
        let Comparison { snapshot, .. } = comparison;
        let settled: BTreeSet<Kind> = snapshot.complete_kinds().filter(|kind| !unsettled.contains(kind)).collect();
        // A poll in between does not say how often the schedule polls, neither by itself nor to the next.
        let is_regular = self.occasion.is_regular && !settled.is_empty();
        let last = comparison.poll().and_then(|poll| poll.last_regular_at.or_else(|| poll.last_poll_at()));
        let progress = Progress {
            at: snapshot.began,
            read_since: settled
                .iter()
                .map(|kind| (*kind, snapshot.complete_since(*kind)))
                .filter(|(_, since)| *since < snapshot.began)
                .collect(),
            baseline: settled.iter().copied().filter(|kind| !comparison.has_baseline(*kind)).collect(),
            gaps: comparison.gap_progress(&settled),
            recalled: comparison.last_complete(&settled),
            complete: settled,
            interval_seconds: last
                .filter(|last| self.occasion.is_regular && *last < snapshot.began)
                .map(|last| snapshot.began.since(last).as_secs()),
            regular_at: is_regular.then_some(snapshot.began),
            first_poll: comparison.poll().is_none(),
            retired: comparison.newly_retired(self.settings.unmonitored_after),
            resumed: comparison.resumed(),
        };
        match self.ledger.progress(comparison.scope(), &progress).await {
            Ok(()) => Some(progress),
            Err(error) => {
                self.notes.fail_with(Step::Progress, comparison.scope(), &error);
                None
            }
        }
    }
}

/// Interconnects, connections and LAGs first, then what runs over them, then the rest: the root of an outage is
/// announced before the items that depend on it.
pub(super) fn from_the_cables_upwards(mut transitions: Vec<&Transition>) -> Vec<&Transition> {
    transitions.sort_by_key(|transition| transition.item.kind.layer());
    transitions
}

/// Takes out of transitions, in their order, at most `limit` of cables: first one of each device, then a second one of
/// each, and so on, so that the root of everything that has happened is among few.
pub(super) fn first_cables(transitions: Vec<&Transition>, limit: usize) -> (Vec<&Transition>, Vec<&Transition>) {
    let cables = transitions.iter().take_while(|transition| transition.item.kind.layer() == 0);
    let mut on_device: HashMap<Option<&str>, usize> = HashMap::new();
    let mut ranks: Vec<(usize, usize)> = Vec::new();
    for (place, cable) in cables.enumerate() {
        let rank = on_device.entry(cable.item.aws_device()).or_default();
        ranks.push((*rank, place));
        *rank += 1;
    }
    ranks.sort_unstable();
    let first: HashSet<usize> = ranks.into_iter().take(limit).map(|(_, place)| place).collect();
    let (first, rest): (Vec<_>, Vec<_>) =
        transitions.into_iter().enumerate().partition(|(place, _)| first.contains(place));
    let without_places = |found: Vec<(usize, _)>| found.into_iter().map(|(_, transition)| transition).collect();
    (without_places(first), without_places(rest))
}
