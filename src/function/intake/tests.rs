use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Poll, Wake, Waker},
    time::Duration,
};

use anyhow::anyhow;
use async_trait::async_trait;
use futures::future::join_all;
use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::{
    domain::{Acknowledgement, Evidence, Span, Window, WindowRows},
    function::{Global, fact},
};

const ACCOUNT: &str = "123456789012";

/// What a store would hold.
#[derive(Default)]
struct Store {
    evidence: RefCell<BTreeMap<Scope, BTreeMap<String, Evidence>>>,
    windows: RefCell<BTreeMap<String, Window>>,
    turn: RefCell<Option<Turn>>,
    writes: Cell<usize>,
    is_broken: Cell<bool>,
    is_contended: Cell<bool>,
}

impl Store {
    fn work(&self) -> anyhow::Result<()> {
        if self.is_broken.get() { Err(anyhow!("the table does not answer")) } else { Ok(()) }
    }

    fn evidence_of(&self, scope: &Scope) -> usize {
        self.evidence.borrow().get(scope).map_or(0, BTreeMap::len)
    }
}

#[async_trait(?Send)]
impl Windows for Store {
    async fn windows(&self, _: &str) -> anyhow::Result<WindowRows> {
        unreachable!("an intake does not read")
    }

    async fn write_window(&self, _: &str, window: &Window) -> anyhow::Result<()> {
        self.work()?;
        self.windows.borrow_mut().insert(window.key(), window.clone());
        Ok(())
    }

    async fn write_acknowledgement(&self, _: &str, _: Uuid, _: &Acknowledgement) -> anyhow::Result<()> {
        unreachable!("an event acknowledges nothing")
    }
}

#[async_trait(?Send)]
impl EvidenceStore for Store {
    async fn keep(&self, scope: &Scope, evidence: &Evidence) -> anyhow::Result<()> {
        self.work()?;
        let mut kept = self.evidence.borrow_mut();
        kept.entry(scope.clone()).or_default().insert(evidence.key(), evidence.clone());
        Ok(())
    }

    async fn evidence(&self, _: &Scope, _: Span) -> anyhow::Result<Vec<Evidence>> {
        unreachable!("an intake does not read")
    }
}

#[async_trait(?Send)]
impl Turns for Store {
    async fn turn(&self, _: &str) -> anyhow::Result<Option<Turn>> {
        let turn = self.turn.borrow().clone();
        // Whoever reads lets others go on before it writes.
        yield_now().await;
        Ok(turn)
    }

    async fn write_turn(&self, _: &str, turn: &Turn) -> anyhow::Result<bool> {
        self.work()?;
        let mut stored = self.turn.borrow_mut();
        if self.is_contended.get() || stored.as_ref().map_or(0, |stored| stored.revision) + 1 != turn.revision {
            return Ok(false);
        }
        self.writes.set(self.writes.get() + 1);
        *stored = Some(turn.clone());
        Ok(true)
    }

    async fn poll_lasted(&self, _: &str, _: Duration) -> anyhow::Result<()> {
        Ok(())
    }
}

async fn yield_now() {
    let mut has_yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A clock that goes on to the next sleeper's time once no one can do anything.
#[derive(Default)]
struct Simulated {
    milliseconds: Cell<u64>,
    sleepers: RefCell<BTreeMap<u64, Vec<Waker>>>,
}

impl Clock for Simulated {
    fn now(&self) -> Timestamp {
        Timestamp::from_milliseconds(1_795_000_000_000).plus(Duration::from_millis(self.milliseconds.get()))
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.milliseconds.get() + u64::try_from(duration.as_millis()).unwrap();
        poll_fn(|context| {
            if self.milliseconds.get() >= until {
                return Poll::Ready(());
            }
            self.sleepers.borrow_mut().entry(until).or_default().push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// Whether any of them can go on.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Simulated {
    fn run<F: Future>(&self, future: F) -> F::Output {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&woken));
        let mut future = pin!(future);
        loop {
            while woken.0.swap(false, Ordering::Relaxed) {
                if let Poll::Ready(output) = future.as_mut().poll(&mut std::task::Context::from_waker(&waker)) {
                    return output;
                }
            }
            let (next, sleepers) = self.sleepers.borrow_mut().pop_first().expect("no one can go on, and no one sleeps");
            self.milliseconds.set(next);
            sleepers.into_iter().for_each(Waker::wake);
        }
    }
}

fn polled() -> Vec<Scope> {
    ["us-east-1", "eu-west-1", "global"].map(|region| Scope::regional(ACCOUNT, region)).to_vec()
}

macro_rules! sample {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../../../tests/aws_events/", $name, ".json"))).unwrap()
    };
}

fn of(event: &Value) -> Fact {
    fact(event).unwrap().unwrap()
}

/// A call of this number.
fn call(number: usize, region: &str) -> Fact {
    let mut event = sample!("calls/associate_connection_with_lag");
    event["detail"]["eventID"] = number.to_string().into();
    event["detail"]["awsRegion"] = region.into();
    of(&event)
}

/// Takes in facts, each so long after the beginning, and returns when which scopes were polled.
fn take_in_all(store: &Store, facts: &[(u64, Fact)]) -> Vec<(u64, Vec<Scope>)> {
    let clock = Simulated::default();
    let scopes = polled();
    let polls = RefCell::new(Vec::new());
    let all = facts.iter().enumerate().map(async |(number, (after, fact))| {
        clock.sleep(Duration::from_millis(*after)).await;
        let invocation = number.to_string();
        let intake = intake(store, &clock, (&scopes, &invocation));
        if let TakenIn::Poll(scopes) = intake.take_in(fact).await.unwrap() {
            polls.borrow_mut().push((clock.milliseconds.get(), scopes));
        }
    });
    clock.run(join_all(all));
    polls.into_inner()
}

fn intake<'a>(
    store: &'a Store,
    clock: &'a Simulated,
    (scopes, invocation): (&'a [Scope], &'a str),
) -> Intake<'a, Simulated> {
    Intake { scopes, windows: store, evidence: store, turns: store, clock, invocation }
}

#[test]
fn a_deletion_is_kept_in_both_scopes_and_polled_at_once() {
    let store = Store::default();
    let polls = take_in_all(&store, &[(0, of(&sample!("calls/delete_virtual_interface")))]);
    let [east, _, global] = polled().try_into().unwrap();
    assert_eq!(polls, [(0, vec![east.clone(), global.clone()])]);
    assert_eq!((store.evidence_of(&east), store.evidence_of(&global)), (1, 1));
}

#[test]
fn a_storm_of_calls_starts_six_polls_in_its_minute_and_loses_nothing() {
    let store = Store::default();
    let regions = ["us-east-1", "eu-west-1"];
    let calls: Vec<(u64, Fact)> =
        (0..1_000_usize).map(|number| (number as u64 * 60, call(number, regions[number % 2]))).collect();
    let polls = take_in_all(&store, &calls);
    assert_eq!(polls.iter().filter(|(at, _)| *at < 60_000).count(), 6, "{polls:?}");
    assert_eq!(polls.len(), 7, "the last of them is after the storm's end");
    for pair in polls.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= 10_000, "{polls:?}");
    }
    for (at, fact) in &calls {
        let is_polled = |(began, scopes): &(u64, Vec<Scope>)| {
            (*at..=*at + 10_000).contains(began) && scopes.iter().any(|scope| scope.region() == fact.region)
        };
        assert!(polls.iter().any(is_polled), "what came at {at} is polled");
    }
    let kept: usize = polled().iter().map(|scope| store.evidence_of(scope)).sum();
    assert_eq!(kept, 1_000);
    assert!(store.writes.get() < 50, "{} writes of turns", store.writes.get());
}

#[test]
fn calls_that_come_at_once_are_polled_once_at_once_and_once_later() {
    let store = Store::default();
    let calls: Vec<(u64, Fact)> = (0..200).map(|number| (5, call(number, "us-east-1"))).collect();
    let times: Vec<u64> = take_in_all(&store, &calls).iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [5, 10_005]);
}

#[test]
fn planned_work_is_written_once_however_often_it_comes() {
    let store = Store::default();
    let [one, other] =
        [sample!("health/scheduled"), sample!("health/scheduled_from_backup_region")].map(|event| of(&event));
    let polls = take_in_all(&store, &[(0, one), (1_000, other)]);
    assert_eq!((store.windows.borrow().len(), polls.len()), (1, 2));
}

#[test]
fn what_is_not_watched_is_neither_kept_nor_polled() {
    let store = Store::default();
    let clock = Simulated::default();
    let scopes = polled();
    let take_in = |fact: &Fact| clock.run(intake(&store, &clock, (&scopes, "1")).take_in(fact));
    let other_region = of(&sample!("health/issue_public"));
    let other_account = of(&sample!("health/of_another_account"));
    for fact in [other_region, other_account, call(1, "eu-north-1")] {
        assert_eq!(take_in(&fact).unwrap(), TakenIn::NotWatched);
    }
    assert!(store.evidence.borrow().is_empty() && store.windows.borrow().is_empty() && store.turn.borrow().is_none());
    let gateway = Fact { global: Global::Always, ..call(1, "eu-north-1") };
    let TakenIn::Poll(polled) = take_in(&gateway).unwrap() else { panic!() };
    assert_eq!(polled, [Scope::global(ACCOUNT)], "a gateway may be changed from everywhere");
}

#[test]
fn what_cannot_be_kept_is_a_failure_and_asks_for_no_poll() {
    let store = Store::default();
    store.is_broken.set(true);
    let clock = Simulated::default();
    let scopes = polled();
    let take_in = |fact: &Fact| clock.run(intake(&store, &clock, (&scopes, "1")).take_in(fact));
    for fact in [call(1, "us-east-1"), of(&sample!("health/scheduled"))] {
        assert_eq!(take_in(&fact).unwrap_err().to_string(), "the table does not answer");
    }
    assert!(store.turn.borrow().is_none());
}

#[test]
fn a_row_that_others_write_for_ever_is_a_failure_and_the_evidence_is_kept() {
    let store = Store::default();
    store.is_contended.set(true);
    let clock = Simulated::default();
    let scopes = polled();
    let error = clock.run(intake(&store, &clock, (&scopes, "1")).take_in(&call(1, "us-east-1"))).unwrap_err();
    assert!(error.to_string().starts_with("no turn to poll 123456789012 could be had"), "{error}");
    assert_eq!(store.evidence_of(&polled()[0]), 1);
}
