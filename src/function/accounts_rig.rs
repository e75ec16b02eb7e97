//! A hub of many accounts for tests: a roster in memory, a queue, accounts to look into, and a clock that jumps.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    future::{Future, pending},
    time::Duration,
};

use anyhow::anyhow;
use async_trait::async_trait;

use crate::{
    domain::{Cadence, Order, Outcome, RosterRow, Timestamp, Visit},
    metrics::DataPoint,
    ports::{Clock, MetricSink, Prober, Publication, Queue, Queued, Roster},
};

/// The instant `seconds` after the beginning of every story.
pub(super) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_milliseconds(1_795_316_400_000).plus(Duration::from_secs(seconds))
}

/// A clock that stands still unless a caller sleeps.
pub(super) struct JumpingClock(Cell<Timestamp>);

impl Clock for JumpingClock {
    fn now(&self) -> Timestamp {
        self.0.get()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.set(self.0.get().plus(duration));
    }
}

/// What an account answers.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// It has so many items.
    Items(u64),
    /// Its role cannot be assumed.
    Refusal,
    /// None.
    Silence,
}

/// The hub and its accounts.
pub(super) struct Hub {
    pub(super) clock: JumpingClock,
    pub(super) rows: RefCell<BTreeMap<String, RosterRow>>,
    pub(super) answers: RefCell<BTreeMap<String, Answer>>,
    pub(super) sent: RefCell<Vec<Queued>>,
    pub(super) published: RefCell<Vec<DataPoint>>,
    /// The groups whose messages the queue does not take.
    pub(super) refused_groups: RefCell<BTreeSet<String>>,
    /// How many writes of rows others get in before.
    pub(super) races: Cell<usize>,
    pub(super) is_broken: Cell<bool>,
}

impl Hub {
    pub(super) fn new() -> Hub {
        Hub {
            clock: JumpingClock(Cell::new(at(0))),
            rows: RefCell::default(),
            answers: RefCell::default(),
            sent: RefCell::default(),
            published: RefCell::default(),
            refused_groups: RefCell::default(),
            races: Cell::new(0),
            is_broken: Cell::new(false),
        }
    }

    /// Puts an account on the roster that was visited last at the beginning.
    pub(super) fn enrolled(&self, account: &str, cadence: Cadence) {
        let seen = Some(at(0));
        let unknown = RosterRow::unknown(account);
        let refused_since = seen.filter(|_| cadence == Cadence::Refused);
        let row = RosterRow {
            cadence,
            enrolled_at: seen,
            last_ok_at: seen,
            last_poll_at: seen,
            refused_since,
            revision: 1,
            ..unknown
        };
        self.rows.borrow_mut().insert(account.to_owned(), row);
    }

    pub(super) fn row(&self, account: &str) -> RosterRow {
        self.rows.borrow()[account].clone()
    }

    pub(super) fn set_time(&self, seconds: u64) {
        self.clock.0.set(at(seconds));
    }

    pub(super) fn answers(&self, account: &str, answer: Answer) {
        self.answers.borrow_mut().insert(account.to_owned(), answer);
    }

    /// The orders that were sent, as their payloads.
    pub(super) fn payloads(&self) -> Vec<String> {
        self.sent.borrow().iter().map(|queued| serde_json::to_string(&queued.order).unwrap()).collect()
    }

    /// The groups of the orders to poll.
    pub(super) fn polled(&self) -> Vec<String> {
        let sent = self.sent.borrow();
        let polls = sent.iter().filter(|queued| matches!(queued.order, Order::Poll(_)));
        polls.map(|queued| queued.group.clone()).collect()
    }

    fn work(&self) -> anyhow::Result<()> {
        if self.is_broken.get() { Err(anyhow!("the table does not answer")) } else { Ok(()) }
    }
}

#[async_trait(?Send)]
impl Roster for Hub {
    async fn roster(&self) -> anyhow::Result<Vec<RosterRow>> {
        self.work()?;
        Ok(self.rows.borrow().values().cloned().collect())
    }

    async fn roster_row(&self, account: &str) -> anyhow::Result<Option<RosterRow>> {
        self.work()?;
        Ok(self.rows.borrow().get(account).cloned())
    }

    async fn write_roster_row(&self, row: &RosterRow) -> anyhow::Result<bool> {
        self.work()?;
        let mut rows = self.rows.borrow_mut();
        if let Some(left) = self.races.get().checked_sub(1) {
            self.races.set(left);
            let stored = rows.entry(row.account.clone()).or_insert_with(|| RosterRow::unknown(&row.account));
            stored.revision += 1;
            return Ok(false);
        }
        if rows.get(&row.account).map_or(0, |stored| stored.revision) + 1 != row.revision {
            return Ok(false);
        }
        rows.insert(row.account.clone(), row.clone());
        Ok(true)
    }
}

#[async_trait(?Send)]
impl Queue for Hub {
    async fn send(&self, queued: &[Queued]) -> Vec<anyhow::Result<()>> {
        let send = |queued: &Queued| {
            if self.refused_groups.borrow().contains(&queued.group) {
                return Err(anyhow!("the queue is down"));
            }
            self.sent.borrow_mut().push(queued.clone());
            Ok(())
        };
        queued.iter().map(send).collect()
    }
}

#[async_trait(?Send)]
impl Prober for Hub {
    async fn probe(&self, account: &str, began: Timestamp) -> Visit {
        let answer = self.answers.borrow().get(account).cloned().unwrap_or(Answer::Items(0));
        let outcome = match answer {
            Answer::Silence => pending().await,
            Answer::Refusal => Outcome::Refused("AccessDenied".to_owned()),
            Answer::Items(count) => Outcome::Reached {
                items: [("us-east-1".to_owned(), count)].into(),
                is_complete: true,
                has_changed: false,
            },
        };
        Visit { account: account.to_owned(), began, outcome }
    }

    fn calls(&self) -> u32 {
        7
    }
}

impl MetricSink for Hub {
    fn publish(&self, data: &[DataPoint]) -> impl Future<Output = Publication> {
        self.published.borrow_mut().extend_from_slice(data);
        async move { Publication { accepted: data.len(), ..Publication::default() } }
    }
}
