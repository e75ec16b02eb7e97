//! Takes in what an event of AWS brings: keeps it first, so that nothing is lost; then asks for a poll of what it concerns,
//! and waits for its turn.
//!
//! Whatever fails makes the invocation fail, and Lambda invokes it again: keeping is safe to repeat. What cannot be read will
//! not be readable the next time, so it is logged and no failure.

use std::{collections::BTreeSet, time::Duration};

use anyhow::bail;

use super::fact::{Content, Fact, NoFact};
use crate::{
    domain::{Asked, Evidence, Scope, Timestamp, Turn},
    metrics,
    ports::{Clock, EvidenceStore, MetricSink, Turns, Windows},
};

/// How often a turn is asked for anew when others write meanwhile. Each time one of them has got on: of a thousand that come at
/// once, most find after a few times that their poll is another's to make.
const ATTEMPTS: usize = 50;

/// Takes in events for one account.
pub struct Intake<'a, C> {
    /// What is polled.
    pub scopes: &'a [Scope],
    /// Where planned work is kept.
    pub windows: &'a dyn Windows,
    /// Where evidence is kept.
    pub evidence: &'a dyn EvidenceStore,
    /// By what polls take turns.
    pub turns: &'a dyn Turns,
    /// Time.
    pub clock: &'a C,
    /// The id of this invocation.
    pub invocation: &'a str,
}

/// What has become of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakenIn {
    /// It is about an account or a region that is not watched.
    NotWatched,
    /// It is kept, and another invocation polls what it concerns.
    Kept,
    /// It is kept, and the turn to poll these scopes has come.
    Poll(Vec<Scope>),
}

impl TakenIn {
    /// In a word.
    pub fn as_str(&self) -> &'static str {
        match self {
            TakenIn::NotWatched => "not-watched",
            TakenIn::Kept => "kept",
            TakenIn::Poll(_) => "polled",
        }
    }
}

/// Logs what an event has brought, and what has become of it.
pub fn log_fact(fact: &Fact, taken_in: &TakenIn) {
    let Fact { account, region, content, .. } = fact;
    let outcome = taken_in.as_str();
    match content {
        Content::Work(window) => {
            let (id, title, items) = (&window.id, &window.title, window.matcher.ids.len());
            let change = window.notice.as_ref().map(|notice| notice.change.as_str());
            let (from, until) = (window.from.to_string(), window.until.to_string());
            tracing::info!(outcome, account, region, id, change, from, until, items, title, "planned work");
        }
        Content::Evidence(Evidence { id, summary, items, .. }) => {
            tracing::info!(outcome, account, region, id, items = items.len(), summary, "evidence");
        }
    }
}

/// Logs an event that brings nothing. One that cannot be read is an error, and counted: AWS may have changed its form. It is
/// no failure, since it would be the same when Lambda repeats it.
pub async fn count_nothing(reason: &NoFact, metrics: &impl MetricSink, (monitor, now): (&str, Timestamp)) {
    match reason {
        NoFact::Ignored(reason) => tracing::info!(reason, "an event is left out"),
        NoFact::Malformed(reason) => {
            tracing::error!(reason, "an event cannot be read");
            for error in metrics.publish(&[metrics::unreadable_event(monitor, now)]).await.errors {
                tracing::error!(error = format!("{error:#}"), "that an event cannot be read is not counted");
            }
        }
    }
}

impl<C: Clock> Intake<'_, C> {
    /// Keeps what an event brings, and waits for the turn to poll what it concerns: up to twenty seconds.
    ///
    /// # Errors
    ///
    /// It could not be kept, or no turn could be had.
    pub async fn take_in(&self, fact: &Fact) -> anyhow::Result<TakenIn> {
        let concerned = fact.scopes_among(self.scopes);
        let Some(account) = concerned.first().map(|scope| scope.account().to_owned()) else {
            return Ok(TakenIn::NotWatched);
        };
        match &fact.content {
            Content::Work(window) => self.windows.write_window(&account, window).await?,
            Content::Evidence(evidence) => {
                for scope in &concerned {
                    self.evidence.keep(scope, evidence).await?;
                }
            }
        }
        Ok(match self.turn(&account, &concerned).await? {
            None => TakenIn::Kept,
            Some(turn) => {
                TakenIn::Poll(self.scopes.iter().filter(|scope| turn.scopes.contains(scope)).cloned().collect())
            }
        })
    }

    /// Remembers how long the poll took: the next turn is later by as much. What fails here fails nothing else.
    pub async fn has_polled(&self, lasted: Duration) {
        let Some(account) = self.scopes.first().map(Scope::account) else { return };
        if let Err(error) = self.turns.poll_lasted(account, lasted).await {
            tracing::warn!(account, error = format!("{error:#}"), "how long a poll took cannot be remembered");
        }
    }

    /// The turn that is this invocation's to poll, once its time has come; none where another invocation polls.
    async fn turn(&self, account: &str, scopes: &BTreeSet<Scope>) -> anyhow::Result<Option<Turn>> {
        let mut waited_for: Option<Timestamp> = None;
        for _ in 0..ATTEMPTS {
            let stored = self.turns.turn(account).await?;
            let now = self.clock.now();
            let asked = match waited_for {
                Some(at) => Turn::after_waiting(stored.as_ref(), at, self.invocation, now),
                None => Turn::asked(stored.as_ref(), scopes, self.invocation, now),
            };
            let (Asked::Join(turn) | Asked::Wait(turn) | Asked::Begin(turn)) = &asked else { return Ok(None) };
            if !self.turns.write_turn(account, turn).await? {
                continue;
            }
            match asked {
                Asked::Begin(turn) => return Ok(Some(turn)),
                Asked::Wait(turn) => {
                    self.clock.sleep(turn.at.since(self.clock.now())).await;
                    waited_for = Some(turn.at);
                }
                Asked::Join(_) | Asked::Covered => return Ok(None),
            }
        }
        bail!("no turn to poll {account} could be had, since others were written {ATTEMPTS} times meanwhile")
    }
}

#[cfg(test)]
mod tests;
