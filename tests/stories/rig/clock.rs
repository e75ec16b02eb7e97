//! A clock that moves only by hand, and wakes its sleepers.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
    time::Duration,
};

use aws_dx_monitor::{domain::Timestamp, ports::Clock};

/// A clock that several can hold and anyone can set.
#[derive(Clone)]
pub struct HandClock(Rc<Inner>);

struct Inner {
    now: Cell<Timestamp>,
    sleepers: RefCell<Vec<Waker>>,
}

impl HandClock {
    pub fn at(now: Timestamp) -> HandClock {
        HandClock(Rc::new(Inner { now: Cell::new(now), sleepers: RefCell::default() }))
    }

    pub fn set(&self, now: Timestamp) {
        self.0.now.set(now);
        self.0.sleepers.take().into_iter().for_each(Waker::wake);
    }

    /// Lets `time` pass from this call on. What is done side by side is, by the time it passes, under way: so that two who
    /// wait for the same time wait for it together.
    pub async fn pass(&self, time: Duration) {
        let until = self.now().plus(time);
        tokio::task::yield_now().await;
        if self.now() < until {
            self.set(until);
        }
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        self.0.now.get()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        let until = self.now().plus(duration);
        poll_fn(move |context| {
            if self.now() >= until {
                Poll::Ready(())
            } else {
                self.0.sleepers.borrow_mut().push(context.waker().clone());
                Poll::Pending
            }
        })
    }
}
