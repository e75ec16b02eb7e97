//! Announces to one sink what it has not acknowledged yet, each item's transitions in their order, and acknowledges
//! them, so that no later poll announces them again.

use std::{collections::VecDeque, ops::Deref, pin::pin, time::Duration};

use anyhow::{Context, anyhow};
use futures::{Stream, StreamExt, future::join_all, stream::FuturesUnordered};

use super::{
    acknowledger::Acknowledger,
    backlog::{PENDING_LIMIT, is_for, pending_since},
    failure::Step,
    notes::Notes,
    outbox::{READS_IN_FLIGHT, Run},
    pace::Pace,
};
use crate::{
    domain::{Notify, Timestamp},
    ports::{Announcement, Announcer, Clock, Form, Ledger, Parking, Refusal},
};

/// Calls in flight per scope and sink.
const CALLS_IN_FLIGHT: usize = 16;
/// How long rows wait for a full batch while others are still being recorded or read.
const FOR_A_FULL_BATCH: Duration = Duration::from_millis(100);
/// After how many events of a long backlog the cursor is moved, so that a poll that is cut short has made progress.
const ACKNOWLEDGE_EVERY: u64 = 50;
/// After how many refusals in a row a sink is skipped until the next poll.
const REFUSALS_IN_A_ROW: usize = 20;

/// Announces the rows of one scope to one sink.
pub(super) struct Delivery<'a, L, C> {
    pub(super) announcer: &'a dyn Announcer,
    pub(super) ledger: &'a L,
    pub(super) clock: &'a C,
    pub(super) pace: &'a Pace<'a, C>,
    pub(super) acknowledger: &'a Acknowledger<'a, L, C>,
    /// The end of this poll's observation.
    pub(super) observed_at: Timestamp,
    /// What is announced to people.
    pub(super) notify: Notify,
    pub(super) notes: &'a Notes,
}

/// What became of an event on a sink, other than a refusal that ends its run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Delivered {
    Accepted,
    Parked,
    /// The time was over before its turn; the next poll announces it.
    Waits,
}

/// The outcome of a batch.
#[derive(Default)]
struct Outcome {
    runs: Vec<Run>,
    accepted: usize,
    refused: usize,
    /// Whether the sink is skipped for the rest of the poll.
    held: bool,
}

impl<L: Ledger, C: Clock> Delivery<'_, L, C> {
    /// Announces runs as they come, until none is left or the sink is to be skipped.
    pub(super) async fn run(&self, runs: impl Stream<Item = Option<Run>>) {
        let batch_size = self.announcer.batch_size();
        let mut runs = pin!(runs.fuse());
        let mut ready: VecDeque<Run> = VecDeque::new();
        let mut calls = FuturesUnordered::new();
        let mut refusals_in_a_row = 0;
        let mut left_alone = false;
        loop {
            while !left_alone
                && calls.len() < CALLS_IN_FLIGHT
                && (ready.len() >= batch_size || (runs.is_done() && !ready.is_empty()))
            {
                let batch = ready.drain(..ready.len().min(batch_size)).collect();
                calls.push(self.call(batch));
            }
            tokio::select! {
                biased;
                Some(outcome) = calls.next(), if !calls.is_empty() => {
                    refusals_in_a_row = if outcome.accepted > 0 { 0 } else { refusals_in_a_row + outcome.refused };
                    left_alone |= outcome.held || refusals_in_a_row >= REFUSALS_IN_A_ROW;
                    // An item that has begun is finished before another begins.
                    for run in outcome.runs.into_iter().rev().filter(|run| !run.ended) {
                        ready.push_front(run);
                    }
                }
                run = runs.next(), if !left_alone && !runs.is_done() && ready.len() < READS_IN_FLIGHT => {
                    ready.extend(run.flatten());
                }
                () = self.clock.sleep(FOR_A_FULL_BATCH), if !left_alone && calls.len() < CALLS_IN_FLIGHT && !ready.is_empty() => {
                    calls.push(self.call(ready.drain(..).collect()));
                }
                else => break,
            }
        }
        // Acknowledges what was accepted before the sink was skipped, so that it is not announced again.
        let under_way = ready.into_iter().map(async |mut run| {
            run.ended = true;
            self.acknowledge(&mut run).await;
        });
        join_all(under_way).await;
    }

    /// Announces the next row of each run in one call, and acknowledges the runs that have ended or made enough
    /// progress.
    async fn call(&self, mut runs: Vec<Run>) -> Outcome {
        join_all(runs.iter_mut().map(|run| self.pass_given_up(run))).await;

        let mut outcome = Outcome::default();
        let mut heads: Vec<&mut Run> = runs.iter_mut().filter(|run| !run.ended && run.next().is_some()).collect();
        let answers = self.offer(&heads, Form::Full).await;
        for (run, answer) in heads.iter_mut().zip(answers) {
            let answer = match answer {
                Err(Refusal::Event(error)) => self.announce_minimal(run, error).await,
                answer => answer,
            };
            self.take(run, answer, &mut outcome);
        }
        for run in &mut runs {
            run.ended |= run.next().is_none();
        }
        join_all(runs.iter_mut().map(|run| self.acknowledge(run))).await;
        Outcome { runs, ..outcome }
    }

    /// Announces the next row of each run, when it is the sink's turn. Returns one answer for each, in their order.
    async fn offer(&self, heads: &[impl Deref<Target = Run>], form: Form) -> Vec<Result<Delivered, Refusal>> {
        let batch: Vec<Announcement<'_>> =
            heads.iter().filter_map(|run| Some(Announcement { row: run.next()?, form })).collect();
        if batch.is_empty() || !self.pace.turn(self.announcer.sink()).await {
            return batch.iter().map(|_| Ok(Delivered::Waits)).collect();
        }
        let _announcing = self.acknowledger.announcing(heads.iter().map(|run| run.path.clone()));
        let answers = self.announcer.announce(&batch).await.into_iter();
        let mut answers: Vec<_> = answers.map(|answer| answer.map(|()| Delivered::Accepted)).collect();
        answers.resize_with(batch.len(), || Err(no_answer()));
        answers
    }

    /// Notes what became of a run's next event, or why the sink refused it.
    fn take(&self, run: &mut Run, answer: Result<Delivered, Refusal>, outcome: &mut Outcome) {
        let sink = self.announcer.sink();
        let (error, held) = match answer {
            Ok(Delivered::Waits) => {
                outcome.held = true;
                run.ended = true;
                return;
            }
            Ok(delivered) => {
                if delivered == Delivered::Accepted {
                    outcome.accepted += 1;
                    self.notes.announced(sink);
                    if self.announcer.is_for_people() {
                        self.notes.message(self.clock.now().since(self.observed_at));
                    }
                }
                run.pass();
                return;
            }
            Err(Refusal::Sink(error)) => (error, true),
            Err(Refusal::Transient(error) | Refusal::Event(error)) => (error, false),
        };
        outcome.held |= held;
        outcome.refused += usize::from(!held);
        run.ended = true;
        self.fail(Step::Announce, run, &error);
    }

    /// Announces the short form of an event whose full form the sink refuses. If it refuses both, the event is parked,
    /// so that it does not block its item for ever.
    async fn announce_minimal(&self, run: &Run, refusal: anyhow::Error) -> Result<Delivered, Refusal> {
        match self.offer(&[run], Form::Minimal).await.pop() {
            Some(Err(Refusal::Event(error))) => {
                let parked = self.park(run, &format!("{refusal:#}; in short form: {error:#}")).await;
                parked.map(|()| Delivered::Parked).map_err(Refusal::Transient)
            }
            Some(answer) => answer,
            None => Err(no_answer()),
        }
    }

    /// Skips rows that this sink will not announce: documents that are not for its readers, rows that an earlier poll
    /// parked but could not acknowledge, and rows that are too old, which are parked now.
    async fn pass_given_up(&self, run: &mut Run) {
        let now = self.clock.now();
        while let Some(row) = run.next() {
            let is_for_it = is_for(row, self.announcer, self.notify);
            if is_for_it && !row.parked.contains_key(self.announcer.sink().as_str()) {
                if now.since(pending_since(row)) <= PENDING_LIMIT {
                    return;
                }
                if let Err(error) = self.park(run, "expired").await {
                    self.fail(Step::Park, run, &error);
                    run.ended = true;
                    return;
                }
            }
            run.pass();
            self.acknowledge(run).await;
        }
    }

    /// Parks a run's next row for this sink.
    async fn park(&self, run: &Run, reason: &str) -> anyhow::Result<()> {
        let Some(row) = run.next() else { return Ok(()) };
        let (path, sink) = (&run.path, self.announcer.sink());
        self.ledger
            .park(&Parking { path, occurred_at: row.occurred_at, sink, reason })
            .await
            .with_context(|| format!("cannot park sequence {}", row.sequence))?;
        self.notes.parked(sink, 1, format_args!("{path} #{}", row.sequence), reason);
        Ok(())
    }

    /// Moves the cursor to the position of a run, if the run has ended or made enough progress.
    async fn acknowledge(&self, run: &mut Run) {
        let ahead = run.passed - run.acknowledged;
        if ahead == 0 || (!run.ended && ahead < ACKNOWLEDGE_EVERY) {
            return;
        }
        let sink = self.announcer.sink();
        match self.acknowledger.acknowledge(&run.path, sink, run.passed).await {
            Ok(()) => {
                self.notes.settled(sink, ahead);
                run.acknowledged = run.passed;
            }
            Err(error) => self.fail(Step::Acknowledge, run, &anyhow!("{error:#}")),
        }
    }

    fn fail(&self, step: Step, run: &Run, error: &anyhow::Error) {
        self.notes.fail_with(step, format_args!("{} {}", self.announcer.sink(), run.path.key), error);
    }
}

fn no_answer() -> Refusal {
    Refusal::Transient(anyhow!("the sink gave no answer for it"))
}
