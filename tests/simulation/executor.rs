//! Runs polls without threads, real time or a runtime: each port call waits at a gate until the policy lets it through,
//! with the outcome that the policy has chosen.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use aws_dx_monitor::monitor::PollReport;

use super::world::{Inner, MINUTE, Setup, Step, World};

/// What becomes of a port call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    Succeed,
    /// It fails without effect.
    Fail,
    /// It takes effect, and its answer is lost.
    LoseAnswer,
    /// It takes effect on a part only, as batches and listings may.
    Partial,
    /// The process dies before the call takes effect.
    DieBefore,
    /// The process dies after the call has taken effect.
    DieAfter,
}

/// A port call at its gate.
pub struct Waiting {
    pub id: u64,
    pub poll: usize,
    pub port: &'static str,
    pub detail: String,
    /// When its answer would be there, in milliseconds of the world's time; never if it hangs.
    pub due: i64,
    /// Whether it only waits for time to pass.
    pub is_timer: bool,
    waker: Option<Waker>,
}

impl fmt::Display for Waiting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "poll {} {} {}", self.poll, self.port, self.detail)
    }
}

/// When a call that gets no answer is due.
pub const NEVER: i64 = i64::MAX;

/// Who goes next, and what becomes of it.
pub trait Policy {
    /// The place of the call that goes next; by default the one that is due first.
    fn choose(&mut self, inner: &Inner) -> usize {
        earliest(inner)
    }

    fn fate(&mut self, _: &Waiting) -> Fate {
        Fate::Succeed
    }
}

pub fn earliest(inner: &Inner) -> usize {
    let first = inner.waiting.iter().enumerate().min_by_key(|(_, call)| (call.due, call.id));
    first.map_or(0, |(place, _)| place)
}

/// Nothing goes wrong.
pub struct Clean;

impl Policy for Clean {}

/// Where a call waits; dropped with the future that waits, as a cancelled call is.
pub struct Gate<'a> {
    world: &'a World,
    id: u64,
}

impl<'a> Gate<'a> {
    pub fn new(
        world: &'a World,
        poll: usize,
        port: &'static str,
        detail: String,
        (due, is_timer): (i64, bool),
    ) -> Gate<'a> {
        let mut inner = world.inner.borrow_mut();
        inner.calls += 1;
        let id = inner.calls;
        inner.waiting.push(Waiting { id, poll, port, detail, due, is_timer, waker: None });
        Gate { world, id }
    }
}

impl Future for Gate<'_> {
    type Output = Fate;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Fate> {
        let mut inner = self.world.inner.borrow_mut();
        if let Some(fate) = inner.released.get(&self.id) {
            return Poll::Ready(*fate);
        }
        if let Some(call) = inner.waiting.iter_mut().find(|call| call.id == self.id) {
            call.waker = Some(context.waker().clone());
        }
        Poll::Pending
    }
}

impl Drop for Gate<'_> {
    fn drop(&mut self) {
        let mut inner = self.world.inner.borrow_mut();
        inner.released.remove(&self.id);
        inner.waiting.retain(|call| call.id != self.id);
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A poll under way.
pub struct Running {
    pub poll: usize,
    pub future: Pin<Box<dyn Future<Output = PollReport>>>,
}

impl Running {
    /// Goes on as far as it can without another answer.
    fn step(&mut self) -> Option<PollReport> {
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&flag));
        while flag.0.swap(false, Ordering::Relaxed) {
            if let Poll::Ready(report) = self.future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return Some(report);
            }
        }
        None
    }
}

/// One poll that nothing disturbs, and a minute after it.
pub fn poll(world: &Rc<World>, setup: &Setup) -> PollReport {
    let report = run(world, vec![world.poll(0, setup)], &mut Clean).pop().flatten();
    world.pass(MINUTE);
    report.expect("a report")
}

/// Runs polls side by side to their ends; none for those that died.
pub fn run(world: &Rc<World>, polls: Vec<Running>, policy: &mut dyn Policy) -> Vec<Option<PollReport>> {
    let mut reports: Vec<Option<PollReport>> = polls.iter().map(|_| None).collect();
    let mut polls: Vec<Option<Running>> = polls.into_iter().map(Some).collect();
    for (place, poll) in polls.iter_mut().enumerate() {
        reports[place] = poll.as_mut().and_then(Running::step);
    }
    loop {
        for (place, report) in reports.iter().enumerate() {
            if report.is_some() {
                polls[place] = None;
            }
        }
        if polls.iter().all(Option::is_none) {
            return reports;
        }
        let (poll, fate) = release(world, policy);
        let place = polls.iter().position(|running| running.as_ref().is_some_and(|running| running.poll == poll));
        let place = place.expect("a call that waits belongs to a poll that runs");
        if fate != Fate::DieBefore {
            reports[place] = polls[place].as_mut().and_then(Running::step);
        }
        if matches!(fate, Fate::DieBefore | Fate::DieAfter) {
            polls[place] = None;
        }
    }
}

/// Lets one call through its gate.
fn release(world: &World, policy: &mut dyn Policy) -> (usize, Fate) {
    let mut inner = world.inner.borrow_mut();
    assert!(!inner.waiting.is_empty(), "a poll waits for nothing\n{}", inner.story());
    let place = policy.choose(&inner);
    let call = inner.waiting.remove(place);
    assert_ne!(call.due, NEVER, "a poll waits for ever: {call}\n{}", inner.story());
    let fate = if call.is_timer { Fate::Succeed } else { policy.fate(&call) };
    inner.now = inner.now.max(call.due);
    if !call.is_timer {
        let (at, poll, port, detail) = (inner.now, call.poll, call.port, call.detail.clone());
        inner.trace.push(Step { at, poll, port, detail, fate });
        *inner.taken.entry((call.port, fate)).or_default() += 1;
        let dies = matches!(fate, Fate::DieBefore | Fate::DieAfter);
        if dies || (call.port == "metrics.publish" && fate != Fate::Succeed) {
            inner.excused_metrics.insert(call.poll);
        }
    }
    inner.released.insert(call.id, fate);
    drop(inner);
    if let Some(waker) = call.waker {
        waker.wake();
    }
    (call.poll, fate)
}
