//! Paces the messages to each sink, so that no topic gets messages faster than it may deliver them to people.
//!
//! SNS switches an e-mail subscription off when more than ten messages a second reach it. All scopes of a poll, and
//! both forms of an event, wait in one queue for each sink, first come, first served. Turns are evenly spaced and never
//! saved up, so that a late message does not arrive together with the next ones.

use std::{collections::BTreeMap, time::Duration};

use tokio::sync::Mutex;

use super::poll_time::PollTime;
use crate::{
    domain::{SinkName, Timestamp},
    ports::{Announcer, Clock},
};

/// How long before the end of a poll the last turn of a queue may be: a message that is sent then is answered and
/// acknowledged in time.
const TIME_FOR_THE_LAST: Duration = Duration::from_secs(3);

/// The turns of each sink, in one poll.
pub(super) struct Pace<'a, C> {
    lines: BTreeMap<SinkName, Line<'a, C>>,
}

impl<'a, C: Clock> Pace<'a, C> {
    /// The pace of a poll that has this time.
    pub(super) fn new(clock: &'a C, announcers: &[&dyn Announcer], time: PollTime) -> Pace<'a, C> {
        let paced = announcers.iter().filter(|announcer| !announcer.spacing().is_zero());
        let line = |announcer: &&dyn Announcer| {
            let line = Line { clock, spacing: announcer.spacing(), time, next: Mutex::new(None) };
            (announcer.sink(), line)
        };
        Pace { lines: paced.map(line).collect() }
    }

    /// Waits for the sink's next turn. Returns whether there is one: the turns that are left when the time is over
    /// belong to the next poll.
    pub(super) async fn turn(&self, sink: SinkName) -> bool {
        match self.lines.get(&sink) {
            Some(line) => line.turn().await,
            None => true,
        }
    }
}

/// The queue for one sink.
struct Line<'a, C> {
    clock: &'a C,
    spacing: Duration,
    time: PollTime,
    /// When the next turn is. The first in the queue holds the lock while waiting; one that gives up uses no turn.
    next: Mutex<Option<Timestamp>>,
}

impl<C: Clock> Line<'_, C> {
    async fn turn(&self) -> bool {
        let mut next = self.next.lock().await;
        let wait = next.map(|next| next.since(self.clock.now())).unwrap_or_default();
        if !wait.is_zero() {
            // A clock that was set back must not stop the queue.
            let wait = wait.min(self.spacing);
            if !self.time.leaves(TIME_FOR_THE_LAST + wait, self.clock.now()) {
                return false;
            }
            self.clock.sleep(wait).await;
        }
        *next = Some(self.clock.now().plus(self.spacing));
        true
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    /// A clock that can be set, and on which sleeping takes no time.
    struct Shifting {
        now: Cell<Timestamp>,
        slept: RefCell<Vec<u64>>,
    }

    impl Clock for Shifting {
        fn now(&self) -> Timestamp {
            self.now.get()
        }

        async fn sleep(&self, duration: Duration) {
            self.slept.borrow_mut().push(duration.as_millis().try_into().unwrap());
            self.now.set(self.now.get().plus(duration));
        }
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_or_forward_neither_stops_the_queue_nor_floods_it() {
        let at = |seconds: i64| Timestamp::from_milliseconds(seconds * 1_000);
        let clock = Shifting { now: Cell::new(at(7_200)), slept: RefCell::default() };
        let time = PollTime { began: clock.now(), end: None };
        let line = Line { clock: &clock, spacing: Duration::from_millis(125), time, next: Mutex::default() };
        for now in [at(7_200), at(7_200), at(3_600), at(9_999), at(9_999)] {
            clock.now.set(now);
            assert!(line.turn().await);
        }
        assert_eq!(*clock.slept.borrow(), [125, 125, 125]);
    }
}
