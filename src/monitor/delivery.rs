//! Announcing to one sink what it has not acknowledged yet, one item's transitions in their order; and acknowledging
//! that, so that no later poll announces it again.

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
/// How long what is there waits for a full batch, while the next is still being recorded or read.
const FOR_A_FULL_BATCH: Duration = Duration::from_millis(100);
/// After how many events of a long backlog the cursor is moved, so that a poll cut short has moved on.
const ACKNOWLEDGE_EVERY: u64 = 50;
/// After how many refusals in a row a sink is left alone until the next poll.
const REFUSALS_IN_A_ROW: usize = 20;

/// One scope's announcing to one sink.
pub(super) struct Delivery<'a, L, C> {
    pub(super) announcer: &'a dyn Announcer,
    pub(super) ledger: &'a L,
    pub(super) clock: &'a C,
    pub(super) pace: &'a Pace<'a, C>,
    pub(super) acknowledger: &'a Acknowledger<'a, L, C>,
    /// When the observation ended that this poll announces.
    pub(super) observed_at: Timestamp,
    /// What people are told of.
    pub(super) notify: Notify,
    pub(super) notes: &'a Notes,
}

/// How a sink got past an event, or that it did not come to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Delivered {
    Accepted,
    Parked,
    /// The time was over before its turn: the next poll offers it.
    Waits,
}

/// How a batch went.
#[derive(Default)]
struct Outcome {
    runs: Vec<Run>,
    accepted: usize,
    refused: usize,
    /// Whether the sink is offered nothing more in this poll.
    held: bool,
}

impl<L: Ledger, C: Clock> Delivery<'_, L, C> {
    /// Takes the runs as they come, until none is left or the sink is to be left alone.
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
                    // An item that is under way is finished before another begins.
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
        // What was accepted before the sink was left alone is not announced again.
        let under_way = ready.into_iter().map(async |mut run| {
            run.ended = true;
            self.acknowledge(&mut run).await;
        });
        join_all(under_way).await;
    }

    /// Announces the next row of each run in one call, and acknowledges what has ended or has come far.
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

    /// Announces the next row of each run, when it is the sink's turn. One answer for each, in their order.
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

    /// Takes in how the sink got past a run's next event, or why it did not.
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

    /// Offers the short form of an event that the sink will not take whole; when it takes neither, the event is parked,
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

    /// Passes over what this sink will never have: documents that its readers are not told of, rows parked by a poll that could not acknowledge them any more, and
    /// rows that are too old, which are parked now.
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

    /// Marks a run's next row as one that this sink will never have.
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

    /// Moves the cursor to where a run has come, if that is far enough or the run has ended.
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
