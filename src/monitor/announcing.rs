//! Telling each sink what it has not acknowledged yet, from the record, one item's transitions in order.
//!
//! The outbox is the history table: pending are the rows above a sink's cursor. In a quiet poll the recalled rows show
//! that there are none, and nothing is read.

use std::collections::VecDeque;

use anyhow::{Context, anyhow};
use futures::{StreamExt, future::join_all, stream, stream::FuturesUnordered};

use super::{
    Monitor, Step,
    backlog::{Backlog, PENDING_LIMIT, backlogs, pending_since},
    notes::Notes,
    outbox::{Reads, Run},
    recording::Recorded,
};
use crate::{
    domain::{HistoryRow, ItemKey, Recalled, Scope, SinkName},
    ports::{Announcement, Announcer, Clock, Form, Inventory, Ledger, MetricSink, Refusal},
};

/// Calls in flight per scope and sink.
const CALLS_IN_FLIGHT: usize = 16;
/// Backlogs being read at once.
const READS_IN_FLIGHT: usize = 32;
/// After how many events of a long backlog the cursor is moved, so that a poll cut short has moved on.
const ACKNOWLEDGE_EVERY: u64 = 50;
/// After how many refusals in a row a sink is left alone until the next poll.
const REFUSALS_IN_A_ROW: usize = 20;

/// How a sink got past an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passage {
    Accepted,
    Parked,
}

/// How a batch went.
struct Outcome {
    runs: Vec<Run>,
    accepted: usize,
    refused: usize,
    held: bool,
}

impl<I: Inventory, L: Ledger, M: MetricSink, C: Clock> Monitor<'_, I, L, M, C> {
    /// Brings every sink up to date with a scope, each for itself.
    pub(super) async fn announce<'a>(&'a self, recalled: &'a Recalled, recorded: &Recorded, notes: &Notes) {
        let reads = &Reads::default();
        let sinks = self.announcers.iter().map(|announcer| {
            let backlogs = backlogs(recalled, recorded, announcer.sink());
            notes.owed(announcer.sink(), backlogs.iter().map(|backlog| backlog.head - backlog.cursor).sum());
            self.drain(&recalled.scope, *announcer, backlogs, reads, notes)
        });
        join_all(sinks).await;
    }

    async fn drain<'a>(
        &'a self,
        scope: &'a Scope,
        announcer: &dyn Announcer,
        backlogs: Vec<Backlog>,
        shared: &Reads<'a>,
        notes: &Notes,
    ) {
        let sink = announcer.sink();
        let mut reads = stream::iter(backlogs)
            .map(|backlog| self.read(scope, backlog, sink, shared, notes))
            .buffered(READS_IN_FLIGHT)
            .fuse();
        let mut ready: VecDeque<Run> = VecDeque::new();
        let mut calls = FuturesUnordered::new();
        let mut refusals_in_a_row = 0;
        let mut left_alone = false;
        loop {
            while !left_alone
                && calls.len() < CALLS_IN_FLIGHT
                && (ready.len() >= announcer.batch_size() || (reads.is_done() && !ready.is_empty()))
            {
                let batch = ready.drain(..ready.len().min(announcer.batch_size())).collect();
                calls.push(self.call(scope, announcer, batch, notes));
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
                run = reads.next(), if !left_alone && !reads.is_done() && ready.len() < READS_IN_FLIGHT => {
                    ready.extend(run.flatten());
                }
                else => break,
            }
        }
        // What was accepted before the sink was left alone is not told again.
        let under_way = ready.into_iter().map(async |mut run| {
            run.ended = true;
            self.acknowledge(scope, sink, &mut run, notes).await;
        });
        join_all(under_way).await;
    }

    /// Announces the next row of each run in one call, and acknowledges what has ended or has come far.
    async fn call(&self, scope: &Scope, announcer: &dyn Announcer, mut runs: Vec<Run>, notes: &Notes) -> Outcome {
        let sink = announcer.sink();
        join_all(runs.iter_mut().map(|run| self.pass_given_up(scope, sink, run, notes))).await;

        let (mut accepted, mut refused, mut held) = (0, 0, false);
        let mut heads: Vec<&mut Run> = runs.iter_mut().filter(|run| !run.ended && run.next().is_some()).collect();
        let batch: Vec<Announcement<'_>> =
            heads.iter().filter_map(|run| Some(Announcement { row: run.next()?, form: Form::Full })).collect();
        let answers = if batch.is_empty() { Vec::new() } else { announcer.announce(&batch).await };
        let unanswered = batch.len().saturating_sub(answers.len());
        let answers = answers
            .into_iter()
            .chain((0..unanswered).map(|_| Err(Refusal::Transient(anyhow!("the sink gave no answer for it")))));
        for (run, answer) in heads.iter_mut().zip(answers) {
            let answer = match answer {
                Ok(()) => Ok(Passage::Accepted),
                Err(Refusal::Event(error)) => self.announce_minimal(scope, announcer, run, error, notes).await,
                Err(refusal) => Err(refusal),
            };
            match answer {
                Ok(passage) => {
                    if passage == Passage::Accepted {
                        accepted += 1;
                        notes.announced(sink);
                    }
                    run.pass();
                }
                Err(Refusal::Sink(error)) => {
                    held = true;
                    run.ended = true;
                    notes.fail_with(Step::Announce, format_args!("{sink} {}", run.key), &error);
                }
                Err(Refusal::Transient(error) | Refusal::Event(error)) => {
                    refused += 1;
                    run.ended = true;
                    notes.fail_with(Step::Announce, format_args!("{sink} {}", run.key), &error);
                }
            }
        }
        for run in &mut runs {
            run.ended |= run.next().is_none();
        }
        join_all(runs.iter_mut().map(|run| self.acknowledge(scope, sink, run, notes))).await;
        Outcome { runs, accepted, refused, held }
    }

    /// Offers the short form of an event that the sink will not take whole; when it takes neither, the event is parked,
    /// so that it does not block its item for ever.
    async fn announce_minimal(
        &self,
        scope: &Scope,
        announcer: &dyn Announcer,
        run: &Run,
        refusal: anyhow::Error,
        notes: &Notes,
    ) -> Result<Passage, Refusal> {
        let Some(row) = run.next() else { return Err(Refusal::Event(refusal)) };
        match announcer.announce(&[Announcement { row, form: Form::Minimal }]).await.pop() {
            Some(Ok(())) => Ok(Passage::Accepted),
            Some(Err(Refusal::Event(error))) => {
                let reason = format!("{refusal:#}; in short form: {error:#}");
                let parked = self.park(scope, announcer.sink(), &run.key, row, &reason, notes).await;
                parked.map(|()| Passage::Parked).map_err(Refusal::Transient)
            }
            Some(Err(refusal)) => Err(refusal),
            None => Err(Refusal::Transient(anyhow!("the sink gave no answer for it"))),
        }
    }

    /// Passes over what this sink will never have: rows parked by a poll that could not acknowledge them any more, and
    /// rows that are too old, which are parked now.
    async fn pass_given_up(&self, scope: &Scope, sink: SinkName, run: &mut Run, notes: &Notes) {
        let now = self.clock.now();
        while let Some(row) = run.next() {
            if !row.parked.contains_key(sink.as_str()) {
                if now.since(pending_since(row)) <= PENDING_LIMIT {
                    return;
                }
                if let Err(error) = self.park(scope, sink, &run.key, row, "expired", notes).await {
                    notes.fail_with(Step::Park, format_args!("{sink} {}", run.key), &error);
                    run.ended = true;
                    return;
                }
            }
            run.pass();
            self.acknowledge(scope, sink, run, notes).await;
        }
    }

    async fn park(
        &self,
        scope: &Scope,
        sink: SinkName,
        key: &ItemKey,
        row: &HistoryRow,
        reason: &str,
        notes: &Notes,
    ) -> anyhow::Result<()> {
        self.ledger
            .park(scope, key, row.occurred_at, sink, reason)
            .await
            .with_context(|| format!("cannot park sequence {}", row.sequence))?;
        notes.parked(sink, 1, format_args!("{scope}/{key} #{}", row.sequence), reason);
        Ok(())
    }

    async fn acknowledge(&self, scope: &Scope, sink: SinkName, run: &mut Run, notes: &Notes) {
        let ahead = run.passed - run.acknowledged;
        if ahead == 0 || (!run.ended && ahead < ACKNOWLEDGE_EVERY) {
            return;
        }
        match self.ledger.acknowledge(scope, &run.key, sink, run.passed).await {
            Ok(()) => {
                notes.settled(sink, ahead);
                run.acknowledged = run.passed;
            }
            Err(error) => notes.fail_with(Step::Acknowledge, format_args!("{sink} {}", run.key), &error),
        }
    }
}
