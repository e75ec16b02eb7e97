//! Records the first sights that belong to a baseline, in batches. Their size and number adapt to what the store
//! accepts. When the time is over, the rest is left to the next poll, which is not a failure: a new table accepts a
//! thousand rows of a scope in some seconds, and a large account has tens of thousands.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use futures::{StreamExt, stream::FuturesUnordered};

use super::{
    comparison::Comparison, failure::Step, notes::Notes, poll_report::BaselineProgress, poll_time::PollTime,
    settings::Settings,
};
use crate::{
    domain::{Event, Kind, Scope, SinkName, Transition},
    ports::{Clock, Ledger, Record, Throttled},
};

/// First sights in one transaction: two rows each, of at most 100 that DynamoDB takes.
const LARGEST_BATCH: usize = 50;
/// The same while the store throttles.
const SMALLEST_BATCH: usize = 6;
/// Such transactions in flight per scope. Each holds a hundred rows in memory, several times over, and a new table
/// accepts only 4,000 writes a second.
const BATCHES_IN_FLIGHT: usize = 4;
/// After how many throttled batches in a row the rest is left to the next poll.
const THROTTLED_IN_A_ROW: usize = 12;
/// The time that must be left for another batch to begin: the longest that a call takes.
const TIME_FOR_A_BATCH: Duration = Duration::from_secs(5);

/// Writes first sights.
pub(super) struct FirstSights<'a, L, C> {
    pub(super) ledger: &'a L,
    pub(super) clock: &'a C,
    pub(super) settings: &'a Settings,
    pub(super) sinks: &'a [SinkName],
    pub(super) time: PollTime,
    pub(super) notes: &'a Notes,
}

/// The size of the batches and how many are in flight: both go down after a throttled batch, and up after a written
/// one.
struct Flow {
    batch: usize,
    in_flight: usize,
    throttled_in_a_row: usize,
}

impl Flow {
    fn throttled(&mut self) {
        self.batch = (self.batch / 2).max(SMALLEST_BATCH);
        self.in_flight = (self.in_flight - 1).max(1);
        self.throttled_in_a_row += 1;
    }

    fn written(&mut self) {
        self.batch = (self.batch + SMALLEST_BATCH).min(LARGEST_BATCH);
        self.in_flight = (self.in_flight + 1).min(BATCHES_IN_FLIGHT);
        self.throttled_in_a_row = 0;
    }
}

impl<L: Ledger, C: Clock> FirstSights<'_, L, C> {
    /// Writes `first_sights`, as far as there is time. Returns the kinds of which some are not written.
    pub(super) async fn record(&self, comparison: &Comparison, first_sights: Vec<&Transition>) -> BTreeSet<Kind> {
        let scope = comparison.scope();
        let mut left = VecDeque::from(first_sights);
        let mut failed = BTreeSet::new();
        let mut flow = Flow { batch: LARGEST_BATCH, in_flight: BATCHES_IN_FLIGHT, throttled_in_a_row: 0 };
        let mut batches = FuturesUnordered::new();
        let mut last_refusal = None;
        loop {
            while batches.len() < flow.in_flight && !left.is_empty() && self.goes_on(&flow) {
                let batch: Vec<&Transition> = left.drain(..left.len().min(flow.batch)).collect();
                batches.push(async move { (self.write(scope, &batch).await, batch) });
            }
            match batches.next().await {
                None => break,
                Some((Ok(()), _)) => flow.written(),
                Some((Err(error), batch)) if error.is::<Throttled>() => {
                    flow.throttled();
                    batch.into_iter().rev().for_each(|transition| left.push_front(transition));
                    last_refusal = Some(error);
                }
                Some((Err(error), batch)) => {
                    self.notes.fail_with(Step::Baseline, scope, &error);
                    failed.extend(batch.into_iter().map(|transition| transition.item.kind));
                }
            }
        }
        drop(batches);
        if let (true, Some(refusal)) = (left.len() == comparison.diff.baseline.len(), &last_refusal) {
            self.notes.fail_with(Step::Baseline, scope, refusal);
        } else if !left.is_empty() {
            self.notes.baseline(progress(comparison, left.len()));
        }
        failed.extend(left.into_iter().map(|transition| transition.item.kind));
        failed
    }

    fn goes_on(&self, flow: &Flow) -> bool {
        flow.throttled_in_a_row < THROTTLED_IN_A_ROW && self.time.leaves(TIME_FOR_A_BATCH, self.clock.now())
    }

    async fn write(&self, scope: &Scope, batch: &[&Transition]) -> anyhow::Result<()> {
        let recorded_at = self.clock.now();
        let expires_at = self.settings.expiry(recorded_at);
        let events: Vec<Event> = batch.iter().map(|transition| Event::of(transition, recorded_at)).collect();
        let records = batch.iter().zip(&events);
        let records: Vec<Record<'_>> =
            records.map(|(transition, event)| Record { transition, event, passed_by: &[], expires_at }).collect();
        self.ledger.record_baseline(scope, &records, self.sinks).await
    }
}

/// The progress of a scope's baseline, of which this many first sights are left.
fn progress(comparison: &Comparison, left: usize) -> BaselineProgress {
    let Comparison { recalled, snapshot, .. } = comparison;
    let items = snapshot.observation.items.values();
    let items = items.filter(|item| snapshot.is_first_of(&item.description, recalled)).count();
    BaselineProgress { recorded: items.saturating_sub(left) as u64, items: items as u64 }
}
